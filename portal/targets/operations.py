"""The verbs of targets: adopt a ready-made one, set an own one, change it, retire it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.catalogue.kept import indicators_of
from portal.cycle.models import Cycle
from portal.cycle.queries import cycle_of
from portal.dossiers.taking import must
from portal.trail.operations import record
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused
from tenants.rights import Right

from .gathering import last_day_of_decisions
from .models import DistrictTarget
from .queries import not_adopted, target_of, targets_of
from .ready import READY_BY_CODE
from .rules import Measure
from .wording import concerned, offered

MOST = 40
YEARS_AHEAD = 10
SAME_TITLE = "Năm này đã có mục tiêu cùng tên. Xin xem danh sách mục tiêu; mục tiêu có sẵn thì sửa được."


@dataclass(frozen=True, slots=True)
class Wish:
    """A target as it is wanted: goal in whole percent, the last day for it."""

    title: str
    measure: Measure
    goal: int
    due_on: date
    note: str = ""


def adopt(actor: Identity, year: int, codes: Collection[str]) -> list[DistrictTarget]:
    """Adopt ready-made targets that are not there yet, in their order; raises `Refused` for an unknown one."""
    must(actor, Right.SET_TARGETS)
    cycle, place = _open(year), actor.here
    if not codes or not set(codes) <= set(READY_BY_CODE):
        raise Refused("Xin chọn mục tiêu trong danh sách có sẵn.", 422)
    there = targets_of(place.tenant_id, year)
    made: list[DistrictTarget] = []
    for one in not_adopted(there, cycle):
        if one.code not in codes:
            continue
        due_on = last_day_of_decisions(cycle) if one.with_decision else date(year, 12, 31)
        row = _new(actor, year, Wish(one.title, one.measure, one.goal, due_on), len(there) + len(made))
        row.ready = one.code
        made.append(row)
        db.session.add(row)
    _flush()
    for row in made:
        _record(actor, row, "target_set", f"đã nhận mục tiêu “{row.title}” năm {year}, {row.goal} %.")
    return made


def add(actor: Identity, year: int, wish: Wish) -> DistrictTarget:
    """Set a target of the district's own; raises `Refused` with the sentence for what cannot be."""
    must(actor, Right.SET_TARGETS)
    cycle, place = _open(year), actor.here
    _check(wish, cycle)
    row = _new(actor, year, wish, len(targets_of(place.tenant_id, year)))
    db.session.add(row)
    _flush()
    _record(actor, row, "target_set", f"đã đặt mục tiêu “{row.title}” năm {year}, {row.goal} %.")
    return row


def change(actor: Identity, target: DistrictTarget, wish: Wish, version: int) -> DistrictTarget:
    """Change a target in force; raises `Conflict` where it changed since `version`."""
    must(actor, Right.SET_TARGETS)
    row = _held(target, version)
    _check(wish, _open(row.year))
    before = _as_json(row)
    _fill(actor, row, wish)
    _flush()
    _record(actor, row, "target_changed", f"đã sửa mục tiêu “{row.title}” năm {row.year}.", before=before)
    return row


def retire(actor: Identity, target: DistrictTarget, reason: str, version: int) -> DistrictTarget:
    """Retire a target; it stays on record with the reason, its units no longer see it."""
    must(actor, Right.SET_TARGETS)
    row = _held(target, version)
    if not reason:
        raise Refused("Xin ghi lý do thôi mục tiêu này.", 422)
    row.retired_at, row.retired_by, row.retired_reason = clock.now(), actor.full_name, reason
    _flush()
    _record(actor, row, "target_retired", f"đã thôi mục tiêu “{row.title}” năm {row.year}: {reason}")
    return row


def _open(year: int) -> Cycle:
    cycle = cycle_of(year)
    if cycle is None:
        raise Refused(f"Sở chưa mở năm đánh giá {year}.", 404)
    return cycle


def _held(target: DistrictTarget, version: int) -> DistrictTarget:
    row = target_of(target.tenant_id, target.id, lock=True)
    if row is None:
        raise Refused("Không tìm thấy mục tiêu này.", 404)
    if row.retired_at is not None:
        raise Conflict(f"{row.retired_by} đã thôi mục tiêu này.", row)
    if row.version != version:
        raise Conflict(f"{row.changed_by} vừa sửa mục tiêu này. Xin xem nội dung đang lưu rồi lưu lại.", row)
    return row


def _check(wish: Wish, cycle: Cycle) -> None:
    rows = indicators_of(cycle.version_id)
    if wish.measure.code not in dict(offered(rows)):
        raise Refused("Xin chọn điều được đếm trong danh sách.", 422)
    row = next((one for one in rows if one.key == wish.measure.indicator), None)
    if wish.measure.kinds and not concerned(wish.measure, row):
        raise Refused(
            "Chỉ tiêu được đếm không áp dụng cho loại hình nào đã chọn. Xin chọn lại loại hình.", 422
        )
    if not 1 <= wish.goal <= 100:
        raise Refused("Mục tiêu là số nguyên từ 1 đến 100 %.", 422)
    first, last = date(cycle.year, 1, 1), date(cycle.year + YEARS_AHEAD, 12, 31)
    if not first <= wish.due_on <= last:
        raise Refused(f"Hạn phải từ ngày {first:%d/%m/%Y} đến ngày {last:%d/%m/%Y}.", 422)


def _new(actor: Identity, year: int, wish: Wish, there: int) -> DistrictTarget:
    if there >= MOST:
        raise Refused(f"Mỗi năm đặt nhiều nhất {MOST} mục tiêu. Xin thôi bớt mục tiêu cũ.", 422)
    row = DistrictTarget(tenant_id=actor.here.tenant_id, year=year)
    _fill(actor, row, wish)
    return row


def _fill(actor: Identity, row: DistrictTarget, wish: Wish) -> None:
    measure, now = wish.measure, clock.now()  # asks the database, so before the row changes
    row.title, row.goal, row.due_on, row.note = wish.title, wish.goal, wish.due_on, wish.note
    row.counting, row.indicator_key, row.least = measure.counting.value, measure.indicator, measure.least
    row.kinds = sorted(measure.kinds)
    row.changed_at, row.changed_by = now, actor.full_name


def _flush() -> None:
    """Send what is written; the same target from somebody else at the same time becomes a conflict."""
    try:
        db.session.flush()
    except IntegrityError as error:
        db.session.rollback()
        raise Conflict(SAME_TITLE) from error


def _as_json(row: DistrictTarget) -> dict[str, object]:
    return {
        "title": row.title,
        "measure": row.measure.code,
        "kinds": list(row.kinds),
        "goal": row.goal,
        "due_on": row.due_on.isoformat(),
    }


def _record(
    actor: Identity, row: DistrictTarget, act: str, sentence: str, before: dict[str, object] | None = None
) -> None:
    detail = {"target_id": row.id, "year": row.year, "before": before, "after": _as_json(row)}
    record(actor, act, sentence, tenant_id=row.tenant_id, detail=detail)
