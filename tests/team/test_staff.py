"""The people of a unit: the head places and ends clerks, the old account loses the role at once, names are kept."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from portal.accounts.operations import NewPerson
from portal.team import staff
from tenants import signin, standing
from tenants.database import db
from tenants.people import Account, Membership, Role
from tenants.refusal import Refused
from tenants.scope import Scope, ScopeKind, acting_in
from tests.builders import STEWARD
from tests.team.conftest import School
from tests.wall.test_tables import DENIED, raw, refused

NEW = {"full_name": "Cán bộ mới của trường", "login": "can-bo.moi", "title": "Giáo viên"}


def test_a_clerk_hands_over(school: School) -> None:
    """The head gives the role to a new person; the old one loses it with the next click; both names stay."""
    head, old = school.at(school.head), school.at(school.clerk)
    assert old.get("/ho-so").status_code == 200
    membership = school.clerk.place.membership_id
    answer = head.post(f"/don-vi/nguoi/{membership}/ban-giao", NEW)
    page = answer.get_data(as_text=True)
    link = re.search(r"/lien-ket/([\w-]+)", page)
    assert link
    assert "Chỉ hiện một lần." in page
    assert old.get("/ho-so").headers["Location"] == "/noi-lam-viec"
    people = head.get("/don-vi/nguoi").get_data(as_text=True)
    assert (
        "đã bàn giao vai trò cán bộ đầu mối từ Cán bộ đầu mối nhà trường cho Cán bộ mới của trường" in people
    )
    assert people.index("Cán bộ mới của trường") < people.index("Đã kết thúc")
    with acting_in(Scope(ScopeKind.SIGNIN)):
        signin.use_link(link[1], "một mật khẩu rất dài 9")
        account = signin.check_password("can-bo.moi", "một mật khẩu rất dài 9")
        assert account
        identity = standing.identify(signin.open_session(account, "127.0.0.1", "test"))
        assert identity is None or identity.place is not None
    assert head.post(f"/don-vi/nguoi/{membership}/ban-giao", NEW | {"login": "can-bo.ba"}).status_code == 409


def test_only_the_head_places_clerks(school: School) -> None:
    """A clerk reads the page, places nobody, ends nobody but guests; a head is not the unit's to place."""
    clerk, head = school.at(school.clerk), school.at(school.head)
    page = clerk.get("/don-vi/nguoi").get_data(as_text=True)
    assert "Chỉ thủ trưởng thêm, bàn giao và kết thúc" in page
    assert "Thêm cán bộ đầu mối" not in page
    for path in ("/don-vi/nguoi/them", f"/don-vi/nguoi/{school.clerk.place.membership_id}/ban-giao"):
        assert clerk.get(path).status_code == 403
        assert clerk.post(path, NEW).status_code == 403
    with school.world.acting(school.clerk) as actor:
        for act in (
            lambda: staff.place_clerk(actor, NewPerson("ai.do", "Ai đó")),
            lambda: staff.end_role(actor, school.head.place.membership_id),
            lambda: staff.new_link(actor, school.head.place.membership_id),
        ):
            with pytest.raises(Refused):
                act()
    another = school.world.a_person(Role.UNIT_HEAD, school.tenant_id, school.unit_id).place.membership_id
    with school.world.acting(school.head) as actor, pytest.raises(Refused, match="do người quản trị giao"):
        staff.end_role(actor, another)
    answer = head.post("/don-vi/nguoi/them", NEW | {"login": "x"})
    assert answer.status_code == 422
    assert "Tên đăng nhập" in answer.get_data(as_text=True)
    assert head.post("/don-vi/nguoi/them", NEW).status_code == 200
    assert head.post("/don-vi/nguoi/them", NEW).status_code == 422
    ended = head.post(f"/don-vi/nguoi/{school.clerk.place.membership_id}/ket-thuc", follow_redirects=True)
    assert "người này mất quyền ngay" in ended.get_data(as_text=True)
    assert clerk.get("/ho-so").headers["Location"] == "/noi-lam-viec"


def test_the_wall_knows_who_places_whom(school: School) -> None:
    """By SQL: a clerk makes guests alone, a head clerks and guests, neither a head; no link for a head."""
    world = school.world
    other_unit = world.a_unit(school.tenant_id, "Trường bên cạnh", "preschool")
    stranger = world.a_person(Role.UNIT_EDITOR, school.tenant_id, other_unit)
    with acting_in(STEWARD):
        fresh = db.session.execute(
            Account.__table__.insert()  # type: ignore[attr-defined]
            .values(login="chua.co-noi", full_name="Chưa có nơi", created_at=signin.now())
            .returning(Account.id)
        ).scalar_one()
    own = f"{school.tenant_id}, {{account}}, '{{role}}', {{unit}}, current_date, current_date + {{days}}"
    into = "with n as (insert into membership (tenant_id, account_id, role, unit_id, since, until) values"

    def place(role: str, *, unit: int = school.unit_id, account: int = fresh, days: int = 5) -> int:
        values = own.format(role=role, unit=unit, account=account, days=days)
        return raw(f"{into} ({values}) returning 1) select count(*) from n")

    link = "insert into one_time_link (token_sha256, account_id, issued_by, issued_at, expires_at) values ('{}', {}, app_account(), now(), now())"
    for person, allowed in (
        (school.clerk, {"unit_contributor"}),
        (school.head, {"unit_contributor", "unit_editor"}),
    ):
        for role in ("unit_head", "unit_editor", "unit_contributor", "district_admin"):
            with world.acting(person):
                if role in allowed:
                    assert place(role) == 1
                    db.session.rollback()
                else:
                    refused(lambda role=role: place(role), {DENIED, "23514"})  # type: ignore[misc]
        with world.acting(person):
            refused(lambda: place("unit_contributor", unit=other_unit), {DENIED})
            refused(lambda: place("unit_contributor", account=stranger.identity.account_id), {DENIED})
            refused(lambda: place("unit_contributor", days=60), {"23514"})
            refused(lambda: raw(link.format("a", school.head.identity.account_id)), {DENIED})
            refused(lambda: raw(link.format("b", stranger.identity.account_id)), {DENIED})
            ended = f"update membership set until = current_date where id = {school.head.place.membership_id}"
            assert raw(f"with u as ({ended} returning 1) select count(*) from u") == 0
            db.session.rollback()
    with world.acting(school.clerk):
        refused(lambda: raw(link.format("c", school.clerk.identity.account_id)), {DENIED})


def test_a_head_of_yesterday_signs_nothing(school: School) -> None:
    """The membership ended yesterday, the session is still open: a sentence, nothing signed, nobody placed."""
    head = school.at(school.head)
    seen = re.search(r'name="seen" value="(\w+)"', head.get(f"{school.path}/kiem-tra").get_data(as_text=True))
    assert seen
    yesterday = signin.today() - timedelta(days=1)
    with acting_in(STEWARD):
        mine = update(Membership).where(Membership.id == school.head.place.membership_id)
        db.session.execute(mine.values(until=yesterday))
    answer = head.post(f"{school.path}/ky", {"seen": seen[1]})
    assert answer.status_code == 403
    assert "không còn nơi làm việc nào có hiệu lực" in answer.get_data(as_text=True)
    with school.world.acting(school.clerk):
        assert school.dossier().state == "draft"
    with (
        school.world.acting(school.head) as actor,
        pytest.raises(Exception, match="row-level security"),
    ):
        staff.place_clerk(actor, NewPerson("ai.do", "Ai đó"))
