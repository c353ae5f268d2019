"""Reading notices in the scope of a unit or a district."""

from __future__ import annotations

from sqlalchemy import Select, func, select

from tenants.database import db
from tenants.identity import Place
from tenants.people import UNIT_ROLES

from .models import Notice


def _mine(place: Place):  # type: ignore[no-untyped-def]
    audience = "unit" if place.role in UNIT_ROLES else "district"
    return (Notice.tenant_id == place.tenant_id, Notice.audience == audience)


def inbox(place: Place) -> Select[tuple[Notice]]:
    """Return the select of all notices for a place, unread first, then the newest."""
    return (
        select(Notice)
        .where(*_mine(place))
        .order_by(Notice.read_at.is_not(None), Notice.sent_at.desc(), Notice.id.desc())
    )


def latest(place: Place, limit: int = 20) -> list[Notice]:
    """Return the newest notices for a place, unread first."""
    return list(db.session.scalars(inbox(place).limit(limit)))


def unread(place: Place) -> int:
    """Return how many notices for a place nobody has read yet."""
    statement = select(func.count()).select_from(Notice).where(*_mine(place), Notice.read_at.is_(None))
    return int(db.session.scalar(statement) or 0)
