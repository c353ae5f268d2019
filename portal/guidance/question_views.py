"""Pages of questions: those a place sees with the form to ask, and one question with its answer."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from portal.web import back_to, listing, office_here, paginate
from tenants.access import found, may, place_here, signed_in
from tenants.database import db
from tenants.refusal import Refused
from tenants.rights import Right

from . import asking, lookup, publishing
from .announcement_views import holds, is_province
from .blueprint import blueprint
from .forms import AnswerForm, EntryForm, QuestionForm
from .models import Question
from .rules import answers_now
from .wording import STATES, state_words


@blueprint.get("/hoi-dap/cau-hoi")
@may(Right.READ_GUIDANCE)
def questions() -> Any:
    """The questions of the place acted in (the Department: those that came before it), and the form to ask."""
    return _questions()


def _questions(form: QuestionForm | None = None, status: int = 200) -> Any:
    states = [one for one in STATES if one != "asked" or not is_province()]
    asked = listing(("new",), filters={"state": states})
    counts = lookup.questions_by_state(place_here())
    tabs = [
        (
            "Tất cả",
            asked.url(state=""),
            sum(counts.get(one, 0) for one in states),
            not asked.filters["state"],
        )
    ]
    tabs += [
        (state_words(one)[0], asked.url(state=one), counts.get(one, 0), asked.filters["state"] == one)
        for one in states
    ]
    asks = holds(Right.ASK_QUESTION)
    known = lookup.indicators_here(place_here())
    chosen = request.args.get("chi-tieu", "")
    page = render_template(
        "guidance/questions.html",
        page=paginate(lookup.questions(place_here(), q=asked.q, state=asked.filters["state"]), asked.number),
        listing=asked,
        tabs=tabs,
        states={one: state_words(one) for one in STATES},
        known=known,
        form=(form or QuestionForm(formdata=None, data={"key": chosen if chosen in known.names else ""}))
        if asks
        else None,
        of_unit=place_here().unit_id is not None,
    )
    return page, status


@blueprint.post("/hoi-dap/cau-hoi")
@may(Right.ASK_QUESTION)
def ask() -> Any:
    """Ask what was typed."""
    form = QuestionForm()
    if not form.validate_on_submit():
        return _questions(form, 422)
    try:
        row = asking.ask(signed_in(), form.text.data or "", form.key.data or "")
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        db.session.rollback()
        form.form_errors.append(refused.sentence)
        return _questions(form, refused.status)
    said = office_here("Đã gửi câu hỏi đến huyện.") if row.state == "asked" else "Đã gửi câu hỏi đến Sở."
    return back_to("guidance.question", said, question_id=row.id)


@blueprint.get("/hoi-dap/cau-hoi/<int:question_id>")
@may(Right.READ_GUIDANCE)
def question(question_id: int) -> Any:
    """One question with its answer; for who answers also the forms to answer and to publish."""
    return _question(question_id)


def _question(
    question_id: int, form: AnswerForm | None = None, entry: EntryForm | None = None, status: int = 200
) -> Any:
    row, unit, district = found(lookup.question_of(place_here(), question_id))
    version = str(row.version)
    answers = holds(Right.ANSWER_QUESTION)
    mine = answers and answers_now(row.state, province=is_province())
    publishes = answers and row.state == "answered" and row.published_at is None
    data = {"version": version, "key": row.indicator_key, "heading": row.text, "body": row.answer}
    page = render_template(
        "guidance/question.html",
        row=row,
        unit=unit,
        district=district,
        step=state_words(row.state),
        indicator=lookup.indicators_here(place_here()).name(row.indicator_key),
        form=form or (AnswerForm(formdata=None, data={"version": version}) if mine else None),
        passes=mine and not is_province(),
        entry=entry or (EntryForm(formdata=None, data=data) if publishes else None),
        opened=entry is not None,
        province=is_province(),
    )
    return page, status


@blueprint.post("/hoi-dap/cau-hoi/<int:question_id>")
@may(Right.ANSWER_QUESTION)
def answer(question_id: int) -> Any:
    """Answer a question, pass it on, or publish a copy of it, as the button pressed says."""
    row: Question = found(lookup.question_of(place_here(), question_id))[0]
    publishes = request.form.get("act") == "publish"
    form: AnswerForm | EntryForm = _copy_form() if publishes else AnswerForm()
    forms = {"entry" if publishes else "form": form}
    passes = request.form.get("act") == "pass"
    valid = form.validate_on_submit()
    if (passes and form.version.errors) or not (
        valid or passes
    ):  # what is typed beside "pass on" does not count
        return _question(question_id, **forms, status=422)  # type: ignore[arg-type]
    try:
        said = _done(row, form, passes=passes)
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        db.session.rollback()
        form.form_errors.append(refused.sentence)
        return _question(question_id, **forms, status=refused.status)  # type: ignore[arg-type]
    return back_to("guidance.question", said, question_id=question_id)


def _copy_form() -> EntryForm:
    form = EntryForm()
    del form.sort, form.evidence
    return form


def _done(row: Question, form: AnswerForm | EntryForm, *, passes: bool) -> str:
    actor = signed_in()
    if isinstance(form, EntryForm):
        publishing.publish_answered(actor, row, form.given(), form.seen)
        return "Đã đăng; bản đăng không nêu người hỏi, nơi hỏi."
    if passes:
        asking.pass_on(actor, row, form.seen)
        return "Đã chuyển câu hỏi lên Sở."
    asking.answer(actor, row, form.text.data or "", form.seen)
    return "Đã trả lời và báo cho nơi hỏi."
