"""What a unit sees of a case: the district's neutral question about its published result, to be answered."""

from __future__ import annotations

from typing import Any

from flask import render_template

from portal.web import back_to, page_number, paginate
from tenants.access import found, may, signed_in
from tenants.database import db
from tenants.refusal import Refused
from tenants.rights import Right
from tenants.scope import ScopeKind, current_scope

from . import operations, queries
from .blueprint import blueprint
from .forms import ReplyForm


@blueprint.get("/don-vi/huyen-hoi")
@may(Right.ANSWER_INQUIRY)
def own() -> Any:
    """What the district asks about the unit's published results, and what the unit answered."""
    return _own()


def _own(wrong: int = 0, form: ReplyForm | None = None, status: int = 200) -> Any:
    place = signed_in().here
    assert place.unit_id is not None
    page = render_template(
        "inquiries/own.html",
        page=paginate(queries.questions_to(place.tenant_id, place.unit_id), page_number()),
        blank=ReplyForm(formdata=None),
        form=form,
        wrong=wrong,
    )
    return page, status


@blueprint.post("/don-vi/huyen-hoi/<int:asked_id>")
@may(Right.ANSWER_INQUIRY)
def reply(asked_id: int) -> Any:
    """Answer a question of the district."""
    place = signed_in().here
    asked = found(queries.question_of(place.tenant_id, asked_id))
    form = ReplyForm()
    if not form.validate_on_submit():
        return _own(asked_id, form, 422)
    try:
        operations.reply(signed_in(), asked, form.reply.data or "")
    except Refused as refused:
        db.session.rollback()
        form.form_errors.append(refused.sentence)
        return _own(asked_id, form, refused.status)
    return back_to("inquiries.own", "Đã gửi câu trả lời.")


def questions_of_district() -> int:
    """Return how many questions of the district wait for the acting unit; 0 in any other scope."""
    scope = current_scope()
    if scope is None or scope.kind is not ScopeKind.UNIT:
        return 0
    return queries.waiting_for(scope.tenant_id, scope.unit_id)


blueprint.add_app_template_global(questions_of_district)
