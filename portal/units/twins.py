"""Entries of the registry that may be the same unit: found by what is left of their names, ruled on pair by pair."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.trail.operations import record
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused

from . import rules
from .models import DistinctUnits, Unit
from .operations import hold_registry, must_manage

MOST_REASON = 500


@dataclass(frozen=True, slots=True)
class Twins:
    """Two open entries whose names come to the same."""

    first: Unit
    second: Unit


def twins_of(tenant_id: int) -> list[Twins]:
    """Return the pairs of a district nobody has ruled on, by name; two statements."""
    today = clock.today()
    units = db.session.scalars(
        select(Unit)
        .where(Unit.tenant_id == tenant_id, (Unit.closed_on.is_(None)) | (Unit.closed_on >= today))
        .order_by(Unit.name_sort, Unit.id)
    )
    ruled = {
        (first, second)
        for first, second in db.session.execute(
            select(DistinctUnits.first_id, DistinctUnits.second_id).where(
                DistinctUnits.tenant_id == tenant_id
            )
        )
    }
    alike: dict[str, list[Unit]] = defaultdict(list)
    for unit in units:
        alike[rules.bare_name(unit.name)].append(unit)
    return [
        Twins(*sorted(pair, key=lambda unit: unit.id))
        for group in alike.values()
        for pair in combinations(group, 2)
        if rules.same_place(pair[0].commune, pair[1].commune)
        and (min(u.id for u in pair), max(u.id for u in pair)) not in ruled
    ]


def keep_apart(actor: Identity, tenant_id: int, first_id: int, second_id: int, reason: str) -> DistinctUnits:
    """Say that two entries are two units, and why; they are not named as a pair again.

    Raises `Refused` without a reason and for a pair that is none, `Conflict` where somebody said so already.
    """
    must_manage(actor)
    hold_registry(tenant_id)
    first_id, second_id = sorted((first_id, second_id))
    pair = next((t for t in twins_of(tenant_id) if (t.first.id, t.second.id) == (first_id, second_id)), None)
    if pair is None:
        known = db.session.scalar(
            select(DistinctUnits).where(
                DistinctUnits.tenant_id == tenant_id,
                DistinctUnits.first_id == first_id,
                DistinctUnits.second_id == second_id,
            )
        )
        if known is not None:
            raise Conflict(f"{known.marked_by} đã ghi hai đơn vị này là khác nhau.", known)
        raise Refused("Hai đơn vị này không còn nằm trong danh sách trùng tên.", 422)
    reason = reason.strip()
    if not reason or len(reason) > MOST_REASON:
        raise Refused(f"Xin ghi vì sao đây là hai đơn vị khác nhau (tối đa {MOST_REASON} ký tự).", 422)
    row = DistinctUnits(
        tenant_id=tenant_id,
        first_id=first_id,
        second_id=second_id,
        reason=reason,
        marked_at=clock.now(),
        marked_by=actor.full_name,
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
            db.session.flush()
    except IntegrityError as error:
        raise Conflict("Người khác vừa ghi hai đơn vị này là khác nhau.") from error
    said = f"đã ghi {pair.first.code} và {pair.second.code} ({pair.first.name}) là hai đơn vị khác nhau: {reason}"
    for unit in (pair.first, pair.second):
        record(actor, "unit.apart", said, tenant_id=tenant_id, unit_id=unit.id)
    return row
