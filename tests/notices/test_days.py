"""The province's page of holidays: adding, refusing, taking back; the supplement's term follows it."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from portal.cycle.models import Holiday
from portal.trail.models import TrailEntry
from tenants.database import db
from tenants.people import Role
from tenants.scope import acting_in
from tests.builders import STEWARD, World
from tests.deciding import District
from tests.forms import send

PAGE = "/tinh/ngay-nghi"


def days() -> dict[date, str]:
    """The days the province added."""
    with acting_in(STEWARD):
        return {row.day: row.kind for row in db.session.scalars(select(Holiday))}


def test_the_administrator_keeps_the_provinces_days(world: World, client: Any) -> None:
    """A day off and a Saturday worked; what they are already, doubles, strange days and other roles are refused."""
    client = world.sign_in(client, world.province_person())
    assert "Mùng ba Tết Nguyên Đán" in client.get(PAGE).text
    assert "Tỉnh chưa ghi ngày riêng nào" in client.get(f"{PAGE}?nam=9999").text
    assert (
        send(
            client, PAGE, {"day": "13/05/2027", "kind": "off", "name": "Ngày giải phóng Hải Phòng"}
        ).status_code
        == 303
    )
    assert send(client, PAGE, {"day": "08/05/2027", "kind": "worked", "name": "Làm bù"}).status_code == 303
    for day, kind, name, said in (
        ("13/05/2027", "off", "Lần nữa", "đã được ghi"),
        ("16/05/2027", "off", "Chủ nhật", "vốn đã nghỉ (cuối tuần)"),
        ("02/09/2027", "off", "Lễ", "vốn đã nghỉ (Quốc khánh)"),
        ("14/05/2027", "worked", "Thứ Sáu", "vốn là ngày làm việc"),
        ("31/02/2027", "off", "Lỗi", "theo mẫu 15/01/2027"),
        ("13/05/2099", "off", "Xa", "Chỉ ghi được ngày từ"),
        ("", "off", "Trống", "Xin nhập ngày"),
        ("14/05/2027", "nghi", "Sai", "Not a valid choice"),
        ("14/05/2027", "off", "", "Xin ghi lý do"),
        ("14/05/2027", "off", "x" * 201, "dài nhất 200 ký tự"),
    ):
        answer = send(client, PAGE, {"day": day, "kind": kind, "name": name})
        assert answer.status_code == 422, (day, kind)
        assert said in answer.text or kind == "nghi"
        assert day in answer.text
    assert days() == {date(2027, 5, 13): "off", date(2027, 5, 8): "worked"}
    assert "Ngày giải phóng Hải Phòng" in client.get(PAGE).text
    assert send(client, f"{PAGE}/bo", {"day": "2027-05-13"}, page=PAGE).status_code == 303
    assert (
        "không còn trong danh sách"
        in send(client, f"{PAGE}/bo", {"day": "2027-05-13"}, page=PAGE, follow_redirects=True).text
    )
    assert send(client, f"{PAGE}/bo", {"day": "x"}, page=PAGE).status_code in (303, 422)
    assert days() == {date(2027, 5, 8): "worked"}
    with acting_in(STEWARD):
        told = list(db.session.scalars(select(TrailEntry.sentence).where(TrailEntry.act.startswith("day."))))
    assert len(told) == 3
    viewer = world.sign_in(client, world.province_person(Role.PROVINCE_VIEWER))
    assert "Ghi một ngày" not in viewer.get(PAGE).text
    assert send(viewer, PAGE, {"day": "14/05/2027", "kind": "off", "name": "Không"}).status_code == 403


def test_the_term_of_a_supplement_is_working_days(world: World, client: Any) -> None:
    """The form suggests five working days; a term with none of them is refused with its sentence."""
    world.confirm_thresholds()
    district = District(world)
    number = world.a_dossier(district.tenant_id, world.a_unit(district.tenant_id), "submitted")
    path = f"/huyen/ho-so/{number}/bo-sung"
    client = world.sign_in(client, district.officer)
    page = client.get(path).text
    assert 'value="16/01/2027"' in page, "Sunday 10/01: 11 to 15 are worked"
    assert "đủ 5 ngày làm việc" in page
    with acting_in(STEWARD):
        for day in (11, 12):
            at = date(2027, 1, day)
            db.session.add(Holiday(day=at, kind="off", name="Nghỉ", added_at=at, added_by="Quản trị tỉnh"))
    assert 'value="20/01/2027"' in client.get(path).text
    asked = {"act": "send", "ask-part-team_member": "yes", "reason-part-team_member": "Thiếu quyết định."}
    answer = send(client, path, asked | {"answer_by": "13/01/2027"})
    assert answer.status_code == 422
    assert "không có ngày làm việc nào" in answer.text
    assert send(client, path, asked | {"answer_by": "14/01/2027"}).status_code == 303
    told = world.sign_in(client, world.a_person(Role.DISTRICT_OFFICER, district.tenant_id))
    assert told.get("/thong-bao").status_code == 200
