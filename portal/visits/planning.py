"""The verbs of a year's proposal: the district's own setting, the draw, units put on the list or taken off it."""

from __future__ import annotations

import secrets

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.cycle.queries import cycle_of
from portal.dossiers.taking import must
from portal.trail.operations import record
from portal.units.models import Unit
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused
from tenants.rights import Right

from . import rules
from .models import VisitChoice, VisitPlan
from .queries import plan_of, proposal
from .rules import Flag

MOST_REASON = 1000
CHANGED = "Người khác vừa đặt lại hoặc bốc thăm. Xin xem lại kết quả rồi thực hiện nếu vẫn cần."


def settle(
    actor: Identity, tenant_id: int, year: int, years: int, share: int | None, reason: str, version: int
) -> VisitPlan:
    """Set how many years without a visit are many, and draw a share (whole percent) of the units where one is given.

    A second draw needs a reason; every draw with its seed stays in the trail.
    """
    must(actor, Right.PLAN_VISITS)
    if cycle_of(year) is None:
        raise Refused("Năm đánh giá này chưa mở.", 404)
    if not 1 <= years <= rules.MOST_YEARS:
        raise Refused(f"Số năm chưa kiểm tra từ 1 đến {rules.MOST_YEARS}.", 422)
    plan = _plan(tenant_id, year)
    if plan.version != max(version, 1):
        raise Conflict(CHANGED, plan)
    if plan.years != years:
        plan.years = years
        record(actor, "visit.setting", f"đặt mức {years} năm chưa kiểm tra thực tế.", tenant_id=tenant_id)
    if share is not None:
        _draw(actor, plan, share, reason.strip())
    db.session.flush()
    return plan


def _plan(tenant_id: int, year: int) -> VisitPlan:
    plan = plan_of(tenant_id, year, lock=True)
    if plan is None:
        try:
            with db.session.begin_nested():
                db.session.add(VisitPlan(tenant_id=tenant_id, year=year))
                db.session.flush()
        except IntegrityError as error:  # a colleague began at the same moment
            if "uq_visit_plan" not in str(error.orig):
                raise
        plan = plan_of(tenant_id, year, lock=True)
    assert plan is not None
    return plan


def _draw(actor: Identity, plan: VisitPlan, share: int, reason: str) -> None:
    if not 1 <= share <= 100:
        raise Refused("Tỷ lệ bốc thăm là số nguyên từ 1 đến 100 %.", 422)
    if plan.seed and not reason:
        raise Refused(
            "Năm này đã bốc thăm. Muốn bốc lại, xin ghi lý do; lần trước vẫn còn trong nhật ký.", 422
        )
    if len(reason) > MOST_REASON:
        raise Refused(f"Lý do dài tối đa {MOST_REASON} ký tự.", 422)
    pool = sorted(line.candidate.code for line in proposal(plan.tenant_id, plan.year, plan))
    if not pool:
        raise Refused("Chưa có hồ sơ nào nộp trong năm nên chưa bốc thăm được.")
    seed, now = secrets.token_hex(8), clock.now()
    chosen = list(rules.draw(seed, pool, share))
    plan.share, plan.seed, plan.drawn = share, seed, {"pool": pool, "chosen": chosen}
    plan.drawn_at, plan.drawn_by = now, actor.full_name
    record(
        actor,
        "visit.draw",
        f"bốc thăm {share} % đơn vị để kiểm tra thực tế: {len(chosen)}/{len(pool)} đơn vị, hạt giống {seed}"
        f"{f'; lý do bốc lại: {reason}' if reason else ''}.",
        tenant_id=plan.tenant_id,
        detail={"seed": seed, "share": share, "pool": pool, "chosen": chosen},
    )


def choose(
    actor: Identity, tenant_id: int, year: int, unit_id: int, act: str, flag: str, reason: str
) -> VisitChoice:
    """Put a unit on the list or take it off, dismiss one of its flags or raise it again; always with a reason."""
    must(actor, Right.PLAN_VISITS)
    unit = db.session.scalar(
        select(Unit).where(Unit.tenant_id == tenant_id, Unit.id == unit_id).with_for_update(key_share=True)
    )
    if unit is None or cycle_of(year) is None:
        raise Refused("Không tìm thấy đơn vị này.", 404)
    about_flag = act in ("dismiss", "restore")
    if act not in ("add", "remove", "dismiss", "restore") or (about_flag and flag not in set(Flag)):
        raise Refused("Xin chọn việc cần làm với đơn vị.", 422)
    reason = reason.strip()
    if not reason or len(reason) > MOST_REASON:
        raise Refused(f"Xin ghi lý do (tối đa {MOST_REASON} ký tự).", 422)
    line = next(
        (one for one in proposal(tenant_id, year, plan_of(tenant_id, year)) if one.unit.id == unit_id), None
    )
    if line is None:
        raise Refused("Đơn vị chưa nộp hồ sơ năm này nên chưa đưa vào kiểm tra thực tế.")
    must(actor, Right.PLAN_VISITS, _OfUnit(tenant_id, unit_id))
    now_raised = {one.flag.value: one.sentence for one in line.raised}
    dismissed = {one.flag.value: one.sentence for one, _ in line.dismissed}
    known = now_raised if act == "dismiss" else dismissed
    if about_flag and flag not in known:
        raise Refused("Dấu hiệu này đã được người khác xử lý hoặc không còn. Xin xem lại.", 409)
    if not about_flag and line.proposed == (act == "add"):
        raise Refused(
            "Đơn vị đã ở trong danh sách." if act == "add" else "Đơn vị không ở trong danh sách.", 409
        )
    row = VisitChoice(
        tenant_id=tenant_id,
        unit_id=unit_id,
        year=year,
        act=act,
        flag=flag if about_flag else "",
        sentence=known[flag] if about_flag else "",
        reason=reason,
        at=clock.now(),
        by=actor.full_name,
    )
    db.session.add(row)
    db.session.flush()
    said = {
        "add": "đưa đơn vị vào danh sách kiểm tra thực tế",
        "remove": "đưa đơn vị khỏi danh sách kiểm tra thực tế",
        "dismiss": "bỏ qua một dấu hiệu kiểm tra thực tế",
        "restore": "nêu lại một dấu hiệu kiểm tra thực tế",
    }[act]
    record(
        actor,
        f"visit.{act}",
        f"{said}; lý do: {reason}",
        tenant_id=tenant_id,
        unit_id=unit_id,
        detail={"flag": row.flag, "sentence": row.sentence},
        inner=True,
    )
    return row


class _OfUnit:
    """A unit as the rights look at it."""

    def __init__(self, tenant_id: int, unit_id: int) -> None:
        self.tenant_id, self.unit_id = tenant_id, unit_id
