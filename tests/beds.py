"""Databases of tests: copies of a template or of a ground, which is what tests begin with, made once.

    @made_once
    def decided(world: World) -> District:
        ...

If `decided(world)` is the first thing a test asks of its world, the test's database becomes a copy of one in
which that was done before, by the same real operations; copying costs the same whatever is in it, and the
demo clock goes on from where it stood. Later in a test the builder simply runs. What one test writes, no other
sees.
"""

from __future__ import annotations

import atexit
import copy
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import psycopg

from portal import clock
from tenants.access import GuardedFlask
from tenants.database import db
from tenants.scope import enter

if TYPE_CHECKING:
    from tests.builders import World

P = ParamSpec("P")
T = TypeVar("T")
TEMPLATE = "portal_template"
_numbers = itertools.count(1)


class Bed:
    """The database of a test, copied from its template when somebody first connects."""

    def __init__(self, server: Any, template: str, left_at: float | None = None) -> None:
        self.server, self.template, self.left_at = server, template, left_at
        self._name = ""
        self._making = threading.Lock()

    @property
    def touched(self) -> bool:
        """Whether anybody has used the database yet."""
        return bool(self._name)

    @property
    def name(self) -> str:
        """The name of the database, which is there from now on."""
        with self._making:
            if not self._name:
                self._make()
        return self._name

    def _make(self) -> None:
        name = f"portal_test_{next(_numbers)}"
        execute(self.server, f"create database {name} template {self.template} strategy file_copy")
        if self.left_at is not None:
            self._set_back(name, int(time.monotonic() - self.left_at))
        self._name = name

    def _set_back(self, name: str, seconds: int) -> None:
        with psycopg.connect(**self.server.superuser(name)) as connection:
            connection.execute(
                "update setting set value = value::bigint - %s where key = %s", (seconds, clock.OFFSET)
            )

    def superuser(self) -> dict[str, Any]:
        """How to enter the database past every wall."""
        parameters: dict[str, Any] = self.server.superuser(self.name)
        return parameters

    def drop(self) -> None:
        """Remove the database, if there is one."""
        if self._name:
            execute(self.server, f"drop database {self._name} with (force)")


@dataclass(frozen=True)
class Ground:
    """A database that is only copied, when it was left (monotonic seconds), what its builder returned and used."""

    database: str
    left_at: float
    result: Any
    world: World
    names: int


_GROUNDS: dict[Any, Ground] = {}


@cache
def _beside(server: Any) -> psycopg.Connection[Any]:
    """Return the connection from which a server's databases are made and removed: one for all of them."""
    connection = psycopg.connect(**server.superuser(), autocommit=True)
    atexit.register(connection.close)
    return connection


def execute(server: Any, statement: str) -> None:
    """Run a statement as superuser beside all databases of a server."""
    _beside(server).execute(statement.encode())


def bed_of(app: Any) -> Bed:
    """Return the bed a program lies in now."""
    bed: Bed = app.extensions["bed"]
    return bed


@contextmanager
def lying_in(
    server: Any,
    program: GuardedFlask,
    template: str = TEMPLATE,
    left_at: float | None = None,
    *,
    keep: bool = False,
) -> Iterator[Bed]:
    """Give the program a bed for as long as the block runs (`keep`: its database is to be copied later)."""
    before, bed = program.extensions.get("bed"), Bed(server, template, left_at)
    program.extensions["bed"] = bed
    context = program.app_context()
    context.push()
    try:
        yield bed
    finally:
        enter(None)
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()
        context.pop()
        program.extensions["bed"] = before
        if not keep:
            bed.drop()


def made_once(build: Callable[Concatenate[World, P], T]) -> Callable[Concatenate[World, P], T]:
    """Let what a builder makes in an untouched database be copied from then on, for each set of arguments."""

    @wraps(build)
    def made(world: World, *args: P.args, **kwargs: P.kwargs) -> T:
        bed = bed_of(world.app)
        if bed.touched:
            return build(world, *args, **kwargs)
        key = (build, bed.template, args, tuple(sorted(kwargs.items())))
        if key not in _GROUNDS:
            with lying_in(bed.server, world.app, bed.template, bed.left_at, keep=True) as kept:
                result = build(world, *args, **kwargs)
                with psycopg.connect(**kept.superuser(), autocommit=True) as connection:
                    connection.execute("analyze")  # as the server's own sweeping would; see tests/servers.py
                _GROUNDS[key] = Ground(kept.name, time.monotonic(), result, world, world.names)
        ground = _GROUNDS[key]
        bed.template, bed.left_at, world.names = ground.database, ground.left_at, ground.names
        return copy.deepcopy(ground.result, {id(ground.world): world})

    return made
