"""One turn of a job: who it acts for, the folder of its finished parts, and the sign of life between two steps.

A part lies under the name of what it was made of, written beside and renamed: there whole or not at all. So a job
that was killed, cancelled by a restart or made way for others goes on where it stopped, and a part whose content
has changed meanwhile is made anew.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from tenants.database import db
from tenants.identity import Identity
from tenants.scope import acting_in, patient

from . import progress, queue, rules
from .queue import Held
from .result import Result

__all__ = ["Result", "Turn", "TurnOver"]

log = logging.getLogger("portal.jobs")


class TurnOver(Exception):
    """The turn ends before the job: `why` is "cancelled", "lost" or "later" (stopped, or made way)."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass
class Turn:
    """What a batch works with; its only ways to the database are `reading`, `writing` and `step`."""

    held: Held
    actor: Identity
    folder: Path
    stop: Callable[[], bool] = lambda: False
    began: float = field(default_factory=time.monotonic)
    made: int = 0
    done: int = 0
    total: int = 0
    over: str = ""

    @property
    def tenant_id(self) -> int:
        """The tenant the job belongs to."""
        return self.held.tenant_id

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read in the scope of who asked, in a transaction of its own: keep it short, take plain values out of it."""
        with acting_in(self.actor.here.scope(self.actor.account_id, writes=False)):
            yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Write in the scope of who asked, all or nothing: what was called off or taken over meanwhile is not kept.

        Raises `TurnOver`. One transaction, however long; another thread shows life meanwhile (`alive`).
        """
        with self.alive(), acting_in(self.actor.here.scope(self.actor.account_id)):
            yield
            why = queue.holds(self.held)
            if why:
                raise TurnOver(why)

    @contextmanager
    def alive(self) -> Iterator[None]:
        """Let a step be long: while it lasts, a thread beside it shows life, says how far it is and hears of an end.

        Its transactions may take longer than those of pages.
        """
        app, ended = current_app._get_current_object(), threading.Event()  # type: ignore[attr-defined]
        until = time.monotonic() + rules.LONGEST_STEP.total_seconds()

        def beat() -> None:
            with app.app_context():
                while not self.over and not ended.wait(rules.BEAT.total_seconds()):
                    if time.monotonic() > until:
                        return
                    try:
                        self.over = queue.renew(self.held, done=self.done, total=self.total)
                    except SQLAlchemyError as error:  # the next beat may get through, within the lease
                        log.warning("job %s shows no life: %s", self.held.id, error)
                        db.session.rollback()

        self._go_on()
        progress.listen(self)
        beating = threading.Thread(target=beat, name="beat")
        beating.start()
        try:
            with patient(int(rules.LONGEST_STEP.total_seconds())):
                yield
        finally:
            ended.set()
            beating.join()
            progress.listen(None)

    def hear(self, done: int, total: int) -> None:
        """Take note of how far a long step is. Raises `TurnOver` where it is to stop."""
        self.done, self.total = done, total
        if self.over or self.stop():
            raise TurnOver(self.over or "later")

    def _go_on(self) -> None:
        """Show life. Raises `TurnOver` where the job was called off or taken over."""
        why = queue.renew(self.held, done=self.done, total=self.total)
        if why:
            raise TurnOver(why)

    def step(self, done: int, total: int) -> None:
        """Say how far the job is; stands outside of `reading`, before each part. Raises `TurnOver`."""
        self.done, self.total = done, total
        self._go_on()
        if self.stop():
            raise TurnOver("later")
        long = time.monotonic() - self.began > rules.TURN.total_seconds()
        # Something is made in every turn, so that two places do not make way for each other for ever.
        if long and self.made and queue.others_wait(self.held):
            raise TurnOver("later")

    def part(self, made_of: str, make: Callable[[], bytes]) -> Path:
        """Return the file of a part, made only where it is not there yet; `made_of` is all that it depends on."""
        path = self.folder / hashlib.sha256(made_of.encode()).hexdigest()
        if not path.exists():
            beside = path.with_suffix(f".{os.getpid()}")
            beside.write_bytes(make())
            beside.replace(path)
            self.made += 1
        return path


def folder_of(base: Path, held: Held) -> Path:
    """Return the folder of a job's parts, made when it is not there."""
    folder = base / f"{held.tenant_id}-{held.id}"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def clear_folders(base: Path, living: Callable[[str], bool]) -> None:
    """Remove the folders of jobs that are over, such as those ended while no worker ran."""
    for folder in base.iterdir() if base.is_dir() else ():
        if folder.is_dir() and not living(folder.name):
            shutil.rmtree(folder, ignore_errors=True)
