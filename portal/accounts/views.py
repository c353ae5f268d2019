"""Pages of the accounts of a district.

One-time links are shown in the answer to the act that made them and nowhere else: the page can be
printed once, and reloading it makes no second account.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, render_template, request

from portal import words
from portal.powers.operations import propose, propose_new
from portal.tiers import tier_here
from portal.web import Listing, back_to, kinds_here, listing, paginate
from tenants import operations as persons
from tenants import signin
from tenants.access import found, may, signed_in, tenant_here
from tenants.people import DECIDING_ROLES, Account, Role
from tenants.refusal import Refused
from tenants.rights import Right

from . import keys, operations, queries
from .forms import NewPersonForm, PersonForm, RoleForm
from .links import link_sheets
from .operations import MOST_UNITS, Handed
from .rules import GIVEN, STATES, state_of

blueprint = Blueprint("accounts", __name__)
ROLE_MISSING = "Xin chọn vai trò."
PROPOSED = "Đã đề xuất. Vai trò có hiệu lực khi người thứ hai xác nhận."


@blueprint.get("/huyen/tai-khoan")
@may(Right.MANAGE_ACCOUNTS)
def index() -> Any:
    """List who holds or held a role in the district."""
    tenant_id = tenant_here()
    asked = listing(queries.SORTS, filters={"role": [role.value for role in GIVEN], "state": [*STATES]})
    page = paginate(queries.people(tenant_id, asked), asked.number)
    return render_template(
        "accounts/index.html",
        listing=asked,
        page=page,
        counts=queries.counts(tenant_id, asked),
        states=STATES,
        state_of=state_of,
        today=signin.today(),
        roles=[(role.value, words.role_name(role.value, tier_here())) for role in GIVEN],
    )


@blueprint.get("/huyen/tai-khoan/them")
@may(Right.MANAGE_ACCOUNTS)
def add() -> Any:
    """Show the form of a new person."""
    return _new_page(NewPersonForm(formdata=None, data={"unit": request.args.get("unit", "")}))


def _new_page(form: NewPersonForm) -> str:
    form.offer(queries.open_units(tenant_here()))
    return render_template("accounts/new.html", form=form)


@blueprint.post("/huyen/tai-khoan/them")
@may(Right.MANAGE_ACCOUNTS)
def create() -> Any:
    """Create a person and show the link."""
    form = NewPersonForm()
    form.offer([])
    good = form.validate()
    role, unit_id = form.chosen()
    if role is None:
        form.role.errors = [ROLE_MISSING]
    if not good or role is None:
        return _new_page(form), 422
    try:
        if role is Role.DISTRICT_LEADER and unit_id is None:
            propose_new(signed_in(), form.person(), role, form.reason.data or "")
            return back_to("powers.proposals", PROPOSED)
        handed = operations.create_person(signed_in(), tenant_here(), form.person(), role, unit_id)
    except Refused as refused:
        return _refused(form, refused), refused.status
    return _links_page([handed])


def _refused(form: NewPersonForm, refused: Refused) -> str:
    form.offer(queries.open_units(tenant_here()))
    return render_template("accounts/new.html", form=marked(form, refused))


def marked(form: Any, refused: Refused) -> Any:
    """Put the sentence of a refusal at its field: login names are refused for themselves."""
    if "lý do" in refused.sentence.lower():
        form.reason.errors = [refused.sentence]
    elif isinstance(refused, persons.LoginTaken) or "đăng nhập" in refused.sentence:
        form.login.errors = [refused.sentence]
    else:
        form.form_errors.append(refused.sentence)
    return form


def _links_page(handed: Sequence[Handed]) -> str:
    return render_template("accounts/links.html", sheets=link_sheets(handed))


def _unit_listing() -> Listing:
    return listing(["name"], filters={"kind": list(words.UNIT_KINDS)})


@blueprint.get("/huyen/tai-khoan/hang-loat")
@may(Right.MANAGE_ACCOUNTS)
def bulk() -> Any:
    """Show the units without accounts."""
    asked = _unit_listing()
    page = paginate(queries.units_without(tenant_here(), asked), asked.number, MOST_UNITS // 2)
    kinds = [(kind.code, kind.short) for kind in kinds_here().values()]
    held = queries.roles_held(tenant_here(), [unit.id for unit in page.items])
    return render_template("accounts/bulk.html", listing=asked, page=page, kinds=kinds, held=held)


@blueprint.post("/huyen/tai-khoan/hang-loat")
@may(Right.MANAGE_ACCOUNTS)
def bulk_create() -> Any:
    """Create the accounts of the chosen units and show their links."""
    typed = request.form.getlist("unit")[: MOST_UNITS + 1]
    chosen = [int(text) for text in typed if text.isascii() and text.isdigit() and len(text) < 18]
    return _links_page(operations.create_for_units(signed_in(), tenant_here(), chosen))


@blueprint.get("/huyen/tai-khoan/<int:account_id>")
@may(Right.MANAGE_ACCOUNTS)
def show(account_id: int) -> Any:
    """Show a person, the roles in the district, and what can be done."""
    return _person_page(found(queries.account_of(tenant_here(), account_id)), RoleForm(formdata=None))


def _person_page(account: Account, form: RoleForm) -> str:
    tenant_id = tenant_here()
    form.offer(queries.open_units(tenant_id))
    return render_template(
        "accounts/show.html",
        account=account,
        form=form,
        roles=queries.roles_of(tenant_id, account.id),
        entries=queries.entries_of(tenant_id, account.id),
        only_here=persons.placed_only_here(account.id),
        me=signed_in().account_id == account.id,
        states=STATES,
        state_of=state_of,
        today=signin.today(),
        elsewhere=persons.ELSEWHERE,
        decides=queries.decides(tenant_id, account.id),
        deciding=DECIDING_ROLES,
    )


@blueprint.post("/huyen/tai-khoan/<int:account_id>/vai-tro")
@may(Right.MANAGE_ACCOUNTS)
def give_role(account_id: int) -> Any:
    """Give the person a further role."""
    account = found(queries.account_of(tenant_here(), account_id))
    form = RoleForm()
    form.offer([])
    good = form.validate()
    role, unit_id = form.chosen()
    if not good or role is None:
        form.role.errors = [ROLE_MISSING]
        return _person_page(account, form), 422
    try:
        if role is Role.DISTRICT_LEADER and unit_id is None:
            propose(signed_in(), account_id, role, form.reason.data or "")
            return back_to("powers.proposals", PROPOSED)
        operations.give_role(signed_in(), tenant_here(), account_id, role, unit_id)
    except Refused as refused:
        at = form.reason if "lý do" in refused.sentence.lower() else form.role
        at.errors = [refused.sentence]
        return _person_page(account, form), refused.status
    return back_to("accounts.show", "Đã giao thêm vai trò.", account_id=account_id)


@blueprint.post("/huyen/tai-khoan/<int:account_id>/lien-ket")
@may(Right.MANAGE_ACCOUNTS)
def new_link(account_id: int) -> Any:
    """Make a new link and show it."""
    found(queries.account_of(tenant_here(), account_id))
    return _links_page([keys.new_link(signed_in(), tenant_here(), account_id)])


@blueprint.post("/huyen/tai-khoan/<int:account_id>/khoa")
@may(Right.MANAGE_ACCOUNTS)
def disable(account_id: int) -> Any:
    """Shut the account."""
    found(queries.account_of(tenant_here(), account_id))
    keys.disable(signed_in(), tenant_here(), account_id)
    return back_to(
        "accounts.show", "Đã khóa tài khoản; mọi phiên đang mở đã kết thúc.", account_id=account_id
    )


@blueprint.post("/huyen/tai-khoan/<int:account_id>/mo")
@may(Right.MANAGE_ACCOUNTS)
def enable(account_id: int) -> Any:
    """Open the account again."""
    found(queries.account_of(tenant_here(), account_id))
    keys.enable(signed_in(), tenant_here(), account_id)
    return back_to("accounts.show", "Đã mở lại tài khoản.", account_id=account_id)


@blueprint.post("/huyen/tai-khoan/<int:account_id>/tat-ma")
@may(Right.MANAGE_ACCOUNTS)
def drop_second_factor(account_id: int) -> Any:
    """Remove the second factor of somebody who lost the phone."""
    found(queries.account_of(tenant_here(), account_id))
    keys.drop_second_factor(signed_in(), tenant_here(), account_id)
    return back_to("accounts.show", "Đã tắt mã xác thực hai lớp của người này.", account_id=account_id)


@blueprint.post("/huyen/tai-khoan/vai-tro/<int:membership_id>/ket-thuc")
@may(Right.MANAGE_ACCOUNTS)
def end_role(membership_id: int) -> Any:
    """End a role."""
    found(queries.role_of(tenant_here(), membership_id))
    membership = operations.end_role(signed_in(), tenant_here(), membership_id)
    return back_to("accounts.show", "Đã kết thúc vai trò.", account_id=membership.account_id)


@blueprint.get("/huyen/tai-khoan/vai-tro/<int:membership_id>/ban-giao")
@may(Right.MANAGE_ACCOUNTS)
def hand_over(membership_id: int) -> Any:
    """Show the form of a hand-over."""
    account, membership, unit = found(queries.role_of(tenant_here(), membership_id))
    form = PersonForm(formdata=None)
    return render_template(
        "accounts/hand_over.html", form=form, account=account, membership=membership, unit=unit
    )


@blueprint.post("/huyen/tai-khoan/vai-tro/<int:membership_id>/ban-giao")
@may(Right.MANAGE_ACCOUNTS)
def do_hand_over(membership_id: int) -> Any:
    """Take the role from one person and give it to another."""
    account, membership, unit = found(queries.role_of(tenant_here(), membership_id))
    form = PersonForm()
    status = 422
    if form.validate():
        try:
            handed = operations.hand_over(signed_in(), tenant_here(), membership_id, form.person())
            return _links_page([handed])
        except Refused as refused:
            form, status = marked(form, refused), refused.status
    page = render_template(
        "accounts/hand_over.html", form=form, account=account, membership=membership, unit=unit
    )
    return page, status
