"""The pages to take in at a glance: the leader's page, the map of tiles, and one year against another."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from html import unescape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from portal.figures.rules import Counts
from portal.province.comparing import by_line, by_measure, said
from portal.province.measures import MEASURES, SHARES
from portal.province.summary import Line
from portal.province.tiles import CLASSES, bounds_of, shade_of, short_names, tile_map
from tenants.database import db
from tenants.people import Role
from tenants.places import Tenant
from tenants.scope import acting_in
from tests.beds import made_once
from tests.builders import STEWARD, Person, World
from tests.deciding import District
from tests.province.worlds import a_reporting_district, answer

Ground = tuple[Person, District, District]


def line(name: str, units: int, in_force: int, tenant_id: int = 1) -> Line:
    """A district with some units, some of them recognised."""
    return Line(name, Counts(units=units, still_valid=in_force), 0, tenant_id, name)


@given(st.lists(st.fractions(0, 1), min_size=1, max_size=120))
def test_every_share_falls_in_one_class_of_the_legend(shares: list[Fraction]) -> None:
    """At most five classes, each with its own limits, and every share lies within the limits of its class."""
    bounds = bounds_of(shares)
    assert 1 <= len(bounds) - 1 <= CLASSES
    assert list(bounds) == sorted(bounds)
    for share in shares:
        shade = shade_of(share, bounds)
        assert bounds[shade - 1] <= share * 100 <= bounds[shade]
        assert share * 100 < bounds[shade] or shade == len(bounds) - 1


def test_tiles_say_everything_in_words() -> None:
    """A district without units has no class; short names only where they stay distinct; the legend counts them all."""
    made = tile_map(
        [line("Huyện An Lão", 4, 1), line("Quận Đồ Sơn", 2, 2, 2), line("Huyện Bạch Long Vĩ", 0, 0, 3)],
        SHARES[0],
    )
    assert [(t.name, t.shade, t.text, t.said) for t in made.tiles] == [
        ("An Lão", 1, "25 %", "1/4"),
        ("Đồ Sơn", 5, "100 %", "2/2"),
        ("Bạch Long Vĩ", 0, "–", "chưa có số"),
    ]
    assert made.unknown == 1
    assert sum(band.districts for band in made.bands) == 2
    assert made.bands[0].text == "25 đến dưới 40 %"
    assert made.bands[-1].text == "85 đến 100 %"
    assert short_names(["Huyện Kiến An", "Quận Kiến An", "Huyện"]) == [
        "Huyện Kiến An",
        "Quận Kiến An",
        "Huyện",
    ]
    assert tile_map([], SHARES[0]).bands == ()


def test_a_change_is_a_number_or_points() -> None:
    """Counts change by number, shares by points; what one year does not tell has no difference."""
    before, after = line("Huyện An Lão", 4, 1), line("Huyện An Lão", 8, 3)
    found = {one.measure.key: one for one in by_measure(before, after, MEASURES)}
    assert found["units"].texts == ("4", "8", "+4")
    assert found["units"].parts == (50, 100)
    assert found["in_force_share"].texts == ("25 %", "37,50 %", "+12,50 điểm %")
    assert found["in_force_share"].parts == (25, 37)
    assert found["late"].texts == ("0", "0", "0")
    assert said(-1234, is_share=False) == "-1.234"
    alone = by_line([], [after], MEASURES[0])
    assert alone[0].texts == ("–", "8", "–")
    assert by_measure(None, after, MEASURES[:1])[0].difference is None


@pytest.fixture
def ground(world: World) -> Ground:
    """An officer and two districts, the report of one accepted and that of the other overdue."""
    return late_one(world)


@made_once
def late_one(world: World) -> Ground:
    """Two years are open; the first district has sent its report for the later one, the second is late."""
    world.confirm_thresholds()
    viewer = world.province_person(Role.PROVINCE_VIEWER)
    one = a_reporting_district(world, "Huyện An Lão", "level_1", "refused")
    two = a_reporting_district(world, "Quận Đồ Sơn", "level_2", "none")
    world.set_clock(2027, 3, 1, 9, 0)
    answer(world, world.province_person(Role.PROVINCE_OFFICER), one, one.sent_report())
    world.set_clock(2027, 3, 20, 9, 0)
    with acting_in(STEWARD):
        db.session.execute(
            text(
                "insert into cycle values (2025);"
                "insert into cycle_terms (year, tier, version_id, opens_on, submit_before, decide_before, report_before) "
                "select 2025, tier, version_id, opens_on - 365, submit_before - 365, decide_before - 365, "
                "report_before - 365 from cycle_terms where year = 2026"
            )
        )
    return viewer, one, two


def test_the_leader_begins_with_the_year_in_one_look(world: World, client: Any, ground: Ground) -> None:
    """A viewer's home: six numbers, the late district, what is missed most, and a tile for each district."""
    viewer, one, two = ground
    client = world.sign_in(client, viewer)
    assert client.get("/").headers["Location"].endswith("/tinh/tom-tat")
    page = client.get("/tinh/tom-tat").text
    numbers = page.split('<dl class="six">')[1].split("</dl>")[0]
    assert re.findall(r'<b class="num">([^<]*)</b>', numbers) == ["4", "3", "1", "1", "50 %", "1/2"]
    assert "so với 2025" in page
    late = page.split("Huyện quá hạn báo cáo")[1].split("</section>")[0]
    assert "Quận Đồ Sơn" in late
    assert "Huyện An Lão" not in late
    for name, district in (("An Lão", one), ("Đồ Sơn", two)):
        assert re.search(rf'href="/tinh/huyen/{district.tenant_id}\?nam=2026"><b>{name}</b>', page)
    address, shown = re.findall(
        r'href="([^"]*so=missed[^"]*)".*?<span class="num">(\d+)/\d+', page, re.DOTALL
    )[0]
    assert f"trong {shown} đơn vị" in client.get(unescape(address)).text
    assert '<span class="provisional">tạm tính</span>' in page


def test_two_years_stand_side_by_side_and_never_mix_kinds(world: World, client: Any, ground: Ground) -> None:
    """Live with live; official over the districts with both reports only, which here are none; each cell opens its rows."""
    viewer, one, _two = ground
    client = world.sign_in(client, viewer)
    page = client.get("/tinh/so-sanh").text
    assert "năm 2026 so với năm 2025" in page
    row = page.split('<th scope="row">Nộp hồ sơ</th>')[1].split("</tr>")[0]
    assert re.findall(r'<td class="r">(?:<a[^>]*>)?([^<]*)', row) == ["0", "3", "+3"]
    address = re.findall(r'href="([^"]*)"', row)[0]
    assert "trong 3 đơn vị" in client.get(unescape(address)).text
    official = client.get("/tinh/so-sanh?ban=chinh-thuc").text
    assert "chỉ cộng 0/2 huyện" in official
    row = official.split('<th scope="row">Nộp hồ sơ</th>')[1].split("</tr>")[0]
    assert re.findall(r'<td class="r">(?:<a[^>]*>)?([^<]*)', row) == ["–", "–", "–"], (
        "nothing added up is not 0"
    )
    assert "tạm tính</span>" not in official
    assert "Đã thẩm định" not in official
    with acting_in(STEWARD):
        db.session.get_one(Tenant, world.a_district("Huyện Mới Lập")).valid_from = date(2026, 6, 1)
    official = client.get("/tinh/so-sanh?ban=chinh-thuc").text
    assert "chỉ cộng 0/2 huyện" in official
    assert "Không so 1 nơi chỉ phải báo cáo một trong hai năm" in official
    own = client.get(f"/tinh/so-sanh?huyen={one.tenant_id}&nam=2025&voi=2026&so=units").text
    assert "năm 2026 so với năm 2025" in own
    assert "Theo huyện:" not in own
    file = client.get("/tinh/so-lieu.csv?bang=so-sanh&so=submitted").data.decode("utf-8-sig")
    assert "Nộp hồ sơ,0,3,+3" in file.replace(";", ",").replace('"', "").replace("'", "")
    for hostile in ("voi=abc", "voi=99999999999", "so=%00", "nam=x&voi=2026", "huyen=9'"):
        assert client.get(f"/tinh/so-sanh?{hostile}").status_code in (200, 404)


def test_the_map_is_shaded_by_what_one_chooses(world: World, client: Any, ground: Ground) -> None:
    """Live and official maps are apart; a district without an accepted report has no number on the official one."""
    viewer, _one, _two = ground
    client = world.sign_in(client, viewer)
    live = client.get("/tinh/ban-do-o?to=level_2_share").text
    assert "công nhận mức độ 2 trên số hồ sơ (%)" in live
    assert live.count('class="tile shade-') == 2
    official = client.get("/tinh/ban-do-o?ban=chinh-thuc&to=khong-co").text
    assert official.count("chưa có số") == 1
    assert "ban=chinh-thuc" in official.split('<ul class="tiles">')[1].split("</ul>")[0]


def test_more_districts_cost_no_more_statements(
    world: World, client: Any, ground: Ground, count_queries: list[str]
) -> None:
    """The leader's page, the map and the comparison ask as often for five districts as for two."""
    client = world.sign_in(client, ground[0])
    paths = (
        "/tinh/tom-tat",
        "/tinh/ban-do-o",
        "/tinh/so-sanh",
        "/tinh/so-sanh?ban=chinh-thuc",
        "/tinh/loai-hinh",
    )

    def counted() -> list[int]:
        numbers = []
        for path in paths:
            count_queries.clear()
            assert client.get(path).status_code == 200
            numbers.append(len(count_queries))
        return numbers

    few = counted()
    for name in ("Huyện Cát Hải", "Huyện Tiên Lãng", "Quận Lê Chân"):
        world.a_unit(world.a_district(name))
    assert counted() == few
    assert max(few) <= 24, few
