"""Reminding the districts whose report is overdue: one press for all, each district at most once a day.

Who was reminded when stands in the Department's trail, and nowhere else.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from portal import clock
from portal.cycle.queries import cycle_of
from portal.dossiers.operations import must
from portal.notices.operations import tell_districts
from portal.notices.rules import Kind
from portal.trail.operations import record
from portal.trail.queries import of_acts
from portal.words import ZONE
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Refused
from tenants.rights import Right

from .queries import reporting_in
from .summary import standings

ACT = "report.remind"
MOST_ENTRIES = 100
"""How many presses of the button are looked back on."""


def reminded(province_id: int, year: int) -> dict[int, datetime]:
    """Return when each district was last reminded of its report on a year; one statement."""
    found: dict[int, datetime] = {}
    for entry in of_acts(province_id, ACT, MOST_ENTRIES):
        if entry.detail.get("year") == year:
            for tenant_id in entry.detail["tenants"]:
                found.setdefault(tenant_id, entry.at)
    return found


def remind(actor: Identity, year: int) -> int:
    """Remind every district whose report is overdue and that was not reminded today; returns how many.

    Raises `Refused` where there is nobody to remind.
    """
    must(actor, Right.RECEIVE_REPORT)
    cycle = cycle_of(year)
    if cycle is None or actor.place is None:
        raise Refused(f"Năm đánh giá {year} chưa mở.", 404)
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"remind:{year}"))))
    where = standings(cycle, reporting_in(year))
    overdue = {tenant_id: one for tenant_id, one in where.items() if one.overdue}
    if not overdue:
        raise Refused("Không có huyện nào quá hạn nên không nhắc ai.")
    earlier, today = reminded(actor.place.tenant_id, year), clock.today()
    due = [key for key in overdue if key not in earlier or earlier[key].astimezone(ZONE).date() < today]
    if not due:
        raise Refused("Các huyện quá hạn đều đã được nhắc hôm nay; mai mới nhắc lại được.")
    tell_districts(
        [
            (
                key,
                f"Sở nhắc: báo cáo năm {year} {overdue[key].word[:1].lower()}{overdue[key].word[1:]}; xin hoàn thành và gửi.",
                "/huyen/bao-cao",
            )
            for key in due
        ],
        Kind.REMINDER,
    )
    record(
        actor,
        ACT,
        f"đã nhắc {len(due)} huyện gửi báo cáo năm {year}.",
        tenant_id=actor.place.tenant_id,
        detail={"year": year, "tenants": due},
    )
    return len(due)
