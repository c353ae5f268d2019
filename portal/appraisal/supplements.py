"""A supplement request that nobody answered, and the wish to ask once more: closed after its term, or ruled on.

The district writes no word of a dossier that the unit keeps on the portal. What lapses is put back to what the
unit's head signed, in the unit's own scope and in the same transaction, with the reason in the trail.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from portal import clock, words
from portal.dossiers.gathering import facts_of
from portal.dossiers.models import Dossier, State
from portal.dossiers.operations import locked, must, take
from portal.dossiers.putting_back import put_back
from portal.dossiers.queries import Sheet, dossier_of, open_sheet
from portal.dossiers.steps import Act
from portal.notices.operations import tell_district
from portal.notices.rules import Kind
from portal.trail.operations import record
from portal.units.models import Unit
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused
from tenants.rights import Right
from tenants.scope import Scope, ScopeKind, standing_in

from .intake import PointAsked, check_points, check_term, possible, send
from .models import SupplementLeave


def lapse_supplement(actor: Identity, dossier: Dossier, reason: str) -> Dossier:
    """Close a request the unit has not answered in its term; the dossier stands again as it was signed and filed.

    Raises `Conflict` where the unit answered, or somebody closed it, first; `Refused` before the term is over and
    without a reason.
    """
    must(actor, Right.RECEIVE_DOSSIER, dossier)
    tenant_id, number = dossier.tenant_id, dossier.id
    sheet = open_sheet(locked(tenant_id, number))
    last = sheet.requests[-1] if sheet.requests else None
    if sheet.open_request is None and last is not None:
        if last.lapsed_at:
            raise Conflict(f"{last.lapsed_by} đã khép yêu cầu này lúc {words.moment(last.lapsed_at)}.", last)
        if last.answered_at:
            raise Conflict(f"Đơn vị vừa gửi phần bổ sung lúc {words.moment(last.answered_at)}.", last)
    possible(sheet, Act.LAPSE_SUPPLEMENT)
    if not reason.strip():
        raise Refused("Xin ghi lý do khép yêu cầu bổ sung; đơn vị đọc được lý do này.", 422)
    due = facts_of(sheet, clock.now()).supplement_before
    if due is not None and clock.today() < due:
        raise Refused(f"Chưa khép được: đơn vị còn được trả lời trước ngày {words.day(due)}.")
    with standing_in(Scope(ScopeKind.UNIT, tenant_id, sheet.dossier.unit_id)):
        own = dossier_of(tenant_id, number)
        assert own is not None
        taken_back = put_back(open_sheet(own))
    row = dossier_of(tenant_id, number)
    assert row is not None
    sheet = open_sheet(row)
    request = sheet.open_request
    assert request is not None
    take(actor, sheet, Act.LAPSE_SUPPLEMENT, detail={"reason": reason.strip(), "taken_back": taken_back})
    db.session.flush()
    request.lapsed_at, request.lapsed_by = clock.now(), actor.full_name
    request.lapse_reason = reason.strip()
    if taken_back:
        said = f"Phần sửa chưa gửi đã được trả về như lúc ký: {', '.join(taken_back)}."
        key = {"tenant_id": row.tenant_id, "unit_id": row.unit_id, "dossier_id": row.id}
        record(actor, "put_back", f"đã khép yêu cầu bổ sung. {said}", **key)
    db.session.flush()
    return row


def ask_leave(
    actor: Identity,
    dossier: Dossier,
    points: Sequence[PointAsked],
    answer_by: date,
    reason: str,
    note: str = "",
) -> SupplementLeave:
    """Lay before the leader the wish to ask for supplements once more; the unit learns nothing of it yet.

    Raises `Conflict` where one is waiting already, `Refused` where nothing has been asked for yet, without a reason,
    and as a first request does.
    """
    must(actor, Right.RECEIVE_DOSSIER, dossier)
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    possible(sheet, Act.REQUEST_SUPPLEMENT)
    if not sheet.requests:
        raise Refused("Hồ sơ chưa được yêu cầu bổ sung lần nào nên không cần lãnh đạo cho phép.")
    waiting = open_leave(dossier.tenant_id, dossier.id)
    if waiting is not None:
        when = words.moment(waiting.asked_at)
        raise Conflict(
            f"{waiting.asked_by} đã trình lãnh đạo lúc {when}; hồ sơ này đang chờ lãnh đạo trả lời.", waiting
        )
    if not reason.strip():
        raise Refused("Xin ghi lý do cần yêu cầu bổ sung lần nữa để lãnh đạo xem.", 422)
    check_points(sheet, points)
    check_term(sheet, answer_by)
    key = {"tenant_id": dossier.tenant_id, "unit_id": dossier.unit_id, "dossier_id": dossier.id}
    leave = SupplementLeave(
        **key,
        asked_at=clock.now(),
        asked_by=actor.full_name,
        reason=reason.strip(),
        points=[[point.indicator_id, point.part, point.reason.strip()] for point in points],
        answer_by=answer_by,
        note=note.strip(),
    )
    db.session.add(leave)
    said = f"đã trình lãnh đạo cho phép yêu cầu bổ sung lần {len(sheet.requests) + 1}: {reason.strip()}"
    record(actor, "ask_supplement_again", said, inner=True, **key)
    _tell(sheet, f"Chờ lãnh đạo: xin yêu cầu {sheet.unit.name} bổ sung hồ sơ năm {dossier.year} lần nữa.")
    db.session.flush()
    return leave


def rule_leave(
    actor: Identity, dossier: Dossier, granted: bool, ruling: str, answer_by: date | None = None
) -> SupplementLeave:
    """Let the officer ask once more, which sends the request at once, or not; a sentence says why.

    `answer_by`: the unit's term, where the leader sets another. Raises `Conflict` where it is ruled on already,
    `Refused` without a sentence and where the request cannot be sent as it is.
    """
    must(actor, Right.ALLOW_SUPPLEMENT, dossier)
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    leave = open_leave(dossier.tenant_id, dossier.id)
    if leave is None:
        last = next(iter(leaves_of(dossier.tenant_id, dossier.id)), None)
        if last is None or last.ruled_at is None:
            raise Refused("Không có đề nghị yêu cầu bổ sung lần nữa nào đang chờ.")
        done = "cho phép" if last.granted else "không cho phép"
        raise Conflict(f"{last.ruled_by} đã trả lời {done} lúc {words.moment(last.ruled_at)}.", last)
    if not ruling.strip():
        raise Refused("Xin ghi một câu lý do.", 422)
    now = clock.now()
    if granted:
        term = answer_by or leave.answer_by
        points = [PointAsked(why, number, part) for number, part, why in leave.points]
        send(actor, sheet, Act.REQUEST_AGAIN, points, term, leave.note, sent_by=leave.asked_by)
        leave.answer_by = term
    else:
        key = {"tenant_id": dossier.tenant_id, "unit_id": dossier.unit_id, "dossier_id": dossier.id}
        said = f"không cho phép yêu cầu bổ sung lần nữa: {ruling.strip()}"
        record(actor, "refuse_supplement_again", said, inner=True, **key)
        _tell(
            sheet,
            f"Lãnh đạo không cho phép yêu cầu {sheet.unit.name} bổ sung lần nữa: {ruling.strip()}"[:500],
        )
    leave.granted, leave.ruling, leave.ruled_at, leave.ruled_by = (
        granted,
        ruling.strip(),
        now,
        actor.full_name,
    )
    db.session.flush()
    return leave


def _tell(sheet: Sheet, sentence: str) -> None:
    d = sheet.dossier
    tell_district(d.tenant_id, sentence, f"/huyen/ho-so/{d.id}", d.unit_id, Kind.TASK)


def leaves_of(tenant_id: int, dossier_id: int) -> list[SupplementLeave]:
    """Return the wishes to ask once more of a dossier, the latest first."""
    return list(
        db.session.scalars(
            select(SupplementLeave)
            .where(SupplementLeave.tenant_id == tenant_id, SupplementLeave.dossier_id == dossier_id)
            .order_by(SupplementLeave.id.desc())
        )
    )


def open_leave(tenant_id: int, dossier_id: int) -> SupplementLeave | None:
    """Return the wish the leader has not ruled on."""
    return next((one for one in leaves_of(tenant_id, dossier_id) if one.granted is None), None)


def leaves_waiting(tenant_id: int) -> list[tuple[int, str]]:
    """Return the dossiers (id, unit's name) whose wish to ask once more waits for the leader, the oldest first."""
    rows = db.session.execute(
        select(SupplementLeave.dossier_id, Unit.name)
        .join(Unit, (Unit.tenant_id == SupplementLeave.tenant_id) & (Unit.id == SupplementLeave.unit_id))
        .join(
            Dossier,
            (Dossier.tenant_id == SupplementLeave.tenant_id) & (Dossier.id == SupplementLeave.dossier_id),
        )
        .where(
            SupplementLeave.tenant_id == tenant_id,
            SupplementLeave.granted.is_(None),
            Dossier.state == State.SUBMITTED,
        )
        .order_by(SupplementLeave.id)
        .limit(20)
    )
    return [(number, name) for number, name in rows]


def times_asked(sheet: Sheet) -> dict[tuple[int | None, str], int]:
    """Count how often each indicator or part of a dossier has been asked for."""
    counted: dict[tuple[int | None, str], int] = {}
    for point in sheet.points:
        counted[(point.indicator_id, point.part)] = counted.get((point.indicator_id, point.part), 0) + 1
    return counted
