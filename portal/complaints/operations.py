"""The verbs of a complaint: the unit sends and withdraws it, the district accepts, declines and answers it.

Whatever the answer, the recognition stays as it was decided; changing it takes a further decision.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.dossiers.models import Dossier, State
from portal.dossiers.results import outcome_of
from portal.dossiers.taking import locked, must
from portal.evidence.checks import Accepted, examine
from portal.evidence.store import store
from portal.notices.operations import tell_district, tell_unit
from portal.trail.operations import record
from portal.words import ZONE, day
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused
from tenants.rights import Right

from .models import Complaint, ComplaintFile
from .queries import Case, case_of, of_dossier, standing
from .rules import GROUNDS, OPEN, OUTCOMES, due_on, too_late

MOST_FILES = 5
MOST_TEXT = 10_000
MOST_WISH = 2_000
STANDS = "Khiếu nại này vừa được người khác xử lý. Xin tải lại trang để xem tình trạng mới."


def send(
    actor: Identity,
    dossier: Dossier,
    *,
    grounds: Sequence[str],
    body: str,
    wish: str = "",
    files: Iterable[tuple[str, bytes]] = (),
    seen: str | None = None,
) -> Complaint:
    """Send a complaint against the decision by which a dossier's result stands, with its files (name, content).

    `seen`: the number of the decision the page named. Raises `Conflict` where another stands meanwhile, `Refused`
    before a decision, after the term, beside an open complaint, and with the sentence of every file that cannot be
    taken; nothing is sent then.
    """
    must(actor, Right.COMPLAIN)
    dossier = locked(dossier.tenant_id, dossier.id)
    outcome = outcome_of(dossier)
    if dossier.state != State.DECIDED or outcome is None:
        raise Refused("Hồ sơ chưa có quyết định nên chưa khiếu nại được.")
    against = standing(dossier, outcome.decision, outcome.line)
    if seen not in (None, against.number):
        raise Conflict(
            f"Kết quả vừa được thay đổi bởi Quyết định số {against.number} ngày {day(against.dated)}. Xin đọc quyết định "
            "đó rồi gửi lại nếu vẫn không đồng ý."
        )
    told = against.told
    if late := too_late(told, clock.today()):
        raise Refused(late)
    if any(one.state in OPEN for one in of_dossier(dossier.tenant_id, dossier.id)):
        raise Refused(
            "Đơn vị đã gửi khiếu nại về kết quả này và đang chờ trả lời; mỗi lần chỉ một khiếu nại."
        )
    body, wish = body.strip(), wish.strip()
    wrong = [ground for ground in grounds if ground not in GROUNDS]
    if not grounds or wrong:
        raise Refused("Xin chọn ít nhất một lý do khiếu nại trong danh sách.", 422)
    if not body or len(body) > MOST_TEXT or len(wish) > MOST_WISH:
        raise Refused(
            f"Xin viết nội dung khiếu nại (tối đa {MOST_TEXT} ký tự) và đề nghị (tối đa {MOST_WISH} ký tự).",
            422,
        )
    accepted = _examined(files)
    key = {"tenant_id": dossier.tenant_id, "unit_id": dossier.unit_id}
    complaint = Complaint(
        **key,
        dossier_id=dossier.id,
        decision_id=outcome.decision.id,
        further_id=against.further_id,
        grounds=[ground for ground in GROUNDS if ground in grounds],
        body=body,
        wish=wish,
        told_on=told,
        sent_at=clock.now(),
        sent_by=actor.full_name,
    )
    try:
        with db.session.begin_nested():
            db.session.add(complaint)
            db.session.flush()
    except IntegrityError as error:
        raise Conflict("Đơn vị vừa gửi một khiếu nại về kết quả này.") from error
    for file in accepted:
        sha256 = store().put(dossier.tenant_id, file.content)
        db.session.add(
            ComplaintFile(
                **key,
                complaint_id=complaint.id,
                sha256=sha256,
                size=len(file.content),
                media_type=file.media_type,
                file_name=file.name,
            )
        )
    db.session.flush()
    _note(
        actor,
        complaint,
        "complaint.send",
        f"đã gửi khiếu nại về kết quả năm {dossier.year} (Quyết định số {against.number}).",
    )
    tell_unit(
        **key,
        sentence=f"Đã gửi khiếu nại về kết quả năm {dossier.year}.",
        path=f"/ho-so/{dossier.id}/khieu-nai",
    )
    tell_district(
        dossier.tenant_id,
        f"Đơn vị khiếu nại kết quả năm {dossier.year}: xem và thụ lý. Người đã thẩm định, ký quyết định không xử lý.",
        f"/huyen/khieu-nai/{complaint.id}",
        dossier.unit_id,
    )
    return complaint


def _examined(files: Iterable[tuple[str, bytes]]) -> list[Accepted]:
    """Return files that may be kept, each content once; raises `Refused` naming every one that may not."""
    accepted: list[Accepted] = []
    refused: list[str] = []
    for place, (name, content) in enumerate(files):
        if place == MOST_FILES:
            refused.append(f"Mỗi khiếu nại kèm tối đa {MOST_FILES} tệp.")
            break
        try:
            file = examine(name, content)
        except Refused as refusal:
            refused.append(refusal.sentence)
            continue
        if all(file.content != one.content for one in accepted):
            accepted.append(file)
    if refused:
        raise Refused("Chưa gửi khiếu nại. " + " ".join(refused), 422)
    return accepted


def _open(complaint: Complaint, version: int | None) -> Case:
    """Return the case held for this transaction; raises `Refused` once it has ended, `Conflict` when it changed."""
    case = case_of(complaint.tenant_id, complaint.id, lock=True)
    if case is None:
        raise Refused("Không tìm thấy khiếu nại này.", 404)
    if case.complaint.state not in OPEN:
        raise Refused("Khiếu nại này đã kết thúc nên không thay đổi được nữa.")
    if version is not None and case.complaint.version != version:
        raise Conflict(STANDS, case.complaint)
    return case


def _reason(text: str, what: str) -> str:
    text = text.strip()
    if not text or len(text) > MOST_WISH:
        raise Refused(f"Xin ghi {what} (tối đa {MOST_WISH} ký tự).", 422)
    return text


def _note(actor: Identity, complaint: Complaint, act: str, sentence: str) -> None:
    record(
        actor,
        act,
        sentence,
        tenant_id=complaint.tenant_id,
        unit_id=complaint.unit_id,
        dossier_id=complaint.dossier_id,
        detail={"complaint": complaint.id, "state": complaint.state, "outcome": complaint.outcome},
    )


def _tell(case: Case, sentence: str) -> None:
    tell_unit(case.tenant_id, case.unit_id, sentence, f"/ho-so/{case.dossier.id}/khieu-nai")


def withdraw(actor: Identity, complaint: Complaint, reason: str, version: int | None = None) -> Complaint:
    """Take a complaint back; the unit may send another one within the term."""
    must(actor, Right.COMPLAIN)
    case = _open(complaint, version)
    complaint = case.complaint
    _end(actor, complaint, "withdrawn", end_reason=_reason(reason, "lý do rút khiếu nại"))
    _note(actor, complaint, "complaint.withdraw", f"đã rút khiếu nại về kết quả năm {case.dossier.year}.")
    tell_district(
        case.tenant_id,
        f"{case.unit.name} đã rút khiếu nại về kết quả năm {case.dossier.year}.",
        f"/huyen/khieu-nai/{complaint.id}",
        case.unit_id,
    )
    return complaint


def accept(
    actor: Identity, complaint: Complaint, complex_reason: str = "", version: int | None = None
) -> Complaint:
    """Accept a complaint for handling: from today its answer is due, later where the case is complex and why is said."""
    case = _open(complaint, version)
    must(actor, Right.HANDLE_COMPLAINT, case)
    complaint = case.complaint
    if complaint.state != "sent":
        raise Refused("Khiếu nại này đã được thụ lý.")
    at = clock.now()
    complaint.state, complaint.accepted_at, complaint.accepted_by = "accepted", at, actor.full_name
    complaint.handler_id = actor.account_id
    _set_term(complaint, complex_reason)
    db.session.flush()
    assert complaint.due_on is not None
    _note(
        actor,
        complaint,
        "complaint.accept",
        f"đã thụ lý khiếu nại; trả lời chậm nhất {day(complaint.due_on)}.",
    )
    _tell(
        case,
        f"Khiếu nại về kết quả năm {case.dossier.year} đã được thụ lý; trả lời chậm nhất ngày {day(complaint.due_on)}.",
    )
    return complaint


def extend(actor: Identity, complaint: Complaint, reason: str, version: int | None = None) -> Complaint:
    """Take the longer term for a case that turns out to be complex, once and with the reason."""
    case = _open(complaint, version)
    must(actor, Right.HANDLE_COMPLAINT, case)
    complaint = case.complaint
    if complaint.state != "accepted" or complaint.complex_reason:
        raise Refused("Thời hạn chỉ kéo dài một lần, sau khi thụ lý.")
    _set_term(complaint, _reason(reason, "vì sao việc phức tạp"))
    db.session.flush()
    assert complaint.due_on is not None
    _note(actor, complaint, "complaint.extend", f"đã kéo dài thời hạn trả lời đến {day(complaint.due_on)}.")
    _tell(
        case,
        f"Thời hạn trả lời khiếu nại kéo dài đến ngày {day(complaint.due_on)}: {complaint.complex_reason}",
    )
    return complaint


def _set_term(complaint: Complaint, complex_reason: str) -> None:
    assert complaint.accepted_at is not None
    reason = complex_reason.strip()
    if len(reason) > MOST_WISH:
        raise Refused(f"Lý do dài tối đa {MOST_WISH} ký tự.", 422)
    complaint.complex_reason = reason
    complaint.due_on = due_on(complaint.accepted_at.astimezone(ZONE).date(), bool(reason))


def decline(actor: Identity, complaint: Complaint, reason: str, version: int | None = None) -> Complaint:
    """Say that a complaint is not taken up, and why."""
    case = _open(complaint, version)
    must(actor, Right.HANDLE_COMPLAINT, case)
    complaint = case.complaint
    if complaint.state != "sent":
        raise Refused("Khiếu nại đã thụ lý thì phải trả lời, không từ chối được nữa.")
    _end(actor, complaint, "declined", end_reason=_reason(reason, "lý do không thụ lý"))
    _note(actor, complaint, "complaint.decline", "không thụ lý khiếu nại.")
    _tell(case, f"Khiếu nại về kết quả năm {case.dossier.year} không được thụ lý: xem lý do.")
    return complaint


def answer(
    actor: Identity,
    complaint: Complaint,
    outcome: str,
    text: str,
    number: str = "",
    version: int | None = None,
) -> Complaint:
    """Answer an accepted complaint: kept, changed within what was decided, or a further decision is needed."""
    case = _open(complaint, version)
    must(actor, Right.HANDLE_COMPLAINT, case)
    complaint = case.complaint
    if complaint.state != "accepted":
        raise Refused("Xin thụ lý khiếu nại trước khi trả lời.")
    if outcome not in OUTCOMES:
        raise Refused("Xin chọn kết quả giải quyết.", 422)
    text, number = text.strip(), " ".join(number.split())
    if not text or len(text) > MOST_TEXT or len(number) > 60:
        raise Refused(
            f"Xin viết nội dung trả lời (tối đa {MOST_TEXT} ký tự); số văn bản tối đa 60 ký tự.", 422
        )
    _end(actor, complaint, "answered", outcome=outcome, answer=text, answer_number=number)
    said = OUTCOMES[outcome].lower()
    _note(actor, complaint, "complaint.answer", f"đã trả lời khiếu nại: {said}.")
    _tell(case, f"Đã có trả lời khiếu nại về kết quả năm {case.dossier.year}: {said}.")
    return complaint


def _end(actor: Identity, complaint: Complaint, state: str, **values: str) -> None:
    """Bring a complaint to an end with everything that belongs to it, in one statement."""
    at = clock.now()
    for name, value in values.items():
        setattr(complaint, name, value)
    complaint.state, complaint.ended_at, complaint.ended_by = state, at, actor.full_name
    db.session.flush()
