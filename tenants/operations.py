"""Verbs on places and persons: open a tenant, create an account, place a person, end a role.

Each runs in the scope of who acts; the wall refuses what the scope may not. The work's own record of
who did what (the trail) is kept by the caller, because this package knows nothing of it.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError

from . import signin
from .database import db
from .people import Account, Membership, Role
from .places import Tenant, TenantKind
from .refusal import Refused

ELSEWHERE = (
    "Người này còn vai trò ở một nơi khác, nên tài khoản không thuộc riêng huyện mình. "
    "Tại đây chỉ có thể kết thúc vai trò của người này trong huyện."
)


class LoginTaken(Refused):
    """Somebody in the deployment has this login name."""


def new_account(login: str, full_name: str, *, title: str = "", email: str = "", phone: str = "") -> int:
    """Create a person's account and return its id; it cannot sign in before a link sets a password.

    Raises `Refused` for a malformed login name, `LoginTaken` for one that is not free.
    """
    login = login.strip().lower()
    if not signin.LOGIN.fullmatch(login):
        raise Refused(
            f"Tên đăng nhập “{login[:60]}” chưa đúng: dùng 3–60 chữ thường không dấu, số, dấu chấm, gạch nối.",
            422,
        )
    if not full_name.strip():
        raise Refused("Xin nhập họ tên hoặc tên gọi của tài khoản.", 422)
    account_id = int(db.session.scalar(text("select nextval('account_id_seq')")) or 0)
    try:
        with db.session.begin_nested():
            db.session.execute(
                Account.__table__.insert().values(  # type: ignore[attr-defined]
                    id=account_id,
                    login=login,
                    full_name=full_name.strip()[:200],
                    title=title.strip()[:200],
                    email=email.strip()[:200],
                    phone=phone.strip()[:30],
                    created_at=signin.now(),
                )
            )
    except IntegrityError:
        raise LoginTaken(f"Tên đăng nhập “{login}” đã có người dùng. Xin chọn tên khác.", 422) from None
    return account_id


def place_person(
    account_id: int,
    role: Role,
    tenant_id: int,
    *,
    unit_id: int | None = None,
    since: date,
    until: date | None = None,
    proposal_id: int | None = None,
    delegation_id: int | None = None,
) -> Membership:
    """Give a person a role in a place from a day on (until: the last day, inclusive).

    A role that decides names its confirmed proposal, a delegated one its delegation; the wall refuses it without.
    """
    membership = Membership(
        tenant_id=tenant_id,
        account_id=account_id,
        role=role,
        unit_id=unit_id,
        since=since,
        until=until,
        proposal_id=proposal_id,
        delegation_id=delegation_id,
    )
    db.session.add(membership)
    db.session.flush()
    return membership


def end_membership(membership: Membership, last_day: date) -> None:
    """End a role at once; `last_day` is kept for the history, never earlier than its first day."""
    membership.until = max(last_day, membership.since)
    membership.ended_at = signin.now()


def placed_only_here(account_id: int) -> bool:
    """Return whether a person serves the acting district and no other place (the wall asks the same)."""
    return bool(db.session.scalar(select(func.placed_only_here(account_id))))


def require_placed_only_here(account_id: int) -> None:
    """Raise `Refused` for a person who also serves another place: only the role here can be ended."""
    if not placed_only_here(account_id):
        raise Refused(ELSEWHERE)


def disable_account(account_id: int) -> None:
    """Shut an account at once; refused where the person also serves another district."""
    changed = db.session.execute(
        update(Account).where(Account.id == account_id).values(disabled_at=signin.now())
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused(ELSEWHERE)


def enable_account(account_id: int) -> None:
    """Open a shut account again; refused where the person also serves another district."""
    changed = db.session.execute(update(Account).where(Account.id == account_id).values(disabled_at=None))
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused(ELSEWHERE)


def open_tenant(
    *,
    kind: TenantKind,
    code: str,
    name: str,
    name_sort: str,
    committee: str,
    office: str,
    seat: str,
    valid_from: date,
) -> Tenant:
    """Open a new tenant (province only). Raises `Refused` for a code already in use."""
    if db.session.scalar(select(Tenant.id).where(Tenant.code == code)):
        raise Refused(f"Mã “{code}” đã dùng cho một nơi khác.", 422)
    tenant = Tenant(
        kind=kind,
        code=code,
        name=name,
        name_sort=name_sort,
        committee=committee,
        office=office,
        seat=seat,
        valid_from=valid_from,
    )
    db.session.add(tenant)
    db.session.flush()
    return tenant
