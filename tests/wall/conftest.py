"""One database for a module of wall tests, with the victim's rows planted once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tenants.access import GuardedFlask
from tenants.scope import enter
from tests.beds import lying_in
from tests.builders import World
from tests.canaries import Year, year_database
from tests.victims import Places, settle


@pytest.fixture(scope="module")
def bed(server: Any, program: GuardedFlask) -> Iterator[GuardedFlask]:
    """The program on a database of this module."""
    with lying_in(server, program):
        yield program


@pytest.fixture(scope="module")
def places(bed: GuardedFlask) -> Places:
    """Two districts and three units with one row of every owned table each."""
    world = World(bed)
    world.begin()
    return settle(world)


@pytest.fixture(scope="module")
def year(server: Any, program: GuardedFlask) -> Iterator[Year]:
    """A district's whole year, made by the real operations, in a database of this module."""
    with year_database(server, program) as played:
        yield played


@pytest.fixture(autouse=True)
def _out_of_scope(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if {"bed", "places", "year"} & set(request.fixturenames):
        enter(None)
