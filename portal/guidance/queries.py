"""Reading announcements: those for a place, what it has taken note of, and what its desk says.

What a scope may read the wall gives; here stands what concerns the place among it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true

from portal import clock
from portal.spelling import fold
from portal.units.models import Unit
from tenants.database import db
from tenants.identity import Place
from tenants.scope import ScopeKind

from .models import Acknowledgement, Announcement, GuidanceEntry
from .rules import NEWS_DAYS


def level_of(place: Place) -> ScopeKind:
    """Return the level at which a place is acted in: unit, district or province."""
    return place.scope(0).kind


def concerns(table: type[Announcement | GuidanceEntry], place: Place) -> ColumnElement[bool]:
    """Return the condition that a row concerns a place: the kind of the unit acted in; what the Department itself wrote."""
    return concerns_at(table, level_of(place), place.tenant_id, place.unit_id)


def concerns_at(
    table: type[Announcement | GuidanceEntry], level: ScopeKind, tenant_id: Any, unit_id: Any
) -> ColumnElement[bool]:
    """Return the same condition of a level, for values or for the parameters of a statement built once."""
    if level is ScopeKind.PROVINCE:
        return and_(table.tenant_id == tenant_id)
    if level is ScopeKind.DISTRICT:
        return true()
    own = select(Unit.kind).where(Unit.tenant_id == tenant_id, Unit.id == unit_id)
    return or_(
        func.jsonb_array_length(table.kinds) == 0, func.jsonb_exists(table.kinds, own.scalar_subquery())
    )


def _shown() -> tuple[ColumnElement[bool], ...]:
    today = clock.today()
    return (
        Announcement.ended_at.is_(None),
        Announcement.shows_from <= today,
        or_(Announcement.shows_until.is_(None), Announcement.shows_until >= today),
    )


def written_already(place: Place, same: Select[Any]) -> bool:
    """Return whether a place has written the same before; from here on it writes one thing at a time (double clicks)."""
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"guidance:{place.tenant_id}"))))
    return db.session.scalars(same.limit(1)).first() is not None


def announcements(place: Place, *, q: str = "", when: str = "") -> Select[Any]:
    """Return the announcements for a place, the newest first: those shown, `when` "past" or "coming" (of its own)."""
    statement = select(Announcement).where(concerns(Announcement, place))
    today = clock.today()
    if when == "coming":
        statement = statement.where(
            Announcement.tenant_id == place.tenant_id,
            Announcement.shows_from > today,
            Announcement.ended_at.is_(None),
        )
    elif when == "past":
        statement = statement.where(
            or_(Announcement.shows_from <= today, Announcement.tenant_id == place.tenant_id),
            or_(Announcement.ended_at.is_not(None), Announcement.shows_until < today),
        )
    else:
        statement = statement.where(*_shown())
    if q:
        words = func.folded(Announcement.title + " " + Announcement.body)
        statement = statement.where(words.contains(fold(q), autoescape=True))
    return statement.order_by(Announcement.shows_from.desc(), Announcement.id.desc())


def announcement_of(place: Place, announcement_id: int, *, lock: bool = False) -> Announcement | None:
    """Return an announcement a place may read, from its first day on (whoever announced it: before too), or None."""
    statement = select(Announcement).where(
        Announcement.id == announcement_id,
        concerns(Announcement, place),
        or_(Announcement.shows_from <= clock.today(), Announcement.tenant_id == place.tenant_id),
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(statement)


def own_notes(place: Place, numbers: Sequence[int]) -> dict[int, Acknowledgement]:
    """Return by announcement what the place acted in has taken note of."""
    rows = db.session.scalars(
        select(Acknowledgement).where(
            Acknowledgement.announcement_id.in_(numbers),
            Acknowledgement.tenant_id == place.tenant_id,
            Acknowledgement.unit_id.is_(None)
            if place.unit_id is None
            else Acknowledgement.unit_id == place.unit_id,
        )
    )
    return {row.announcement_id: row for row in rows}


@dataclass(frozen=True, slots=True)
class News:
    """An announcement as the desk says it; `waits`: the place has to take note of it yet."""

    id: int
    title: str
    from_province: bool
    waits: bool


def news(place: Place, most: int = 5) -> list[News]:
    """Return what a desk shows: first what waits for a note, then what began lately."""
    waits = and_(
        Announcement.must_acknowledge,
        Announcement.for_districts if place.unit_id is None else Announcement.for_units,
        Acknowledgement.id.is_(None),
    )
    own = (
        Acknowledgement.unit_id.is_(None)
        if place.unit_id is None
        else Acknowledgement.unit_id == place.unit_id
    )
    rows = db.session.execute(
        select(Announcement.id, Announcement.title, Announcement.from_province, waits.label("waits"))
        .outerjoin(
            Acknowledgement,
            and_(
                Acknowledgement.announcement_id == Announcement.id,
                Acknowledgement.tenant_id == place.tenant_id,
                own,
            ),
        )
        .where(
            *_shown(),
            concerns(Announcement, place),
            or_(waits, Announcement.shows_from > clock.today() - timedelta(days=NEWS_DAYS)),
        )
        .order_by(waits.desc(), Announcement.shows_from.desc(), Announcement.id.desc())
        .limit(most)
    )
    return [News(*row) for row in rows]
