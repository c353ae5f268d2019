"""Reading the years and their dates, always as a place has them: its tier says which.

Without a place it is the one the scope stands in; to the Department, the districts' years.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from sqlalchemy import ColumnElement, Integer, Select, bindparam, func, select
from sqlalchemy.orm import InstrumentedAttribute

from portal import clock
from tenants.database import db
from tenants.places import Tenant, Tier

from .models import Cycle, Holiday
from .rules import Calendar, OwnDays


def tier_of(tenant_id: int | ColumnElement[int] | None = None) -> ColumnElement[str]:
    """Return the tier of a place, or of where the scope stands, as part of a statement."""
    where = func.app_tenant() if tenant_id is None else tenant_id
    tier = select(Tenant.tier).where(Tenant.id == where).scalar_subquery()
    return func.coalesce(tier, Tier.DISTRICT)


def tier_at(tenant_id: int | None = None) -> Tier:
    """Return the tier of a place, or of where the scope stands."""
    return Tier(db.session.scalars(select(tier_of(tenant_id))).one())


def of_place(tenant_id: int | ColumnElement[int] | None = None) -> ColumnElement[bool]:
    """Return the condition that a cycle is the one of a place, or of where the scope stands."""
    return Cycle.tier == tier_of(tenant_id)


def of_same_tier(tenant_id: ColumnElement[int] | InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Return the condition that a row is of a place of the tier at which the scope stands."""
    return tenant_id.in_(select(Tenant.id).where(Tenant.tier == tier_of()))


def calendar_of(cycle: Cycle) -> Calendar:
    """Return the dates of a year as the rules take them."""
    return Calendar(
        cycle.year, cycle.opens_on, cycle.submit_before, cycle.decide_before, cycle.report_before, cycle.tier
    )


def cycle_of(year: int, tenant_id: int | None = None) -> Cycle | None:
    """Return the cycle of a year, or None when the province has not opened it."""
    statement = _cycle_of(named=tenant_id is not None)
    return db.session.scalar(statement, {"year": year, "place": tenant_id})


@cache
def _cycle_of(*, named: bool) -> Select[tuple[Cycle]]:
    return _cycles(named=named).where(Cycle.year == bindparam("year", type_=Integer)).order_by(None)


def current_cycle() -> Cycle | None:
    """Return the latest year that is open today."""
    return next(iter(begun()), None)


def begun() -> list[Cycle]:
    """Return the years whose work has begun, the latest first."""
    statement = select(Cycle).where(Cycle.opens_on <= clock.today(), of_place())
    return list(db.session.scalars(statement.order_by(Cycle.year.desc())))


def years(tenant_id: int | None = None) -> list[int]:
    """Return all years the province has opened, the latest first."""
    return [cycle.year for cycle in cycles(tenant_id)]


def cycles(tenant_id: int | None = None) -> list[Cycle]:
    """Return all years the province has opened with their dates, the latest first."""
    return list(db.session.scalars(_cycles(named=tenant_id is not None), {"place": tenant_id}))


@cache
def _cycles(*, named: bool) -> Select[tuple[Cycle]]:
    place = bindparam("place", type_=Integer) if named else None
    return select(Cycle).where(of_place(place)).order_by(Cycle.year.desc())


def cycles_of_places(tenant_ids: Iterable[int]) -> dict[tuple[int, int], Cycle]:
    """Return the opened years of places by (tenant, year); one statement."""
    rows = db.session.execute(_cycles_of_places(), {"places": list(tenant_ids)})
    return {(tenant_id, cycle.year): cycle for tenant_id, cycle in rows}


@cache
def _cycles_of_places() -> Select[tuple[int, Cycle]]:
    places = bindparam("places", expanding=True)
    return select(Tenant.id, Cycle).join(Cycle, Cycle.tier == Tenant.tier).where(Tenant.id.in_(places))


def cycles_of_tiers() -> list[Cycle]:
    """Return the opened years of every tier with their dates, the latest first, the districts' before others."""
    return list(db.session.scalars(select(Cycle).order_by(Cycle.year.desc(), Cycle.tier)))


def holidays_of_province() -> list[Holiday]:
    """Return the days the province added, the latest first."""
    return list(db.session.scalars(select(Holiday).order_by(Holiday.day.desc())))


def own_days() -> OwnDays:
    """Return the days the province added as the rules take them."""
    rows = db.session.execute(select(Holiday.day, Holiday.kind)).all()
    return OwnDays(
        frozenset(day for day, kind in rows if kind == "off"),
        frozenset(day for day, kind in rows if kind == "worked"),
    )
