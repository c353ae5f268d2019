"""The measures of every district of a year in a fixed number of statements, over all kinds of units or one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import and_, case, func, or_, select

from portal.appraisal.models import Finding, SupplementRequest
from portal.cycle.models import Cycle
from portal.cycle.queries import of_same_tier
from portal.dossiers.models import Answer, Dossier, State
from portal.figures.queries import counts
from portal.figures.rules import ZERO, Counts
from portal.province.queries import places_in
from portal.units.models import Unit
from tenants.database import db

from .calibration import MEASURES, Measure, Raw, Spread, Value, band, shown, spread
from .comparing import NOT_OPEN
from .gathering import CONCLUDED


@dataclass(frozen=True, slots=True)
class Line:
    """A district: how many dossiers it has as a band, and every measure as shown."""

    tenant_id: int
    name: str
    dossiers: str
    values: Mapping[Measure, Value]


@dataclass(frozen=True, slots=True)
class Calibration:
    """The districts of a year side by side, by name, with the spread of every measure."""

    lines: tuple[Line, ...]
    spreads: Mapping[Measure, Spread]

    def ordered(self, measure: Measure) -> list[Line]:
        """Return the districts by a measure, those without a number last."""

        def order(line: Line) -> tuple[bool, int]:
            number = line.values[measure].number
            return number is None, -(number or 0)

        return sorted(self.lines, key=order)


@dataclass(slots=True)
class _Numbers:
    filed: int = 0
    supplemented: int = 0
    concluded: int = 0
    lowered: int = 0
    decided: int = 0
    days: int = 0
    judged: int = 0
    judged_lower: int = 0


def calibration(cycle: Cycle, kind: str = "") -> Calibration:
    """Return the districts of a year side by side, all kinds of units or one."""
    numbers, totals = _numbers(cycle.year, kind), _counted(cycle.year, kind)
    lines = tuple(
        _line(place.id, place.name, numbers.get(place.id, _Numbers()), totals.get(place.id, ZERO))
        for place in places_in(cycle.year)
    )
    return Calibration(lines, {one: spread(line.values[one] for line in lines) for one in MEASURES})


def _line(tenant_id: int, name: str, n: _Numbers, c: Counts) -> Line:
    decided = c.recognised + c.refused
    raw = {
        Measure.INDICATORS: Raw(n.judged_lower, n.judged, n.concluded),
        Measure.LEVELS: Raw(n.lowered, n.concluded, n.concluded),
        Measure.SUPPLEMENTS: Raw(n.supplemented, n.filed, n.filed),
        Measure.LEVEL_2: Raw(c.level_2, decided, decided),
        Measure.VISITS: Raw(c.visited, c.units, min(c.units, n.filed)),
        Measure.DAYS: Raw(n.days, 1, n.decided, scale=1),
    }
    return Line(tenant_id, name, band(n.filed), {one: shown(raw[one]) for one in MEASURES})


def _counted(year: int, kind: str) -> dict[int, Counts]:
    found: dict[int, Counts] = {}
    for (tenant_id, of_kind, _public), one in counts(year).items():
        if kind in ("", of_kind):
            found[tenant_id] = found.get(tenant_id, ZERO) + one
    return found


def _numbers(year: int, kind: str) -> dict[int, _Numbers]:
    concluded = Dossier.state.in_(CONCLUDED)
    supplemented = (
        select(SupplementRequest.id)
        .where(SupplementRequest.tenant_id == Dossier.tenant_id, SupplementRequest.dossier_id == Dossier.id)
        .correlate(Dossier)
        .exists()
    )
    lowered = and_(concluded, func.coalesce(Dossier.proposed_level, 0) < Dossier.requested_level)
    decided = Dossier.state == State.DECIDED
    seconds = func.extract("epoch", Dossier.decided_at - Dossier.submitted_at)
    unit = and_(Unit.tenant_id == Dossier.tenant_id, Unit.id == Dossier.unit_id)
    here = [
        Dossier.year == year,
        Dossier.state.not_in(NOT_OPEN),
        of_same_tier(Dossier.tenant_id),
        *([Unit.kind == kind] if kind else []),
    ]
    statement = (
        select(
            Dossier.tenant_id,
            func.count(),
            func.count().filter(supplemented),
            func.count().filter(concluded),
            func.count().filter(lowered),
            func.count().filter(decided),
            func.percentile_disc(0.5).within_group(case((decided, func.floor(seconds / 86_400)))),
        )
        .join(Unit, unit)
        .where(*here)
        .group_by(Dossier.tenant_id)
    )
    found = {
        row[0]: _Numbers(*row[1:6], days=int(row[6] or 0)) for row in db.session.execute(statement).all()
    }
    lower = or_(
        and_(Answer.met_1 == "met", Finding.met_1 != "met"),
        and_(Answer.met_2 == "met", Finding.met_2 != "met"),
    )
    judged = (
        select(Dossier.tenant_id, func.count(), func.count().filter(lower))
        .join(Unit, unit)
        .join(Finding, and_(Finding.tenant_id == Dossier.tenant_id, Finding.dossier_id == Dossier.id))
        .join(
            Answer,
            and_(
                Answer.tenant_id == Finding.tenant_id,
                Answer.dossier_id == Finding.dossier_id,
                Answer.indicator_id == Finding.indicator_id,
            ),
        )
        .where(*here, concluded)
        .group_by(Dossier.tenant_id)
    )
    for tenant_id, whole, part in db.session.execute(judged):
        found[tenant_id].judged, found[tenant_id].judged_lower = whole, part
    return found
