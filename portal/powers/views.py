"""Pages of powers: delegations, the right to decide, looking at the pages of another."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_login import current_user

from portal import clock, words
from portal.accounts.links import link_sheets
from portal.typed import line
from portal.web import back_to
from tenants import signin, standing
from tenants.access import found, may, place_here, public, signed_in
from tenants.people import PROVINCE_ROLES
from tenants.refusal import Refused
from tenants.rights import Right, refusal
from tenants.scope import ScopeKind

from . import operations, queries
from .forms import DelegationForm, LookForm, ProposalForm

blueprint = Blueprint("powers", __name__)


def _tenant() -> int | None:
    """Return the place whose people are meant; None for the province, which means all."""
    place = place_here()
    return None if place.role in PROVINCE_ROLES else place.tenant_id


@blueprint.get("/uy-quyen")
@may(Right.SEE_DELEGATIONS)
def delegations() -> Any:
    """The delegations of the place, and the form of a new one."""
    return _delegations_page(DelegationForm(formdata=None, data={"since": signin.today()}))


def _delegations_page(form: DelegationForm) -> str:
    me, place = signed_in(), place_here()
    gives = not refusal(me, Right.DELEGATE)
    if gives:
        form.offer(queries.colleagues(place, me.account_id))
        form.offer_rights(place.role)
    return render_template(
        "powers/delegations.html",
        rows=queries.delegations(place),
        form=form if gives else None,
        what_of=operations.what_of,
        role=words.role_name(place.role, place.tier),
        me=me,
        manages=not refusal(me, Right.MANAGE_ACCOUNTS),
        today=signin.today(),
        apart=clock.today() != signin.today(),
    )


@blueprint.post("/uy-quyen")
@may(Right.DELEGATE)
def delegate() -> Any:
    """Delegate."""
    form = DelegationForm()
    form.offer([])
    form.offer_rights(place_here().role)
    if not form.validate():
        return _delegations_page(form), 422
    try:
        operations.delegate(signed_in(), form.given())
    except Refused as refused:
        form.form_errors.append(refused.sentence)
        return _delegations_page(form), refused.status
    return back_to("powers.delegations", "Đã ủy quyền; người được ủy quyền đã nhận thông báo.")


@blueprint.post("/uy-quyen/<int:delegation_id>/ket-thuc")
@may(Right.SEE_DELEGATIONS)
def end_delegation(delegation_id: int) -> Any:
    """End a delegation at once."""
    delegation, membership, _, _ = found(queries.delegation_of(place_here(), delegation_id))
    operations.end_delegation(signed_in(), delegation, membership)
    return back_to("powers.delegations", "Đã kết thúc ủy quyền.")


@blueprint.get("/giao-quyen")
@may(Right.SEE_PROPOSALS)
def proposals() -> Any:
    """Who is proposed for the right to decide, and what came of it."""
    return _proposals_page(ProposalForm(formdata=None))


def _proposals_page(form: ProposalForm) -> str:
    me, place = signed_in(), place_here()
    proposes = not refusal(me, Right.PROPOSE_DECIDER)
    if proposes:
        form.offer(queries.colleagues(place, 0))
    rows = queries.proposals(_tenant())
    return render_template(
        "powers/proposals.html",
        rows=rows,
        form=form if proposes else None,
        role=words.role_name(operations.decider_of(place), place.tier),
        hindrances={
            row[0].id: operations.hindrance(me, row[0]) for row in rows if row[0].answered_at is None
        },
        me=me,
        everywhere=_tenant() is None,
    )


@blueprint.post("/giao-quyen")
@may(Right.PROPOSE_DECIDER)
def propose() -> Any:
    """Propose somebody."""
    form, place = ProposalForm(), place_here()
    form.offer([])
    good = form.validate()
    if good and form.account_id not in {number for number, _ in queries.colleagues(place, 0)}:
        form.person.errors = ["Xin chọn người trong danh sách."]
        good = False
    if not good:
        return _proposals_page(form), 422
    try:
        operations.propose(signed_in(), form.account_id, operations.decider_of(place), form.reason.data or "")
    except Refused as refused:
        form.form_errors.append(refused.sentence)
        return _proposals_page(form), refused.status
    return back_to("powers.proposals", "Đã đề xuất. Vai trò có hiệu lực khi người thứ hai xác nhận.")


@blueprint.post("/giao-quyen/<int:proposal_id>/xac-nhan")
@may(Right.CONFIRM_DECIDER)
def confirm(proposal_id: int) -> Any:
    """Confirm a proposal as a second person."""
    handed = operations.confirm(signed_in(), found(queries.proposal_of(proposal_id)))
    if handed is not None:
        return render_template("powers/link.html", sheets=link_sheets([handed]))
    return back_to("powers.proposals", "Đã xác nhận; vai trò có hiệu lực từ bây giờ.")


@blueprint.post("/giao-quyen/<int:proposal_id>/khep")
@may(Right.SEE_PROPOSALS)
def turn_down(proposal_id: int) -> Any:
    """Let a proposal fall: the second person refuses it, or the proposer takes it back."""
    operations.turn_down(signed_in(), found(queries.proposal_of(proposal_id)))
    return back_to("powers.proposals", "Đã khép đề xuất; không có vai trò nào được giao.")


@blueprint.get("/xem-nhu")
@may(Right.LOOK_AS)
def look() -> Any:
    """Find whose pages to look at."""
    return _look_page(LookForm(formdata=None))


def _chosen() -> int | None:
    typed = request.values.get("vai-tro", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None


def _look_page(form: LookForm) -> str:
    typed, chosen = line(request.args.get("q", ""))[:100], _chosen()
    people = queries.people(typed, _tenant(), chosen) if typed or chosen else []
    return render_template(
        "powers/look.html",
        q=typed,
        chosen=chosen,
        people=people,
        form=form,
        everywhere=_tenant() is None,
        most=queries.MOST_FOUND,
    )


@blueprint.post("/xem-nhu")
@may(Right.LOOK_AS)
def begin_look() -> Any:
    """Look at the pages of somebody, for a quarter of an hour."""
    form, chosen = LookForm(), _chosen()
    rows = queries.people("", _tenant(), chosen) if chosen else []
    if not rows:
        form.validate()
        form.form_errors.append("Xin chọn một người trong danh sách tìm được.")
        return _look_page(form), 422
    if not form.validate():
        return _look_page(form), 422
    account, membership, unit, place, _tier = rows[0]
    try:
        operations.look(signed_in(), account, membership, unit or place, form.reason.data or "")
    except Refused as refused:
        form.form_errors.append(refused.sentence)
        return _look_page(form), refused.status
    return redirect("/", 303)


@blueprint.post("/xem-nhu/thoi")
@public("ai đang xem như người khác cũng thôi xem được", scope=ScopeKind.SIGNIN, while_looking=True)
def end_look() -> Any:
    """Be at home again."""
    if current_user.is_authenticated:
        standing.stop_looking(current_user.get_id())
        flash("Đã thôi xem; trang này là của anh/chị.", "ok")
    return redirect("/", 303)
