"""The provincial table: the sum of accepted reports, kept as compiled, the same on page and in the workbook."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select
from sqlalchemy.exc import ProgrammingError

from portal.cycle.models import Cycle
from portal.figures.rules import total
from portal.province import compiling, queries, summary
from portal.reports.models import ProvincialReport
from tenants.database import db
from tenants.people import Role
from tenants.refusal import Refused
from tests.beds import made_once
from tests.builders import Person, World
from tests.deciding import District
from tests.forms import send
from tests.province.worlds import a_reporting_district, answer

NAMES = ("Huyện An Dương", "Huyện An Lão", "Huyện Kiến Thụy")


@pytest.fixture
@made_once
def officer(world: World) -> Person:
    """An officer of the Department."""
    return world.province_person(Role.PROVINCE_OFFICER)


@pytest.fixture
@made_once
def sent(world: World) -> list[tuple[District, int]]:
    """Three districts that have sent their reports."""
    world.confirm_thresholds()
    found = [
        a_reporting_district(world, NAMES[0], "level_1", "level_2", "none"),
        a_reporting_district(world, NAMES[1], "level_1", "refused"),
        a_reporting_district(world, NAMES[2], "level_2", "submitted"),
    ]
    world.set_clock(2027, 3, 1, 9, 0)
    return [(district, district.sent_report()) for district in found]


def compiled(world: World, officer: Person) -> queries.CompiledSheet:
    """Compile what is accepted."""
    with world.acting(officer) as actor:
        made = compiling.compile_report(actor, 2026).id
    return kept(world, officer, made)


def kept(world: World, officer: Person, report_id: int) -> queries.CompiledSheet:
    """Return a compilation as it stands in the database."""
    with world.acting(officer, writes=False):
        report = queries.compilation(report_id)
        assert report is not None
        return queries.compiled_sheet(report)


def test_nothing_accepted_is_nothing_to_compile(
    world: World, client: Any, officer: Person, sent: list[tuple[District, int]]
) -> None:
    """The sentence says so, and the page offers no button."""
    with world.acting(officer) as actor, pytest.raises(Refused, match="Chưa có báo cáo huyện nào được nhận"):
        compiling.compile_report(actor, 2026)
    page = world.sign_in(client, officer).get("/tinh/tong-hop").text
    assert "Chưa có báo cáo nào được nhận." in page
    assert "Lập từ" not in page


def test_the_table_is_the_sum_of_accepted_reports(
    world: World, officer: Person, sent: list[tuple[District, int]]
) -> None:
    """Rows are the accepted districts; their sum is the total and the official overview; the rest is missing."""
    for district, report_id in sent[:2]:
        answer(world, officer, district, report_id)
    answer(world, officer, *sent[2], "returned")
    sheet = compiled(world, officer)
    assert (sheet.accepted, sheet.districts, sheet.missing) == (2, 3, (NAMES[2],))
    assert [row.label for row in sheet.rows] == [NAMES[0], NAMES[1], "Cộng"]
    assert sheet.total.counts == total(row.counts for row in sheet.rows[:-1])
    with world.acting(officer, writes=False):
        year = summary.overview(db.session.get_one(Cycle, (2026, "district")), official=True)
    assert sheet.total.counts == year.total.counts
    assert (sheet.total.counts.units, sheet.total.counts.level_1, sheet.total.counts.level_2) == (5, 2, 1)
    assert [(r.district, r.on_time, r.sendings, r.state) for r in sheet.receipts] == [
        (NAMES[0], "Đúng hạn", 1, "Đã nhận"),
        (NAMES[1], "Đúng hạn", 1, "Đã nhận"),
        (NAMES[2], "Đúng hạn", 1, "Trả lại, 1 điểm"),
    ]
    assert sheet.reports == {d.tenant_id: number for d, number in sent[:2]}


def test_a_compilation_is_kept_and_the_same_one_is_not_made_twice(
    world: World, officer: Person, sent: list[tuple[District, int]]
) -> None:
    """A report accepted later makes a further compilation; the earlier one reads as before, and nobody may change it."""
    answer(world, officer, *sent[0])
    first = compiled(world, officer)
    with world.acting(officer) as actor, pytest.raises(Refused, match="đã gồm đúng các báo cáo này"):
        compiling.compile_report(actor, 2026)
    answer(world, officer, *sent[1])
    second = compiled(world, officer)
    assert (first.accepted, second.accepted) == (1, 2)
    assert kept(world, officer, first.report_id) == first
    with world.acting(officer), pytest.raises(ProgrammingError, match="permission denied"):
        db.session.query(ProvincialReport).update({"accepted": 3})


def test_column_24_compares_with_the_year_before(world: World, officer: Person) -> None:
    """A district with accepted figures of both years has its gain in points; the total only when all have."""
    from portal.figures.rules import gain_in_points
    from portal.figures.tables import Row

    row = Row("1", "x", *[total(())] * 2)
    assert gain_in_points(row.counts, row.previous) is None
    world.confirm_thresholds()
    district = a_reporting_district(world, NAMES[0], "level_1", "none")
    world.set_clock(2027, 3, 1, 9, 0)
    answer(world, officer, district, district.sent_report())
    sheet = compiled(world, officer)
    assert sheet.rows[0].cell("24").text == "–"
    assert sheet.rows[0].cell("23").text == "50 %"


def test_page_and_workbook_show_the_same(
    world: World, client: Any, officer: Person, sent: list[tuple[District, int]]
) -> None:
    """Compile by the button; page, XLSX and receipt table carry the figures and n/m districts."""
    for district, report_id in sent[:2]:
        answer(world, officer, district, report_id)
    client = world.sign_in(client, officer)
    done = send(client, "/tinh/tong-hop", {"year": "2026"}, follow_redirects=True)
    assert "Đã lập bảng tổng hợp từ 2/3 báo cáo." in done.text
    assert f"Còn thiếu: {NAMES[2]}." in done.text
    number = client.get("/tinh/tong-hop").text.split("/tinh/tong-hop/")[1].split('"')[0]
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/tinh/tong-hop/{number}/bieu-01-t.xlsx").data))
    rows = [list(row) for row in book.active.iter_rows(values_only=True)]
    assert [row[:3] for row in rows if row[1] in (*NAMES, "Cộng")] == [
        ["1", NAMES[0], 3],
        ["2", NAMES[1], 2],
        [None, "Cộng", 5],
    ] or [row[1:3] for row in rows if row[1] in (*NAMES, "Cộng")] == [
        [NAMES[0], 3],
        [NAMES[1], 2],
        ["Cộng", 5],
    ]
    assert any("2/3 báo cáo cấp huyện" in str(cell) for row in rows for cell in row)
    receipts = openpyxl.load_workbook(io.BytesIO(client.get(f"/tinh/tong-hop/{number}/tiep-nhan.xlsx").data))
    assert NAMES[2] in [row[1] for row in receipts.active.iter_rows(values_only=True)]
    assert client.get(f"/tinh/tong-hop/{number}/khac.xlsx").status_code == 404


def test_a_viewer_reads_the_table_and_may_not_make_one(
    world: World, client: Any, officer: Person, sent: list[tuple[District, int]]
) -> None:
    """403 with its sentence; without the button; unknown years are 404."""
    answer(world, officer, *sent[0])
    viewer = world.sign_in(client, world.province_person(Role.PROVINCE_VIEWER))
    assert "Lập từ" not in viewer.get("/tinh/tong-hop").text
    refused = send(viewer, "/tinh/tong-hop", {"year": "2026"})
    assert refused.status_code == 403
    assert "không được lập báo cáo toàn tỉnh" in refused.text
    world.sign_in(client, officer)
    for year in ("1999", "", "x", "9" * 400):
        assert send(client, "/tinh/tong-hop", {"year": year}).status_code == 404
    with world.acting(officer, writes=False):
        assert db.session.scalars(select(ProvincialReport)).all() == []
