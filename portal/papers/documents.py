"""One function per document: a data set in, its page out, which is written as PDF or as DOCX.

The wording and layout are templates/print/<document>.html, one file each, so that a form the Department
prescribes can replace ours without touching code. Equal data give equal bytes.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from portal import words
from portal.papers import data, seal, visit_data, wording
from portal.papers.pdf import clean, render_pdf
from portal.papers.rows import MISSING, Align, RowColumn, RowTable
from portal.papers.sheets import Sheet, sheet_rows
from portal.papers.speaking import speaker
from portal.papers.word import render_docx

UNSIGNED = "BẢN XEM TRƯỚC"
TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "print"


_LACKING = re.compile(
    r'<span class="missing"(?: data-of="([^"]*)")?>' + re.escape(MISSING) + r" ([^<]*)\]</span>"
)


@dataclass(frozen=True, slots=True)
class Page:
    """A document as it will be printed: the page of its template and its long tables."""

    html: str
    issued: datetime | None = None
    tables: Mapping[str, RowTable] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """All that its files depend on, as one text: equal keys, equal bytes."""
        return f"{self.issued}\n{self.html}\n{dict(self.tables)}"

    def pdf(self) -> bytes:
        """Return the document to read, print and sign."""
        return render_pdf(self.html, self.issued, self.tables)

    def docx(self) -> bytes:
        """Return the same document to be corrected by hand."""
        return render_docx(self.html, self.issued, self.tables)

    def lacks(self) -> list[tuple[str, str]]:
        """Return what stands as "[chưa có: …]", each once: (code of the indicator or "", what)."""
        found = [(code, what) for code, what in _LACKING.findall(self.html)]
        for table in self.tables.values():
            found += [
                (row.cells[0], cell.removeprefix(MISSING).strip(" ]"))
                for row in table.rows
                for cell in row.cells
                if cell.startswith(MISSING)
            ]
        return list(dict.fromkeys(found))


def _printed(value: object) -> object:
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _missing(what: str, code: str = "") -> Markup:
    of = Markup(' data-of="{}"').format(code) if code else ""
    return Markup('<span class="missing"{}>{}</span>').format(of, wording.missing(what))


def _or_missing(value: object, what: str) -> object:
    return _missing(what) if value is None or value == "" else value


def _unfinished(text: str) -> Markup:
    """`text` with its places to complete ("[bổ sung số, ngày]") marked like missing fields."""
    mark = Markup('<span class="missing">{}</span>')
    parts = re.split(r"(\[bổ sung[^\]]*\])", clean(text))
    return Markup("").join(mark.format(part) if part.startswith("[bổ sung") else part for part in parts)


def _paragraphs(text: str | None) -> list[str]:
    return [line.strip() for line in clean(text or "").split("\n") if line.strip()]


def _day_or_missing(value: date | None) -> object:
    return _missing("ngày, tháng, năm") if value is None else words.long_day(value)


@cache
def environment() -> Environment:
    """The templates of the papers: everything printed is escaped and cleaned, an unknown name is an error."""
    found = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printed,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {
        "day": words.day,
        "long_day": words.long_day,
        "moment": words.moment,
        "number": words.number,
        "level": lambda level: words.level_name(level).lower(),
        "paragraphs": _paragraphs,
        "unfinished": _unfinished,
        "or_missing": _or_missing,
        "day_or_missing": _day_or_missing,
        "evidence": wording.evidence_words,
        "value": wording.value_words,
        "heading_lines": wording.heading_lines,
    }
    found.globals["missing"] = _missing
    return found


def render(
    template: str, paper: data.Paper, tables: Mapping[str, RowTable] | None = None, **more: Any
) -> Page:
    """Return the page of a template for a data set, its marks and tables."""
    marks = [mark for mark in (paper.specimen, None if paper.signed else UNSIGNED) if mark]
    code = getattr(paper, "content_hash", None)
    # A scan of the stamped paper is known by it; only papers of a dossier are scanned back.
    of_dossier = code and hasattr(paper, "unit")
    qr = seal.picture(code, template.removesuffix(".html")) if of_dossier else ""
    html = (
        environment()
        .get_template(template)
        .render(d=paper, marks=marks, seal=qr, say=speaker(paper.year, paper.tier, paper.issued), **more)
    )
    return Page(html, paper.issued, tables or {})


def request_letter(letter: data.RequestLetter) -> Page:
    """Mẫu 01: Tờ trình đề nghị đánh giá, công nhận (Circular 24/2023, Article 10)."""
    return render("request_letter.html", letter)


def self_assessment_report(report: data.SelfAssessmentReport) -> Page:
    """Mẫu 02: Báo cáo tự đánh giá."""
    members = report.team.members if report.team else ()
    columns = (
        RowColumn("TT", 11, Align.CENTER),
        RowColumn("Họ và tên", 52),
        RowColumn("Chức vụ, đơn vị công tác", 58),
        RowColumn("Nhiệm vụ trong Tổ", 44),
    )
    rows = [(str(place), m.name, m.title, m.task) for place, m in enumerate(members, 1)]
    sums = (
        RowColumn("Loại hoạt động", 75),
        RowColumn("Số hoạt động", 28, Align.CENTER),
        RowColumn("Lượt người tham gia", 32, Align.CENTER),
        RowColumn("Thời lượng", 30, Align.CENTER),
    )
    logged = [(one.kind, one.number, one.participants, one.duration) for one in report.activities]
    tables = {"team": wording.plain_table(columns, rows), "activities": wording.plain_table(sums, logged)}
    return render("self_assessment_report.html", report, tables)


def result_summary(summary: data.ResultSummary) -> Page:
    """Mẫu 03: Bản tổng hợp kết quả đánh giá các tiêu chí, chỉ tiêu."""
    table = wording.result_table(summary.criteria, summary.unit.sensitive)
    return render("result_summary.html", summary, {"results": table})


def gap_page(gaps: data.GapPage) -> Page:
    """Còn thiếu gì: what lacks for the next level on one page, with room for who does it until when."""
    columns = (
        RowColumn("TT", 8, Align.CENTER),
        RowColumn("Chỉ tiêu", 47),
        RowColumn("Hiện nay", 23, Align.CENTER),
        RowColumn("Yêu cầu", 27),
        RowColumn("Việc cần làm", 46),
        RowColumn("Người làm", 22),
        RowColumn("Xong trước", 17, Align.CENTER),
    )
    rows = [
        (o.code, o.title, o.stands, o.asked + " (*)" * o.unconfirmed, o.todo, o.who, o.until)
        for o in gaps.lacking
    ]
    size = 11 if len(rows) <= 6 else 10 if len(rows) <= 10 else 9
    tables = {"lacking": wording.plain_table(columns, rows, size=size)}
    return render("gap_page.html", gaps, tables, unconfirmed=any(o.unconfirmed for o in gaps.lacking))


def team_minutes(minutes: data.TeamMinutes) -> Page:
    """Biên bản họp Tổ đánh giá: who was there, what the team says to each indicator, what it concludes."""
    people = (
        RowColumn("TT", 11, Align.CENTER),
        RowColumn("Họ và tên", 52),
        RowColumn("Chức vụ, đơn vị công tác", 58),
        RowColumn("Nhiệm vụ trong Tổ", 44),
    )
    opinions = (
        RowColumn("Chỉ tiêu", 16, Align.CENTER),
        RowColumn("Nội dung", 51),
        RowColumn("Kết quả tự đánh giá", 42),
        RowColumn("Ý kiến của Tổ", 25, Align.CENTER),
        RowColumn("Ghi chú", 31),
    )
    said = {True: "Nhất trí", False: "Không nhất trí", None: wording.missing("ý kiến")}
    present = [(str(place), a.name, a.title, a.task) for place, a in enumerate(minutes.present, 1)]
    rows = [
        (o.code, o.title, "\n".join(dict.fromkeys((o.value, o.outcome))), said[o.agreed], o.note)
        for o in minutes.opinions
    ]
    tables = {
        "present": wording.plain_table(people, present),
        "opinions": wording.plain_table(opinions, rows, size=11),
    }
    return render("team_minutes.html", minutes, tables)


def receipt(slip: data.Receipt) -> Page:
    """Phiếu tiếp nhận hồ sơ."""
    columns = (
        RowColumn("TT", 11, Align.CENTER),
        RowColumn("Thành phần hồ sơ", 92),
        RowColumn("Có", 14, Align.CENTER),
        RowColumn("Ghi chú", 48),
    )
    rows = [(str(place), p.name, "☑" if p.present else "☐", p.note) for place, p in enumerate(slip.parts, 1)]
    return render("receipt.html", slip, {"parts": wording.plain_table(columns, rows)})


def supplement_request(request: data.SupplementRequest) -> Page:
    """Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ."""
    columns = (
        RowColumn("TT", 11, Align.CENTER),
        RowColumn("Nội dung (chỉ tiêu, tài liệu)", 50),
        RowColumn("Lý do", 52),
        RowColumn("Yêu cầu bổ sung, hoàn thiện", 52),
    )
    rows = [(str(place), p.subject, p.reason, p.action) for place, p in enumerate(request.points, 1)]
    return render("supplement_request.html", request, {"points": wording.plain_table(columns, rows)})


def visit_letter(letter: visit_data.VisitLetter) -> Page:
    """Thông báo kiểm tra thực tế: when, where and who comes."""
    columns = (
        RowColumn("TT", 11, Align.CENTER),
        RowColumn("Họ và tên", 56),
        RowColumn("Chức vụ, đơn vị công tác", 62),
        RowColumn("Nhiệm vụ", 36),
    )
    rows = [(str(place), m.name, m.title, m.task) for place, m in enumerate(letter.members, 1)]
    return render("visit_letter.html", letter, {"members": wording.plain_table(columns, rows)})


def visit_minutes(minutes: visit_data.VisitMinutes) -> Page:
    """Biên bản kiểm tra thực tế: who was there, what was seen of each indicator, what both sides say."""
    columns = (
        RowColumn("Chỉ tiêu", 16, Align.CENTER),
        RowColumn("Nội dung", 52),
        RowColumn("Đơn vị tự đánh giá", 28, Align.CENTER),
        RowColumn("Kết quả kiểm tra", 24, Align.CENTER),
        RowColumn("Ghi chú", 45),
    )
    rows = [
        (
            one.code,
            one.title,
            one.value,
            one.result,
            "\n".join(part for part in (one.note, f"({one.photos} ảnh)" if one.photos else "") if part),
        )
        for one in minutes.items
    ]
    return render("visit_minutes.html", minutes, {"items": wording.plain_table(columns, rows, size=11)})


def decision(paper: data.Decision) -> Page:
    """Quyết định công nhận with one annex per list that is not empty."""
    found = (
        ("level_1", " MỨC ĐỘ 1", paper.level_1),
        ("level_2", " MỨC ĐỘ 2", paper.level_2),
        ("refused", "", paper.not_recognised),
    )
    kept = [(ref, level, units) for ref, level, units in found if units]
    annexes = [
        {
            "ref": ref,
            "level": level,
            "title": f"DANH SÁCH ĐƠN VỊ {'ĐƯỢC' if level else 'KHÔNG ĐƯỢC'} CÔNG NHẬN",
            "count": len(units),
            "name": f"Phụ lục {roman}" if len(kept) > 1 else "Phụ lục",
        }
        for roman, (ref, level, units) in zip(("I", "II", "III"), kept, strict=False)
    ]
    tables = {ref: wording.unit_list(units, "Ghi chú" if level else "Lý do") for ref, level, units in kept}
    names = {annex["ref"]: annex["name"] for annex in annexes}
    return render("decision.html", paper, tables, annexes=annexes, annex_names=names)


def district_report(report: data.DistrictReport) -> Page:
    """Báo cáo cấp huyện with its forms on landscape pages."""
    found = (
        ("form_01", "Biểu 01", report.form_01, 8),
        ("form_02", "Biểu 02", report.form_02, 9),
        ("form_03", "Biểu 03", report.form_03, 9),
        *((f"form_{number}", f"Biểu {number}", sheet, 9) for number, sheet in report.further_forms),
    )
    annexes = [(ref, name, sheet) for ref, name, sheet, _ in found if sheet]
    tables = {ref: sheet_rows(sheet, size) for ref, _, sheet, size in found if sheet}
    return render("district_report.html", report, tables, annexes=annexes)


def provincial_report(report: data.ProvincialReport) -> Page:
    """Báo cáo cấp tỉnh with its tables on landscape pages, "n/m huyện"."""
    found = [(f"form_{place}", name, sheet) for place, (name, sheet) in enumerate(report.forms)]
    tables = {ref: sheet_rows(sheet, 8 if len(sheet.columns) > 12 else 10) for ref, _, sheet in found}
    return render("provincial_report.html", report, tables, annexes=found)


def sheet_pdf(sheet: Sheet, issued: datetime | None = None, size: float = 9) -> bytes:
    """Any table of the portal as a PDF on A4 landscape."""
    marks = [sheet.specimen] if sheet.specimen else []
    html = environment().get_template("sheet.html").render(d=sheet, marks=marks)
    return render_pdf(html, issued, {"sheet": sheet_rows(sheet, size)})
