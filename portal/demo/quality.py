"""What the Department of the demonstration concluded on the quality of its last decided year."""

from __future__ import annotations

from portal.cycle.models import Cycle
from portal.quality import operations, queries
from tenants.database import db
from tenants.people import Role
from tenants.scope import acting_in

from .moments import at
from .season import People

YEAR = 2025
SAID = (
    ("dismiss", "Huyện có thêm nhiều đơn vị đến kỳ nâng mức độ, đã gửi danh sách kèm minh chứng."),
    ("hit", "Đã làm việc với huyện; huyện sẽ kiểm tra lại một số đơn vị."),
)


def conclude(people: People) -> None:
    """Let the officer conclude on the first things the rules find; the rest stays open."""
    officer = people[(Role.PROVINCE_OFFICER, None)]
    assert officer.place is not None
    with at(YEAR + 1, 4, 6, 9, 0), acting_in(officer.place.scope(officer.account_id)):
        cycle = db.session.get_one(Cycle, YEAR)
        for line, (act, reason) in zip(queries.lines(cycle), SAID, strict=False):
            operations.conclude(officer, cycle, line.found.rule, line.found.subject, act, reason, line.seen)
