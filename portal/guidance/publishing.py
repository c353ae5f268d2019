"""The verbs of what everybody looks up: publish an answer or a sample, change it, take it back.

Each raises `Refused` for what cannot be, `Conflict` where the row changed since it was shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from portal import clock, words
from portal.dossiers.taking import must
from portal.spelling import fold
from portal.trail.operations import record
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused
from tenants.rights import Right
from tenants.scope import ScopeKind

from . import lookup, queries
from .asking import held
from .models import GuidanceEntry, Question
from .rules import LONGEST_QUESTION, LONGEST_TEXT, named_in
from .wording import SORTS


@dataclass(frozen=True, slots=True)
class Words:
    """What is published; see `GuidanceEntry`."""

    sort: str
    key: str
    kinds: tuple[str, ...]
    heading: str
    body: str
    evidence: str = ""

    @property
    def folded(self) -> str:
        """What the search compares."""
        return fold(f"{self.heading} {self.body} {self.evidence}")


def _judge(actor: Identity, given: Words) -> None:
    must(actor, Right.ANSWER_QUESTION)
    province = queries.level_of(actor.here) is ScopeKind.PROVINCE
    if given.sort not in ("answer", "sample") or (given.sort == "sample" and not province):
        raise Refused("Chỉ Sở đăng mẫu minh họa; huyện đăng hỏi đáp.", 422)
    if not 0 < len(given.heading) <= LONGEST_QUESTION or not 0 < len(given.body) <= LONGEST_TEXT:
        raise Refused("Xin ghi đủ tiêu đề (hoặc câu hỏi) và nội dung, không dài quá mức cho phép.", 422)
    if given.sort == "sample" and not (given.key and given.evidence):
        raise Refused("Mẫu minh họa cần chỉ tiêu và mô tả minh chứng.", 422)
    if len(given.evidence) > LONGEST_TEXT or set(given.kinds) - set(lookup.kinds_for(actor.here)):
        raise Refused("Mô tả minh chứng quá dài, hoặc loại hình đơn vị không có trong danh sách.", 422)
    if given.key and given.key not in lookup.indicators_here(actor.here).names:
        raise Refused("Xin chọn một chỉ tiêu trong danh sách.", 422)


def publish(actor: Identity, given: Words) -> GuidanceEntry:
    """Publish an answer or a sample: the Department for everybody, a district for its own units."""
    _judge(actor, given)
    place, now = actor.here, clock.now()
    same = select(GuidanceEntry.id).where(
        GuidanceEntry.tenant_id == place.tenant_id,
        GuidanceEntry.sort == given.sort,
        GuidanceEntry.indicator_key == given.key,
        GuidanceEntry.heading == given.heading,
        GuidanceEntry.retired_at.is_(None),
    )
    if queries.written_already(place, same):
        raise Refused("Mục này đã đăng rồi; cần đổi thì sửa mục đã đăng.")
    entry = GuidanceEntry(
        tenant_id=place.tenant_id,
        from_province=queries.level_of(place) is ScopeKind.PROVINCE,
        sort=given.sort,
        published_at=now,
        changed_at=now,
        changed_by=actor.full_name,
        **_columns(given),
    )
    db.session.add(entry)
    db.session.flush()
    _note(
        actor,
        entry,
        "publish",
        f"đăng {SORTS[given.sort].lower()} để mọi người đọc.",
    )
    return entry


def _columns(given: Words) -> dict[str, object]:
    return {
        "indicator_key": given.key,
        "kinds": [kind for kind in words.UNIT_KINDS if kind in given.kinds],
        "heading": given.heading,
        "body": given.body,
        "evidence": given.evidence if given.sort == "sample" else "",
        "folded": given.folded,
    }


def _note(actor: Identity, entry: GuidanceEntry, act: str, sentence: str) -> None:
    record(
        actor,
        f"guidance.{act}",
        sentence,
        tenant_id=entry.tenant_id,
        detail={"entry": entry.id, "heading": entry.heading[:200]},
    )


def publish_answered(actor: Identity, question: Question, given: Words, version: int) -> GuidanceEntry:
    """Publish a copy of an answered question that says nothing of who asked.

    Raises `Refused` before the answer, where a copy is out already, and while the text names unit, district or person.
    """
    row = held(actor, question, version)
    if row.state != "answered":
        raise Refused("Xin trả lời câu hỏi trước khi đăng.")
    if row.published_at is not None:
        raise Refused(f"{row.published_by} đã đăng câu hỏi này.")
    _, unit, district = lookup.question_of(actor.here, row.id)
    province = queries.level_of(actor.here) is ScopeKind.PROVINCE
    names = (unit or "", row.asked_by, district if province else "")
    if name := named_in(f"{given.heading} {given.body}", names):
        raise Refused(f"Nội dung còn nêu “{name}”. Xin bỏ tên nơi hỏi, người hỏi rồi đăng.", 422)
    entry = publish(actor, given)
    now = clock.now()
    row.published_at, row.published_by = now, actor.full_name
    db.session.flush()
    return entry


def _own(actor: Identity, entry: GuidanceEntry, version: int) -> GuidanceEntry:
    must(actor, Right.ANSWER_QUESTION)
    row = lookup.entry_of(actor.here, entry.id, lock=True)
    if row is None:
        raise Refused("Không tìm thấy mục này.", 404)
    if row.version != version:
        raise Conflict("Người khác vừa sửa mục này. Xin xem nội dung mới rồi sửa lại.", row)
    if row.retired_at is not None:
        raise Refused("Mục này đã gỡ nên không sửa được nữa.")
    return row


def change(actor: Identity, entry: GuidanceEntry, given: Words, version: int) -> GuidanceEntry:
    """Change a published entry, its sort too; an answer keeps no evidence."""
    row = _own(actor, entry, version)
    _judge(actor, given)
    now, was = clock.now(), row.sort
    row.sort = given.sort
    for name, value in _columns(given).items():
        setattr(row, name, value)
    row.changed_at, row.changed_by = now, actor.full_name
    db.session.flush()
    sentence = "sửa một mục hỏi đáp, mẫu minh họa."
    if was != given.sort:
        sentence = f"đổi một mục đã đăng từ {SORTS[was].lower()} sang {SORTS[given.sort].lower()}."
    _note(actor, row, "change", sentence)
    return row


def retire(actor: Identity, entry: GuidanceEntry, version: int) -> GuidanceEntry:
    """Take an entry back; nobody looks it up any more, and it stays on record."""
    row = _own(actor, entry, version)
    now = clock.now()
    row.retired_at, row.changed_at, row.changed_by = now, now, actor.full_name
    db.session.flush()
    _note(actor, row, "retire", "gỡ một mục hỏi đáp, mẫu minh họa.")
    return row
