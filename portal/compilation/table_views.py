"""The tables of the provincial report: on a page, as files, and the districts behind a figure of a sum."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, render_template, request, url_for

from portal import clock
from portal.figures.annex import Field, Line
from portal.figures.tables import COLUMNS, HEADS, Row
from portal.papers.building_province import forms_of
from portal.papers.office import SPECIMEN
from portal.papers.sheets import book_xlsx
from portal.papers.table_files import XLSX, frozen_file_of
from portal.reports.compared import Spot
from portal.web import download, listing
from tenants.access import found, may
from tenants.rights import Right

from . import queries
from .behind import Behind, behind
from .blueprint import blueprint, report_here
from .models import ProvincialReport
from .queries import CompiledSheet
from .tables import TOTAL

NAMES = {
    "01-T": "theo địa bàn",
    "02-T": "theo loại hình và địa bàn",
    "04-T": "chỉ tiêu phấn đấu",
    "05-T": "hiệu lực công nhận",
    "tiep-nhan": "gửi và tiếp nhận báo cáo",
}
"""The tables of a report by the name in their address."""
ANCHORS = {"01-T": "bieu-01", "02-T": "bieu-02", "04-T": "bieu-04", "05-T": "bieu-05"}
"""Where a table of the province stands in a district's report."""
BOOK = "tat-ca"


def _district_url(sheet: CompiledSheet, tenant_id: int, anchor: str) -> str:
    """Return the address of the accepted report a district's figures were taken from, at one of its tables."""
    report_id = sheet.reports.get(tenant_id)
    if report_id is None:
        return ""
    return url_for("province.report", tenant_id=tenant_id, report_id=report_id, _anchor=anchor)


def row_urls(sheet: CompiledSheet) -> Callable[[Row, str], str]:
    """Return what makes the address behind a figure of Biểu 01-T: the district's accepted report, or all districts."""

    def url_of(row: Row, figure: str) -> str:
        if row.tenant_id is None:
            return url_for("compilation.rows", report_id=sheet.report_id, bieu="01-T", figure=figure)
        return _district_url(sheet, row.tenant_id, ANCHORS["01-T"])

    return url_of


def cell_urls(sheet: CompiledSheet, number: str) -> Callable[[Line, Field], str]:
    """Return what makes the address behind a cell of Biểu 02-T, 04-T and 05-T."""

    def url_of(line: Line, one: Field) -> str:
        if not one.opens or not line.values.get(one.key):
            return ""
        if number == "04-T" or line.key == TOTAL:
            dong = line.key if number == "04-T" else None
            return url_for(
                "compilation.rows", report_id=sheet.report_id, bieu=number, figure=one.key, dong=dong
            )
        return _district_url(sheet, int(line.key), ANCHORS[number])

    return url_of


def spot_link(report: ProvincialReport, spot: Spot) -> tuple[str, str]:
    """Return the words and the address of a table that a rule names."""
    if spot.table == "loi":
        return "Phần lời", "#loi"
    url = url_for("compilation.table", report_id=report.id, bieu=spot.table)
    return ("Tình hình tiếp nhận" if spot.table == "tiep-nhan" else f"Biểu {spot.table}"), url


@blueprint.get("/tinh/tong-hop/<int:report_id>/bieu")
@may(Right.SEE_PROVINCE)
def table(report_id: int) -> Any:
    """One table of the report; a table compiled before there were others says so."""
    report = report_here(report_id)
    sheet = queries.compiled_sheet(report)
    asked = listing(("order",), filters={"bieu": tuple(NAMES)})
    number = asked.filters["bieu"] or "01-T"
    return render_template(
        "compilation/table.html",
        report=report,
        sheet=sheet,
        number=number,
        form=sheet.annexes.get(number),
        columns=COLUMNS,
        heads=HEADS,
        url_of=row_urls(sheet) if number == "01-T" else cell_urls(sheet, number),
        tabs=[(_tab(one), asked.url(bieu=one), one == number) for one in NAMES],
    )


def _tab(number: str) -> str:
    return "Gửi và tiếp nhận" if number == "tiep-nhan" else f"Biểu {number}: {NAMES[number]}"


@blueprint.get("/tinh/tong-hop/<int:report_id>/huyen")
@may(Right.SEE_PROVINCE)
def rows(report_id: int) -> Any:
    """The districts behind a figure of a sum (none named: the units of 01-T): what each gives, its accepted report."""
    sheet = queries.compiled_sheet(report_here(report_id))
    number, figure = request.args.get("bieu", "01-T"), request.args.get("figure", "units")
    asked: Behind = found(behind(sheet, number, figure, request.args.get("dong", "")))
    return render_template(
        "compilation/rows.html",
        sheet=sheet,
        number=number,
        title=asked.title,
        of=asked.of,
        lines=[(name, said, _district_url(sheet, key, ANCHORS[number])) for key, name, said in asked.lines],
    )


@blueprint.get("/tinh/tong-hop/<int:report_id>/<name>.<ext>")
@may(Right.SEE_PROVINCE)
def file(report_id: int, name: str, ext: str) -> Response:
    """A table of the report as XLSX or CSV, or all of them as one workbook; the same bytes at any time."""
    sheet = queries.compiled_sheet(report_here(report_id))
    forms = forms_of(sheet, SPECIMEN if clock.is_demo() else None)
    what = f"bao-cao-tinh-{sheet.year}-lan-{sheet.edition}"
    if name == BOOK and ext == "xlsx":
        return download(book_xlsx(forms, sheet.compiled_at), f"{what}.xlsx", XLSX)
    return frozen_file_of(ext, found(forms.get(name)), f"{what}-bieu-{name}", sheet.compiled_at)
