"""The provincial table as a paper: what was compiled, for the province only."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from portal.compilation.operations import compile_report
from portal.reports import operations
from portal.reports.models import DistrictReport
from tenants.database import db
from tests.beds import made_once
from tests.builders import Person, World
from tests.deciding import District, districts
from tests.papers import reading


def accepted(district: District, province: Person) -> None:
    """Take a district's report from opening to acceptance."""
    world, key = district.world, district.tenant_id
    with world.acting(district.officer) as actor:
        row = operations.open_report(actor, 2026)
        number = row.id
        operations.lock(actor, row, row.version)
    with world.acting(district.leader) as actor:
        row = db.session.get_one(DistrictReport, (key, number))
        operations.send(actor, row, "58/BC-UBND", date(2027, 3, 3), "Người ký", "CHỦ TỊCH", row.version)
    with world.acting(province) as actor:
        operations.answer_report(actor, db.session.get_one(DistrictReport, (key, number)), "accepted")


@pytest.fixture
@made_once
def compiled(world: World) -> tuple[Person, int, list[District]]:
    """A province of three districts, two of them reported, and its compilation."""
    world.confirm_thresholds()
    places = districts(world, ("Huyện An Lão", "Huyện Kiến Thụy", "Quận Hồng Bàng"))
    places[0].appraised(1, 2)
    places[1].appraised(1)
    world.set_clock(2027, 2, 10, 9, 0)
    for place in places[:2]:
        place.issued("45/QĐ-UBND", date(2027, 2, 10))
    world.set_clock(2027, 3, 3, 9, 0)
    province = world.province_person()
    for place in places[:2]:
        accepted(place, province)
    with world.acting(province) as actor:
        return province, compile_report(actor, 2026).id, places


def opened(world: World, client: Any, person: Person, number: int) -> Any:
    """Open the table as a person."""
    return world.sign_in(client, person).get(f"/van-ban/bao-cao-tinh/{number}.pdf")


def test_the_table_adds_up_and_names_who_is_missing(world: World, client: Any, compiled: Any) -> None:
    """Two of three districts, their sum, and the third by name."""
    province, number, _ = compiled
    answer = opened(world, client, province, number)
    assert (
        "Du-thao-Bao-cao-Thanh-pho-Hai-Phong-2026-lan-1-2-tren-3.pdf" in answer.headers["Content-Disposition"]
    )
    text = reading.text(answer.data)
    for words in (
        "trên địa bàn thành phố Hải Phòng",
        "Kính gửi: Ủy ban nhân dân",
        "Số liệu tổng hợp từ 2/3 báo cáo cấp huyện đã được tiếp nhận; chưa có báo cáo được tiếp nhận: Quận Hồng Bàng.",
        "Có 3 đơn vị tại ngày 31/12/2026",
        "Mẫu đề xuất, chưa xác nhận",
        "BẢN XEM TRƯỚC",
        "Biểu 01-T",
        "Biểu 02-T",
        "Biểu 04-T",
        "Biểu 05-T",
        "1 Huyện An Lão 2 ",
        "2 Huyện Kiến Thụy 1 ",
        "Cộng 3 ",
    ):
        assert words in text, words
    assert opened(world, client, province, number).data == answer.data


def test_districts_find_no_provincial_table(world: World, client: Any, compiled: Any) -> None:
    """The compiled table is the province's; an unknown one is 404 to the province as well."""
    province, number, places = compiled
    assert opened(world, client, places[0].leader, number).status_code == 404
    assert opened(world, client, province, number + 99).status_code == 404
