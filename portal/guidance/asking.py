"""The verbs of questions: ask, pass on to the Department, answer once.

Each raises `Refused` for what cannot be, `Conflict` where the question changed since it was shown.
"""

from __future__ import annotations

from sqlalchemy import select

from portal import clock, words
from portal.dossiers.taking import must
from portal.notices.operations import tell_district, tell_unit
from portal.notices.rules import Kind
from portal.trail.operations import record
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused
from tenants.rights import Right
from tenants.scope import ScopeKind

from . import lookup, queries
from .models import Question
from .rules import LONGEST_QUESTION, LONGEST_TEXT, answers_now

CHANGED = "Câu hỏi này vừa được người khác xử lý. Xin xem nội dung mới."


def _path(question: Question) -> str:
    return f"/hoi-dap/cau-hoi/{question.id}"


def ask(actor: Identity, text: str, key: str = "") -> Question:
    """Ask: a unit its district, a district the Department. `key`: the indicator it is about, "" for none."""
    must(actor, Right.ASK_QUESTION)
    place, now = actor.here, clock.now()
    if not 0 < len(text) <= LONGEST_QUESTION:
        raise Refused(f"Xin viết câu hỏi, dài tối đa {LONGEST_QUESTION} ký tự.", 422)
    if key and key not in lookup.indicators_here(place).names:
        raise Refused("Xin chọn một chỉ tiêu trong danh sách, hoặc để trống.", 422)
    of_unit = place.unit_id is not None
    same = select(Question.id).where(
        Question.tenant_id == place.tenant_id,
        Question.unit_id == place.unit_id if of_unit else Question.unit_id.is_(None),
        Question.text == text,
        Question.state != "answered",
    )
    if queries.written_already(place, same):
        raise Refused("Câu hỏi này đã gửi và đang chờ trả lời.")
    question = Question(
        tenant_id=place.tenant_id,
        unit_id=place.unit_id,
        state="asked" if of_unit else "passed",
        indicator_key=key,
        text=text,
        asked_at=now,
        asked_by=actor.full_name,
        passed_at=None if of_unit else now,
        passed_by="" if of_unit else actor.full_name,
    )
    db.session.add(question)
    db.session.flush()
    _note(
        actor, question, "ask", f"hỏi {words.in_words_of(place.tier, 'huyện') if of_unit else 'Sở'} một câu."
    )
    if of_unit:
        tell_district(
            place.tenant_id,
            words.in_words_of(place.tier, "Đơn vị hỏi huyện một câu; xin trả lời hoặc chuyển Sở."),
            _path(question),
            place.unit_id,
            Kind.GUIDANCE,
        )
    return question


def _note(actor: Identity, question: Question, act: str, sentence: str) -> None:
    record(
        actor,
        f"guidance.{act}",
        sentence,
        tenant_id=question.tenant_id,
        unit_id=question.unit_id,
        detail={"question": question.id},
    )


def held(actor: Identity, question: Question, version: int) -> Question:
    """Return a question the actor may answer, held for this transaction; raises `Conflict` where it changed."""
    must(actor, Right.ANSWER_QUESTION)
    row = lookup.question_of(actor.here, question.id, lock=True)
    if row is None:
        raise Refused("Không tìm thấy câu hỏi này.", 404)
    found: Question = row[0]
    if found.version != version:
        raise Conflict(CHANGED, found)
    return found


def _is_for(actor: Identity, question: Question) -> bool:
    province = queries.level_of(actor.here) is ScopeKind.PROVINCE
    return answers_now(question.state, province=province)


def pass_on(actor: Identity, question: Question, version: int) -> Question:
    """Pass a unit's question on to the Department, which answers it then."""
    row = held(actor, question, version)
    if row.state != "asked":
        raise Refused("Câu hỏi này đã trả lời hoặc đã chuyển nên không chuyển Sở được.")
    now = clock.now()
    row.state, row.passed_at, row.passed_by = "passed", now, actor.full_name
    db.session.flush()
    _note(actor, row, "pass", "chuyển Sở câu hỏi của đơn vị.")
    assert row.unit_id is not None
    tell_unit(
        row.tenant_id,
        row.unit_id,
        words.in_words_of(actor.here.tier, "Huyện đã chuyển câu hỏi của đơn vị lên Sở."),
        _path(row),
        Kind.GUIDANCE,
    )
    return row


def answer(actor: Identity, question: Question, text: str, version: int) -> Question:
    """Answer a question, once, and tell who asked."""
    row = held(actor, question, version)
    if not _is_for(actor, row):
        raise Refused("Câu hỏi này không chờ anh/chị trả lời: đã có trả lời, hoặc đang ở cấp khác.")
    if not 0 < len(text) <= LONGEST_TEXT:
        raise Refused(f"Xin viết câu trả lời, dài tối đa {LONGEST_TEXT} ký tự.", 422)
    now, who = (
        clock.now(),
        "Sở" if row.state == "passed" else words.in_words_of(actor.here.tier, "Huyện"),
    )
    row.answer, row.answered_at, row.answered_by = text, now, actor.full_name
    row.state = "answered"
    db.session.flush()
    _note(actor, row, "answer", "trả lời một câu hỏi.")
    said = f"{who} đã trả lời câu hỏi."
    if row.unit_id is not None:
        tell_unit(row.tenant_id, row.unit_id, said, _path(row), Kind.GUIDANCE)
    else:
        tell_district(row.tenant_id, said, _path(row), kind=Kind.GUIDANCE)
    return row
