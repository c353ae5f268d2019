"""Pages of a year's lessons: requirements as the district sets and the unit answers them, the plan to improve."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from portal import clock
from portal.dossiers.blueprint import dossier_here, sheet_here
from portal.dossiers.models import State
from portal.dossiers.queries import Sheet, open_sheet
from portal.typed import lines
from portal.web import back_to
from tenants.access import found, may, signed_in
from tenants.database import db
from tenants.refusal import Conflict, Refused
from tenants.rights import Right, refusal

from . import operations
from .forms import LONGEST, ActionForm, wanted_from
from .queries import action_of, actions_of, asked_of, requirements_of
from .rules import lacking

blueprint = Blueprint("improvement", __name__)
BLANKS = 2


@blueprint.get("/huyen/ho-so/<int:dossier_id>/yeu-cau-lan-sau")
@may(Right.SEE_DISTRICT)
def next_time(dossier_id: int) -> Any:
    """What the district asks the unit to mend by next time, with what the findings suggest."""
    return _next_time(sheet_here(dossier_id), 200)


def _next_time(sheet: Sheet, status: int, faults: tuple[str, ...] = ()) -> Any:
    dossier = sheet.dossier
    there = requirements_of(dossier.tenant_id, dossier.id)
    by_indicator = {row.indicator_id: row for row in there if row.indicator_id}
    typed = request.form if status != 200 else {}
    rows = []
    for row in sheet.catalogue:
        proposed = {one.indicator_id: one.sentence for one in lacking(sheet.district_side())}.get(row.id, "")
        stored = by_indicator.get(row.id)
        if stored is None and not proposed:
            continue
        text = typed.get(f"noi-dung-{row.id}", stored.wording if stored else proposed)
        chosen = bool(typed.get(f"chon-{row.id}")) if typed else stored is not None
        rows.append((row, text, chosen))
    others = [row.wording for row in there if row.indicator_id is None]
    if typed:
        others = [typed.get(f"khac-{n}", "") for n in range(1, operations.MOST + 1) if typed.get(f"khac-{n}")]
    page = render_template(
        "improvement/next_time.html",
        sheet=sheet,
        dossier=dossier,
        rows=rows,
        others=[*others, *[""] * BLANKS][: operations.MOST],
        stored=there,
        seen=",".join(str(row.id) for row in there),
        may_set=dossier.state == State.ACCEPTED and not refusal(signed_in(), Right.PROPOSE, dossier),
        faults=faults,
        longest=LONGEST,
    )
    return page, status


@blueprint.post("/huyen/ho-so/<int:dossier_id>/yeu-cau-lan-sau")
@may(Right.PROPOSE)
def set_next_time(dossier_id: int) -> Any:
    """Save the requirements for next time."""
    dossier = dossier_here(dossier_id)
    wanted = wanted_from(request.form, [row.id for row in open_sheet(dossier).catalogue])
    seen = [
        int(n) for n in request.form.get("seen", "").split(",") if n.isascii() and n.isdigit() and len(n) < 19
    ]
    try:
        made = operations.set_requirements(signed_in(), dossier, wanted, seen)
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        db.session.rollback()
        return _next_time(sheet_here(dossier_id), refused.status, (refused.sentence,))
    sentence = f"Đã lưu {len(made)} yêu cầu; đơn vị thấy khi có quyết định."
    return back_to("improvement.next_time", sentence, dossier_id=dossier_id)


@blueprint.get("/ho-so/<int:dossier_id>/yeu-cau-ky-truoc")
@may(Right.SEE_DOSSIER)
def requirements(dossier_id: int) -> Any:
    """What the last decision asked for, and what the unit did about each point."""
    return _requirements(sheet_here(dossier_id), 200)


def _requirements(sheet: Sheet, status: int, faults: tuple[str, ...] = ()) -> Any:
    dossier = sheet.dossier
    typed = request.form if status != 200 else {}
    codes = {row.id: row.code for row in sheet.catalogue}
    rows = []
    for one in asked_of([dossier]).get(dossier.id, []):
        stored = one.reply.reply if one.reply else ""
        text = typed.get(f"tra-loi-{one.requirement.id}", stored)
        rows.append((one, codes.get(one.requirement.indicator_id or 0, ""), text, stored))
    page = render_template(
        "improvement/requirements.html",
        sheet=sheet,
        dossier=dossier,
        rows=rows,
        may_reply=dossier.state == State.DRAFT and not refusal(signed_in(), Right.FILL_DOSSIER),
        clashing=status == 409,
        faults=faults,
        longest=LONGEST,
    )
    return page, status


@blueprint.post("/ho-so/<int:dossier_id>/yeu-cau-ky-truoc")
@may(Right.FILL_DOSSIER)
def reply(dossier_id: int) -> Any:
    """Save the unit's replies."""
    dossier = dossier_here(dossier_id)
    numbers = [one.requirement.id for one in asked_of([dossier]).get(dossier.id, [])]
    texts = {
        n: lines(request.form[f"tra-loi-{n}"])[:LONGEST] for n in numbers if f"tra-loi-{n}" in request.form
    }
    seen = {n: lines(request.form[f"da-thay-{n}"]) for n in numbers if f"da-thay-{n}" in request.form}
    try:
        operations.reply(signed_in(), dossier, texts, seen)
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        db.session.rollback()
        return _requirements(sheet_here(dossier_id), refused.status, (refused.sentence,))
    return back_to("improvement.requirements", "Đã lưu phần trả lời.", dossier_id=dossier_id)


@blueprint.get("/ho-so/<int:dossier_id>/cai-tien")
@may(Right.SEE_DOSSIER)
def plan(dossier_id: int) -> Any:
    """The unit's plan to improve after the year, to print for a meeting."""
    return _plan(sheet_here(dossier_id), ActionForm(formdata=None), 200)


def _plan(sheet: Sheet, form: ActionForm, status: int) -> Any:
    dossier = sheet.dossier
    page = render_template(
        "improvement/plan.html",
        sheet=sheet,
        dossier=dossier,
        actions=actions_of(dossier.tenant_id, dossier.id),
        codes={row.id: row.code for row in sheet.catalogue},
        may_plan=State(dossier.state) in operations.PLANNED and not refusal(signed_in(), Right.FILL_DOSSIER),
        today=clock.today(),
        form=form,
    )
    return page, status


@blueprint.post("/ho-so/<int:dossier_id>/cai-tien/lap")
@may(Right.FILL_DOSSIER)
def draft(dossier_id: int) -> Any:
    """Draft the plan from what is lacking."""
    made = operations.draft_plan(signed_in(), sheet_here(dossier_id))
    sentence = (
        f"Đã thêm {len(made)} việc từ các chỉ tiêu chưa đạt." if made else "Mỗi chỉ tiêu chưa đạt đã có việc."
    )
    return back_to("improvement.plan", sentence, dossier_id=dossier_id)


@blueprint.post("/ho-so/<int:dossier_id>/cai-tien")
@may(Right.FILL_DOSSIER)
def add(dossier_id: int) -> Any:
    """Add a measure."""
    form = ActionForm()
    dossier = dossier_here(dossier_id)
    refused = _saved(form, dossier, None)
    if refused is not None:
        return _plan(sheet_here(dossier_id), form, refused)
    return back_to("improvement.plan", "Đã thêm một việc.", dossier_id=dossier_id)


@blueprint.route("/ho-so/<int:dossier_id>/cai-tien/<int:action_id>", methods=["GET", "POST"])
@may(Right.FILL_DOSSIER)
def edit(dossier_id: int, action_id: int) -> Any:
    """Change one measure, say that it is done."""
    dossier = dossier_here(dossier_id)
    row = found(action_of(dossier.tenant_id, dossier.id, action_id))
    form, status = ActionForm(obj=row), 200
    if request.method == "POST":
        refused = _saved(form, dossier, action_id)
        if refused is None:
            return back_to("improvement.plan", "Đã lưu.", dossier_id=dossier_id)
        status = refused
        dossier = dossier_here(dossier_id)
        row = found(action_of(dossier.tenant_id, dossier.id, action_id))
    return render_template("improvement/action.html", dossier=dossier, action=row, form=form), status


def _saved(form: ActionForm, dossier: Any, action_id: int | None) -> int | None:
    """Save a measure as typed; returns the status of the refusal whose sentences stand in the form, or None."""
    version = request.form.get("version", "")
    number = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0
    try:
        if not form.validate():
            raise Refused("", 422)
        operations.save_action(
            signed_in(),
            dossier,
            action_id,
            number,
            measure=form.measure.data or "",
            responsible=form.responsible.data or "",
            due_on=form.due_on.day,
            done_on=form.done_on.day,
        )
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        db.session.rollback()
        if refused.sentence:
            form.form_errors.append(refused.sentence)
        return 409 if isinstance(refused, Conflict) else refused.status
    return None


@blueprint.post("/ho-so/<int:dossier_id>/cai-tien/<int:action_id>/bo")
@may(Right.FILL_DOSSIER)
def remove(dossier_id: int, action_id: int) -> Any:
    """Take a measure off the plan."""
    operations.remove_action(signed_in(), dossier_here(dossier_id), action_id)
    return back_to("improvement.plan", "Đã bỏ một việc.", dossier_id=dossier_id)
