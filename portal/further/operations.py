"""The verbs before a further decision is issued: prepare it, tell the unit, hear it or record its silence, drop it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.cycle.queries import tier_at
from portal.dossiers.taking import locked, must
from portal.evidence.checks import Accepted, examine
from portal.evidence.store import store
from portal.notices.operations import tell_district, tell_unit
from portal.notices.rules import Kind
from portal.trail.operations import record
from portal.words import day, in_words_of
from tenants.database import db
from tenants.identity import Identity
from tenants.places import Tenant
from tenants.refusal import Conflict, Refused
from tenants.rights import Right

from . import rules
from .models import FurtherDecision
from .queries import Case, Standing, case_of, citable, standing_of, standing_of_dossier

MOST_TEXT = 5_000
SEEN_CHANGED = "Dự thảo vừa được người khác sửa sau khi trang này mở. Xin xem lại nội dung rồi thực hiện lại."


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the officer wrote. `file`: name and content of the evidence, None to leave it as it is."""

    outcome: int
    ground: str
    reason: str
    legal_basis: str
    complaint_id: int | None = None
    file: tuple[str, bytes] | None = None


def prepare(
    actor: Identity, tenant_id: int, decision_id: int, line_id: int, kind: str, given: Prepared
) -> FurtherDecision:
    """Begin a further decision on one unit's line of an issued decision.

    Raises `Refused` beside one that is open, for a result that no longer stands, and for what cannot be so.
    """
    must(actor, Right.DRAFT_DECISION)
    standing = standing_of(tenant_id, decision_id, line_id)
    if standing is None:
        raise Refused("Không tìm thấy kết quả này trong quyết định đã ban hành.", 404)
    locked(tenant_id, standing.dossier.id)
    accepted = _checked(standing, kind, given)
    tenant = db.session.get_one(Tenant, tenant_id)
    row = FurtherDecision(
        tenant_id=tenant_id,
        unit_id=standing.unit_id,
        dossier_id=standing.dossier.id,
        decision_id=standing.decision.id,
        kind=kind,
        before=standing.level,
        target_number=standing.number,
        target_dated=standing.dated,
        issuer=f"{tenant.chair_title.capitalize()} {tenant.committee}",
        created_at=clock.now(),
        created_by=actor.full_name,
    )
    _write(row, given, accepted)
    try:
        with db.session.begin_nested():
            db.session.add(row)
            db.session.flush()
    except IntegrityError as error:
        if "uq_further_decision_open" in str(error.orig):
            raise Conflict(
                "Đơn vị này đang có một dự thảo quyết định thu hồi, điều chỉnh. Xin mở dự thảo đó."
            ) from error
        raise
    _note(actor, row, "further.draft", f"đã soạn: {_said(row, standing.dossier.year)}.", inner=True)
    return row


def save(
    actor: Identity, row: FurtherDecision, given: Prepared, version: int | None = None
) -> FurtherDecision:
    """Write a draft again."""
    must(actor, Right.DRAFT_DECISION)
    case = held(row, version, "draft")
    standing = in_force_of(case)
    accepted = _checked(standing, case.further.kind, given)
    row = case.further
    row.before, row.target_number, row.target_dated = standing.level, standing.number, standing.dated
    _write(row, given, accepted)
    db.session.flush()
    return row


def _checked(standing: Standing, kind: str, given: Prepared) -> Accepted | None:
    """Return the evidence as it may be kept; raises `Refused` for what cannot stand."""
    if standing.refusal:
        raise Refused(standing.refusal)
    if kind not in rules.KINDS:
        raise Refused("Xin chọn thu hồi hoặc điều chỉnh.", 422)
    if kind == "revoke" and standing.level == 0:
        raise Refused("Đơn vị không có kết quả công nhận nào để thu hồi.")
    outcome = 0 if kind == "revoke" else given.outcome
    if outcome not in (0, 1, 2):
        raise Refused("Xin chọn kết quả sau điều chỉnh.", 422)
    if outcome == standing.level:
        raise Refused(f"Kết quả đang có đã là “{rules.result_words(outcome)}”; xin chọn kết quả khác.", 422)
    if given.ground not in rules.GROUNDS[kind]:
        raise Refused("Xin chọn lý do trong danh sách.", 422)
    for text, what in ((given.reason, "nội dung lý do"), (given.legal_basis, "căn cứ của quyết định")):
        if not text.strip() or len(text) > MOST_TEXT:
            raise Refused(f"Xin ghi {what} (tối đa {MOST_TEXT} ký tự).", 422)
    known = {one.id for one in citable(standing.tenant_id, standing.dossier.id)}
    if given.complaint_id is not None and given.complaint_id not in known:
        raise Refused("Khiếu nại này không có kết quả giải quyết cần quyết định điều chỉnh.", 422)
    if given.ground == "complaint" and given.complaint_id is None:
        raise Refused("Xin chọn khiếu nại mà kết quả giải quyết dẫn đến quyết định này.", 422)
    return examine(*given.file) if given.file else None


def _write(row: FurtherDecision, given: Prepared, file: Accepted | None) -> None:
    row.outcome = 0 if row.kind == "revoke" else given.outcome
    row.ground, row.complaint_id = given.ground, given.complaint_id
    row.reason, row.legal_basis = given.reason.strip(), given.legal_basis.strip()
    if file is not None:
        row.file_sha256 = store().put(row.tenant_id, file.content)
        row.file_size, row.file_type, row.file_name = len(file.content), file.media_type, file.name


def held(row: FurtherDecision, version: int | None, *states: str) -> Case:
    """Return the case held for this transaction; raises `Refused` out of these states, `Conflict` when it changed."""
    case = case_of(row.tenant_id, row.id, lock=True)
    if case is None:
        raise Refused("Không tìm thấy dự thảo này.", 404)
    now = case.further
    if now.state not in states:
        if now.state == "issued":
            raise Refused(f"Quyết định số {now.number} đã ban hành nên không thay đổi được nữa.")
        raise Refused(f"Việc này đang ở bước “{rules.STATES[now.state][0]}” nên không thực hiện được.")
    if version is not None and now.version != version:
        raise Conflict(SEEN_CHANGED, now)
    return case


def in_force_of(case: Case) -> Standing:
    """Return what stands of the result a case is about; raises `Refused` where nothing further can be decided."""
    standing = standing_of_dossier(case.tenant_id, case.dossier.id)
    assert standing is not None
    if standing.refusal:
        raise Refused(standing.refusal)
    return standing


def _said(row: FurtherDecision, year: int) -> str:
    sentence = rules.change_sentence(row.kind, row.before, row.outcome, year)
    return sentence[:1].lower() + sentence[1:]


def _who(row: FurtherDecision) -> str:
    return in_words_of(tier_at(row.tenant_id), "Huyện")


def _note(actor: Identity, row: FurtherDecision, act: str, sentence: str, *, inner: bool = False) -> None:
    record(
        actor,
        act,
        sentence,
        tenant_id=row.tenant_id,
        unit_id=row.unit_id,
        dossier_id=row.dossier_id,
        detail={"further": row.id, "kind": row.kind, "before": row.before, "outcome": row.outcome},
        inner=inner,
    )


def unit_page(row: FurtherDecision) -> str:
    """Return the address of the unit's own page of a further decision."""
    return f"/ket-qua/quyet-dinh-sau/{row.id}"


def district_page(row: FurtherDecision) -> str:
    """Return the address of the district's page of a further decision."""
    return f"/huyen/quyet-dinh-sau/{row.id}"


def tell(
    actor: Identity, row: FurtherDecision, last: date | None, version: int | None = None
) -> FurtherDecision:
    """Tell the unit what is intended and until when it may answer; what was prepared then stays as it is."""
    must(actor, Right.DRAFT_DECISION)
    case = held(row, version, "draft")
    row, standing = case.further, in_force_of(case)
    if not rules.must_hear(row.before, row.outcome):
        raise Refused("Quyết định này không lấy đi kết quả nào của đơn vị nên không phải hỏi ý kiến.")
    if (standing.level, standing.number) != (row.before, row.target_number):
        raise Refused("Kết quả của đơn vị đã thay đổi. Xin lưu lại dự thảo rồi thực hiện lại.")
    if fault := rules.answer_day_fault(last, clock.today()):
        raise Refused(fault, 422)
    assert last is not None
    row.state, row.told_at, row.told_by, row.answer_by = "hearing", clock.now(), actor.full_name, last
    db.session.flush()
    said = _said(row, case.dossier.year)
    _note(actor, row, "further.tell", f"đã báo đơn vị dự kiến {said}; trả lời đến hết ngày {day(last)}.")
    tell_unit(
        row.tenant_id,
        row.unit_id,
        f"{_who(row)} dự kiến {said}. Đơn vị xem lý do và trả lời đến hết ngày {day(last)}.",
        unit_page(row),
        Kind.DECISION,
    )
    return row


def answer(actor: Identity, row: FurtherDecision, text: str, version: int | None = None) -> FurtherDecision:
    """Give the unit's answer to what is intended, once and in time."""
    must(actor, Right.ANSWER_HEARING)
    case = held(row, version, "hearing")
    row = case.further
    assert row.answer_by is not None
    if clock.today() > row.answer_by:
        raise Refused(f"Đã hết thời gian trả lời (đến hết ngày {day(row.answer_by)}).")
    text = text.strip()
    if not text or len(text) > MOST_TEXT:
        raise Refused(f"Xin viết ý kiến của đơn vị (tối đa {MOST_TEXT} ký tự).", 422)
    row.answer, row.answered_at, row.answered_by, row.state = text, clock.now(), actor.full_name, "heard"
    db.session.flush()
    _note(actor, row, "further.answer", f"đã trả lời về dự kiến {_said(row, case.dossier.year)}.")
    tell_district(
        row.tenant_id,
        f"{case.unit.name} đã trả lời về dự kiến {_said(row, case.dossier.year)}.",
        district_page(row),
        row.unit_id,
    )
    return row


def record_silence(actor: Identity, row: FurtherDecision, version: int | None = None) -> FurtherDecision:
    """Record that the unit let its time pass without an answer."""
    must(actor, Right.DRAFT_DECISION)
    row = held(row, version, "hearing").further
    assert row.answer_by is not None
    if fault := rules.silence_fault(row.answer_by, clock.today()):
        raise Refused(fault)
    row.silent_at, row.silent_by, row.state = clock.now(), actor.full_name, "heard"
    db.session.flush()
    _note(actor, row, "further.silence", f"ghi nhận đơn vị không trả lời đến hết ngày {day(row.answer_by)}.")
    return row


def drop(actor: Identity, row: FurtherDecision, reason: str, version: int | None = None) -> FurtherDecision:
    """Drop what was intended, with the reason; a unit that was told is told of it."""
    must(actor, Right.DRAFT_DECISION)
    case = held(row, version, *rules.OPEN)
    row, reason = case.further, reason.strip()
    if not reason or len(reason) > MOST_TEXT:
        raise Refused(f"Xin ghi lý do bỏ (tối đa {MOST_TEXT} ký tự).", 422)
    row.dropped_at, row.dropped_by, row.drop_reason, row.state = (
        clock.now(),
        actor.full_name,
        reason,
        "dropped",
    )
    db.session.flush()
    said = _said(row, case.dossier.year)
    _note(actor, row, "further.drop", f"đã bỏ dự kiến {said}.", inner=row.told_at is None)
    if row.told_at is not None:
        tell_unit(
            row.tenant_id,
            row.unit_id,
            f"{_who(row)} không tiếp tục việc {said}.",
            unit_page(row),
            Kind.DECISION,
        )
    return row
