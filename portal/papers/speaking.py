"""What a paper says at its governed places: the wordings in force, read once a request, and filled in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from flask import g
from sqlalchemy import select

from portal.papers.models import PaperText
from portal.papers.texts import Wording, fill, wording_at
from tenants.database import db
from tenants.scope import current_scope

_tried: ContextVar[tuple[str, str] | None] = ContextVar("tried_wording", default=None)


def wordings() -> tuple[Wording, ...]:
    """Return every wording put in force; none where nobody acts, so that the shipped ones hold."""
    if current_scope() is None:
        return ()
    if "wordings" not in g:
        rows = db.session.execute(
            select(PaperText.place, PaperText.text, PaperText.from_year, PaperText.in_force_at).where(
                PaperText.in_force_at.is_not(None)
            )
        )
        g.wordings = tuple(Wording(*row) for row in rows)
    known: tuple[Wording, ...] = g.wordings
    return known


def speaker(year: int, tier: str, issued: datetime | None) -> Callable[..., str]:
    """Return what gives the wording of a place for one paper: `say("visit.closing", unit=…)`."""

    def say(place: str, **values: object) -> str:
        tried = _tried.get()
        if tried is not None and tried[0] == place:
            text = tried[1]
        else:
            text = wording_at(place, year, issued, wordings())
        return fill(text, {"year": year, "tier": tier, **values})

    return say


@contextmanager
def trying(place: str, text: str) -> Iterator[None]:
    """Let papers made meanwhile say a text that is not in force yet, for its preview."""
    token = _tried.set((place, text))
    try:
        yield
    finally:
        _tried.reset(token)
