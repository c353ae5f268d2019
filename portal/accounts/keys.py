"""Verbs on what opens an account: a new link, shutting, opening, a lost phone.

Only for persons who serve this district alone; somebody who also serves another place belongs to nobody.
What touches sessions and codes happens first, in the sign-in scope, after the right has been asked.
"""

from __future__ import annotations

from sqlalchemy import select

from portal.notices.operations import tell_person
from portal.notices.wording import LINK_MADE
from portal.units.models import Unit
from tenants import operations as persons
from tenants import signin, totp
from tenants.database import db
from tenants.identity import Identity
from tenants.people import Membership
from tenants.refusal import Refused
from tenants.scope import Scope, ScopeKind, acting_in

from .operations import Handed, handed, known, must_manage, note, tenant_of
from .queries import decides

KEY_OF_DECIDER = (
    "Liên kết của người giữ quyền quyết định do quản trị tỉnh cấp, để không ai một mình có được quyền đó."
)


def new_link(actor: Identity, tenant_id: int, account_id: int) -> Handed:
    """Make a new link for a person; an older one dies. Raises `Refused`."""
    must_manage(actor)
    account = known(tenant_id, account_id)
    if account_id == actor.account_id:
        raise Refused("Mật khẩu của mình được đổi ở trang Tài khoản của tôi, sau khi nhập mật khẩu cũ.")
    persons.require_placed_only_here(account_id)
    if account.disabled_at:
        raise Refused("Tài khoản đang khóa. Xin mở lại trước khi cấp liên kết.")
    if decides(tenant_id, account_id):
        raise Refused(KEY_OF_DECIDER)
    role, unit = _latest_role(tenant_id, account_id)
    made = handed(actor, account_id, role, unit or tenant_of(tenant_id).name)
    sentence = f"đã cấp liên kết đặt mật khẩu cho {account.login}."
    note(actor, tenant_id, "person.link", sentence, account_id)
    tell_person(tenant_id, account_id, LINK_MADE.format(place=tenant_of(tenant_id).name), "/tai-khoan")
    return made


def disable(actor: Identity, tenant_id: int, account_id: int) -> None:
    """Shut a person's account; its sessions end at once. Raises `Refused`."""
    must_manage(actor)
    account = known(tenant_id, account_id)
    if account_id == actor.account_id:
        raise Refused("Không thể tự khóa tài khoản của mình.")
    persons.require_placed_only_here(account_id)
    if account.disabled_at:
        raise Refused("Tài khoản này đã khóa rồi.")
    name = account.full_name
    with acting_in(Scope(ScopeKind.SIGNIN)):
        signin.end_sessions(account_id)
    persons.disable_account(account_id)
    note(actor, tenant_id, "person.disable", f"đã khóa tài khoản của {name}.", account_id)
    tell_person(tenant_id, account_id, "Tài khoản của anh/chị đã bị khóa; không đăng nhập được nữa.")


def enable(actor: Identity, tenant_id: int, account_id: int) -> None:
    """Open a shut account again; the old password works again. Raises `Refused`."""
    must_manage(actor)
    account = known(tenant_id, account_id)
    persons.require_placed_only_here(account_id)
    if account.disabled_at is None:
        raise Refused("Tài khoản này đang mở.")
    persons.enable_account(account_id)
    note(actor, tenant_id, "person.enable", f"đã mở lại tài khoản của {account.full_name}.", account_id)
    tell_person(
        tenant_id, account_id, "Tài khoản của anh/chị đã được mở lại; mật khẩu cũ dùng được.", "/tai-khoan"
    )


def drop_second_factor(actor: Identity, tenant_id: int, account_id: int) -> None:
    """Remove the second factor of somebody who lost the phone; sessions end. Raises `Refused`."""
    must_manage(actor)
    account = known(tenant_id, account_id)
    if account_id == actor.account_id:
        raise Refused("Mã xác thực của mình được tắt ở trang Tài khoản của tôi, sau khi nhập mật khẩu.")
    persons.require_placed_only_here(account_id)
    name = account.full_name
    with acting_in(Scope(ScopeKind.SIGNIN)):
        totp.drop(account_id)
        signin.end_sessions(account_id)
    note(actor, tenant_id, "person.totp", f"đã tắt mã xác thực hai lớp của {name}.", account_id)
    dropped = "Người quản trị đã tắt mã xác thực hai lớp của anh/chị. Xin bật lại trên điện thoại mới."
    tell_person(tenant_id, account_id, dropped, "/tai-khoan/ma-xac-thuc")


def _latest_role(tenant_id: int, account_id: int) -> tuple[str, str | None]:
    """Return the role a person got last here, and the name of its unit, if it is in one."""
    role, unit = db.session.execute(
        select(Membership.role, Unit.name)
        .outerjoin(Unit, (Unit.tenant_id == Membership.tenant_id) & (Unit.id == Membership.unit_id))
        .where(Membership.tenant_id == tenant_id, Membership.account_id == account_id)
        .order_by(Membership.id.desc())
        .limit(1)
    ).one()
    return str(role), unit
