"""The district's pages of a year's visits: the proposal with the draw, arranging a visit, the letter, calling it off."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from portal import clock
from portal.appraisal.blueprint import chosen_cycle
from portal.cycle.queries import years
from portal.dossiers.blueprint import dossier_here
from portal.recognition.forms import SigningForm
from portal.spelling import fold
from portal.typed import VersionedForm, line, lines
from portal.units.models import Unit
from portal.web import back_to, listing, page_of
from tenants.access import found, may, signed_in, tenant_here
from tenants.database import db
from tenants.refusal import Refused
from tenants.rights import Right, refusal

from . import look_views, minutes_views, operations, planning, queries, rules, unit_views, wording
from .blueprint import blueprint, case_here
from .forms import PlanForm, ReasonForm, ScheduleForm
from .minutes_views import show_case
from .models import VisitPlan
from .queries import Line as UnitLine
from .rules import Flag

__all__ = ["blueprint", "look_views", "minutes_views", "unit_views"]

PER_PAGE = 25
SORTS = ("reasons", "name")
TABS = ("de-xuat", "tat-ca", "lich")


@blueprint.get("/huyen/kiem-tra")
@may(Right.SEE_DISTRICT)
def index() -> Any:
    """Which units a visit is proposed for and why, the draw, and the visits of the year."""
    return _index()


def _plan_form(plan: VisitPlan | None) -> PlanForm:
    values = {
        "version": str(plan.version if plan else 0),
        "years": str(plan.years if plan else rules.USUAL_YEARS),
    }
    return PlanForm(formdata=None, data=values)


def _index(form: PlanForm | None = None, typed: dict[str, Any] | None = None, status: int = 200) -> Any:
    cycle, tenant_id = chosen_cycle(), tenant_here()
    plan = queries.plan_of(tenant_id, cycle.year)
    everybody = queries.proposal(tenant_id, cycle.year, plan)
    asked = listing(SORTS, filters={"tab": TABS, "flag": tuple(Flag), "nam": (str(cycle.year),)})
    tab = asked.filters["tab"] or "de-xuat"
    groups = {
        "de-xuat": [one for one in everybody if one.proposed],
        "tat-ca": everybody,
        "lich": [one for one in everybody if one.candidate.visit is not None],
    }
    shown = [one for one in groups[tab] if _fits(one, asked.q, asked.filters["flag"])]
    if tab == "lich":
        shown.sort(key=_hour)
    elif asked.sort == "reasons":
        shown.sort(key=lambda one: -(len(one.raised) + one.drawn))
    if asked.direction == "desc":
        shown.reverse()
    page = render_template(
        "visits/index.html",
        cycle=cycle,
        years=[(year, year == cycle.year) for year in years()],
        plan=plan,
        form=form or _plan_form(plan),
        page=page_of(shown, asked.number, PER_PAGE),
        listing=asked,
        tab=tab,
        tabs=[
            (wording.TABS[name], asked.url(tab=name), len(rows), name == tab) for name, rows in groups.items()
        ],
        typed=typed or {},
        may_plan=not refusal(signed_in(), Right.PLAN_VISITS),
        visitable=operations.VISITABLE,
        wording=wording,
        rules=rules,
    )
    return page, status


def _fits(one: UnitLine, q: str, flag: str) -> bool:
    named = not q or fold(q) in one.unit.name_folded or q.casefold() == one.unit.code.casefold()
    return named and (not flag or any(raised.flag == flag for raised in one.raised))


def _hour(one: UnitLine) -> Any:
    assert one.candidate.visit is not None
    return one.candidate.visit.starts_at


@blueprint.post("/huyen/kiem-tra")
@may(Right.PLAN_VISITS)
def settle() -> Any:
    """Keep the district's own setting, and draw where a share was typed."""
    cycle, form = chosen_cycle(), PlanForm()
    try:
        if not form.validate():
            raise Refused("", 422)
        wanted, share = form.wanted
        reason = form.reason.data or ""
        planning.settle(signed_in(), tenant_here(), cycle.year, wanted, share, reason, form.seen)
    except Refused as refused:
        if _again(form, refused):
            return _index(form, status=refused.status)
        raise
    said = "Đã bốc thăm; kết quả và hạt giống ở dưới." if share else "Đã lưu."
    return back_to("visits.index", said, nam=cycle.year)


def _again(form: VersionedForm, refused: Refused) -> bool:
    """Put a refusal on its form; False for one that is no matter of what was typed."""
    if refused.status in (403, 404):
        return False
    db.session.rollback()
    if refused.sentence:
        form.form_errors.append(refused.sentence)
    return True


@blueprint.post("/huyen/kiem-tra/don-vi/<int:unit_id>")
@may(Right.PLAN_VISITS)
def choose(unit_id: int) -> Any:
    """Put a unit on the list or take it off, dismiss a flag or raise it again."""
    cycle = chosen_cycle()
    act, _, flag = line(request.form.get("act", ""))[:60].partition(":")
    reason = lines(request.form.get("reason", ""))
    try:
        planning.choose(signed_in(), tenant_here(), cycle.year, unit_id, act, flag, reason)
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        db.session.rollback()
        typed = {"unit": unit_id, "act": f"{act}:{flag}" if flag else act, "reason": reason}
        return _index(typed=typed | {"fault": refused.sentence}, status=refused.status)
    kept = {name: request.args[name] for name in ("tab", "trang", "q", "flag") if name in request.args}
    return back_to("visits.index", "Đã ghi.", nam=cycle.year, **kept)


def _arranging(dossier_id: int, form: ScheduleForm | None, status: int = 200) -> Any:
    dossier = dossier_here(dossier_id)
    unit = found(db.session.get(Unit, (dossier.tenant_id, dossier.unit_id)))
    if form is None:
        form = ScheduleForm.showing(None, unit.address or unit.name)
    own = queries.of_the_unit(dossier.tenant_id, dossier.unit_id)
    people = [one for one in queries.staff(dossier.tenant_id) if one[0] not in own]
    page = render_template(
        "visits/new.html",
        dossier=dossier,
        unit=unit,
        form=form.offer(people),
        closed="" if dossier.state in operations.VISITABLE else wording.NOT_NOW,
        barred=refusal(signed_in(), Right.PLAN_VISITS, dossier),
        open_one=next((one for one in queries.visits_of_dossier(dossier) if one.state in rules.OPEN), None),
    )
    return page, status


@blueprint.get("/huyen/ho-so/<int:dossier_id>/kiem-tra")
@may(Right.PLAN_VISITS)
def new(dossier_id: int) -> Any:
    """Arrange a visit to the unit of a dossier."""
    return _arranging(dossier_id, None)


@blueprint.post("/huyen/ho-so/<int:dossier_id>/kiem-tra")
@may(Right.PLAN_VISITS)
def create(dossier_id: int) -> Any:
    """Keep the schedule of a new visit."""
    form = ScheduleForm()
    dossier = dossier_here(dossier_id)
    try:
        if not form.validate():
            raise Refused("", 422)
        row = operations.arrange(signed_in(), dossier, form.given())
    except Refused as refused:
        if _again(form, refused):
            return _arranging(dossier_id, form, refused.status)
        raise
    return back_to("visits.show", "Đã lên lịch. Xem lại rồi báo đơn vị.", visit_id=row.id)


@blueprint.get("/huyen/kiem-tra/<int:visit_id>")
@may(Right.SEE_DISTRICT)
def show(visit_id: int) -> Any:
    """One visit: schedule, letter, checklist, minutes and signatures."""
    return show_case(case_here(visit_id))


@blueprint.post("/huyen/kiem-tra/<int:visit_id>")
@may(Right.PLAN_VISITS)
def rearrange(visit_id: int) -> Any:
    """Change when, where and who."""
    form = ScheduleForm()
    try:
        if not form.validate():
            raise Refused("", 422)
        operations.rearrange(signed_in(), case_here(visit_id).visit, form.given(), form.seen)
    except Refused as refused:
        if _again(form, refused):
            return show_case(case_here(visit_id), refused.status, form=form)
        raise
    return back_to("visits.show", "Đã lưu lịch kiểm tra.", visit_id=visit_id)


@blueprint.post("/huyen/kiem-tra/<int:visit_id>/bao-don-vi")
@may(Right.PLAN_VISITS)
def tell(visit_id: int) -> Any:
    """Issue the letter and tell the unit."""
    form = SigningForm()
    try:
        if not form.validate():
            raise Refused("", 422)
        operations.tell(
            signed_in(),
            case_here(visit_id).visit,
            form.number.data or "",
            form.dated.data or clock.today(),
            form.signer.data or "",
            form.signer_title.data or "",
            form.seen,
        )
    except Refused as refused:
        if _again(form, refused):
            return show_case(case_here(visit_id), refused.status, letter=form)
        raise
    return back_to("visits.show", "Đã báo đơn vị.", visit_id=visit_id)


@blueprint.post("/huyen/kiem-tra/<int:visit_id>/huy")
@may(Right.PLAN_VISITS)
def cancel(visit_id: int) -> Any:
    """Call a visit off."""
    form = ReasonForm()
    try:
        if not form.validate():
            raise Refused("", 422)
        operations.cancel(signed_in(), case_here(visit_id).visit, form.reason.data or "", form.seen)
    except Refused as refused:
        if _again(form, refused):
            return show_case(case_here(visit_id), refused.status, drop=form)
        raise
    return back_to("visits.show", "Đã hủy cuộc kiểm tra.", visit_id=visit_id)
