"""What the demonstration's districts aim at: the six of the plan and one of their own."""

from __future__ import annotations

from datetime import date

from portal.targets.operations import Wish, add, adopt
from portal.targets.ready import READY
from portal.targets.rules import Counting, Measure
from tenants.people import Role
from tenants.scope import acting_in

from .moments import at
from .season import YEAR, People

LEARNING = Wish(
    "Thành viên hoàn thành chương trình học tập, bồi dưỡng trong năm (số liệu minh họa)",
    Measure(Counting.PEOPLE, "H.2.2"),
    98,
    date(YEAR, 12, 31),
)


def aim(people: People) -> None:
    """Let a district's administrator adopt the six targets of the plan and set one more."""
    admin = people[(Role.DISTRICT_ADMIN, None)]
    with at(YEAR, 3, 2, 9, 0), acting_in(admin.here.scope(admin.account_id)):
        adopt(admin, YEAR, [one.code for one in READY])
        add(admin, YEAR, LEARNING)
