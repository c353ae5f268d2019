"""The district's page of one visit, and the acts on its minutes: write, sign, reopen, record a refusal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import render_template, request

from portal import clock
from portal.recognition.forms import SigningForm
from portal.typed import VersionedForm
from portal.web import back_to, office_here
from tenants.access import may, signed_in
from tenants.database import db
from tenants.refusal import Refused
from tenants.rights import Right, refusal

from . import minutes, queries, rules, wording
from .blueprint import blueprint, case_here
from .forms import MinutesForm, ReasonForm, ScheduleForm
from .models import Visit
from .queries import Case


def show_case(case: Case, status: int = 200, **typed: Any) -> Any:
    """Render a visit; `typed`: forms that were refused, by their name on the page."""
    row, actor = case.visit, signed_in()
    looking = row.state in rules.LOOKING
    plans = not refusal(actor, Right.PLAN_VISITS, row)
    leads = actor.account_id == row.lead_account and not refusal(actor, Right.VISIT_UNITS, row)
    version = str(row.version)
    forms: dict[str, Any] = dict.fromkeys(("form", "letter", "drop", "write", "refuse"))
    if plans and looking:
        forms["form"] = ScheduleForm.showing(row)
        forms["drop"] = ReasonForm(formdata=None, version=version) if row.held_from is None else None
    if plans and row.state == "planned":
        forms["letter"] = SigningForm(
            formdata=None, version=version, dated=clock.today(), signer_title=office_here("TRƯỞNG PHÒNG")
        )
    late = minutes.too_late(case) if looking else ""
    if leads and looking and not late:
        forms["write"] = MinutesForm.showing(row, clock.today())
    if leads and row.state == "minutes" and row.district_signed_at and not row.unit_signed_at:
        forms["refuse"] = ReasonForm(formdata=None, version=version)
    forms |= {name: form for name, form in typed.items() if forms[name] is not None}
    if forms["form"] is not None:
        own = queries.of_the_unit(row.tenant_id, row.unit_id)
        forms["form"].offer([one for one in queries.staff(row.tenant_id) if one[0] not in own])
    checks = queries.checks_of(row) if looking else {}
    page = render_template(
        "visits/show.html",
        case=case,
        row=row,
        leads=leads,
        plans=plans,
        looking=looking,
        late=late,
        in_team=actor.account_id in {one["account"] for one in row.team},
        checks=checks,
        past=queries.is_past(row),
        now=clock.now(),
        rules=rules,
        wording=wording,
        minutes=minutes,
        **forms,
    )
    return page, status


@blueprint.post("/huyen/kiem-tra/<int:visit_id>/bien-ban")
@may(Right.VISIT_UNITS)
def write_minutes(visit_id: int) -> Any:
    """Write the minutes, sign them, take them back, or record that the unit will not sign: as `act` says."""
    actor, row = signed_in(), case_here(visit_id).visit
    act = request.form.get("act", "")
    name, form = {
        "write": ("write", MinutesForm),
        "refuse": ("refuse", ReasonForm),
    }.get(act, ("", VersionedForm))
    sent = form()
    acts: dict[str, tuple[Callable[[Visit], Any], str]] = {
        "write": (
            lambda one: minutes.write(actor, one, sent.given(), sent.seen),  # type: ignore[attr-defined]
            "Đã lập biên bản. Trưởng đoàn và thủ trưởng đơn vị đọc rồi ký.",
        ),
        "sign": (
            lambda one: minutes.sign_for_district(actor, one, request.form.get("code", ""), sent.seen),
            "Đã ký biên bản.",
        ),
        "reopen": (lambda one: minutes.reopen(actor, one, sent.seen), "Đã mở lại biên bản để sửa."),
        "refuse": (
            lambda one: minutes.record_refusal(actor, one, sent.reason.data or "", sent.seen),  # type: ignore[attr-defined]
            "Đã ghi nhận đơn vị không ký; biên bản đã đóng.",
        ),
    }
    if act not in acts:
        raise Refused("Xin chọn việc cần làm với biên bản.", 422)
    do, said = acts[act]
    try:
        if not sent.validate():
            raise Refused(next(iter(sent.errors.values()))[0] if not name else "", 422)
        do(row)
    except Refused as refused:
        if refused.status in (403, 404) or not name:
            raise
        db.session.rollback()
        if refused.sentence:
            sent.form_errors.append(refused.sentence)
        return show_case(case_here(visit_id), refused.status, **{name: sent})
    return back_to("visits.show", said, visit_id=visit_id)
