"""The verbs on the log: write an activity down, change it, give it files, take it out.

What it proves is tied in the year's dossier at once, or when the dossier is started (`tying`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from portal import clock
from portal.cycle.models import Cycle
from portal.cycle.queries import calendar_of, cycle_of
from portal.cycle.rules import not_yet_open
from portal.dossiers.taking import must
from portal.evidence.keeping import Taken
from portal.evidence.models import Evidence
from portal.evidence.operations import take_in
from portal.evidence.queries import evidence_of
from portal.trail.operations import record
from portal.units.models import Unit
from portal.words import day, fold
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused
from tenants.rights import Right

from .models import Activity, ActivityFile, ActivityProof
from .queries import activity_of, applying, still_tied
from .rules import KINDS, MOST_PARTICIPANTS, day_fault
from .tying import open_for, tie_again, untie

MOST_FILES = 40


@dataclass(frozen=True, slots=True)
class Details:
    """An activity as typed. `proves`: ids of indicators; `minutes` 0: not said; `links`: web addresses."""

    held_on: date
    kind: str
    topic: str
    organiser: str = ""
    participants: int = 0
    minutes: int = 0
    description: str = ""
    links: tuple[str, ...] = ()
    proves: frozenset[int] = frozenset()


def log(actor: Identity, unit: Unit, year: int, details: Details) -> Activity:
    """Write an activity into a unit's log of a year; the same one sent twice stands once.

    Raises `Refused` for a day outside the year or ahead, a year not open, a log that a signature has closed.
    """
    must(actor, Right.FILL_DOSSIER)
    cycle = cycle_of(year)
    if cycle is None:
        raise Refused(f"Sở chưa mở năm đánh giá {year}.", 404)
    early = not_yet_open(calendar_of(cycle), clock.now())
    if early:
        raise Refused(early)
    _check(unit, cycle, details)
    open_for(unit.tenant_id, unit.id, year, details.proves)
    twin = _twin(unit, year, details)
    if twin is not None:
        return twin
    one = Activity(tenant_id=unit.tenant_id, unit_id=unit.id, year=year)
    _write(actor, one, details)
    db.session.add(one)
    db.session.flush()
    _prove(one, set(), details.proves)
    _record(actor, one, "log_activity", f"đã ghi hoạt động “{one.topic}” ngày {day(one.held_on)}.")
    return one


def change(actor: Identity, unit: Unit, activity_id: int, version: int, details: Details) -> Activity:
    """Change an activity and what it proves. Raises `Conflict` where somebody changed it meanwhile."""
    must(actor, Right.FILL_DOSSIER)
    one = _held(unit, activity_id)
    cycle = cycle_of(one.year)
    assert cycle is not None
    _check(unit, cycle, details)
    before = {proof.indicator_id for proof in one.proofs}
    if details == details_of(one):
        return one
    if version != one.version:
        raise Conflict("Có người vừa sửa hoạt động này. Xin xem nội dung mới rồi lưu lại.", one)
    sheet = open_for(one.tenant_id, one.unit_id, one.year, before | details.proves)
    _write(actor, one, details)
    db.session.flush()
    _prove(one, before, details.proves)
    tie_again(actor, sheet, one)
    _record(actor, one, "change_activity", f"đã sửa hoạt động “{one.topic}” ngày {day(one.held_on)}.")
    return one


def remove(actor: Identity, unit: Unit, activity_id: int) -> Activity:
    """Take an activity out of the log; its files stay in the library, untied where nothing else ties them."""
    must(actor, Right.FILL_DOSSIER)
    one = _held(unit, activity_id)
    sheet = open_for(one.tenant_id, one.unit_id, one.year, {p.indicator_id for p in one.proofs})
    said = f"đã xóa hoạt động “{one.topic}” ngày {day(one.held_on)} khỏi nhật ký."
    pairs = still_tied([one])
    db.session.delete(one)
    db.session.flush()
    untie(actor, sheet, pairs)
    _record(actor, one, "remove_activity", said)
    return one


def add_files(actor: Identity, unit: Unit, activity_id: int, files: Iterable[tuple[str, bytes]]) -> Taken:
    """Take files into the library and give them to an activity; what it proves is proven by them at once."""
    must(actor, Right.FILL_DOSSIER)
    one = _held(unit, activity_id)
    sheet = open_for(one.tenant_id, one.unit_id, one.year, {p.indicator_id for p in one.proofs})
    taken = take_in(actor, one.tenant_id, one.unit_id, files)
    for file in taken.good:
        _give(actor, one, file)
    tie_again(actor, sheet, one)
    return taken


def add_known(actor: Identity, unit: Unit, activity_id: int, evidence_id: int) -> Evidence:
    """Give a file of the library to an activity."""
    must(actor, Right.FILL_DOSSIER)
    one = _held(unit, activity_id)
    sheet = open_for(one.tenant_id, one.unit_id, one.year, {p.indicator_id for p in one.proofs})
    file = evidence_of(unit.tenant_id, evidence_id)
    if file is None or file.unit_id != unit.id:
        raise Refused("Không tìm thấy minh chứng này trong kho của đơn vị.", 404)
    _give(actor, one, file)
    tie_again(actor, sheet, one)
    return file


def remove_file(actor: Identity, unit: Unit, activity_id: int, evidence_id: int) -> None:
    """Take a file from an activity; it stays in the library. One already taken is no error."""
    must(actor, Right.FILL_DOSSIER)
    one = _held(unit, activity_id)
    link = next((file for file in one.files if file.evidence_id == evidence_id), None)
    if link is None:
        return
    sheet = open_for(one.tenant_id, one.unit_id, one.year, {p.indicator_id for p in one.proofs})
    title = link.evidence.title
    db.session.delete(link)
    db.session.flush()
    untie(actor, sheet, {(proof.indicator_id, evidence_id) for proof in one.proofs})
    _record(actor, one, "untie_activity_file", f"đã bỏ tệp “{title}” khỏi hoạt động “{one.topic}”.")


def details_of(one: Activity) -> Details:
    """Return an activity as it is stored."""
    return Details(
        one.held_on,
        one.kind,
        one.topic,
        one.organiser,
        one.participants,
        one.minutes,
        one.description,
        tuple(one.links),
        frozenset(proof.indicator_id for proof in one.proofs),
    )


def _held(unit: Unit, activity_id: int) -> Activity:
    one = activity_of(unit.tenant_id, unit.id, activity_id, lock=True)
    if one is None:
        raise Refused("Không tìm thấy hoạt động này; có thể đã bị xóa.", 404)
    return one


def _check(unit: Unit, cycle: Cycle, details: Details) -> None:
    if details.kind not in KINDS:
        raise Refused("Xin chọn loại hoạt động trong danh sách.", 422)
    if not details.topic:
        raise Refused("Xin ghi nội dung, chủ đề của hoạt động.", 422)
    if not 0 <= details.participants <= MOST_PARTICIPANTS:
        raise Refused("Số người tham gia phải từ 0 đến 100.000.", 422)
    fault = day_fault(details.held_on, cycle.year, clock.today())
    if fault:
        raise Refused(fault, 422)
    if details.proves - {row.id for row in applying(unit, cycle)}:
        raise Refused("Có chỉ tiêu không áp dụng cho đơn vị. Xin tải lại trang rồi chọn lại.", 422)


def _twin(unit: Unit, year: int, details: Details) -> Activity | None:
    """Return the same activity written a moment ago: a double click or a retry."""
    rows = db.session.query(Activity).filter_by(
        tenant_id=unit.tenant_id,
        unit_id=unit.id,
        year=year,
        held_on=details.held_on,
        kind=details.kind,
        topic=details.topic,
    )
    return next((one for one in rows if details_of(one) == details), None)


def _write(actor: Identity, one: Activity, details: Details) -> None:
    one.held_on, one.kind, one.topic = details.held_on, details.kind, details.topic
    one.organiser, one.participants, one.minutes = details.organiser, details.participants, details.minutes
    one.description, one.links = details.description, list(details.links)
    one.name_folded = fold(" ".join((details.topic, details.organiser, details.description)))
    one.changed_at, one.changed_by = clock.now(), actor.full_name


def _prove(one: Activity, before: set[int], after: Iterable[int]) -> None:
    wanted = set(after)
    for proof in [proof for proof in one.proofs if proof.indicator_id in before - wanted]:
        db.session.delete(proof)
    key = {"tenant_id": one.tenant_id, "unit_id": one.unit_id, "activity_id": one.id}
    db.session.add_all(ActivityProof(**key, indicator_id=i) for i in sorted(wanted - before))
    db.session.flush()


def _give(actor: Identity, one: Activity, file: Evidence) -> None:
    if any(known.evidence_id == file.id for known in one.files):
        return
    if len(one.files) >= MOST_FILES:
        raise Refused(f"Mỗi hoạt động có tối đa {MOST_FILES} tệp.", 422)
    key = {"tenant_id": one.tenant_id, "unit_id": one.unit_id, "activity_id": one.id}
    db.session.add(ActivityFile(**key, evidence_id=file.id))
    db.session.flush()
    db.session.refresh(one, ["files"])
    _record(actor, one, "tie_activity_file", f"đã thêm tệp “{file.title}” cho hoạt động “{one.topic}”.")


def _record(actor: Identity, one: Activity, act: str, sentence: str) -> None:
    record(actor, act, sentence, tenant_id=one.tenant_id, unit_id=one.unit_id, detail={"year": one.year})
