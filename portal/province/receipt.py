"""Pages of the districts' reports: one to read and to answer; the list of all stands in `receipt_list`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import current_app, render_template, request, url_for

from portal.figures.lists import NotRecognised
from portal.figures.tables import COLUMNS, HEADS, Row
from portal.papers.building_decision import without_counts
from portal.reports import narrative, reopening
from portal.reports import operations as reports
from portal.reports.models import DistrictReport
from portal.reports.points import marked_cells
from portal.reports.queries import (
    changes_since,
    edition_before,
    editions,
    figures_of,
    grids_of,
    points_around,
    points_shown,
    reopenings_of,
    report_of,
    report_sheet,
)
from portal.tiers import speak_of
from portal.units.kinds import SENSITIVE_KINDS
from portal.web import back_to
from tenants.access import found, may, signed_in
from tenants.refusal import Refused
from tenants.rights import Right, refusal

from . import queries, units
from .blueprint import blueprint
from .forms import AcceptForm, ReopeningAnswerForm, ReturnForm
from .unit_views import ALL_KINDS


def _sent(tenant_id: int, report_id: int) -> DistrictReport:
    """Return a report that was sent; what a district is still writing is its own."""
    report = found(report_of(tenant_id, report_id))
    return found(report if report.state == "sent" else None)  # type: ignore[no-any-return]


@blueprint.get("/tinh/bao-cao/<int:tenant_id>/<int:report_id>")
@may(Right.SEE_PROVINCE)
def report(tenant_id: int, report_id: int) -> Any:
    """Show a report as it was sent: its words and the tables of its snapshot; to tie points, every cell is a button."""
    return _report_page(
        _sent(tenant_id, report_id), ReturnForm(formdata=None), open_form=bool(request.args.get("tra-lai"))
    )


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
    form = ReturnForm()
    cell = request.form.get("cell", "")
    if cell or request.form.get("more"):
        tied = form.tie(cell) if cell else 0
        if not cell:
            form.more()
        return _report_page(row, form, open_form=True, tied=tied)
    form.offer(grids_of(figures_of(row)))
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
    tied: int = 0,
    accepting: AcceptForm | None = None,
    answering: ReopeningAnswerForm | None = None,
) -> str:
    place = found(queries.place(row.tenant_id))
    speak_of(place.tier)
    receives = refusal(signed_in(), Right.RECEIVE_REPORT) is None
    sent = editions(row.tenant_id, row.year)
    known = {one.edition: said for one, said in sent}
    answer, asked = known.get(row.edition), known.get(row.edition - 1)
    figures, before = figures_of(row), edition_before(row)
    points = points_around(answer, asked)
    form.offer(grids_of(figures))
    return render_template(
        "province/report.html",
        place=place,
        row=row,
        sheet=report_sheet(row),
        columns=COLUMNS,
        heads=HEADS,
        url_of=_units_behind(row),
        changes=changes_since(before, figures),
        editions=[(r, a) for r, a in sent if r.state == "sent"],
        points=points_shown(figures, before, answer, asked),
        marks_of=lambda table: marked_cells(points, table),
        tied=tied,
        answer=answer,
        reopenings=reopenings_of(row),
        answering=answering or ReopeningAnswerForm(formdata=None),
        which_edition=narrative.which_edition,
        reason_of=_reason_of(row.tenant_id),
        answers=receives and answer is None,
        receives=receives,
        accepting=accepting or AcceptForm(formdata=None),
        form=form,
        open_form=open_form and receives and answer is None,
        fault=fault,
        has_paper="papers.district_report" in current_app.view_functions,
    )


def _units_behind(row: DistrictReport) -> Callable[[Row, str], str]:
    """Return what makes the address of the units behind a figure of Biểu 01: frozen lists, else the units as they are."""
    frozen = {"level_1": "bieu-02", "level_2": "bieu-02", "recognised": "bieu-02", "refused": "bieu-03"}

    def url_of(line: Row, figure: str) -> str:
        if figure in frozen:
            return f"#{frozen[figure]}"
        if figure not in units.FIGURES or line.role in ("subtotal", "part"):
            return ""
        kind = line.kinds[0] if line.kinds else ALL_KINDS
        so = figure if figure != "units" else None
        return url_for("province.kind", tenant_id=row.tenant_id, kind=kind, nam=row.year, so=so)

    return url_of


def _reason_of(tenant_id: int) -> Callable[[NotRecognised], str]:
    """Return how the reason of a refusal is shown: head-counts of sensitive units are taken out."""
    sensitive = queries.sensitive_units(tenant_id)

    def reason_of(line: NotRecognised) -> str:
        hidden = line.kind in SENSITIVE_KINDS or line.unit_id in sensitive
        return without_counts(line.reason) if hidden else line.reason

    return reason_of
