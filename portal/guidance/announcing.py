"""The verbs of announcements: announce, take note, remind once of a note that is missing, end.

The notices of an announcement are left when its first day has come: at once, or by the daily run.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert as upsert

from portal import clock, words
from portal.cycle.queries import tier_at
from portal.dossiers.taking import must
from portal.evidence.checks import examine
from portal.evidence.store import store
from portal.notices.operations import tell_all_units, tell_districts
from portal.notices.rules import Kind
from portal.trail.operations import record
from tenants.database import db
from tenants.identity import Identity, Place
from tenants.refusal import Refused
from tenants.rights import Right
from tenants.scope import Scope, ScopeKind, acting_in

from . import lookup, noting, queries
from .models import Acknowledgement, Announcement
from .rules import LONGEST_TEXT, LONGEST_TITLE, Phase, phase


@dataclass(frozen=True, slots=True)
class Content:
    """What is to be announced; `file`: name and content of a PDF laid beside it."""

    title: str
    body: str
    for_districts: bool
    for_units: bool
    kinds: tuple[str, ...]
    must_acknowledge: bool
    shows_from: date
    shows_until: date | None
    file: tuple[str, bytes] | None = None


def phase_of(row: Announcement) -> Phase:
    """Return where an announcement stands today."""
    return phase(row.shows_from, row.shows_until, ended=row.ended_at is not None, today=clock.today())


def announce(actor: Identity, content: Content) -> Announcement:
    """Announce something; a district announces to its own units. Raises `Refused` for what cannot be."""
    must(actor, Right.ANNOUNCE)
    place, today = actor.here, clock.today()
    province = queries.level_of(place) is ScopeKind.PROVINCE
    _judge(place, content, today, province=province)
    same = select(Announcement.id).where(
        Announcement.tenant_id == place.tenant_id,
        Announcement.title == content.title,
        Announcement.body == content.body,
        Announcement.ended_at.is_(None),
        or_(Announcement.shows_until.is_(None), Announcement.shows_until >= today),
    )
    if queries.written_already(place, same):
        raise Refused("Thông báo này đã ra rồi. Cần ra lại thì cho thôi hiệu lực thông báo trước.")
    row = Announcement(
        tenant_id=place.tenant_id,
        from_province=province,
        for_districts=province and content.for_districts,
        for_units=content.for_units,
        kinds=[kind for kind in words.UNIT_KINDS if kind in content.kinds] if content.for_units else [],
        title=content.title,
        body=content.body,
        must_acknowledge=content.must_acknowledge,
        shows_from=content.shows_from,
        shows_until=content.shows_until,
        published_at=clock.now(),
        published_by=actor.full_name,
        **_kept(place.tenant_id, content.file),
    )
    db.session.add(row)
    db.session.flush()
    _note(actor, row, "announce", f"ra thông báo chung “{row.title}”.")
    if row.shows_from <= today:
        _tell(row)
    return row


def _judge(place: Place, content: Content, today: date, *, province: bool) -> None:
    if not 0 < len(content.title) <= LONGEST_TITLE or not 0 < len(content.body) <= LONGEST_TEXT:
        raise Refused("Xin ghi tiêu đề và nội dung thông báo, không dài quá mức cho phép.", 422)
    if content.shows_from < today:
        raise Refused("Ngày bắt đầu không được ở trước hôm nay.", 422)
    if content.shows_until is not None and content.shows_until < content.shows_from:
        raise Refused("Ngày cuối phải bằng hoặc sau ngày bắt đầu.", 422)
    if not content.for_units and not (province and content.for_districts):
        raise Refused("Xin chọn nơi nhận thông báo.", 422)
    if unknown := set(content.kinds) - set(lookup.kinds_for(place)):
        raise Refused(f"Không có loại hình đơn vị {sorted(unknown)[0][:30]}.", 422)


def _kept(tenant_id: int, file: tuple[str, bytes] | None) -> dict[str, object]:
    """Keep the file of an announcement, judged as evidence is; returns its columns. Raises `Refused` for no PDF."""
    if file is None:
        return {}
    accepted = examine(*file)
    if accepted.media_type != "application/pdf":
        raise Refused(f"Tệp “{accepted.name}” không phải PDF. Thông báo chỉ kèm tệp PDF.", 422)
    sha256 = store().put(tenant_id, accepted.content)
    return {"sha256": sha256, "size": len(accepted.content), "file_name": accepted.name}


def _note(actor: Identity, row: Announcement, act: str, sentence: str) -> None:
    place = actor.here
    record(
        actor,
        f"guidance.{act}",
        sentence,
        tenant_id=place.tenant_id,
        unit_id=place.unit_id,
        detail={"announcement": row.id},
    )


def _issuer(row: Announcement) -> str:
    return "Sở" if row.from_province else words.in_words_of(tier_at(row.tenant_id), "Huyện")


def _path(row: Announcement) -> str:
    return f"/thong-bao-chung/{row.id}"


def _tell(row: Announcement) -> None:
    """Leave the notices of an announcement with everybody it is for."""
    asked = " Cần xác nhận đã nắm." if row.must_acknowledge else ""
    sentence = f"{_issuer(row)} thông báo: {row.title}.{asked}"
    row.told_at = clock.now()
    if row.for_districts:
        districts = db.session.scalars(noting.districts_told(row))
        tell_districts([(number, sentence, _path(row)) for number in districts], Kind.GUIDANCE)
    tell_all_units(noting.units_told(row), sentence, _path(row), Kind.GUIDANCE)
    db.session.flush()


def tell_begun() -> int:
    """Leave the notices of announcements whose first day has come, each in its issuer's scope; returns how many."""
    with acting_in(Scope(ScopeKind.STEWARD, writes=False)):
        clock.forget_settings()
        begun = select(Announcement.id, Announcement.tenant_id, Announcement.from_province).where(
            Announcement.told_at.is_(None),
            Announcement.ended_at.is_(None),
            Announcement.shows_from <= clock.today(),
        )
        due = db.session.execute(begun.order_by(Announcement.id)).all()
    for number, tenant_id, from_province in due:
        with acting_in(Scope(ScopeKind.PROVINCE if from_province else ScopeKind.DISTRICT, tenant_id)):
            _tell(db.session.get_one(Announcement, (tenant_id, number)))
    return len(due)


def acknowledge(actor: Identity, row: Announcement) -> bool:
    """Note that the place acted in has taken note; returns False where somebody of it did before.

    Raises `Refused` where nothing has to be acknowledged, or no longer.
    """
    must(actor, Right.ACKNOWLEDGE)
    place = actor.here
    asked = row.must_acknowledge and (row.for_districts if place.unit_id is None else row.for_units)
    if not asked:
        raise Refused("Thông báo này không cần nơi anh/chị làm việc xác nhận.")
    if phase_of(row) is not Phase.SHOWN:
        raise Refused("Thông báo này không còn hiệu lực nên không cần xác nhận nữa.")
    statement = upsert(Acknowledgement).values(
        tenant_id=place.tenant_id,
        unit_id=place.unit_id,
        announcement_id=row.id,
        at=clock.now(),
        by=actor.full_name,
    )
    added = db.session.scalar(statement.on_conflict_do_nothing().returning(Acknowledgement.id))
    if added is not None:
        _note(actor, row, "acknowledge", f"xác nhận đã nắm thông báo chung “{row.title}”.")
    return added is not None


def _held(actor: Identity, row: Announcement) -> Announcement:
    """Return an announcement of the actor's own place, held for this transaction and not over yet."""
    must(actor, Right.ANNOUNCE)
    place = actor.here
    held = queries.announcement_of(place, row.id, lock=True) if row.tenant_id == place.tenant_id else None
    if held is None:
        raise Refused("Không tìm thấy thông báo này.", 404)
    if phase_of(held) is Phase.OVER:
        raise Refused("Thông báo này đã hết hiệu lực.")
    return held


def remind(actor: Identity, row: Announcement) -> tuple[int, int]:
    """Remind, once, who has not taken note; returns how many districts and units. Raises `Refused` the second time."""
    held = _held(actor, row)
    if not held.must_acknowledge or held.told_at is None:
        raise Refused("Thông báo này chưa gửi hoặc không cần xác nhận nên không nhắc ai.")
    if held.reminded_at is not None:
        raise Refused(
            f"{held.reminded_by} đã nhắc ngày {words.day(held.reminded_at)}; mỗi thông báo nhắc một lần."
        )
    districts = noting.silent_districts(held)
    silent = noting.silent_units(held)
    units = len(db.session.execute(silent).all())
    if not districts and not units:
        raise Refused("Mọi nơi đều đã xác nhận nên không nhắc ai.")
    sentence = f"{_issuer(held)} nhắc: xin đọc và xác nhận đã nắm thông báo “{held.title}”."
    tell_districts([(number, sentence, _path(held)) for number in districts], Kind.GUIDANCE)
    tell_all_units(silent, sentence, _path(held), Kind.GUIDANCE)
    now = clock.now()
    held.reminded_at, held.reminded_by = now, actor.full_name
    db.session.flush()
    _note(
        actor,
        held,
        "remind",
        f"nhắc {len(districts)} huyện, {units} đơn vị xác nhận thông báo “{held.title}”.",
    )
    return len(districts), units


def end(actor: Identity, row: Announcement) -> Announcement:
    """End an announcement today; it stays on record, and nobody is asked to take note any more."""
    held = _held(actor, row)
    now = clock.now()
    held.ended_at, held.ended_by = now, actor.full_name
    db.session.flush()
    _note(actor, held, "end", f"cho thôi hiệu lực thông báo chung “{held.title}”.")
    return held
