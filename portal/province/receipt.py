"""Pages of the districts' reports: one to read and to answer; the list of all stands in `receipt_list`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import current_app, render_template, request

from portal.figures.lists import NotRecognised
from portal.figures.tables import COLUMNS, HEADS
from portal.papers.building_decision import without_counts
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
)
from portal.units.kinds import SENSITIVE_KINDS
from portal.web import back_to
from tenants.access import found, may, signed_in
from tenants.refusal import Refused
from tenants.rights import Right, refusal

from . import queries
from .blueprint import blueprint
from .forms import AcceptForm, ReopeningAnswerForm, ReturnForm


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
    form = ReturnForm()
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
    answer = answer_of(row)
    receives = refusal(signed_in(), Right.RECEIVE_REPORT) is None
    return render_template(
        "province/report.html",
        place=found(queries.place(row.tenant_id)),
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
        form=form,
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
