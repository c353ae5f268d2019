"""The verbs at the place: what was seen of an indicator, and photos of it. Each may come twice, and late.

A phone without a line sends them hours after they were made: the same content again is no change, a photo is
known by the name its phone gave it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.dossiers.queries import open_sheet
from portal.dossiers.taking import must
from portal.evidence.checks import examine
from portal.evidence.contents import content_hash
from portal.evidence.photos import SHOWN_AS_PICTURE
from portal.evidence.store import store
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused
from tenants.rights import Right

from . import rules
from .models import Visit, VisitCheck, VisitPhoto
from .operations import held
from .queries import Case

MOST_NOTE = 5_000
MOST_PHOTOS = 20
_CLIENT = re.compile(r"[A-Za-z0-9-]{8,64}")


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody typed of an indicator; `version`: of the row it was typed against, 0 for none."""

    result: str
    note: str = ""
    version: int = 0


def _at_place(actor: Identity, row: Visit, indicator_id: int) -> Case:
    must(actor, Right.VISIT_UNITS, row)
    case = held(row, None, *rules.LOOKING)
    if actor.account_id not in {one["account"] for one in case.visit.team}:
        raise Refused("Chỉ thành viên đoàn kiểm tra ghi phiếu này.", 403)
    if indicator_id not in open_sheet(case.dossier).answers:
        raise Refused("Không có chỉ tiêu này trong hồ sơ.", 404)
    return case


def look(actor: Identity, row: Visit, indicator_id: int, seen: Seen) -> VisitCheck:
    """Write what was seen of an indicator. Raises `Conflict` where a colleague wrote something else meanwhile."""
    case = _at_place(actor, row, indicator_id)
    note = seen.note.strip()
    if seen.result not in rules.RESULTS:
        raise Refused("Xin chọn: thấy đúng, không thấy hoặc không xem.", 422)
    if len(note) > MOST_NOTE:
        raise Refused(f"Ghi chú dài tối đa {MOST_NOTE} ký tự.", 422)
    check = check_of(case.visit, indicator_id)
    now = clock.now()
    if check is None:
        check = VisitCheck(
            tenant_id=row.tenant_id,
            unit_id=row.unit_id,
            visit_id=row.id,
            indicator_id=indicator_id,
            result=seen.result,
            note=note,
            changed_at=now,
            changed_by=actor.full_name,
        )
        db.session.add(check)
        db.session.flush()
        return check
    if (check.result, check.note) == (seen.result, note):
        return check
    if check.version != seen.version:
        raise Conflict("Người khác trong đoàn đã ghi chỉ tiêu này sau khi trang của anh/chị mở.", check)
    check.result, check.note, check.changed_at, check.changed_by = seen.result, note, now, actor.full_name
    db.session.flush()
    return check


def check_of(visit: Visit, indicator_id: int) -> VisitCheck | None:
    """Return what was written of an indicator on a visit."""
    return db.session.scalar(
        select(VisitCheck).where(
            VisitCheck.tenant_id == visit.tenant_id,
            VisitCheck.unit_id == visit.unit_id,
            VisitCheck.visit_id == visit.id,
            VisitCheck.indicator_id == indicator_id,
        )
    )


def add_photo(
    actor: Identity, row: Visit, indicator_id: int, client_id: str, name: str, content: bytes
) -> VisitPhoto:
    """Keep a photo of an indicator; one that came before, by its phone's name or its content, is not kept twice."""
    case = _at_place(actor, row, indicator_id)
    known = _photo(row, client_id=client_id) if _CLIENT.fullmatch(client_id) else None
    if known is not None:
        return known
    accepted = examine(name, content)
    if accepted.media_type not in SHOWN_AS_PICTURE:
        raise Refused(f"Tệp “{accepted.name}” không phải ảnh. Chỉ nhận ảnh JPG, PNG, WebP.", 422)
    sha256 = content_hash(accepted.content)
    same = _photo(row, sha256=sha256, indicator_id=indicator_id)
    if same is not None and same.removed_at is None:
        return same
    held_here = select(func.count()).where(
        VisitPhoto.tenant_id == row.tenant_id,
        VisitPhoto.unit_id == row.unit_id,
        VisitPhoto.visit_id == row.id,
        VisitPhoto.indicator_id == indicator_id,
        VisitPhoto.removed_at.is_(None),
    )
    if int(db.session.scalar(held_here) or 0) >= MOST_PHOTOS:
        raise Refused(f"Mỗi chỉ tiêu tối đa {MOST_PHOTOS} ảnh.", 422)
    store().put(row.tenant_id, accepted.content)
    now = clock.now()
    given = (
        client_id if _CLIENT.fullmatch(client_id) else f"{sha256[:32]}-{indicator_id}-{now.timestamp():.0f}"
    )
    photo = VisitPhoto(
        tenant_id=row.tenant_id,
        unit_id=row.unit_id,
        visit_id=case.visit.id,
        indicator_id=indicator_id,
        client_id=given,
        sha256=sha256,
        size=len(accepted.content),
        media_type=accepted.media_type,
        file_name=accepted.name,
        sent_at=now,
        sent_by=actor.full_name,
    )
    try:
        with db.session.begin_nested():
            db.session.add(photo)
            db.session.flush()
    except IntegrityError:  # sent twice at the same moment
        known = _photo(row, client_id=given)
        if known is None:
            raise
        return known
    return photo


def _photo(row: Visit, **wanted: object) -> VisitPhoto | None:
    return db.session.scalar(
        select(VisitPhoto)
        .filter_by(tenant_id=row.tenant_id, unit_id=row.unit_id, visit_id=row.id, **wanted)
        .order_by(VisitPhoto.id.desc())
        .limit(1)
    )


def remove_photo(actor: Identity, row: Visit, photo: VisitPhoto) -> None:
    """Take a photo out of the checklist; the row stays, so that the phone does not send it again."""
    _at_place(actor, row, photo.indicator_id)
    now = clock.now()
    photo.removed_at, photo.removed_by = now, actor.full_name
    db.session.flush()
