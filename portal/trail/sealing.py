"""The chain of seals: what a seal is made of, sealing what is new, and finding the first entry that is not what it was.

A seal is made after the entry is committed, so that nobody waits for anybody when saving. Whatever a place has
committed is found by looking back `LONGEST` behind the last round: no transaction of the program lasts that long.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Select, exists, func, insert, select

from portal.config import Settings
from tenants import signin
from tenants.database import db
from tenants.places import Tenant
from tenants.scope import Scope, ScopeKind, acting_in

from .models import TrailEntry, TrailSeal

LONGEST = timedelta(hours=2)
AT_ONCE = 1000
BEGINNING = bytes(32)
_LOCK = 7002
_FIELDS = (
    "tenant_id", "id", "unit_id", "dossier_id", "act", "at", "real_at", "account_id", "actor", "role", "sentence",
    "detail", "inner_act", "address",
)  # fmt: skip


def hash_of(before: bytes, entry: TrailEntry) -> bytes:
    """Return the seal of an entry that follows the seal `before`."""
    values = {name: getattr(entry, name) for name in _FIELDS}
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_moment)
    return hashlib.sha256(before + text.encode()).digest()


def _moment(value: Any) -> str:
    moment: datetime = value
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def last_seal(tenant_id: int) -> TrailSeal | None:
    """Return the head of a place's chain, None before the first seal."""
    return db.session.scalar(
        select(TrailSeal).where(TrailSeal.tenant_id == tenant_id).order_by(TrailSeal.number.desc()).limit(1)
    )


def unsealed(tenant_id: int, last: TrailSeal | None) -> Select[Any]:
    """Return the statement of the entries that the next round seals."""
    sealed = exists().where(TrailSeal.tenant_id == TrailEntry.tenant_id, TrailSeal.entry_id == TrailEntry.id)
    statement = select(TrailEntry).where(TrailEntry.tenant_id == tenant_id, ~sealed)
    return statement if last is None else statement.where(TrailEntry.real_at >= last.sealed_at - LONGEST)


def seal(tenant_id: int) -> int:
    """Seal what a place has committed since the last round, in the order of the entries; returns how many.

    Two workers never seal one place at once: the second leaves it to the first.
    """
    if not db.session.scalar(select(func.pg_try_advisory_xact_lock(_LOCK, tenant_id))):
        return 0
    last = last_seal(tenant_id)
    number, before = (last.number, last.hash) if last else (0, BEGINNING)
    now, count = signin.now(), 0
    waiting = unsealed(tenant_id, last).order_by(TrailEntry.id).execution_options(yield_per=AT_ONCE)
    for entries in db.session.scalars(waiting).partitions():
        rows = []
        for entry in entries:
            db.session.expunge(entry)
            number, before = number + 1, hash_of(before, entry)
            rows.append(
                {
                    "tenant_id": tenant_id,
                    "number": number,
                    "entry_id": entry.id,
                    "hash": before,
                    "sealed_at": now,
                }
            )
        db.session.execute(insert(TrailSeal.__table__), rows)  # type: ignore[arg-type]
        count += len(rows)
    return count


def seal_all(stop: Callable[[], bool] = lambda: False) -> int:
    """Seal the new entries of every place, each in a transaction of its own; returns how many."""
    with acting_in(Scope(ScopeKind.WORK, writes=False)):
        places = list(db.session.scalars(select(Tenant.id).order_by(Tenant.id)))
    count = 0
    for tenant_id in places:
        if stop():
            break
        with acting_in(Scope(ScopeKind.WORK)):
            count += seal(tenant_id)
    return count


class Sealing:
    """The worker's kind of work for the trail."""

    name = "seals"
    rest = 60.0

    def wanted(self, settings: Settings) -> bool:
        """Every installation has a trail."""
        return True

    def run(self, settings: Settings, stop: Callable[[], bool]) -> int:
        """Seal what is new."""
        return seal_all(stop)


@dataclass(frozen=True, slots=True)
class Proof:
    """What the check of a place's chain gave: its head, and the first thing that is not as it was ("" for none)."""

    name: str
    number: int
    hash: bytes
    fault: str = ""


def prove_all() -> Iterator[Proof]:
    """Check the whole chain of every place; runs where all places are read (the operator's command)."""
    for tenant_id, name in db.session.execute(
        select(Tenant.id, Tenant.name).order_by(Tenant.name_sort)
    ).all():
        number, before, fault = 0, BEGINNING, ""
        chain = (
            select(TrailSeal, TrailEntry)
            .outerjoin(
                TrailEntry,
                (TrailEntry.tenant_id == TrailSeal.tenant_id) & (TrailEntry.id == TrailSeal.entry_id),
            )
            .where(TrailSeal.tenant_id == tenant_id)
            .order_by(TrailSeal.number)
            .execution_options(yield_per=AT_ONCE)
        )
        with db.session.execute(chain) as links:
            for sealed, entry in links:
                fault = _fault(number + 1, before, sealed, entry)
                if fault:
                    break
                number, before = sealed.number, sealed.hash
                db.session.expunge(sealed)
                db.session.expunge(entry)
        yield Proof(name, number, before, fault or _slipped_in(tenant_id))
        db.session.expunge_all()


def _fault(expected: int, before: bytes, sealed: TrailSeal, entry: TrailEntry | None) -> str:
    if sealed.number != expected:
        return f"thiếu niêm phong số {expected}"
    if entry is None:
        return f"mục nhật ký {sealed.entry_id} (niêm phong số {expected}) đã bị xóa"
    if hash_of(before, entry) != sealed.hash:
        return f"mục nhật ký {sealed.entry_id} (niêm phong số {expected}) không còn như khi niêm phong"
    return ""


def _slipped_in(tenant_id: int) -> str:
    """Find an entry that claims a time before the last round and was not there in that round."""
    last = last_seal(tenant_id)
    if last is None:
        return ""
    sealed = exists().where(TrailSeal.tenant_id == TrailEntry.tenant_id, TrailSeal.entry_id == TrailEntry.id)
    stranger = db.session.scalar(
        select(func.min(TrailEntry.id)).where(
            TrailEntry.tenant_id == tenant_id, TrailEntry.real_at < last.sealed_at - LONGEST, ~sealed
        )
    )
    return f"mục nhật ký {stranger} không có khi niêm phong thời gian đó: đã bị chèn thêm" if stranger else ""
