"""Biểu 04 to 08 of a report: what they count, the units behind every figure, files, the snapshot, the Department."""

from __future__ import annotations

import csv
import html
import io
import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import insert, inspect, select, text, update

from portal.activities.models import Activity
from portal.appraisal import operations as appraisal
from portal.appraisal.models import Finding
from portal.catalogue.models import CriteriaVersion
from portal.cycle.operations import open_year
from portal.dossiers.models import Answer, Dossier
from portal.dossiers.queries import open_sheet
from portal.figures.people import people
from portal.figures.validity import fates
from portal.recognition.models import Recognition
from portal.reports import operations
from portal.reports.figures import live
from portal.reports.models import DistrictReport
from portal.reports.queries import changes_since, edition_before, figures_of
from portal.targets import operations as targets
from portal.targets.ready import READY
from portal.units.models import Unit
from tenants.database import db
from tenants.people import Role
from tenants.scope import acting_in
from tests.beds import made_once
from tests.builders import STEWARD, World
from tests.deciding import Browser, District, accept, an_appraised, appraise

REASON = {"reason_code": "counted_wrong", "reason": "Có một người trùng tên."}


@pytest.fixture
def client(client: Any) -> Browser:
    """The judging client with tokens."""
    return Browser(client)


@pytest.fixture
@made_once
def district(world: World) -> District:
    """A district decided on 10/02/2027: levels 1, 2 and none, one number corrected, police, activities, targets."""
    world.confirm_thresholds()
    made = District(world)
    tenant = made.tenant_id
    made.appraised(1, 2, 0)
    corrected = world.a_dossier(
        tenant, world.a_unit(tenant, "Trường Mầm non Quang Trung", "preschool"), "submitted", members=20
    )
    accept(world, made.officer, tenant, corrected)
    with world.acting(made.officer) as actor:
        dossier = world.dossier(tenant, corrected)
        one = next(i for i in open_sheet(dossier).indicators if i.code == "2.5")
        appraisal.judge(actor, dossier, one.id, "corrected", part=17, **REASON)
    appraise(world, made.officer, tenant, corrected)
    police = world.a_unit(tenant, "Công an huyện", "military_police")
    an_appraised(world, made.officer, tenant, 1, unit_id=police, kind="military_police")
    with acting_in(STEWARD):
        schools = db.session.scalars(select(Unit.id).where(Unit.kind == "primary").order_by(Unit.id)).all()
        for unit, people_there in ((schools[0], 30), (schools[0], 12), (schools[1], 5)):
            db.session.execute(insert(Activity).values(**_activity(tenant, unit, people_there)))
    with world.acting(world.a_person(Role.DISTRICT_ADMIN, tenant)) as actor:
        targets.adopt(actor, 2026, [one.code for one in READY])
    world.set_clock(2027, 2, 10, 9, 0)
    made.issued("45/QĐ-UBND", date(2027, 2, 10))
    world.set_clock(2027, 3, 3, 9, 0)
    return made


def _activity(tenant: int, unit: int, participants: int) -> dict[str, Any]:
    return {
        "tenant_id": tenant,
        "unit_id": unit,
        "year": 2026,
        "kind": "training",
        "topic": "Tập huấn chuyển đổi số",
        "name_folded": "tap huan chuyen doi so",
        "organiser": "Nhà trường",
        "held_on": date(2026, 5, 5),
        "participants": participants,
        "minutes": 90,
        "links": [],
        "changed_at": datetime(2026, 5, 5, 9, tzinfo=UTC),
    }


def page_of(response: Any) -> str:
    """The page as text."""
    assert response.status_code == 200, response.status_code
    found: str = response.get_data(as_text=True)
    return found


def opened(district: District) -> int:
    """Open the year's report; returns its id."""
    with district.world.acting(district.officer) as actor:
        return operations.open_report(actor, 2026).id


def links(page: str, row: str) -> list[tuple[str, int]]:
    """Every figure of a row that opens something: its address and value."""
    line = re.search(rf'<tr class="row-\w+" id="{row}">.*?</tr>', page, re.S)
    assert line is not None, row
    found = re.findall(r'<a href="([^"]+)" aria-label="[^"]*">([\d.]+)</a>', line[0])
    return [(html.unescape(url), int(value.replace(".", ""))) for url, value in found]


def behind(page: str) -> int:
    """What a list comes to: the sum of its amounts, else how many rows it has."""
    summed = re.search(r"Cộng cả danh sách: ([\d.]+)", page)
    found = summed or re.search(r"trong ([\d.]+) đơn vị", page)
    assert found is not None
    return int(found[1].replace(".", ""))


def test_every_figure_of_every_table_opens_what_it_counts(
    district: District, client: Browser, count_queries: list[str]
) -> None:
    """Numbers known by hand; each linked figure comes to its list, its file has the rows; 300 units ask no oftener."""
    _the_tables_say_what_was_filed_and_found(district)
    number = opened(district)
    district.world.sign_in(client.client, district.officer)
    here = f"/huyen/bao-cao/{number}"
    seen = 0
    for table, rows in (
        ("05", ("total", "7.2")),
        ("06", ("2.5",)),
        ("07", ("total", "7.2", "gop")),
        ("08", ("training",)),
    ):
        page = page_of(client.get(f"{here}/bieu?bieu={table}"))
        for row in rows:
            for url, value in links(page, f"bieu-{table}-dong-{row.replace('.', '-')}"):
                assert behind(page_of(client.get(url))) == value, url
                seen += 1
    assert seen > 25
    page = page_of(client.get(f"{here}/bieu?bieu=04"))
    goals = re.findall(
        r'href="(/huyen/muc-tieu/\d+\?loc=(?:tat-ca|co-so|duoi|dat))" aria-label="[^"]*">(\d+)<', page
    )
    counted = [(url, int(value)) for url, value in goals if "loc=tat-ca" in url or "loc=duoi" in url]
    assert len(counted) > 6
    for url, value in counted[:4]:
        assert f"trong {value} đơn vị" in page_of(client.get(url)), url
    url = f"{here}/so-lieu.csv?bieu=07&figure=excellent&kind=preschool"
    rows_there = list(csv.reader(io.StringIO(client.get(url).get_data().decode("utf-8-sig"))))
    assert [row[1:2] + row[4:] for row in rows_there[1:]] == [["Trường Mầm non Quang Trung", "17"]]
    everything = f"{here}/so-lieu.xlsx?bieu=05&figure=in_force"
    sheet = load_workbook(io.BytesIO(client.get(everything).get_data())).active
    assert sum(getattr(cell.value, "year", 0) == 2030 for cell in sheet["F"]) == 3
    assert client.get(f"{here}/so-lieu?bieu=05&figure=submitted").status_code == 404
    assert client.get(f"{here}/so-lieu?bieu=06&figure=applies&dong=9.9").status_code == 404
    assert client.get(f"{here}/so-lieu?bieu=doi-chieu&figure=khac").status_code == 404
    _three_hundred_units_cost_as_many_statements(district, count_queries)


def _the_tables_say_what_was_filed_and_found(district: District) -> None:
    """Corrected by the district, police told of nobody, one reason, goals."""
    with district.world.acting(district.officer, writes=False):
        found = live(district.tenant_id, 2026)
    assert found.annexes is not None
    tables = found.annexes.by_number
    in_force = tables["05"].total
    assert in_force is not None
    assert dict(in_force.values) == {
        "in_force": 3, "held_1": 2, "held_2": 1, "expires_1": 0, "expires_2": 0, "expires_3": 0, "expires_later": 3,
        "may_raise": 0, "revoked": 0,
    }  # fmt: skip
    assert found.total.counts.in_force == 3
    excellent = tables["06"].line("2.5")
    assert excellent is not None
    assert (excellent.values["applies"], excellent.values["judged"], excellent.values["differs"]) == (5, 5, 1)
    assert excellent.values["reason"] == "Tính trùng hoặc tính cả người không phải Thành viên (1)"
    first = tables["06"].line("1.1")
    assert first is not None
    assert (first.values["self_1"], first.values["found_1"], first.values["missed"]) == (5, 4, 1)
    told = tables["07"].total
    assert told is not None
    assert (told.values["units"], told.values["members"]) == (5, 3 * 37 + 20)
    assert told.values["excellent"] == 3 * 37 + 17
    police, aggregated = tables["07"].line("4"), tables["07"].line("gop")
    assert police is not None
    assert aggregated is not None
    assert (police.values["units"], aggregated.values["units"], aggregated.values["members"]) == (
        None,
        1,
        None,
    )
    held = tables["08"].line("training")
    assert held is not None
    assert dict(held.values) == {"units": 2, "number": 3, "participants": 47, "minutes": 270}
    assert len(tables["04"].lines) == 6
    assert found.annexes.crossing.stated[0].one == found.annexes.crossing.stated[0].other == 1
    said = found.fields()
    assert said["so_thanh_vien"] == "131"
    assert said["chi_tieu_chua_dat"].startswith("chỉ tiêu 1.1 kế hoạch học tập hằng năm (1 đơn vị)")
    assert "mục tiêu đã đạt (Biểu 04):" in said["cac_muc_tieu"]


def test_no_search_reads_out_a_number_that_is_not_told(district: District, client: Browser) -> None:
    """Whoever narrows a list to the police finds the unit, and neither its people nor a sum that is them."""
    district.world.sign_in(client.client, district.officer)
    with acting_in(STEWARD):
        police = db.session.scalars(select(Unit.id).where(Unit.kind == "military_police")).one()
        db.session.execute(insert(Activity).values(**_activity(district.tenant_id, police, 7_731)))
    path = f"/huyen/bao-cao/{opened(district)}/so-lieu"
    for narrowed in ("q=cong+an", "kind=military_police", "public=yes&q=cong+an"):
        for ending in ("", ".csv"):
            page = page_of(client.get(f"{path}{ending}?bieu=08&figure=participants&dong=training&{narrowed}"))
            assert "Công an huyện" in page
            assert "7.731" not in page
            assert "7731" not in page


def test_kept_sent_and_amended(district: District, client: Browser) -> None:
    """The snapshot keeps every table; the paper and the Department show them; the next edition lists what differs."""
    world = district.world
    number = district.sent_report()
    with acting_in(STEWARD):
        db.session.execute(insert(Activity).values(**_activity(district.tenant_id, _a_unit(district), 100)))
    world.sign_in(client.client, district.officer)
    here = f"/huyen/bao-cao/{number}"
    page = page_of(client.get(f"{here}/bieu?bieu=08"))
    assert ">47</a>" in page
    rows = page_of(client.get(f"{here}/so-lieu?bieu=08&figure=participants&dong=training"))
    assert "Danh sách theo dữ liệu hiện tại" in rows
    assert behind(rows) == 147
    for name in ("01", "02", "03", "04", "05", "06", "07", "08"):
        book = load_workbook(io.BytesIO(client.get(f"{here}/bieu-{name}.xlsx").get_data()))
        assert book.active is not None
    assert b"47" in client.get(f"{here}/bieu-08.csv").get_data()
    assert (
        client.get(f"{here}/bieu-09.xlsx").status_code == client.get(f"{here}/bieu-05.ods").status_code == 404
    )
    paper = client.get(f"/van-ban/bao-cao/{district.tenant_id}/{number}.pdf").get_data()
    printed = "\n".join(one.extract_text() for one in PdfReader(io.BytesIO(paper)).pages)
    assert [f"Biểu 0{n}" in printed for n in range(1, 9)] == [True] * 8
    department = world.province_person(Role.PROVINCE_OFFICER)
    world.sign_in(client.client, department)
    seen = page_of(client.client.get(f"/tinh/bao-cao/{district.tenant_id}/{number}"))
    assert [f"Biểu 0{n}. " in seen for n in range(1, 9)] == [True] * 8
    with world.acting(department) as actor:
        sent = db.session.get_one(DistrictReport, (district.tenant_id, number))
        points = [{"table": "bieu_08", "text": "Xem lại số lượt người."}]
        operations.answer_report(actor, sent, "returned", points)
    with world.acting(district.officer) as actor:
        second = operations.open_report(actor, 2026)
        changed = {
            (one.place, one.before, one.after)
            for one in changes_since(edition_before(second), figures_of(second))
        }
    assert ("Biểu 08, dòng 2 (Tập huấn, bồi dưỡng), cột 5 (lượt người tham gia)", "47", "147") in changed
    _a_report_of_before_says_that_it_has_no_such_tables(district, client, number)


def _a_report_of_before_says_that_it_has_no_such_tables(
    district: District, client: Browser, number: int
) -> None:
    """A snapshot without Biểu 04 to 08 is shown as it is, by the district, the paper and the Department."""
    world = district.world
    with acting_in(STEWARD):
        row = db.session.get_one(DistrictReport, (district.tenant_id, number))
        assert row.snapshot is not None
        gone = {f"bieu_0{n}" for n in range(4, 9)} | {"crossing"}
        row.snapshot = {key: value for key, value in row.snapshot.items() if key not in gone}
    world.sign_in(client.client, district.officer)
    here = f"/huyen/bao-cao/{number}"
    page = page_of(client.get(here))
    assert "nên không kèm các biểu đó" in page
    assert "Các bảng khớp nhau ở cả 9 phép đối chiếu" in page
    assert "Báo cáo không kèm biểu này." in page_of(client.get(f"{here}/bieu?bieu=06"))
    assert client.get(f"{here}/bieu-06.xlsx").status_code == 404
    assert client.get(f"{here}/bieu-01.xlsx").status_code == 200
    assert client.get(f"/van-ban/bao-cao/{district.tenant_id}/{number}.pdf").status_code == 200
    page_of(client.get(f"{here}/so-lieu?bieu=05&figure=in_force"))
    world.sign_in(client.client, world.province_person())
    assert "Không kèm Biểu 04 đến Biểu 08." in page_of(
        client.client.get(f"/tinh/bao-cao/{district.tenant_id}/{number}")
    )


def _a_unit(district: District) -> int:
    return int(
        db.session.scalar(select(Unit.id).where(Unit.kind == "primary").order_by(Unit.id).limit(1)) or 0
    )


def test_a_rule_across_the_tables_names_its_units_and_is_explained(
    district: District, client: Browser
) -> None:
    """R9, R10 and R14 fail, each leads to its rows, and are explained; a year later R12 accounts for the sent figure."""
    world, tenant = district.world, district.tenant_id
    with acting_in(STEWARD):
        high = db.session.scalars(select(Dossier.id).where(Dossier.decided_level == 2)).one()
        first = db.session.scalars(select(Answer.indicator_id).where(Answer.dossier_id == high)).first()
        db.session.execute(
            update(Finding)
            .where(Finding.dossier_id == high, Finding.indicator_id == first)
            .values(met_1="not_met")
        )
        db.session.execute(
            update(Answer)
            .where(Answer.dossier_id == high, Answer.part.is_not(None))
            .values(part=Answer.part - 1)
        )
        assert {one.figure for one in people(2026, tenant_id=tenant)[1]} >= {
            "excellent",
            "citizens",
            "trained",
        }
    with world.acting(district.officer) as actor:
        report = operations.open_report(actor, 2026)
        operations.save_narrative(actor, report, {"v_1": "Có 98 đơn vị, đạt 97,9 %."})
        number = report.id
    world.sign_in(client.client, district.officer)
    here = f"/huyen/bao-cao/{number}"
    page = page_of(client.get(here))
    assert "1 đơn vị công nhận mức độ 2 (cột 15) có chỉ tiêu thẩm định chưa đạt mức độ 1" in page
    assert "Số người trước hiệu chỉnh của Biểu 07 khác hồ sơ đã ký" in page
    assert "mục “1. Ưu điểm”: “98 đơn vị”; mục “1. Ưu điểm”: “97,9 %”" in page
    assert behind(page_of(client.get(f"{here}/so-lieu?bieu=doi-chieu&figure=r9"))) == 1
    drifted = re.findall(r'href="([^"]+dong=drift[^"]*)"', page)
    assert "1–1 trong 1 đơn vị" in page_of(client.get(html.unescape(drifted[0])))
    with world.acting(district.officer) as actor:
        report = db.session.get_one(DistrictReport, (tenant, number))
        operations.explain(actor, report, dict.fromkeys(("R9", "R10", "R14"), "Đã kiểm tra, đúng thực tế."))
        assert operations.lock(actor, report).state == "locked"
    with world.acting(district.leader) as actor:
        report = db.session.get_one(DistrictReport, (tenant, number))
        operations.send(actor, report, "20/BC", date(2027, 3, 3), "Trưởng phòng", "TRƯỞNG PHÒNG")
    _last_years_units_are_accounted_for(district)


def _last_years_units_are_accounted_for(district: District) -> None:
    """Of those in force a year ago: still valid, judged again, expired; together the sent column 22."""
    world, tenant = district.world, district.tenant_id
    with acting_in(STEWARD):
        version = db.session.scalars(select(CriteriaVersion).where(CriteriaVersion.key == "tt24-2023")).one()
        open_year(2027, version)
        held = db.session.scalars(select(Recognition).order_by(Recognition.id)).all()
        held[0].valid_to = date(2027, 12, 31)
        rejudged = held[2].unit_id
    world.set_clock(2028, 1, 5, 9, 0)
    an_appraised(world, district.officer, tenant, 1, unit_id=rejudged, year=2027)
    world.set_clock(2028, 2, 1, 9, 0)
    district.issued("5/QĐ-UBND", date(2028, 2, 1), year=2027)
    with world.acting(district.officer) as actor:
        found = fates(2027, tenant_id=tenant)
        assert found is not None
        assert dict(found.counts) == {
            "stays": 1, "again": 1, "expired": 1, "revoked": 0, "closed": 0, "other": 0,
        }  # fmt: skip
        report = operations.open_report(actor, 2027)
        figures = figures_of(report)
        assert figures.annexes is not None
        known = figures.annexes.crossing.reconciled
        assert known is not None
        assert (known.before, known.sent, known.joined) == (3, True, 0)
        held_now = figures.annexes.by_number["05"].total
        assert held_now is not None
        assert (held_now.values["in_force"], held_now.values["held_1"]) == (2, 1)


def _copies(model: Any, source: str, changes: dict[str, str]) -> str:
    """Return the statement that copies rows of a table with some columns changed."""
    names = [c.name for c in inspect(model).local_table.columns if c.name != "id"]
    values = ", ".join(changes.get(name, f"t.{name}") for name in names)
    return f"insert into {model.__tablename__} ({', '.join(names)}) select {values} from {source}"


def _three_hundred_units_cost_as_many_statements(district: District, count_queries: list[str]) -> None:
    """The figures of a report ask the same number of times for five units and for three hundred."""
    tenant = district.tenant_id

    def asked() -> int:
        with district.world.acting(district.officer, writes=False):
            count_queries.clear()
            live(tenant, 2026)
            return len(count_queries)

    few = asked()
    with acting_in(STEWARD):
        dossier = db.session.scalars(select(Dossier).where(Dossier.decided_level == 1)).first()
        assert dossier is not None
        one, unit = dossier.id, dossier.unit_id
        db.session.execute(
            text(
                _copies(Unit, f"unit t, generate_series(1, 300) n where t.id = {unit}", {"code": "'K' || n"})
            )
        )
        copy = {"unit_id": "u.id", "receipt_number": "''"}
        db.session.execute(
            text(_copies(Dossier, f"dossier t, unit u where t.id = {one} and u.code like 'K%'", copy))
        )
        placed = (
            "dossier d where t.dossier_id = {} and d.unit_id in (select id from unit where code like 'K%')"
        )
        moved = {"unit_id": "d.unit_id", "dossier_id": "d.id"}
        for model in (Answer, Finding):
            source = f"{model.__tablename__} t, {placed.format(one)}"
            db.session.execute(text(_copies(model, source, moved)))
    assert asked() <= few
    assert few < 45
    with district.world.acting(district.officer, writes=False):
        found = live(tenant, 2026)
    assert found.annexes is not None
    line = found.annexes.by_number["06"].line("1.1")
    assert line is not None
    assert line.values["applies"] == 305
