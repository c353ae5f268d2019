"""Every cell of the province's tables opens its rows, and those rows can be taken along."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from typing import Any

import openpyxl
import pytest

from portal.cycle.models import Cycle
from portal.figures import keeping
from portal.figures import queries as figures
from portal.province import sources, summary
from portal.province.measures import MEASURES
from tenants.database import db
from tenants.people import Role
from tests.beds import made_once
from tests.builders import Person, World
from tests.deciding import District
from tests.province.worlds import a_reporting_district, a_unit_in, answer

Ground = tuple[Person, District, District]


@pytest.fixture
def ground(world: World) -> Ground:
    """Two districts, one of them with an accepted report, and an officer of the Department."""
    return two_districts(world)


@made_once
def two_districts(world: World) -> Ground:
    """Units of several kinds in several states; the first district's report is accepted."""
    world.confirm_thresholds()
    officer = world.province_person(Role.PROVINCE_OFFICER)
    one = a_reporting_district(world, "Huyện An Lão", "level_1", "refused", "submitted")
    two = District(world, "Quận Đồ Sơn")
    a_unit_in(world, two, "accepted", "preschool", public=False)
    a_unit_in(world, two, "none", "association")
    world.set_clock(2027, 3, 1, 9, 0)
    answer(world, officer, one, one.sent_report())
    return officer, one, two


def rows_of(answer_: Any) -> list[list[str]]:
    """The rows of a CSV below its head."""
    assert answer_.status_code == 200
    lines = list(csv.reader(io.StringIO(answer_.data.decode("utf-8-sig"))))
    head = next(place for place, line in enumerate(lines) if line and line[0] in ("Mã đơn vị", "TT"))
    return lines[head + 1 :]


def link_to(page: str, pattern: str) -> str:
    """The first address in a page that matches."""
    found = re.search(rf'href="({pattern})"', page)
    assert found, pattern
    return unescape(found[1])


def test_every_live_cell_opens_as_many_units_as_it_says(world: World, client: Any, ground: Ground) -> None:
    """Districts, kinds and sums: the page and the file behind a cell hold exactly the units it counts."""
    officer, _one, two = ground
    client = world.sign_in(client, officer)
    opened = 0
    for start in ("/tinh", f"/tinh/huyen/{two.tenant_id}", "/tinh/loai-hinh?cong=khong"):
        body = client.get(start).text.split("<tbody>")[1].split("</table>")[0]
        cells = re.findall(r'<td class="r"><a href="([^"]*)">([\d.,]+)( %)?<span', body)
        assert len(cells) >= 4, start
        for address, shown, share in {(a.split("so=")[1], s, p): (a, s, p) for a, s, p in cells}.values():
            if share:
                continue
            url = unescape(address)
            page = client.get(url).text
            assert f"trong {shown} đơn vị" in page, url
            assert len(rows_of(client.get(link_to(page, r"/tinh/don-vi\.csv[^\"]*")))) == int(shown), url
            opened += 1
    assert opened >= 10


def test_parts_add_up(world: World, ground: Ground) -> None:
    """Public and not public are the whole, the kinds of a group are the group; appraised and shares with them."""
    officer = ground[0]
    with world.acting(officer, writes=False):
        whole = sources.counted(2026)
        halves = [sources.counted(2026, sources.Part(public=public)) for public in (True, False)]
        schools = summary.by_kind(sources.counted(2026, sources.Part("7")))
    everything = summary.added(summary.by_kind(whole))
    assert everything.counts == figures.total(whole.counts)
    assert {**halves[0].counts, **halves[1].counts} == whole.counts
    assert everything.appraised == sum(summary.added(summary.by_kind(half)).appraised or 0 for half in halves)
    assert {line.kind for line in schools} == {"primary", "preschool"}
    total = summary.added(schools)
    assert total.appraised == 2
    share = next(one for one in MEASURES if one.is_share)
    assert total.text(share) == "25 %"


def test_kept_sums_tell_what_counting_tells(world: World, ground: Ground) -> None:
    """Districts and the kinds of one: the same lines once the worker has counted; a part of the units is counted now."""
    officer, one, _two = ground

    def told() -> tuple[summary.Overview, sources.Source]:
        with world.acting(officer, writes=False):
            year = summary.overview(db.session.get_one(Cycle, (2026, "district")), official=False)
            return year, sources.live_by_kind(2026, sources.EVERYTHING, one.tenant_id)

    counted, kinds = told()
    keeping.Keeping().run(world.app.extensions["settings"], lambda: False)
    kept, kept_kinds = told()
    assert counted.as_of is kinds.as_of is None
    assert kept.as_of is not None
    assert kept_kinds.as_of is not None
    assert (kept.lines, kept.total) == (counted.lines, counted.total)
    assert summary.by_kind(kept_kinds) == summary.by_kind(kinds)
    with world.acting(officer, writes=False):
        part = sources.Part(public=False)
        assert sources.live(2026, part, [one.tenant_id]).as_of is None


def test_an_indicator_opens_the_units_that_miss_it(world: World, client: Any, ground: Ground) -> None:
    """Province → indicator → units → dossier: the figures of Biểu 06 of the whole province and of a district."""
    officer, one, two = ground
    client = world.sign_in(client, officer)
    for place, missed in (("", True), (f"?huyen={one.tenant_id}", True), (f"?huyen={two.tenant_id}", False)):
        page = client.get(f"/tinh/chi-tieu{place}").text
        cells = re.findall(r'<a href="([^"]*so=missed[^"]*)" aria-label="[^"]*: (\d+)"', page)
        assert bool(cells) is missed, place
        for address, shown in cells[:2]:
            units = client.get(unescape(address)).text
            assert f"trong {shown} đơn vị" in units
            assert "Chưa đạt" in units or "Chưa đủ minh chứng" in units
            assert re.search(rf'href="/tinh/ho-so/{one.tenant_id}/\d+#chi-tieu-\d', units)
            found = rows_of(client.get(link_to(units, r"/tinh/don-vi\.csv[^\"]*")))
            assert len(found) == int(shown)
            assert found[0][2] == "Huyện An Lão"
    assert len(rows_of(client.get("/tinh/so-lieu.csv?bang=chi-tieu"))) >= 15
    assert client.get("/tinh/chi-tieu?huyen=abc").status_code == 404
    assert client.get(f"/tinh/chi-tieu?huyen={world.province_id}").status_code == 404
    assert client.get("/tinh/so-lieu.csv?bang=khong-co").status_code == 404
    assert client.get("/tinh/don-vi.exe").status_code == 404


def test_official_tables_open_official_things_only(world: World, client: Any, ground: Ground) -> None:
    """An official cell leads to the accepted report or to official parts of it, never to live rows."""
    officer, one, two = ground
    client = world.sign_in(client, officer)
    for path in ("/tinh", "/tinh/loai-hinh", f"/tinh/huyen/{one.tenant_id}"):
        page = client.get(f"{path}?ban=chinh-thuc").text
        body = page.split("<table")[1].split("</table>")[0]
        links = [unescape(url) for url in re.findall(r'<td class="r"><a href="([^"]*)"', body)]
        assert links, path
        assert all("ban=chinh-thuc" in url or "/tinh/bao-cao/" in url for url in links), path
        assert "tạm tính</span>" not in page, path
        assert "Thẩm định" not in body, path
    assert "Chưa có số chính thức" in client.get(f"/tinh/huyen/{two.tenant_id}?ban=chinh-thuc").text
    book = openpyxl.load_workbook(
        io.BytesIO(client.get("/tinh/so-lieu.xlsx?bang=loai-hinh&ban=chinh-thuc&loai=primary").data)
    )
    cells = [
        [str(cell) for cell in row if cell is not None] for row in book.active.iter_rows(values_only=True)
    ]
    assert any(line and line[0].startswith("SỐ CHÍNH THỨC") and "tiểu học" in line[0] for line in cells)
    assert cells[-1][1:3] == ["Cộng", "3"]


def test_official_figures_by_indicator_are_those_of_accepted_reports(
    world: World, client: Any, ground: Ground
) -> None:
    """One accepted report word for word, two added up; a sum opens the districts' rows, a row its report; live apart."""
    officer, one, two = ground
    client = world.sign_in(client, officer)

    def told(path: str) -> dict[str, list[str]]:
        rows = client.get(path).text.split("<tbody>")[1].split("</table>")[0].split("</tr>")
        cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows if "<td" in row]
        plain = [[re.sub(r"<[^>]+>", "", cell).strip() for cell in row] for row in cells]
        return {row[0].split()[0]: row[1:] for row in plain}

    first = told("/tinh/chi-tieu?ban=chinh-thuc")
    page = client.get("/tinh/chi-tieu?ban=chinh-thuc").text
    assert "Biểu 06 của 1/2 huyện có báo cáo Sở đã nhận" in page
    assert "tạm tính</span>" not in page
    assert first == told(f"/tinh/chi-tieu?ban=chinh-thuc&huyen={one.tenant_id}")
    answer(world, officer, two, two.sent_report())
    second = told(f"/tinh/chi-tieu?ban=chinh-thuc&huyen={two.tenant_id}")
    both = told("/tinh/chi-tieu?ban=chinh-thuc")
    assert both.keys() == first.keys() | second.keys()
    for code, values in both.items():
        parts = [found[code][:8] for found in (first, second) if code in found]
        assert [int(value) for value in values] == [
            sum(map(int, column)) for column in zip(*parts, strict=True)
        ]
    page = client.get(link_to(client.get("/tinh/chi-tieu?ban=chinh-thuc").text, r"[^\"]*ct=1\.1[^\"]*")).text
    assert "Chỉ tiêu 1.1." in page
    address = link_to(page, rf"/tinh/bao-cao/{one.tenant_id}/\d+#bieu-06-dong-1-1")
    assert 'id="bieu-06-dong-1-1"' in client.get(address).text
    assert told(f"/tinh/chi-tieu?ban=chinh-thuc&huyen={one.tenant_id}&ct=1.1") == first
    live = told("/tinh/chi-tieu")
    assert int(live["1.1"][0]) >= int(both["1.1"][0])
    csv_ = rows_of(client.get("/tinh/so-lieu.csv?bang=chi-tieu&ban=chinh-thuc"))
    assert [row[2:] for row in csv_ if row[0] == "1.1"] == [both["1.1"]]
    for hostile in ("ct=%00", "ct=9.9", "ct=<b>", "ct=1.1&nam=abc"):
        assert client.get(f"/tinh/chi-tieu?ban=chinh-thuc&{hostile}").status_code == 200


def test_kinds_and_indicators_ask_as_often_for_one_district_as_for_all(
    world: World, client: Any, ground: Ground, count_queries: list[str]
) -> None:
    """The pages of the figures need few statements, however many districts and units there are."""
    officer, one, _two = ground
    client = world.sign_in(client, officer)
    client.get("/tinh")
    for path in (
        "/tinh/loai-hinh",
        "/tinh/chi-tieu",
        "/tinh/chi-tieu?ban=chinh-thuc",
        "/tinh/don-vi?so=appraised",
        f"/tinh/huyen/{one.tenant_id}/7",
    ):
        count_queries.clear()
        assert client.get(path).status_code == 200
        assert len(count_queries) <= 16, (path, count_queries)
