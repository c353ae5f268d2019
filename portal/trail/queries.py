"""Reading the trail of a dossier, or of one kind of act at a place."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, select

from tenants.database import db

from .models import TrailEntry

# What moves a dossier, beside the rows of the step table; the rest is typing.
_MOVES = ("start", "ask_signature", "answer_point")


def here_or_before(tenant_id: int) -> ColumnElement[bool]:
    """Return the condition of entries written at a place or at one whose work it took over."""
    return TrailEntry.tenant_id == func.any(func.here_or_before(tenant_id))


def of_dossier(tenant_id: int, dossier_id: int, limit: int = 100, *, moves: bool = False) -> list[TrailEntry]:
    """Return the latest entries of a dossier that the scope may see, newest first; `moves` leaves out typing."""
    statement = select(TrailEntry).where(here_or_before(tenant_id), TrailEntry.dossier_id == dossier_id)
    if moves:
        statement = statement.where(TrailEntry.act.in_(_MOVES) | TrailEntry.act.startswith("dossier."))
    return list(db.session.scalars(statement.order_by(TrailEntry.id.desc()).limit(limit)))


def of_acts(tenant_id: int, prefix: str, limit: int = 20) -> list[TrailEntry]:
    """Return the latest entries of a place whose act begins with a word such as `catalogue.`, newest first."""
    return list(
        db.session.scalars(
            select(TrailEntry)
            .where(
                TrailEntry.tenant_id == tenant_id,
                TrailEntry.unit_id.is_(None),
                TrailEntry.act.startswith(prefix, autoescape=True),
            )
            .order_by(TrailEntry.id.desc())
            .limit(limit)
        )
    )
