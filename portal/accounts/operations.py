"""Verbs on the persons of a district: create them, give and end their roles, hand over.

A role that ends gives nothing from that minute on; the history keeps it. Links, shutting and opening an
account: `keys.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal import words
from portal.cycle.queries import tier_at
from portal.notices.operations import tell_person
from portal.notices.wording import NEW_ACCOUNT, ROLE_ENDED, ROLE_GIVEN
from portal.trail.operations import record
from portal.units.models import Unit
from tenants import operations as persons
from tenants import signin
from tenants.database import db
from tenants.identity import Identity
from tenants.people import DECIDING_ROLES, GUEST_ROLES, UNIT_ROLES, Account, Membership, Role
from tenants.places import Tenant
from tenants.refusal import Refused
from tenants.rights import Right, refusal

from .queries import account_of, other_administrators, roles_held
from .rules import GIVEN, OF_UNIT, logins

MOST_UNITS = 200
TWO_PEOPLE = (
    "Quyền quyết định do hai người giao: đề xuất ở trang Giao quyền quyết định, lãnh đạo đang giữ vai trò (hoặc quản "
    "trị tỉnh, khi chưa có ai giữ) xác nhận."
)
LAST_ADMIN = "Đây là người quản trị duy nhất ở đây. Xin giao vai trò quản trị cho người khác trước."


@dataclass(frozen=True, slots=True)
class Handed:
    """A link to hand over: shown once, kept nowhere."""

    account_id: int
    login: str
    full_name: str
    role: str
    place: str
    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What is typed about a new person."""

    login: str
    full_name: str
    title: str = ""
    email: str = ""
    phone: str = ""


def must_manage(actor: Identity) -> None:
    """Raise `Refused` for who may not keep the accounts of the district."""
    sentence = refusal(actor, Right.MANAGE_ACCOUNTS)
    if sentence:
        raise Refused(sentence, 403)


def create_person(
    actor: Identity, tenant_id: int, person: NewPerson, role: Role, unit_id: int | None = None
) -> Handed:
    """Create an account with one role from today, and its link. Raises `Refused`."""
    must_manage(actor)
    unit = _place_of(tenant_id, role, unit_id)
    account_id = _new_account(person)
    persons.place_person(account_id, role, tenant_id, unit_id=unit_id, since=signin.today())
    place = unit.name if unit else tenant_of(tenant_id).name
    sentence = f"đã tạo tài khoản {person.login.strip().lower()} cho {person.full_name}, vai trò {role_words(role, tenant_id)}."
    note(actor, tenant_id, "person.create", sentence, account_id, unit_id)
    _welcome(tenant_id, account_id, role, place)
    return handed(actor, account_id, role, place)


def _welcome(tenant_id: int, account_id: int, role: Role, place: str) -> None:
    tell_person(
        tenant_id, account_id, NEW_ACCOUNT.format(role=role_words(role, tenant_id), place=place), "/tai-khoan"
    )


def _new_account(person: NewPerson) -> int:
    return persons.new_account(
        person.login, person.full_name, title=person.title, email=person.email, phone=person.phone
    )


def _place_of(tenant_id: int, role: Role, unit_id: int | None) -> Unit | None:
    """Return the unit a role belongs to; raises `Refused` for a role or unit that does not go."""
    if role not in GIVEN:
        raise Refused("Vai trò này không giao ở đây được.", 422)
    if role in DECIDING_ROLES:
        raise Refused(TWO_PEOPLE, 422)
    if role not in UNIT_ROLES:
        if unit_id:
            raise Refused("Vai trò của nơi công nhận không gắn với đơn vị.", 422)
        return None
    unit = db.session.get(Unit, (tenant_id, unit_id)) if unit_id else None
    if unit is None:
        raise Refused("Xin chọn đơn vị cho vai trò này.", 422)
    return unit


def tenant_of(tenant_id: int) -> Tenant:
    """Return the district itself."""
    tenant = db.session.get(Tenant, tenant_id)
    assert tenant is not None
    return tenant


def handed(actor: Identity, account_id: int, role: str, place: str) -> Handed:
    """Make a link for a person and return it with what the hand-over sheet shows."""
    account = db.session.get(Account, account_id, populate_existing=True)
    assert account is not None
    token = signin.new_link(account_id, actor.account_id)
    db.session.flush()
    expires_at = signin.now() + signin.LINK_LIFE
    name = words.role_name(role, tier_at())
    return Handed(account_id, account.login, account.full_name, name, place, token, expires_at)


def create_for_units(actor: Identity, tenant_id: int, unit_ids: Sequence[int]) -> list[Handed]:
    """Create the missing clerk's and head's account of each unit; login names come from the unit's code.

    Units that have both already are passed over. Raises `Refused` for none, too many or unknown units.
    """
    must_manage(actor)
    wanted = sorted(set(unit_ids))
    if not wanted:
        raise Refused("Xin chọn ít nhất một đơn vị.", 422)
    if len(wanted) > MOST_UNITS:
        raise Refused(f"Mỗi lần tạo cho nhiều nhất {MOST_UNITS} đơn vị.", 422)
    units = list(
        db.session.scalars(
            select(Unit)
            .where(Unit.tenant_id == tenant_id, Unit.id.in_(wanted))
            .order_by(Unit.name_sort, Unit.id)
            .with_for_update()
        )
    )
    if len(units) != len(wanted):
        raise Refused("Có đơn vị không còn trong danh mục. Xin tải lại trang.", 422)
    held = roles_held(tenant_id, wanted)
    made = []
    for unit in units:
        for role in OF_UNIT:
            if (unit.id, role) not in held:
                made.append(_create_for_unit(actor, tenant_id, unit, role))
    if not made:
        raise Refused("Các đơn vị đã chọn đều có đủ tài khoản.")
    return made


def _create_for_unit(actor: Identity, tenant_id: int, unit: Unit, role: Role) -> Handed:
    head = role is Role.UNIT_HEAD
    name = unit.head_name if head and unit.head_name else f"{words.ROLES[role]} {unit.name}"
    for login in logins(unit.code, role, tenant_of(tenant_id).code):
        try:
            account_id = _new_account(
                NewPerson(login, name[:200], title=unit.head_title if head else words.ROLES[role])
            )
        except persons.LoginTaken:
            continue
        persons.place_person(account_id, role, tenant_id, unit_id=unit.id, since=signin.today())
        sentence = f"đã tạo tài khoản {login} cho {unit.name}, vai trò {role_words(role, tenant_id)}."
        note(actor, tenant_id, "person.create", sentence, account_id, unit.id)
        return handed(actor, account_id, role, unit.name)
    raise Refused(f"Không đặt được tên đăng nhập cho {unit.name}. Xin đổi mã đơn vị.")


def give_role(actor: Identity, tenant_id: int, account_id: int, role: Role, unit_id: int | None) -> None:
    """Give a person of the district a further role from today. Raises `Refused`."""
    must_manage(actor)
    account = known(tenant_id, account_id)
    unit = _place_of(tenant_id, role, unit_id)
    same = db.session.scalar(
        select(Membership.id).where(
            Membership.tenant_id == tenant_id,
            Membership.account_id == account_id,
            Membership.role == role,
            Membership.unit_id == unit_id if unit_id else Membership.unit_id.is_(None),
            Membership.until.is_(None),
        )
    )
    if same:
        raise Refused("Người này đang giữ vai trò đó rồi.")
    persons.place_person(account_id, role, tenant_id, unit_id=unit_id, since=signin.today())
    where = f" tại {unit.name}" if unit else ""
    sentence = f"đã giao cho {account.full_name} vai trò {role_words(role, tenant_id)}{where}."
    note(actor, tenant_id, "person.role", sentence, account_id, unit_id)
    place = unit.name if unit else tenant_of(tenant_id).name
    tell_person(
        tenant_id,
        account_id,
        ROLE_GIVEN.format(role=role_words(role, tenant_id), place=place),
        "/noi-lam-viec",
    )


def end_role(actor: Identity, tenant_id: int, membership_id: int) -> Membership:
    """End a person's role in the district at once; the history keeps it. Raises `Refused`."""
    must_manage(actor)
    membership = _running(tenant_id, membership_id)
    if membership.role == Role.DISTRICT_ADMIN and not other_administrators(tenant_id, membership.account_id):
        raise Refused(LAST_ADMIN)
    _end(actor, membership)
    return membership


def _end(actor: Identity, membership: Membership, why: str = "") -> None:
    account = db.session.get(Account, membership.account_id)
    assert account is not None
    persons.end_membership(membership, signin.today())
    db.session.flush()
    sentence = f"đã kết thúc vai trò {role_words(membership.role, membership.tenant_id)} của {account.full_name}{why}."
    note(actor, membership.tenant_id, "person.end_role", sentence, membership.account_id, membership.unit_id)
    unit = db.session.get(Unit, (membership.tenant_id, membership.unit_id)) if membership.unit_id else None
    place = unit.name if unit else tenant_of(membership.tenant_id).name
    ended = ROLE_ENDED.format(role=role_words(membership.role, membership.tenant_id), place=place)
    tell_person(membership.tenant_id, membership.account_id, ended, "/noi-lam-viec")


def _running(tenant_id: int, membership_id: int) -> Membership:
    membership = db.session.scalar(
        select(Membership)
        .where(Membership.tenant_id == tenant_id, Membership.id == membership_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if membership is None or membership.role not in (*GIVEN, *GUEST_ROLES):
        raise Refused("Không tìm thấy vai trò này.", 422)
    if membership.is_over(signin.today()):
        raise Refused("Vai trò này đã kết thúc.")
    return membership


def hand_over(actor: Identity, tenant_id: int, membership_id: int, person: NewPerson) -> Handed:
    """End a role at once and give it to a new person with a link; the history keeps both. Raises `Refused`."""
    must_manage(actor)
    old = _running(tenant_id, membership_id)
    if old.role in GUEST_ROLES:
        raise Refused("Lời mời người góp minh chứng không bàn giao được; đơn vị mời người khác.")
    if old.delegation_id is not None:
        raise Refused("Vai trò theo ủy quyền không bàn giao được; người ủy quyền lập ủy quyền mới.")
    if old.role in DECIDING_ROLES:
        raise Refused(TWO_PEOPLE)
    role, unit_id = Role(old.role), old.unit_id
    account_id = _new_account(person)
    _end(actor, old, f", bàn giao cho {person.full_name}")
    persons.place_person(account_id, role, tenant_id, unit_id=unit_id, since=signin.today())
    unit = db.session.get(Unit, (tenant_id, unit_id)) if unit_id else None
    sentence = f"đã giao vai trò {role_words(role, tenant_id)} cho {person.full_name} ({person.login.strip().lower()})."
    note(actor, tenant_id, "person.create", sentence, account_id, unit_id)
    place = unit.name if unit else tenant_of(tenant_id).name
    _welcome(tenant_id, account_id, role, place)
    return handed(actor, account_id, role, place)


def known(tenant_id: int, account_id: int) -> Account:
    """Return a person of the district; raises `Refused` for anybody else."""
    account = account_of(tenant_id, account_id)
    if account is None:
        raise Refused("Không tìm thấy người này.", 422)
    return account


def role_words(role: str, tenant_id: int) -> str:
    """Return the name of a role of a place inside a sentence."""
    name = words.role_name(role, tenant_of(tenant_id).tier)
    return name if name.isupper() else name[:1].lower() + name[1:]


def note(
    actor: Identity, tenant_id: int, act: str, sentence: str, account_id: int, unit_id: int | None = None
) -> None:
    """Record an act on a person in the trail; units do not see it."""
    detail: dict[str, Any] = {"account_id": account_id}
    record(actor, act, sentence, tenant_id=tenant_id, unit_id=unit_id, detail=detail, inner=True)
