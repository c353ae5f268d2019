"""The tables of a report: Biểu 04 to 08 on a page, every table as a file, and where each figure leads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, render_template, url_for

from portal.figures.annex import NUMBERS, Annex, Field, Line
from portal.figures.tables import COLUMNS, Row
from portal.papers.building_report import forms_of
from portal.papers.district import sensitive_units
from portal.papers.table_files import file_of, marks
from portal.web import listing
from tenants.access import found, may
from tenants.rights import Right

from . import queries
from .blueprint import blueprint, report_here
from .compared import Spot
from .models import DistrictReport
from .points import at_table, marked_cells

NAMES = {
    "01": "theo loại hình",
    "02": "đơn vị được công nhận",
    "03": "đơn vị không công nhận, không nhận hồ sơ",
    "04": "chỉ tiêu phấn đấu",
    "05": "hiệu lực công nhận",
    "06": "theo chỉ tiêu",
    "07": "thành viên, người học",
    "08": "hoạt động của các đơn vị",
}


def row_urls(report: DistrictReport) -> Callable[[Row, str], str]:
    """Return what makes the address of the rows behind a figure of a row of Biểu 01."""

    def url_of(row: Row, figure: str) -> str:
        from .row_views import LISTED

        if figure not in LISTED or not figure:
            return ""
        return url_for("reports.rows", report_id=report.id, figure=figure, **_of_row(row))

    return url_of


def _of_row(row: Row | Line) -> dict[str, str | None]:
    kind = row.order if row.role == "subtotal" else (row.kinds[0] if row.kinds else None)
    return {"kind": kind, "public": None if row.public is None else ("yes" if row.public else "no")}


def cell_urls(report: DistrictReport, form: Annex) -> Callable[[Line, Field], str]:
    """Return what makes the address of the units behind a cell of Biểu 04 to 08."""

    def url_of(line: Line, one: Field) -> str:
        if not one.opens or not line.values.get(one.key):
            return ""
        if form.number == "04":
            return url_for("targets.show", target_id=int(line.key), loc=_tab(line, one.key))
        place = {"bieu": form.number, "figure": one.key, "report_id": report.id}
        if form.number in ("05", "07") and line.kinds:
            return url_for("reports.rows", **place, **_of_row(line))
        key = None if line.role == "total" else line.key
        return url_for("reports.rows", **place, dong=key)

    return url_of


def _tab(line: Line, key: str) -> str:
    counting = line.values.get("counting")
    tabs = {"reported": "co-so", "scope": "tat-ca", "below": "duoi"}
    tabs["part"] = "co-so" if counting == "people" else "dat"
    tabs["whole"] = "tat-ca" if counting == "recognised" else "co-so"
    return tabs[key]


def spot_links(report: DistrictReport) -> Callable[[Spot], tuple[str, str]]:
    """Return what gives the words and the address of a cell that a rule names."""

    def link(spot: Spot) -> tuple[str, str]:
        here = {"report_id": report.id}
        if spot.table == "loi":
            return "Phần lời", "#loi"
        if spot.table == "02":
            return "Biểu 02", url_for("reports.lists", **here, bieu="02")
        if spot.table == "04":
            return "Biểu 04", url_for("reports.annex", **here, bieu="04")
        if spot.table == "doi-chieu":
            return _FATE_WORDS[spot.figure], url_for(
                "reports.rows", **here, bieu="doi-chieu", figure=spot.figure
            )
        if spot.table == "01":
            row = next(one for one in queries.empty_rows(report.tenant_id) if one.key == spot.row)
            column = next(c.number for c in COLUMNS if c.figure == spot.figure and not c.is_share)
            where = "" if row.role == "total" else f", dòng {row.order or row.label}"
            return f"Biểu 01, cột {column}{where}", row_urls(report)(row, spot.figure)
        key = None if spot.row == "total" else spot.row
        url = url_for("reports.rows", **here, bieu=spot.table, figure=spot.figure, dong=key)
        return f"Biểu {spot.table}", url

    return link


_FATE_WORDS = {
    "r9": "Các đơn vị mức độ 2 này",
    "stays": "Còn hiệu lực",
    "again": "Xét lại trong năm",
    "expired": "Hết hạn",
    "revoked": "Thu hồi",
    "closed": "Đã đóng",
    "other": "Không rõ",
    "joined": "Các đơn vị này",
}


@blueprint.get("/huyen/bao-cao/<int:report_id>/bieu")
@may(Right.SEE_DISTRICT)
def annex(report_id: int) -> Any:
    """One of Biểu 04 to 08; a report locked before there were any says so."""
    report = report_here(report_id)
    asked = listing(("order",), filters={"bieu": NUMBERS})
    number = asked.filters["bieu"] or NUMBERS[0]
    form = queries.annex_of(report, number)
    points = queries.points_on(report)
    return render_template(
        "reports/annex.html",
        report=report,
        number=number,
        form=form,
        url_of=cell_urls(report, form) if form else None,
        marked=marked_cells(points, f"bieu_{number}"),
        pointed=at_table(points, f"bieu_{number}"),
        tabs=[(f"Biểu {one}: {NAMES[one]}", asked.url(bieu=one), one == number) for one in NUMBERS],
    )


@blueprint.get("/huyen/bao-cao/<int:report_id>/bieu-<name>.<ext>")
@may(Right.SEE_DISTRICT)
def form_file(report_id: int, name: str, ext: str) -> Response:
    """Any table of the report as a file: frozen once the report is locked."""
    report = report_here(report_id)
    own = marks()
    forms = forms_of(queries.report_sheet(report), own["specimen"], sensitive_units(report.tenant_id))
    sheet = found(forms.get(name))
    return file_of(ext, sheet, f"Bieu-{name}-{report.year}-lan-{report.edition}")
