"""The minutes of the team on the real pages: closed before the head signs, void when an answer changes."""

from __future__ import annotations

from typing import Any

import pytest

from portal.dossiers import operations as dossiers
from portal.dossiers.operations import Given
from portal.dossiers.queries import open_sheet
from portal.team.judged import standing_of
from portal.team.minutes import Noted, NotYet, close_minutes, meeting_of, reopen_minutes
from portal.team.models import Minutes
from portal.team.rules import Standing
from portal.units.models import Unit
from tenants.database import db
from tenants.people import Role
from tenants.refusal import Refused
from tenants.scope import acting_in
from tests.builders import STEWARD
from tests.papers.reading import pages
from tests.team.conftest import School

LACKING = "Chưa có biên bản họp Tổ đánh giá."


def reopened(school: School) -> dict[str, Any]:
    """Open the minutes again and return what a form of them would send."""
    with school.world.acting(school.clerk) as actor:
        reopen_minutes(actor, school.dossier())
        sheet = school.sheet()
        assert sheet.minutes is not None
        meeting = meeting_of(sheet)
        fields: dict[str, Any] = {
            "version": sheet.minutes.version,
            "held_on": "2027-01-09",
            "held_time": "14:30",
            "venue": "Phòng họp hội đồng",
            "chair_id": sheet.team[0].id,
            "secretary_id": sheet.team[1].id,
            "conclusion": "Tổ nhất trí.",
        }
        fields |= {f"co-mat-{m.id}": "co" for m in sheet.team}
        fields |= {f"y-kien-{one.indicator_id}": "co" for one in meeting.asked}
        return fields


def change(school: School, code: str = "1.1") -> None:
    """Let the clerk change the explanation of one indicator."""
    with school.world.acting(school.clerk) as actor:
        sheet = school.sheet()
        one = next(i for i in sheet.indicators if i.code == code)
        answer = sheet.answers[one.id]
        given = Given(answer.yes, answer.part, answer.grade, "Nội dung đã sửa.", answer.version)
        dossiers.save_answer(actor, school.dossier(), one.id, given)


def standing(school: School) -> Standing:
    """How the minutes stand now."""
    with school.world.acting(school.clerk, writes=False):
        return standing_of(school.sheet())[0]


def test_the_head_signs_after_the_minutes_are_closed(school: School) -> None:
    """Open minutes stop the signature; closed ones are named in it by their hash and frozen with it."""
    head, clerk = school.at(school.head), school.at(school.clerk)
    fields = reopened(school)
    assert "Biên bản họp Tổ đánh giá chưa chốt." in head.get(f"{school.path}/kiem-tra").get_data(as_text=True)
    with school.world.acting(school.head) as actor, pytest.raises(Refused, match="chưa chốt"):
        dossiers.sign(actor, school.dossier())
    assert clerk.post(f"{school.path}/bien-ban", fields | {"act": "close"}).status_code == 303
    page = clerk.get(f"{school.path}/bien-ban").get_data(as_text=True)
    assert "Đã chốt" in page
    assert "Phòng họp hội đồng" in page
    with school.world.acting(school.head) as actor:
        signed = dossiers.sign(actor, school.dossier())
        assert signed.frozen is not None
        assert len(signed.frozen["minutes"]) == 64
        dossiers.submit(actor, signed)
    page = clerk.get(f"{school.path}/bien-ban").get_data(as_text=True)
    assert "Mở lại biên bản" not in page
    assert clerk.post(f"{school.path}/bien-ban/mo-lai").status_code in (302, 409)
    assert standing(school) is Standing.CLOSED
    officer = school.at(school.world.a_person(Role.DISTRICT_OFFICER, school.tenant_id))
    paper = officer.get(f"/van-ban/{school.tenant_id}/{school.dossier_id}/bien-ban-to.pdf")
    said = " ".join(pages(paper.data))
    for words in ("BIÊN BẢN", "14 giờ 30 phút", "Phòng họp hội đồng", "Có mặt: 2/2", "Nhất trí", "THƯ KÝ"):
        assert words in said, words
    assert "[chưa có" not in said


def test_a_changed_answer_voids_closed_minutes(school: School) -> None:
    """The signature waits, the page names what changed, and only that needs a new opinion."""
    change(school)
    assert standing(school) is Standing.STALE
    page = school.at(school.head).get(f"{school.path}/kiem-tra").get_data(as_text=True)
    assert "Sau khi chốt biên bản họp Tổ, chỉ tiêu 1.1 đã thay đổi" in page
    page = school.at(school.clerk).get(f"{school.path}/bien-ban").get_data(as_text=True)
    assert "Biên bản không còn khớp hồ sơ." in page
    with school.world.acting(school.clerk) as actor:
        reopen_minutes(actor, school.dossier())
        meeting = meeting_of(school.sheet())
        assert [one.code for one in meeting.asked if one.agreed is None] == ["1.1"]
    answer = school.at(school.clerk).post(f"{school.path}/bien-ban", reopened(school) | {"act": "close"})
    assert answer.status_code == 303
    assert standing(school) is Standing.CLOSED


def test_what_is_lacking_comes_back_as_typed(school: School) -> None:
    """Refused minutes name everything at once and keep every word; agreeing with the rest fills the rest."""
    clerk, fields = school.at(school.clerk), reopened(school)
    opinions = [key for key in fields if key.startswith("y-kien-")]
    number = opinions[0].removeprefix("y-kien-")
    bare = {key: value for key, value in fields.items() if key not in opinions}
    bare |= {
        "conclusion": "",
        opinions[0]: "khong",
        f"ghi-chu-{number}": "Cần thêm quyết định",
        "act": "close",
    }
    answer = clerk.post(f"{school.path}/bien-ban", bare)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Chưa chốt được: còn 2 điều" in page
    assert "Cần thêm quyết định" in page
    assert clerk.post(f"{school.path}/bien-ban", bare | {"act": "rest"}).status_code == 303
    page = clerk.get(f"{school.path}/bien-ban").get_data(as_text=True)
    assert "trừ chỉ tiêu 1.1" in page
    with school.world.acting(school.clerk):
        sheet = school.sheet()
        assert sheet.minutes is not None
        assert all(one.agreed is not None for one in meeting_of(sheet).asked)
        version = sheet.minutes.version
    full = fields | bare | {"conclusion": "", "version": version}
    assert clerk.post(f"{school.path}/bien-ban", full | {"act": "suggest"}).status_code == 303
    assert "Tổ đánh giá nhất trí" in clerk.get(f"{school.path}/bien-ban").get_data(as_text=True)


BAD = [
    ("held_on", "32/13/2027", "Xin viết ngày theo mẫu 15/01/2027."),
    ("held_time", "25:99", "Xin nhập giờ theo dạng giờ:phút"),
    ("held_on", "2027-01-11", "ở sau hôm nay"),
    ("held_on", "2026-12-01", "trước ngày quyết định thành lập Tổ"),
    ("venue", "x" * 201, "Xin viết ngắn hơn"),
    ("conclusion", "", "Chưa ghi kết luận cuộc họp."),
    ("chair_id", "999999999999", "Chưa chọn người chủ trì"),
    ("secretary_id", "<script>", "Chưa chọn người thư ký"),
]


def test_bad_input_gets_its_sentence(school: School) -> None:
    """Malformed, huge, hostile or impossible: one sentence, nothing closed, the rest kept."""
    fields, clerk = reopened(school), school.at(school.clerk)
    for field, value, said in BAD:
        answer = clerk.post(f"{school.path}/bien-ban", fields | {"act": "close", field: value})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422, field
        assert said in page
        assert "<script>" not in page.split("<main")[1]
    assert standing(school) is Standing.OPEN


def test_two_at_once_and_odd_rows(school: School) -> None:
    """A stale form is laid beside what stands; a remark too long and a stranger's number change nothing."""
    clerk, fields = school.at(school.clerk), reopened(school)
    assert clerk.post(f"{school.path}/bien-ban", fields | {"venue": "Hội trường"}).status_code == 303
    answer = school.at(school.head).post(f"{school.path}/bien-ban", fields | {"venue": "Phòng khác"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Khác với nội dung anh/chị vừa nhập: địa điểm" in page
    assert "Phòng khác" in page
    number = next(key for key in fields if key.startswith("y-kien-")).removeprefix("y-kien-")
    with school.world.acting(school.clerk):
        version = school.sheet().minutes.version  # type: ignore[union-attr]
    long = fields | {"version": version, f"ghi-chu-{number}": "x" * 1001}
    assert "tối đa" not in page
    assert "Ghi chú dài quá 1.000 ký tự" in clerk.post(f"{school.path}/bien-ban", long).get_data(as_text=True)
    odd = fields | {"version": version, "co-mat-1": "co", "y-kien-999999": "co", "venue": "Hội trường B"}
    assert clerk.post(f"{school.path}/bien-ban", odd).status_code == 303
    with school.world.acting(school.clerk):
        row = school.sheet().minutes
        assert row is not None
        assert row.venue == "Hội trường B"
        assert "999999" not in row.opinions


def test_a_withdrawn_dossiers_minutes_go_on(school: School) -> None:
    """The dossier in its place has the same minutes, open; members, places and opinions are kept."""
    with school.world.acting(school.head) as actor:
        dossiers.withdraw(actor, school.dossier())
        unit = db.session.get_one(Unit, (school.tenant_id, school.unit_id))
        new = dossiers.start_dossier(actor, unit, 2026)
        sheet = open_sheet(new)
        assert sheet.minutes is not None
        assert sheet.minutes.frozen is None
        meeting = meeting_of(sheet)
        assert len(meeting.present) == 2
        assert all(one.agreed for one in meeting.asked)
        assert meeting.member(meeting.chair_id) is not None


def test_a_dossier_without_minutes_is_not_signed(school: School) -> None:
    """None on the portal: the sentence says so; nothing typed is nothing to close."""
    with school.world.acting(school.clerk) as actor:
        reopen_minutes(actor, school.dossier())
    with school.world.acting(school.clerk) as actor:
        row = school.sheet().minutes
        assert row is not None
        with pytest.raises(NotYet, match="Chưa ghi ngày, giờ họp"):
            close_minutes(actor, school.dossier(), Noted(None, "", None, None, {}, {}), row.version)
        db.session.rollback()
    with acting_in(STEWARD):
        db.session.query(Minutes).delete()
    page = school.at(school.head).get(f"{school.path}/kiem-tra").get_data(as_text=True)
    assert LACKING in page
    assert "Chưa lập" in school.at(school.clerk).get(f"{school.path}/bien-ban").get_data(as_text=True)
    with school.world.acting(school.head) as actor, pytest.raises(Refused, match=LACKING):
        dossiers.sign(actor, school.dossier())
