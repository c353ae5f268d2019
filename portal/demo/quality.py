"""What the Department of the demonstration concluded on the quality of its last decided year, and looked at again."""

from __future__ import annotations

from sqlalchemy import select

from portal.cycle.models import Cycle
from portal.province import dossier_sheet
from portal.quality import operations, queries, rechecking
from portal.quality.models import Recheck
from tenants.database import db
from tenants.people import Role
from tenants.places import Tier
from tenants.scope import acting_in

from .moments import at
from .season import People

YEAR = 2025
SAID = (
    ("dismiss", "Huyện có thêm nhiều đơn vị đến kỳ nâng mức độ, đã gửi danh sách kèm minh chứng."),
    ("hit", "Đã làm việc với huyện; huyện sẽ kiểm tra lại một số đơn vị."),
)


def recheck(people: People) -> None:
    """Let the officer draw some dossiers of the year, look again at the first and tell its district."""
    officer = people[(Role.PROVINCE_OFFICER, None)]
    with at(YEAR + 1, 5, 11, 9, 0), acting_in(officer.here.scope(officer.account_id)):
        rechecking.draw(officer, db.session.get_one(Cycle, (YEAR, Tier.DISTRICT)), 3)
        first = db.session.scalars(select(Recheck).order_by(Recheck.tenant_id, Recheck.id)).first()
        view = dossier_sheet.view_of(first.tenant_id, first.dossier_id) if first else None
        if first is None or view is None:
            return
        rows = [i.row for _, _, found in view.criteria for i in found if i.applies]
        typed = {row.id: ("agree", "") for row in rows}
        typed[rows[-1].id] = ("unproven", "Minh chứng không ghi ngày, chưa rõ thuộc năm đánh giá.")
        offered = {row.id: (row.code, row.title) for row in rows}
        rechecking.fill(officer, first, offered, typed, "", first.version, send=True)


def conclude(people: People) -> None:
    """Let the officer conclude on the first things the rules find; the rest stays open."""
    officer = people[(Role.PROVINCE_OFFICER, None)]
    with at(YEAR + 1, 4, 6, 9, 0), acting_in(officer.here.scope(officer.account_id)):
        cycle = db.session.get_one(Cycle, (YEAR, Tier.DISTRICT))
        for line, (act, reason) in zip(queries.lines(cycle), SAID, strict=False):
            operations.conclude(officer, cycle, line.found.rule, line.found.subject, act, reason, line.seen)
