"""The province's verbs on places and time: open a district with its first administrator, move the demo clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal import clock, words
from portal.notices.operations import tell_person
from portal.notices.wording import LINK_MADE
from portal.place_kinds import TEMPLATES
from portal.spelling import nfc, sort_key
from portal.trail.operations import record
from tenants import operations, signin
from tenants.database import db
from tenants.identity import Identity
from tenants.people import Account, Membership, Role
from tenants.places import Tenant, TenantKind, Tier
from tenants.placing import on_day
from tenants.refusal import Refused
from tenants.rights import Right, refusal

from .queries import bodies_of, provincial_place
from .rules import fault_of_moment


@dataclass(frozen=True, slots=True)
class NewPlace:
    """A district as typed: what it is, how its papers name it ("": as the template of its kind), who administers it first."""

    kind: TenantKind
    name: str
    code: str
    seat: str
    committee: str
    office: str
    symbol: str
    valid_from: date
    login: str
    full_name: str
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """What opening gave: the place, the account, and the token of its link, told once."""

    tenant: Tenant
    account: Account
    token: str


def open_place(actor: Identity, new: NewPlace) -> Opened:
    """Open a district and make its first administrator; the link's token is returned here and never again.

    Raises `Refused` for a code, name or login already in use.
    """
    _may(actor)
    if new.kind is TenantKind.PROVINCE:
        raise Refused("Bản cài đặt này đã có cấp tỉnh.", 422)
    if new.kind is TenantKind.PROVINCIAL_UNITS and provincial_place() is not None:
        raise Refused("Nơi công nhận các đơn vị cấp tỉnh đã mở rồi.", 422)
    name = nfc(new.name).strip()
    key = sort_key(name)
    if db.session.scalar(select(Tenant.id).where(Tenant.name_sort == key, Tenant.valid_to.is_(None))):
        raise Refused(f"Đã có “{name}”.", 422)
    if operations.code_taken(new.code, new.valid_from):
        raise Refused(f"Mã “{new.code}” đã dùng cho một nơi khác.", 422)
    template = TEMPLATES[new.kind]
    committee, office, seat = bodies_of(new.kind, name)
    try:
        with db.session.begin_nested():
            tenant = operations.open_tenant(
                kind=new.kind,
                code=new.code.strip(),
                name=name,
                name_sort=key,
                committee=new.committee.strip() or committee,
                office=new.office.strip() or office,
                seat=new.seat.strip() or seat,
                valid_from=new.valid_from,
                chair_title=template.chair_title,
                symbol=new.symbol.strip() or template.symbol,
            )
    except IntegrityError:
        raise Refused(f"Mã “{new.code}” đã dùng cho một nơi khác.", 422) from None
    title = words.role_name(Role.DISTRICT_ADMIN, tenant.tier) + (
        "" if tenant.tier == Tier.PROVINCE else f" {name}"
    )
    account_id = operations.new_account(
        new.login, nfc(new.full_name), title=title, email=new.email, phone=new.phone
    )
    # Signing in keeps real time, so the role begins on the real day, whatever the demo clock says.
    operations.place_person(account_id, Role.DISTRICT_ADMIN, tenant.id, since=signin.today())
    token = _link(actor, account_id)
    _record(
        actor,
        "place.open",
        f"đã mở {name} (mã {tenant.code}), quản trị viên đầu tiên: {new.login}.",
        tenant.id,
    )
    return Opened(tenant, _account(account_id), token)


def hand_out_link(actor: Identity, tenant_id: int, account_id: int) -> Opened:
    """Make a new link for an administrator or a leader of a district; the older one dies. Told once, as at the opening."""
    _may(actor)
    tenant = db.session.get(Tenant, tenant_id)
    placed = db.session.scalar(
        select(Membership.id).where(
            Membership.tenant_id == tenant_id,
            Membership.account_id == account_id,
            Membership.role.in_((Role.DISTRICT_ADMIN, Role.DISTRICT_LEADER)),
            on_day(signin.today()),
        )
    )
    if tenant is None or placed is None:
        raise Refused("Không tìm thấy quản trị viên, lãnh đạo này ở huyện đã chọn.", 404)
    account = _account(account_id)
    token = _link(actor, account_id)
    sentence = f"đã cấp lại liên kết đặt mật khẩu cho {account.login}, {tenant.name}."
    _record(actor, "place.link", sentence, tenant_id)
    tell_person(tenant_id, account_id, LINK_MADE.format(place=actor.here.tenant_name), "/tai-khoan")
    return Opened(tenant, account, token)


def move_clock(actor: Identity, at: datetime) -> None:
    """Make it a moment (with a time zone) for everybody; refused in a real installation."""
    _may(actor, Right.MOVE_CLOCK)
    fault = fault_of_moment(at)
    if fault:
        raise Refused(fault, 422)
    before = words.moment(clock.now())
    clock.set_demo_clock(at)
    _record(actor, "clock.move", f"đã chỉnh đồng hồ minh họa từ {before} sang {words.moment(at)}.")


def _link(actor: Identity, account_id: int) -> str:
    token = signin.new_link(account_id, actor.account_id)
    db.session.flush()
    return token


def _account(account_id: int) -> Account:
    return db.session.scalars(select(Account).where(Account.id == account_id)).one()


def _may(actor: Identity, right: Right = Right.OPEN_TENANT) -> None:
    sentence = refusal(actor, right)
    if sentence:
        raise Refused(sentence, 403)


def _record(actor: Identity, act: str, sentence: str, place_id: int | None = None) -> None:
    # The province writes into its own record only; the district it is about stands in the detail.
    record(actor, act, sentence, tenant_id=actor.here.tenant_id, detail={"place": place_id})
