"""Work that runs beside the pages: `flask work`. A kind of work is an object in `kinds`: mail, people's jobs,
reforms whose day has come, seals, the figures kept ready, a sign of life.

A kind does what is due and returns; it keeps its state in the database, so that it may be ended at any moment
and two workers may run at once. What goes wrong is logged and tried again after a growing pause. Each kind has a
thread of its own, so that a mail server that does not answer holds up no job, and a long job no letter.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from flask import Flask, current_app

from portal.config import Settings
from portal.figures.keeping import Keeping
from portal.health.pulse import Beat, failing
from portal.jobs.working import Jobs
from portal.notices.mailing import Mail
from portal.reform.working import Reforms
from portal.trail.sealing import Sealing
from tenants.database import db

log = logging.getLogger("portal.work")
LONGEST_REST = 300.0


class Kind(Protocol):
    """One kind of work; `rest` is the pause in seconds between two looks at what is due."""

    name: str
    rest: float

    def wanted(self, settings: Settings) -> bool:
        """Return whether this installation has such work at all."""

    def run(self, settings: Settings, stop: Callable[[], bool]) -> int:
        """Do what is due, returning early when `stop` says so; returns how much was done."""


def kinds(settings: Settings) -> list[Kind]:
    """Return the kinds of work this installation has."""
    known: Sequence[Kind] = (Mail(), Jobs(), Reforms(), Sealing(), Keeping(), Beat())
    return [kind for kind in known if kind.wanted(settings)]


def once(settings: Settings) -> list[str]:
    """Do everything that is due now; returns a sentence for each kind that failed."""
    failed = []
    for kind in kinds(settings):
        try:
            kind.run(settings, lambda: False)
            failing.discard(kind.name)
        except Exception as reason:
            log.exception("work %s failed", kind.name)
            failing.add(kind.name)
            failed.append(f"{kind.name}: {reason}")
    return failed


def on_and_on(settings: Settings, ended: threading.Event) -> None:
    """Work until `ended` is set; each kind rests between its rounds, longer after each failure in a row."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    threads = [
        threading.Thread(target=_rounds, args=(app, kind, settings, ended), name=kind.name)
        for kind in kinds(settings)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        # In short waits: only between them does Python hand a signal to the main thread.
        while thread.is_alive():
            thread.join(0.5)


def _rounds(app: Flask, kind: Kind, settings: Settings, ended: threading.Event) -> None:
    rest = kind.rest
    with app.app_context():
        while not ended.is_set():
            try:
                kind.run(settings, ended.is_set)
                rest = kind.rest
                failing.discard(kind.name)
            except Exception as reason:
                rest = min(rest * 2, LONGEST_REST)
                failing.add(kind.name)
                log.error("work %s failed, again in %.0f s: %s", kind.name, rest, reason)
            db.session.remove()
            ended.wait(rest)


def end_on_signals() -> threading.Event:
    """Return an event that SIGTERM and SIGINT set, so that a letter or a step under way is finished first."""
    ended = threading.Event()
    for asked in (signal.SIGTERM, signal.SIGINT):
        signal.signal(asked, lambda *_: ended.set())
    return ended
