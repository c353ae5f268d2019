"""Who has what: given out a criterion at a time, late in sight of the head, on everybody's own desk."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from portal.dossiers import operations as dossiers
from portal.dossiers.operations import Given
from portal.notices.models import Notice
from portal.team.assigning import assign, link_member
from portal.team.queries import assignments_of
from portal.units.models import Unit
from tenants.database import db
from tenants.people import Role
from tenants.refusal import Conflict, Refused
from tests.team.conftest import School


def unanswer(school: School, *codes: str) -> None:
    """Take the answers of some indicators away again."""
    with school.world.acting(school.clerk) as actor:
        for code in codes:
            sheet = school.sheet()
            one = next(i for i in sheet.indicators if i.code == code)
            dossiers.save_answer(
                actor, school.dossier(), one.id, Given(version=sheet.answers[one.id].version)
            )


def given(school: School) -> dict[str, tuple[str, date | None]]:
    """Who has what, by code."""
    with school.world.acting(school.clerk, writes=False):
        sheet = school.sheet()
        codes = {i.id: i.code for i in sheet.indicators}
        rows = assignments_of([sheet.dossier]).values()
        return {codes[row.indicator_id]: (row.member.full_name, row.due_on) for row in rows}


def members(school: School) -> dict[str, int]:
    """The members of the team by duty."""
    with school.world.acting(school.clerk, writes=False):
        return {member.duty: member.id for member in school.sheet().team}


def form(school: School, **more: Any) -> dict[str, Any]:
    """What the page of assignments would send, with the version of every row."""
    with school.world.acting(school.clerk, writes=False):
        sheet = school.sheet()
        rows = assignments_of([sheet.dossier])
        seen = {
            f"ban-{i.id}": rows[(sheet.dossier.id, i.id)].version if (sheet.dossier.id, i.id) in rows else 0
            for i in sheet.indicators
        }
    return {**seen, "member": str(members(school)["chair"]), "due_on": "2027-01-12", "act": "assign", **more}


def test_a_criterion_at_once_then_one_to_another(school: School) -> None:
    """A whole criterion goes to one member, one of it to another; both show on page, card and trail."""
    clerk = school.at(school.clerk)
    assert clerk.post(f"{school.path}/phan-cong", form(school, tieu_chi=["1"])).status_code == 303
    first = given(school)
    assert set(first) >= {"1.1", "1.2"}
    assert all(code.startswith("1.") for code in first)
    with school.world.acting(school.clerk):
        number = next(i.id for i in school.sheet().indicators if i.code == "1.2")
    other = form(school, chon=[str(number)], member=str(members(school)["member"]), due_on="2027-01-14")
    assert clerk.post(f"{school.path}/phan-cong", other).status_code == 303
    assert given(school)["1.2"] == ("Thành viên Tổ đánh giá", date(2027, 1, 14))
    assert given(school)["1.1"] == ("Tổ trưởng Tổ đánh giá", date(2027, 1, 12))
    page = clerk.get(school.path).get_data(as_text=True)
    assert "Phụ trách: <b>Thành viên Tổ đánh giá</b>" in page
    back = form(school, chon=[str(number)], act="take_back")
    assert clerk.post(f"{school.path}/phan-cong", back).status_code == 303
    assert "1.2" not in given(school)
    assert clerk.get(f"{school.path}/phan-cong").status_code == 200


def test_late_work_is_in_sight_of_the_head(school: School) -> None:
    """What is not done when its day has passed is late: on the page, on the head's desk and in the tasks."""
    unanswer(school, "1.1", "1.3")
    with school.world.acting(school.clerk) as actor:
        sheet = school.sheet()
        codes = {i.code: i.id for i in sheet.indicators}
        chair = next(m.id for m in sheet.team if m.duty == "chair")
        link_member(actor, school.dossier(), chair, school.clerk.identity.account_id)
        assign(actor, school.dossier(), {codes["1.1"]: 0, codes["1.2"]: 0}, chair, date(2027, 1, 11))
    with school.world.acting(school.head) as actor:
        assign(actor, school.dossier(), {codes["1.3"]: 0}, chair, date(2027, 1, 12))
    with school.world.acting(school.clerk):
        told = db.session.query(Notice).filter_by(audience="person").all()
        assert [one.sentence for one in told] == [
            "Hiệu trưởng nhà trường giao cho anh/chị chỉ tiêu 1.3 của hồ sơ năm 2026, hạn 12/01/2027."
        ]
    school.world.set_clock(2027, 1, 12, 9, 0)
    desk = school.at(school.head).get("/").get_data(as_text=True)
    assert "Chậm hạn nội bộ: 1 chỉ tiêu" in desk
    assert "Việc của tôi" not in desk
    own = school.at(school.clerk).get("/").get_data(as_text=True)
    assert "Việc của tôi: 2 chỉ tiêu" in own
    tasks = school.at(school.clerk).get("/viec-cua-toi").get_data(as_text=True)
    assert tasks.index("1.1") < tasks.index("1.3") < tasks.index("1.2")
    assert "Chậm" in tasks
    assert "Chậm hạn: 1 chỉ tiêu." in school.at(school.head).get(f"{school.path}/phan-cong").get_data(
        as_text=True
    )
    assert "Chưa có việc nào được giao" in school.at(school.head).get("/viec-cua-toi").get_data(as_text=True)


BAD: list[tuple[dict[str, Any], str]] = [
    ({"tieu_chi": ["1"], "member": ""}, "Xin chọn một thành viên"),
    ({"tieu_chi": ["1"], "member": "9" * 30}, "Xin chọn một thành viên"),
    ({}, "Xin đánh dấu ít nhất một chỉ tiêu."),
    ({"chon": ["999999"]}, "không áp dụng cho đơn vị"),
    ({"tieu_chi": ["1"], "due_on": "2027-01-09"}, "ở trước hôm nay"),
    ({"tieu_chi": ["1"], "due_on": "2027-01-15"}, "phải trước hạn nộp hồ sơ: trước ngày 15/01/2027"),
    ({"tieu_chi": ["1"], "due_on": "ngày mai"}, "Xin viết ngày theo mẫu"),
    ({"tieu_chi": ["<b>", "-1"]}, "Xin đánh dấu ít nhất một chỉ tiêu."),
]


def test_bad_input_gets_its_sentence(school: School) -> None:
    """Nobody, nothing, days that cannot be, numbers of nobody: a sentence, and nothing given out."""
    for more, said in BAD:
        answer = school.at(school.clerk).post(f"{school.path}/phan-cong", form(school, **more))
        assert answer.status_code == 422, more
        assert said in answer.get_data(as_text=True)
    assert given(school) == {}


def test_two_people_give_the_same_indicator(school: School) -> None:
    """The second learns who has it now, and nothing is overwritten unseen."""
    stale = form(school, tieu_chi=["1"], member=str(members(school)["member"]))
    assert (
        school.at(school.head).post(f"{school.path}/phan-cong", form(school, tieu_chi=["1"])).status_code
        == 303
    )
    answer = school.at(school.clerk).post(f"{school.path}/phan-cong", stale)
    assert answer.status_code == 409
    assert "vừa được giao cho Tổ trưởng Tổ đánh giá sau khi trang này mở" in answer.get_data(as_text=True)
    assert {name for name, _ in given(school).values()} == {"Tổ trưởng Tổ đánh giá"}
    with school.world.acting(school.clerk) as actor:
        first = next(iter(school.sheet().indicators)).id
        with pytest.raises(Conflict):
            assign(actor, school.dossier(), {first: 0}, members_now(school)["chair"], None)


def members_now(school: School) -> dict[str, int]:
    """The members by duty, inside a scope."""
    return {member.duty: member.id for member in school.sheet().team}


def test_members_and_accounts(school: School) -> None:
    """An account goes with one member, of this unit, while the team may change; a gone member's tasks go too."""
    stranger = school.world.a_person(
        Role.UNIT_EDITOR, school.tenant_id, school.world.a_unit(school.tenant_id, "Trường khác")
    )
    with school.world.acting(school.clerk) as actor:
        team = members_now(school)
        with pytest.raises(Refused, match="tài khoản đang dùng của đơn vị"):
            link_member(actor, school.dossier(), team["chair"], stranger.identity.account_id)
        link_member(actor, school.dossier(), team["chair"], school.clerk.identity.account_id)
        with pytest.raises(Refused, match="đã nối với Tổ trưởng"):
            link_member(actor, school.dossier(), team["member"], school.clerk.identity.account_id)
        first = school.sheet().indicators[0].id
        assign(actor, school.dossier(), {first: 0}, team["chair"], None)
        dossiers.remove_team_member(actor, school.dossier(), team["chair"])
        db.session.expire_all()
        assert assignments_of([school.dossier()]) == {}
    answer = school.at(school.clerk).post(
        f"{school.path}/thanh-vien/{team['member']}/tai-khoan", {"tai_khoan": "x"}
    )
    assert answer.status_code == 303


def test_a_signed_dossier_has_nothing_to_give_out_and_a_new_one_takes_over(school: School) -> None:
    """Signed: the sentence names the state. Withdrawn: members, accounts and assignments go on."""
    with school.world.acting(school.clerk) as actor:
        team, first = members_now(school), school.sheet().indicators[0].id
        link_member(actor, school.dossier(), team["chair"], school.clerk.identity.account_id)
        assign(actor, school.dossier(), {first: 0}, team["chair"], date(2027, 1, 12))
    with school.world.acting(school.head) as actor:
        dossiers.sign(actor, school.dossier())
        with pytest.raises(Refused, match="Đã ký, chưa nộp"):
            assign(actor, school.dossier(), {first: 1}, team["member"], None)
    assert "Giao việc" not in school.at(school.clerk).get(f"{school.path}/phan-cong").get_data(as_text=True)
    with school.world.acting(school.head) as actor:
        dossiers.withdraw(actor, school.dossier())
        unit = db.session.get_one(Unit, (school.tenant_id, school.unit_id))
        new = dossiers.start_dossier(actor, unit, 2026)
        rows = assignments_of([new])
        assert [(row.member.account_id, row.due_on) for row in rows.values()] == [
            (school.clerk.identity.account_id, date(2027, 1, 12))
        ]


def test_the_page_asks_the_same_however_much_is_given(school: School, count_queries: list[str]) -> None:
    """The number of queries does not grow with what is given out."""
    clerk = school.at(school.clerk)
    clerk.get(f"{school.path}/phan-cong")
    count_queries.clear()
    clerk.get(f"{school.path}/phan-cong")
    few = len(count_queries)
    assert clerk.post(f"{school.path}/phan-cong", form(school, tieu_chi=["1", "2", "3"])).status_code == 303
    count_queries.clear()
    clerk.get(f"{school.path}/phan-cong")
    assert len(count_queries) <= few
