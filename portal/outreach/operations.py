"""Verbs of the district's own log: write an activity down, change it, give it its file, take it out."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import date

from portal import clock
from portal.cycle.queries import cycle_of
from portal.dossiers.taking import must
from portal.evidence.checks import examine
from portal.evidence.store import store
from portal.trail.operations import record
from portal.words import day, fold
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused
from tenants.rights import Right

from .models import DistrictActivity
from .queries import activity_of
from .rules import KINDS, MOST_PARTICIPANTS, day_fault, number_fault


@dataclass(frozen=True, slots=True)
class Details:
    """An activity of a district as typed."""

    held_on: date
    kind: str
    topic: str
    place: str = ""
    participants: int = 0
    document_number: str = ""
    note: str = ""


def details_of(one: DistrictActivity) -> Details:
    """Return an activity as it is stored."""
    return Details(
        one.held_on, one.kind, one.topic, one.place, one.participants, one.document_number, one.note
    )


def log(actor: Identity, tenant_id: int, year: int, details: Details) -> DistrictActivity:
    """Write an activity into a district's log of a year; the same one sent twice stands once.

    Raises `Refused` for a day outside the year or ahead, a document without its number, an unknown year.
    """
    must(actor, Right.LOG_OUTREACH)
    if cycle_of(year) is None:
        raise Refused(f"Sở chưa mở năm đánh giá {year}.", 404)
    _check(year, details)
    twins = db.session.query(DistrictActivity).filter_by(
        tenant_id=tenant_id, year=year, held_on=details.held_on, kind=details.kind, topic=details.topic
    )
    twin = next((one for one in twins if details_of(one) == details), None)
    if twin is not None:
        return twin
    one = DistrictActivity(tenant_id=tenant_id, year=year)
    _write(actor, one, details)
    db.session.add(one)
    db.session.flush()
    _record(actor, one, f"đã ghi hoạt động chỉ đạo, triển khai “{one.topic}” ngày {day(one.held_on)}.")
    return one


def change(
    actor: Identity, tenant_id: int, outreach_id: int, version: int, details: Details
) -> DistrictActivity:
    """Change an activity. Raises `Conflict` where somebody changed it since `version`."""
    must(actor, Right.LOG_OUTREACH)
    one = _held(tenant_id, outreach_id)
    _check(one.year, details)
    before = details_of(one)
    if details == before:
        return one
    if version != one.version:
        raise Conflict("Có người vừa sửa hoạt động này. Xin xem nội dung mới rồi lưu lại.", one)
    _write(actor, one, details)
    _record(
        actor,
        one,
        f"đã sửa hoạt động chỉ đạo, triển khai “{one.topic}” ngày {day(one.held_on)}.",
        {"before": list(map(str, astuple(before))), "after": list(map(str, astuple(details)))},
    )
    db.session.flush()
    return one


def remove(actor: Identity, tenant_id: int, outreach_id: int) -> DistrictActivity:
    """Take an activity out of the log."""
    must(actor, Right.LOG_OUTREACH)
    one = _held(tenant_id, outreach_id)
    before = list(map(str, astuple(details_of(one))))
    db.session.delete(one)
    said = f"đã xóa hoạt động chỉ đạo, triển khai “{one.topic}” ngày {day(one.held_on)}."
    _record(actor, one, said, {"before": before})
    db.session.flush()
    return one


def attach(actor: Identity, tenant_id: int, outreach_id: int, file_name: str, content: bytes) -> None:
    """Give an activity its file, in place of one it had. Raises `Refused` (422) for a file that may not be kept."""
    must(actor, Right.LOG_OUTREACH)
    one = _held(tenant_id, outreach_id)
    accepted = examine(file_name, content)
    one.sha256 = store().put(tenant_id, accepted.content)
    one.file_name, one.media_type = accepted.name, accepted.media_type
    one.size = len(accepted.content)
    _record(actor, one, f"đã gắn tệp “{one.file_name}” vào hoạt động chỉ đạo, triển khai “{one.topic}”.")
    db.session.flush()


def detach(actor: Identity, tenant_id: int, outreach_id: int) -> None:
    """Take the file from an activity; one that has none is no error."""
    must(actor, Right.LOG_OUTREACH)
    one = _held(tenant_id, outreach_id)
    if not one.sha256:
        return
    _record(actor, one, f"đã bỏ tệp “{one.file_name}” khỏi hoạt động chỉ đạo, triển khai “{one.topic}”.")
    one.sha256 = one.file_name = one.media_type = ""
    one.size = 0
    db.session.flush()


def _held(tenant_id: int, outreach_id: int) -> DistrictActivity:
    one = activity_of(tenant_id, outreach_id, lock=True)
    if one is None:
        raise Refused("Không tìm thấy hoạt động này; có thể đã bị xóa.", 404)
    return one


def _check(year: int, details: Details) -> None:
    if details.kind not in KINDS:
        raise Refused("Xin chọn loại hoạt động trong danh sách.", 422)
    if not details.topic:
        raise Refused("Xin ghi nội dung, chủ đề.", 422)
    if not 0 <= details.participants <= MOST_PARTICIPANTS:
        raise Refused("Số người tham gia phải từ 0 đến 100.000.", 422)
    fault = day_fault(details.held_on, year, clock.today()) or number_fault(
        details.kind, details.document_number
    )
    if fault:
        raise Refused(fault, 422)


def _write(actor: Identity, one: DistrictActivity, details: Details) -> None:
    one.held_on, one.kind, one.topic = details.held_on, details.kind, details.topic
    one.place, one.participants = details.place, details.participants
    one.document_number, one.note = details.document_number, details.note
    one.name_folded = fold(" ".join((details.topic, details.place, details.document_number)))
    one.changed_at, one.changed_by = clock.now(), actor.full_name


def _record(
    actor: Identity, one: DistrictActivity, sentence: str, detail: dict[str, list[str]] | None = None
) -> None:
    record(
        actor,
        "district_activity",
        sentence,
        tenant_id=one.tenant_id,
        detail={"year": one.year, **(detail or {})},
    )
