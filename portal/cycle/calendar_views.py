"""The calendar of a year for whoever is signed in: deadlines by law and by place, days off, a file to take along."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import render_template, request

from portal import clock
from portal.catalogue.models import CriteriaVersion
from portal.opening.queries import cycle_for, district_year, tighter_dates
from portal.web import download
from tenants.access import found, may, signed_in
from tenants.database import db
from tenants.identity import Place
from tenants.people import PROVINCE_ROLES
from tenants.places import Tenant
from tenants.rights import Right

from .blueprint import blueprint
from .countdown import Deadline, deadlines, next_of
from .days import KINDS
from .days_views import WEEKDAYS
from .models import Cycle
from .queries import calendar_of, current_cycle, cycle_of, holidays_of_province, own_days, years
from .rules import Calendar, public_holidays


@dataclass(frozen=True, slots=True)
class Year:
    """A year as it is to the place one acts in."""

    cycle: Cycle
    known: list[Deadline]
    days: list[tuple[date, str, str]]


def _year(cycle: Cycle, place: Place) -> Year:
    """Return a year with the dates of the province, of a district, or of a unit, whoever asks."""
    version = found(db.session.get(CriteriaVersion, cycle.version_id))
    mine = calendar_of(cycle)
    if place.role not in PROVINCE_ROLES:
        own = district_year(place.tenant_id, cycle.year)
        mine = Calendar(
            cycle.year,
            cycle.opens_on,
            cycle_for(cycle, place.tenant_id, place.unit_id or 0).submit_before,
            (own and own.decide_before) or cycle.decide_before,
            (own and own.report_before) or cycle.report_before,
        )
    known = deadlines(mine, version.settings.get("deadlines", ()), clock.now(), own_days())
    return Year(cycle, known, _days(cycle))


def _days(cycle: Cycle) -> list[tuple[date, str, str]]:
    """Return the days off and worked from a month before the figures end to three after the last deadline."""
    first, last = date(cycle.year, 12, 1), cycle.report_before + timedelta(days=92)
    public = {
        on: (on, name, "off")
        for year in range(first.year, last.year + 1)
        for on, name in public_holidays(year).items()
        if first <= on <= last
    }
    own = {
        row.day: (row.day, row.name, row.kind) for row in holidays_of_province() if first <= row.day <= last
    }
    return [one for _, one in sorted((public | own).items())]


@blueprint.get("/lich")
@may(Right.READ_CATALOGUE)
def calendar() -> Any:
    """Show the deadlines of a year, what is left of them, where districts are tighter, and the days off."""
    place = signed_in().here
    opened = years()
    asked = request.args.get("nam", "")
    cycle = cycle_of(int(asked)) if asked in map(str, opened) else current_cycle()
    if cycle is None:
        return render_template("cycle/calendar_none.html")
    year = _year(cycle, place)
    return render_template(
        "cycle/calendar.html",
        year=year,
        years=opened,
        following=next_of(year.known),
        tighter=tighter_dates(cycle.year) if place.role in PROVINCE_ROLES else None,
        own_side=place.role not in PROVINCE_ROLES,
        kinds=KINDS,
        weekdays=WEEKDAYS,
    )


@blueprint.get("/lich/<int:year>.ics")
@may(Right.READ_CATALOGUE)
def calendar_ics(year: int) -> Any:
    """Hand out the dates of a year as a file for a calendar."""
    from .calendar_file import calendar_file

    place = signed_in().here
    shown = _year(found(cycle_of(year)), place)
    tenant = found(db.session.get(Tenant, place.tenant_id))
    own = {row.day for row in holidays_of_province()}
    days = [(on, f"{KINDS[kind]}: {name}") for on, name, kind in shown.days if on in own]
    mark = tenant.code.lower() + (f"-{place.unit_id}" if place.unit_id else "")
    content = calendar_file(place.tenant_name, mark, year, shown.known, days, clock.now())
    return download(content, f"lich-don-vi-hoc-tap-{year}.ics", "text/calendar")
