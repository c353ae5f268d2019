"""Everything targets are reckoned from, read for several years in a number of queries that does not grow.

What a unit has not filed is not read: a draft brings nothing, and its unit counts as not in yet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.dialects.postgresql import distinct_on

from portal import clock
from portal.appraisal.models import Finding, HeadcountFinding
from portal.catalogue.copies import KeptIndicator
from portal.catalogue.kept import indicators_of
from portal.catalogue.ruling import as_rule
from portal.cycle.models import Cycle
from portal.cycle.queries import cycles as opened_years
from portal.dossiers.models import Answer, Dossier, Headcount, State
from portal.dossiers.rules import Indicator
from portal.dossiers.states import UNFILED
from portal.figures.queries import cut_off_day
from portal.further.queries import level_in_effect
from portal.recognition.models import Recognition
from portal.units.models import Unit
from portal.waivers.models import Waiver, WaiverState
from tenants.database import db

from .counting import Filed, Given, Held, Who, brings, recognised
from .rules import Counting, Measure, Part


@dataclass
class Gathered:
    """A district's units with what they filed, by year, and the indicators of each version by key."""

    cycles: dict[int, Cycle]
    units: dict[int, Any]
    indicators: dict[tuple[int, str], KeptIndicator] = field(default_factory=dict)
    filed: dict[tuple[int, int], Filed] = field(default_factory=dict)
    held: dict[int, list[Held]] = field(default_factory=lambda: defaultdict(list))
    _rules: dict[int, Indicator] = field(default_factory=dict)
    _who: dict[int, list[Who]] = field(default_factory=dict)

    def indicator(self, measure: Measure, year: int) -> KeptIndicator | None:
        """Return the indicator a target counts by in a year, None where that year's catalogue lacks it."""
        return self.indicators.get((self.cycles[year].version_id, measure.indicator))

    def computable(self, measure: Measure, year: int) -> bool:
        """Tell whether a year's catalogue has what the target counts."""
        return measure.counting is Counting.RECOGNISED or self.indicator(measure, year) is not None

    def parts(self, measure: Measure, year: int) -> list[Part]:
        """Return what each unit of the registry at 31/12 (today before it) brings, by the order of names."""
        cycle = self.cycles[year]
        over = clock.today() >= cycle.decide_before
        found = []
        for who in self._registry(year):
            filed = self.filed.get((who.unit_id, year))
            if measure.counting is Counting.RECOGNISED:
                held = self.held[who.unit_id]
                part = recognised(measure, who, filed, held, year, cycle.decide_before, over=over)
            else:
                rule = self._rule(measure, filed.version_id if filed else cycle.version_id)
                part = brings(measure, rule, who, filed) if rule else None
            if part is not None:
                found.append(part)
        return found

    def _registry(self, year: int) -> list[Who]:
        if year not in self._who:
            day = cut_off_day(year)
            self._who[year] = [
                Who(unit.id, unit.kind, unit.public, unit.discreet)
                for unit in self.units.values()
                if unit.opened_on <= day and (unit.closed_on is None or unit.closed_on >= day)
            ]
        return self._who[year]

    def _rule(self, measure: Measure, version_id: int) -> Indicator | None:
        row = self.indicators.get((version_id, measure.indicator))
        if row is None:
            return None
        if row.id not in self._rules:
            self._rules[row.id] = as_rule(row)
        return self._rules[row.id]


def gather(
    tenant_id: int, years: Collection[int], measures: Iterable[Measure], *, drafts: bool = False
) -> Gathered:
    """Read what the measures need of the years that are opened; `drafts`: also what is not filed yet (a unit's own)."""
    wanted = list(measures)
    cycles = {c.year: c for c in opened_years(tenant_id) if c.year in years}
    made = Gathered(cycles, {unit.id: unit for unit in db.session.scalars(_units(tenant_id))})
    standing = _standing(tenant_id, list(cycles), drafts=drafts)
    dossiers: dict[int, Filed] = {}
    for row in db.session.execute(standing):
        filed = Filed(row.version_id, State(row.state), row.ratio_only, row.decided_level)
        dossiers[row.id] = made.filed[row.unit_id, row.year] = filed
    keys = {one.indicator for one in wanted if one.indicator}
    if keys:
        versions = {cycle.version_id for cycle in cycles.values()} | {f.version_id for f in dossiers.values()}
        made.indicators = {
            (row.version_id, row.key): row for v in versions for row in indicators_of(v) if row.key in keys
        }
        _read_values(dossiers, made.indicators.values(), tenant_id, list(cycles))
    if any(one.counting is Counting.RECOGNISED for one in wanted):
        for row in db.session.execute(_recognitions(tenant_id)):
            made.held[row.unit_id].append(Held(*row[1:]))
    return made


def _units(tenant_id: int) -> Any:
    return select(Unit).where(Unit.tenant_id == tenant_id).order_by(Unit.name_sort, Unit.id)


def _standing(tenant_id: int, years: Sequence[int], *, drafts: bool) -> Any:
    """The dossier that stands for each unit and year, as `figures` takes it: one filed before one not filed."""
    states = (State.WITHDRAWN,) if drafts else UNFILED
    return (
        select(
            Dossier.id,
            Dossier.unit_id,
            Dossier.year,
            Dossier.version_id,
            Dossier.state,
            Dossier.ratio_only,
            level_in_effect().label("decided_level"),
        )
        .where(Dossier.tenant_id == tenant_id, Dossier.year.in_(years), Dossier.state.not_in(states))
        .ext(distinct_on(Dossier.unit_id, Dossier.year))
        .order_by(
            Dossier.unit_id,
            Dossier.year,
            Dossier.submitted_at.is_(None),
            Dossier.state == State.REFUSED_LATE,
            Dossier.id.desc(),
        )
    )


def _recognitions(tenant_id: int) -> Any:
    return select(
        Recognition.unit_id,
        Recognition.year,
        Recognition.level,
        Recognition.state,
        Recognition.valid_from,
        Recognition.valid_to,
    ).where(Recognition.tenant_id == tenant_id)


def _read_values(
    dossiers: dict[int, Filed], indicators: Iterable[KeptIndicator], tenant_id: int, years: list[int]
) -> None:
    """Read answers, findings, head-counts and rulings of the dossiers, for the indicators that are counted."""
    ids = [row.id for row in indicators]
    bases = {row.base for row in indicators if row.base} | {row.applies.get("has") for row in indicators}

    def of(model: Any, *columns: Any, where: ColumnElement[bool]) -> Iterable[Any]:
        statement = (
            select(model.dossier_id, *columns)
            .join(Dossier, and_(Dossier.tenant_id == model.tenant_id, Dossier.id == model.dossier_id))
            .where(model.tenant_id == tenant_id, Dossier.year.in_(years), where)
        )
        return (row for row in db.session.execute(statement) if row[0] in dossiers)

    for number, indicator, *value in of(
        Answer, Answer.indicator_id, Answer.yes, Answer.part, Answer.grade, where=Answer.indicator_id.in_(ids)
    ):
        dossiers[number].answers[indicator] = Given(*value)
    for number, indicator, *value in of(
        Finding,
        Finding.indicator_id,
        Finding.yes,
        Finding.part,
        Finding.grade,
        Finding.verdict,
        where=Finding.indicator_id.in_(ids),
    ):
        dossiers[number].findings[indicator] = Given(*value)
    for number, code, count in of(
        Headcount, Headcount.code, Headcount.value, where=Headcount.code.in_(bases - {None})
    ):
        dossiers[number].counts[code] = count
    for number, code, count in of(
        HeadcountFinding,
        HeadcountFinding.code,
        HeadcountFinding.value,
        where=HeadcountFinding.code.in_(bases - {None}),
    ):
        dossiers[number].corrected[code] = count
    granted = and_(Waiver.indicator_id.in_(ids), Waiver.state == WaiverState.GRANTED)
    for number, indicator in of(Waiver, Waiver.indicator_id, where=granted):
        dossiers[number].waived.add(indicator)


def last_day_of_decisions(cycle: Cycle) -> date:
    """Return the last day on which decisions of a year are in time."""
    return date.fromordinal(cycle.decide_before.toordinal() - 1)
