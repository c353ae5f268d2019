"""The district's side: the list of what the public asked and reported, one case, and what is done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import render_template
from wtforms import SelectChoice

from portal import clock, words
from portal.cycle.queries import own_days
from portal.typed import VersionedForm
from portal.web import back_to, listing, paginate
from tenants.access import found, may, signed_in, tenant_here
from tenants.database import db
from tenants.refusal import Conflict, Refused
from tenants.rights import Right, refusal
from tenants.scope import ScopeKind, current_scope

from . import operations, queries, rules, terms
from .blueprint import blueprint
from .forms import AnswerForm, AssignForm, DismissForm, QuestionForm, TermForm
from .models import Inquiry


def term_line() -> Callable[[Inquiry], tuple[str, str]]:
    """Return what says how long the answer of a case may still take, with its tone; "" once it ended."""
    today, own = clock.today(), own_days()
    return lambda one: rules.left(one.due_on, today, own) if one.state in rules.OPEN else ("", "na")


@blueprint.get("/huyen/phan-anh")
@may(Right.HANDLE_INQUIRY)
def index() -> Any:
    """The questions and reports about the district's results: open ones first, by the day of their answer."""
    own = terms.own_term(tenant_here())
    return _index(
        TermForm(formdata=None, days=terms.days_of(tenant_here()), version=str(own.version if own else 0))
    )


def _index(form: TermForm, status: int = 200) -> Any:
    tenant_id, me = tenant_here(), signed_in()
    asked = listing(
        queries.SORTS,
        filters={"state": ("late", *rules.STATES), "kind": tuple(rules.KINDS), "nguoi": ("toi",)},
    )
    chosen = asked.filters
    statement = queries.listed(
        tenant_id,
        q=asked.q,
        state=chosen["state"],
        kind=chosen["kind"],
        handler=me.account_id if chosen["nguoi"] else None,
        sort=asked.sort,
        descending=asked.direction == "desc",
    )
    counts = queries.counts(tenant_id)
    tabs = [("", "Tất cả"), *((key, word) for key, (word, _) in rules.STATES.items()), ("late", "Quá hạn")]
    numbers = {"": sum(counts.get(key, 0) for key in rules.STATES), **counts}
    page = render_template(
        "inquiries/index.html",
        page=paginate(statement, asked.number),
        listing=asked,
        tabs=[
            (word, asked.url(state=key), numbers.get(key, 0), chosen["state"] == key) for key, word in tabs
        ],
        kinds=list(rules.KINDS.items()),
        rules=rules,
        term=term_line(),
        days=terms.days_of(tenant_id),
        own=terms.own_term(tenant_id),
        usual=terms.usual_days(),
        sets_term=not refusal(me, Right.SET_INQUIRY_TERM),
        form=form,
    )
    return page, status


@blueprint.get("/huyen/phan-anh/<int:inquiry_id>")
@may(Right.HANDLE_INQUIRY)
def show(inquiry_id: int) -> Any:
    """One case: who may handle it reads it, who took part in the result may only give it to somebody else."""
    return _show(inquiry_id)


def _show(inquiry_id: int, given: VersionedForm | None = None, status: int = 200) -> Any:
    me, case = signed_in(), found(queries.case_of(tenant_here(), inquiry_id))
    one, version = case.inquiry, str(case.inquiry.version)
    closed = refusal(me, Right.HANDLE_INQUIRY, case)
    people = queries.candidates(case) if one.state in rules.OPEN else []
    faults = [*given.form_errors, *given.version.errors] if given else []
    if given and given.version.errors:
        given.version.data = version
    forms: dict[str, VersionedForm] = {}
    for kind in (AssignForm, QuestionForm, AnswerForm, DismissForm):
        name = kind.__name__
        forms[name] = given if type(given) is kind else kind(formdata=None, version=version)
    chooser = forms["AssignForm"]
    assert isinstance(chooser, AssignForm)
    free = [person for person in people if person.account_id != one.handler_id]
    chooser.person.choices = [SelectChoice("", "Chọn một người")] + [
        SelectChoice(
            str(person.account_id),
            f"{person.name} ({words.ROLES[person.role].lower()}, đang xử lý {person.load})",
        )
        for person in free
    ]
    page = render_template(
        "inquiries/show.html",
        case=case,
        one=one,
        closed=closed,
        mine=closed is None and one.state == "taken" and one.handler_id == me.account_id,
        me=me,
        takes=any(person.account_id == me.account_id for person in free),
        anybody=bool(people),
        version=version,
        forms=forms,
        rules=rules,
        term=term_line()(one),
        faults=faults,
        may_further=not refusal(me, Right.DRAFT_DECISION),
    )
    return page, status


def _done(
    inquiry_id: int, form: VersionedForm, act: Callable[[Inquiry], Any], said: Callable[[Any], str]
) -> Any:
    """Do a verb of the district; what it refuses stands on the page of the case with everything typed."""
    case = found(queries.case_of(tenant_here(), inquiry_id))
    if not form.validate_on_submit():
        return _show(inquiry_id, form, 422)
    try:
        done = act(case.inquiry)
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        db.session.rollback()
        form.form_errors.append(refused.sentence)
        if isinstance(refused, Conflict):  # seen now; sent once more it holds
            form.version.data = str(found(queries.case_of(tenant_here(), inquiry_id)).inquiry.version)
        return _show(inquiry_id, form, refused.status)
    return back_to("inquiries.show", said(done), inquiry_id=inquiry_id)


@blueprint.post("/huyen/phan-anh/<int:inquiry_id>/giao")
@may(Right.HANDLE_INQUIRY)
def assign(inquiry_id: int) -> Any:
    """Give the case to somebody."""
    form = AssignForm()
    return _done(
        inquiry_id,
        form,
        lambda one: operations.assign(signed_in(), one, form.account_id, form.seen),
        lambda one: f"Đã giao cho {one.handler}.",
    )


@blueprint.post("/huyen/phan-anh/<int:inquiry_id>/hoi-don-vi")
@may(Right.HANDLE_INQUIRY)
def ask_unit(inquiry_id: int) -> Any:
    """Ask the unit in neutral words."""
    form = QuestionForm()
    return _done(
        inquiry_id,
        form,
        lambda one: operations.ask_unit(signed_in(), one, form.question.data or "", form.seen),
        lambda _: "Đã gửi câu hỏi cho đơn vị; đơn vị không thấy nội dung và người gửi.",
    )


@blueprint.post("/huyen/phan-anh/<int:inquiry_id>/tra-loi")
@may(Right.HANDLE_INQUIRY)
def answer(inquiry_id: int) -> Any:
    """Answer who asked and publish the result in short."""
    form = AnswerForm()
    return _done(
        inquiry_id,
        form,
        lambda one: operations.answer(
            signed_in(), one, form.outcome.data, form.text.data or "", form.result.data or "", form.seen
        ),
        lambda one: "Đã trả lời." + (" Kết quả đã hiện ở trang công khai." if one.result else ""),
    )


@blueprint.post("/huyen/phan-anh/<int:inquiry_id>/dong")
@may(Right.HANDLE_INQUIRY)
def dismiss(inquiry_id: int) -> Any:
    """Close what is no question and no report."""
    form = DismissForm()
    return _done(
        inquiry_id,
        form,
        lambda one: operations.dismiss(signed_in(), one, form.reason.data or "", form.seen),
        lambda closed: "Đã đóng." if closed == 1 else f"Đã đóng {closed} lần gửi có cùng nội dung.",
    )


@blueprint.post("/huyen/phan-anh/thoi-han")
@may(Right.SET_INQUIRY_TERM)
def set_term() -> Any:
    """Set within how many working days the district answers."""
    form = TermForm()
    if not form.validate_on_submit():
        return _index(form, 422)
    try:
        terms.set_own(signed_in(), form.days.data or 0, form.seen)
    except Refused as refused:
        db.session.rollback()
        form.form_errors.append(refused.sentence)
        return _index(form, refused.status)
    return back_to("inquiries.index", "Đã ghi thời hạn. Việc đã nhận giữ hạn đã báo cho người gửi.")


def waiting_inquiries() -> dict[str, int]:
    """Return how many cases of the district are open (`open`) and late (`late`); nothing in any other scope."""
    scope = current_scope()
    if scope is None or scope.kind is not ScopeKind.DISTRICT:
        return {}
    if refusal(signed_in(), Right.HANDLE_INQUIRY):
        return {}
    counts = queries.counts(scope.tenant_id)
    return {"open": sum(counts.get(state, 0) for state in rules.OPEN), "late": counts["late"]}


blueprint.add_app_template_global(waiting_inquiries)
