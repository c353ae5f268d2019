"""Verbs on the registry: add, change, close, reopen. Each is recorded with what it changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from portal import clock, words
from portal.cycle.queries import tier_at
from portal.trail.operations import record
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused
from tenants.rights import Right, refusal

from . import rules
from .models import Unit
from .queries import codes, details_of, namesakes, unit_of
from .rules import Details

_REGISTRY_LOCK = 7002


class Faulty(Refused):
    """An entry with faults: the sentence of each by field."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__(" ".join(faults.values()), 422)
        self.faults = faults


class Namesakes(Refused):
    """Units that may be the same one already stand in the registry; adding goes on once it is confirmed."""

    def __init__(self, units: Sequence[Unit]) -> None:
        names = "; ".join(f"{unit.name} ({unit.code})" for unit in units[:3])
        super().__init__(
            f"Danh mục đã có đơn vị trùng tên: {names}. Nếu đúng là đơn vị khác, xin xác nhận.", 422
        )
        self.units = list(units)


def must_manage(actor: Identity, unit: Unit | None = None) -> None:
    """Raise `Refused` for who may not keep the registry."""
    sentence = refusal(actor, Right.MANAGE_UNITS, unit)
    if sentence:
        raise Refused(sentence, 403)


def hold_registry(tenant_id: int) -> None:
    """Let one person at a time add to a district's registry (until the commit)."""
    db.session.execute(text("select pg_advisory_xact_lock(:a, :b)"), {"a": _REGISTRY_LOCK, "b": tenant_id})


def add_unit(actor: Identity, tenant_id: int, details: Details, *, confirmed: bool = False) -> Unit:
    """Add a unit; an empty code is generated. Raises `Faulty`, or `Namesakes` until `confirmed`."""
    must_manage(actor)
    details = _checked(details, tenant_id)
    hold_registry(tenant_id)
    if not confirmed:
        same = namesakes(tenant_id, details.name, details.commune)
        if same:
            raise Namesakes(same)
    if not details.code:
        details = replace(details, code=next(rules.code_series(codes(tenant_id))))
    unit = Unit(tenant_id=tenant_id, closed_on=None, **values(details))
    try:
        with db.session.begin_nested():
            db.session.add(unit)
    except IntegrityError:
        raise Faulty({"code": f"Mã {details.code} đã dùng cho một đơn vị khác trong danh mục."}) from None
    _record(actor, unit, "unit.add", f"đã thêm đơn vị {unit.name} ({unit.code}).", after=plain(details))
    return unit


def values(details: Details) -> dict[str, Any]:
    """Return the columns of an entry, with its keys for order and search."""
    return asdict(details) | {
        "name_sort": words.sort_key(details.name)[:600],
        "name_folded": words.fold(details.name)[:300],
    }


def plain(details: Details) -> dict[str, Any]:
    """Return an entry as it is kept in the trail."""
    return {name: str(value) if isinstance(value, date) else value for name, value in asdict(details).items()}


def _checked(details: Details, tenant_id: int) -> Details:
    details = replace(
        details,
        code=details.code.upper(),
        sensitive=details.sensitive or rules.always_sensitive(details.kind),
    )
    found = rules.faults(details, clock.today(), words.kinds_of(tier_at(tenant_id)))
    if found:
        raise Faulty(found)
    return details


def change_unit(
    actor: Identity, tenant_id: int, unit_id: int, version: int, details: Details, *, confirmed: bool = False
) -> Unit:
    """Change a unit's entry. Raises `Faulty`, `Namesakes`, or `Conflict` with the entry as it stands now."""
    must_manage(actor)
    details = _checked(details, tenant_id)
    hold_registry(tenant_id)
    unit = _locked(tenant_id, unit_id, version)
    before = details_of(unit)
    if not details.code:
        details = replace(details, code=before.code)
    renamed = (words.fold(before.name), before.commune) != (words.fold(details.name), details.commune)
    same = namesakes(tenant_id, details.name, details.commune, but=unit_id) if renamed else []
    if same and not confirmed:
        raise Namesakes(same)
    changed = before.differences(details)
    if not changed:
        return unit
    if unit.closed_on and details.opened_on and details.opened_on > unit.closed_on:
        raise Faulty({"opened_on": "Ngày thành lập không thể sau ngày đóng của đơn vị."})
    try:
        with db.session.begin_nested():
            for name, value in values(details).items():
                setattr(unit, name, value)
    except IntegrityError:
        raise Faulty({"code": f"Mã {details.code} đã dùng cho một đơn vị khác trong danh mục."}) from None
    _record_change(actor, unit, before, details, changed)
    return unit


def _record_change(actor: Identity, unit: Unit, before: Details, after: Details, changed: list[str]) -> None:
    named = ", ".join(rules.LABELS[name].lower() for name in changed)
    old, new = plain(before), plain(after)
    _record(
        actor,
        unit,
        "unit.change",
        f"đã sửa thông tin đơn vị {unit.name}: {named}.",
        before={name: old[name] for name in changed},
        after={name: new[name] for name in changed},
    )


def close_unit(actor: Identity, tenant_id: int, unit_id: int, version: int, last_day: date | None) -> Unit:
    """Close a unit after its last day; nothing it filed is lost. Raises `Faulty` or `Conflict`."""
    must_manage(actor)
    unit = _locked(tenant_id, unit_id, version)
    fault = rules.closing_fault(unit.opened_on, last_day, clock.today())
    if fault or last_day is None:
        raise Faulty({"closed_on": fault or ""})
    unit.closed_on = last_day
    db.session.flush()
    sentence = f"đã đóng đơn vị {unit.name}, ngày hoạt động cuối cùng {words.day(last_day)}."
    _record(actor, unit, "unit.close", sentence, after={"closed_on": str(last_day)})
    return unit


def reopen_unit(actor: Identity, tenant_id: int, unit_id: int, version: int) -> Unit:
    """Open a closed unit again; raises `Refused` for one that is not closed, `Conflict` for a stale page."""
    must_manage(actor)
    unit = _locked(tenant_id, unit_id, version)
    if unit.closed_on is None:
        raise Refused("Đơn vị này đang hoạt động.")
    before = {"closed_on": str(unit.closed_on)}
    unit.closed_on = None
    db.session.flush()
    _record(actor, unit, "unit.reopen", f"đã mở lại đơn vị {unit.name}.", before=before)
    return unit


def _locked(tenant_id: int, unit_id: int, version: int) -> Unit:
    unit = unit_of(tenant_id, unit_id, lock=True)
    if unit is None:
        raise Refused("Không tìm thấy đơn vị này trong danh mục.", 422)
    if unit.version != version:
        raise Conflict("Có người vừa sửa đơn vị này. Nội dung anh/chị nhập vẫn còn đây, chưa lưu.", unit)
    return unit


def _record(actor: Identity, unit: Unit, act: str, sentence: str, **detail: Any) -> None:
    record(actor, act, sentence, tenant_id=unit.tenant_id, unit_id=unit.id, detail=detail)
