"""The province's own days: further days off, and weekend days or holidays that are worked instead."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from portal import clock
from portal.trail.operations import record
from portal.words import day as said
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Refused
from tenants.rights import Right, refusal

from .models import Holiday
from .rules import is_working_day, public_holidays

KINDS = {"off": "Nghỉ", "worked": "Làm việc (làm bù)"}
AHEAD, BACK = timedelta(days=3 * 366), timedelta(days=366)


def add_day(actor: Identity, on: date, kind: str, name: str) -> None:
    """Make a day of the whole province a day off or a worked one. Raises `Refused` where it is that already."""
    province = _may(actor)
    today = clock.today()
    if kind not in KINDS:
        raise Refused("Xin chọn ngày nghỉ hay ngày làm việc.", 422)
    if not name.strip():
        raise Refused("Xin ghi lý do, ví dụ: Lễ hội truyền thống, làm bù cho ngày 31/08.", 422)
    if not today - BACK <= on <= today + AHEAD:
        raise Refused(f"Chỉ ghi được ngày từ {said(today - BACK)} đến {said(today + AHEAD)}.", 422)
    if kind == "off" and not is_working_day(on):
        why = public_holidays(on.year).get(on, "cuối tuần")
        raise Refused(f"Ngày {said(on)} vốn đã nghỉ ({why}).", 422)
    if kind == "worked" and is_working_day(on):
        raise Refused(f"Ngày {said(on)} vốn là ngày làm việc.", 422)
    values = {"kind": kind, "name": name.strip()[:200], "added_at": clock.now(), "added_by": actor.full_name}
    added = db.session.execute(
        insert(Holiday).values(day=on, **values).on_conflict_do_nothing().returning(Holiday.day)
    ).scalar()
    if added is None:
        raise Refused(f"Ngày {said(on)} đã được ghi. Muốn đổi thì bỏ ngày đó rồi ghi lại.", 422)
    record(
        actor,
        "day.add",
        f"đã ghi ngày {said(on)}: {KINDS[kind].lower()}, {name.strip()[:200]}.",
        tenant_id=province,
    )


def remove_day(actor: Identity, on: date) -> None:
    """Take an added day back: it is again what the calendar makes it. Raises `Refused` for one not there."""
    province = _may(actor)
    gone = db.session.execute(delete(Holiday).where(Holiday.day == on).returning(Holiday.name)).scalar()
    if gone is None:
        raise Refused(f"Ngày {said(on)} không còn trong danh sách.")
    record(actor, "day.remove", f"đã bỏ ngày {said(on)} ({gone}).", tenant_id=province)


def _may(actor: Identity) -> int:
    sentence = refusal(actor, Right.KEEP_DAYS)
    if sentence:
        raise Refused(sentence, 403)
    return actor.here.tenant_id
