"""Files that come in parts over a weak line: begun, continued at an offset, and only then a file like any other.

An upload belongs to the person who began it. The same file chosen again continues where it stopped; one that
nobody continued for some days is cleared away.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from portal import clock, words
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Refused
from tenants.rights import Right, refusal

from .checks import MAX_BYTES, clean_name, too_large
from .keeping import Taken, room
from .models import Evidence, EvidenceUpload, EvidenceUploadPart
from .queries import evidence_of
from .store import store

LARGEST_PART = 1024 * 1024
MOST_WAITING_BYTES = 200 * 1024 * 1024
MOST_WAITING = 40
KEPT_FOR = timedelta(days=3)
GONE = "Không tìm thấy lần gửi tệp này; có thể đã quá 3 ngày. Xin chọn tệp và gửi lại."


def begin(actor: Identity, tenant_id: int, unit_id: int, name: str, size: int, mark: str) -> EvidenceUpload:
    """Return the upload of a file, begun now or continued: the same person, the same mark.

    `mark` is what the browser knows the file by (name, size, time of change). Raises `Refused` for a size that
    could never be kept, and where the unit has too much on its way.
    """
    _may(actor)
    shown = clean_name(name)
    if size <= 0:
        raise Refused(f"Tệp “{shown}” không có nội dung (0 byte).", 422)
    if size > MAX_BYTES:
        raise too_large(name, size)
    clear_expired(tenant_id, unit_id)
    waiting = _begun(actor, tenant_id, unit_id, mark)
    if waiting is not None and waiting.size == size:
        return waiting
    used, allowed = room(tenant_id, unit_id)
    if used + size > allowed:
        raise Refused(
            f"Kho của đơn vị đã dùng {words.file_size(used)} trong {words.file_size(allowed)}, không đủ chỗ cho"
            f" “{shown}”. Xin xóa tài liệu không dùng trước.",
            409,
        )
    count, total = db.session.execute(
        select(func.count(), func.coalesce(func.sum(EvidenceUpload.size), 0)).where(
            EvidenceUpload.tenant_id == tenant_id,
            EvidenceUpload.unit_id == unit_id,
            EvidenceUpload.finished_at.is_(None),
        )
    ).one()
    if count >= MOST_WAITING or total + size > MOST_WAITING_BYTES:
        raise Refused(
            f"Đơn vị đang có {count} tệp gửi dở ({words.file_size(int(total))}). Xin gửi tiếp cho xong, hoặc bỏ bớt"
            " ở đầu trang Kho minh chứng, rồi gửi tệp mới.",
            409,
        )
    now = clock.now()
    upload = EvidenceUpload(
        tenant_id=tenant_id,
        unit_id=unit_id,
        account_id=actor.account_id,
        mark=mark,
        file_name=name[:500],
        size=size,
        received=0,
        started_at=now,
        touched_at=now,
    )
    try:
        with db.session.begin_nested():
            db.session.add(upload)
            db.session.flush()
    except IntegrityError:  # the same person began it in another window at the same moment
        there = _begun(actor, tenant_id, unit_id, mark)
        if there is None:
            raise
        return there
    return upload


def add_part(actor: Identity, upload: EvidenceUpload, offset: int, content: bytes) -> int:
    """Add bytes at an offset; returns how many have come. An offset other than that adds nothing."""
    _may(actor)
    held = _own(actor, upload.tenant_id, upload.id, lock=True)
    if held is None or held.finished_at is not None:
        raise Refused(GONE, 404)
    if offset != held.received or not content:
        return held.received
    if len(content) > LARGEST_PART or offset + len(content) > held.size:
        raise Refused("Phần gửi lên lớn hơn phần còn lại của tệp. Xin chọn lại tệp và gửi lại.", 422)
    db.session.add(
        EvidenceUploadPart(
            tenant_id=held.tenant_id,
            unit_id=held.unit_id,
            upload_id=held.id,
            starts=offset,
            content=content,
        )
    )
    held.received += len(content)
    held.touched_at = clock.now()
    db.session.flush()
    return held.received


def upload_of(actor: Identity, tenant_id: int, upload_id: int) -> EvidenceUpload | None:
    """Return a person's own upload, or None."""
    return _own(actor, tenant_id, upload_id)


def waiting(actor: Identity, tenant_id: int, unit_id: int) -> list[EvidenceUpload]:
    """Return a person's uploads that can still be continued, the latest first."""
    return list(
        db.session.scalars(
            select(EvidenceUpload)
            .where(
                EvidenceUpload.tenant_id == tenant_id,
                EvidenceUpload.unit_id == unit_id,
                EvidenceUpload.account_id == actor.account_id,
                EvidenceUpload.finished_at.is_(None),
                EvidenceUpload.touched_at > clock.now() - KEPT_FOR,
            )
            .order_by(EvidenceUpload.touched_at.desc(), EvidenceUpload.id)
        )
    )


def files(actor: Identity, tenant_id: int, ids: Sequence[int]) -> Iterator[tuple[str, bytes] | Refused]:
    """Yield whole files that came in parts; one settled before comes again as it was settled.

    Raises `Refused` for an upload that is not the person's own or not whole yet.
    """
    for upload_id in ids:
        upload = _own(actor, tenant_id, upload_id, lock=True)
        if upload is None:
            raise Refused(GONE, 404)
        if upload.refusal:
            yield Refused(upload.refusal, 422)
        elif upload.evidence_id is not None:
            file = evidence_of(tenant_id, upload.evidence_id)
            if file is None:
                raise Refused(GONE, 404)
            with store().open(tenant_id, file.sha256) as content:
                yield upload.file_name, content.read()
        elif upload.received < upload.size:
            raise Refused(
                f"Tệp “{clean_name(upload.file_name)}” mới gửi được {words.file_size(upload.received)} trong"
                f" {words.file_size(upload.size)}. Xin chọn lại đúng tệp này để gửi tiếp."
            )
        else:
            parts = db.session.scalars(
                select(EvidenceUploadPart.content)
                .where(EvidenceUploadPart.tenant_id == tenant_id, EvidenceUploadPart.upload_id == upload.id)
                .order_by(EvidenceUploadPart.starts)
            )
            yield upload.file_name, b"".join(parts)


def settle(actor: Identity, tenant_id: int, ids: Sequence[int], taken: Taken) -> None:
    """Write down what became of uploads whose files were just taken (the last ones sent), and free their bytes."""
    outcomes = taken.outcomes[-len(ids) :] if ids else []
    for upload_id, outcome in zip(ids, outcomes, strict=False):
        upload = _own(actor, tenant_id, upload_id)
        if upload is None or upload.finished_at is not None:
            continue
        upload.finished_at = clock.now()
        if isinstance(outcome, Evidence):
            upload.evidence_id = outcome.id
        else:
            upload.refusal = outcome
        db.session.execute(
            delete(EvidenceUploadPart).where(
                EvidenceUploadPart.tenant_id == tenant_id, EvidenceUploadPart.upload_id == upload.id
            )
        )
    db.session.flush()


def drop(actor: Identity, upload: EvidenceUpload) -> None:
    """Give an upload up, with everything that came of it."""
    _may(actor)
    db.session.delete(upload)
    db.session.flush()


def clear_expired(tenant_id: int | None = None, unit_id: int | None = None) -> int:
    """Delete uploads that nobody touched for three days, of one unit or (steward) of all; returns how many."""
    statement = delete(EvidenceUpload).where(EvidenceUpload.touched_at <= clock.now() - KEPT_FOR)
    if tenant_id is not None:
        statement = statement.where(EvidenceUpload.tenant_id == tenant_id, EvidenceUpload.unit_id == unit_id)
    return int(getattr(db.session.execute(statement), "rowcount", 0))


def _may(actor: Identity) -> None:
    sentence = refusal(actor, Right.FILL_DOSSIER)
    if sentence:
        raise Refused(sentence, 403)


def _begun(actor: Identity, tenant_id: int, unit_id: int, mark: str) -> EvidenceUpload | None:
    return db.session.scalar(
        select(EvidenceUpload).where(
            EvidenceUpload.tenant_id == tenant_id,
            EvidenceUpload.unit_id == unit_id,
            EvidenceUpload.account_id == actor.account_id,
            EvidenceUpload.mark == mark,
            EvidenceUpload.finished_at.is_(None),
        )
    )


def _own(actor: Identity, tenant_id: int, upload_id: int, *, lock: bool = False) -> EvidenceUpload | None:
    statement = select(EvidenceUpload).where(
        EvidenceUpload.tenant_id == tenant_id,
        EvidenceUpload.id == upload_id,
        EvidenceUpload.account_id == actor.account_id,
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(statement)
