"""Verbs on places and persons: open a tenant, create an account, place a person, end a role.

Each runs in the scope of who acts; the wall refuses what the scope may not. The work's own record of
who did what (the trail) is kept by the caller, because this package knows nothing of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select, text, update
from sqlalchemy.exc import IntegrityError

from . import signin
from .database import db
from .people import Account, Membership, Role
from .places import WORDS, FormerName, Tenant, TenantKind
from .refusal import Refused

ELSEWHERE = (
    "Người này còn vai trò ở một nơi khác, nên tài khoản không thuộc riêng nơi này. "
    "Tại đây chỉ có thể kết thúc vai trò của người này."
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
    chair_title: str = "CHỦ TỊCH",
    symbol: str = "UBND",
) -> Tenant:
    """Open a new tenant (province only). Raises `Refused` for a code in use at any time from its first day on."""
    if code_taken(code, valid_from):
        raise Refused(f"Mã “{code}” đã dùng cho một nơi khác.", 422)
    tenant = Tenant(
        kind=kind,
        code=code,
        name=name,
        name_sort=name_sort,
        committee=committee,
        office=office,
        seat=seat,
        chair_title=chair_title,
        symbol=symbol,
        valid_from=valid_from,
    )
    db.session.add(tenant)
    db.session.flush()
    return tenant


def code_taken(code: str, since: date) -> bool:
    """Return whether a code, in whatever letters, belongs to a place that is not closed on a day.

    The State gives the code of a place that is no more to a new one (law.md §9), so it is free again from then on.
    """
    same = func.lower(Tenant.code) == code.strip().lower()
    open_then = or_(Tenant.valid_to.is_(None), Tenant.valid_to > since)
    return bool(db.session.scalar(select(Tenant.id).where(same, open_then).limit(1)))


def rename(place: Tenant, words: Mapping[str, Any], on_day: date, basis: str) -> None:
    """Give a place other words from a day on; what it was until then is kept as a former name.

    Raises `Refused` for a day that is not after the one its present words began.
    """
    since = named_since(place)
    if on_day <= since:
        raise Refused(f"{place.name} mang tên này từ {since:%d/%m/%Y}; ngày đổi phải sau ngày đó.", 422)
    kept = {name: getattr(place, name) for name in WORDS}
    db.session.add(FormerName(place_id=place.id, valid_from=since, valid_to=on_day, basis=basis, **kept))
    for name in WORDS:
        if name in words:
            setattr(place, name, words[name])
    db.session.flush()


def named_since(place: Tenant) -> date:
    """Return the day from which a place has borne its present words."""
    last = db.session.scalar(select(func.max(FormerName.valid_to)).where(FormerName.place_id == place.id))
    return last or place.valid_from
