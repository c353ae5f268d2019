"""A district's own side of a year: dates only tighter, the plan, the public page, and longer terms of single units."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text

from portal.dossiers import operations as dossiers
from portal.dossiers.queries import open_sheet
from portal.notices.models import Notice
from portal.opening import operations
from portal.opening.models import FilingExtension, YearNotice
from portal.opening.operations import Details
from portal.trail.models import TrailEntry
from portal.units.models import Unit
from tenants.access import GuardedFlask
from tenants.database import db
from tenants.identity import Identity
from tenants.people import Role
from tenants.refusal import Conflict, Refused
from tenants.scope import Scope, ScopeKind, acting_in
from tests.appraisal.test_at_once import together
from tests.beds import made_once
from tests.builders import World
from tests.canaries import paper
from tests.forms import send

TOLD = {
    "where_to": "Bộ phận Một cửa, Ủy ban nhân dân huyện",
    "contact": "Phòng Giáo dục và Đào tạo huyện An Lão",
    "phone": "0225 3872 100",
    "email": "pgd@anlao.example",
}


class Place:
    """A district with its people and one unit."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.tenant_id = world.a_district()
        self.unit_id = world.a_unit(self.tenant_id)
        self.officer = world.a_person(Role.DISTRICT_OFFICER, self.tenant_id)
        self.leader = world.a_person(Role.DISTRICT_LEADER, self.tenant_id)

    def set_year(self, version: int = 0, **given: Any) -> int:
        """Write the district's year; returns its version."""
        days = dict.fromkeys(("submit_before", "decide_before", "report_before"))
        with self.world.acting(self.officer) as actor:
            return operations.set_year(actor, 2026, Details(**{**days, **given}), version).version

    def extend(self, until: date = date(2027, 1, 20), reason: str = "Trường bị ngập.", **given: Any) -> int:
        """Give the unit longer; returns the number."""
        with self.world.acting(given.pop("person", self.officer)) as actor:
            unit = db.session.get_one(Unit, (self.tenant_id, self.unit_id))
            return operations.extend(actor, unit, 2026, until, reason).id

    def withdraw(self, number: int, reason: str = "Đã có điện lại.") -> None:
        """Take it back."""
        with self.world.acting(self.officer) as actor:
            operations.withdraw(actor, number, reason)


@pytest.fixture
@made_once
def place(world: World) -> Place:
    """The place of most tests."""
    return Place(world)


def test_dates_are_inherited_and_only_tighter(place: Place, world: World) -> None:
    """What the province opened stands where nothing is said; a tighter day is the day for every unit of the district."""
    for wrong, why in (
        ({"submit_before": date(2027, 1, 16)}, "sớm hơn hoặc đúng quy định: trước ngày 15/01/2027"),
        ({"submit_before": date(2026, 12, 31)}, "phải sau ngày 31/12/2026"),
        ({"decide_before": date(2027, 2, 16)}, "trước ngày 15/02/2027"),
        ({"report_before": date(2027, 2, 1)}, "theo thứ tự"),
        ({"plan_dated": date(2027, 3, 1)}, "sau hôm nay"),
        ({"email": "không phải thư"}, "Địa chỉ thư"),
    ):
        with pytest.raises(Refused, match=why):
            place.set_year(**wrong)
    dossier = world.a_dossier(place.tenant_id, place.unit_id, "signed")
    elsewhere = Place.__new__(Place)
    elsewhere.__dict__ |= {"tenant_id": world.a_district("Huyện Kiến Thụy")}
    other = world.a_dossier(elsewhere.tenant_id, world.a_unit(elsewhere.tenant_id), "signed")
    version = place.set_year(submit_before=date(2027, 1, 10), **TOLD)
    with pytest.raises(Conflict):
        place.set_year(version=version - 1, submit_before=date(2027, 1, 11))
    with acting_in(Scope(ScopeKind.STEWARD)):
        assert open_sheet(world.dossier(place.tenant_id, dossier)).cycle.submit_before == date(2027, 1, 10)
        assert open_sheet(world.dossier(elsewhere.tenant_id, other)).cycle.submit_before == date(2027, 1, 15)
    head = world.a_person(Role.UNIT_HEAD, place.tenant_id, place.unit_id)
    with world.acting(head) as actor:  # 10/01/2027 10:00
        assert dossiers.submit(actor, world.dossier(place.tenant_id, dossier)).late


def test_a_longer_term_has_an_end_a_reason_and_a_record(place: Place, world: World) -> None:
    """Never to the decision day; filed under it is in time; withdrawn only before; everything is told and kept."""
    for until, reason, why in (
        (date(2027, 1, 15), "Ngập.", "phải sau hạn nộp đang có"),
        (date(2027, 2, 15), "Ngập.", "trước ngày 15/02/2027"),
        (date(2027, 1, 20), " ", "lý do gia hạn"),
    ):
        with pytest.raises(Refused, match=why):
            place.extend(until, reason)
    number = place.extend()
    with pytest.raises(Conflict, match="đã gia hạn cho đơn vị này đến trước ngày 20/01/2027"):
        place.extend(date(2027, 1, 25))
    with pytest.raises(Refused, match="lý do thu hồi"):
        place.withdraw(number, " ")
    place.withdraw(number)
    with pytest.raises(Conflict, match="đã thu hồi"):
        place.withdraw(number)
    again = place.extend(date(2027, 1, 25))
    dossier = world.a_dossier(place.tenant_id, place.unit_id, "signed")
    world.set_clock(2027, 1, 24, 23, 0)
    head = world.a_person(Role.UNIT_HEAD, place.tenant_id, place.unit_id)
    with world.acting(head) as actor:
        assert not dossiers.submit(actor, world.dossier(place.tenant_id, dossier)).late
    with pytest.raises(Refused, match="đã nộp hồ sơ theo hạn này"):
        place.withdraw(again)
    with world.acting(place.officer):
        acts = db.session.scalars(select(TrailEntry.act).where(TrailEntry.unit_id == place.unit_id)).all()
        assert acts.count("extend_filing") == 2
        assert acts.count("withdraw_extension") == 1
        told = db.session.scalars(select(Notice.sentence).where(Notice.unit_id == place.unit_id)).all()
        assert any("hạn của đơn vị lại là trước ngày 15/01/2027" in sentence for sentence in told)
        with pytest.raises(Exception, match="stays so"), db.session.begin_nested():
            db.session.execute(text(f"update filing_extension set withdrawn_at = null where id = {number}"))


def test_two_officers_give_longer_at_once(app: GuardedFlask, world: World, place: Place) -> None:
    """One term stands; the other officer is told who was faster."""
    people = [place.officer, world.a_person(Role.DISTRICT_OFFICER, place.tenant_id)]

    def act(actor: Identity, number: int) -> date:
        unit = db.session.get_one(Unit, (place.tenant_id, place.unit_id))
        return operations.extend(actor, unit, 2026, date(2027, 1, 20 + number), f"Lý do {number}").until

    got = together(app, world, people, act)
    assert sum(isinstance(one, date) for one in got) == 1, got
    assert sum(isinstance(one, Conflict) for one in got) == 1, got
    with world.acting(place.officer, writes=False):
        assert len(db.session.scalars(select(FilingExtension)).all()) == 1


def test_the_pages(place: Place, world: World, client: Any, count_queries: list[str]) -> None:
    """Set, attach, publish; everybody reads the notice and nothing of a person; longer terms are listed and withdrawn."""
    year = "/huyen/nam-danh-gia"
    public = f"/thu-tuc/{place.tenant_id}/2026"
    assert client.get(public).status_code == 404
    assert "Chưa nơi nào công bố" in client.get("/thu-tuc").get_data(as_text=True)
    world.sign_in(client, place.leader)
    assert 'id="nam"' not in client.get(year).get_data(as_text=True)
    assert send(client, f"{year}/cong-bo", page=year).status_code == 403
    world.sign_in(client, place.officer)
    assert send(client, f"{year}/cong-bo", page=year).status_code == 422
    late = send(client, year, {"version": "0", "submit_before": "20/01/2027", **TOLD})
    assert late.status_code == 422
    assert "Bộ phận Một cửa" in late.get_data(as_text=True), "what was typed is kept"
    assert send(client, year, {"version": "x", "where_to": "x" * 501}).status_code == 422
    typed = {"version": "0", "submit_before": "12/01/2027", "plan_number": "45/KH-UBND", **TOLD}
    assert send(client, year, typed).status_code == 303
    assert send(client, year, typed | {"plan_number": "46/KH-UBND"}).status_code == 409
    bad = send(client, f"{year}/ke-hoach", {"file": (io.BytesIO(b"x"), "a.pdf")}, page=year)
    assert bad.status_code == 422
    good = {"file": (io.BytesIO(paper("Kế hoạch")), "ke-hoach.pdf")}
    assert send(client, f"{year}/ke-hoach", good, page=year).status_code == 303
    assert client.get(f"{year}/ke-hoach").mimetype == "application/pdf"
    assert send(client, f"{year}/cong-bo", page=year).status_code == 303
    assert "Xem trang công khai" in client.get(year).get_data(as_text=True)
    client.post("/dang-xuat")
    page = client.get(public).get_data(as_text=True)
    for said in ("trước ngày 12/01/2027", "trước ngày 15/02/2027", "Kế hoạch số 45/KH-UBND", *TOLD.values()):
        assert said in page
    assert place.officer.identity.full_name not in page
    assert "Huyện An Lão" in client.get("/thu-tuc").get_data(as_text=True)
    with acting_in(Scope(ScopeKind.STEWARD)):
        assert set(db.session.scalars(select(YearNotice.tenant_id))) == {place.tenant_id}

    world.sign_in(client, place.officer)
    longer = "/huyen/gia-han-nop"
    with world.acting(place.officer, writes=False):
        code = db.session.get_one(Unit, (place.tenant_id, place.unit_id)).code
    for wrong in ({}, {"code": "KHONG-CO"}, {"code": code, "until": "32/01/2027"}):
        given = {"until": "20/01/2027", "reason": "Ngập.", **wrong}
        answer = send(client, longer, given)
        assert answer.status_code == 422
        assert "Ngập." in answer.get_data(as_text=True)
    given = {"code": code.lower(), "until": "20/01/2027", "reason": "Trường bị ngập."}
    assert send(client, longer, given).status_code == 303
    shown = client.get(longer).get_data(as_text=True)
    assert "Đang gia hạn" in shown
    assert "Trường bị ngập." in shown
    with acting_in(Scope(ScopeKind.STEWARD)):
        number = db.session.scalars(select(FilingExtension.id)).one()
    back = send(client, f"{longer}/{number}/thu-hoi", {"reason": "Nhầm."}, page=longer)
    assert back.status_code == 303
    count_queries.clear()
    client.get(longer)
    few = len(count_queries)
    for each in range(4):
        unit = world.a_unit(place.tenant_id, f"Trường Tiểu học số {each}")
        with world.acting(place.officer) as actor:
            row = db.session.get_one(Unit, (place.tenant_id, unit))
            operations.extend(actor, row, 2026, date(2027, 1, 20), "Ngập.")
    count_queries.clear()
    client.get(longer)
    assert len(count_queries) <= few
