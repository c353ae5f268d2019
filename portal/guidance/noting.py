"""Who an announcement is for, and who of them has taken note of it, in a fixed number of statements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true

from portal import clock
from portal.spelling import fold
from portal.units.models import Unit
from tenants.database import db
from tenants.places import Tenant, TenantKind

from .models import Acknowledgement, Announcement


def units_told(announcement: Announcement) -> Select[tuple[int, int]]:
    """Return the select of the units an announcement is for (tenant, unit): open today, of its kinds."""
    today = clock.today()
    statement = select(Unit.tenant_id, Unit.id).where(
        Unit.opened_on <= today, or_(Unit.closed_on.is_(None), Unit.closed_on >= today)
    )
    if not announcement.for_units:
        statement = statement.where(false())
    if announcement.kinds:
        statement = statement.where(Unit.kind.in_(announcement.kinds))
    if not announcement.from_province:
        statement = statement.where(Unit.tenant_id == announcement.tenant_id)
    return statement


def districts_told(announcement: Announcement) -> Select[tuple[int]]:
    """Return the select of the districts in force whose staff an announcement is for."""
    today = clock.today()
    return select(Tenant.id).where(
        Tenant.kind != TenantKind.PROVINCE,
        Tenant.valid_from <= today,
        or_(Tenant.valid_to.is_(None), Tenant.valid_to > today),
        true() if announcement.for_districts else false(),
    )


def _of_unit(announcement: Announcement) -> ColumnElement[bool]:
    return and_(
        Acknowledgement.announcement_id == announcement.id,
        Acknowledgement.tenant_id == Unit.tenant_id,
        Acknowledgement.unit_id == Unit.id,
    )


def _of_district(announcement: Announcement) -> ColumnElement[bool]:
    return and_(
        Acknowledgement.announcement_id == announcement.id,
        Acknowledgement.tenant_id == Tenant.id,
        Acknowledgement.unit_id.is_(None),
    )


def silent_units(announcement: Announcement) -> Select[tuple[int, int]]:
    """Return the select of the units that have not taken note (tenant, unit)."""
    statement = units_told(announcement).outerjoin(Acknowledgement, _of_unit(announcement))
    return statement.where(Acknowledgement.id.is_(None))


def silent_districts(announcement: Announcement) -> list[int]:
    """Return the districts whose staff has not taken note."""
    statement = districts_told(announcement).outerjoin(Acknowledgement, _of_district(announcement))
    return list(db.session.scalars(statement.where(Acknowledgement.id.is_(None))))


@dataclass(frozen=True, slots=True)
class Noted:
    """How far a district has taken note: its staff's own note (where they were told), and how many of its units."""

    tenant_id: int
    name: str
    told: bool
    note: Acknowledgement | None
    units: int
    units_done: int


def noted(announcement: Announcement, only: int | None = None) -> list[Noted]:
    """Return by district who has taken note, in two statements; `only` one district."""
    told = units_told(announcement).with_only_columns(
        Unit.tenant_id, func.count().label("units"), func.count(Acknowledgement.id).label("done")
    )
    counts = {
        row.tenant_id: (row.units, row.done)
        for row in db.session.execute(
            told.outerjoin(Acknowledgement, _of_unit(announcement)).group_by(Unit.tenant_id)
        )
    }
    places = districts_told(announcement).subquery()
    rows = db.session.execute(
        select(Tenant.id, Tenant.name, places.c.id, Acknowledgement)
        .outerjoin(places, places.c.id == Tenant.id)
        .outerjoin(Acknowledgement, _of_district(announcement))
        .where(or_(places.c.id.is_not(None), Tenant.id.in_(counts)))
        .where(Tenant.id == only if only is not None else true())
        .order_by(Tenant.name_sort, Tenant.id)
    )
    return [
        Noted(number, name, told_id is not None, note, *counts.get(number, (0, 0)))
        for number, name, told_id, note in rows
    ]


def units_listed(
    announcement: Announcement, *, tenant_id: int | None = None, q: str = "", done: bool | None = None
) -> Select[Any]:
    """Return the select of the units told (unit, its district's name, its note or None), by district and name."""
    statement = (
        units_told(announcement)
        .with_only_columns(Unit, Tenant.name, Acknowledgement)
        .join(Tenant, Tenant.id == Unit.tenant_id)
        .outerjoin(Acknowledgement, _of_unit(announcement))
    )
    if tenant_id is not None:
        statement = statement.where(Unit.tenant_id == tenant_id)
    if q:
        statement = statement.where(Unit.name_folded.contains(fold(q), autoescape=True))
    if done is not None:
        statement = statement.where(Acknowledgement.id.is_not(None) if done else Acknowledgement.id.is_(None))
    return statement.order_by(Tenant.name_sort, Tenant.id, Unit.name_sort, Unit.id)
