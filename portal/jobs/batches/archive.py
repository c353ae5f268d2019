"""A district's whole year as one ZIP: the papers of every filed dossier, the decisions and the reports to the Department.

Evidence stays in the portal: it is the units', and too much. Papers signed outside the portal are there as scans.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import ColumnElement, func, or_, select

from portal import words
from portal.dossiers.models import Dossier
from portal.dossiers.queries import dossier_of
from portal.dossiers.states import UNFILED
from portal.evidence.store import store
from portal.further.models import FurtherDecision
from portal.further.queries import case_of
from portal.jobs.batch import Batch, Described
from portal.jobs.turn import Result, Turn
from portal.jobs.wanted import Wanted
from portal.papers import district
from portal.papers.district import file_name
from portal.papers.documents import Page
from portal.papers.sheets import Column, Kind, Sheet, sheet_csv
from portal.recognition.models import Decision
from portal.recognition.queries import decision_of
from portal.reports.models import DistrictReport
from portal.reports.queries import report_of
from portal.trail.models import TrailEntry
from portal.units.models import Unit
from tenants.database import db
from tenants.places import Tenant
from tenants.refusal import Refused
from tenants.rights import Right

from .dossier import Scan, papers_of
from .packing import MEDIA_TYPE, Package

Entry = tuple[str, Path]


def _filed(tenant_id: int, year: int) -> tuple[ColumnElement[bool], ...]:
    return (
        Dossier.tenant_id == tenant_id,
        Dossier.year == year,
        or_(Dossier.state.not_in(UNFILED), Dossier.channel != "portal"),
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """A dossier of the archive."""

    dossier_id: int
    code: str
    name: str
    kind: str
    state: str
    receipt: str

    @property
    def folder(self) -> str:
        return f"ho-so/{file_name(self.code, self.name)[:80]}"


class Archive(Batch):
    """The archive of a year; its subject is the year."""

    name = "archive"
    right = Right.SEE_DISTRICT

    def describe(self, wanted: Wanted) -> Described:
        """Say which year and how many dossiers; what the trail has seen last is the mark of its content."""
        tenant_id, subject = wanted.tenant_id, wanted.subject
        count = int(db.session.scalar(select(func.count()).where(*_filed(tenant_id, subject))) or 0)
        if not count:
            raise Refused(f"Năm {subject} chưa có hồ sơ nào nộp nên chưa có gì để lưu trữ.")
        latest = db.session.scalar(
            select(func.max(TrailEntry.id)).where(
                TrailEntry.tenant_id == tenant_id, ~TrailEntry.act.startswith("job_")
            )
        )
        return Described(f"Lưu trữ năm {subject} ({words.number(count)} hồ sơ)", f"{latest}")

    def build(self, turn: Turn) -> Result:
        """Make the papers dossier by dossier, then pack everything."""
        tenant_id, year = turn.tenant_id, turn.held.subject
        with turn.reading():
            rows = _rows(tenant_id, year)
            place = db.session.get_one(Tenant, tenant_id).name
            whole = _of_district(tenant_id, year)
        entries: list[Entry] = []
        scans: list[Scan] = []
        total = len(rows) + len(whole)
        for done, row in enumerate(rows):
            turn.step(done, total)
            with turn.reading():
                pages, of_row = _papers(tenant_id, row)
            entries += [(name, turn.part(page.key, page.pdf)) for name, page in pages]
            scans += of_row
        for done, (model, number) in enumerate(whole, len(rows)):
            turn.step(done, total)
            with turn.reading():
                name, page = _paper(tenant_id, model, number)
            entries.append((name, turn.part(page.key, page.pdf)))
        name = file_name("Luu-tru", place, year)
        target = turn.folder / "ket-qua.zip"
        package = Package(target, turn.held.asked_at)
        for about, text in _lists(rows, place, turn):
            package.add(f"{name}/{about}", io.BytesIO(text), len(text))
        for done, (inside, path) in enumerate(entries):
            if done % 200 == 0:
                turn.step(total, total)
            package.add_file(f"{name}/{inside}", path)
        for inside, sha256, size in scans:
            turn.step(total, total)
            with store().open(tenant_id, sha256) as content:
                package.add(f"{name}/{inside}", content, size)
        package.close()
        return Result(target, f"{name}.zip", MEDIA_TYPE)


def _rows(tenant_id: int, year: int) -> list[_Row]:
    found = db.session.execute(
        select(Dossier.id, Unit.code, Unit.name, Unit.kind, Dossier.state, Dossier.receipt_number)
        .join(Unit, (Unit.tenant_id == Dossier.tenant_id) & (Unit.id == Dossier.unit_id))
        .where(*_filed(tenant_id, year))
        .order_by(Unit.code, Dossier.id)
    )
    return [_Row(*row) for row in found]


def _papers(tenant_id: int, row: _Row) -> tuple[list[tuple[str, Page]], list[Scan]]:
    """Return the papers and scans of a dossier under its folder."""
    dossier = dossier_of(tenant_id, row.dossier_id)
    if dossier is None:
        return [], []
    pages, scans = papers_of(dossier)
    return (
        [(f"{row.folder}/{name}", page) for name, page in pages],
        [(f"{row.folder}/{name}", sha256, size) for name, sha256, size in scans],
    )


def _of_district(tenant_id: int, year: int) -> list[tuple[str, int]]:
    """Return what the district itself issued for a year: decisions, further decisions, reports sent."""
    decided = select(Decision.id).where(
        Decision.tenant_id == tenant_id, Decision.year == year, Decision.state == "issued"
    )
    further = (
        select(FurtherDecision.id)
        .join(
            Dossier,
            (Dossier.tenant_id == FurtherDecision.tenant_id) & (Dossier.id == FurtherDecision.dossier_id),
        )
        .where(
            FurtherDecision.tenant_id == tenant_id,
            Dossier.year == year,
            FurtherDecision.state == "issued",
        )
    )
    sent = select(DistrictReport.id).where(
        DistrictReport.tenant_id == tenant_id, DistrictReport.year == year, DistrictReport.state == "sent"
    )
    kinds = (("decision", decided), ("further", further), ("report", sent))
    return [(model, number) for model, rows in kinds for number in sorted(db.session.scalars(rows))]


def _paper(tenant_id: int, model: str, number: int) -> tuple[str, Page]:
    if model == "decision":
        decision = decision_of(tenant_id, number)
        assert decision is not None
        return f"quyet-dinh/{district.decision_name(decision)}.pdf", district.decision_paper(decision)
    if model == "further":
        case = case_of(tenant_id, number)
        assert case is not None
        page, name = district.further_paper(case)
        return f"quyet-dinh/{name}.pdf", page
    report = report_of(tenant_id, number)
    assert report is not None
    page, name = district.report_paper(report)
    return f"bao-cao/{name}.pdf", page


def _lists(rows: list[_Row], place: str, turn: Turn) -> Iterator[tuple[str, bytes]]:
    """What stands at the top of the archive: what is inside, and the list of its dossiers."""
    year = turn.held.subject
    when = words.moment(turn.held.asked_at)
    yield (
        "DOC-TRUOC.txt",
        (
            f"Lưu trữ “Đơn vị học tập” năm {year}, {place}\r\n"
            f"Yêu cầu lúc {when}, người yêu cầu: {turn.actor.full_name}\r\n\r\n"
            "ho-so/: văn bản của từng hồ sơ đã nộp; tệp “Da-ky-…” là bản đã ký, đóng dấu mà đơn vị gửi.\r\n"
            "quyet-dinh/: quyết định đã ban hành và quyết định thu hồi, điều chỉnh.\r\n"
            "bao-cao/: các lần báo cáo đã gửi Sở.\r\n"
            "danh-sach.csv: danh sách hồ sơ, mở được bằng Excel.\r\n"
            "Minh chứng của đơn vị không nằm trong tệp này; xem trên Cổng Đơn vị học tập.\r\n"
        ).encode("utf-8-sig"),
    )
    columns = (
        Column("TT", Kind.INTEGER),
        Column("Mã đơn vị"),
        Column("Tên đơn vị"),
        Column("Loại hình"),
        Column("Số tiếp nhận"),
        Column("Trạng thái"),
        Column("Thư mục"),
    )
    lines = [
        (
            order,
            row.code,
            row.name,
            words.kind_name(row.kind),
            row.receipt,
            words.DOSSIER_STATES[row.state].name,
            row.folder,
        )
        for order, row in enumerate(rows, 1)
    ]
    yield "danh-sach.csv", sheet_csv(Sheet("Danh sách hồ sơ", columns, lines))
