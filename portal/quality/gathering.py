"""What the rules rest on, over all districts of a year: each rule's facts in a fixed number of statements."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Date, and_, case, cast, distinct, func, or_, select
from sqlalchemy.dialects.postgresql import array_agg, distinct_on
from sqlalchemy.orm import aliased

from portal.appraisal.models import Finding
from portal.cycle.models import Cycle
from portal.cycle.queries import of_same_tier
from portal.dossiers.models import Dossier, Headcount, State
from portal.evidence.models import Evidence, EvidenceLink
from portal.figures import queries as figures
from portal.figures.rules import ZERO, Counts
from portal.province.queries import places_in
from portal.province.sources import official_counts
from portal.province.summary import standings
from portal.recognition.models import Decision, DecisionLine
from portal.units.models import Unit
from tenants.database import db

from . import comparing, rules
from .comparing import NOT_OPEN, tells_people
from .rules import At, Found, Rule

CONCLUDED = (State.APPRAISED, State.DECIDED)
CELLS = {
    "submitted": "hồ sơ đã nộp",
    "level_1": "công nhận mức độ 1",
    "level_2": "công nhận mức độ 2",
    "refused": "không công nhận",
}
"""What of a report is held against what is counted now."""


class Year:
    """The districts of a year and what several rules ask of them, read once and only when asked."""

    def __init__(self, cycle: Cycle) -> None:
        self.cycle, self.year = cycle, cycle.year
        self.places = places_in(cycle.year)
        self.names: Mapping[int, str] = {place.id: place.name for place in self.places}

    @cached_property
    def now(self) -> dict[int, Counts]:
        """What is counted of the year, by district."""
        return figures.by_tenant(figures.counts(self.year))

    @cached_property
    def before(self) -> dict[int, Counts]:
        """The same of the year before."""
        return figures.by_tenant(figures.counts(self.year - 1))

    @cached_property
    def appraised(self) -> list[rules.Appraised]:
        """The concluded appraisals of every district, in two statements beside the counts."""
        return _appraised(self)

    def at(self, tenant_id: int) -> At:
        """Return a district as somewhere to look."""
        return At(tenant_id, self.names.get(tenant_id, "huyện đã kết thúc"))


def _units_at(year: Year, dossiers: Iterable[int]) -> dict[int, At]:
    rows = (
        select(Unit.tenant_id, Dossier.id, Unit.name)
        .join(Dossier, and_(Dossier.tenant_id == Unit.tenant_id, Dossier.unit_id == Unit.id))
        .where(Dossier.id.in_(set(dossiers)))
    )
    return {
        dossier_id: At(tenant_id, year.at(tenant_id).district, dossier_id, name)
        for tenant_id, dossier_id, name in db.session.execute(rows)
    }


def _shared(year: Year, groups: Iterable[tuple[str, Any, int, Any]]) -> list[rules.Shared]:
    """Name what dossiers have alike: (key, dossiers, members, shown) each."""
    known = list(groups)
    units = _units_at(year, (one for _, dossiers, _, _ in known for one in dossiers))
    return [
        rules.Shared(
            key,
            tuple(sorted((units[one] for one in set(dossiers)), key=lambda at: (at.district, at.unit))),
            members,
            tuple(shown),
        )
        for key, dossiers, members, shown in known
    ]


def _same_files(year: Year, limit: int) -> list[rules.Shared]:
    statement = (
        select(Evidence.sha256, array_agg(distinct(Dossier.id)))
        .join(
            EvidenceLink,
            and_(EvidenceLink.tenant_id == Evidence.tenant_id, EvidenceLink.evidence_id == Evidence.id),
        )
        .join(
            Dossier, and_(Dossier.tenant_id == EvidenceLink.tenant_id, Dossier.id == EvidenceLink.dossier_id)
        )
        .where(*comparing.open_in(year.year))
        .group_by(Evidence.sha256)
        .having(func.count(distinct(Evidence.tenant_id)) > 1, func.count(distinct(Dossier.id)) <= limit)
        .order_by(Evidence.sha256)
    )
    return _shared(year, ((sha256, ids, 0, ()) for sha256, ids in db.session.execute(statement)))


def _same_figures(year: Year, limit: int) -> list[rules.Shared]:
    return _shared(
        year,
        (
            (hashlib.sha256(f"{members}|{shares}".encode()).hexdigest()[:32], ids, members, shares)
            for members, shares, ids in comparing.groups_known(year.year, limit)
        ),
    )


def _decided(year: Year, _limit: int) -> list[rules.Decided]:
    found = []
    for place in year.places:
        now, before = year.now.get(place.id, ZERO), year.before.get(place.id, ZERO)
        found.append(
            rules.Decided(
                year.at(place.id),
                year.year,
                now.recognised + now.refused,
                now.recognised,
                now.level_2,
                before.recognised + before.refused,
                before.level_2,
            )
        )
    return found


def changed_in_appraisal() -> ColumnElement[bool]:
    """Return the condition that a dossier's appraisal says something else than the unit did."""
    corrected = (
        select(Finding.id)
        .where(
            Finding.tenant_id == Dossier.tenant_id,
            Finding.dossier_id == Dossier.id,
            Finding.verdict != "agreed",
        )
        .correlate(Dossier)
        .exists()
    )
    return or_(corrected, Dossier.proposed_level.is_distinct_from(Dossier.requested_level))


def _appraised(year: Year) -> list[rules.Appraised]:
    concluded = and_(Dossier.year == year.year, Dossier.state.in_(CONCLUDED), of_same_tier(Dossier.tenant_id))
    numbers = (
        select(Dossier.tenant_id, func.count(), func.sum(case((changed_in_appraisal(), 1), else_=0)))
        .where(concluded)
        .group_by(Dossier.tenant_id)
    )
    day = cast(func.timezone("Asia/Ho_Chi_Minh", Dossier.appraised_at), Date)
    days = (
        select(Dossier.tenant_id, Dossier.appraised_by, day.label("day"), func.count().label("most"))
        .where(concluded)
        .group_by(Dossier.tenant_id, Dossier.appraised_by, day)
        .subquery("days")
    )
    busiest = (
        select(days)
        .ext(distinct_on(days.c.tenant_id))
        .order_by(days.c.tenant_id, days.c.most.desc(), days.c.day, days.c.appraised_by)
    )
    most = {row.tenant_id: row for row in db.session.execute(busiest)}
    return [
        rules.Appraised(
            year.at(tenant_id),
            dossiers,
            changed,
            year.now.get(tenant_id, ZERO).visited,
            most[tenant_id].most,
            most[tenant_id].appraised_by or "Một người",
            most[tenant_id].day,
        )
        for tenant_id, dossiers, changed in db.session.execute(numbers)
    ]


def _members(year: Year, _limit: int) -> list[rules.People]:
    earlier, count, count_before = aliased(Dossier), aliased(Headcount), aliased(Headcount)

    def of(head: Any, dossier: Any) -> ColumnElement[bool]:
        return and_(
            head.tenant_id == dossier.tenant_id, head.dossier_id == dossier.id, head.code == "members"
        )

    statement = (
        select(Dossier.tenant_id, func.count(), func.sum(count.value), func.sum(count_before.value))
        .join(Unit, and_(Unit.tenant_id == Dossier.tenant_id, Unit.id == Dossier.unit_id))
        .join(
            earlier,
            and_(
                earlier.tenant_id == Dossier.tenant_id,
                earlier.unit_id == Dossier.unit_id,
                earlier.year == year.year - 1,
                earlier.state.not_in(NOT_OPEN),
            ),
        )
        .join(count, of(count, Dossier))
        .join(count_before, of(count_before, earlier))
        .where(*comparing.open_in(year.year))
        .where(tells_people(), ~earlier.ratio_only, count.value.is_not(None), count_before.value.is_not(None))
        .group_by(Dossier.tenant_id)
    )
    return [
        rules.People(year.at(tenant_id), year.year, units, now, before)
        for tenant_id, units, now, before in db.session.execute(statement)
    ]


def _issued(year: Year, limit: int) -> list[rules.Issued]:
    minutes = func.floor(func.extract("epoch", Decision.issued_at - Dossier.accepted_at) / 60)
    statement = (
        select(
            Decision.tenant_id,
            Decision.id,
            Decision.number,
            func.count(),
            func.count().filter(minutes <= limit),
            func.min(minutes),
        )
        .join(
            DecisionLine,
            and_(DecisionLine.tenant_id == Decision.tenant_id, DecisionLine.decision_id == Decision.id),
        )
        .join(
            Dossier, and_(Dossier.tenant_id == DecisionLine.tenant_id, Dossier.id == DecisionLine.dossier_id)
        )
        .where(Decision.year == year.year, Decision.state == "issued", ~DecisionLine.held_back)
        .where(of_same_tier(Decision.tenant_id))
        .group_by(Decision.tenant_id, Decision.id, Decision.number)
        .having(func.min(minutes) <= limit)
        .order_by(Decision.tenant_id, Decision.id)
    )
    return [
        rules.Issued(year.at(tenant_id), number, paper, dossiers, hasty, int(least))
        for tenant_id, number, paper, dossiers, hasty, least in db.session.execute(statement)
    ]


def _reported(year: Year, _limit: int) -> list[rules.Reported]:
    where = standings(year.cycle, year.places)
    accepted = {key: one.accepted for key, one in where.items() if one.accepted is not None}
    told = figures.by_tenant(
        official_counts(year.year, {key: one.report_id for key, one in accepted.items()})
    )
    return [
        rules.Reported(
            year.at(key),
            one.edition,
            tuple(
                (words, getattr(told.get(key, ZERO), name), getattr(year.now.get(key, ZERO), name))
                for name, words in CELLS.items()
            ),
        )
        for key, one in accepted.items()
    ]


_RULES: Mapping[Rule, tuple[Callable[[Year, int], Iterable[Any]], Callable[[Any, int], Found | None]]] = {
    Rule.SAME_FILES: (_same_files, rules.same_files),
    Rule.SAME_FIGURES: (_same_figures, rules.same_figures),
    Rule.ALL_RECOGNISED: (_decided, rules.all_recognised),
    Rule.NOTHING_CHANGED: (lambda year, _: year.appraised, rules.nothing_changed),
    Rule.LEVEL_2: (_decided, rules.level_2),
    Rule.MEMBERS: (_members, rules.members),
    Rule.HASTY: (_issued, rules.hasty),
    Rule.ONE_DAY: (lambda year, _: year.appraised, rules.one_day),
    Rule.REPORT: (_reported, rules.report),
}


def look(cycle: Cycle, limits: Mapping[Rule, int], only: Rule | None = None) -> list[Found]:
    """Return what the rules find in a year, by rule and then in the order of the facts; `only`: one rule."""
    year, found = Year(cycle), []
    for rule, (gather, judge) in _RULES.items():
        if only in (None, rule):
            found += [one for facts in gather(year, limits[rule]) if (one := judge(facts, limits[rule]))]
    return found
