"""Reading district reports: the editions, what the Department answered, and everything the paper prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, ColumnElement, and_, exists, func, select
from sqlalchemy.orm import QueryableAttribute

from portal import clock
from portal.cycle.queries import cycles, tier_at
from portal.figures.annex import Annex
from portal.figures.lists import NotRecognised, Recognised
from portal.figures.tables import Row, bieu_01
from portal.units.models import Unit
from portal.units.queries import open_on
from tenants.database import db
from tenants.places import Tenant

from . import annexes
from .annexes import Annexes
from .editions import Difference, annex_differences, differences
from .figures import DecisionBrief, Place, ReportFigures, from_snapshot, live
from .models import DistrictReport, ReportAnswer, ReportReopening
from .narrative import SKELETON
from .points import Grid, Shown, grids, shown
from .rules import Result, cross_foot
from .skeleton import PrintedSection


def report_of(tenant_id: int, report_id: int, *, lock: bool = False) -> DistrictReport | None:
    """Return a report of the scope, or None. `lock` holds it until the transaction ends."""
    statement = select(DistrictReport).where(
        DistrictReport.tenant_id == tenant_id, DistrictReport.id == report_id
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(statement)


def answer_of(report: DistrictReport) -> ReportAnswer | None:
    """Return what the Department answered to a report, or None."""
    return db.session.scalar(
        select(ReportAnswer).where(
            ReportAnswer.tenant_id == report.tenant_id, ReportAnswer.report_id == report.id
        )
    )


def told(
    year: int,
    place: ColumnElement[int] | QueryableAttribute[int] = Unit.tenant_id,
    came_through: ColumnElement[Any] | QueryableAttribute[Any] = Unit.came_through,
) -> ColumnElement[bool]:
    """Return the condition that a year's report has told of a unit: one its place of that moment sent.

    A reform can have taken the unit to another place before or after. What was returned to a place that is closed
    tells of nobody: it sends no more, and who took its units over does.
    """
    told_of: ColumnElement[bool] = func.unit_told(place, came_through, year, clock.today(), type_=Boolean)
    return told_of


def owed(place: Tenant, years: Sequence[int]) -> set[int]:
    """Return of some years those whose report a running place has to make (also in the scope of the place itself).

    It is asked for the years of which it was there on the last day, and for earlier ones as long as it has a unit that
    nobody told of.
    """
    found = {year for year in years if place.valid_from <= date(year, 12, 31)}
    for year in set(years) - found:
        untold = exists().where(Unit.tenant_id == place.id, open_on(date(year, 12, 31)), ~told(year))
        if db.session.scalar(select(untold)):
            found.add(year)
    return found


def stands(year: int) -> ColumnElement[bool]:
    """Return the condition that a report of a year was sent and is not left returned by a place that is closed."""
    closed = exists().where(Tenant.id == DistrictReport.tenant_id, Tenant.valid_to <= clock.today())
    returned = exists().where(
        ReportAnswer.tenant_id == DistrictReport.tenant_id,
        ReportAnswer.report_id == DistrictReport.id,
        ReportAnswer.verdict == "returned",
    )
    return and_(DistrictReport.year == year, DistrictReport.state == "sent", ~and_(closed, returned))


def standing(report: DistrictReport, answer: ReportAnswer | None) -> str:
    """Return the state of a report as `words.REPORT_STATES` names it: draft, locked, sent, accepted, returned."""
    return answer.verdict if answer is not None else report.state


def latest_edition(tenant_id: int, year: int) -> tuple[DistrictReport, ReportAnswer | None] | None:
    """Return the latest edition of a year's report with the Department's answer, or None."""
    found = editions(tenant_id, year)
    return found[0] if found else None


def editions(tenant_id: int, year: int) -> list[tuple[DistrictReport, ReportAnswer | None]]:
    """Return all editions of a year's report with their answers, the latest first."""
    rows = db.session.execute(
        select(DistrictReport, ReportAnswer)
        .outerjoin(
            ReportAnswer,
            and_(
                ReportAnswer.tenant_id == DistrictReport.tenant_id,
                ReportAnswer.report_id == DistrictReport.id,
            ),
        )
        .where(DistrictReport.tenant_id == tenant_id, DistrictReport.year == year)
        .order_by(DistrictReport.edition.desc())
    )
    return [(report, answer) for report, answer in rows]


def reopenings_of(report: DistrictReport) -> list[ReportReopening]:
    """Return the requests to amend a report with their answers, the latest first."""
    return list(
        db.session.scalars(
            select(ReportReopening)
            .where(ReportReopening.tenant_id == report.tenant_id, ReportReopening.report_id == report.id)
            .order_by(ReportReopening.id.desc())
        )
    )


def reopening_of(report: DistrictReport, reopening_id: int, *, lock: bool = False) -> ReportReopening | None:
    """Return one request to amend a report, or None. `lock` holds it until the transaction ends."""
    statement = select(ReportReopening).where(
        ReportReopening.tenant_id == report.tenant_id,
        ReportReopening.report_id == report.id,
        ReportReopening.id == reopening_id,
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(statement)


def may_be_followed(report: DistrictReport, answer: ReportAnswer | None) -> bool:
    """Say whether another edition may follow: after a return, or where the Department lets an accepted one be amended."""
    if answer is None:
        return False
    return answer.verdict == "returned" or any(row.granted for row in reopenings_of(report))


def waiting_reopenings(year: int) -> list[tuple[DistrictReport, ReportReopening]]:
    """Return what the Department has not answered yet of a year, the oldest first; one query."""
    rows = db.session.execute(
        select(DistrictReport, ReportReopening)
        .join(
            ReportReopening,
            and_(
                ReportReopening.tenant_id == DistrictReport.tenant_id,
                ReportReopening.report_id == DistrictReport.id,
            ),
        )
        .where(DistrictReport.year == year, ReportReopening.granted.is_(None))
        .order_by(ReportReopening.asked_at)
    )
    return [(report, row) for report, row in rows]


@dataclass(frozen=True, slots=True)
class YearLine:
    """One year in the list of reports: its dates and the latest edition, if one was begun."""

    year: int
    report_before: date
    report: DistrictReport | None
    answer: ReportAnswer | None
    owed: bool = True

    @property
    def state(self) -> str:
        """The state of the latest edition, "" where none was begun."""
        return standing(self.report, self.answer) if self.report else ""


def years_of(tenant_id: int, today: date) -> list[YearLine]:
    """Return every opened year with its latest edition, the latest year first."""
    opened = [cycle for cycle in cycles(tenant_id) if cycle.opens_on <= today]
    rows = db.session.execute(
        select(DistrictReport, ReportAnswer)
        .outerjoin(
            ReportAnswer,
            and_(
                ReportAnswer.tenant_id == DistrictReport.tenant_id,
                ReportAnswer.report_id == DistrictReport.id,
            ),
        )
        .where(DistrictReport.tenant_id == tenant_id)
        .order_by(DistrictReport.year, DistrictReport.edition)
    )
    last = {report.year: (report, answer) for report, answer in rows}
    without = [cycle.year for cycle in opened if cycle.year not in last]
    asked = {*last, *owed(db.session.get_one(Tenant, tenant_id), without)}
    return [
        YearLine(c.year, c.report_before, *last.get(c.year, (None, None)), c.year in asked) for c in opened
    ]


def figures_of(report: DistrictReport, *, whole: bool = True) -> ReportFigures:
    """Return a report's figures: its snapshot, or the live ones while it is a draft (`whole`: with Biểu 04 to 08)."""
    if report.snapshot is not None:
        return from_snapshot(report.tenant_id, report.snapshot)
    return live(report.tenant_id, report.year, whole=whole)


def annex_of(report: DistrictReport, number: str) -> Annex | None:
    """Return one of Biểu 04 to 08: of the snapshot (None where it has none), or counted now while it is a draft."""
    if report.snapshot is None:
        return annexes.count_one(report.tenant_id, report.year, number)
    kept = annexes.from_snapshot(report.year, report.snapshot)
    return kept.by_number[number] if kept else None


def checks_of(report: DistrictReport, figures: ReportFigures) -> tuple[Result, ...]:
    """Return how the cross-footing rules come out on a report's figures, with the explanations given."""
    return cross_foot(figures.tables(SKELETON.typed_figures(report.narrative)), report.explanations)


def grids_of(figures: ReportFigures) -> dict[str, Grid]:
    """Return the tables of a report as points are tied to them."""
    return grids(
        figures.rows,
        {row.unit_code: row.name for row in figures.recognised},
        {row.unit_code: row.name for row in figures.not_recognised},
        figures.annexes.by_number if figures.annexes else {},
    )


def points_around(answer: ReportAnswer | None, asked: ReportAnswer | None) -> Sequence[Mapping[str, str]]:
    """Return the points a report bears: of its own return, else of the return (`asked`) it was made after."""
    bearing = answer if answer is not None else asked
    return bearing.points if bearing is not None else ()


def points_on(report: DistrictReport) -> Sequence[Mapping[str, str]]:
    """Return the points a report bears; one query."""
    known = {one.edition: answer for one, answer in editions(report.tenant_id, report.year)}
    return points_around(known.get(report.edition), known.get(report.edition - 1))


def points_shown(
    figures: ReportFigures,
    before: ReportFigures | None,
    answer: ReportAnswer | None,
    asked: ReportAnswer | None,
) -> tuple[Shown, ...]:
    """Return the points a report bears as pages show them; those it answers with what became of each cell."""
    points = points_around(answer, asked)
    if answer is not None or not points:
        return shown(points, grids_of(figures)) if points else ()
    return shown(points, grids_of(before), grids_of(figures)) if before is not None else ()


def edition_before(report: DistrictReport) -> ReportFigures | None:
    """Return the figures of the edition sent before; None for a first edition."""
    if report.edition == 1:
        return None
    earlier = db.session.scalar(
        select(DistrictReport).where(
            DistrictReport.tenant_id == report.tenant_id,
            DistrictReport.year == report.year,
            DistrictReport.edition == report.edition - 1,
        )
    )
    if earlier is None or earlier.snapshot is None:
        return None
    return from_snapshot(earlier.tenant_id, earlier.snapshot)


def changes_since(before: ReportFigures | None, figures: ReportFigures) -> tuple[Difference, ...]:
    """Return what differs from the figures of the edition before; nothing for a first edition."""
    if before is None:
        return ()
    found = differences(before.rows, figures.rows, before.listed(), figures.listed())
    if before.annexes is None or figures.annexes is None:
        return found
    return found + annex_differences(before.annexes.by_number, figures.annexes.by_number)


@dataclass(frozen=True, slots=True)
class ReportSheet:
    """Everything a report's paper needs, as plain values.

    `provisional`: the figures are live, not frozen ("tạm tính"). `state`: draft, locked or sent.
    `annexes` is None for a report locked before there were Biểu 04 to 08. `bieu_01` holds rows whose `values()` are columns 3 to 24; the last row is the total.
    """

    tenant_id: int
    report_id: int
    year: int
    edition: int
    state: str
    amendment: int
    provisional: bool
    taken_at: datetime
    number: str
    dated: date | None
    signer: str
    signer_title: str
    place: Place
    sections: tuple[PrintedSection, ...]
    bieu_01: tuple[Row, ...]
    bieu_02: tuple[Recognised, ...]
    bieu_03: tuple[NotRecognised, ...]
    annexes: Annexes | None
    decisions: tuple[DecisionBrief, ...]
    checks: tuple[Result, ...]
    sent_at: datetime | None
    sent_by: str
    late: bool


def printed_sections(report: DistrictReport, figures: ReportFigures) -> tuple[PrintedSection, ...]:
    """Return the sections with their fields shown."""
    return SKELETON.printed(report.narrative, figures.fields())


def report_sheet(report: DistrictReport) -> ReportSheet:
    """Return everything the paper of a report needs."""
    figures = figures_of(report)
    return ReportSheet(
        tenant_id=report.tenant_id,
        report_id=report.id,
        year=report.year,
        edition=report.edition,
        amendment=report.amendment,
        state=report.state,
        provisional=not figures.frozen,
        taken_at=figures.taken_at,
        number=report.number,
        dated=report.dated,
        signer=report.signer,
        signer_title=report.signer_title,
        place=figures.place,
        sections=printed_sections(report, figures),
        bieu_01=figures.rows,
        bieu_02=figures.recognised,
        bieu_03=figures.not_recognised,
        annexes=figures.annexes,
        decisions=figures.decisions,
        checks=checks_of(report, figures),
        sent_at=report.sent_at,
        sent_by=report.sent_by,
        late=report.late,
    )


def empty_rows(tenant_id: int) -> list[Row]:
    """Return the rows of a place's Biểu 01 without any figures, to name one by its key."""
    return bieu_01({}, tier=tier_at(tenant_id))
