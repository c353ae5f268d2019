"""The unit's verbs on its dossier: start, sign, submit, withdraw, close, answer a supplement request.

One shape: allowed? → possible now? → write → trail → notices. What writes the content is in
`filling.py`, the door in `taking.py`; all names are offered here.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy.exc import IntegrityError

from portal import clock, words
from portal.activities.tying import attach_log
from portal.appraisal.models import SupplementPoint
from portal.catalogue.kept import indicators_of
from portal.cycle.queries import calendar_of, cycle_of
from portal.cycle.rules import is_late, not_yet_open
from portal.evidence.linking import attach_known
from portal.evidence.models import EvidenceLink
from portal.improvement.operations import draft_plan
from portal.notices.operations import tell_unit
from portal.notices.rules import Kind
from portal.papers.models import OwnWords
from portal.team.carrying import carry_team
from portal.trail.operations import record
from portal.units.models import Unit
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused
from tenants.rights import Right

from .counting import follow_registry, save_figures, whole_of
from .filling import (
    PART_OF,
    Given,
    add_team_member,
    put_answer,
    remove_team_member,
    restate,
    save_answer,
    save_headcounts,
    save_texts,
)
from .models import Answer, Dossier, Headcount, State, TeamMember
from .queries import Sheet, last_withdrawn, live_dossier, open_sheet
from .signature import canonical, digest, freeze, mark_of, short_hash
from .steps import Act
from .taking import editable, locked, may_fill, must, take, take_all

__all__ = [
    "Given", "add_blank_content", "add_team_member", "answer_point", "ask_for_signature", "canonical",
    "close_unreached", "content_seen", "editable", "enter_for_unit", "follow_registry", "locked", "may_fill", "must",
    "put_answer", "remove_team_member", "restate", "save_answer", "save_figures", "save_headcounts", "save_texts", "send_supplement",
    "short_hash", "sign", "start_dossier", "submit", "take", "take_all", "unsign", "withdraw",
]  # fmt: skip

# A stamp on paper names a day; the dossier then counts as filed when the office closed on it.
OFFICE_HOURS = timedelta(hours=17)


def start_dossier(
    actor: Identity,
    unit: Unit,
    year: int,
    *,
    channel: str = "portal",
    channel_code: str = "",
) -> Dossier:
    """Open a unit's dossier for a year, or return the live one; a double click makes one dossier.

    A new dossier after a withdrawn one takes over what stood in it, so that nothing is typed twice.
    Raises `Refused` where the year is not open or the unit did not exist in it.
    """
    must(actor, Right.FILL_DOSSIER if channel == "portal" else Right.ENTER_FOR_UNIT)
    cycle = cycle_of(year)
    if cycle is None:
        raise Refused(f"Sở chưa mở năm đánh giá {year}.")
    closed = not_yet_open(calendar_of(cycle), clock.now())
    if closed:
        raise Refused(closed)
    if unit.opened_on > date(year, 12, 31) or (unit.closed_on and unit.closed_on < date(year, 12, 31)):
        raise Refused(f"Đơn vị không hoạt động tại ngày 31/12/{year} nên không lập hồ sơ năm này.")
    existing = live_dossier(unit.tenant_id, unit.id, year)
    if existing is not None:
        return existing
    dossier = Dossier(
        tenant_id=unit.tenant_id,
        unit_id=unit.id,
        year=year,
        version_id=cycle.version_id,
        channel=channel,
        channel_code=channel_code,
        created_at=clock.now(),
        created_by=actor.account_id,
        ratio_only=unit.discreet,
    )
    try:
        with db.session.begin_nested():
            db.session.add(dossier)
            db.session.flush()
    except IntegrityError:
        again = live_dossier(unit.tenant_id, unit.id, year)
        if again is None:
            raise
        return again
    add_blank_content(dossier)
    take_over_withdrawn(dossier)
    attach_known(actor, dossier)
    attach_log(actor, dossier)
    record(
        actor,
        "start",
        f"đã lập hồ sơ năm {year}.",
        tenant_id=unit.tenant_id,
        unit_id=unit.id,
        dossier_id=dossier.id,
    )
    return dossier


def add_blank_content(dossier: Dossier) -> None:
    """Add the empty rows of a new dossier: one answer per indicator, one per head-count it needs."""
    catalogue = indicators_of(dossier.version_id)
    key = {"tenant_id": dossier.tenant_id, "unit_id": dossier.unit_id, "dossier_id": dossier.id}
    bases = {row.base for row in catalogue if row.base}
    db.session.add_all(
        Headcount(**key, code=code, value=whole_of(code, None) if dossier.ratio_only else None)
        for code in words.HEADCOUNTS
        if code in bases
    )
    db.session.add_all(Answer(**key, indicator_id=row.id) for row in catalogue)
    db.session.flush()


def take_over_withdrawn(dossier: Dossier) -> None:
    """Copy into a new dossier what stood in the unit's last withdrawn one of the same year and version."""
    last = last_withdrawn(dossier)
    if last is None:
        return
    old, new = open_sheet(last), open_sheet(dossier)
    for name in PART_OF:
        setattr(dossier, name, getattr(last, name))
    same_figures = last.ratio_only is dossier.ratio_only
    for code, row in old.headcounts.items():
        if same_figures and code in new.headcounts:
            new.headcounts[code].value = row.value
    for indicator_id, answer in old.answers.items():
        into = new.answers[indicator_id]
        into.yes, into.grade = answer.yes, answer.grade
        into.part = answer.part if same_figures else None
        into.explanation, into.changed_at, into.changed_by = (
            answer.explanation,
            answer.changed_at,
            answer.changed_by,
        )
    key = {"tenant_id": dossier.tenant_id, "unit_id": dossier.unit_id, "dossier_id": dossier.id}
    db.session.add_all(TeamMember(**key, full_name=m.full_name, title=m.title, duty=m.duty) for m in old.team)
    db.session.add_all(
        OwnWords(**key, block=row.block, text=row.text, changed_at=row.changed_at, changed_by=row.changed_by)
        for row in old.own_words.values()
    )
    db.session.add_all(
        EvidenceLink(**key, indicator_id=indicator_id, evidence_id=file.id)
        for indicator_id, files in old.evidence.items()
        for file in files
    )
    db.session.flush()
    sheet = open_sheet(dossier)
    restate(sheet)
    if (
        dossier.channel == "portal"
    ):  # who does what in a unit is no affair of the office that types its papers in
        carry_team(old, sheet)


def content_seen(sheet: Sheet) -> str:
    """Return the mark of the content a page shows, by which signing knows that it is still the same."""
    return digest(canonical(sheet))


def ask_for_signature(actor: Identity, dossier: Dossier) -> None:
    """Tell the head that the dossier is ready to be checked and signed."""
    must(actor, Right.FILL_DOSSIER)
    dossier = locked(dossier.tenant_id, dossier.id)
    if dossier.state != State.DRAFT:
        raise Refused("Hồ sơ không còn ở bước soạn nên không cần trình ký.")
    key = {"tenant_id": dossier.tenant_id, "unit_id": dossier.unit_id}
    record(actor, "ask_signature", "đã trình thủ trưởng ký hồ sơ.", dossier_id=dossier.id, **key)
    sentence = f"{actor.full_name} trình thủ trưởng kiểm tra và ký hồ sơ năm {dossier.year}."
    tell_unit(dossier.tenant_id, dossier.unit_id, sentence, f"/ho-so/{dossier.id}/kiem-tra", Kind.TASK)


def sign(actor: Identity, dossier: Dossier, seen: str | None = None) -> Dossier:
    """Sign: freeze the content under its hash. `seen` (see `content_seen`) keeps out unseen changes."""
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    if sheet.dossier.state == State.DRAFT and seen not in (None, content_seen(sheet)):
        must(actor, Right.SIGN_DOSSIER)
        raise Conflict("Hồ sơ vừa được sửa sau khi trang này mở nên chưa ký. Xin xem lại nội dung rồi ký.")
    restate(sheet)
    freeze(sheet, actor)
    take(actor, sheet, Act.SIGN, number=short_hash(sheet.dossier))
    db.session.flush()
    return sheet.dossier


def unsign(actor: Identity, dossier: Dossier) -> Dossier:
    """Open a signed dossier again; the signature is void."""
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    take(actor, sheet, Act.UNSIGN)
    sheet.dossier.signed_at, sheet.dossier.signed_by = None, ""
    sheet.dossier.content_hash, sheet.dossier.frozen = "", None
    db.session.flush()
    return sheet.dossier


def submit(actor: Identity, dossier: Dossier, *, knows_late: bool = True) -> Dossier:
    """File the dossier: receipt number and time. Filing again what is filed returns the same receipt.

    `knows_late` False: the page was opened before the deadline; then a late filing is refused once, with
    the sentence that says what filing late means.
    """
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    if sheet.dossier.state == State.SUBMITTED and sheet.dossier.receipt_number:
        must(actor, Right.SUBMIT_DOSSIER)
        return sheet.dossier
    _receive(sheet, actor)
    if sheet.dossier.late and not knows_late and sheet.dossier.state == State.SIGNED:
        must(actor, Right.SUBMIT_DOSSIER)
        raise Refused(
            f"Đã qua hạn nộp (trước ngày {words.day(sheet.cycle.submit_before)}) trong lúc trang đang mở, nên hồ "
            "sơ chưa được gửi. Vẫn nộp được, nhưng hồ sơ sẽ ghi là nộp muộn và "
            f"{calendar_of(sheet.cycle).office} quyết định có nhận hay không."
        )
    take(actor, sheet, Act.SUBMIT)
    db.session.flush()
    return sheet.dossier


def enter_for_unit(
    actor: Identity, dossier: Dossier, signed_by: str, received_on: date | None = None
) -> Dossier:
    """File a dossier that came on paper, by post or through the public-service portal.

    `received_on`: the day stamped on what came in (today without); it decides whether the dossier is
    late, not the day it was typed in. Raises `Refused` for a day that cannot be.
    """
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    if sheet.dossier.channel == "portal":
        raise Refused("Hồ sơ này do đơn vị lập trên cổng nên chỉ đơn vị nộp được.")
    if received_on and not date(sheet.dossier.year, 12, 31) <= received_on <= clock.today():
        first = words.day(date(sheet.dossier.year, 12, 31))
        raise Refused(f"Ngày nhận hồ sơ phải từ {first} đến hôm nay.", 422)
    restate(sheet)
    freeze(sheet, actor)
    sheet.dossier.signed_by = signed_by.strip() or sheet.unit.head_name or sheet.unit.name
    _receive(sheet, actor, received_on)
    take(actor, sheet, Act.ENTER, detail={"received_on": received_on.isoformat()} if received_on else None)
    db.session.flush()
    return sheet.dossier


def _receive(sheet: Sheet, actor: Identity, received_on: date | None = None) -> None:
    dossier, now = sheet.dossier, clock.now()
    dossier.submitted_at = min(now, clock.start_of(received_on) + OFFICE_HOURS) if received_on else now
    dossier.submitted_by = actor.full_name
    dossier.late = is_late(sheet.cycle.submit_before, dossier.submitted_at)
    dossier.receipt_number = f"HS-{dossier.year}-{dossier.id:06d}"


def withdraw(actor: Identity, dossier: Dossier) -> Dossier:
    """Withdraw the dossier; a new one may be started while the year is open."""
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    take(actor, sheet, Act.WITHDRAW)
    db.session.flush()
    return sheet.dossier


def close_unreached(actor: Identity, dossier: Dossier, reason: str) -> Dossier:
    """End the year with "self-assessed, not reached"; the unit is counted so in the district's report."""
    if not reason.strip():
        raise Refused("Xin ghi lý do và hướng cải tiến ngắn gọn.", 422)
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    sheet.dossier.closed_reason = reason.strip()
    take(actor, sheet, Act.CLOSE_UNREACHED)
    draft_plan(actor, sheet)
    db.session.flush()
    return sheet.dossier


def answer_point(
    actor: Identity, dossier: Dossier, point_id: int, text: str, seen: str | None = None
) -> SupplementPoint:
    """Answer one point of the open supplement request.

    `seen` marks the answer the page showed (see `mark_of`); raises `Conflict` where another stands now.
    """
    must(actor, Right.FILL_DOSSIER)
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    point = next((p for p in sheet.open_points() if p.id == point_id), None)
    if point is None:
        raise Refused("Điểm bổ sung này không còn mở.")
    if not text.strip():
        raise Refused("Xin ghi phần trả lời cho điểm này.", 422)
    if point.answer == text.strip():
        return point
    if seen not in (None, mark_of({"answer": point.answer})):
        raise Conflict("Có người vừa sửa câu trả lời này. Xin xem cả hai nội dung rồi chọn.", point)
    point.answer, point.answered_at = text.strip(), clock.now()
    key = {"tenant_id": dossier.tenant_id, "unit_id": dossier.unit_id, "dossier_id": dossier.id}
    record(actor, "answer_point", "đã trả lời một điểm bổ sung.", **key)
    db.session.flush()
    return point


def send_supplement(actor: Identity, dossier: Dossier) -> Dossier:
    """Send the answered request back; the head thereby signs the changed content anew.

    Sending again what was sent changes nothing.
    """
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    last = sheet.requests[-1] if sheet.requests else None
    if sheet.dossier.state == State.SUBMITTED and last is not None:
        must(actor, Right.SUBMIT_DOSSIER)
        if last.lapsed_at:
            raise Conflict(
                f"{last.lapsed_by} đã khép yêu cầu bổ sung lúc {words.moment(last.lapsed_at)} vì quá hạn, nên phần bổ "
                f"sung không gửi được nữa. Xin liên hệ {calendar_of(sheet.cycle).office}.",
                last,
            )
        return sheet.dossier
    request = sheet.open_request
    restate(sheet)
    freeze(sheet, actor)
    take(actor, sheet, Act.ANSWER_SUPPLEMENT)
    if request is not None:
        request.answered_at, request.answered_by = clock.now(), actor.full_name
    db.session.flush()
    return sheet.dossier
