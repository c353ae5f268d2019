"""Registering through the pages: clerk and head, closing, history, what the district sees, two at once."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from openpyxl import load_workbook

from portal.figures.queries import counts, total
from portal.registration import operations, queries
from portal.units.models import Unit
from tenants.database import db
from tenants.people import Role
from tenants.refusal import Conflict, Refused
from tests.builders import Person, World
from tests.forms import token
from tests.house.test_two_at_once import Browser, at_once

HERE = "/trong-nam/dang-ky"


class School:
    """A unit with clerk and head, and the officer of its district, in spring 2026."""

    def __init__(self, world: World, client: Any) -> None:
        self.world, self.client = world, client
        self.tenant_id = world.a_district()
        self.unit_id = world.a_unit(self.tenant_id)
        self.clerk = world.a_person(Role.UNIT_EDITOR, self.tenant_id, self.unit_id)
        self.head = world.a_person(Role.UNIT_HEAD, self.tenant_id, self.unit_id)
        self.officer = world.a_person(Role.DISTRICT_OFFICER, self.tenant_id)
        world.set_clock(2026, 2, 20, 9, 0)

    def send(self, person: Person, path: str = "", **fields: str) -> Any:
        """Send the form of the page as a person, with the versions that stand there."""
        self.world.sign_in(self.client, person)
        return self.client.post(
            f"{HERE}{path}", data=self.versions() | {"csrf_token": token(self.client, "/don-vi")} | fields
        )

    def versions(self) -> dict[str, str]:
        """The versions a page opened now would show."""
        row = self.row()
        with self.world.acting(self.head, writes=False):
            unit = db.session.get_one(Unit, (self.tenant_id, self.unit_id))
            return {"version": str(row.version if row else 0), "unit_version": str(unit.version)}

    def row(self) -> Any:
        """The registration as it is stored."""
        with self.world.acting(self.head, writes=False):
            row = queries.registration_of(self.tenant_id, self.unit_id, 2026)
            names = ("target", "proposed", "version")
            return SimpleNamespace(**{name: getattr(row, name) for name in names}) if row else None

    def acts(self) -> list[tuple[str, str | None, str | None]]:
        """The history, oldest first."""
        with self.world.acting(self.officer, writes=False):
            rows = queries.history_of(self.tenant_id, self.unit_id, 2026)
            return [(row.act, row.before, row.after) for row in reversed(rows)]


@pytest.fixture
def school(world: World, client: Any) -> School:
    """A unit that has not registered."""
    return School(world, client)


def text(answer: Any) -> str:
    """The page of an answer."""
    return str(answer.get_data(as_text=True))


def test_the_clerk_proposes_and_the_head_confirms(school: School, client: Any) -> None:
    """Only the head's word counts; a change keeps the old one in force until confirmed, and in the history."""
    school.world.sign_in(client, school.clerk)
    page = text(client.get(HERE))
    assert "Trường Tiểu học Mỹ Đức" in page
    assert "Gửi thủ trưởng xác nhận" in page
    for fields, said in (
        ({"target": "level_2"}, "đánh dấu là đúng"),
        ({"unit_right": "y"}, "Xin chọn mức độ 1, mức độ 2 hoặc duy trì."),
        ({"target": "level_9", "unit_right": "y"}, "Có 1 điều cần sửa"),
    ):
        refused = school.send(school.clerk, **fields)
        assert refused.status_code == 422
        assert said in text(refused)
    assert school.row() is None
    assert school.send(school.clerk, target="level_1", unit_right="y").status_code == 303
    assert (school.row().target, school.row().proposed) == (None, "level_1")
    assert school.send(school.clerk, "/xac-nhan").status_code == 403
    assert school.send(school.clerk, "/huy").status_code == 403
    school.world.sign_in(client, school.head)
    assert "Xác nhận đăng ký mức độ 1" in text(client.get(HERE))
    seen = school.versions()
    for _ in range(2):  # a double click
        answer = school.send(school.head, "/xac-nhan", **seen)
        assert answer.status_code == 303
        assert "Đã xác nhận đăng ký" in text(client.get(HERE))
    assert (school.row().target, school.row().proposed) == ("level_1", None)
    school.send(school.clerk, target="level_2", unit_right="y")
    assert (school.row().target, school.row().proposed) == ("level_1", "level_2")
    school.send(school.clerk, "/bo-de-xuat")
    school.send(school.head, target="keep", unit_right="y")
    page = text(client.get(HERE))
    assert "chưa ghi nhận kết quả nào còn hiệu lực" in page
    assert "Đã đăng ký năm 2026: duy trì." in page
    school.send(school.head, "/huy")
    assert school.row().target is None
    assert school.acts() == [
        ("proposed", None, "level_1"),
        ("confirmed", None, "level_1"),
        ("proposed", "level_1", "level_2"),
        ("dropped", "level_2", "level_1"),
        ("confirmed", "level_1", "keep"),
        ("cancelled", "keep", None),
    ]
    assert "Hủy đăng ký" in text(client.get(HERE))


def test_nothing_is_overwritten_unseen(school: School) -> None:
    """A page opened before somebody else's change is refused with what stands now; so is changed unit data."""
    seen = school.versions()
    assert school.send(school.head, target="level_1", unit_right="y", **seen).status_code == 303
    late = school.send(school.clerk, target="level_2", unit_right="y", **seen)
    assert late.status_code == 409
    assert "Có người vừa thay đổi đăng ký" in text(late)
    assert 'checked class="form-check-input" id="target-1"' in text(late)
    seen = school.versions()
    with school.world.acting(school.head):
        db.session.get_one(Unit, (school.tenant_id, school.unit_id)).phone = "0225 300 100"
    moved = school.send(school.clerk, target="level_2", unit_right="y", **seen)
    assert moved.status_code == 409
    assert "Thông tin đơn vị vừa được sửa" in text(moved)
    assert (school.row().target, school.row().proposed) == ("level_1", None)
    ahead = school.row().version + 1
    with school.world.acting(school.head) as actor:
        unit = db.session.get_one(Unit, (school.tenant_id, school.unit_id))
        with pytest.raises(Conflict):
            operations.cancel(actor, unit, 2026, ahead)


def test_the_district_closes_registration(school: School, client: Any) -> None:
    """The day is the district's, inside the year; units are told; afterwards the page says why it is closed."""
    school.world.sign_in(client, school.officer)
    page = "/huyen/dang-ky"
    fields = {"csrf_token": token(client, page), "version": "0"}
    for day, said in (("31/02/2026", "Xin viết ngày"), ("01/05/2027", "không muộn hơn hạn nộp hồ sơ")):
        refused = client.post(f"{page}/han", data=fields | {"closes_before": day})
        assert refused.status_code == 422
        assert said in text(refused)
        assert day in text(refused)
    assert client.post(f"{page}/han", data=fields | {"closes_before": "01/04/2026"}).status_code == 303
    stale = client.post(f"{page}/han", data=fields | {"closes_before": "01/03/2026"})
    assert stale.status_code == 409
    assert "Có người vừa đặt lại hạn đăng ký" in text(stale)
    school.world.sign_in(client, school.clerk)
    assert "nhận đăng ký xây dựng “Đơn vị học tập” năm 2026 trước ngày 01/04/2026" in text(
        client.get("/thong-bao")
    )
    assert client.post(f"{page}/han", data=fields | {"csrf_token": token(client, HERE)}).status_code == 403
    school.world.set_clock(2026, 4, 1, 0, 0)
    assert "Huyện đã chốt đăng ký xây dựng năm 2026" in text(client.get(HERE))
    refused = school.send(school.head, target="level_1", unit_right="y")
    assert refused.status_code == 409
    assert "thống kê là “không đăng ký”" in text(refused)
    with pytest.raises(Refused), school.world.acting(school.clerk) as actor:
        operations.close_on(actor, 2026, date(2026, 5, 1), 1)


def test_the_district_sees_counts_and_lists_at_once(
    school: School, client: Any, count_queries: list[str]
) -> None:
    """Registered, waiting, filed without registering: list, filter, funnel, export and figures say the same."""
    world = school.world
    silent = world.a_unit(school.tenant_id, "Trường Tiểu học Tân Dân")
    eager = world.a_unit(school.tenant_id, "Trường Tiểu học An Tiến")
    clerk = world.a_person(Role.UNIT_EDITOR, school.tenant_id, eager)
    school.send(school.head, target="level_2", unit_right="y")
    with world.acting(clerk) as actor:
        unit = db.session.get_one(Unit, (school.tenant_id, eager))
        operations.propose(actor, unit, 2026, "level_1", version=0, unit_version=unit.version)
    world.set_clock(2027, 1, 10, 10, 0)
    world.a_dossier(school.tenant_id, silent, "submitted")
    elsewhere = world.a_person(Role.DISTRICT_OFFICER, world.a_district("Huyện Kiến Thụy"))
    with world.acting(school.officer, writes=False):
        assert queries.standings(school.tenant_id, 2026) == {
            "level_1": 0, "level_2": 1, "keep": 0, "waiting": 1, "none": 0, "unregistered": 1,
        }  # fmt: skip
        sums = total(counts(2026))
        assert (sums.registered, sums.registered_2, sums.unregistered) == (1, 1, 1)
    world.sign_in(client, school.officer)
    client.get("/huyen/dang-ky?nam=2026")
    count_queries.clear()
    page = text(client.get("/huyen/dang-ky?nam=2026"))
    assert len(count_queries) < 22
    assert page.index("An Tiến") < page.index("Mỹ Đức") < page.index("Tân Dân")
    assert 'Không đăng ký <span class="n">1</span>' in page
    only = text(
        client.get("/huyen/dang-ky?nam=2026&standing=unregistered&kind=primary&sort=day&direction=desc")
    )
    assert "Tân Dân" in only
    assert "Mỹ Đức" not in only
    assert "An Tiến" in text(client.get("/huyen/dang-ky?nam=2026&q=an tien&standing=waiting"))
    assert "Không có đơn vị nào khớp" in text(client.get("/huyen/dang-ky?q=100%25_&nam=2026"))
    book = load_workbook(BytesIO(client.get("/huyen/dang-ky/xuat.xlsx?nam=2026").data))
    cells = [str(c) for row in book.active.iter_rows(values_only=True) for c in row if c]
    assert {"Mức độ 2", "Chờ thủ trưởng xác nhận", "Không đăng ký"} <= set(cells)
    assert client.get("/huyen/dang-ky/xuat.pdf").status_code == 404
    missing = text(client.get("/huyen/con-thieu?nam=2026"))
    assert "đã đăng ký xây dựng" in missing
    assert "An Tiến" not in text(client.get("/huyen/con-thieu?nam=2026&dang-ky=co"))
    history = text(client.get(f"/huyen/dang-ky/don-vi/{school.unit_id}?nam=2026"))
    assert "Thủ trưởng xác nhận" in history
    world.sign_in(client, elsewhere)
    assert client.get(f"/huyen/dang-ky/don-vi/{school.unit_id}?nam=2026").status_code == 404
    assert "Mỹ Đức" not in text(client.get("/huyen/dang-ky?nam=2026"))


def test_a_unit_that_is_not_there_yet_cannot_register(school: School) -> None:
    """No year, a year not open, a unit opened later: each with its sentence."""
    assert school.send(school.head, "?nam=2031", target="level_1", unit_right="y").status_code == 404
    later = school.world.a_unit(school.tenant_id, "Trường mới", opened_on=date(2027, 1, 1))
    person = school.world.a_person(Role.UNIT_HEAD, school.tenant_id, later)
    with school.world.acting(person) as actor:
        unit = db.session.get_one(Unit, (school.tenant_id, later))
        with pytest.raises(Refused, match="không hoạt động tại ngày 31/12/2026"):
            operations.propose(actor, unit, 2026, "level_1", version=0, unit_version=unit.version)


def test_two_at_once_make_one_registration(school: School) -> None:
    """Eight browsers press at the same moment: one registration, one line of history, nobody meets a failure."""
    world, seen = school.world, school.versions()
    browsers = [Browser(world, person) for person in (school.head, school.head)]
    fields = seen | {"target": "level_1", "unit_right": "y"}
    answers = at_once([lambda b=b: b.post(HERE, fields) for b in browsers * 4])  # type: ignore[misc]
    assert {answer.status_code for answer in answers} <= {303, 409}
    assert school.row().target == "level_1"
    assert school.acts() == [("confirmed", None, "level_1")]
