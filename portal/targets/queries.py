"""Reading a district's targets, each reckoned from its units' data, with the years before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from portal.catalogue.copies import KeptIndicator
from portal.cycle.models import Cycle
from portal.figures.rules import points_between, share
from portal.figures.tables import points
from tenants.database import db
from tenants.places import Tier

from .gathering import Gathered, gather
from .models import DistrictTarget
from .ready import READY, Ready
from .rules import Below, Counting, Figure, Part, Reckoning, Standing, reckon

YEARS_BEFORE = 3
TABS = ("duoi", "chua-co", "ty-le", "dat", "co-so", "tat-ca")


@dataclass(frozen=True, slots=True)
class Trend:
    """A year of a target: its settled figure, of how many units in all, and the change in percentage points.

    `change` is "–" where one of the two years says too little to be compared (`full`).
    """

    year: int
    figure: Figure
    scope: int
    change: str
    full: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A target with everything its pages show; `reckoning` is None where the year's catalogue lacks its indicator."""

    target: DistrictTarget
    indicator: KeptIndicator | None
    reckoning: Reckoning | None
    trend: tuple[Trend, ...]


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit behind a target: what it brings, and by how much it is below the goal (None: it is not)."""

    unit: Any
    part: Part
    below: Below | None


def targets_of(tenant_id: int, year: int, *, retired: bool = False) -> list[DistrictTarget]:
    """Return a district's targets of a year in the order they were set, those in force or those retired."""
    of_year = select(DistrictTarget).where(DistrictTarget.tenant_id == tenant_id, DistrictTarget.year == year)
    over = DistrictTarget.retired_at.is_not(None)
    return list(
        db.session.scalars(of_year.where(over if retired else ~over).order_by(DistrictTarget.id).limit(100))
    )


def target_of(tenant_id: int, target_id: int, *, lock: bool = False) -> DistrictTarget | None:
    """Return a target of the scope, or None. `lock` holds it until the transaction ends."""
    statement = select(DistrictTarget).where(
        DistrictTarget.tenant_id == tenant_id, DistrictTarget.id == target_id
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(statement)


def not_adopted(targets: Sequence[DistrictTarget], cycle: Cycle) -> list[Ready]:
    """Return the ready-made targets that are not among those in force; they are a district's, nobody else has any."""
    if cycle.tier != Tier.DISTRICT:
        return []
    there = {target.ready for target in targets}
    return [one for one in READY if one.code not in there]


def reckoned(targets: Sequence[DistrictTarget], cycle: Cycle) -> tuple[list[Line], Gathered]:
    """Return targets of a year with their value, coverage, forecast and trend, and what they were reckoned from.

    The number of queries does not grow with targets, units or years.
    """
    tenant_id = targets[0].tenant_id if targets else 0
    years = range(cycle.year - YEARS_BEFORE, cycle.year + 1)
    made = gather(tenant_id, years, [target.measure for target in targets])
    return [_line(target, cycle.year, made) for target in targets], made


def _line(target: DistrictTarget, year: int, made: Gathered) -> Line:
    measure = target.measure
    indicator = made.indicator(measure, year)
    if not made.computable(measure, year):
        return Line(target, None, None, ())
    found = {
        one: reckon(made.parts(measure, one), target.goal, measure.counting)
        for one in sorted(made.cycles)
        if made.computable(measure, one)
    }
    return Line(target, indicator, found[year], tuple(_trend(found, measure.counting)))


def _trend(found: dict[int, Reckoning], counting: Counting) -> list[Trend]:
    """Return the settled figures by year; each change is against the year before it that has one.

    Two years are compared where each rests on at least half of its units, of recognitions on all.
    """
    rows: list[Trend] = []
    for year, one in found.items():
        whole = counting is Counting.RECOGNISED
        figure = one.known if whole else one.settled
        now = share(figure.part, figure.whole) if figure.units else None
        if now is None:
            continue
        full = figure.units == one.scope if whole else 2 * figure.units >= one.scope
        before = rows[-1].figure.share if rows and rows[-1].full and full else None
        change = points(points_between(now, before))
        rows.append(Trend(year, figure, one.scope, change, full))
    return rows


def behind(line: Line, made: Gathered, tab: str) -> list[UnitRow]:
    """Return the units behind a target: those below the goal first who lack most, all others by name."""
    if line.reckoning is None:
        return []
    below = {one.part.unit_id: one for one in line.reckoning.below}
    wanted = {
        "duoi": [one.part for one in line.reckoning.below],
        "chua-co": [p for p in line.reckoning.parts if p.standing is Standing.WAITING],
        "ty-le": [p for p in line.reckoning.parts if p.standing is Standing.LEFT_OUT],
        "dat": [p for p in line.reckoning.parts if p.counted and p.unit_id not in below],
        "co-so": [p for p in line.reckoning.parts if p.counted],
        "tat-ca": list(line.reckoning.parts),
    }[tab]
    return [UnitRow(made.units[part.unit_id], part, below.get(part.unit_id)) for part in wanted]
