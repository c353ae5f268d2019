"""Reading the years and their dates."""

from __future__ import annotations

from sqlalchemy import select

from portal import clock
from tenants.database import db

from .models import Cycle, Holiday
from .rules import Calendar, OwnDays


def calendar_of(cycle: Cycle) -> Calendar:
    """Return the dates of a year as the rules take them."""
    return Calendar(cycle.year, cycle.opens_on, cycle.submit_before, cycle.decide_before, cycle.report_before)


def cycle_of(year: int) -> Cycle | None:
    """Return the cycle of a year, or None when the province has not opened it."""
    return db.session.get(Cycle, year)


def current_cycle() -> Cycle | None:
    """Return the latest year that is open today."""
    return db.session.scalar(
        select(Cycle).where(Cycle.opens_on <= clock.today()).order_by(Cycle.year.desc()).limit(1)
    )


def years() -> list[int]:
    """Return all years the province has opened, the latest first."""
    return list(db.session.scalars(select(Cycle.year).order_by(Cycle.year.desc())))


def cycles() -> list[Cycle]:
    """Return all years the province has opened with their dates, the latest first."""
    return list(db.session.scalars(select(Cycle).order_by(Cycle.year.desc())))


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
