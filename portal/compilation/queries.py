"""Reading the provincial report: its editions, everything its page and paper show, its rules, its differences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from portal.cycle.queries import cycle_of
from portal.figures.annex import Annex, Line
from portal.figures.tables import Row
from portal.province.queries import ReceiptLine, reporting_in
from portal.province.sources import EVERYTHING, official_counts
from portal.province.summary import provincial, standings
from portal.reports.editions import Difference
from portal.reports.rules import Result
from portal.reports.skeleton import PrintedSection
from tenants.database import db

from . import editions, tables
from .models import ProvincialReport
from .narrative import OWN, SKELETON, of_provincial
from .rules import RULE_OF, Compiled, cross_foot
from .sources import sources_of
from .tables import Source

FORMAT = 2
STATES = {
    "draft": ("Đang soạn", "go"),
    "locked": ("Đã khóa số liệu", "go"),
    "signed": ("Đã ký", "ok"),
    "table": ("Bảng tổng hợp", "idle"),
}
"""The states of a provincial report, as words and tone of their marks."""


def report_of(report_id: int, *, lock: bool = False) -> ProvincialReport | None:
    """Return an edition, or None. `lock` holds it until the transaction ends."""
    statement = select(ProvincialReport).where(ProvincialReport.id == report_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(statement)


def editions_of(year: int) -> list[ProvincialReport]:
    """Return the editions of a year, the latest first."""
    statement = select(ProvincialReport).where(ProvincialReport.year == year)
    return list(db.session.scalars(statement.order_by(ProvincialReport.edition.desc())))


def number_taken(report: ProvincialReport, number: str, dated: date) -> bool:
    """Say whether another provincial report bears a number in the same year."""
    statement = select(ProvincialReport.id).where(
        ProvincialReport.id != report.id,
        func.lower(ProvincialReport.number) == number.lower(),
        func.extract("year", ProvincialReport.dated) == dated.year,
    )
    return db.session.scalar(statement) is not None


@dataclass(frozen=True, slots=True)
class Now:
    """How the districts of a year stand now: all by name, the accepted report of each, and the receipt table.

    `own`: what the accepted report on units of provincial level says, "" without one.
    """

    names: Mapping[int, str]
    accepted: Mapping[int, int]
    receipts: tuple[ReceiptLine, ...]
    own: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """The districts without an accepted report."""
        return tuple(name for key, name in self.names.items() if key not in self.accepted)

    @property
    def late(self) -> int:
        """How many of the accepted reports came late."""
        there = {self.names[key] for key in self.accepted}
        return sum(line.late for line in self.receipts if line.district in there)


def now_of(year: int) -> Now:
    """Return how the districts stand now; a fixed number of statements."""
    cycle = cycle_of(year)
    places = reporting_in(year)
    where = standings(cycle, places) if cycle else {}
    return Now(
        {place.id: place.name for place in places},
        {key: s.accepted.report_id for key, s in where.items() if s.accepted is not None},
        tuple(ReceiptLine.of(place.name, where[place.id]) for place in places if place.id in where),
        of_provincial(line.counts for line in provincial(year, EVERYTHING, official=True) if line.counts),
    )


@dataclass(frozen=True, slots=True)
class CompiledSheet:
    """An edition as plain values, for its page and papers.

    `rows` hold Biểu 01-T with the total last; `annexes` Biểu 02-T, 04-T and 05-T by number (none for a table compiled
    before there were any); `receipts` one line for each of the `districts`; `reports` names, by district, the
    accepted report its row was taken from.
    """

    report_id: int
    year: int
    edition: int
    amendment: int
    state: str
    province: str
    accepted: int
    districts: int
    compiled_at: datetime
    compiled_by: str
    number: str
    dated: date | None
    signer: str
    signer_title: str
    signed_at: datetime | None
    rows: tuple[Row, ...]
    annexes: Mapping[str, Annex]
    receipts: tuple[ReceiptLine, ...]
    reports: Mapping[int, int]
    fields: Mapping[str, str]
    sections: tuple[PrintedSection, ...]

    @property
    def total(self) -> Row:
        """The row "Cộng"."""
        return self.rows[-1]

    @property
    def missing(self) -> tuple[str, ...]:
        """The districts without an accepted report when this was compiled."""
        there = {row.label for row in self.rows}
        return tuple(line.district for line in self.receipts if line.district not in there)

    def sources(self) -> tuple[Source, ...]:
        """Return the accepted reports the tables were taken from, read again."""
        names = {row.tenant_id: row.label for row in self.rows if row.tenant_id is not None}
        return sources_of(self.reports, names)


def compiled_sheet(report: ProvincialReport) -> CompiledSheet:
    """Return an edition as plain values, exactly as it was compiled."""
    kept = report.snapshot
    values = kept.get("fields", {})
    return CompiledSheet(
        report_id=report.id,
        year=report.year,
        edition=report.edition,
        amendment=report.amendment,
        state=report.state,
        province=kept["province"],
        accepted=report.accepted,
        districts=report.districts,
        compiled_at=report.compiled_at,
        compiled_by=report.compiled_by,
        number=report.number,
        dated=report.dated,
        signer=report.signer,
        signer_title=report.signer_title,
        signed_at=report.signed_at,
        rows=tuple(Row.from_json(row) for row in kept["rows"]),
        annexes={
            number: tables.shape(number, report.year).of([Line.from_json(one) for one in lines])
            for number, lines in kept.get("annexes", {}).items()
        },
        receipts=tuple(ReceiptLine.from_json(line) for line in kept["receipts"]),
        reports=dict(kept["reports"]),
        fields=values,
        sections=SKELETON.printed(report.narrative, values) if values else (),
    )


def previous_counts(year: int) -> Mapping[tables.Key, tables.Counts] | None:
    """Return the accepted counts of the year before, None before the portal."""
    if cycle_of(year - 1) is None:
        return None
    return official_counts(year - 1, now_of(year - 1).accepted)


def newer_than(sheet: CompiledSheet, now: Now) -> tuple[str, ...]:
    """Return the districts of which another report has been accepted since the tables were added up.

    Provincial units stand beside them; an edition from before they could be told does not miss them.
    """
    found = (
        now.names.get(key, "") for key, report in now.accepted.items() if sheet.reports.get(key) != report
    )
    own = () if tells_own(sheet.fields, now) else ("Các đơn vị cấp tỉnh",)
    return (*found, *own)


def tells_own(fields: Mapping[str, str], now: Now) -> bool:
    """Say whether fields tell what is now accepted of provincial units, or are older than that field."""
    return fields.get(OWN, now.own) == now.own


def checks_of(report: ProvincialReport, sheet: CompiledSheet, now: Now) -> tuple[Result, ...]:
    """Return how the rules come out: as kept at the lock, or now while it is a draft; nothing for a bare table."""
    if report.state == "table":
        return ()
    if report.state != "draft":
        return tuple(
            Result(one["code"], RULE_OF[one["code"]].title, one["sentence"],
                   RULE_OF[one["code"]].explainable, one["explanation"])
            for one in report.snapshot["checks"]
        )  # fmt: skip
    compared = Compiled(
        sheet.rows,
        sheet.annexes,
        sheet.sources(),
        sheet.districts,
        sheet.missing,
        newer_than(sheet, now),
        SKELETON.typed_figures(report.narrative),
    )
    return cross_foot(compared, report.explanations)


def changes_since(report: ProvincialReport, sheet: CompiledSheet) -> tuple[Difference, ...]:
    """Return what differs from the edition before; nothing for a first one."""
    if report.edition == 1:
        return ()
    earlier = db.session.scalar(
        select(ProvincialReport).where(
            ProvincialReport.year == report.year, ProvincialReport.edition == report.edition - 1
        )
    )
    if earlier is None:
        return ()
    before = compiled_sheet(earlier)
    return editions.differences(before.rows, sheet.rows, before.annexes, sheet.annexes)
