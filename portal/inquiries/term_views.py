"""The Department's page: the term that counts where a district set none, and which districts have one of their own."""

from __future__ import annotations

from typing import Any

from flask import render_template

from portal.web import back_to
from tenants.access import may, signed_in
from tenants.database import db
from tenants.refusal import Refused
from tenants.rights import Right, refusal

from . import rules, terms
from .blueprint import blueprint
from .forms import TermForm


@blueprint.get("/tinh/phan-anh")
@may(Right.SEE_PROVINCE)
def department() -> Any:
    """Within how many working days the districts answer."""
    return _department(TermForm(formdata=None, days=terms.usual_days(), version="0"))


def _department(form: TermForm, status: int = 200) -> Any:
    page = render_template(
        "inquiries/department.html",
        form=form,
        usual=terms.usual_days(),
        terms=terms.terms(),
        sets_term=not refusal(signed_in(), Right.SET_USUAL_TERM),
        rules=rules,
    )
    return page, status


@blueprint.post("/tinh/phan-anh")
@may(Right.SET_USUAL_TERM)
def set_usual() -> Any:
    """Set the Department's number of working days."""
    form = TermForm()
    if not form.validate_on_submit():
        return _department(form, 422)
    try:
        terms.set_usual(signed_in(), form.days.data or 0)
    except Refused as refused:
        db.session.rollback()
        form.form_errors.append(refused.sentence)
        return _department(form, refused.status)
    return back_to(
        "inquiries.department", "Đã ghi thời hạn chung. Huyện đã tự đặt thời hạn thì giữ số của mình."
    )
