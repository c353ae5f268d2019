"""Telling a unit, the staff of a district or one person that something happened; reading; choosing mail.

A notice is written in the transaction of what it tells. Mail is made of it afterwards, by the worker.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, insert, literal, select
from sqlalchemy.dialects.postgresql import insert as upsert

from portal import clock
from tenants import signin
from tenants.database import db
from tenants.identity import Identity, Place
from tenants.refusal import Refused
from tenants.scope import current_scope

from .models import MailChoice, Notice, NoticeRead
from .queries import unread_numbers
from .rules import Kind, Pace, is_address

LONGEST_PATH = 300


def tell_unit(tenant_id: int, unit_id: int, sentence: str, path: str = "", kind: Kind = Kind.STEP) -> None:
    """Leave a notice for everybody of a unit; `path` is the page it leads to."""
    _leave([_row(tenant_id, "unit", sentence, path, kind) | {"unit_id": unit_id}])


def tell_units(
    tenant_id: int, unit_ids: Sequence[int], sentence: str, path: str = "", kind: Kind = Kind.REMINDER
) -> None:
    """Leave the same notice for many units of a district, in one statement."""
    shared = _row(tenant_id, "unit", sentence, path, kind)
    _leave([shared | {"unit_id": unit_id} for unit_id in unit_ids])


def tell_all_units(units: Select[tuple[int, int]], sentence: str, path: str, kind: Kind) -> None:
    """Leave the same notice for every unit a statement finds (tenant, unit), of whatever districts, in one statement."""
    found = units.subquery()
    shared = _row(0, "unit", sentence, path, kind)
    del shared["tenant_id"]
    values = [literal(value, Notice.__table__.c[name].type).label(name) for name, value in shared.items()]
    rows = select(found.c[0], found.c[1], *values)
    db.session.execute(
        insert(Notice.__table__).inline().from_select(["tenant_id", "unit_id", *shared], rows)  # type: ignore[arg-type]
    )


def tell_district(
    tenant_id: int, sentence: str, path: str = "", unit_id: int | None = None, kind: Kind = Kind.STEP
) -> None:
    """Leave a notice for the staff of a district; `unit_id` says which unit it is about."""
    _leave([_row(tenant_id, "district", sentence, path, kind) | {"unit_id": unit_id}])


def tell_districts(told: Sequence[tuple[int, str, str]], kind: Kind) -> None:
    """Leave a notice for the staff of each of many districts, in one statement: district, sentence, path."""
    _leave([_row(tenant_id, "district", sentence, path, kind) for tenant_id, sentence, path in told])


def tell_person(
    tenant_id: int, account_id: int, sentence: str, path: str = "", kind: Kind = Kind.ACCOUNT
) -> None:
    """Leave a notice for one person who serves (or served) in a district or one of its units.

    A unit may tell the persons of the unit. The person reads it wherever in the district he or she acts.
    """
    row = _row(tenant_id, "person", sentence, path, kind)
    # What happens to an account is news even to who did it: it may have been somebody else at the keyboard.
    own = {"account_id": account_id} | ({"by_account": None} if kind is Kind.ACCOUNT else {})
    _leave([row | own])


def tell_each(tenant_id: int, audience: str, told: Sequence[tuple[int | None, str, str]], kind: Kind) -> None:
    """Leave many notices of one kind: the unit each is for or about (None: the district alone), sentence, path."""
    _leave(
        [
            _row(tenant_id, audience, sentence, path, kind) | {"unit_id": unit_id}
            for unit_id, sentence, path in told
        ]
    )


def _row(tenant_id: int, audience: str, sentence: str, path: str, kind: Kind) -> dict[str, Any]:
    scope = current_scope()
    return {
        "tenant_id": tenant_id,
        "audience": audience,
        "kind": kind.value,
        "sentence": sentence,
        "path": path[:LONGEST_PATH],
        "sent_at": clock.now(),
        "by_account": (scope.account_id if scope else 0) or None,
    }


def _leave(rows: Sequence[dict[str, Any]]) -> None:
    # Inline: who leaves a notice need not be able to read it, so the new row is not asked back.
    if rows:
        db.session.execute(insert(Notice.__table__).inline(), list(rows))  # type: ignore[arg-type]


def mark_read(tenant_id: int, notice_id: int) -> None:
    """Mark a notice as read by the acting person."""
    _mark(tenant_id, [notice_id])


def mark_all_read(place: Place) -> int:
    """Mark everything in the acting person's inbox at a place as read; returns how many were not."""
    numbers = unread_numbers(place)
    _mark(place.tenant_id, numbers)
    return len(numbers)


def _mark(tenant_id: int, numbers: Sequence[int]) -> None:
    scope = current_scope()
    shared = {"tenant_id": tenant_id, "account_id": scope.account_id if scope else 0, "read_at": clock.now()}
    if numbers:
        statement = upsert(NoticeRead.__table__).on_conflict_do_nothing().inline()  # type: ignore[arg-type]
        db.session.execute(statement, [shared | {"notice_id": number} for number in numbers])


def choose_mail(me: Identity, pace: str, address: str) -> bool:
    """Keep how a person wants mail, and where to ("": the account's address); returns whether the address is new.

    A new address is told to the person, which is also its first mail. Raises `Refused` for one that cannot be.
    """
    if pace not in set(Pace):
        raise Refused("Xin chọn một cách nhận thư.", 422)
    address = address.strip()
    if address and not is_address(address):
        raise Refused(
            "Địa chỉ thư chưa đúng: cần dạng ten@co-quan.vn, không dấu, không khoảng trắng, dài nhất 200 ký tự.",
            422,
        )
    before = db.session.scalar(select(MailChoice.address).where(MailChoice.account_id == me.account_id)) or ""
    values = {"pace": pace, "address": address, "changed_at": signin.now()}
    statement = upsert(MailChoice).values(account_id=me.account_id, **values)
    db.session.execute(statement.on_conflict_do_update(index_elements=["account_id"], set_=values))
    changed = address != before
    if changed and me.place is not None:
        now = address or "địa chỉ do người quản trị ghi"
        sentence = f"Địa chỉ nhận thư của anh/chị vừa đổi thành {now}. Nếu không phải anh/chị đổi, xin đổi mật khẩu ngay."
        tell_person(me.place.tenant_id, me.account_id, sentence, "/tai-khoan")
    return changed
