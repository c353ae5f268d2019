"""The verbs on what the rules find: conclude on it, set a rule's limit. No district is stopped by either."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select

from portal import clock
from portal.cycle.models import Cycle
from portal.dossiers.operations import must
from portal.trail.operations import record
from portal.typed import lines as tidy
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused
from tenants.rights import Right

from . import queries
from .models import AnomalyVerdict
from .queries import KEY, Line
from .rules import LIMITS, Rule

ACTS = {"dismiss": "Bỏ qua", "hit": "Đúng", "reopen": "Xem lại"}
MOST_REASON = 1000


def conclude(
    actor: Identity, cycle: Cycle, rule: Rule, subject: str, act: str, reason: str, seen: int
) -> AnomalyVerdict:
    """Dismiss what a rule found, mark it as true after asking, or take it up again; each with a reason.

    Raises `Conflict` where somebody concluded meanwhile, `Refused` where the rule no longer finds it.
    """
    must(actor, Right.WATCH_QUALITY)
    said = tidy(reason)
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"anomaly:{cycle.year}"))))
    line = _line(cycle, rule, subject)
    if line.seen != seen:
        raise Conflict("Người khác vừa kết luận về dấu hiệu này. Xin xem lại rồi ghi.", line)
    if act not in (("dismiss", "hit") if line.open else ("reopen",)):
        raise Refused("Xin chọn: bỏ qua hay đúng." if line.open else "Dấu hiệu này đã có kết luận.", 422)
    if not said:
        raise Refused("Xin ghi đã hỏi ai, trả lời thế nào, hoặc vì sao bỏ qua.", 422)
    if len(said) > MOST_REASON:
        raise Refused(f"Lý do dài tối đa {MOST_REASON} ký tự.", 422)
    row = AnomalyVerdict(
        year=cycle.year,
        rule=rule,
        subject=subject,
        sentence=line.found.sentence,
        act=act,
        reason=said,
        at=clock.now(),
        by=actor.full_name,
    )
    db.session.add(row)
    db.session.flush()
    record(
        actor,
        "quality.conclude",
        f"ghi “{ACTS[act]}” về dấu hiệu “{LIMITS[rule].title}”: {line.found.sentence}",
        tenant_id=actor.here.tenant_id,
        detail={"verdict": row.id, "reason": said},
    )
    return row


def _line(cycle: Cycle, rule: Rule, subject: str) -> Line:
    for line in queries.lines(cycle, rule):
        if line.found.subject == subject:
            return line
    raise Refused("Dấu hiệu này không còn: số liệu hoặc mức đặt đã đổi.", 409)


def set_limits(actor: Identity, wanted: Mapping[Rule, int]) -> tuple[Rule, ...]:
    """Set the limits of rules; returns those that changed. Raises `Refused` for one outside its range."""
    must(actor, Right.WATCH_QUALITY)
    now = queries.limits()
    changed = tuple(rule for rule, value in wanted.items() if value != now[rule])
    for rule in changed:
        known = LIMITS[rule]
        if not known.least <= wanted[rule] <= known.most:
            raise Refused(f"{known.title}: mức từ {known.least} đến {known.most} {known.unit}.", 422)
        clock.put_setting(f"{KEY}{rule}", str(wanted[rule]))
        record(
            actor,
            "quality.limit",
            f"đặt mức của dấu hiệu “{known.title}” từ {now[rule]} thành {wanted[rule]} {known.unit}.",
            tenant_id=actor.here.tenant_id,
        )
    clock.forget_settings()
    return changed
