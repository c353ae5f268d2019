"""The inbox of a person at a place: what is new, to whom, of which kind; all read at once; the choice of mail."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts import operations as accounts
from portal.appraisal import operations as appraisal
from portal.appraisal.operations import PointAsked
from portal.dossiers import operations as dossiers
from portal.notices.models import MailChoice, Notice
from portal.notices.operations import choose_mail, tell_district, tell_person, tell_unit, tell_units
from portal.notices.queries import latest, unread
from portal.notices.rules import Kind
from tenants.database import db
from tenants.people import Role
from tenants.refusal import Refused
from tenants.scope import acting_in
from tests.builders import STEWARD, World
from tests.deciding import District
from tests.forms import token


def new_ones(client: Any, path: str = "/thong-bao") -> int:
    """How many notices a page shows as new."""
    return client.get(path).get_data(as_text=True).count("Mới</span>")


def test_what_is_new_is_each_persons_own(world: World, client: Any, count_queries: list[str]) -> None:
    """The clerk's reading leaves the head's as new; one's own act is no news; kinds filter; all read at once."""
    tenant_id = world.a_district()
    unit_id = world.a_unit(tenant_id)
    head = world.a_person(Role.UNIT_HEAD, tenant_id, unit_id)
    clerk = world.a_person(Role.UNIT_EDITOR, tenant_id, unit_id)
    officer = world.a_person(Role.DISTRICT_OFFICER, tenant_id)
    colleague = world.a_person(Role.DISTRICT_LEADER, tenant_id)
    with world.acting(officer):
        for number in range(30):
            tell_unit(tenant_id, unit_id, f"Tin số {number}.", "/ho-so", Kind.REMINDER)
        tell_unit(tenant_id, unit_id, "Phòng GDĐT yêu cầu bổ sung.", "/ho-so", Kind.SUPPLEMENT)
        tell_district(tenant_id, "Hồ sơ mới đến.", "/huyen/ho-so")
    with world.acting(clerk):
        tell_unit(tenant_id, unit_id, "Cán bộ đầu mối trình ký.", "/ho-so", Kind.TASK)
        tell_district(tenant_id, "Đơn vị vừa nộp.", "/huyen/ho-so", unit_id)
    seen = {}
    for person in (head, clerk, officer, colleague):
        with world.acting(person, writes=False):
            seen[person.login] = unread(person.place)
    assert list(seen.values()) == [32, 31, 1, 2]

    world.sign_in(client, clerk)
    client.get("/thong-bao")
    count_queries.clear()
    page = client.get("/thong-bao").get_data(as_text=True)
    assert len(count_queries) <= 16
    assert "1–25 trong 32 thông báo" in page
    assert page.index("Phòng GDĐT yêu cầu bổ sung.") < page.index("Tin số 29.")
    assert new_ones(client, "/thong-bao?trang=2") == 7
    assert new_ones(client, "/thong-bao?kind=supplement") == 1
    assert "trình ký" not in client.get("/thong-bao?xem=chua-doc").get_data(as_text=True)
    assert "trình ký" in client.get("/thong-bao?kind=task").get_data(as_text=True)
    assert "Không có thông báo nào thuộc loại này" in client.get("/thong-bao?kind=report").get_data(
        as_text=True
    )
    assert client.get("/thong-bao?kind=%00&xem=x").status_code == 200

    answer = client.post(
        "/thong-bao/da-doc", data={"csrf_token": token(client, "/thong-bao")}, follow_redirects=True
    )
    assert "Đã đánh dấu 31 thông báo là đã đọc." in answer.get_data(as_text=True)
    assert new_ones(client) == 0
    assert "Đã đọc hết" in client.get("/thong-bao?xem=chua-doc").get_data(as_text=True)
    assert (
        client.post("/thong-bao/da-doc", data={"csrf_token": token(client, "/thong-bao")}).status_code == 303
    )
    with world.acting(head, writes=False):
        assert unread(head.place) == 32
    world.set_clock(2028, 2, 1, 8, 0)
    with world.acting(head, writes=False):
        assert unread(head.place) == 0, "after a year nothing is new"


def test_a_personal_notice_is_nobody_elses(world: World, client: Any) -> None:
    """The person reads it in every place of the district; colleagues, the district and another unit do not."""
    tenant_id = world.a_district()
    unit_id, other_unit = (
        world.a_unit(tenant_id),
        world.a_unit(tenant_id, "Trường Mầm non An Thái", "preschool"),
    )
    clerk = world.a_person(Role.UNIT_EDITOR, tenant_id, unit_id)
    place_id = world.another_place(clerk, Role.UNIT_EDITOR, tenant_id, other_unit)
    head = world.a_person(Role.UNIT_HEAD, tenant_id, unit_id)
    stranger = world.a_person(Role.UNIT_HEAD, tenant_id, other_unit)
    admin = world.a_person(Role.DISTRICT_ADMIN, tenant_id)
    with world.acting(head):
        tell_person(
            tenant_id, clerk.identity.account_id, "Anh/chị được giao chỉ tiêu 2.5.", "/ho-so", Kind.TASK
        )
    with world.acting(head), pytest.raises(Exception, match="row-level security"):
        tell_person(tenant_id, admin.identity.account_id, "Không phải người của đơn vị.")
    for person in (head, stranger, admin):
        with world.acting(person, writes=False):
            assert latest(person.place) == []
    world.sign_in(client, clerk)
    assert new_ones(client) == 1
    client.post("/noi-lam-viec", data={"csrf_token": token(client, "/noi-lam-viec"), "place": str(place_id)})
    page = client.get("/thong-bao").get_data(as_text=True)
    assert "An Thái" in page
    assert "Anh/chị được giao chỉ tiêu 2.5." in page
    number = re.findall(r'action="/thong-bao/(\d+)"', page)[0]
    world.sign_in(client, head)
    answer = client.post(
        f"/thong-bao/{number}", data={"csrf_token": token(client, "/thong-bao"), "open": "yes"}
    )
    assert answer.status_code == 404


def test_many_units_are_told_in_one_statement(world: World, count_queries: list[str]) -> None:
    """None is no statement at all."""
    tenant_id = world.a_district()
    units = [world.a_unit(tenant_id, f"Đơn vị {n}") for n in range(5)]
    officer = world.a_person(Role.DISTRICT_OFFICER, tenant_id)
    with world.acting(officer):
        db.session.execute(select(1))
        count_queries.clear()
        tell_units(tenant_id, units, "Nhắc nộp hồ sơ.")
        tell_units(tenant_id, [], "Không ai.")
        assert sum("notice" in sent for sent in count_queries) <= 1
    with acting_in(STEWARD):
        assert db.session.query(Notice).count() == 5


def test_each_person_chooses_how_mail_comes(world: World, client: Any) -> None:
    """A digest a day unless chosen otherwise; an own address; wrong ones are refused with what was typed."""
    tenant_id = world.a_district()
    clerk = world.a_person(Role.UNIT_EDITOR, tenant_id, world.a_unit(tenant_id))
    world.sign_in(client, clerk)
    page = client.get("/tai-khoan").get_data(as_text=True)
    assert re.search(r'value="daily"[^>]*checked|checked[^>]*value="daily"', page)
    assert "Bản cài đặt này chưa gửi thư" in page

    def save(**fields: str) -> Any:
        values = {"csrf_token": token(client, "/tai-khoan"), "pace": "now", "address": "", **fields}
        return client.post("/tai-khoan/thu-bao", data=values)

    hostile = [
        "khong-phai-thu",
        "a@b",
        "a b@c.vn",
        "a@b.vn\r\nBcc: x@y.vn",
        "đầu.mối@trường.vn",
        "x" * 190 + "@truong.vn",
        "a..b@c.vn",
    ]
    for address in hostile:
        answer = save(address=address)
        assert answer.status_code == 422, address
        assert "Địa chỉ thư chưa đúng" in answer.get_data(as_text=True)
        assert address.split("\r")[0][:20] in answer.get_data(as_text=True)
    assert save(pace="").status_code == 422
    assert save(pace="hourly").status_code == 422
    assert save(pace="now", address=" daumoi@truong.edu.vn ").status_code == 303
    assert "ngay khi có" in client.get("/thong-bao").get_data(as_text=True)
    assert "vừa đổi thành daumoi@truong.edu.vn" in client.get("/thong-bao").get_data(as_text=True)
    assert save(pace="none", address="daumoi@truong.edu.vn").status_code == 303
    with acting_in(STEWARD):
        row = db.session.query(MailChoice).one()
        assert (row.account_id, row.pace, row.address) == (
            clerk.identity.account_id,
            "none",
            "daumoi@truong.edu.vn",
        )
        assert db.session.query(Notice).count() == 1
    province = world.province_person(Role.PROVINCE_VIEWER)
    with world.acting(province) as actor:
        assert choose_mail(actor, "now", "viewer@so.gov.vn")
    with world.acting(province) as actor, pytest.raises(Refused):
        choose_mail(actor, "weekly", "")


def test_every_notice_leads_to_its_page(world: World, client: Any) -> None:
    """Whatever the year tells a unit, its district or a person opens a page of the one it is told to."""
    world.confirm_thresholds()
    district = District(world)
    tenant_id = district.tenant_id
    district.appraised(1)
    district.issued()
    units = {
        state: world.a_unit(tenant_id, f"Đơn vị {state}") for state in ("asked", "withdrawn", "unsigned")
    }
    numbers = {
        state: world.a_dossier(tenant_id, unit_id, "signed" if state == "unsigned" else "submitted")
        for state, unit_id in units.items()
    }
    with world.acting(district.officer) as actor:
        dossier = world.dossier(tenant_id, numbers["asked"])
        points = [PointAsked("Thiếu quyết định.", part="team_member")]
        appraisal.request_supplement(actor, dossier, points, date(2027, 1, 20))
    for state, act in (("withdrawn", dossiers.withdraw), ("unsigned", dossiers.unsign)):
        with world.acting(world.a_person(Role.UNIT_HEAD, tenant_id, units[state])) as actor:
            act(actor, world.dossier(tenant_id, numbers[state]))
    with world.acting(world.a_person(Role.DISTRICT_ADMIN, tenant_id)) as actor:
        accounts.give_role(
            actor, tenant_id, district.officer.identity.account_id, Role.DISTRICT_COUNCIL, None
        )
    for day in (11, 20):
        world.set_clock(2027, 1, day, 8, 0)
        assert world.app.test_cli_runner().invoke(args=["remind"]).exit_code == 0
    with acting_in(STEWARD):
        told = [(n.audience, n.unit_id, n.kind, n.sentence, n.path) for n in db.session.query(Notice)]
    assert {kind for _, _, kind, _, _ in told} >= {"step", "supplement", "decision", "reminder", "account"}
    heads: dict[int, Any] = {}
    for audience, unit_id, _, sentence, path in told:
        reader = district.officer
        if audience == "unit":
            reader = heads.setdefault(unit_id, None) or world.a_person(Role.UNIT_HEAD, tenant_id, unit_id)
            heads[unit_id] = reader
        world.sign_in(client, reader)
        assert path.startswith("/"), sentence
        assert client.get(path, follow_redirects=True).status_code == 200, (audience, sentence, path)
