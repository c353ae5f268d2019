"""How far long work is, said from inside it to whoever does it: a job shows it, a request lets it pass.

Reading and writing of any room may call `tell`; it is also where a job that was called off stops.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Protocol

from flask import g, has_app_context

A_STEP = 500
"""Rows between two words on how far one is."""


class Listener(Protocol):
    """Who hears how far the work is."""

    def hear(self, done: int, total: int) -> None:
        """Take note; raises where the work is to stop."""


def listen(listener: Listener | None) -> None:
    """Let somebody, or nobody any more, hear of the work of this application context."""
    g.listener = listener


def beside() -> bool:
    """Return whether this work is a job's and nobody waits before a page."""
    return has_app_context() and g.get("listener") is not None


def tell(done: int, total: int) -> None:
    """Say how far the work is."""
    if beside():
        g.listener.hear(done, total)


def counted(rows: Collection[Any]) -> Iterator[Any]:
    """Give rows one by one, saying now and then how many were given."""
    for place, row in enumerate(rows):
        if place % A_STEP == 0:
            tell(place, len(rows))
        yield row
