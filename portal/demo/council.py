"""The demonstration's council: founded in January, with one closed meeting on what was appraised by then."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from portal.council import closing, operations
from portal.council.models import Item
from portal.council.operations import Founded, Noted
from portal.council.rules import Member, Votes
from portal.words import ZONE
from tenants.database import db
from tenants.identity import Identity
from tenants.people import Role
from tenants.scope import acting_in

from .moments import at
from .season import YEAR, People

HELD = datetime(2027, 1, 9, 14, 0, tzinfo=ZONE)
POSTS = (
    ("(Phó Chủ tịch Ủy ban nhân dân)", "Ủy ban nhân dân huyện", "chair"),
    ("(Trưởng Phòng Giáo dục và Đào tạo)", "Phòng Giáo dục và Đào tạo", "deputy"),
    ("(Chuyên viên Phòng Giáo dục và Đào tạo)", "Phòng Giáo dục và Đào tạo", "secretary"),
    ("(Chủ tịch Hội Khuyến học)", "Hội Khuyến học huyện", "member"),
    ("(Trưởng Phòng Nội vụ)", "Phòng Nội vụ", "member"),
    ("(Ủy viên hội đồng)", "Trung tâm GDNN-GDTX", "member"),
    ("(Đại diện Công đoàn)", "Liên đoàn Lao động huyện", "member"),
)


def meet(people: People) -> None:
    """Found a district's council and let it hold one meeting, closed; one dossier discussed singly is left for later."""
    officer, member = people[(Role.DISTRICT_OFFICER, None)], people[(Role.DISTRICT_COUNCIL, None)]
    accounts = {3: officer.account_id, 6: member.account_id}
    members = tuple(
        Member(n, name, office, duty, accounts.get(n)) for n, (name, office, duty) in enumerate(POSTS, 1)
    )
    name = f"Hội đồng thẩm định “Đơn vị học tập” {_place(officer)}"
    with at(2027, 1, 5, 9, 0), _scope(officer):
        operations.found(officer, Founded(name, "07/QĐ-UBND", date(2027, 1, 5), 5, members))
    with at(2027, 1, 9, 16, 30), _scope(officer):
        row = operations.begin(officer, YEAR)
        there: dict[int, tuple[bool | None, str]] = dict.fromkeys(range(1, 7), (True, ""))
        noted = Noted(
            HELD, "Phòng họp số 2, Ủy ban nhân dân huyện", 1, 3, there | {7: (False, "đi công tác")}
        )
        operations.note_meeting(officer, row, noted)
        blocked, singles = 0, []
        for item in db.session.scalars(select(Item).where(Item.meeting_id == row.id).order_by(Item.id)):
            blocked += not item.singly
            singles += [item] if item.singly else []
        if blocked:
            operations.vote_block(officer, row, Votes(6, 0, 0), "agreed")
        for place, item in enumerate(singles):
            if place == len(singles) - 1 and place:
                why = "Chờ đơn vị giải trình thêm về số liệu được sửa."
                operations.vote_item(officer, row, item.id, Votes(2, 1, 3), "deferred", why)
            else:
                votes = Votes(6, 0, 0) if place else Votes(5, 1, 0)
                operations.vote_item(officer, row, item.id, votes, "agreed")
        closing.close(officer, row)


def _place(actor: Identity) -> str:
    return actor.here.tenant_name[:1].lower() + actor.here.tenant_name[1:]


def _scope(actor: Identity):  # type: ignore[no-untyped-def]
    return acting_in(actor.here.scope(actor.account_id))
