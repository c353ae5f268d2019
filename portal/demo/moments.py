"""Acting at made-up moments, so that the demonstration's year has believable times."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from flask import g

from portal import clock
from portal.words import ZONE


@contextmanager
def at(*moment: int) -> Iterator[datetime]:
    """Let the work reckon with a moment in Vietnam (year, month, day, hour, minute) inside the block."""
    meant = datetime(*moment, tzinfo=ZONE)  # type: ignore[misc,arg-type]
    before = g.get("settings")
    offset = int((meant - datetime.now(UTC)).total_seconds())
    g.settings = {clock.DEMO: "yes", clock.OFFSET: str(offset)}
    try:
        yield meant
    finally:
        if before is None:
            g.pop("settings", None)
        else:
            g.settings = before
