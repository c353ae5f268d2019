"""The district's report as a paper: its text and its tables hold the same figures, for its readers only."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from portal.figures.tables import NUMBERS
from portal.papers.forms import FIGURE_NUMBERS
from portal.papers.office import acting_for
from portal.reports import operations
from portal.reports.models import DistrictReport
from tenants.database import db
from tenants.people import Role
from tests.beds import made_once
from tests.builders import Person, World
from tests.deciding import District
from tests.papers import reading


def opened(world: World, client: Any, person: Person, district: District, number: int) -> Any:
    """Open a report's paper as a person."""
    return world.sign_in(client, person).get(f"/van-ban/bao-cao/{district.tenant_id}/{number}.pdf")


def send(district: District, number: int) -> None:
    """Lock and send a report."""
    with district.world.acting(district.officer) as actor:
        row = db.session.get_one(DistrictReport, (district.tenant_id, number))
        operations.lock(actor, row, row.version)
    with district.world.acting(district.leader) as actor:
        row = db.session.get_one(DistrictReport, (district.tenant_id, number))
        operations.send(
            actor, row, "58/BC-UBND", date(2027, 3, 3), "Người ký báo cáo", "PHÓ CHỦ TỊCH", row.version
        )


@pytest.fixture
@made_once
def reporting(world: World) -> tuple[District, int]:
    """A district with 2 + 1 recognised and 1 refused units and its report in hand."""
    world.confirm_thresholds()
    district = District(world)
    district.appraised(1, 1, 2, 0)
    world.set_clock(2027, 2, 10, 9, 0)
    district.issued("45/QĐ-UBND", date(2027, 2, 10))
    world.set_clock(2027, 3, 3, 9, 0)
    with world.acting(district.officer) as actor:
        return district, operations.open_report(actor, 2026).id


def test_a_draft_is_a_preview_with_provisional_figures(world: World, client: Any, reporting: Any) -> None:
    """Marked on every page; the table says when its figures were counted."""
    district, number = reporting
    answer = opened(world, client, district.officer, district, number)
    assert "Du-thao-Bao-cao-huyen-An-Lao-2026-lan-1.pdf" in answer.headers["Content-Disposition"]
    for page in reading.pages(answer.data):
        assert "BẢN XEM TRƯỚC" in page
    text = reading.text(answer.data)
    assert "Số liệu tạm tính, lấy lúc 03/03/2027" in text
    assert "[chưa có: số văn bản]" in text


def test_a_sent_report_says_the_same_in_text_and_tables(world: World, client: Any, reporting: Any) -> None:
    """The narrative's figures are those of the row "Cộng"; the lists have as many rows as counted."""
    district, number = reporting
    send(district, number)
    answer = opened(world, client, district.leader, district, number)
    text = reading.text(answer.data)
    for words in (
        "Kính gửi: Sở Giáo dục và Đào tạo thành phố Hải Phòng",
        "Số: 58/BC-UBND An Lão, ngày 03 tháng 3 năm 2027",
        "công nhận 3 đơn vị, gồm 2 đơn vị mức độ 1 và 1 đơn vị mức độ 2",
        "không công nhận 1 đơn vị",
        "KT. CHỦ TỊCH PHÓ CHỦ TỊCH Người ký báo cáo",
        "Số liệu khóa lúc 03/03/2027",
        "Biểu 03 DANH SÁCH ĐƠN VỊ KHÔNG ĐƯỢC CÔNG NHẬN",
        "chưa đủ minh chứng",
    ):
        assert words in text
    assert "[chưa có:" not in text
    assert "BẢN XEM TRƯỚC" not in text
    total = re.search(r"Cộng ((?:[\d.,–+-]+ ){23})", text)
    assert total
    cells = dict(zip(FIGURE_NUMBERS, total.group(1).split(), strict=True))
    assert [cells[n] for n in ("3", "6", "11", "13", "15", "17", "19", "22")] == list("44421133")
    assert len(re.findall(r"45/QĐ-UBND 10/02/2027 10/02/2030", text)) == 3


def test_district_and_province_read_the_same_bytes(world: World, client: Any, reporting: Any) -> None:
    """A sent report does not depend on its reader nor on the hour."""
    district, number = reporting
    send(district, number)
    first = opened(world, client, district.officer, district, number).data
    world.set_clock(2027, 4, 1, 8, 0)
    assert opened(world, client, world.province_person(), district, number).data == first
    assert opened(world, client, district.leader, district, number).data == first


def test_others_find_no_report(world: World, client: Any, reporting: Any) -> None:
    """Units and other districts get 404."""
    district, number = reporting
    unit = world.a_unit(district.tenant_id)
    for person in (
        world.a_person(Role.UNIT_HEAD, district.tenant_id, unit),
        world.a_person(Role.DISTRICT_OFFICER, world.a_district("Huyện Kiến Thụy")),
    ):
        assert opened(world, client, person, district, number).status_code == 404


def test_forms_and_figures_number_their_columns_alike() -> None:
    """A row of figures fits the form column by column."""
    assert FIGURE_NUMBERS == NUMBERS


def test_a_deputy_signs_for_the_head() -> None:
    """The line of authority follows the title."""
    assert acting_for("Phó Chủ tịch") == ("KT. CHỦ TỊCH",)
    assert acting_for("PHÓ TRƯỞNG PHÒNG") == ("KT. TRƯỞNG PHÒNG",)
    assert acting_for("Chủ tịch") == ()
