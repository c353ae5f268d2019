"""What the district itself did: logged, changed by two at once, listed, counted in the report to the Department."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from portal.outreach import operations
from portal.outreach.models import DistrictActivity
from portal.outreach.operations import Details
from portal.reports import figures
from portal.reports.narrative import FIELDS, SECTIONS
from portal.reports.skeleton import rendered
from portal.trail.models import TrailEntry
from tenants.database import db
from tenants.people import Role
from tenants.refusal import Refused
from tenants.scope import acting_in
from tests.builders import STEWARD, Person, World
from tests.canaries import paper
from tests.forms import send, token

LIST = "/huyen/hoat-dong-cua-huyen"
ADD = f"{LIST}/them"
TYPED = {
    "held_on": "12/03/2026",
    "kind": "training",
    "topic": "Tập huấn tự đánh giá cho cán bộ đầu mối",
    "place": "Hội trường huyện",
    "participants": "1.250",
    "document_number": "",
    "note": "Hai buổi.",
}


@dataclass
class Here:
    """A district and its officer at the browser."""

    world: World
    client: Any
    officer: Person

    @property
    def tenant_id(self) -> int:
        """The district."""
        return self.officer.place.tenant_id

    def log(self, kind: str, day: date, topic: str, people: int = 0, number: str = "") -> int:
        """Write an activity down; returns its number."""
        with self.world.acting(self.officer) as actor:
            details = Details(day, kind, topic, participants=people, document_number=number)
            return operations.log(actor, self.tenant_id, 2026, details).id


@pytest.fixture
def here(world: World, client: Any) -> Here:
    """The district, its officer signed in."""
    officer = world.a_person(Role.DISTRICT_OFFICER, world.a_district())
    world.sign_in(client, officer)
    return Here(world, client, officer)


def rows() -> list[DistrictActivity]:
    """Return every activity of every district."""
    with acting_in(STEWARD):
        found = list(db.session.scalars(select(DistrictActivity).order_by(DistrictActivity.id)))
        db.session.expunge_all()
    return found


def test_logging_changing_and_removing(here: Here) -> None:
    """Sent twice it stands once; the trail keeps what was there before."""
    assert "chưa ghi hoạt động nào" in here.client.get(LIST).text
    first = send(here.client, ADD, TYPED)
    assert send(here.client, ADD, TYPED).location == first.location
    (one,) = rows()
    assert (one.held_on, one.kind, one.participants, one.year) == (date(2026, 3, 12), "training", 1250, 2026)
    page = here.client.get(first.location).text
    assert 'value="1250"' in page
    changed = TYPED | {"topic": "Tập huấn đợt 1", "version": str(one.version)}
    assert send(here.client, first.location, changed).status_code == 303
    stale = TYPED | {"topic": "Tập huấn của người khác", "version": str(one.version)}
    answer = send(here.client, first.location, stale)
    assert answer.status_code == 409
    assert "Tập huấn đợt 1" in answer.text
    assert 'value="Tập huấn của người khác"' in answer.text
    assert send(here.client, f"{first.location}/xoa", page=first.location).status_code == 303
    assert rows() == []
    with acting_in(STEWARD):
        told = db.session.execute(
            select(TrailEntry.sentence, TrailEntry.detail)
            .where(TrailEntry.act == "district_activity")
            .order_by(TrailEntry.id)
        ).all()
    assert [said.split(" “")[0] for said, _ in told] == [
        "đã ghi hoạt động chỉ đạo, triển khai",
        "đã sửa hoạt động chỉ đạo, triển khai",
        "đã xóa hoạt động chỉ đạo, triển khai",
    ]
    assert "Tập huấn đợt 1" in told[-1][1]["before"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"held_on": ""}, "Xin nhập ngày"),
        ({"held_on": "30/02/2026"}, "theo mẫu"),
        ({"held_on": "12/03/2025"}, "không thuộc năm 2026"),
        ({"held_on": "12/03/2027"}, "không thuộc năm 2026"),
        ({"kind": ""}, "Xin chọn loại hoạt động"),
        ({"kind": "party"}, "loại hoạt động trong danh sách"),
        ({"topic": " "}, "Xin ghi nội dung"),
        ({"topic": "x" * 301}, "300"),
        ({"participants": "nhiều"}, "số nguyên từ 0 đến 100.000"),
        ({"participants": "100001"}, "số nguyên từ 0 đến 100.000"),
        ({"kind": "guidance"}, "cần số, ký hiệu"),
        ({"note": "x" * 4001}, "4.000"),
    ],
)
def test_bad_input_keeps_what_was_typed(here: Here, wrong: dict[str, str], sentence: str) -> None:
    """A sentence beside the form, the rest of it as it was, nothing stored."""
    answer = send(here.client, ADD, TYPED | wrong)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Hội trường huyện" in answer.text
    assert rows() == []


def test_its_one_file(here: Here) -> None:
    """Taken in, given out as it was, replaced, taken away; what may not be kept gets its sentence."""
    page = f"{LIST}/{here.log('training', date(2026, 3, 12), 'Tập huấn')}"

    def attach(name: str, content: bytes) -> Any:
        data = {"csrf_token": token(here.client, page), "file": (io.BytesIO(content), name)}
        return here.client.post(f"{page}/tep", data=data)

    assert "Xin chọn tệp" in send(here.client, f"{page}/tep", page=page).text
    assert "Chưa gắn được tệp" in attach("độc.exe", b"MZ\x90\x00").text
    assert here.client.get(f"{page}/tep").status_code == 404
    first, second = paper("một"), paper("hai")
    assert attach("Danh sách.pdf", first).status_code == 303
    assert here.client.get(f"{page}/tep").data == first
    assert attach("Danh sách 2.pdf", second).status_code == 303
    answer = here.client.get(f"{page}/tep")
    assert answer.data == second
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert send(here.client, f"{page}/tep/bo", page=page).status_code == 303
    assert here.client.get(f"{page}/tep").status_code == 404


def test_the_list_by_kind_and_month_and_as_a_file(here: Here, count_queries: list[str]) -> None:
    """Filtered, searched without marks, in pages, exported as it is filtered; no query a row."""
    for number in range(40):
        here.log("publicity", date(2026, 4, 1 + number % 28), f"Tuyên truyền số {number}", 10)
    here.log("training", date(2026, 3, 12), "Tập huấn", 200)
    here.log("guidance", date(2026, 3, 2), "=Kế hoạch", number="45/KH-UBND")
    count_queries.clear()
    text = here.client.get(LIST).text
    assert len(count_queries) <= 12
    assert "1–25 trong 42 hoạt động" in text
    text = here.client.get(LIST, query_string={"thang": "3"}).text
    assert "45/KH-UBND" in text
    assert "Tuyên truyền số" not in text
    assert "1–2 trong 2" in text
    assert "1–1 trong 1" in here.client.get(LIST, query_string={"q": "tap huan"}).text
    assert "1–1 trong 1" in here.client.get(LIST, query_string={"loai": "training", "thang": "3"}).text
    assert "Không có hoạt động nào khớp" in here.client.get(LIST, query_string={"thang": "7"}).text
    assert here.client.get(LIST, query_string={"thang": "13", "loai": "x", "trang": "-1"}).status_code == 200
    sheet = here.client.get(f"{LIST}/xuat.xlsx", query_string={"loai": "training"}).data
    cells = [
        c for row in openpyxl.load_workbook(io.BytesIO(sheet)).active.iter_rows(values_only=True) for c in row
    ]  # type: ignore[union-attr]
    assert {"Tập huấn", 200, "Cộng 1 hoạt động"} <= set(cells)
    assert "'=Kế hoạch" in here.client.get(f"{LIST}/xuat.csv", query_string={"thang": "3"}).text
    assert here.client.get(f"{LIST}/xuat.exe").status_code == 404
    text = here.client.get("/huyen/hoat-dong").text
    assert "Hoạt động của huyện" in text
    assert '<td class="r">400</td>' in text


def test_the_report_tells_of_it(here: Here) -> None:
    """Numbers, days and people are fields, live and frozen alike; an older snapshot without them stays readable."""
    with here.world.acting(here.officer):
        none = figures.live(here.tenant_id, 2026).fields()
    said = " ".join(
        rendered(section.text, none) for section in SECTIONS if section.key in ("i_1", "i_2", "i_4")
    )
    assert said.count("chưa ghi nhận") == 4
    assert not re.search(r"\b0 ", said)
    here.log("guidance", date(2026, 3, 2), "Kế hoạch", number="45/KH-UBND")
    here.log("guidance", date(2026, 2, 1), "Công văn", number="12/CV-PGDĐT")
    here.log("training", date(2026, 3, 12), "Tập huấn", 200)
    here.log("inspection", date(2026, 5, 5), "Kiểm tra 4 trường")
    with here.world.acting(here.officer):
        live = figures.live(here.tenant_id, 2026)
    assert set(live.fields()) == set(FIELDS)
    texts = {section.key: rendered(section.text, live.fields()) for section in SECTIONS}
    listed = "số 12/CV-PGDĐT ngày 01/02/2026; số 45/KH-UBND ngày 02/03/2026"
    assert f"2 văn bản chỉ đạo, triển khai: {listed}." in texts["i_1"]
    assert texts["i_2"] == (
        "Huyện tổ chức 1 lớp tập huấn (200 lượt người).\nCác đơn vị chưa ghi nhận hoạt động nào trong năm."
    )
    assert "1 đợt kiểm tra, hướng dẫn" in texts["i_4"]
    data = live.as_json()
    assert figures.from_snapshot(here.tenant_id, data).fields() == live.fields()
    old = {key: value for key, value in data.items() if not key.startswith("own_")}
    assert figures.from_snapshot(here.tenant_id, old).fields()["huyen_so_van_ban"] == "0"


def test_who_reads_and_who_writes(here: Here) -> None:
    """The district's others read it, another district and units do not know it, the year must be open."""
    number = here.log("training", date(2026, 3, 12), "Tập huấn của huyện")
    page = f"{LIST}/{number}"
    leader = here.world.a_person(Role.DISTRICT_LEADER, here.tenant_id)
    here.world.sign_in(here.client, leader)
    text = here.client.get(page).text
    assert "Tập huấn của huyện" in text
    assert "Lưu hoạt động" not in text
    assert here.client.get(ADD).status_code == 403
    assert send(here.client, page, TYPED).status_code == 403
    other = here.world.a_person(Role.DISTRICT_OFFICER, here.world.a_district("Huyện Kiến Thụy"))
    here.world.sign_in(here.client, other)
    assert here.client.get(page).status_code == 404
    assert "Tập huấn của huyện" not in here.client.get(LIST).text
    with here.world.acting(other) as actor, pytest.raises(Refused, match="Không tìm thấy"):
        operations.remove(actor, other.place.tenant_id, number)
    with here.world.acting(here.officer) as actor, pytest.raises(Refused, match="chưa mở năm"):
        operations.log(actor, here.tenant_id, 2019, Details(date(2019, 1, 1), "training", "x"))
    unit = here.world.a_unit(here.tenant_id)
    here.world.sign_in(here.client, here.world.a_person(Role.UNIT_HEAD, here.tenant_id, unit))
    assert here.client.get(page).status_code == 403
