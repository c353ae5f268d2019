"""The verbs of a case: the district gives it to somebody, asks the unit, answers or closes it; the unit replies.

Whatever the answer, the recognition stays as it was decided; changing it takes a further decision. Nothing of who
asked, and none of the asker's words, stands in a notice, in the trail or in what the unit is asked. Each
verb raises `Refused` for what cannot be, `Conflict` where the case changed since it was shown.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import or_, update

from portal import clock, words
from portal.dossiers.taking import must
from portal.notices.operations import tell_district, tell_person, tell_unit
from portal.notices.rules import Kind
from portal.trail.operations import record
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused
from tenants.rights import Right
from tenants.scope import Scope, ScopeKind, acting_in

from .models import Inquiry, InquiryQuestion
from .queries import Case, candidates, case_of
from .rules import (
    ASKER_DAYS,
    KINDS,
    MOST_QUESTION,
    MOST_RESULT,
    MOST_TEXT,
    NOT_YOURS,
    OPEN,
    OUTCOMES,
    gives_away,
)

STANDS = "Việc này vừa được người khác xử lý. Xin tải lại trang để xem tình trạng mới."


def _open(inquiry: Inquiry, version: int) -> Case:
    """Return the case held for this transaction; raises `Refused` once it has ended, `Conflict` when it changed."""
    case = case_of(inquiry.tenant_id, inquiry.id, lock=True)
    if case is None:
        raise Refused("Không tìm thấy câu hỏi, phản ánh này.", 404)
    if case.inquiry.state not in OPEN:
        raise Refused("Việc này đã kết thúc nên không thay đổi được nữa.")
    if case.inquiry.version != version:
        raise Conflict(STANDS, case.inquiry)
    return case


def _own(actor: Identity, inquiry: Inquiry, version: int) -> Case:
    """Return an open case that the actor handles; raises `Refused` where it is somebody else's."""
    case = _open(inquiry, version)
    must(actor, Right.HANDLE_INQUIRY, case)
    if case.inquiry.handler_id != actor.account_id:
        raise Refused(NOT_YOURS)
    return case


def _text(text: str, what: str, most: int = MOST_TEXT) -> str:
    text = text.strip()
    if not text or len(text) > most:
        raise Refused(f"Xin viết {what} (tối đa {most} ký tự).", 422)
    return text


def _keeps_the_secret(case: Case, text: str, what: str) -> None:
    """Refuse a text for others that bears the name or the address of who asked."""
    if any(gives_away(text, secret) for secret in (case.inquiry.asker, case.inquiry.contact)):
        raise Refused(f"{what} không được nêu tên, địa chỉ liên hệ của người gửi. Xin viết lại.", 422)


def _note(actor: Identity, case: Case, act: str, sentence: str, *, of_unit: bool = False) -> None:
    record(
        actor,
        act,
        sentence,
        tenant_id=case.tenant_id,
        unit_id=case.unit_id if of_unit else None,
        detail={"inquiry": case.inquiry.id, "state": case.inquiry.state, "outcome": case.inquiry.outcome},
        inner=not of_unit,
    )


def _called(case: Case) -> str:
    return f"{KINDS[case.inquiry.kind].lower()} về kết quả mã {case.inquiry.code}"


def assign(actor: Identity, inquiry: Inquiry, account_id: int, version: int) -> Inquiry:
    """Give a case to somebody who took no part in the result; everybody with the right may, also who took part."""
    must(actor, Right.HANDLE_INQUIRY)
    case = _open(inquiry, version)
    inquiry = case.inquiry
    chosen = next((one for one in candidates(case) if one.account_id == account_id), None)
    if chosen is None:
        raise Refused(
            "Xin chọn một người trong danh sách: người không thẩm định, không ban hành kết quả này.", 422
        )
    if inquiry.handler_id == account_id:
        raise Refused(f"Việc này đang giao cho {chosen.name}.", 422)
    at = clock.now()
    inquiry.handler_id, inquiry.handler, inquiry.taken_at, inquiry.state = (
        account_id,
        chosen.name,
        at,
        "taken",
    )
    db.session.flush()
    _note(actor, case, "inquiry.assign", f"đã giao {_called(case)} cho {chosen.name}.")
    if account_id != actor.account_id:
        tell_person(
            case.tenant_id,
            account_id,
            f"Anh/chị được giao xử lý {_called(case)}.",
            f"/huyen/phan-anh/{inquiry.id}",
            Kind.STEP,
        )
    return inquiry


def ask_unit(actor: Identity, inquiry: Inquiry, question: str, version: int) -> InquiryQuestion:
    """Ask the unit in one's own words; one question at a time. The unit learns neither who asked nor what was sent."""
    case = _own(actor, inquiry, version)
    if case.waiting:
        raise Refused("Đơn vị chưa trả lời câu hỏi trước; mỗi lần chỉ một câu hỏi.")
    question = _text(question, "câu hỏi gửi đơn vị", MOST_QUESTION)
    _keeps_the_secret(case, question, "Câu hỏi gửi đơn vị")
    if len(case.inquiry.body) >= 40 and words.fold(case.inquiry.body) in words.fold(question):
        raise Refused(
            words.in_words_of(
                actor.here.tier,
                "Câu hỏi chép nguyên văn nội dung người gửi viết. Xin viết lại bằng lời của huyện để không lộ người gửi.",
            ),
            422,
        )
    asked = InquiryQuestion(
        tenant_id=case.tenant_id,
        unit_id=case.unit_id,
        inquiry_id=case.inquiry.id,
        year=case.recognition.year,
        question=question,
        asked_at=clock.now(),
        asked_by=actor.full_name,
    )
    db.session.add(asked)
    db.session.flush()
    _note(
        actor,
        case,
        "inquiry.ask",
        f"đã hỏi đơn vị về kết quả đã công bố năm {case.recognition.year}.",
        of_unit=True,
    )
    tell_unit(
        case.tenant_id,
        case.unit_id,
        words.in_words_of(
            actor.here.tier,
            f"Huyện hỏi về kết quả đã công bố năm {case.recognition.year}: xin đọc và trả lời.",
        ),
        "/don-vi/huyen-hoi",
    )
    return asked


def reply(actor: Identity, asked: InquiryQuestion, text: str) -> InquiryQuestion:
    """Answer the district's question for the unit, once."""
    must(actor, Right.ANSWER_INQUIRY)
    db.session.refresh(asked, with_for_update=True)
    if asked.closed_at:
        raise Refused("Việc này đã kết thúc nên không cần trả lời nữa.")
    if asked.replied_at:
        raise Refused(f"Đơn vị đã trả lời câu hỏi này ({asked.replied_by}).")
    text, at = _text(text, "câu trả lời của đơn vị"), clock.now()
    asked.reply, asked.replied_at, asked.replied_by = text, at, actor.full_name
    db.session.flush()
    record(
        actor,
        "inquiry.reply",
        f"đã trả lời câu hỏi về kết quả đã công bố năm {asked.year}.",
        tenant_id=asked.tenant_id,
        unit_id=asked.unit_id,
    )
    tell_district(
        asked.tenant_id,
        f"Đơn vị đã trả lời câu hỏi về kết quả đã công bố năm {asked.year}.",
        f"/huyen/phan-anh/{asked.inquiry_id}",
        asked.unit_id,
    )
    return asked


def answer(actor: Identity, inquiry: Inquiry, outcome: str, text: str, result: str, version: int) -> Inquiry:
    """Answer who asked, and say in short what everybody may read; a report is always told to everybody."""
    case = _own(actor, inquiry, version)
    if outcome not in OUTCOMES:
        raise Refused("Xin chọn kết quả xử lý.", 422)
    text, result = _text(text, "nội dung trả lời"), result.strip()
    if case.inquiry.kind == "report" and not result:
        raise Refused("Xin viết kết quả công khai: phản ánh nào cũng được công khai kết quả ngắn gọn.", 422)
    if len(result) > MOST_RESULT:
        raise Refused(f"Kết quả công khai dài tối đa {MOST_RESULT} ký tự.", 422)
    _keeps_the_secret(case, result, "Kết quả công khai")
    _end(actor, case, "answered", outcome=outcome, answer=text, result=result)
    _note(actor, case, "inquiry.answer", f"đã trả lời {_called(case)}: {OUTCOMES[outcome].lower()}.")
    return case.inquiry


def dismiss(actor: Identity, inquiry: Inquiry, reason: str, version: int) -> int:
    """Close a case that is no question and no report, with the reason; returns how many were closed.

    One that is given to somebody is closed by that person. Those about the same result with the very same words that
    nobody has taken go with it.
    """
    case = _open(inquiry, version) if inquiry.state == "sent" else _own(actor, inquiry, version)
    must(actor, Right.HANDLE_INQUIRY, case)
    reason = _text(reason, "lý do đóng", MOST_RESULT)
    _keeps_the_secret(case, reason, "Lý do đóng")
    _end(actor, case, "dismissed", end_reason=reason)
    same = db.session.execute(
        update(Inquiry)
        .where(
            Inquiry.tenant_id == case.tenant_id,
            Inquiry.code == case.inquiry.code,
            Inquiry.body == case.inquiry.body,
            Inquiry.state == "sent",
        )
        .values(
            state="dismissed",
            ended_at=case.inquiry.ended_at,
            ended_by=actor.full_name,
            end_reason=reason,
            version=Inquiry.version + 1,
        )
        .execution_options(synchronize_session=False)
        .returning(Inquiry.id)
    ).all()
    closed = 1 + len(same)
    _note(
        actor, case, "inquiry.dismiss", f"đã đóng {_called(case)}, không xử lý ({closed} lần gửi): {reason}"
    )
    return closed


def _end(actor: Identity, case: Case, state: str, **values: str) -> None:
    """Bring a case to an end with everything that belongs to it; an unanswered question to the unit ends too."""
    at, inquiry = clock.now(), case.inquiry
    if case.waiting:
        case.waiting.closed_at = at
    with db.session.no_autoflush:
        for name, value in values.items():
            setattr(inquiry, name, value)
        inquiry.state, inquiry.ended_at, inquiry.ended_by = state, at, actor.full_name
    db.session.flush()


def erase_askers() -> int:
    """Erase who asked in cases that ended long enough ago (daily); returns how many."""
    with acting_in(Scope(ScopeKind.STEWARD)):
        gone = db.session.execute(
            update(Inquiry)
            .where(
                Inquiry.ended_at < clock.now() - timedelta(days=ASKER_DAYS),
                or_(Inquiry.asker != "", Inquiry.contact != "", Inquiry.sender.is_not(None)),
            )
            .values(asker="", contact="", sender=None)
        )
        return int(getattr(gone, "rowcount", 0))
