"""Carrying a confirmed reform out, on or after its day: one transaction of the steward, from the plan to the rows.

The order tells the act: the plan is asked again, files are shared, old places are closed, new ones opened, units move
with all their rows, people and appraisals of the old place are released, and everybody concerned is told. `journal`
holds what the way back (`returning.py`) needs to be the exact inverse.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select, text, update

from portal import clock, words
from portal.appraisal.seats import Appraiser
from portal.dossiers.models import Dossier
from portal.dossiers.states import State as DossierState
from portal.evidence.store import store
from portal.notices.operations import tell_districts, tell_units
from portal.notices.rules import Kind as NoticeKind
from portal.place_kinds import TEMPLATES
from portal.trail.operations import record
from portal.units.models import Unit
from tenants import operations, signin
from tenants.database import Base, db
from tenants.people import DISTRICT_ROLES, Membership, Role
from tenants.places import Succession, Tenant, TenantKind
from tenants.refusal import Refused

from . import rehoming
from .models import Reform
from .planning import Plan, plan_of, stops
from .rules import Kind, State, Successor

UNDER_APPRAISAL = (DossierState.SUBMITTED, DossierState.SUPPLEMENT_REQUESTED, DossierState.ACCEPTED)
BY = "Hệ thống (sắp xếp địa giới)"


def carry_out(reform_id: int) -> Reform:
    """Carry a confirmed reform out (steward). Raises `Refused` for one that is not due or that something stops."""
    reform = locked(reform_id)
    if reform.state != State.CONFIRMED:
        raise Refused("Phương án này không ở trạng thái đã xác nhận.")
    if clock.today() < reform.effective_on:
        raise Refused(f"Chưa đến ngày hiệu lực {words.day(reform.effective_on)}.")
    hold(reform.sources)
    plan = plan_of(reform)
    against = [stop.sentence for stop in stops(plan) if stop.hard]
    if against:
        raise Refused(" ".join(against))
    journal = _rename(plan) if plan.kind is Kind.RENAME else _rehome(plan)
    reform.journal, reform.moved = journal, sum(len(move["units"]) for move in journal.get("moves", ()))
    reform.carried_out_at, reform.state, reform.fault = clock.now(), State.DONE, ""
    _record(plan, journal)
    db.session.flush()
    return reform


def locked(reform_id: int) -> Reform:
    """Return a reform that nobody else carries out or undoes at this moment; one reform runs at a time."""
    db.session.execute(text("select pg_advisory_xact_lock(hashtext('reform'))"))
    reform = db.session.get(Reform, reform_id, with_for_update=True, populate_existing=True)
    if reform is None:
        raise Refused("Không có phương án này.", 404)
    return reform


def hold(places: Sequence[int]) -> None:
    """Let nobody write in places until the transaction ends: every row there hangs under its place or its unit."""
    tenants = select(Tenant.id).where(Tenant.id.in_(places)).order_by(Tenant.id).with_for_update()
    units = select(Unit.id).where(Unit.tenant_id.in_(places)).order_by(Unit.tenant_id, Unit.id)
    db.session.execute(tenants).all()
    db.session.execute(units.with_for_update()).all()


def _rename(plan: Plan) -> dict[str, Any]:
    place, new = plan.sources[0], plan.places[0]
    operations.rename(place, _words(new), plan.reform.effective_on, plan.reform.basis)
    return {"renamed": place.id}


def _rehome(plan: Plan) -> dict[str, Any]:
    """Move every unit with a destination; returns what the way back needs."""
    day = plan.reform.effective_on
    closing = list(plan.sources) if plan.closes else []
    for place in closing:
        place.valid_to = day
    db.session.flush()
    opened = {place.key: _open(place, day) for place in plan.places if place.tenant_id is None}
    homes = {place.key: place.tenant_id or opened[place.key] for place in plan.places}
    journal: dict[str, Any] = {
        "opened": list(opened.values()),
        "closed": [place.id for place in closing],
        "aside": [],
        "moves": [],
    }
    for source in plan.sources:
        goes = {
            unit.id: homes[key]
            for key, units in plan.goes.items()
            for unit in units
            if key and unit.tenant_id == source.id
        }
        journal["aside"] += rehoming.set_aside(source.id, goes)
        for target in sorted(set(goes.values())):
            moving = [unit for unit, to in goes.items() if to == target]
            journal["moves"].append(_move(plan, source.id, target, moving))
    journal["memberships"] = _end_roles([place.id for place in closing], day)
    journal["appraisers"] = [
        number
        for move in journal["moves"]
        for number in release_appraisers(move["to"], move["units"], plan.reform.basis)
    ]
    return journal


def _move(plan: Plan, source: int, target: int, units: Sequence[int]) -> dict[str, Any]:
    """Move units of one old place to one place, files first, and say how things stood before."""
    share_files(source, target, units)
    codes = {unit.id: unit.code for unit in plan.units if unit.id in plan.clashing and unit.id in units}
    origins = rehoming.origins_of(source, units)
    copies = rehoming.leave_copies(source, target, units)
    rehoming.recode(source, {unit: plan.clashing[unit] for unit in codes})
    rehoming.move(source, target, {unit: origin or source for unit, origin in origins.items()})
    rehoming.move_entries(source, target, units)
    following = (source, target, plan.reform.effective_on)
    if db.session.get(Succession, following) is None:
        db.session.add(
            Succession(
                from_id=source, to_id=target, on_day=plan.reform.effective_on, basis=plan.reform.basis[:300]
            )
        )
    db.session.flush()
    return {
        "from": source,
        "to": target,
        "units": list(units),
        "origins": [[unit, origin] for unit, origin in origins.items() if origin is not None],
        "codes": [[unit, code] for unit, code in codes.items()],
        "copies": copies,
    }


def share_files(source: int, target: int, units: Sequence[int]) -> None:
    """Have every file of units in the other place's part of the store; each is compared with its hash on the way.

    Raises `Refused` where one is missing or damaged: nothing moves without its evidence.
    """
    bad = []
    for sha256 in sorted(rehoming.contents(source, units)):
        try:
            store().share(source, target, sha256)
        except Refused as reason:
            if reason.status == 503:
                raise
            bad.append(sha256[:12])
    if bad:
        raise Refused(
            f"{len(bad)} tệp minh chứng thiếu hoặc hỏng trong kho ({', '.join(bad[:3])}…): khôi phục từ bản sao lưu trước."
        )


def _words(place: Successor) -> dict[str, Any]:
    """Return the words of a place's papers: as typed, or as its kind's template has them."""
    kind = TenantKind(place.kind)
    template = TEMPLATES[kind]
    return {
        "kind": kind,
        "name": place.name,
        "name_sort": words.sort_key(place.name),
        "committee": place.committee or template.committee_of(place.name),
        "office": place.office or template.office,
        "seat": place.seat or template.seat_of(place.name),
        "chair_title": place.chair_title or template.chair_title,
        "symbol": place.symbol or template.symbol,
    }


def _open(place: Successor, day: date) -> int:
    """Open a new place and, where one is named, its first administrator; the link is handed out by the province."""
    tenant = operations.open_tenant(code=place.code, valid_from=day, **_words(place))
    if place.login:
        title = f"{words.ROLES[Role.DISTRICT_ADMIN]} {place.name}"[:200]
        account = operations.new_account(place.login, place.full_name or title, title=title)
        operations.place_person(account, Role.DISTRICT_ADMIN, tenant.id, since=signin.today())
    return tenant.id


def _end_roles(places: Sequence[int], day: date) -> list[list[Any]]:
    """End what people hold at closed places; returns each with the last day it had before."""
    held = db.session.scalars(
        select(Membership)
        .where(
            Membership.tenant_id.in_(places),
            Membership.role.in_(DISTRICT_ROLES),
            Membership.ended_at.is_(None),
        )
        .order_by(Membership.id)
    ).all()
    before = [[row.tenant_id, row.id, row.until.isoformat() if row.until else None] for row in held]
    for row in held:
        last = min(day - timedelta(days=1), signin.today())
        operations.end_membership(row, min(last, row.until) if row.until else last)
    db.session.flush()
    return before


def release_appraisers(
    place: int, units: Sequence[int], why: str, keep: Iterable[int] = ()
) -> list[list[Any]]:
    """Return the running appraisals of moved units to the pool of their new place, with an entry in the trail.

    `keep`: people who stay on them. Returns the seats that were given up.
    """
    seats = db.session.scalars(
        select(Appraiser)
        .join(Dossier, (Dossier.tenant_id == Appraiser.tenant_id) & (Dossier.id == Appraiser.dossier_id))
        .where(
            Appraiser.tenant_id == place,
            rehoming.among(Appraiser.unit_id, units),
            Appraiser.removed_at.is_(None),
            Appraiser.account_id.not_in(list(keep)),
            Dossier.state.in_(UNDER_APPRAISAL),
        )
        .order_by(Appraiser.id)
    ).all()
    seat_table = Base.metadata.tables["appraiser"]
    # Beside the mapper, which would count it as a new version: a way back leaves every row as it was.
    db.session.execute(
        update(seat_table)
        .where(seat_table.c.tenant_id == place, rehoming.among(seat_table.c.id, [seat.id for seat in seats]))
        .values(removed_at=clock.now(), removed_by=BY, removed_reason=f"Hồ sơ sang nơi khác theo {why}")
    )
    for seat in seats:
        record(
            None,
            "appraisal.released",
            f"đã trả hồ sơ về danh sách chờ phân công: {seat.full_name} thẩm định ở nơi cũ, hồ sơ chuyển theo {why}.",
            tenant_id=place,
            unit_id=seat.unit_id,
            dossier_id=seat.dossier_id,
            inner=True,
        )
    db.session.flush()
    return [[seat.unit_id, seat.id] for seat in seats]


def _record(plan: Plan, journal: dict[str, Any]) -> None:
    """Write down what was done: at the province, at every place, and for every unit; tell the units."""
    reform = plan.reform
    names = {row.id: row.name for row in db.session.scalars(select(Tenant))}
    province = db.session.scalars(select(func.min(Tenant.id)).where(Tenant.kind == TenantKind.PROVINCE)).one()
    said = f"theo {reform.basis}, hiệu lực {words.day(reform.effective_on)}; lý do ghi khi xác nhận: {reform.reason}"
    if plan.kind is Kind.RENAME:
        place = plan.sources[0]
        for at in (province, place.id):
            sentence = f"đã đổi tên, loại thành {place.name} {said}."
            record(None, "reform.carry", sentence, tenant_id=at, detail={"reform": reform.id})
        return
    old = ", ".join(place.name for place in plan.sources)
    new = ", ".join(place.name for place in plan.places)
    sentence = f"đã sắp xếp {old} thành {new}, chuyển {reform.moved} đơn vị {said}."
    for at in {province, *reform.sources, *(move["to"] for move in journal["moves"])}:
        record(None, "reform.carry", sentence, tenant_id=at, detail={"reform": reform.id})
    _tell_desks(plan, journal, names)
    for move in journal["moves"]:
        told = f"Từ {words.day(reform.effective_on)}, đơn vị thuộc {names[move['to']]} theo {reform.basis}."
        tell_units(move["to"], move["units"], told, "/", kind=NoticeKind.STEP)
        sentence = f"đã chuyển đơn vị từ {names[move['from']]} sang {names[move['to']]} theo {reform.basis}."
        for unit in move["units"]:
            record(None, "unit.rehomed", sentence, tenant_id=move["to"], unit_id=unit)


def _tell_desks(plan: Plan, journal: dict[str, Any], names: dict[int, str]) -> None:
    """Tell the staff of the places that took units over, and of a place that goes on without them."""
    since = f"Từ {words.day(plan.reform.effective_on)}"
    told = []
    for move in journal["moves"]:
        many = words.number(len(move["units"]))
        come = (
            f"{since}, {many} đơn vị của {names[move['from']]} về đây theo {plan.reform.basis}, cùng hồ sơ,"
            " câu hỏi và khiếu nại đang mở; hồ sơ đang thẩm định chờ phân công lại."
        )
        told.append((move["to"], come, "/huyen/don-vi"))
        if not plan.closes:
            gone = f"{since}, {many} đơn vị sang {names[move['to']]} theo {plan.reform.basis}."
            told.append((move["from"], gone, "/huyen/don-vi"))
    tell_districts(told, NoticeKind.STEP)
