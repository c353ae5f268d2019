"""Verbs of a year's lessons: the district sets requirements, the unit replies and keeps its plan to improve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete

from portal import clock
from portal.dossiers.models import Dossier, State
from portal.dossiers.queries import Sheet, open_sheet
from portal.dossiers.taking import locked, must
from portal.trail.operations import record
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused
from tenants.rights import Right

from .models import ImprovementAction, Requirement, RequirementReply
from .queries import action_of, actions_of, asked_of, requirements_of
from .rules import lacking

MOST = 30
PLANNED = frozenset({State.CLOSED_UNREACHED, State.DECIDED})


@dataclass(frozen=True, slots=True)
class Wanted:
    """One requirement as an officer writes it: the indicator (None: the dossier as a whole) and the words."""

    wording: str
    indicator_id: int | None = None


def _key(dossier: Dossier) -> dict[str, Any]:
    return {"tenant_id": dossier.tenant_id, "unit_id": dossier.unit_id, "dossier_id": dossier.id}


def set_requirements(
    actor: Identity, dossier: Dossier, wanted: Sequence[Wanted], seen: Sequence[int]
) -> list[Requirement]:
    """Replace what a dossier under appraisal asks the unit to mend by next time.

    `seen`: the ids the page showed; where another officer changed the list meanwhile it is a `Conflict`.
    Raises `Refused` for a dossier not under appraisal, an unknown indicator, or more than `MOST`.
    """
    must(actor, Right.PROPOSE, dossier)
    dossier = locked(dossier.tenant_id, dossier.id)
    if dossier.state != State.ACCEPTED:
        raise Refused("Chỉ ghi được yêu cầu cho lần sau khi hồ sơ đang thẩm định.")
    there = requirements_of(dossier.tenant_id, dossier.id)
    if sorted(seen) != sorted(row.id for row in there):
        raise Conflict("Người khác vừa sửa các yêu cầu cho lần sau. Xin xem lại danh sách rồi lưu.")
    rows = [Wanted(one.wording.strip(), one.indicator_id) for one in wanted if one.wording.strip()]
    if len(rows) > MOST:
        raise Refused(f"Xin ghi tối đa {MOST} yêu cầu.", 422)
    known = {row.id for row in open_sheet(dossier).catalogue}
    if any(one.indicator_id is not None and one.indicator_id not in known for one in rows):
        raise Refused("Có yêu cầu gắn với chỉ tiêu không có trong bộ tiêu chí của hồ sơ.", 422)
    if [(row.indicator_id, row.wording) for row in there] == [(o.indicator_id, o.wording) for o in rows]:
        return there
    db.session.execute(
        delete(Requirement).where(
            Requirement.tenant_id == dossier.tenant_id, Requirement.dossier_id == dossier.id
        )
    )
    made = [
        Requirement(
            **_key(dossier),
            indicator_id=one.indicator_id,
            wording=one.wording,
            set_at=clock.now(),
            set_by=actor.full_name,
        )
        for one in rows
    ]
    db.session.add_all(made)
    said = f"đã ghi {len(made)} yêu cầu cho lần sau." if made else "đã bỏ các yêu cầu cho lần sau."
    record(
        actor,
        "requirements",
        said,
        detail={"wording": [o.wording for o in rows]},
        inner=True,
        **_key(dossier),
    )
    db.session.flush()
    return made


def reply(actor: Identity, dossier: Dossier, texts: Mapping[int, str], seen: Mapping[int, str]) -> int:
    """Save what the unit says it did about each requirement (by id); returns how many changed.

    `seen`: the replies the page showed; a text changed by somebody else meanwhile is a `Conflict`.
    Raises `Refused` where the dossier is no longer a draft.
    """
    must(actor, Right.FILL_DOSSIER)
    dossier = locked(dossier.tenant_id, dossier.id)
    if dossier.state != State.DRAFT:
        raise Refused("Hồ sơ không còn ở bước soạn nên không sửa được phần trả lời yêu cầu kỳ trước.")
    changed = 0
    for one in asked_of([dossier]).get(dossier.id, []):
        number = one.requirement.id
        stored = one.reply.reply if one.reply else ""
        text = texts.get(number, stored).strip()
        if text == stored:
            continue
        if seen.get(number, stored) != stored:
            raise Conflict(
                "Người khác vừa sửa phần trả lời này. Nội dung đang lưu hiện bên cạnh; xin xem lại."
            )
        changed += 1
        if one.reply is None:
            row = RequirementReply(
                **_key(dossier),
                requirement_id=number,
                reply=text,
                changed_at=clock.now(),
                changed_by=actor.full_name,
            )
            db.session.add(row)
        else:
            one.reply.reply, one.reply.changed_at, one.reply.changed_by = text, clock.now(), actor.full_name
    if changed:
        record(actor, "requirement_replies", "đã trả lời yêu cầu của kỳ trước.", **_key(dossier))
    db.session.flush()
    return changed


def draft_plan(actor: Identity, sheet: Sheet) -> list[ImprovementAction]:
    """Write the first draft of the plan to improve: a measure for each indicator that is lacking.

    Indicators that already have a measure are left alone, so that doing it again doubles nothing.
    """
    must(actor, Right.FILL_DOSSIER)
    _plannable(sheet.dossier)
    there = {row.indicator_id for row in actions_of(sheet.dossier.tenant_id, sheet.dossier.id)}
    side = sheet.district_side() if sheet.dossier.state == State.DECIDED else sheet.unit_side()
    made = [
        ImprovementAction(**_key(sheet.dossier), indicator_id=one.indicator_id, measure=one.sentence)
        for one in lacking(side)
        if one.indicator_id not in there
    ]
    db.session.add_all(made)
    if made:
        said = f"đã lập kế hoạch cải tiến với {len(made)} việc."
        record(actor, "plan_drafted", said, **_key(sheet.dossier))
    db.session.flush()
    return made


def save_action(
    actor: Identity,
    dossier: Dossier,
    action_id: int | None,
    version: int,
    *,
    measure: str,
    responsible: str,
    due_on: date | None,
    done_on: date | None,
) -> ImprovementAction:
    """Add a measure (`action_id` None) or change one; raises `Conflict` where it changed since `version`."""
    must(actor, Right.FILL_DOSSIER)
    dossier = locked(dossier.tenant_id, dossier.id)
    _plannable(dossier)
    if not measure.strip():
        raise Refused("Xin ghi việc cần làm.", 422)
    if done_on and done_on > clock.today():
        raise Refused("Ngày làm xong không thể ở sau hôm nay.", 422)
    if action_id is None:
        if len(actions_of(dossier.tenant_id, dossier.id)) >= MOST:
            raise Refused(f"Kế hoạch đã có {MOST} việc. Xin gộp hoặc bỏ bớt.", 422)
        row = ImprovementAction(**_key(dossier))
        db.session.add(row)
    else:
        row = _action(dossier, action_id)
        if row.version != version:
            raise Conflict("Người khác vừa sửa việc này. Xin xem lại nội dung đang lưu rồi lưu lại.", row)
    row.measure, row.responsible = measure.strip(), responsible.strip()
    row.due_on, row.done_on = due_on, done_on
    said = "đã thêm một việc vào kế hoạch cải tiến." if action_id is None else "đã sửa kế hoạch cải tiến."
    record(actor, "plan_changed", said, **_key(dossier))
    db.session.flush()
    return row


def remove_action(actor: Identity, dossier: Dossier, action_id: int) -> None:
    """Take a measure off the plan."""
    must(actor, Right.FILL_DOSSIER)
    dossier = locked(dossier.tenant_id, dossier.id)
    row = _action(dossier, action_id)
    record(actor, "plan_changed", f"đã bỏ một việc khỏi kế hoạch cải tiến: {row.measure}", **_key(dossier))
    db.session.delete(row)
    db.session.flush()


def _action(dossier: Dossier, action_id: int) -> ImprovementAction:
    row = action_of(dossier.tenant_id, dossier.id, action_id)
    if row is None:
        raise Refused("Việc này không còn trong kế hoạch cải tiến.", 404)
    return row


def _plannable(dossier: Dossier) -> None:
    if State(dossier.state) not in PLANNED:
        raise Refused(
            "Kế hoạch cải tiến lập được khi năm đánh giá của đơn vị đã kết thúc: có quyết định, hoặc tự đánh giá chưa đạt."
        )
