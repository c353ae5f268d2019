"""The unit's pages of its dossiers: years, the form, the check before signing, the steps, the result."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from portal import clock, words
from portal.cycle.queries import years
from portal.cycle.rules import time_left
from portal.history.queries import past_of_unit
from portal.improvement.queries import requirements_of
from portal.notices.queries import latest
from portal.units.own import own_unit, save_own
from portal.web import back_to
from tenants.access import may, signed_in
from tenants.database import db
from tenants.refusal import Conflict, Refused
from tenants.rights import Right, refusal

from . import gap_views, operations, saving
from .blueprint import blueprint, dossier_here, sheet_here
from .forms import CloseForm, UnitForm, tidy
from .gathering import facts_of
from .pages import form_page, side
from .queries import dossiers_of_unit, open_sheets
from .results import comparison, outcome_of, recognitions_of_unit
from .steps import STEP_OF, Act, faults
from .tracking import state_of, whereabouts
from .wording import verdict_words

__all__ = ["blueprint", "gap_views", "saving"]


@blueprint.get("/ho-so")
@may(Right.SEE_DOSSIER)
def index() -> Any:
    """All years: the dossier of each, or the way to begin it."""
    place = signed_in().here
    assert place.unit_id is not None
    rows = dossiers_of_unit(place.tenant_id, place.unit_id)
    sheets = open_sheets(rows)
    live = {d.year for d in rows if d.state not in ("withdrawn", "refused_late")}
    now = clock.now()
    return render_template(
        "dossiers/index.html",
        sheets=[sheets[d.id] for d in rows],
        state_of=state_of,
        whereabouts=whereabouts,
        time_left=lambda due: time_left(due, now),
        verdict=lambda sheet: verdict_words(sheet.unit_side(), sheet.dossier.requested_level or 1),
        startable=[year for year in open_years() if year not in live],
    )


def open_years() -> list[int]:
    """Return the years whose assessment may be worked on today, the latest first."""
    today = clock.today()
    return [year for year in years() if year <= today.year]


@blueprint.post("/ho-so")
@may(Right.FILL_DOSSIER)
def start() -> Any:
    """Open a year's dossier; a double click opens one."""
    actor = signed_in()
    unit = own_unit(actor)
    year = request.form.get("year", "")
    if not (year.isascii() and year.isdigit() and len(year) == 4):
        return back_to("dossiers.index", "Xin chọn năm đánh giá trong danh sách.", "no")
    dossier = operations.start_dossier(actor, unit, int(year))
    return back_to("dossiers.show", f"Đã lập hồ sơ năm {year}.", dossier_id=dossier.id)


@blueprint.get("/ho-so/<int:dossier_id>")
@may(Right.SEE_DOSSIER)
def show(dossier_id: int) -> Any:
    """The form; read only where the dossier is not in the unit's hands."""
    return form_page(sheet_here(dossier_id))


@blueprint.get("/ho-so/<int:dossier_id>/kiem-tra")
@may(Right.SEE_DOSSIER)
def review(dossier_id: int) -> Any:
    """Everything that stands between the dossier and its next step, each with the way to mend it."""
    return _review(dossier_id, CloseForm(formdata=None), 200)


_NEXT = {"draft": Act.SIGN, "signed": Act.SUBMIT, "supplement_requested": Act.ANSWER_SUPPLEMENT}


def _review(dossier_id: int, close: CloseForm, status: int) -> Any:
    sheet = sheet_here(dossier_id)
    facts = facts_of(sheet, clock.now())
    assessment = facts.unit_side
    act = _NEXT.get(sheet.dossier.state)
    lacking = faults(STEP_OF[act], facts) if act else []
    closing = faults(STEP_OF[Act.CLOSE_UNREACHED], facts) if sheet.dossier.state == "draft" else []
    may_end = not refusal(signed_in(), Right.SUBMIT_DOSSIER)
    page = render_template(
        "dossiers/review.html",
        sheet=sheet,
        dossier=sheet.dossier,
        state_words=state_of(sheet.dossier),
        act=act,
        step=STEP_OF[act] if act else None,
        stops=[fault for fault in lacking if fault.stops],
        warnings=[fault for fault in lacking if not fault.stops],
        may_act=act is not None and not refusal(signed_in(), STEP_OF[act].right),
        may_close=may_end
        and sheet.dossier.state == "draft"
        and not closing
        and not assessment.verdicts[1].reached,
        may_withdraw=may_end and sheet.dossier.state in STEP_OF[Act.WITHDRAW].came,
        seen=operations.content_seen(sheet),
        late=clock.today() >= sheet.cycle.submit_before,
        left=time_left(sheet.cycle.submit_before, clock.now()),
        close=close,
        **side(sheet, assessment),
    )
    return page, status


@blueprint.post("/ho-so/<int:dossier_id>/trinh-ky")
@may(Right.FILL_DOSSIER)
def ask_signature(dossier_id: int) -> Any:
    """Tell the head that the dossier is ready."""
    operations.ask_for_signature(signed_in(), dossier_here(dossier_id))
    return back_to("dossiers.review", "Đã báo thủ trưởng kiểm tra và ký hồ sơ.", dossier_id=dossier_id)


@blueprint.post("/ho-so/<int:dossier_id>/ky")
@may(Right.SIGN_DOSSIER)
def sign(dossier_id: int) -> Any:
    """Sign what the page showed, nothing else."""
    dossier = operations.sign(signed_in(), dossier_here(dossier_id), request.form.get("seen", ""))
    code = operations.short_hash(dossier)
    return back_to(
        "dossiers.review", f"Đã ký hồ sơ, mã kiểm {code}. Việc tiếp theo: nộp hồ sơ.", dossier_id=dossier_id
    )


@blueprint.post("/ho-so/<int:dossier_id>/mo-lai")
@may(Right.FILL_DOSSIER)
def unsign(dossier_id: int) -> Any:
    """Open a signed dossier again."""
    operations.unsign(signed_in(), dossier_here(dossier_id))
    sentence = "Đã mở lại hồ sơ. Chữ ký trước không còn giá trị; sửa xong cần ký lại."
    return back_to("dossiers.show", sentence, "wait", dossier_id=dossier_id)


@blueprint.post("/ho-so/<int:dossier_id>/nop")
@may(Right.SUBMIT_DOSSIER)
def submit(dossier_id: int) -> Any:
    """File the dossier; filing twice shows the same receipt."""
    knows = request.form.get("late") == "yes"
    dossier = operations.submit(signed_in(), dossier_here(dossier_id), knows_late=knows)
    assert dossier.submitted_at is not None
    late = " Hồ sơ được ghi là nộp muộn." if dossier.late else ""
    sentence = f"Đã nộp hồ sơ. Số tiếp nhận {dossier.receipt_number}, lúc {words.moment(dossier.submitted_at)}.{late}"
    return back_to("dossiers.show", sentence, "wait" if dossier.late else "ok", dossier_id=dossier_id)


@blueprint.post("/ho-so/<int:dossier_id>/rut")
@may(Right.SUBMIT_DOSSIER)
def withdraw(dossier_id: int) -> Any:
    """Withdraw the dossier."""
    operations.withdraw(signed_in(), dossier_here(dossier_id))
    sentence = "Đã rút hồ sơ. Lập lại hồ sơ cùng năm sẽ lấy lại mọi nội dung đã nhập."
    return back_to("dossiers.index", sentence, "wait")


@blueprint.post("/ho-so/<int:dossier_id>/ket-thuc")
@may(Right.SUBMIT_DOSSIER)
def close(dossier_id: int) -> Any:
    """End the year as not reached."""
    form = CloseForm()
    dossier = dossier_here(dossier_id)
    if not form.validate():
        return _review(dossier_id, form, 422)
    operations.close_unreached(signed_in(), dossier, tidy(form.reason.data))
    return back_to(
        "improvement.plan",
        "Đã kết thúc năm với kết quả tự đánh giá chưa đạt. Kế hoạch cải tiến dưới đây lập từ các chỉ tiêu chưa đạt.",
        dossier_id=dossier_id,
    )


@blueprint.get("/ho-so/<int:dossier_id>/ket-qua")
@may(Right.SEE_DOSSIER)
def result(dossier_id: int) -> Any:
    """Self-assessment and appraisal side by side, once the decision is issued."""
    sheet = sheet_here(dossier_id)
    if sheet.dossier.state != "decided":
        flash("Chưa có quyết định về hồ sơ này.", "info")
        return redirect(url_for("dossiers.show", dossier_id=dossier_id))
    return render_template(
        "dossiers/result.html",
        sheet=sheet,
        dossier=sheet.dossier,
        outcome=outcome_of(sheet.dossier),
        compared=comparison(sheet),
        requirements=requirements_of(sheet.dossier.tenant_id, dossier_id),
        unit_side=sheet.unit_side(),
        district_side=sheet.district_side(),
    )


@blueprint.get("/ket-qua")
@may(Right.SEE_DOSSIER)
def results() -> Any:
    """All decisions about the unit, the latest first."""
    place = signed_in().here
    assert place.unit_id is not None
    return render_template(
        "dossiers/results.html",
        rows=recognitions_of_unit(place.tenant_id, place.unit_id),
        past=past_of_unit(place.tenant_id, place.unit_id),
        today=clock.today(),
        notices=latest(place, 5),
    )


@blueprint.route("/don-vi", methods=["GET", "POST"], endpoint="unit")
@may(Right.SEE_DOSSIER)
def own() -> Any:
    """What the registry says of the unit, and the particulars the unit keeps itself."""
    actor = signed_in()
    unit = own_unit(actor)
    form = UnitForm(obj=unit)
    if request.method == "GET":
        return render_template("dossiers/unit.html", unit=unit, form=form, version=unit.version, theirs=None)
    version = request.form.get("version", "")
    number = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0
    values = {f.name: tidy(f.data) for f in form if f.name != "csrf_token"}
    try:
        if not form.validate():
            raise Refused("", 422)
        save_own(actor, unit, number, **values)
    except Refused as refused:
        db.session.rollback()
        unit = own_unit(actor)
        if refused.sentence:
            form.form_errors.append(refused.sentence)
        theirs = unit if isinstance(refused, Conflict) else None
        page = render_template(
            "dossiers/unit.html", unit=unit, form=form, version=unit.version, theirs=theirs
        )
        return page, refused.status
    return back_to("dossiers.unit", "Đã lưu thông tin đơn vị.")
