"""The home page of each level, notices, the table of rights, the guides."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from portal.appraisal import operations as appraisal
from portal.appraisal.operations import PointAsked
from portal.desk import guides
from portal.desk.queries import district_work, working_cycle
from portal.dossiers.queries import open_sheet
from portal.notices.operations import tell_district, tell_unit
from tenants.people import Role
from tenants.rights import Right
from tests.builders import World
from tests.deciding import District, accept
from tests.forms import token


def test_a_unit_that_has_not_begun(world: World, client: Any) -> None:
    """The year's line, the deadline with the days left, and the one thing to do."""
    tenant_id = world.a_district()
    world.sign_in(client, world.a_person(Role.UNIT_EDITOR, tenant_id, world.a_unit(tenant_id)))
    page = client.get("/").get_data(as_text=True)
    assert "Năm đánh giá 2026" in page
    assert "<b>còn 5 ngày</b>" in page
    assert "Lập hồ sơ tự đánh giá năm 2026." in page
    assert 'class="now" aria-current="step"' in page


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("draft", "điều còn thiếu để ký hồ sơ"),
        ("filled", "Hồ sơ đã đủ: kiểm tra lại và ký."),
        ("signed", "Hồ sơ đã ký, chưa nộp."),
        ("submitted", "Hồ sơ đã nộp, chờ kết quả."),
    ],
)
def test_what_a_head_does_next(world: World, client: Any, state: str, sentence: str) -> None:
    """Each state has its sentence and its button; who has filed is no longer counted down to filing."""
    tenant_id = world.a_district()
    unit_id = world.a_unit(tenant_id)
    world.a_dossier(tenant_id, unit_id, state)
    world.sign_in(client, world.a_person(Role.UNIT_HEAD, tenant_id, unit_id))
    page = client.get("/").get_data(as_text=True)
    assert sentence in page
    assert ("đến hạn nộp hồ sơ" in page) is (state != "submitted")
    assert ("<b>còn" in page) is (state != "submitted")


def test_gaps_stand_fewest_steps_first(world: World, client: Any) -> None:
    """One person lacking comes before four."""
    world.confirm_thresholds()
    tenant_id = world.a_district()
    unit_id = world.a_unit(tenant_id)
    world.a_dossier(tenant_id, unit_id, "filled", part=33)
    world.sign_in(client, world.a_person(Role.UNIT_HEAD, tenant_id, unit_id))
    page = client.get("/").get_data(as_text=True)
    assert "Còn thiếu gì để đạt mức độ 1" in page
    listed = page.partition("Để ký được hồ sơ")[0]
    people = [int(n) for n in re.findall(r"Cần thêm (\d+) người", listed)]
    assert people == sorted(people)
    assert people[0] == 1
    assert "In một trang cho cuộc họp" in page


def test_the_year_worked_on_stays_until_its_report_is_due(world: World) -> None:
    """In January one still works on the year before, in 2026 on 2026."""
    person = world.province_person()
    for moment, year in (((2026, 6, 1), 2026), ((2027, 3, 14), 2026), ((2028, 1, 1), 2026)):
        world.set_clock(*moment)
        with world.acting(person, writes=False):
            cycle = working_cycle()
            assert cycle is not None
            assert cycle.year == year
    world.set_clock(2025, 12, 31)
    with world.acting(person, writes=False):
        assert working_cycle() is None


def test_no_year_is_open(world: World, client: Any) -> None:
    """Before the first year the desks say what they wait for."""
    world.set_clock(2025, 6, 1)
    tenant_id = world.a_district()
    for role, unit_id in ((Role.UNIT_EDITOR, world.a_unit(tenant_id)), (Role.DISTRICT_OFFICER, None)):
        world.sign_in(client, world.a_person(role, tenant_id, unit_id))
        assert "Chưa có năm đánh giá nào mở" in client.get("/").get_data(as_text=True)
        assert client.get("/ho-so").status_code == (200 if unit_id else 403)


def test_a_district_counts_its_waiting_work(world: World, client: Any, count_queries: list[str]) -> None:
    """Every count stands for rows; a second district counts nothing of the first; queries stay few."""
    world.confirm_thresholds()
    district = District(world)
    filed = [
        world.a_dossier(district.tenant_id, world.a_unit(district.tenant_id, f"Đơn vị {n}"), "submitted")
        for n in range(3)
    ]
    accept(world, district.officer, district.tenant_id, filed[1])
    with world.acting(district.officer) as actor:
        dossier = world.dossier(district.tenant_id, filed[2])
        indicator_id = open_sheet(dossier).indicators[0].id
        points = [PointAsked("Thiếu quyết định.", indicator_id=indicator_id)]
        appraisal.request_supplement(actor, dossier, points, date(2027, 1, 20))
    district.appraised(1)
    other = world.a_person(Role.DISTRICT_LEADER, world.a_district("Huyện Kiến Thụy"))
    with world.acting(district.officer, writes=False):
        work = district_work(district.tenant_id, 2026)
    assert (work.units, work.dossiers, work.to_receive, work.answered) == (4, 4, 1, 0)
    assert (work.waiting_for_units, work.to_appraise, work.to_decide, work.drafts) == (1, 1, 1, 0)
    district.drafted()
    with world.acting(district.officer, writes=False):
        work = district_work(district.tenant_id, 2026)
    assert (work.to_decide, work.drafts) == (0, 1)
    with world.acting(other, writes=False):
        assert district_work(district.tenant_id, 2026).dossiers == 0
    world.sign_in(client, district.officer)
    client.get("/")
    count_queries.clear()
    page = client.get("/").get_data(as_text=True)
    assert len(count_queries) <= 20
    for words in ("Chờ tiếp nhận", "Chờ thẩm định", "Dự thảo quyết định", "Chưa lập", "còn 5 ngày"):
        assert words in page


@pytest.mark.parametrize(
    ("role", "home"),
    [
        (Role.PROVINCE_ADMIN, "/tinh"),
        (Role.PROVINCE_OFFICER, "/tinh"),
        (Role.PROVINCE_VIEWER, "/tinh/tom-tat"),
    ],
)
def test_the_province_begins_with_its_overview(world: World, client: Any, role: Role, home: str) -> None:
    """The home of the province is the overview; who only looks begins with the year in one look."""
    world.sign_in(client, world.province_person(role))
    assert client.get("/").headers["Location"] == home


def test_notices_are_read_where_they_lead(world: World, client: Any) -> None:
    """Opening one marks it and leads on; a path to another site is never followed; others keep theirs as new."""
    tenant_id = world.a_district()
    unit_id = world.a_unit(tenant_id)
    neighbour = world.a_unit(tenant_id, "Trường Mầm non An Thái", "preschool")
    head = world.a_person(Role.UNIT_HEAD, tenant_id, unit_id)
    with world.acting(world.a_person(Role.DISTRICT_OFFICER, tenant_id)):
        tell_unit(tenant_id, unit_id, "Việc thứ nhất.", "/ho-so")
        tell_unit(tenant_id, unit_id, "Việc thứ hai.", "//nguy-hiem.example")
        tell_unit(tenant_id, unit_id, "Việc thứ ba.")
    other = world.a_person(Role.UNIT_HEAD, tenant_id, neighbour)
    world.sign_in(client, head)
    page = client.get("/thong-bao").get_data(as_text=True)
    numbers = [int(n) for n in re.findall(r'action="/thong-bao/(\d+)"', page)]
    assert len(numbers) == 3
    fields = {"csrf_token": token(client, "/thong-bao"), "open": "yes"}
    assert client.post(f"/thong-bao/{min(numbers)}", data=fields).headers["Location"] == "/ho-so"
    assert client.post(f"/thong-bao/{min(numbers) + 1}", data=fields).headers["Location"] == "/thong-bao"
    assert client.get("/thong-bao").get_data(as_text=True).count("Mới</span>") == 1
    for hostile in ("x", "-1", "0", "99999999"):
        assert client.get(f"/thong-bao?trang={hostile}").status_code == 200
    world.sign_in(client, other)
    fields["csrf_token"] = token(client, "/thong-bao")
    assert "Việc thứ" not in client.get("/thong-bao").get_data(as_text=True)
    assert client.post(f"/thong-bao/{max(numbers)}", data=fields).status_code == 404


def test_a_notice_to_the_district_is_not_the_units(world: World, client: Any) -> None:
    """What is told to the district's staff stays there."""
    tenant_id = world.a_district()
    unit_id = world.a_unit(tenant_id)
    head = world.a_person(Role.UNIT_HEAD, tenant_id, unit_id)
    officer = world.a_person(Role.DISTRICT_OFFICER, tenant_id)
    with world.acting(head):
        tell_district(tenant_id, "Chỉ huyện biết.", "/huyen/ho-so", unit_id)
    world.sign_in(client, head)
    assert "Chỉ huyện biết." not in client.get("/thong-bao").get_data(as_text=True)
    world.sign_in(client, officer)
    assert "Chỉ huyện biết." in client.get("/thong-bao").get_data(as_text=True)


def test_the_table_of_rights_is_printed(world: World, client: Any) -> None:
    """Every right and every role stand on the page."""
    tenant_id = world.a_district()
    world.sign_in(client, world.a_person(Role.UNIT_EDITOR, tenant_id, world.a_unit(tenant_id)))
    page = client.get("/ai-duoc-lam-gi").get_data(as_text=True)
    for right in Right:
        assert right.value.words[1:] in page
    assert page.count("<b>Có</b>") == sum(len(right.value.roles) for right in Right)


def test_a_guide_is_safe_markdown(
    world: World, client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Headings, tables and pictures become page; HTML and strange links stay text; other names are unknown."""
    folder = tmp_path / "huong-dan"
    monkeypatch.setattr(guides, "ROOT", folder)
    folder.mkdir()
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (folder / "don-vi.md").write_text(
        "# Hướng dẫn cho đơn vị\n\n## Nhập số liệu\n\nĐoạn **đậm** <script>alert(1)</script> "
        "[xấu](javascript:alert(1)) [tỉnh](tinh.md) ![Trang](../pictures/a.png)\n\n# Ký hồ sơ\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
        encoding="utf-8",
    )
    (folder / "bi-mat.md").write_text("# Bí mật", encoding="utf-8")
    tenant_id = world.a_district()
    world.sign_in(client, world.a_person(Role.UNIT_EDITOR, tenant_id, world.a_unit(tenant_id)))
    page = client.get("/huong-dan/don-vi").get_data(as_text=True)
    assert "<h1>Hướng dẫn cho đơn vị</h1>" in page
    assert '<h2 id="muc-1">Nhập số liệu</h2>' in page
    assert '<h2 id="muc-2">Ký hồ sơ</h2>' in page
    assert "&lt;script&gt;" in page
    assert "javascript:" not in page.replace("[xấu](javascript:alert(1))", "")
    assert 'src="/huong-dan/anh/a.png"' in page
    assert 'href="/huong-dan/tinh"' in page
    assert "<table>" in page
    assert client.get("/huong-dan/anh/a.png", buffered=True).status_code == 200
    for name in ("bi-mat", "huyen", "..", "don-vi.md", "anh"):
        assert client.get(f"/huong-dan/{name}").status_code == 404
    for name in ("khong-co.png", "..%2Fdon-vi.md", "a.txt"):
        assert client.get(f"/huong-dan/anh/{name}").status_code == 404


@pytest.mark.parametrize("name", guides.NAMES)
def test_every_guide_that_is_there_is_a_page(world: World, client: Any, name: str) -> None:
    """The guides in docs/ pass the judge of pages."""
    tenant_id = world.a_district()
    world.sign_in(client, world.a_person(Role.DISTRICT_OFFICER, tenant_id))
    there = (guides.ROOT / f"{name}.md").is_file()
    assert client.get(f"/huong-dan/{name}").status_code == (200 if there else 404)


@pytest.mark.parametrize(
    ("role", "name"),
    [(Role.UNIT_EDITOR, "don-vi"), (Role.DISTRICT_LEADER, "huyen"), (Role.PROVINCE_VIEWER, "tinh")],
)
def test_every_page_leads_to_the_guide_of_its_level(world: World, client: Any, role: Role, name: str) -> None:
    """The foot of a page offers the guide written for who reads it."""
    tenant_id = world.a_district()
    person = {
        "don-vi": lambda: world.a_person(role, tenant_id, world.a_unit(tenant_id)),
        "huyen": lambda: world.a_person(role, tenant_id),
        "tinh": lambda: world.province_person(role),
    }[name]()
    world.sign_in(client, person)
    assert f'href="/huong-dan/{name}">Hướng dẫn</a>' in client.get("/bo-tieu-chi").get_data(as_text=True)
