"""Pages of the reports: who has sent, one report to read and answer, the compiled provincial table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, abort, current_app, render_template, request, url_for

from portal import clock
from portal.cycle.queries import tier_at, years
from portal.figures.lists import NotRecognised
from portal.figures.tables import COLUMNS, HEADS, Row
from portal.papers.building_decision import without_counts
from portal.papers.sheets import sheet_xlsx
from portal.reports import narrative, reopening
from portal.reports import operations as reports
from portal.reports.models import DistrictReport
from portal.reports.points import point_place
from portal.reports.queries import (
    answer_of,
    changes_since,
    editions,
    figures_of,
    reopenings_of,
    report_of,
    report_sheet,
    waiting_reopenings,
)
from portal.tiers import speak_of
from portal.units.kinds import SENSITIVE_KINDS
from portal.web import back_to, download, listing
from tenants.access import found, may, signed_in
from tenants.refusal import Refused
from tenants.rights import Right, refusal

from . import compiling, queries, sheets, summary
from .blueprint import blueprint
from .forms import AcceptForm, ReopeningAnswerForm, ReturnForm
from .overview import XLSX, shown_cycle
from .rules import STANDINGS


@blueprint.get("/tinh/bao-cao", endpoint="reports")
@may(Right.SEE_PROVINCE)
def reports_list() -> Any:
    """List where the report of each district stands: sent when, in time or not, answered how."""
    cycle = shown_cycle()
    if cycle is None:
        return render_template("province/no_year.html")
    places = queries.places_in(cycle.year)
    where = summary.standings(cycle, places)
    names = {place.id: place.name for place in places}
    asked = listing(["name"], filters={"state": list(STANDINGS), "nam": [str(cycle.year)]})
    chosen = asked.filters["state"]
    return render_template(
        "province/reports.html",
        cycle=cycle,
        years=years(),
        rows=[(place, where[place.id]) for place in places if chosen in ("", where[place.id].code)],
        tally={code: sum(s.code == code for s in where.values()) for code in STANDINGS},
        names=STANDINGS,
        districts=len(places),
        listing=asked,
        receives=refusal(signed_in(), Right.RECEIVE_REPORT) is None,
        asking=[(row, names.get(row.tenant_id, "")) for row, _ in waiting_reopenings(cycle.year)],
    )


def _sent(tenant_id: int, report_id: int) -> DistrictReport:
    """Return a report that was sent; what a district is still writing is its own."""
    report = found(report_of(tenant_id, report_id))
    return found(report if report.state == "sent" else None)  # type: ignore[no-any-return]


@blueprint.get("/tinh/bao-cao/<int:tenant_id>/<int:report_id>")
@may(Right.SEE_PROVINCE)
def report(tenant_id: int, report_id: int) -> Any:
    """Show a report as it was sent: its words and the tables of its snapshot."""
    return _report_page(_sent(tenant_id, report_id), ReturnForm(formdata=None))


@blueprint.post("/tinh/bao-cao/<int:tenant_id>/<int:report_id>/nhan")
@may(Right.RECEIVE_REPORT)
def accept(tenant_id: int, report_id: int) -> Any:
    """Accept a report; its figures are official from now on."""
    row = _sent(tenant_id, report_id)
    form = AcceptForm()
    if not form.validate():
        return _report_page(row, ReturnForm(formdata=None), accepting=form), 422
    reports.answer_report(signed_in(), row, "accepted")
    return back_to(
        "province.report",
        "Đã nhận báo cáo. Số liệu của huyện từ nay là số chính thức.",
        tenant_id=tenant_id,
        report_id=report_id,
    )


@blueprint.post("/tinh/bao-cao/<int:tenant_id>/<int:report_id>/tra-lai")
@may(Right.RECEIVE_REPORT)
def send_back(tenant_id: int, report_id: int) -> Any:
    """Return a report with points, each tied to a cell, a table or a section."""
    row = _sent(tenant_id, report_id)
    form = ReturnForm().offer(tier_at(tenant_id))
    if request.form.get("more"):
        for _ in range(min(3, 50 - len(form.points))):
            form.points.append_entry()
        return _report_page(row, form, open_form=True)
    if not form.validate():
        return _report_page(row, form, open_form=True), 422
    try:
        reports.answer_report(signed_in(), row, "returned", form.given())
    except Refused as reason:
        return _report_page(row, form, reason.sentence, open_form=True), reason.status
    return back_to(
        "province.report",
        "Đã trả lại báo cáo. Huyện được báo các điểm cần sửa.",
        tenant_id=tenant_id,
        report_id=report_id,
    )


@blueprint.post("/tinh/bao-cao/<int:tenant_id>/<int:report_id>/dieu-chinh/<int:reopening_id>")
@may(Right.RECEIVE_REPORT)
def answer_reopening(tenant_id: int, report_id: int, reopening_id: int) -> Any:
    """Let a district amend what was accepted, or say why not."""
    row = _sent(tenant_id, report_id)
    form = ReopeningAnswerForm()
    if not form.validate():
        return _report_page(row, ReturnForm(formdata=None), answering=form), 422
    try:
        reopening.answer(signed_in(), row, reopening_id, form.verdict.data == "yes", form.answer.data or "")
    except Refused as reason:
        if reason.status != 422:
            raise
        form.form_errors.append(reason.sentence)
        return _report_page(row, ReturnForm(formdata=None), answering=form), 422
    return back_to(
        "province.report", "Đã trả lời; huyện được báo ngay.", tenant_id=tenant_id, report_id=report_id
    )


def _report_page(
    row: DistrictReport,
    form: ReturnForm,
    fault: str = "",
    *,
    open_form: bool = False,
    accepting: AcceptForm | None = None,
    answering: ReopeningAnswerForm | None = None,
) -> str:
    answer, place = answer_of(row), found(queries.place(row.tenant_id))
    speak_of(place.tier)
    receives = refusal(signed_in(), Right.RECEIVE_REPORT) is None
    return render_template(
        "province/report.html",
        place=place,
        row=row,
        sheet=report_sheet(row),
        columns=COLUMNS,
        heads=HEADS,
        url_of=lambda row, figure: "",
        changes=changes_since(row, figures_of(row)),
        editions=[(r, a) for r, a in editions(row.tenant_id, row.year) if r.state == "sent"],
        answer=answer,
        reopenings=reopenings_of(row),
        answering=answering or ReopeningAnswerForm(formdata=None),
        which_edition=narrative.which_edition,
        point_place=point_place,
        reason_of=_reason_of(row.tenant_id),
        answers=receives and answer is None,
        receives=receives,
        accepting=accepting or AcceptForm(formdata=None),
        form=form.offer(place.tier),
        open_form=open_form,
        fault=fault,
        has_paper="papers.district_report" in current_app.view_functions,
    )


def _reason_of(tenant_id: int) -> Callable[[NotRecognised], str]:
    """Return how the reason of a refusal is shown: head-counts of sensitive units are taken out."""
    sensitive = queries.sensitive_units(tenant_id)

    def reason_of(line: NotRecognised) -> str:
        hidden = line.kind in SENSITIVE_KINDS or line.unit_id in sensitive
        return without_counts(line.reason) if hidden else line.reason

    return reason_of


@blueprint.get("/tinh/tong-hop")
@may(Right.SEE_PROVINCE)
def compiled() -> Any:
    """Show what was compiled for a year, and whether there is more to compile."""
    cycle = shown_cycle()
    if cycle is None:
        return render_template("province/no_year.html")
    places = queries.places_in(cycle.year)
    where = summary.standings(cycle, places)
    return render_template(
        "province/compiled.html",
        cycle=cycle,
        years=years(),
        places=places,
        where=where,
        accepted=sum(s.accepted is not None for s in where.values()),
        compilations=queries.compilations(cycle.year),
        compiles=refusal(signed_in(), Right.COMPILE_REPORT) is None,
    )


@blueprint.post("/tinh/tong-hop")
@may(Right.COMPILE_REPORT)
def compile_table() -> Any:
    """Compile the accepted reports of a year."""
    year = request.form.get("year", "")
    cycle = queries.cycle_shown(year)
    if cycle is None or str(cycle.year) != year:
        abort(404)
    made = compiling.compile_report(signed_in(), cycle.year)
    return back_to(
        "province.compilation",
        f"Đã lập bảng tổng hợp từ {made.accepted}/{made.districts} báo cáo.",
        report_id=made.id,
    )


def _to_report(sheet: queries.CompiledSheet) -> Callable[[Row, str], str]:
    """Return the address behind a figure of Biểu 01-T: the accepted report it was taken from."""

    def url_of(row: Row, _figure: str) -> str:
        report_id = sheet.reports.get(row.tenant_id or 0)
        if report_id is None:
            return ""
        return url_for("province.report", tenant_id=row.tenant_id, report_id=report_id, _anchor="bieu-01")

    return url_of


@blueprint.get("/tinh/tong-hop/<int:report_id>")
@may(Right.SEE_PROVINCE)
def compilation(report_id: int) -> Any:
    """Show a compilation: Biểu 01-T and the receipt table, as they were compiled."""
    sheet = queries.compiled_sheet(found(queries.compilation(report_id)))
    return render_template(
        "province/compilation.html",
        sheet=sheet,
        columns=COLUMNS,
        heads=HEADS,
        url_of=_to_report(sheet),
        has_paper="papers.provincial" in current_app.view_functions,
    )


@blueprint.get("/tinh/tong-hop/<int:report_id>/<name>.xlsx")
@may(Right.SEE_PROVINCE)
def compilation_sheet(report_id: int, name: str) -> Response:
    """Hand out Biểu 01-T or the receipt table of a compilation as a workbook."""
    sheet = queries.compiled_sheet(found(queries.compilation(report_id)))
    table, receipts = sheets.compiled_forms(sheet, demo=clock.is_demo())
    chosen = found({"bieu-01-t": table, "tiep-nhan": receipts}.get(name))
    return download(
        sheet_xlsx(chosen, sheet.compiled_at),
        f"{name}-{sheet.year}-{sheet.accepted}-tren-{sheet.districts}.xlsx",
        XLSX,
    )
