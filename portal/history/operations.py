"""Verbs of past results: the district enters, corrects and withdraws them; the unit disputes, the district answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.catalogue.queries import version_of
from portal.cycle.queries import tier_at
from portal.dossiers.taking import must
from portal.notices.operations import tell_district, tell_unit
from portal.trail.operations import record
from portal.units.models import Unit
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused
from tenants.rights import Right

from .models import PastResult, PastResultDispute
from .queries import open_dispute, past_result
from .rules import FIRST_YEAR, band_for, bands_of, said


@dataclass(frozen=True, slots=True)
class Told:
    """What a decision before the portal says: its scale, points or level, number, day, issuer."""

    version_id: int
    points: Decimal | None = None
    level: int | None = None
    decision_number: str = ""
    decided_on: date | None = None
    issuer: str = ""
    note: str = ""


def enter(actor: Identity, unit: Unit, year: int, told: Told) -> PastResult:
    """Enter a unit's result of a year before the portal.

    Raises `Refused` for a year out of range, a result that does not fit its scale, or a year that has one.
    """
    must(actor, Right.KEEP_HISTORY)
    if not FIRST_YEAR <= year < clock.today().year:
        raise Refused(f"Năm phải từ {FIRST_YEAR} đến {clock.today().year - 1}.", 422)
    row = PastResult(tenant_id=unit.tenant_id, unit_id=unit.id, year=year, version_id=told.version_id)
    _fill(actor, row, told)
    try:
        with db.session.begin_nested():
            db.session.add(row)
            db.session.flush()
    except IntegrityError as error:
        raise Conflict(f"Năm {year} của đơn vị đã có kết quả. Xin sửa kết quả đó.") from error
    words_of = f"đã ghi kết quả năm {year}: {said(row.points, row.band, row.level)}."
    record(actor, "past_result", words_of, tenant_id=unit.tenant_id, unit_id=unit.id)
    return row


def correct(actor: Identity, result: PastResult, told: Told, version: int) -> PastResult:
    """Correct a past result; raises `Conflict` where it changed since `version`."""
    must(actor, Right.KEEP_HISTORY)
    row = _held(result)
    if row.version != version:
        raise Conflict("Người khác vừa sửa kết quả này. Xin xem lại nội dung đang lưu rồi lưu lại.", row)
    if told.version_id != row.version_id:
        raise Refused("Thang đánh giá của một kết quả không đổi được; xin rút kết quả này và ghi lại.", 422)
    before = said(row.points, row.band, row.level)
    _fill(actor, row, told)
    sentence = f"đã sửa kết quả năm {row.year}: {before} thành {said(row.points, row.band, row.level)}."
    record(actor, "past_result", sentence, tenant_id=row.tenant_id, unit_id=row.unit_id)
    db.session.flush()
    return row


def withdraw(actor: Identity, result: PastResult) -> None:
    """Withdraw a past result that should not be there; the row stays for the trail."""
    must(actor, Right.KEEP_HISTORY)
    row = _held(result)
    row.withdrawn_at = clock.now()
    record(
        actor, "past_result", f"đã rút kết quả năm {row.year}.", tenant_id=row.tenant_id, unit_id=row.unit_id
    )
    db.session.flush()


def dispute(actor: Identity, result: PastResult, claim: str) -> PastResultDispute:
    """Say that a past result was entered wrongly; one dispute waits at a time."""
    must(actor, Right.FILL_DOSSIER)
    if not claim.strip():
        raise Refused("Xin ghi điều chưa đúng và căn cứ (số, ngày quyết định).", 422)
    if open_dispute(result) is not None:
        raise Conflict("Đơn vị đã gửi ý kiến về kết quả này và đang chờ trả lời.")
    row = PastResultDispute(
        tenant_id=result.tenant_id,
        unit_id=result.unit_id,
        past_result_id=result.id,
        claim=claim.strip(),
        made_at=clock.now(),
        made_by=actor.full_name,
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
            db.session.flush()
    except IntegrityError as error:
        raise Conflict("Đơn vị đã gửi ý kiến về kết quả này và đang chờ trả lời.") from error
    key = {"tenant_id": result.tenant_id, "unit_id": result.unit_id}
    record(actor, "past_result_dispute", f"đã gửi ý kiến về kết quả năm {result.year}.", **key)
    sentence = f"Một đơn vị cho rằng kết quả năm {result.year} đã ghi chưa đúng. Xin xem và trả lời."
    tell_district(result.tenant_id, sentence, "/huyen/ket-qua-cu", result.unit_id)
    return row


def answer(actor: Identity, result: PastResult, text: str, *, corrected: bool) -> None:
    """Answer a unit's dispute. `corrected`: the result has been put right (with `correct`, before)."""
    must(actor, Right.KEEP_HISTORY)
    row = open_dispute(_held(result))
    if row is None:
        raise Conflict("Ý kiến này đã được trả lời.")
    if not text.strip():
        raise Refused("Xin ghi câu trả lời cho đơn vị.", 422)
    now = clock.now()
    row.answer, row.corrected = text.strip(), corrected
    row.answered_at, row.answered_by = now, actor.full_name
    key = {"tenant_id": result.tenant_id, "unit_id": result.unit_id}
    record(actor, "past_result_answer", f"đã trả lời ý kiến về kết quả năm {result.year}.", **key)
    tell_unit(
        result.tenant_id,
        result.unit_id,
        f"Ý kiến của đơn vị về kết quả năm {result.year} đã được trả lời.",
        "/ket-qua",
    )
    db.session.flush()


def _held(result: PastResult) -> PastResult:
    row = past_result(result.tenant_id, result.id, lock=True)
    if row is None:
        raise Refused("Kết quả này không còn.", 404)
    return row


def _fill(actor: Identity, row: PastResult, told: Told) -> None:
    version = version_of(told.version_id)
    if version is None or version.scope != tier_at():
        raise Refused("Xin chọn thang đánh giá trong danh sách.", 422)
    if version.scale == "points":
        if told.points is None or told.level is not None or not 0 <= told.points <= 100:
            raise Refused("Thang điểm: xin nhập số điểm từ 0 đến 100, nhiều nhất hai chữ số thập phân.", 422)
        row.points, row.level, row.band = told.points, None, band_for(told.points, bands_of(version.settings))
    else:
        if told.level not in (0, 1, 2) or told.points is not None:
            raise Refused("Thang mức độ: xin chọn mức độ 1, mức độ 2 hoặc chưa đạt.", 422)
        row.points, row.level, row.band = None, told.level, ""
    if told.decided_on and told.decided_on > clock.today():
        raise Refused("Ngày quyết định không thể ở sau hôm nay.", 422)
    row.decision_number, row.decided_on, row.issuer = told.decision_number, told.decided_on, told.issuer
    row.note, row.entered_at, row.entered_by = told.note, clock.now(), actor.full_name
