"""The province adds its districts up: always exactly, live and official apart, down to the dossier."""

from __future__ import annotations

import io
import re
from random import Random
from typing import Any

import openpyxl
import pytest
from sqlalchemy import text

from portal.cycle.models import Cycle
from portal.dossiers.queries import open_sheet
from portal.evidence import operations as evidence
from portal.figures import queries as figures
from portal.figures.rules import FIGURES, Counts, total
from portal.province import sources, summary
from portal.units.models import Unit
from tenants.database import db
from tenants.people import Role
from tenants.scope import acting_in
from tests.beds import made_once
from tests.builders import STEWARD, Person, World
from tests.deciding import District
from tests.province.worlds import a_reporting_district, a_unit_in, answer, mixed

NAMES = ("Huyện An Dương", "Huyện An Lão", "Quận Đồ Sơn", "Huyện Kiến Thụy")


@pytest.fixture
@made_once
def officer(world: World) -> Person:
    """An officer of the Department."""
    return world.province_person(Role.PROVINCE_OFFICER)


def year_of(world: World, person: Person, *, official: bool = False, year: int = 2026) -> summary.Overview:
    """Return the overview as the province sees it now."""
    with world.acting(person, writes=False):
        return summary.overview(db.session.get_one(Cycle, (year, "district")), official=official)


@pytest.mark.parametrize("seed", [1, 20])
def test_the_sum_of_the_districts_is_the_province(world: World, officer: Person, seed: int) -> None:
    """Every figure: province = sum of districts = sum of their kinds, whatever state the units are in."""
    found = mixed(world, Random(seed), NAMES)
    year = year_of(world, officer)
    assert {line.tenant_id for line in year.lines} == {d.tenant_id for d in found}
    with world.acting(officer, writes=False):
        everything = figures.counts(2026)
        kinds = {d.tenant_id: summary.by_kind(sources.counted(2026, tenant_id=d.tenant_id)) for d in found}
        own = {d.tenant_id: figures.total(figures.counts(2026, tenant_id=d.tenant_id)) for d in found}
    assert year.total.counts == total(everything.values())
    assert year.total.counts == total(line.counts for line in year.lines if line.counts)
    assert year.total.appraised == sum(line.appraised or 0 for line in year.lines)
    for line in year.lines:
        assert line.tenant_id is not None
        assert line.counts == own[line.tenant_id]
        assert summary.added(kinds[line.tenant_id]).counts == line.counts
        assert summary.added(kinds[line.tenant_id]).appraised == line.appraised
    for district in found:
        with world.acting(district.officer, writes=False):
            assert figures.total(figures.counts(2026)) == own[district.tenant_id]


def test_official_figures_are_the_accepted_snapshots_and_nothing_else(world: World, officer: Person) -> None:
    """Sent, returned and silent districts have no official figure; what changes after sending changes nothing."""
    world.confirm_thresholds()
    accepted = a_reporting_district(world, NAMES[0], "level_1", "level_2", "refused", "none")
    returned = a_reporting_district(world, NAMES[1], "level_1")
    waiting = a_reporting_district(world, NAMES[2], "level_2")
    silent = a_reporting_district(world, NAMES[3], "level_1")
    world.set_clock(2027, 3, 1, 9, 0)
    reports = {d.tenant_id: d.sent_report() for d in (accepted, returned, waiting)}
    assert year_of(world, officer, official=True).accepted == 0
    answer(world, officer, accepted, reports[accepted.tenant_id])
    answer(world, officer, returned, reports[returned.tenant_id], "returned")

    before = year_of(world, officer, official=True)
    lines = {line.tenant_id: line for line in before.lines}
    assert (before.accepted, before.districts, before.waiting) == (1, 4, 1)
    assert lines[accepted.tenant_id].counts == before.total.counts
    assert before.total.counts is not None
    assert (before.total.counts.units, before.total.counts.level_1, before.total.counts.level_2) == (4, 1, 1)
    assert all(lines[d.tenant_id].counts is None for d in (returned, waiting, silent))
    assert lines[returned.tenant_id].standing is not None
    assert lines[returned.tenant_id].standing.word == "Trả lại, 1 điểm"

    # The district goes on working: a unit more, one renamed, one recognition revoked behind the portal's back.
    world.a_unit(accepted.tenant_id, kind="association")
    with acting_in(STEWARD):
        db.session.execute(
            text("update unit set closed_on = opened_on where tenant_id = :t and kind = 'primary'"),
            {"t": accepted.tenant_id},
        )
        db.session.execute(
            text("update recognition set state = 'revoked' where tenant_id = :t"), {"t": accepted.tenant_id}
        )
    after, live = year_of(world, officer, official=True), year_of(world, officer)
    assert after.total == before.total
    assert live.total.counts != before.total.counts
    assert live.total.counts == total(line.counts for line in live.lines if line.counts)


def test_the_two_kinds_of_figures_never_share_a_page(world: World, client: Any, officer: Person) -> None:
    """Each page and each workbook says which it is; the official one carries no provisional number."""
    world.confirm_thresholds()
    district = a_reporting_district(world, NAMES[0], "level_1", "submitted")
    a_reporting_district(world, NAMES[1], "submitted")
    world.set_clock(2027, 3, 1, 9, 0)
    answer(world, officer, district, district.sent_report())
    client = world.sign_in(client, officer)
    live, official = client.get("/tinh").text, client.get("/tinh?ban=chinh-thuc").text
    assert "Số tạm tính</b> đếm ngay lúc này" in live
    assert '<span class="provisional">tạm tính</span>' in live
    assert "Số chính thức: 1/2 huyện" in live
    assert '<span class="provisional">tạm tính</span>' not in official
    assert "Cộng 1/2 huyện" in official
    for query, title, units in (("", "SỐ TẠM TÍNH", 3), ("?ban=chinh-thuc", "SỐ CHÍNH THỨC", 2)):
        book = openpyxl.load_workbook(io.BytesIO(client.get(f"/tinh/so-lieu.xlsx{query}").data))
        cells = [cell for row in book.active.iter_rows(values_only=True) for cell in row if cell is not None]
        assert any(isinstance(cell, str) and cell.startswith(title) for cell in cells)
        assert "DỮ LIỆU MINH HỌA" in cells
        sums = [row for row in book.active.iter_rows(values_only=True) if row[1] == "Cộng"]
        assert sums[0][2] == units


def test_every_figure_opens_its_rows(world: World, client: Any, officer: Person) -> None:
    """The number in a cell is the number of rows behind its link, for the province and for each district."""
    mixed(world, Random(7), NAMES[:2], units=5)
    year = year_of(world, officer)
    client = world.sign_in(client, officer)
    for line in (*year.lines, year.total):
        place = f"/tinh/huyen/{line.tenant_id}/tat-ca" if line.tenant_id else "/tinh/don-vi"
        for figure in ("units", "late", "appraised", "level_1", "refused", "pending", "in_force"):
            page = client.get(f"{place}?so={figure}").text
            shown = re.search(r"trong (\d+) đơn vị", page)
            assert int(shown[1] if shown else 0) == line.number(figure), (line.name, figure)


def test_from_the_province_to_a_file_in_four_clicks(world: World, client: Any, officer: Person) -> None:
    """Province → district → kind → dossier → evidence, following the links that stand on the pages."""
    world.confirm_thresholds()
    district = District(world, NAMES[1])
    unit = world.a_unit(district.tenant_id)
    number = world.a_dossier(district.tenant_id, unit, "filled")
    head = world.a_person(Role.UNIT_HEAD, district.tenant_id, unit)
    with world.acting(head) as actor:
        dossier = world.dossier(district.tenant_id, number)
        first = open_sheet(dossier).indicators[0].id
        picture = _png()
        evidence.add_to_indicator(actor, dossier, first, [("giay-khen.png", picture)])
    client = world.sign_in(client, officer)
    here, clicks = "/tinh", 0
    for wanted in (
        rf"/tinh/huyen/{district.tenant_id}\?[^\"]*",
        rf"/tinh/huyen/{district.tenant_id}/primary\?[^\"]*",
        rf"/tinh/ho-so/{district.tenant_id}/{number}",
        r"/minh-chung/[^\"]*/tai",
    ):
        page = client.get(here.replace("&amp;", "&"))
        assert page.status_code == 200
        link = re.search(rf'href="({wanted})"', page.text)
        assert link, f"{here} has no link to {wanted}"
        here, clicks = link[1], clicks + 1
    assert client.get(here).data == picture
    assert clicks == 4


def _png() -> bytes:
    from PIL import Image

    made = io.BytesIO()
    Image.new("RGB", (40, 30), (11, 79, 92)).save(made, "PNG")
    return made.getvalue()


def test_the_list_is_searched_sorted_and_turned_to_another_year(
    world: World, client: Any, officer: Person
) -> None:
    """Marks do not matter; unknown and hostile wishes fall back to the plain list."""
    world.confirm_thresholds()
    for name, states in zip(NAMES, (("submitted",), (), ("submitted", "submitted"), ()), strict=True):
        a_reporting_district(world, name, *states)
    client = world.sign_in(client, officer)

    def names(query: str) -> list[str]:
        page = client.get(f"/tinh{query}")
        assert page.status_code == 200
        return re.findall(r'<th scope="row"><a href="[^"]*">([^<]*)</a></th>', page.text)

    assert names("") == [NAMES[0], NAMES[1], NAMES[3], NAMES[2]]
    assert names("?q=an+lao") == names("?q=AN+L%C3%83O") == [NAMES[1]]
    assert names("?q=do+son") == [NAMES[2]]
    assert names("?sort=submitted&direction=desc")[:2] == [NAMES[2], NAMES[0]]
    assert names("?state=open") == names("")
    assert names("?q=%25") == []
    assert names("?sort=x'&direction=--&nam=9999999999&state=%00&trang=-1") == names("")
    assert "Không có huyện nào khớp" in client.get("/tinh?q=khong-co").text
    assert "năm đánh giá 2026" in client.get("/tinh?nam=1999").text


def test_units_are_found_over_all_districts(world: World, client: Any, officer: Person) -> None:
    """By name without marks or by code; wild cards are plain characters; a page at a time."""
    one, two = District(world, NAMES[0]), District(world, NAMES[1])
    for district in (one, two):
        world.a_unit(district.tenant_id, "Trường Mầm non Hoa Đào", "preschool")
    for number in range(30):
        world.a_unit(one.tenant_id, f"Trường Tiểu học số {number}")
    client = world.sign_in(client, officer)
    page = client.get("/tinh/don-vi?q=hoa+dao").text
    assert "1–2 trong 2 đơn vị" in page
    assert NAMES[0] in page
    assert NAMES[1] in page
    assert "1–1 trong 1 đơn vị" in client.get(f"/tinh/don-vi?q=hoa+dao&huyen={two.tenant_id}").text
    assert "1–25 trong 32 đơn vị" in client.get("/tinh/don-vi").text
    assert "26–32 trong 32 đơn vị" in client.get("/tinh/don-vi?trang=2").text
    assert "trong 30 đơn vị" in client.get("/tinh/don-vi?loai=primary").text
    for hostile in ("%", "_", "\\", "'; drop table unit; --", "<script>alert(1)</script>", "x" * 5000):
        answer_ = client.get("/tinh/don-vi", query_string={"q": hostile})
        assert answer_.status_code == 200
        assert "Không có đơn vị nào" in answer_.text
        assert "<script>alert" not in answer_.text


def test_what_is_not_there_is_404(world: World, client: Any, officer: Person) -> None:
    """Unknown places, the province itself, unknown kinds, a dossier under the wrong district."""
    one, two = District(world, NAMES[0]), District(world, NAMES[1])
    number = a_unit_in(world, one, "draft", "primary")
    client = world.sign_in(client, officer)
    assert client.get(f"/tinh/ho-so/{one.tenant_id}/{number}").status_code == 200
    for path in (
        "/tinh/huyen/999",
        f"/tinh/huyen/{world.province_id}",
        f"/tinh/huyen/{one.tenant_id}/khong-co",
        f"/tinh/ho-so/{two.tenant_id}/{number}",
        f"/tinh/ho-so/{one.tenant_id}/99999999",
        f"/tinh/bao-cao/{one.tenant_id}/1",
        "/tinh/tong-hop/1",
        "/tinh/tong-hop/1/01-T.xlsx",
    ):
        assert client.get(path).status_code == 404, path


@pytest.mark.parametrize("role", [Role.DISTRICT_ADMIN, Role.DISTRICT_LEADER, Role.UNIT_HEAD])
def test_nobody_below_the_province_sees_these_pages(world: World, client: Any, role: Role) -> None:
    """403 with the sentence of the missing right."""
    district = District(world, NAMES[0])
    unit = world.a_unit(district.tenant_id) if role is Role.UNIT_HEAD else None
    client = world.sign_in(client, world.a_person(role, district.tenant_id, unit))
    for path in (
        "/tinh",
        "/tinh/don-vi",
        f"/tinh/huyen/{district.tenant_id}",
        "/tinh/bao-cao",
        "/tinh/cac-huyen",
    ):
        refused = client.get(path)
        assert refused.status_code == 403
        assert "không được xem số liệu toàn tỉnh" in refused.text


def test_more_districts_ask_no_more_questions(
    world: World, client: Any, officer: Person, count_queries: list[str]
) -> None:
    """The number of SQL statements of each page does not grow with the districts."""
    world.confirm_thresholds()
    client = world.sign_in(client, officer)
    pages = (
        "/tinh",
        "/tinh?ban=chinh-thuc",
        "/tinh/bao-cao",
        "/tinh/tong-hop",
        "/tinh/cac-huyen",
        "/tinh/don-vi",
    )

    def counted() -> list[int]:
        numbers = []
        for page in pages:
            count_queries.clear()
            assert client.get(page).status_code == 200
            numbers.append(len(count_queries))
        return numbers

    world.set_clock(2027, 3, 1, 9, 0)
    first = a_reporting_district(world, NAMES[0], "level_1")
    answer(world, officer, first, first.sent_report())
    few = counted()
    for name in NAMES[1:]:
        district = a_reporting_district(world, name, "level_1", "draft", "none")
        answer(world, officer, district, district.sent_report())
    assert counted() == few
    assert max(few) <= 20


def test_a_district_without_anything_and_a_province_without_a_year(
    world: World, client: Any, officer: Person
) -> None:
    """Empty states say what to do; nothing divides by zero."""
    client = world.sign_in(client, officer)
    assert "Chưa có huyện nào" in client.get("/tinh").text
    district = District(world, NAMES[0])
    assert "Huyện chưa có đơn vị nào" in client.get(f"/tinh/huyen/{district.tenant_id}").text
    year = year_of(world, officer)
    assert year.total.counts == Counts()
    assert all(getattr(year.total.counts, name) == 0 for name in FIGURES)
    with acting_in(STEWARD):
        db.session.query(Cycle).delete()
    for path in ("/tinh", "/tinh/bao-cao", "/tinh/tong-hop"):
        assert "Chưa mở năm đánh giá nào" in client.get(path).text
    assert client.get("/tinh/don-vi").status_code == 404


def test_units_counted_in_a_year_are_never_left_out(world: World, officer: Person) -> None:
    """A district opened after the year still appears as soon as one of its units counts in it."""
    district = District(world, NAMES[0])
    a_unit_in(world, district, "submitted", "primary")
    with acting_in(STEWARD):
        db.session.execute(
            text("update tenant set valid_from = '2027-02-01' where id = :t"), {"t": district.tenant_id}
        )
        assert db.session.query(Unit).count() == 1
    year = year_of(world, officer)
    assert [line.tenant_id for line in year.lines] == [district.tenant_id]
    assert year.total.counts is not None
    assert year.total.counts.submitted == 1
