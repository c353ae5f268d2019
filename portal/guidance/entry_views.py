"""Pages of what everybody looks up: answers and samples with the form to publish one, and the page to change one."""

from __future__ import annotations

from typing import Any

from flask import g, render_template, request
from flask_login import current_user

from portal.web import back_to, listing, paginate
from tenants.access import found, may, place_here, signed_in, tenant_here
from tenants.database import db
from tenants.refusal import Refused
from tenants.rights import Right

from . import lookup, publishing
from .announcement_views import holds, is_province
from .blueprint import blueprint
from .forms import EntryForm
from .models import GuidanceEntry
from .wording import MADE_UP, SORTS


def _shaped(form: EntryForm) -> EntryForm:
    if not is_province():
        del form.sort, form.evidence
    return form


@blueprint.get("/hoi-dap")
@may(Right.READ_GUIDANCE)
def entries() -> Any:
    """Answers and samples, searched without marks, by indicator; and the form to publish one."""
    return _entries()


def _entries(form: EntryForm | None = None, status: int = 200) -> Any:
    known, publishes = lookup.indicators_here(place_here()), holds(Right.ANSWER_QUESTION)
    filters = {"chi-tieu": list(known.names), "loai": list(SORTS), "xem": ("da-go",) if publishes else ()}
    asked = listing(("indicator",), filters=filters)
    statement = lookup.entries(
        place_here(),
        q=asked.q,
        key=asked.filters["chi-tieu"],
        sort=asked.filters["loai"],
        retired=asked.filters["xem"] == "da-go",
    )
    page = render_template(
        "guidance/entries.html",
        page=paginate(statement, asked.number, 20),
        listing=asked,
        known=known,
        sorts=SORTS,
        made_up=MADE_UP,
        own=tenant_here() if publishes else 0,
        asks=holds(Right.ASK_QUESTION),
        form=(form or _shaped(EntryForm(formdata=None, data={"version": "0"}))) if publishes else None,
        opened=form is not None,
    )
    return page, status


@blueprint.post("/hoi-dap")
@may(Right.ANSWER_QUESTION)
def add() -> Any:
    """Publish what was typed."""
    form = _shaped(EntryForm())
    if not form.validate_on_submit():
        return _entries(form, 422)
    try:
        publishing.publish(signed_in(), form.given())
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        db.session.rollback()
        form.form_errors.append(refused.sentence)
        return _entries(form, refused.status)
    return back_to("guidance.entries", "Đã đăng.")


@blueprint.get("/hoi-dap/muc/<int:entry_id>")
@may(Right.ANSWER_QUESTION)
def entry(entry_id: int) -> Any:
    """One entry of the place's own, to change it or to take it back."""
    return _entry(found(lookup.entry_of(place_here(), entry_id)))


def _entry(row: GuidanceEntry, form: EntryForm | None = None, status: int = 200) -> Any:
    page = render_template(
        "guidance/entry.html",
        row=row,
        form=form or _shaped(EntryForm.showing(row)),
        clash=status == 409,
        sorts=SORTS,
    )
    return page, status


@blueprint.post("/hoi-dap/muc/<int:entry_id>")
@may(Right.ANSWER_QUESTION)
def change(entry_id: int) -> Any:
    """Change an entry, or take it back."""
    row: GuidanceEntry = found(lookup.entry_of(place_here(), entry_id))
    form = _shaped(EntryForm())
    retires = request.form.get("act") == "retire"
    valid = form.validate_on_submit()
    if (retires and form.version.errors) or not (
        valid or retires
    ):  # what is typed does not count when it goes
        return _entry(row, form, 422)
    try:
        if retires:
            publishing.retire(signed_in(), row, form.seen)
        else:
            publishing.change(signed_in(), row, form.given(), form.seen)
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        db.session.rollback()
        form.form_errors.append(refused.sentence)
        row = found(lookup.entry_of(place_here(), entry_id))
        form.version.data = str(row.version)  # what stands now is shown beside what was typed
        return _entry(row, form, refused.status)
    return back_to("guidance.entries", "Đã gỡ; không ai tra được nữa." if retires else "Đã lưu.")


def guidance_on(key: str) -> dict[str, int] | None:
    """Return how many answers and samples there are on an indicator; None for who does not read them.

    One statement for all the indicators of a page.
    """
    if "guidance" not in g:
        reads = current_user.is_authenticated and holds(Right.READ_GUIDANCE)
        g.guidance = lookup.entries_by_indicator(place_here()) if reads else None
    of_all: dict[str, dict[str, int]] | None = g.guidance
    return None if of_all is None else of_all.get(key, {})


blueprint.add_app_template_global(guidance_on)
