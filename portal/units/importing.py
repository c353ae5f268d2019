"""Taking a whole registry in from a file: first a dry run that is kept, then, confirmed, the writing.

A row belongs to the unit with its code, or else to the one unit with its name in the same commune;
otherwise it is a new unit. The plan is made anew at the confirmation, against the registry of that
moment, so that the same file sent twice changes nothing the second time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import select

from portal import clock, words
from portal.cycle.queries import tier_at
from portal.jobs import progress
from portal.spelling import fold
from portal.trail.operations import record, record_units
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Refused

from . import rules, uploads
from .columns import head_of, values_of
from .models import ImportBatch, Unit
from .operations import hold_registry, must_manage, plain, values
from .queries import codes, details_of, usual_opening
from .reading import MOST_ROWS, read_lines
from .rules import LABELS, Details

KIND = "units"
NO_HEAD = (
    "Không thấy bảng danh mục: cần một dòng đầu bảng có cột “Tên đơn vị” và “Loại hình”. Xin dùng tệp mẫu."
)


@dataclass(slots=True)
class Step:
    """What one row of the file would do; `act` is create, update, same or bad."""

    line: int
    said: dict[str, Any]
    act: str = "bad"
    unit: Unit | None = None
    details: Details | None = None
    changed: list[str] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file would do, row by row."""

    steps: Sequence[Step]

    @property
    def counts(self) -> Counter[str]:
        """How many rows create, update, change nothing, or are bad."""
        return Counter(step.act for step in self.steps)

    @property
    def bad(self) -> list[Step]:
        """The rows that stand in the way."""
        return [step for step in self.steps if step.act == "bad"]


def read_batch(actor: Identity, tenant_id: int, file_name: str, content: bytes) -> ImportBatch:
    """Read a file and keep its rows for a dry run; the registry is not touched. Raises `Refused`."""
    must_manage(actor)
    return uploads.keep(actor, tenant_id, KIND, file_name, rows_of(content, tier_at(tenant_id)))


def rows_of(content: bytes, tier: str) -> list[dict[str, Any]]:
    """Return what each row of a file says, as it is kept for a dry run; raises `Refused` (422) with what is wrong."""
    for lines in read_lines(content):
        head = head_of(lines)
        if head is None:
            continue
        place, fields = head
        body = lines[place + 1 :]
        if len(body) > MOST_ROWS:
            raise Refused(f"Tệp có quá {MOST_ROWS} dòng. Xin chia thành nhiều tệp.", 422)
        rows = []
        for row in progress.counted(body):
            said, wrong = values_of(row, fields, tier)
            if said or wrong:
                rows.append({"line": row.number, "said": said, "wrong": wrong})
        if not rows:
            raise Refused("Bảng danh mục trong tệp chưa có dòng nào.", 422)
        return rows
    raise Refused(NO_HEAD, 422)


def batch_of(tenant_id: int, batch_id: int) -> ImportBatch | None:
    """Return an uploaded registry, or None when it is not there or not in scope."""
    return uploads.batch_of(tenant_id, KIND, batch_id)


def plan_of(batch: ImportBatch) -> Plan:
    """Return what a file would do to the registry as it stands now."""
    units = list(db.session.scalars(select(Unit).where(Unit.tenant_id == batch.tenant_id).order_by(Unit.id)))
    by_code = {unit.code: unit for unit in units}
    by_name: dict[str, list[Unit]] = {}
    for unit in units:
        by_name.setdefault(unit.name_folded, []).append(unit)
    opened_on = usual_opening()
    today = clock.today()
    kinds = words.kinds_of(tier_at(batch.tenant_id))
    seen: dict[tuple[str, str], int] = {}
    steps = []
    for row in batch.rows:
        step = Step(int(row["line"]), dict(row["said"]), faults=dict(row["wrong"]))
        _match(step, by_code, by_name)
        _merge(step, opened_on, today, kinds)
        _refuse_twice(step, seen)
        if not step.faults:
            step.act = "create" if step.unit is None else "update" if step.changed else "same"
        steps.append(step)
    return Plan(steps)


def _match(step: Step, by_code: dict[str, Unit], by_name: dict[str, list[Unit]]) -> None:
    code, name = step.said.get("code", ""), step.said.get("name", "")
    same = [
        unit
        for unit in by_name.get(fold(name)[:300], [])
        if rules.same_place(unit.commune, step.said.get("commune", ""))
    ]
    if code in by_code:
        step.unit = by_code[code]
        others = [unit for unit in same if unit is not step.unit]
        if others and step.unit not in same:
            step.faults["name"] = f"trùng tên với đơn vị {others[0].code} đã có trong danh mục."
    elif len(same) > 1:
        named = ", ".join(unit.code for unit in same[:3])
        step.faults["code"] = f"có nhiều đơn vị cùng tên ({named}); xin ghi mã để phân biệt."
    elif same and code:
        step.faults["code"] = f"đơn vị cùng tên đã có với mã {same[0].code}; xin ghi đúng mã hoặc để trống."
    elif same:
        step.unit = same[0]


def _merge(step: Step, opened_on: date, today: date, kinds: Collection[str]) -> None:
    said = dict(step.said)
    if "opened_on" in said:
        said["opened_on"] = date.fromisoformat(said["opened_on"])
    if step.unit is None:
        start = Details(name="", kind="", public=True, opened_on=opened_on)
    else:
        start = details_of(step.unit)
    details = replace(start, **said)
    if rules.always_sensitive(details.kind):
        details = replace(details, sensitive=True)
    for name, sentence in rules.faults(details, today, kinds).items():
        if name in said or (step.unit is None and name not in step.faults):
            step.faults.setdefault(name, sentence[:1].lower() + sentence[1:])
    step.details = details
    step.changed = start.differences(details) if step.unit else []


def _refuse_twice(step: Step, seen: dict[tuple[str, str], int]) -> None:
    details = step.details
    if details is None:
        return
    keys = [("code", details.code)] if details.code else []
    keys.append(("name", f"{fold(details.name)} | {fold(details.commune)}"))
    for name, key in keys:
        first = seen.setdefault((name, key), step.line)
        if first != step.line and details.name:
            step.faults.setdefault(name, f"trùng với dòng {first} của tệp.")


def confirm_batch(actor: Identity, tenant_id: int, batch_id: int) -> Plan:
    """Write what the dry run showed, all or nothing. Raises `Refused` for bad rows or a second time."""
    must_manage(actor)
    batch = uploads.waiting(tenant_id, KIND, batch_id)
    hold_registry(tenant_id)
    plan = plan_of(batch)
    if plan.bad:
        raise Refused("Tệp còn dòng chưa đúng nên chưa nhập dòng nào. Xin sửa trong Excel rồi gửi lại.", 422)
    taken = codes(tenant_id)
    taken += [step.said["code"] for step in plan.steps if step.act == "create" and "code" in step.said]
    free = rules.code_series(taken)
    created = []
    for step in progress.counted(plan.steps):
        details = step.details
        assert details is not None
        if step.act == "create":
            if not details.code:
                details = replace(details, code=next(free))
            created.append(Unit(tenant_id=tenant_id, closed_on=None, **values(details)))
        elif step.act == "update" and step.unit is not None:
            _change(actor, step.unit, details, step.changed)
    db.session.add_all(created)
    db.session.flush()
    counts = plan.counts
    uploads.settle(actor, batch, counts["create"] + counts["update"])
    record(
        actor,
        "unit.import",
        f"đã nhập danh mục từ tệp “{batch.file_name}”: thêm {counts['create']}, sửa {counts['update']} đơn vị.",
        tenant_id=tenant_id,
        detail={"codes": [unit.code for unit in created][:MOST_ROWS]},
    )
    added = {unit.id: f"đã thêm đơn vị {unit.name} ({unit.code}) từ tệp." for unit in created}
    record_units(actor, "unit.add", added, tenant_id=tenant_id)
    return plan


def _change(actor: Identity, unit: Unit, details: Details, changed: Sequence[str]) -> None:
    before, after = plain(details_of(unit)), plain(details)
    for name, value in values(details).items():
        setattr(unit, name, value)
    named = ", ".join(LABELS[name].lower() for name in changed)
    record(
        actor,
        "unit.change",
        f"đã sửa thông tin đơn vị {unit.name} từ tệp: {named}.",
        tenant_id=unit.tenant_id,
        unit_id=unit.id,
        detail={"before": {n: before[n] for n in changed}, "after": {n: after[n] for n in changed}},
    )


def drop_batch(actor: Identity, tenant_id: int, batch_id: int) -> None:
    """Throw an uploaded file away, unused."""
    must_manage(actor)
    uploads.drop(tenant_id, KIND, batch_id)
