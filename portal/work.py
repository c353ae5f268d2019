"""Work that runs beside the pages: `flask work`. A kind of work is an object in `kinds`; today that is mail.

A kind does what is due and returns; it keeps its state in the database, so that it may be ended at any moment
and two workers may run at once. What goes wrong is logged and tried again after a growing pause.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from portal.config import Settings
from portal.notices.mailing import Mail

log = logging.getLogger("portal.work")
REST = 5.0
LONGEST_REST = 300.0


class Kind(Protocol):
    """One kind of work."""

    name: str

    def wanted(self, settings: Settings) -> bool:
        """Return whether this installation has such work at all."""

    def run(self, settings: Settings, stop: Callable[[], bool]) -> int:
        """Do what is due, returning early when `stop` says so; returns how much was done."""


def kinds(settings: Settings) -> list[Kind]:
    """Return the kinds of work this installation has."""
    known: Sequence[Kind] = (Mail(),)
    return [kind for kind in known if kind.wanted(settings)]


def once(settings: Settings) -> list[str]:
    """Do everything that is due now; returns a sentence for each kind that failed."""
    failed = []
    for kind in kinds(settings):
        try:
            kind.run(settings, lambda: False)
        except Exception as reason:
            log.exception("work %s failed", kind.name)
            failed.append(f"{kind.name}: {reason}")
    return failed


def on_and_on(settings: Settings, ended: threading.Event) -> None:
    """Work until `ended` is set; rests between rounds, longer after each failure in a row."""
    mine = kinds(settings)
    rest = {kind.name: REST for kind in mine}
    while not ended.is_set():
        for kind in mine:
            try:
                kind.run(settings, ended.is_set)
                rest[kind.name] = REST
            except Exception as reason:
                rest[kind.name] = min(rest[kind.name] * 2, LONGEST_REST)
                log.error("work %s failed, again in %.0f s: %s", kind.name, rest[kind.name], reason)
        ended.wait(max(rest.values(), default=REST))


def end_on_signals() -> threading.Event:
    """Return an event that SIGTERM and SIGINT set, so that a letter under way is finished first."""
    ended = threading.Event()
    for asked in (signal.SIGTERM, signal.SIGINT):
        signal.signal(asked, lambda *_: ended.set())
    return ended
