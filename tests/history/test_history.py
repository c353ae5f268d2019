"""Results of the years before the portal: kept on their own scale, disputed by the unit, answered by the district."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from portal.catalogue.models import CriteriaVersion
from portal.history.rules import Band, band_for, bands_of, said
from tenants.database import db
from tenants.people import Role
from tenants.scope import acting_in
from tests.builders import STEWARD, World
from tests.forms import send

BANDS = [
    Band("Tốt", Decimal(85)),
    Band("Khá", Decimal(70)),
    Band("Trung bình", Decimal(50)),
    Band("", Decimal(0)),
]


@pytest.mark.parametrize(
    ("points", "band"),
    [
        ("100", "Tốt"),
        ("85", "Tốt"),
        ("84.99", "Khá"),
        ("70", "Khá"),
        ("50", "Trung bình"),
        ("49.99", ""),
        ("0", ""),
    ],
)
def test_a_band_begins_at_its_least_points(points: str, band: str) -> None:
    """Bands of Circular 22/2020 as the catalogue holds them; the name below 50 points is not known."""
    assert band_for(Decimal(points), BANDS) == band


def test_a_result_is_said_on_its_own_scale() -> None:
    """Points stay points, levels stay levels."""
    assert said(Decimal("86.50"), "Tốt", None) == "86,5 điểm, xếp loại Tốt"
    assert said(Decimal("40"), "", None) == "40 điểm"
    assert said(Decimal("100"), "Tốt", None) == "100 điểm, xếp loại Tốt"
    assert (said(None, "", 0), said(None, "", 2)) == ("Chưa đạt", "Đạt mức độ 2")


def test_entering_disputing_and_correcting(world: World, client: Any) -> None:
    """The district enters 2022, the unit says it is wrong, the district corrects it and answers."""
    tenant_id = world.a_district()
    unit_id = world.a_unit(tenant_id)
    admin = world.a_person(Role.DISTRICT_ADMIN, tenant_id)
    editor = world.a_person(Role.UNIT_EDITOR, tenant_id, unit_id)
    with acting_in(STEWARD):
        scales = {v.key: v for v in db.session.query(CriteriaVersion)}
        points, levels = scales["tt22-2020"].id, scales["tt24-2023"].id
        assert bands_of(scales["tt22-2020"].settings) == BANDS
    world.sign_in(client, admin)
    page = f"/huyen/don-vi/{unit_id}/ket-qua-cu"
    given = {"year": "2022", "version_id": str(points), "points": "84,5", "level": ""}
    for wrong, sentence in (
        ({"points": "101"}, "từ 0 đến 100"),
        ({"points": "84,555"}, "ví dụ 86 hoặc 86,5"),
        ({"points": "=1+1"}, "ví dụ 86 hoặc 86,5"),
        ({"level": "1"}, "Thang điểm"),
        ({"version_id": str(levels)}, "Thang mức độ"),
        ({"year": "2031"}, "Năm phải từ"),
        ({"year": "hai nghìn"}, "bốn chữ số"),
        ({"version_id": "999999"}, "Chưa ghi được"),
        ({"decided_on": "31/02/2023"}, "15/01/2027"),
        ({"note": "x" * 2001}, "2.000 ký tự"),
    ):
        answer = send(client, page, given | wrong)
        assert answer.status_code == 422, wrong
        assert sentence in answer.get_data(as_text=True), wrong
    assert send(client, page, given).status_code == 303
    twice = send(client, page, given)
    assert twice.status_code == 409
    assert "đã có kết quả" in twice.get_data(as_text=True)
    assert "84,5 điểm, xếp loại Khá" in client.get(page).get_data(as_text=True)

    world.sign_in(client, editor)
    own = client.get("/ket-qua").get_data(as_text=True)
    assert "84,5 điểm, xếp loại Khá" in own
    address = "/ket-qua/truoc-day/1"
    assert send(client, address, {"claim": " "}).status_code == 422
    assert send(client, address, {"claim": "Quyết định ghi 86 điểm."}).status_code == 303
    again = send(client, address, {"claim": "Lần nữa"}, page="/ket-qua")
    assert again.status_code == 409
    assert "đang chờ trả lời" in again.get_data(as_text=True)

    world.sign_in(client, admin)
    assert "Quyết định ghi 86 điểm." in client.get("/huyen/ket-qua-cu").get_data(as_text=True)
    edit = "/huyen/ket-qua-cu/1"
    assert 'value="84,5"' in client.get(edit).get_data(as_text=True)
    right = given | {"points": "86", "version": "1"}
    assert send(client, edit, right | {"version": "7"}).status_code == 409
    assert send(client, edit, right).status_code == 303
    assert send(client, f"{edit}/tra-loi", {"corrected": "yes", "answer": ""}).status_code == 422
    told = {"corrected": "yes", "answer": "Đã sửa theo quyết định."}
    assert send(client, f"{edit}/tra-loi", told).status_code == 303
    assert "Ý kiến này đã được trả lời" in client.get(f"{edit}/tra-loi").get_data(as_text=True)

    world.sign_in(client, editor)
    shown = client.get(address).get_data(as_text=True)
    assert "86 điểm, xếp loại Tốt" in shown
    assert "Đã sửa theo quyết định." in shown
    world.sign_in(client, admin)
    assert send(client, f"{edit}/rut", page=page).status_code == 303
    assert client.get(edit).status_code == 404
    world.sign_in(client, editor)
    assert client.get(address).status_code == 404
