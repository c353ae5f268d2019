"""The people of a unit: the head places and ends clerks, head or clerk let guests in and end their visit.

A role that ends gives nothing from that minute on; the history keeps both names. Nobody shares a password: each
new person gets a link of his or her own. What may be placed by whom is asked here and by the wall (`may_place`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from portal import clock, words
from portal.accounts.operations import Handed, NewPerson, handed
from portal.dossiers.models import Dossier
from portal.dossiers.queries import open_sheet
from portal.dossiers.taking import locked, must
from portal.notices.operations import tell_person
from portal.notices.wording import LINK_MADE, NEW_ACCOUNT, ROLE_ENDED
from portal.trail.operations import record
from portal.units.models import Unit
from portal.units.own import own_unit
from tenants import operations as persons
from tenants import signin
from tenants.database import db
from tenants.identity import Identity
from tenants.people import GUEST_ROLES, Account, Membership, Role
from tenants.placing import not_over
from tenants.refusal import Refused
from tenants.rights import Right

from .models import Invitation, InvitedIndicator
from .queries import WORKED_ON, membership_of
from .rules import last_day

MOST_INVITED = 30


def place_clerk(actor: Identity, person: NewPerson) -> Handed:
    """Create an account with the role of a clerk in the head's own unit from today, and its link."""
    must(actor, Right.PLACE_CLERK)
    unit = own_unit(actor)
    account_id = _new_account(person)
    persons.place_person(account_id, Role.UNIT_EDITOR, unit.tenant_id, unit_id=unit.id, since=signin.today())
    _note(actor, unit, "person.create", f"đã giao vai trò cán bộ đầu mối cho {person.full_name}.", account_id)
    _tell(unit, account_id, NEW_ACCOUNT, Role.UNIT_EDITOR)
    return handed(actor, account_id, Role.UNIT_EDITOR, unit.name)


def hand_over(actor: Identity, membership_id: int, person: NewPerson) -> Handed:
    """End a clerk's role at once and give it to a new person with a link; the history keeps both names."""
    must(actor, Right.PLACE_CLERK)
    unit = own_unit(actor)
    account, old = _running(actor, unit, membership_id)
    if old.role != Role.UNIT_EDITOR:
        raise Refused("Chỉ vai trò cán bộ đầu mối được bàn giao ở đây.")
    account_id = _new_account(person)
    persons.end_membership(old, signin.today())
    db.session.flush()
    persons.place_person(account_id, Role.UNIT_EDITOR, unit.tenant_id, unit_id=unit.id, since=signin.today())
    sentence = f"đã bàn giao vai trò cán bộ đầu mối từ {account.full_name} cho {person.full_name}."
    _note(actor, unit, "person.hand_over", sentence, account_id)
    _tell(unit, account.id, ROLE_ENDED, Role.UNIT_EDITOR)
    _tell(unit, account_id, NEW_ACCOUNT, Role.UNIT_EDITOR)
    return handed(actor, account_id, Role.UNIT_EDITOR, unit.name)


def end_role(actor: Identity, membership_id: int) -> str:
    """End a clerk's or a guest's role at once; returns the person's name."""
    unit = own_unit(actor)
    account, membership = _running(actor, unit, membership_id)
    if membership.account_id == actor.account_id:
        raise Refused("Không thể tự kết thúc vai trò của mình.")
    persons.end_membership(membership, signin.today())
    db.session.flush()
    role = words.ROLES[membership.role]
    sentence = f"đã kết thúc vai trò {role[:1].lower()}{role[1:]} của {account.full_name}."
    _note(actor, unit, "person.end_role", sentence, account.id)
    _tell(unit, account.id, ROLE_ENDED, membership.role)
    return account.full_name


def new_link(actor: Identity, membership_id: int) -> Handed:
    """Make a new link for a clerk or a guest who lost theirs; an older one dies."""
    unit = own_unit(actor)
    account, membership = _running(actor, unit, membership_id)
    if membership.account_id == actor.account_id:
        raise Refused("Mật khẩu của mình được đổi ở trang Tài khoản của tôi, sau khi nhập mật khẩu cũ.")
    made = handed(actor, account.id, membership.role, unit.name)
    _note(actor, unit, "person.link", f"đã cấp liên kết đặt mật khẩu cho {account.full_name}.", account.id)
    _tell(unit, account.id, LINK_MADE, membership.role)
    return made


def invite(
    actor: Identity, dossier: Dossier, person: NewPerson, indicators: Sequence[int], days: int
) -> Handed:
    """Let somebody from outside in to some indicators of a dossier for some days; returns the link to hand over.

    Raises `Refused` for a dossier that is not worked on, indicators that do not apply, or too many days.
    """
    dossier, chosen, codes = _may_be_shared(actor, dossier, indicators)
    account_id = _new_account(person)
    until = _let_in(actor, dossier, account_id, person, chosen, days)
    sentence = (
        f"đã mời {person.full_name} góp nội dung chỉ tiêu {codes} trong {days} ngày, "
        f"đến hết ngày {words.day(until)}."
    )
    unit = own_unit(actor)
    _note(actor, unit, "person.invite", sentence, account_id, dossier.id)
    _tell(unit, account_id, NEW_ACCOUNT, Role.UNIT_CONTRIBUTOR)
    return handed(actor, account_id, Role.UNIT_CONTRIBUTOR, unit.name)


def invite_again(actor: Identity, dossier: Dossier, invitation_id: int, days: int) -> str:
    """Let a guest whose visit is over in again, to the same indicators; returns the guest's name."""
    must(actor, Right.INVITE_GUEST)
    before = db.session.get(Invitation, (dossier.tenant_id, invitation_id))
    if before is None or before.dossier_id != dossier.id:
        raise Refused("Không tìm thấy lời mời này.", 404)
    dossier, chosen, codes = _may_be_shared(actor, dossier, [i.indicator_id for i in before.indicators])
    running = db.session.scalar(
        select(Membership.id).where(
            Membership.tenant_id == dossier.tenant_id,
            Membership.unit_id == dossier.unit_id,
            Membership.account_id == before.account_id,
            not_over(signin.today()),
        )
    )
    if running:
        raise Refused(f"Lời mời của {before.full_name} đang mở. Kết thúc rồi mời lại nếu cần đổi số ngày.")
    person = NewPerson("", before.full_name, before.organisation)
    until = _let_in(actor, dossier, before.account_id, person, chosen, days)
    sentence = (
        f"đã mời lại {before.full_name} góp nội dung chỉ tiêu {codes}, đến hết ngày {words.day(until)}."
    )
    _note(actor, own_unit(actor), "person.invite", sentence, before.account_id, dossier.id)
    return before.full_name


def _may_be_shared(
    actor: Identity, dossier: Dossier, indicators: Sequence[int]
) -> tuple[Dossier, list[int], str]:
    """Return the locked dossier, the indicators a guest may have of it, and their codes; raises `Refused`."""
    must(actor, Right.INVITE_GUEST)
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    if sheet.dossier.state not in WORKED_ON:
        name = words.DOSSIER_STATES[sheet.dossier.state].unit_name
        raise Refused(f"Hồ sơ đang ở trạng thái “{name}” nên không mời người góp minh chứng được nữa.")
    applying = {f.indicator.id: f.indicator.code for f in sheet.unit_side().findings if f.applies}
    chosen = list(dict.fromkeys(indicators))
    if not chosen:
        raise Refused("Xin chọn ít nhất một chỉ tiêu cho người được mời.", 422)
    if len(chosen) > MOST_INVITED or not set(chosen) <= applying.keys():
        raise Refused("Có chỉ tiêu không áp dụng cho đơn vị. Xin tải lại trang rồi chọn lại.", 422)
    return sheet.dossier, chosen, ", ".join(applying[i] for i in chosen)


def _let_in(
    actor: Identity, dossier: Dossier, account_id: int, person: NewPerson, chosen: Sequence[int], days: int
) -> date:
    """Place a guest for some days and write the invitation; returns the last day."""
    since = signin.today()
    try:
        until = last_day(since, days)
    except ValueError as reason:
        raise Refused(str(reason), 422) from None
    placed = persons.place_person(
        account_id,
        Role.UNIT_CONTRIBUTOR,
        dossier.tenant_id,
        unit_id=dossier.unit_id,
        since=since,
        until=until,
    )
    _invitation(actor, dossier, placed, person, chosen)
    return until


def _invitation(
    actor: Identity, dossier: Dossier, placed: Membership, person: NewPerson, indicators: Sequence[int]
) -> None:
    key = {"tenant_id": dossier.tenant_id, "unit_id": dossier.unit_id, "dossier_id": dossier.id}
    invitation = Invitation(
        **key,
        account_id=placed.account_id,
        membership_id=placed.id,
        full_name=person.full_name,
        organisation=person.title,
        invited_at=clock.now(),
        invited_by=actor.full_name,
    )
    db.session.add(invitation)
    db.session.flush()
    db.session.add_all(
        InvitedIndicator(**key, invitation_id=invitation.id, indicator_id=one) for one in indicators
    )
    db.session.flush()


def _new_account(person: NewPerson) -> int:
    return persons.new_account(
        person.login, person.full_name, title=person.title, email=person.email, phone=person.phone
    )


def _running(actor: Identity, unit: Unit, membership_id: int) -> tuple[Account, Membership]:
    """Return a running role the actor may act on: a guest's for head and clerk, a clerk's for the head."""
    found = membership_of(unit.tenant_id, unit.id, membership_id)
    if found is None:
        raise Refused("Không tìm thấy vai trò này trong đơn vị.", 404)
    account, membership = found
    must(actor, Right.INVITE_GUEST if membership.role in GUEST_ROLES else Right.PLACE_CLERK)
    if membership.role == Role.UNIT_HEAD:
        raise Refused("Vai trò thủ trưởng do người quản trị giao và kết thúc.")
    if membership.is_over(signin.today()):
        raise Refused("Vai trò này đã kết thúc.")
    return account, membership


def _tell(unit: Unit, account_id: int, sentence: str, role: str) -> None:
    """Tell a person what happened to his or her role, in the portal and by mail."""
    name = words.ROLES[role]
    said = sentence.format(role=f"{name[:1].lower()}{name[1:]}", place=unit.name)
    tell_person(unit.tenant_id, account_id, said, "/tai-khoan")


def _note(
    actor: Identity, unit: Unit, act: str, sentence: str, account_id: int, dossier_id: int | None = None
) -> None:
    record(
        actor,
        act,
        sentence,
        tenant_id=unit.tenant_id,
        unit_id=unit.id,
        dossier_id=dossier_id,
        detail={"account_id": account_id},
    )
