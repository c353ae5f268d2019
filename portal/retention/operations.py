"""Erasing: what is past its day, every day; and the data of a person who asks, whom no act binds or whose acts stay."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Table, delete, func, select, update

import portal.schema  # noqa: F401  (every table that may name a person)
from portal import clock
from portal.evidence.parts import KEPT_FOR
from portal.inquiries.rules import ASKER_DAYS
from portal.jobs import rules as jobs
from portal.notices import rules as notices
from portal.roster.operations import days_kept
from portal.trail.models import TrailEntry
from portal.trail.operations import record
from tenants import signin, throttle
from tenants.database import Base, db
from tenants.people import Account, Membership, OneTimeLink, SigninSession
from tenants.placing import not_over
from tenants.refusal import Refused
from tenants.scope import Scope, ScopeKind, acting_in
from tenants.wall import declared

from .rules import Keeping, keepings

STEWARD = Scope(ScopeKind.STEWARD)
LINKS_KEPT = timedelta(days=30)
LAST_ERASED = "last_erased"
ERASED_NAME = "Tài khoản đã xóa"


def kept() -> list[Keeping]:
    """Return what is kept how long in this installation (any scope that reads settings)."""
    return keepings(
        roster_days=days_kept(),
        asker_days=ASKER_DAYS,
        upload_days=KEPT_FOR.days,
        result_days=jobs.KEPT.days,
        job_days=jobs.REMEMBERED.days,
        letter_days=notices.KEPT.days,
        session_hours=int(signin.SESSION_IDLE.total_seconds() // 3600),
        link_hours=int(signin.LINK_LIFE.total_seconds() // 3600),
        link_days=LINKS_KEPT.days,
    )


def clear_signin() -> int:
    """Delete sessions and links that are past their time, and old counts of wrong tries; returns how many rows."""
    now = signin.now()
    with acting_in(STEWARD):
        throttle.sweep()
        past = (
            delete(SigninSession).where(SigninSession.expires_at < now),
            delete(SigninSession).where(SigninSession.last_seen_at < now - signin.SESSION_IDLE),
            delete(OneTimeLink).where(OneTimeLink.expires_at < now - LINKS_KEPT),
        )
        return sum(int(getattr(db.session.execute(statement), "rowcount", 0)) for statement in past)


def note_erased(counts: Mapping[str, int]) -> None:
    """Remember what the day's erasing did (steward scope)."""
    told = {"at": signin.now().isoformat(timespec="seconds"), "counts": dict(counts)}
    clock.put_setting(LAST_ERASED, json.dumps(told, ensure_ascii=False))


def last_erased() -> tuple[datetime, dict[str, int]] | None:
    """Return when the last erasing was and what it did; None where there was none."""
    text = clock.settings().get(LAST_ERASED)
    if not text:
        return None
    told = json.loads(text)
    return datetime.fromisoformat(told["at"]), told["counts"]


def erase_person(login: str, reason: str) -> bool:
    """Erase an account's data (steward scope); returns whether the account itself is gone.

    Where an act or a row of the work names it, the account stays as a number without a name: the trail keeps the
    name under which somebody acted, as the record of a public act. Refuses an unknown login, a place still held.
    """
    account = db.session.scalar(
        select(Account).where(Account.login == login.strip().lower()).with_for_update()
    )
    if account is None:
        raise Refused(f"Không có tên đăng nhập “{login}”.", 404)
    homes = db.session.execute(
        select(Membership.tenant_id, not_over(signin.today())).where(Membership.account_id == account.id)
    ).all()
    if any(serves for _, serves in homes):
        raise Refused("Người này còn vai trò đang hiệu lực; xin kết thúc vai trò trước khi xóa.")
    number, bound = account.id, _bound(account.id)
    for table in Base.metadata.tables.values():
        if _of_persons(table):
            for column in _naming(table):
                db.session.execute(delete(table).where(column == number))
    if bound:
        db.session.execute(
            update(Account)
            .where(Account.id == number)
            .values(
                login=f"da-xoa-{number}",
                full_name=ERASED_NAME,
                title="",
                email="",
                phone="",
                disabled_at=func.coalesce(Account.disabled_at, signin.now()),
            )
        )
    else:
        db.session.execute(delete(Membership).where(Membership.account_id == number))
        db.session.execute(delete(Account).where(Account.id == number))
    for tenant_id in sorted({home[0] for home in homes}):
        sentence = f"đã xóa dữ liệu cá nhân của tài khoản số {number} theo yêu cầu: {reason.strip()[:300]}."
        record(None, "person.erase", sentence, tenant_id=tenant_id, detail={"account_id": number})
    return not bound


def _bound(number: int) -> bool:
    """Return whether an act in the trail or a row of the work names an account."""
    if db.session.scalar(select(TrailEntry.id).where(TrailEntry.account_id == number).limit(1)):
        return True
    for table in Base.metadata.tables.values():
        if not _of_persons(table) and table.name != "membership":
            for column in _naming(table):
                if db.session.scalar(select(func.count()).select_from(table).where(column == number)):
                    return True
    return False


def _of_persons(table: Table) -> bool:
    """Return whether a table is about persons alone: what proves them, their sessions, their letters."""
    return "tenant_id" not in table.c and not declared(Base)[table.name].shared


def _naming(table: Table) -> list[Column[Any]]:
    return [fk.parent for fk in table.foreign_keys if fk.column.table.name == "account"]
