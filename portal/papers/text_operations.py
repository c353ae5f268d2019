"""The Department's verbs on the wordings of papers: draft one with its source, put it in force, drop a draft."""

from __future__ import annotations

from flask import g
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.papers.models import PaperText
from portal.papers.texts import Place, fault_of
from portal.trail.operations import record
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused
from tenants.rights import Right, refusal

SHORTEST_SOURCE, LONGEST_SOURCE = 5, 400
FIRST_YEAR, LAST_YEAR = 2024, 2100
CHANGED = "Có người vừa sửa bản soạn này. Trang đã lấy lại nội dung mới; phần anh/chị gõ vẫn còn."


def texts_of(place: Place) -> list[PaperText]:
    """Return the wordings of a place, the draft first, then the latest put in force."""
    statement = select(PaperText).where(PaperText.place == place.key)
    rows = db.session.scalars(
        statement.order_by(PaperText.in_force_at.is_not(None), PaperText.in_force_at.desc(), PaperText.id)
    )
    return list(rows)


def draft_of(place: Place, *, lock: bool = False) -> PaperText | None:
    """Return the draft of a place, or None."""
    statement = select(PaperText).where(PaperText.place == place.key, PaperText.in_force_at.is_(None))
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(statement)


def draft_text(
    actor: Identity, place: Place, text: str, from_year: int, source: str, *, seen: int
) -> PaperText:
    """Write the draft of a place; `seen` is the version the page showed, 0 where there was none.

    Raises `Refused` for a text that cannot stand there, a year out of range or no source; `Conflict` where somebody
    wrote the draft meanwhile.
    """
    tenant_id = _may(actor)
    if fault := fault_of(place, text):
        raise Refused(fault, 422)
    if not FIRST_YEAR <= from_year <= LAST_YEAR:
        raise Refused(f"Năm đánh giá từ {FIRST_YEAR} đến {LAST_YEAR}.", 422)
    if not SHORTEST_SOURCE <= len(source) <= LONGEST_SOURCE:
        raise Refused(f"Xin ghi văn bản làm căn cứ (số, ngày; đến {LONGEST_SOURCE} ký tự).", 422)
    draft, now = draft_of(place, lock=True), clock.now()
    if (draft.version if draft else 0) != seen:
        raise Conflict(CHANGED, draft)
    if draft is None:
        draft = PaperText(
            place=place.key,
            text=text,
            from_year=from_year,
            source=source,
            changed_at=now,
            changed_by=actor.full_name,
        )
        try:
            with db.session.begin_nested():
                db.session.add(draft)
                db.session.flush()
        except IntegrityError:
            raise Conflict(CHANGED) from None
    else:
        draft.text, draft.from_year, draft.source = text, from_year, source
        draft.changed_at, draft.changed_by = now, actor.full_name
        db.session.flush()
    said = f"đã soạn câu chữ “{place.where}” của {place.paper}, từ năm đánh giá {from_year}, theo “{source}”."
    record(
        actor,
        "text.draft",
        said,
        tenant_id=tenant_id,
        detail={"place": place.key, "text": text, "source": source},
    )
    return draft


def put_in_force(actor: Identity, place: Place, *, seen: int) -> PaperText:
    """Put the draft of a place in force for papers not issued yet. Raises `Refused` without one, `Conflict` on an old page."""
    tenant_id = _may(actor)
    draft = _draft_as_seen(place, seen)
    now = clock.now()
    draft.in_force_at, draft.in_force_by = now, actor.full_name
    db.session.flush()
    g.pop("wordings", None)
    record(
        actor,
        "text.in_force",
        f"đã cho dùng câu chữ “{place.where}” của {place.paper}, từ năm đánh giá {draft.from_year}.",
        tenant_id=tenant_id,
        detail={"place": place.key, "text": draft.text, "from_year": draft.from_year, "source": draft.source},
    )
    return draft


def drop_draft(actor: Identity, place: Place, *, seen: int) -> None:
    """Throw the draft of a place away. Raises as `put_in_force`."""
    tenant_id = _may(actor)
    draft = _draft_as_seen(place, seen)
    record(
        actor,
        "text.drop",
        f"đã bỏ bản soạn câu chữ “{place.where}” của {place.paper}.",
        tenant_id=tenant_id,
        detail={"place": place.key, "text": draft.text},
    )
    db.session.delete(draft)
    db.session.flush()


def _draft_as_seen(place: Place, seen: int) -> PaperText:
    draft = draft_of(place, lock=True)
    if draft is None:
        raise Refused("Bản soạn này không còn; có thể đã được cho dùng hoặc bỏ.")
    if draft.version != seen:
        raise Conflict("Có người vừa sửa bản soạn này. Xin đọc lại rồi làm tiếp.", draft)
    return draft


def _may(actor: Identity) -> int:
    sentence = refusal(actor, Right.GOVERN_TEXTS)
    if sentence:
        raise Refused(sentence, 403)
    return actor.here.tenant_id
