"""The verbs on a registration: the clerk proposes, the head confirms; the district says until when.

Nothing is ever lost: each change appends what stood before, who changed it and when.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.appraisal.progress import open_units
from portal.cycle.models import Cycle
from portal.cycle.queries import calendar_of, cycle_of
from portal.dossiers.taking import must
from portal.notices.operations import tell_unit, tell_units
from portal.trail.operations import record
from portal.units.models import Unit
from portal.words import day, in_words_of
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused
from tenants.rights import Right, refusal

from .models import Registration, RegistrationChange, RegistrationTerm
from .queries import registration_of, term_of_year
from .rules import TARGETS, Change, closed, term_fault
from .wording import TARGETS as NAMES


def may_change(tenant_id: int, cycle: Cycle) -> str | None:
    """Return the sentence why registrations of a year cannot be changed in a district now, or None."""
    term = term_of_year(tenant_id, cycle.year)
    return closed(calendar_of(cycle), term.closes_before if term else None, clock.now())


def propose(
    actor: Identity, unit: Unit, year: int, target: str, *, version: int, unit_version: int
) -> Registration:
    """Register a unit for a target: a clerk's word waits for the head, the head's own counts at once.

    `version` is that of the registration the page showed (0: none), `unit_version` that of the unit's data
    which is thereby confirmed. Raises `Refused` where registration is closed, `Conflict` after another's change.
    """
    must(actor, Right.FILL_DOSSIER)
    if target not in TARGETS:
        raise Refused("Xin chọn mức độ 1, mức độ 2 hoặc duy trì.", 422)
    row = _open(unit, year) or Registration(tenant_id=unit.tenant_id, unit_id=unit.id, year=year, version=0)
    confirms = refusal(actor, Right.CONFIRM_REGISTRATION) is None
    if target == (row.target if confirms else row.proposed or row.target) and not (confirms and row.proposed):
        return row
    _same(row, version)
    if unit_version != unit.version:
        raise Conflict("Thông tin đơn vị vừa được sửa. Xin xem lại rồi xác nhận.", row)
    db.session.add(row)
    if confirms:
        _confirm(actor, row, target)
        return row
    if target == row.target:
        return _drop(actor, row)
    row.proposed, row.proposed_at, row.proposed_by = target, clock.now(), actor.full_name
    _note(actor, row, Change.PROPOSED, row.target, target)
    name = NAMES[target].unit_name
    _record(actor, row, "propose_registration", f"đã đề xuất đăng ký {name} năm {year}.")
    sentence = f"{actor.full_name} đề xuất đăng ký {name} năm {year}, chờ thủ trưởng xác nhận."
    tell_unit(row.tenant_id, row.unit_id, sentence, f"/trong-nam/dang-ky?nam={year}")
    return row


def confirm(actor: Identity, unit: Unit, year: int, version: int) -> Registration:
    """Confirm what the clerk proposed; from now on the unit counts as registered for it."""
    must(actor, Right.CONFIRM_REGISTRATION)
    row = _open(unit, year)
    if row is not None and row.target and row.confirmed_by == actor.full_name and row.version == version + 1:
        return row  # the second of two clicks
    if row is None or row.proposed is None:
        raise Refused("Không còn đề xuất nào đang chờ xác nhận.")
    _same(row, version)
    _confirm(actor, row, row.proposed)
    return row


def drop(actor: Identity, unit: Unit, year: int, version: int) -> None:
    """Take back a proposal; what was confirmed before stands."""
    must(actor, Right.FILL_DOSSIER)
    row = _open(unit, year)
    if row is not None and row.proposed is not None:
        _same(row, version)
        _drop(actor, row)


def _drop(actor: Identity, row: Registration) -> Registration:
    proposed = str(row.proposed)
    _clear_proposal(row)
    _note(actor, row, Change.DROPPED, proposed, row.target)
    name = NAMES[proposed].unit_name
    _record(actor, row, "drop_registration", f"đã bỏ đề xuất đăng ký {name} năm {row.year}.")
    return row


def cancel(actor: Identity, unit: Unit, year: int, version: int) -> None:
    """Cancel a confirmed registration; the unit then counts as not registered."""
    must(actor, Right.CONFIRM_REGISTRATION)
    row = _open(unit, year)
    if row is None or row.target is None:
        return
    _same(row, version)
    before = row.target
    row.target, row.confirmed_at, row.confirmed_by = None, None, ""
    _clear_proposal(row)
    _note(actor, row, Change.CANCELLED, before, None)
    _record(actor, row, "cancel_registration", f"đã hủy đăng ký {NAMES[before].unit_name} năm {year}.")


def close_on(actor: Identity, year: int, closes_before: date | None, version: int) -> RegistrationTerm:
    """Say until when the district takes registrations of a year; None takes them until dossiers are due.

    Units that have not registered are told. Raises `Refused` for a day outside the year's own dates.
    """
    must(actor, Right.CLOSE_REGISTRATION)
    tenant_id = actor.here.tenant_id
    cycle = cycle_of(year)
    if cycle is None:
        raise Refused(f"Sở chưa mở năm đánh giá {year}.", 404)
    fault = term_fault(calendar_of(cycle), closes_before)
    if fault:
        raise Refused(fault, 422)
    term = term_of_year(tenant_id, year)
    if term is not None and term.closes_before == closes_before:
        return term
    if (term.version if term else 0) != version:
        raise Conflict("Có người vừa đặt lại hạn đăng ký. Xin xem hạn mới rồi làm lại.", term)
    if term is None:
        term = RegistrationTerm(tenant_id=tenant_id, year=year)
        db.session.add(term)
    term.closes_before, term.changed_at, term.changed_by = closes_before, clock.now(), actor.full_name
    _flush("Có người vừa đặt lại hạn đăng ký. Xin xem hạn mới rồi làm lại.")
    until = f"trước ngày {day(closes_before)}" if closes_before else "đến khi hết hạn nộp hồ sơ"
    done = f"đã đặt hạn đăng ký xây dựng năm {year}: nhận {until}."
    record(actor, "registration_term", done, tenant_id=tenant_id, detail={"year": year})
    if closes_before:
        office = in_words_of(cycle.tier, "Phòng GDĐT")
        sentence = f"{office} nhận đăng ký xây dựng “Đơn vị học tập” năm {year} {until}."
        tell_units(tenant_id, _unregistered(tenant_id, year), sentence, f"/trong-nam/dang-ky?nam={year}")
    return term


def _unregistered(tenant_id: int, year: int) -> list[int]:
    registered = select(Registration.unit_id).where(
        Registration.tenant_id == tenant_id, Registration.year == year, Registration.target.is_not(None)
    )
    return list(
        db.session.scalars(
            select(Unit.id).where(open_units(tenant_id, year), Unit.id.not_in(registered)).order_by(Unit.id)
        )
    )


def _open(unit: Unit, year: int) -> Registration | None:
    """Return the unit's row of a year, held for this transaction, where registrations may be changed."""
    cycle = cycle_of(year)
    if cycle is None:
        raise Refused(f"Sở chưa mở năm đánh giá {year}.", 404)
    if unit.opened_on > date(year, 12, 31) or (unit.closed_on and unit.closed_on < date(year, 12, 31)):
        raise Refused(f"Đơn vị không hoạt động tại ngày 31/12/{year} nên không đăng ký năm này.")
    why = may_change(unit.tenant_id, cycle)
    if why:
        raise Refused(why)
    return registration_of(unit.tenant_id, unit.id, year, lock=True)


def _same(row: Registration, version: int) -> None:
    if (row.version or 0) != version:
        raise Conflict("Có người vừa thay đổi đăng ký. Xin xem nội dung mới rồi làm lại.", row)


def _confirm(actor: Identity, row: Registration, target: str) -> None:
    before = row.target
    row.target, row.confirmed_at, row.confirmed_by = target, clock.now(), actor.full_name
    _clear_proposal(row)
    _note(actor, row, Change.CONFIRMED, before, target)
    _record(
        actor, row, "confirm_registration", f"đã xác nhận đăng ký {NAMES[target].unit_name} năm {row.year}."
    )


def _clear_proposal(row: Registration) -> None:
    row.proposed, row.proposed_at, row.proposed_by = None, None, ""


def _note(actor: Identity, row: Registration, act: Change, before: str | None, after: str | None) -> None:
    _flush("Có người vừa đăng ký cùng lúc. Xin xem nội dung mới rồi làm lại.")
    db.session.add(
        RegistrationChange(
            tenant_id=row.tenant_id,
            unit_id=row.unit_id,
            year=row.year,
            act=act.value,
            before=before,
            after=after,
            at=clock.now(),
            by=actor.full_name,
            account_id=actor.account_id,
            role=actor.place.role.value if actor.place else "",
        )
    )
    db.session.flush()


def _flush(sentence: str) -> None:
    """Send what is written; the same new row from somebody else becomes a conflict with its sentence."""
    try:
        db.session.flush()
    except IntegrityError:
        db.session.rollback()
        raise Conflict(sentence) from None


def _record(actor: Identity, row: Registration, act: str, sentence: str) -> None:
    detail = {"year": row.year, "target": row.target}
    record(actor, act, sentence, tenant_id=row.tenant_id, unit_id=row.unit_id, detail=detail)
