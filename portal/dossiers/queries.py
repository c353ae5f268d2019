"""Reading dossiers: one or many whole sheets in a fixed number of queries, and of one what saving an answer takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, exists, func, or_, select, tuple_
from sqlalchemy.orm import joinedload, selectinload

from portal import words
from portal.activities.models import Activity
from portal.appraisal.models import Finding, HeadcountFinding, SupplementPoint, SupplementRequest
from portal.catalogue.kept import catalogue_of
from portal.cycle.models import Cycle
from portal.cycle.queries import cycles_of_places
from portal.evidence.models import EvidenceLink
from portal.improvement.models import Requirement
from portal.improvement.queries import Asked, asked_of
from portal.opening.models import DistrictYear, FilingExtension
from portal.opening.queries import terms, with_term
from portal.papers.models import OwnWords
from portal.recognition.models import Recognition
from portal.team.models import Minutes
from portal.units.models import Unit
from portal.waivers.models import Waiver
from tenants.database import db
from tenants.places import Tenant

from . import rules
from .content import Content
from .models import ENDED, Answer, Dossier, Headcount, State, TeamMember

BEFORE_FILING = frozenset({State.DRAFT, State.SIGNED})


@dataclass
class Sheet(Content):
    """A dossier with everything its pages, papers and checks need."""

    team: list[TeamMember] = field(default_factory=list)
    minutes: Minutes | None = None
    findings: dict[int, Finding] = field(default_factory=dict)
    headcount_findings: dict[str, HeadcountFinding] = field(default_factory=dict)
    own_words: dict[str, OwnWords] = field(default_factory=dict)
    activities: list[Activity] = field(default_factory=list)
    may_raise_from: date | None = None
    asked: list[Asked] = field(default_factory=list)

    @property
    def asked_counts(self) -> list[str]:
        """Return the head-counts the unit is asked for: those an indicator of its kind measures against.

        One that tells ratios only is not asked for its members: it always has some.
        """
        profile = replace(self.profile(), headcounts={}, waived=frozenset())
        bases = {i.base for i in self.indicators if i.applies.applies(profile)[0]}
        hidden = {"members"} if self.dossier.ratio_only else set()
        return [c for c in words.HEADCOUNTS if c in bases and c in self.headcounts and c not in hidden]

    @property
    def figures_misfit(self) -> bool:
        """Return whether the dossier holds numbers of people that the unit is not to tell."""
        return self.unit.discreet and not self.dossier.ratio_only

    def district_profile(self) -> rules.Profile:
        """Return the unit as the district sees it: corrected head-counts and its rulings."""
        counts = {code: row.value for code, row in self.headcounts.items()}
        counts |= {code: row.value for code, row in self.headcount_findings.items()}
        # What the desk found of an indicator stands above what was ruled on request before.
        ruled = self.waived - self.findings.keys()
        found = {i for i, row in self.findings.items() if row.verdict == "not_applicable"}
        return rules.Profile(self.unit.kind, self.unit.public, counts, ruled | found, self.dossier.ratio_only)

    def district_side(self) -> rules.Assessment:
        """Judge the answers as the district found them."""
        given = self.given()
        for indicator_id, row in self.findings.items():
            own = given.get(indicator_id, rules.Answer())
            if row.verdict == "corrected":
                given[indicator_id] = rules.Answer(
                    row.yes, row.part, row.grade, own.explanation, own.evidence
                )
            elif row.verdict == "not_enough_evidence":
                given[indicator_id] = rules.Answer(
                    own.yes, own.part, own.grade, own.explanation, own.evidence, enough_evidence=False
                )
        return rules.assess(self.indicators, self.district_profile(), given)

    def asked_for(self, code: str) -> str:
        """Name what a unit is to say of a head-count: the number, or whether there are any at all."""
        known = words.HEADCOUNTS[code]
        return known.unsaid.removeprefix("Chưa cho biết ") if self.dossier.ratio_only else known.inline


def dossier_of(tenant_id: int, dossier_id: int, *, lock: bool = False) -> Dossier | None:
    """Return a dossier of the scope, or None. `lock` holds it until the transaction ends."""
    return db.session.scalar(_dossier(lock), {"tenant": tenant_id, "dossier": dossier_id})


@cache
def _dossier(lock: bool) -> Select[tuple[Dossier]]:
    statement = select(Dossier).where(
        Dossier.tenant_id == bindparam("tenant"), Dossier.id == bindparam("dossier")
    )
    return statement.with_for_update().execution_options(populate_existing=True) if lock else statement


def live_dossier(tenant_id: int, unit_id: int, year: int) -> Dossier | None:
    """Return the unit's dossier of a year that is neither withdrawn nor refused."""
    return db.session.scalar(
        select(Dossier).where(
            Dossier.tenant_id == tenant_id,
            Dossier.unit_id == unit_id,
            Dossier.year == year,
            Dossier.state.not_in(ENDED),
        )
    )


def last_withdrawn(dossier: Dossier) -> Dossier | None:
    """Return the unit's last withdrawn dossier of the same year, judged by the same catalogue version."""
    return db.session.scalar(
        select(Dossier)
        .where(
            Dossier.tenant_id == dossier.tenant_id,
            Dossier.unit_id == dossier.unit_id,
            Dossier.year == dossier.year,
            Dossier.version_id == dossier.version_id,
            Dossier.state == "withdrawn",
        )
        .order_by(Dossier.id.desc())
        .limit(1)
    )


def dossiers_of_unit(tenant_id: int, unit_id: int) -> list[Dossier]:
    """Return all dossiers of a unit, the latest year first."""
    return list(
        db.session.scalars(
            select(Dossier)
            .where(Dossier.tenant_id == tenant_id, Dossier.unit_id == unit_id)
            .order_by(Dossier.year.desc(), Dossier.id.desc())
        )
    )


def open_sheet(dossier: Dossier) -> Sheet:
    """Return one dossier with everything that belongs to it."""
    return open_sheets([dossier])[dossier.id]


def open_sheets(dossiers: Sequence[Dossier]) -> dict[int, Sheet]:
    """Return dossiers with everything that belongs to them, in a number of queries that does not grow."""
    if not dossiers:
        return {}
    catalogues = {v: catalogue_of(v) for v in {d.version_id for d in dossiers}}
    cycles = cycles_of_places({d.tenant_id for d in dossiers})
    units, there = _units(dossiers)
    due = terms((d.tenant_id, d.unit_id, d.year) for d in dossiers) if there.terms else {}
    sheets = {
        d.id: Sheet(
            d,
            units[(d.tenant_id, d.unit_id)],
            with_term(cycles[d.tenant_id, d.year], due.get((d.tenant_id, d.unit_id, d.year))),
            catalogues[d.version_id].indicators,
            catalogues[d.version_id].rules,
        )
        for d in dossiers
    }
    _add_what_the_unit_wrote(sheets, dossiers, waived=there.waivers)
    for member in _of(TeamMember, dossiers):
        sheets[member.dossier_id].team.append(member)
    for minutes in _of(Minutes, dossiers) if there.minutes else ():
        sheets[minutes.dossier_id].minutes = minutes
    for block in _of(OwnWords, dossiers) if there.own_words else ():
        sheets[block.dossier_id].own_words[block.block] = block
    for dossier_id, activities in (_logs(dossiers) if there.activities else {}).items():
        sheets[dossier_id].activities = activities
    _add_the_districts_work(sheets, _filed(dossiers))
    for dossier_id, asked in (asked_of(dossiers) if there.requirements else {}).items():
        sheets[dossier_id].asked = asked
    waits = waits_of({(d.tenant_id, d.unit_id) for d in dossiers}) if there.recognitions else {}
    for sheet in sheets.values():
        year, first_day = waits.get((sheet.dossier.tenant_id, sheet.dossier.unit_id), (0, None))
        sheet.may_raise_from = first_day if year < sheet.dossier.year else None
    return sheets


def held_content(tenant_id: int, dossier_id: int) -> Content | None:
    """Return what saving an answer takes of a dossier, held until the transaction ends; None for one out of sight."""
    dossier = dossier_of(tenant_id, dossier_id, lock=True)
    if dossier is None:
        return None
    kept = catalogue_of(dossier.version_id)
    keys = {"tenant": tenant_id, "unit": dossier.unit_id, "year": dossier.year}
    unit, cycle, own, longer = db.session.execute(_unit_and_year(), keys).one()
    content = Content(dossier, unit, with_term(cycle, longer or own), kept.indicators, kept.rules)
    _add_what_the_unit_wrote({dossier_id: content}, [dossier])
    return content


@cache  # with every answer that is saved
def _unit_and_year() -> Select[tuple[Unit, Cycle, date | None, date | None]]:
    of_unit = and_(
        FilingExtension.tenant_id == Unit.tenant_id,
        FilingExtension.unit_id == Unit.id,
        FilingExtension.year == Cycle.year,
        FilingExtension.withdrawn_at.is_(None),
    )
    return (
        select(Unit, Cycle, DistrictYear.submit_before, FilingExtension.until)
        .join(Tenant, Tenant.id == Unit.tenant_id)
        .join(Cycle, (Cycle.tier == Tenant.tier) & (Cycle.year == bindparam("year")))
        .outerjoin(
            DistrictYear, (DistrictYear.tenant_id == Unit.tenant_id) & (DistrictYear.year == Cycle.year)
        )
        .outerjoin(FilingExtension, of_unit)
        .where(Unit.tenant_id == bindparam("tenant"), Unit.id == bindparam("unit"))
        # After waiting for the dossier's lock, what was read before it is another person's past.
        .execution_options(populate_existing=True)
    )


def _filed(dossiers: Sequence[Dossier]) -> list[Dossier]:
    """Return those that were filed: of the others the district has nothing, and is not asked."""
    return [d for d in dossiers if State(d.state) not in BEFORE_FILING]


def _add_what_the_unit_wrote(
    contents: Mapping[int, Content], dossiers: Sequence[Dossier], *, waived: bool = True
) -> None:
    for answer in _of(Answer, dossiers):
        contents[answer.dossier_id].answers[answer.indicator_id] = answer
    for headcount in _of(Headcount, dossiers):
        contents[headcount.dossier_id].headcounts[headcount.code] = headcount
    for link in _of(EvidenceLink, dossiers):
        contents[link.dossier_id].evidence[link.indicator_id].append(link.evidence)
    for waiver in _of(Waiver, dossiers) if waived else ():
        contents[waiver.dossier_id].waivers.append(waiver)
    filed = _filed(dossiers)
    if filed:
        for request in _of(SupplementRequest, filed):
            contents[request.dossier_id].requests.append(request)
        for point in _of(SupplementPoint, filed):
            contents[point.dossier_id].points.append(point)


def _add_the_districts_work(sheets: Mapping[int, Sheet], filed: Sequence[Dossier]) -> None:
    if filed:
        for finding in _of(Finding, filed):
            sheets[finding.dossier_id].findings[finding.indicator_id] = finding
        for corrected in _of(HeadcountFinding, filed):
            sheets[corrected.dossier_id].headcount_findings[corrected.code] = corrected


def _of(model, dossiers: Sequence[Dossier]):  # type: ignore[no-untyped-def]
    keys = {"tenants": list({d.tenant_id for d in dossiers}), "dossiers": [d.id for d in dossiers]}
    return db.session.scalars(_rows_of(model), keys)


@cache  # building these statements costs as much as sending them, and every act on a dossier sends them all
def _rows_of(model):  # type: ignore[no-untyped-def]
    statement = (
        select(model)
        .where(
            model.tenant_id.in_(bindparam("tenants", expanding=True)),
            model.dossier_id.in_(bindparam("dossiers", expanding=True)),
        )
        .order_by(model.id)
        # After waiting for the dossier's lock, what was read before it is another person's past.
        .execution_options(populate_existing=True)
    )
    return statement.options(joinedload(EvidenceLink.evidence)) if model is EvidenceLink else statement


def _logs(dossiers: Sequence[Dossier]) -> dict[int, list[Activity]]:
    """Return, by dossier, its unit's activities of the year by day, with what they prove."""
    years = {(d.tenant_id, d.unit_id, d.year): d.id for d in dossiers}
    found: dict[int, list[Activity]] = defaultdict(list)
    for one in db.session.scalars(_activities(), {"years": list(years)}):
        found[years[(one.tenant_id, one.unit_id, one.year)]].append(one)
    return found


@cache
def _activities() -> Select[tuple[Activity]]:
    return (
        select(Activity)
        .where(
            tuple_(Activity.tenant_id, Activity.unit_id, Activity.year).in_(
                bindparam("years", expanding=True)
            )
        )
        .options(selectinload(Activity.proofs))
        .order_by(Activity.held_on, Activity.id)
        .execution_options(populate_existing=True)
    )


def _units(dossiers: Iterable[Dossier]) -> tuple[dict[tuple[int, int], Unit], Row[Any]]:
    """Return the units of dossiers, and of what most dossiers have nothing of, which is there for any of them."""
    values = {
        "units": list({(d.tenant_id, d.unit_id) for d in dossiers}),
        "years": list({(d.tenant_id, d.unit_id, d.year) for d in dossiers}),
        "of_places": list({(d.tenant_id, d.year) for d in dossiers}),
        "tenants": list({d.tenant_id for d in dossiers}),
        "dossiers": [d.id for d in dossiers],
    }
    rows = db.session.execute(_unit_rows(), values).all()
    return {(row.Unit.tenant_id, row.Unit.id): row.Unit for row in rows}, rows[0]


@cache
def _unit_rows() -> Select[Any]:
    units, years = bindparam("units", expanding=True), bindparam("years", expanding=True)

    def of_dossiers(model: Any) -> ColumnElement[bool]:
        return exists().where(
            model.tenant_id.in_(bindparam("tenants", expanding=True)),
            model.dossier_id.in_(bindparam("dossiers", expanding=True)),
        )

    own_day = exists().where(
        tuple_(DistrictYear.tenant_id, DistrictYear.year).in_(bindparam("of_places", expanding=True)),
        DistrictYear.submit_before.is_not(None),
    )
    longer = exists().where(
        tuple_(FilingExtension.tenant_id, FilingExtension.unit_id, FilingExtension.year).in_(years)
    )
    requirements = exists().where(tuple_(Requirement.tenant_id, Requirement.unit_id).in_(units))
    recognitions = exists().where(
        tuple_(Recognition.tenant_id, Recognition.unit_id).in_(units), Recognition.may_raise_from.is_not(None)
    )
    activities = exists().where(tuple_(Activity.tenant_id, Activity.unit_id, Activity.year).in_(years))
    return select(
        Unit,
        of_dossiers(Minutes).label("minutes"),
        of_dossiers(OwnWords).label("own_words"),
        of_dossiers(Waiver).label("waivers"),
        activities.label("activities"),
        requirements.label("requirements"),
        recognitions.label("recognitions"),
        or_(own_day, longer).label("terms"),
    ).where(tuple_(Unit.tenant_id, Unit.id).in_(units))


def waits_of(units: Iterable[tuple[int, int]]) -> dict[tuple[int, int], tuple[int, date | None]]:
    """Return, by unit whose latest recognition is level 1, its year and from when level 2 may be given."""
    rows = db.session.execute(_held_at_level_1(), {"units": list(units)})
    return {(tenant, unit): (year, first) for tenant, unit, year, first in rows}


@cache
def _held_at_level_1() -> Select[tuple[int, int, int, date | None]]:
    units = bindparam("units", expanding=True)
    latest = (
        select(Recognition.tenant_id, Recognition.unit_id, func.max(Recognition.id).label("id"))
        .where(tuple_(Recognition.tenant_id, Recognition.unit_id).in_(units), Recognition.state == "in_force")
        .group_by(Recognition.tenant_id, Recognition.unit_id)
        .subquery()
    )
    return (
        select(Recognition.tenant_id, Recognition.unit_id, Recognition.year, Recognition.may_raise_from)
        .join(latest, and_(Recognition.tenant_id == latest.c.tenant_id, Recognition.id == latest.c.id))
        .where(Recognition.level == 1, Recognition.may_raise_from.is_not(None))
    )
