"""The district's verbs of intake: take a dossier in, turn a late one away, ask once for supplements.

Every verb locks the dossier's row first; who comes second is told who was faster.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from portal import clock, words
from portal.cycle.queries import own_days, tier_at
from portal.cycle.rules import working_days_between
from portal.dossiers.models import Dossier, State
from portal.dossiers.operations import locked, must, take
from portal.dossiers.queries import Sheet, open_sheet
from portal.dossiers.steps import STEP_OF, Act, refusal_from
from portal.notices.operations import tell_unit
from portal.notices.rules import Kind
from portal.trail.operations import record
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused
from tenants.rights import Right

from .models import SupplementPoint, SupplementRequest


@dataclass(frozen=True, slots=True)
class PointAsked:
    """One point to ask for: an indicator or a part (`words.DOSSIER_PARTS`), and the reason."""

    reason: str
    indicator_id: int | None = None
    part: str = ""


def accept(actor: Identity, dossier: Dossier, late_reason: str = "") -> Dossier:
    """Take a complete dossier in; a late one only with a reason (Circular 24/2023, Article 10)."""
    sheet = _at_intake(actor, dossier, Act.ACCEPT)
    row = sheet.dossier
    if row.late and not late_reason.strip():
        raise Refused("Hồ sơ nộp sau hạn: xin ghi lý do chấp nhận.", 422)
    row.accepted_at, row.accepted_by = clock.now(), actor.full_name
    if row.late:
        row.late_reason = late_reason.strip()
    take(actor, sheet, Act.ACCEPT, detail={"late_reason": row.late_reason} if row.late else None)
    db.session.flush()
    return row


def refuse_late(actor: Identity, dossier: Dossier, reason: str) -> Dossier:
    """Turn a late dossier away, with the reason the unit will read."""
    sheet = _at_intake(actor, dossier, Act.REFUSE_LATE)
    if not sheet.dossier.late:
        raise Refused("Hồ sơ nộp đúng hạn nên không thể từ chối vì quá hạn.")
    if not reason.strip():
        raise Refused("Xin ghi lý do không nhận hồ sơ nộp quá hạn.", 422)
    sheet.dossier.late_reason = reason.strip()
    take(actor, sheet, Act.REFUSE_LATE, detail={"reason": reason.strip()})
    db.session.flush()
    return sheet.dossier


def request_supplement(
    actor: Identity, dossier: Dossier, points: Sequence[PointAsked], answer_by: date, note: str = ""
) -> SupplementRequest:
    """Ask once for everything that lacks; only these points unlock for the unit.

    `answer_by`: the first day that is too late, after today and before decisions are due. Raises `Refused` for
    an empty list, a point without reason, an unknown or doubled target, a day that cannot be.
    """
    sheet = _at_intake(actor, dossier, Act.REQUEST_SUPPLEMENT)
    return send(actor, sheet, Act.REQUEST_SUPPLEMENT, points, answer_by, note)


def send(
    actor: Identity,
    sheet: Sheet,
    act: Act,
    points: Sequence[PointAsked],
    answer_by: date,
    note: str = "",
    *,
    sent_by: str = "",
) -> SupplementRequest:
    """Send a request on a locked dossier by a row of the step table; `sent_by`: the officer, where the leader acts."""
    check_points(sheet, points)
    check_term(sheet, answer_by)
    codes = {row.id: row.code for row in sheet.catalogue}
    labels = [codes.get(point.indicator_id or 0) or point.part for point in points]
    detail = {"points": labels, "answer_by": answer_by.isoformat()}
    take(actor, sheet, act, until=answer_by, detail=detail)
    key = {
        "tenant_id": sheet.dossier.tenant_id,
        "unit_id": sheet.dossier.unit_id,
        "dossier_id": sheet.dossier.id,
    }
    request = SupplementRequest(
        **key,
        sent_at=clock.now(),
        sent_by=sent_by or actor.full_name,
        answer_by=answer_by,
        note=note.strip(),
    )
    db.session.add(request)
    db.session.flush()
    db.session.add_all(
        SupplementPoint(
            **key,
            request_id=request.id,
            indicator_id=point.indicator_id,
            part=point.part,
            reason=point.reason.strip(),
        )
        for point in points
    )
    db.session.flush()
    return request


def extend_supplement(
    actor: Identity, dossier: Dossier, answer_by: date, reason: str, seen: date | None = None
) -> SupplementRequest:
    """Give a unit longer to answer the open request; every extension has its reason in the trail.

    `answer_by`: the new first day that is too late, after the old one and before decisions are due. `seen`: the
    term the page showed; raises `Conflict` where somebody has set another since, `Refused` for a day that cannot
    be, a missing reason, and where nothing is asked for.
    """
    must(actor, Right.RECEIVE_DOSSIER, dossier)
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    request = sheet.open_request
    if request is None or sheet.dossier.state != State.SUPPLEMENT_REQUESTED:
        raise Refused("Hồ sơ này không có yêu cầu bổ sung nào đang chờ đơn vị trả lời.")
    if seen not in (None, request.answer_by):
        raise Conflict(f"Hạn bổ sung vừa được đổi thành trước ngày {words.day(request.answer_by)}.", request)
    if not reason.strip():
        raise Refused("Xin ghi lý do gia hạn.", 422)
    if answer_by <= request.answer_by:
        raise Refused(f"Hạn mới phải sau hạn đang có (trước ngày {words.day(request.answer_by)}).", 422)
    check_term(sheet, answer_by)
    before, request.answer_by = request.answer_by, answer_by
    key = {"tenant_id": dossier.tenant_id, "unit_id": dossier.unit_id}
    until = words.day(answer_by)
    record(
        actor,
        "extend_supplement",
        f"đã gia hạn bổ sung đến trước ngày {until}: {reason.strip()}",
        detail={"from": before.isoformat(), "to": answer_by.isoformat()},
        dossier_id=dossier.id,
        **key,
    )
    sentence = words.in_words_of(
        tier_at(dossier.tenant_id),
        f"Phòng GDĐT gia hạn bổ sung hồ sơ năm {dossier.year} đến trước ngày {until}.",
    )
    tell_unit(**key, sentence=sentence, path=f"/ho-so/{dossier.id}", kind=Kind.SUPPLEMENT)
    db.session.flush()
    return request


def check_term(sheet: Sheet, answer_by: date) -> None:
    """Raise `Refused` where a term for the unit's answer cannot be."""
    today = clock.today()
    if answer_by <= today:
        raise Refused("Hạn bổ sung phải sau hôm nay.", 422)
    if not working_days_between(today, answer_by - timedelta(days=1), own_days()):
        raise Refused(
            "Từ hôm nay đến hạn bổ sung không có ngày làm việc nào (ngày nghỉ, ngày lễ). Xin lùi hạn.", 422
        )
    if answer_by >= sheet.cycle.decide_before:
        last = words.day(sheet.cycle.decide_before)
        raise Refused(f"Hạn bổ sung phải trước ngày {last}, hạn ra quyết định công nhận.", 422)


def _at_intake(actor: Identity, dossier: Dossier, act: Act) -> Sheet:
    """Lock a dossier for intake: the right, then the state; says who was faster."""
    must(actor, Right.RECEIVE_DOSSIER, dossier)
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    row = sheet.dossier
    if row.state == State.ACCEPTED and row.accepted_at:
        raise Conflict(f"{row.accepted_by} đã tiếp nhận hồ sơ này lúc {words.moment(row.accepted_at)}.", row)
    request = sheet.open_request
    if row.state == State.SUPPLEMENT_REQUESTED and request:
        raise Conflict(f"{request.sent_by} đã yêu cầu bổ sung lúc {words.moment(request.sent_at)}.", request)
    possible(sheet, act)
    return sheet


def check_points(sheet: Sheet, points: Sequence[PointAsked]) -> None:
    """Raise `Refused` for an empty list, a point without reason, an unknown or doubled target."""
    applying = {f.indicator.id for f in sheet.unit_side().findings if f.applies}
    codes = {row.id: row.code for row in sheet.catalogue}
    seen: set[tuple[int | None, str]] = set()
    if not points:
        raise Refused("Chưa chọn điểm nào cần bổ sung.", 422)
    for point in points:
        target = (point.indicator_id, point.part)
        if (point.indicator_id is None) == (not point.part):
            raise Refused("Mỗi điểm bổ sung gắn với một chỉ tiêu hoặc một phần của hồ sơ.", 422)
        if point.part and point.part not in words.DOSSIER_PARTS:
            raise Refused("Phần hồ sơ cần bổ sung không có trong danh sách.", 422)
        if point.indicator_id is not None and point.indicator_id not in applying:
            raise Refused("Có điểm bổ sung gắn với chỉ tiêu không áp dụng cho đơn vị này.", 422)
        label = words.DOSSIER_PARTS.get(point.part) or f"chỉ tiêu {codes.get(point.indicator_id or 0, '')}"
        if target in seen:
            raise Refused(f"Điểm bổ sung “{label}” bị ghi hai lần.", 422)
        if not point.reason.strip():
            raise Refused(f"Xin ghi lý do cần bổ sung: {label}.", 422)
        seen.add(target)


def possible(sheet: Sheet, act: Act) -> None:
    """Raise `Refused` with its sentence where the state does not allow an act."""
    step, state = STEP_OF[act], State(sheet.dossier.state)
    if state not in step.came:
        raise Refused(refusal_from(step, state))
