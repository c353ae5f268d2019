"""The province's verbs on a plan: begin it, say who takes over, say which unit goes where, confirm, ask for the way back.

Nothing of a district changes here: what was confirmed is carried out by the worker on its day (`working.py`), or by
the operator with `flask tenant reform`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select

from portal import clock, words
from portal.dossiers.taking import must
from portal.place_kinds import OF_PROVINCE, kind_of
from portal.trail.operations import record
from tenants.database import db
from tenants.identity import Identity
from tenants.places import Tenant, TenantKind
from tenants.refusal import Conflict, Refused
from tenants.rights import Right

from . import known
from .models import Reform
from .planning import Plan, plan_of, stops
from .reading import Line, read_lines_of
from .returning import fault_of_return
from .rules import STEPS, Kind, Rule, State, Successor

MOST_PLACES = 60


@dataclass(frozen=True, slots=True)
class Basics:
    """What a plan begins with: what changes, from when, by which document, and for how many days there is a way back."""

    kind: Kind
    sources: Sequence[int]
    effective_on: date
    document_number: str
    document_dated: date
    document_issuer: str
    back_days: int = 30


def begin(actor: Identity, basics: Basics) -> Reform:
    """Begin a plan. Raises `Refused` for places that do not exist or are closed."""
    must(actor, Right.REFORM_PLACES)
    reform = Reform(created_at=clock.now(), created_by=actor.full_name, sources=[])
    _set(reform, basics)
    db.session.add(reform)
    db.session.flush()
    _record(actor, reform, "reform.begin", f"đã lập phương án số {reform.id} theo {reform.basis}.")
    return reform


def change(actor: Identity, reform: Reform, basics: Basics, version: int) -> None:
    """Change what a draft begins with; what was said of places that are no longer in it goes."""
    _draft(actor, reform, version)
    _set(reform, basics)
    rule = Rule.from_json(reform.goes_to)
    kept = set(reform.sources)
    reform.goes_to = Rule(
        rule.units,
        {place: to for place, to in rule.communes.items() if place[0] in kept},
        {source: to for source, to in rule.rest.items() if source in kept},
    ).as_json()
    _record(actor, reform, "reform.change", f"đã sửa phương án số {reform.id}.")


def _set(reform: Reform, basics: Basics) -> None:
    sources = sorted(set(basics.sources))
    running = select(Tenant.id).where(
        Tenant.id.in_(sources), Tenant.valid_to.is_(None), Tenant.kind.not_in(OF_PROVINCE)
    )
    if not sources or set(db.session.scalars(running)) != set(sources):
        raise Refused("Xin chọn nơi được sắp xếp, trong các nơi đang hoạt động.", 422)
    if basics.kind is Kind.RENAME and len(sources) > 1:
        raise Refused("Đổi tên, đổi loại: mỗi phương án một nơi.", 422)
    for name in ("kind", "effective_on", "document_number", "document_dated", "document_issuer", "back_days"):
        setattr(reform, name, getattr(basics, name))
    reform.sources = sources


def add_place(actor: Identity, reform: Reform, place: Successor, version: int) -> None:
    """Add a place after the reform: one that exists, or a new one; a single one takes every unit that is left."""
    _draft(actor, reform, version)
    places = [Successor(**one) for one in reform.places]
    if len(places) >= MOST_PLACES:
        raise Refused(f"Một phương án có tối đa {MOST_PLACES} nơi tiếp nhận.", 422)
    if place.tenant_id is not None:
        existing = db.session.get(Tenant, place.tenant_id)
        if existing is None or existing.kind in OF_PROVINCE:
            raise Refused("Không có nơi này.", 404)
        place = replace(place, name=existing.name, kind=str(existing.kind), code=existing.code)
        if any(one.tenant_id == place.tenant_id for one in places):
            raise Refused(f"{place.name} đã có trong phương án.", 422)
    elif any(words.sort_key(one.name) == words.sort_key(place.name) for one in places):
        raise Refused(f"{place.name} đã có trong phương án.", 422)
    if Kind(reform.kind) is Kind.RENAME:
        places = []
    number = max((int(one.key) for one in places), default=0) + 1
    places.append(replace(place, key=str(number)))
    reform.places = [one.as_json() for one in places]
    if Kind(reform.kind) is Kind.MERGE:
        rule = Rule.from_json(reform.goes_to)
        reform.goes_to = Rule(rule.units, rule.communes, dict.fromkeys(reform.sources, str(number))).as_json()
    _record(actor, reform, "reform.place", f"đã ghi {place.name} vào phương án số {reform.id}.")


def drop_place(actor: Identity, reform: Reform, key: str, version: int) -> None:
    """Take a place out of a plan, with everything that was said to go there."""
    _draft(actor, reform, version)
    left = [place for place in reform.places if place["key"] != key]
    if len(left) == len(reform.places):
        raise Refused("Nơi này không có trong phương án.", 404)
    reform.places = left
    reform.goes_to = Rule.from_json(reform.goes_to).without(key).as_json()
    _record(actor, reform, "reform.place", f"đã bỏ một nơi tiếp nhận khỏi phương án số {reform.id}.")


def assign(
    actor: Identity,
    reform: Reform,
    version: int,
    *,
    communes: Mapping[tuple[int, str], str] | None = None,
    rest: Mapping[int, str] | None = None,
    units: Mapping[int, str] | None = None,
    recode: bool | None = None,
) -> None:
    """Say where communes, everything else of a source, or single units go; "" takes what was said back."""
    _draft(actor, reform, version)
    keys = {place["key"] for place in reform.places} | {""}
    given = [*(communes or {}).values(), *(rest or {}).values(), *(units or {}).values()]
    if not set(given) <= keys:
        raise Refused("Có nơi tiếp nhận không còn trong phương án. Xin mở lại trang.", 422)
    rule = Rule.from_json(reform.goes_to)
    merged = Rule(
        {**rule.units, **(units or {})}, {**rule.communes, **(communes or {})}, {**rule.rest, **(rest or {})}
    )
    reform.goes_to = merged.without("").as_json()
    if recode is not None:
        reform.recode = recode
    _record(actor, reform, "reform.assign", f"đã phân bổ đơn vị trong phương án số {reform.id}.")


def assign_by_file(actor: Identity, reform: Reform, content: bytes, version: int) -> int:
    """Say where single units go by a file of unit codes; all of it or nothing. Returns how many lines it had.

    Raises `Refused` (422) with the first lines that name no unit or no place of the plan.
    """
    _draft(actor, reform, version)
    plan = plan_of(reform)
    chosen: dict[int, str] = {}
    faults: list[str] = []
    lines = read_lines_of(content)
    for line in lines:
        unit, key, fault = _meant(plan, line)
        if fault:
            faults.append(f"dòng {line.number}: {fault}")
        elif unit in chosen and chosen[unit] != key:
            faults.append(f"dòng {line.number}: đơn vị {line.code} đã có nơi khác ở dòng trên")
        else:
            chosen[unit] = key
    if faults:
        more = f" … và {len(faults) - 5} dòng nữa" if len(faults) > 5 else ""
        raise Refused(f"Tệp chưa được dùng: {'; '.join(faults[:5])}{more}.", 422)
    assign(actor, reform, version, units=chosen)
    return len(lines)


def _meant(plan: Plan, line: Line) -> tuple[int, str, str]:
    """Return the unit and the place a line of the file means, or what is wrong with it."""
    units = [
        unit
        for unit in plan.units
        if unit.code.casefold() == line.code.casefold()
        and (not line.source or words.fold(line.source) == words.fold(plan.source(unit.tenant_id).name))
    ]
    if not units:
        return 0, "", f"không có đơn vị mã {line.code}"
    if len(units) > 1:
        return 0, "", f"mã {line.code} có ở nhiều nơi cũ, cần ghi cột Nơi cũ"
    said = words.fold(line.target)
    keys = [place.key for place in plan.places if said in (words.fold(place.name), words.fold(place.code))]
    if said and len(keys) != 1:
        return 0, "", f"“{line.target}” không phải một nơi tiếp nhận của phương án"
    return units[0].id, keys[0] if said else "", ""


def suggest(actor: Identity, reform: Reform, version: int) -> tuple[int, int]:
    """Take over what the list of 7/2025 knows of the sources' communes; what was said already stays.

    Returns how many communes got a place, and how many are left because they were divided. Places that are missing in
    the plan are added as new ones. Raises `Refused` where the list knows none of the communes.
    """
    _draft(actor, reform, version)
    plan = plan_of(reform)
    rule, places = plan.rule, list(plan.places)
    communes, running = dict(rule.communes), _running()
    given = divided = 0
    for source in plan.sources:
        there = {unit.commune for unit in plan.units if unit.tenant_id == source.id}
        for commune, places_after in sorted(known.successors_of(source.name).items()):
            if commune not in there or communes.get((source.id, commune)):
                continue
            for after in places_after:
                if not any(place.name == after.name for place in places):
                    places.append(_from_list(places, after, running))
            if len(places_after) > 1:
                divided += 1
                continue
            communes[source.id, commune] = next(p.key for p in places if p.name == places_after[0].name)
            given += 1
    if not given and not divided:
        raise Refused("Danh mục kèm theo cổng không có thông tin về các xã, phường của nơi này.", 422)
    reform.places = [place.as_json() for place in places]
    reform.goes_to = Rule(rule.units, communes, rule.rest).as_json()
    sentence = f"đã lấy gợi ý nơi tiếp nhận từ danh mục ({known.SOURCE}) cho phương án số {reform.id}."
    _record(actor, reform, "reform.suggest", sentence)
    return given, divided


def _running() -> dict[str, Tenant]:
    rows = select(Tenant).where(Tenant.valid_to.is_(None), Tenant.kind.not_in(OF_PROVINCE))
    return {place.name_sort: place for place in db.session.scalars(rows)}


def _from_list(places: Sequence[Successor], after: known.Known, running: Mapping[str, Tenant]) -> Successor:
    """Return a place of the list as one of the plan: the running one of that name, or a new one of its template."""
    key = str(max((int(place.key) for place in places), default=0) + 1)
    there = running.get(words.sort_key(after.name))
    if there is not None:
        return Successor(key, there.name, there.id, str(there.kind), there.code)
    kind = kind_of(after.name) or TenantKind.COMMUNE
    return Successor(key, after.name, kind=kind.value, code=after.code)


def confirm(actor: Identity, reform: Reform, reason: str, version: int) -> None:
    """Confirm a plan: from its day on it is carried out. Raises `Refused` for one that something stops."""
    _draft(actor, reform, version)
    if not reason:
        raise Refused(
            "Xin ghi lý do, căn cứ giao thực hiện; lý do này vào nhật ký của mọi nơi liên quan.", 422
        )
    against = [stop.sentence for stop in stops(plan_of(reform)) if stop.hard]
    if against:
        raise Refused(f"Chưa xác nhận được: {' '.join(against)}", 422)
    at = clock.now()
    reform.state, reform.confirmed_at, reform.confirmed_by = State.CONFIRMED, at, actor.full_name
    reform.reason, reform.fault = reason, ""
    day = words.day(reform.effective_on)
    _record(
        actor, reform, "reform.confirm", f"đã xác nhận phương án số {reform.id}, thực hiện từ {day}: {reason}"
    )


def step(actor: Identity, reform: Reform, to: State, version: int) -> None:
    """Open a confirmed plan again, drop a draft, or take back a wish to go back."""
    must(actor, Right.REFORM_PLACES)
    _same(reform, version)
    if (State(reform.state), to) not in STEPS or to in (State.CONFIRMED, State.BACK_ASKED):
        raise Refused("Phương án đã sang bước khác. Xin mở lại trang.")
    reform.state = to
    told = {State.DRAFT: "mở lại để sửa", State.DROPPED: "bỏ", State.DONE: "thôi yêu cầu trả lại"}[to]
    _record(actor, reform, "reform.step", f"đã {told} phương án số {reform.id}.")


def ask_back(actor: Identity, reform: Reform, reason: str, version: int) -> None:
    """Ask for everything to be put back. Raises `Refused` without a reason, too late, or after a decision."""
    must(actor, Right.REFORM_PLACES)
    _same(reform, version)
    if State(reform.state) is not State.DONE:
        raise Refused("Phương án này chưa thực hiện hoặc đã trả lại.")
    if not reason:
        raise Refused("Xin ghi lý do trả lại.", 422)
    fault = fault_of_return(reform)
    if fault:
        raise Refused(fault)
    at = clock.now()
    reform.state, reform.back_asked_at, reform.back_asked_by = State.BACK_ASKED, at, actor.full_name
    reform.back_reason, reform.fault = reason, ""
    _record(actor, reform, "reform.back", f"đã yêu cầu trả lại phương án số {reform.id}: {reason}")


def _draft(actor: Identity, reform: Reform, version: int) -> None:
    must(actor, Right.REFORM_PLACES)
    _same(reform, version)
    if State(reform.state) is not State.DRAFT:
        raise Refused("Phương án đã xác nhận hoặc đã kết thúc nên không sửa được.")


def _same(reform: Reform, version: int) -> None:
    if reform.version != version:
        raise Conflict(
            "Có người vừa sửa phương án này. Trang đã mở lại với nội dung mới nhất; xin xem và làm lại."
        )


def _record(actor: Identity, reform: Reform, act: str, sentence: str) -> None:
    detail: dict[str, Any] = {"reform": reform.id}
    record(actor, act, sentence, tenant_id=actor.here.tenant_id, detail=detail)
    db.session.flush()
