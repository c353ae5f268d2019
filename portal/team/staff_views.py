"""The people of a unit: who holds which role, the hand-over of a clerk's role, new links."""

from __future__ import annotations

from typing import Any

from flask import render_template

from portal.accounts.forms import PersonForm
from portal.accounts.links import link_sheets
from portal.accounts.rules import STATES, state_of
from portal.accounts.views import marked
from portal.units.own import own_unit
from portal.web import back_to
from tenants import signin
from tenants.access import found, may, place_here, signed_in, tenant_here
from tenants.database import db
from tenants.people import GUEST_ROLES, Role
from tenants.refusal import Refused
from tenants.rights import Right, refusal

from . import staff
from .blueprint import blueprint
from .queries import entries_of_staff, membership_of, people_of

BACK = ("team.people", {})


def _unit_id() -> int:
    unit_id = place_here().unit_id
    assert unit_id is not None
    return unit_id


@blueprint.get("/don-vi/nguoi")
@may(Right.SEE_DOSSIER)
def people() -> Any:
    """Everybody who works or worked for the unit, with what the head may do."""
    place = place_here()
    return render_template(
        "team/people.html",
        people=people_of(place.tenant_id, _unit_id()),
        entries=entries_of_staff(place.tenant_id, _unit_id()),
        may_place=not refusal(signed_in(), Right.PLACE_CLERK),
        me=signed_in().account_id,
        guests=GUEST_ROLES,
        head=Role.UNIT_HEAD,
        states=STATES,
        state_of=state_of,
        today=signin.today(),
    )


@blueprint.get("/don-vi/nguoi/them")
@may(Right.PLACE_CLERK)
def new_clerk() -> Any:
    """The form of a new clerk."""
    unit = own_unit(signed_in())
    return render_template("team/new_clerk.html", form=PersonForm(formdata=None), unit=unit)


@blueprint.post("/don-vi/nguoi/them")
@may(Right.PLACE_CLERK)
def place_clerk() -> Any:
    """Create the clerk and show the link, once."""
    form = PersonForm()
    status = 422
    if form.validate():
        try:
            made = staff.place_clerk(signed_in(), form.person())
            return render_template("team/links.html", sheets=link_sheets([made]), back=BACK)
        except Refused as refused:
            db.session.rollback()
            form, status = marked(form, refused), refused.status
    page = render_template("team/new_clerk.html", form=form, unit=own_unit(signed_in()))
    return page, status


@blueprint.get("/don-vi/nguoi/<int:membership_id>/ban-giao")
@may(Right.PLACE_CLERK)
def hand_over(membership_id: int) -> Any:
    """The form that takes the clerk's role from one person and gives it to another."""
    return _hand_over_page(membership_id, PersonForm(formdata=None), 200)


def _hand_over_page(membership_id: int, form: PersonForm, status: int) -> Any:
    account, _ = found(membership_of(tenant_here(), _unit_id(), membership_id))
    page = render_template("team/hand_over.html", form=form, account=account, unit=own_unit(signed_in()))
    return page, status


@blueprint.post("/don-vi/nguoi/<int:membership_id>/ban-giao")
@may(Right.PLACE_CLERK)
def do_hand_over(membership_id: int) -> Any:
    """Hand the role over and show the link, once."""
    found(membership_of(tenant_here(), _unit_id(), membership_id))
    form = PersonForm()
    status = 422
    if form.validate():
        try:
            made = staff.hand_over(signed_in(), membership_id, form.person())
            return render_template("team/links.html", sheets=link_sheets([made]), back=BACK)
        except Refused as refused:
            db.session.rollback()
            form, status = marked(form, refused), refused.status
    return _hand_over_page(membership_id, form, status)


@blueprint.post("/don-vi/nguoi/<int:membership_id>/ket-thuc")
@may(Right.INVITE_GUEST)
def end_role(membership_id: int) -> Any:
    """End a clerk's or a guest's role at once."""
    found(membership_of(tenant_here(), _unit_id(), membership_id))
    name = staff.end_role(signed_in(), membership_id)
    return back_to("team.people", f"Đã kết thúc vai trò của {name}; người này mất quyền ngay.")


@blueprint.post("/don-vi/nguoi/<int:membership_id>/lien-ket")
@may(Right.INVITE_GUEST)
def new_link(membership_id: int) -> Any:
    """Make a new link and show it, once."""
    found(membership_of(tenant_here(), _unit_id(), membership_id))
    made = staff.new_link(signed_in(), membership_id)
    return render_template("team/links.html", sheets=link_sheets([made]), back=BACK)
