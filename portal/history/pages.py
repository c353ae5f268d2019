"""Pages of past results: the district keeps them, the unit reads and disputes them."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from portal.dossiers.taking import must
from portal.units.models import Unit
from portal.units.queries import unit_of
from portal.web import back_to
from tenants.access import found, may, signed_in, tenant_here
from tenants.database import db
from tenants.refusal import Refused
from tenants.rights import Right, refusal

from . import operations
from .blueprint import blueprint
from .forms import AnswerForm, ClaimForm, ResultForm, as_typed
from .models import PastResult
from .queries import open_dispute, past_of_unit, past_result, past_versions, waiting_disputes
from .rules import said

blueprint.add_app_template_global(said, "past_said")


def _result(result_id: int) -> PastResult:
    row: PastResult = found(past_result(tenant_here(), result_id))
    return row


def _unit(unit_id: int) -> Unit:
    row: Unit = found(unit_of(tenant_here(), unit_id))
    return row


@blueprint.get("/huyen/ket-qua-cu")
@may(Right.SEE_DISTRICT)
def disputes() -> Any:
    """The disputes that wait for the district's answer."""
    return render_template(
        "history/disputes.html",
        rows=waiting_disputes(tenant_here()),
        may_keep=not refusal(signed_in(), Right.KEEP_HISTORY),
    )


@blueprint.get("/huyen/don-vi/<int:unit_id>/ket-qua-cu")
@may(Right.SEE_DISTRICT)
def of_unit(unit_id: int) -> Any:
    """A unit's past results, with the form to enter one more."""
    return _of_unit(_unit(unit_id), ResultForm(formdata=None), 200)


def _of_unit(unit: Unit, form: ResultForm, status: int) -> Any:
    form.offer(past_versions())
    page = render_template(
        "history/of_unit.html",
        unit=unit,
        rows=past_of_unit(unit.tenant_id, unit.id),
        form=form,
        may_keep=not refusal(signed_in(), Right.KEEP_HISTORY),
    )
    return page, status


@blueprint.post("/huyen/don-vi/<int:unit_id>/ket-qua-cu")
@may(Right.KEEP_HISTORY)
def enter(unit_id: int) -> Any:
    """Enter a past result."""
    unit, form = _unit(unit_id), ResultForm()
    form.offer(past_versions())
    try:
        if not form.validate():
            raise Refused("", 422)
        operations.enter(signed_in(), unit, int(form.year.data or 0), form.told())
    except Refused as refused:
        return _of_unit(_unit(unit_id), _again(form, refused), refused.status)
    return back_to("history.of_unit", f"Đã ghi kết quả năm {form.year.data}.", unit_id=unit_id)


def _again(form: Any, refused: Refused) -> Any:
    if refused.status in (403, 404):
        raise refused
    db.session.rollback()
    if refused.sentence:
        form.form_errors.append(refused.sentence)
    return form


@blueprint.route("/huyen/ket-qua-cu/<int:result_id>", methods=["GET", "POST"])
@may(Right.KEEP_HISTORY)
def edit(result_id: int) -> Any:
    """Correct a past result."""
    row, status = _result(result_id), 200
    form = ResultForm() if request.method == "POST" else ResultForm(formdata=None, data=as_typed(row))
    form.offer(past_versions())
    if request.method == "POST":
        version = request.form.get("version", "")
        number = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0
        try:
            if not form.validate():
                raise Refused("", 422)
            operations.correct(signed_in(), row, form.told(), number)
        except Refused as refused:
            form, status = _again(form, refused), refused.status
            row = _result(result_id)
        else:
            return back_to("history.of_unit", f"Đã sửa kết quả năm {row.year}.", unit_id=row.unit_id)
    return render_template(
        "history/edit.html", row=row, unit=_unit(row.unit_id), form=form, dispute=open_dispute(row)
    ), status


@blueprint.post("/huyen/ket-qua-cu/<int:result_id>/rut")
@may(Right.KEEP_HISTORY)
def withdraw(result_id: int) -> Any:
    """Withdraw a past result."""
    row = _result(result_id)
    operations.withdraw(signed_in(), row)
    return back_to("history.of_unit", f"Đã rút kết quả năm {row.year}.", unit_id=row.unit_id)


@blueprint.route("/huyen/ket-qua-cu/<int:result_id>/tra-loi", methods=["GET", "POST"])
@may(Right.KEEP_HISTORY)
def answer(result_id: int) -> Any:
    """Answer a unit's dispute."""
    row, form, status = _result(result_id), AnswerForm(), 200
    if request.method == "POST":
        try:
            if not form.validate():
                raise Refused("", 422)
            corrected = form.corrected.data == "yes"
            operations.answer(signed_in(), row, form.answer.data or "", corrected=corrected)
        except Refused as refused:
            form, status = _again(form, refused), refused.status
            row = _result(result_id)
        else:
            return back_to("history.disputes", "Đã trả lời đơn vị.")
    return render_template(
        "history/answer.html", row=row, unit=_unit(row.unit_id), form=form, dispute=open_dispute(row)
    ), status


@blueprint.route("/ket-qua/truoc-day/<int:result_id>", methods=["GET", "POST"])
@may(Right.SEE_DOSSIER)
def dispute(result_id: int) -> Any:
    """A past result as the district entered it, and the form to say that it is wrong."""
    row, form, status = _result(result_id), ClaimForm(), 200
    if request.method == "POST":
        must(signed_in(), Right.FILL_DOSSIER)
        try:
            if not form.validate():
                raise Refused("", 422)
            operations.dispute(signed_in(), row, form.claim.data or "")
        except Refused as refused:
            form, status = _again(form, refused), refused.status
            row = _result(result_id)
        else:
            return back_to("dossiers.results", "Đã gửi ý kiến; câu trả lời sẽ hiện ở trang này.")
    rows = past_of_unit(row.tenant_id, row.unit_id)
    return render_template(
        "history/dispute.html", one=next(p for p in rows if p.row.id == row.id), form=form
    ), status
