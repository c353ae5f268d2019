"""Opening a district with its first administrator, handing out links, and the demo clock."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from portal import clock, words
from portal.cycle.models import Cycle
from portal.cycle.rules import is_late
from portal.province import operations
from portal.trail.queries import of_acts
from tenants import signin, standing
from tenants.database import db
from tenants.people import Account, Membership, Role
from tenants.places import Tenant
from tenants.refusal import Refused
from tenants.scope import Scope, ScopeKind, acting_in
from tests.beds import made_once
from tests.builders import Person, World
from tests.forms import send

NEW = {
    "kind": "rural_district",
    "name": "Huyện An Lão",
    "code": "AL",
    "seat": "An Lão",
    "valid_from": "2026-01-01",
    "committee": "",
    "office": "Phòng Giáo dục và Đào tạo",
    "symbol": "",
    "login": "quantri.anlao",
    "full_name": "Quản trị huyện An Lão",
    "phone": "",
    "email": "",
}
FORM, LIST, CLOCK = "/tinh/cac-huyen/mo", "/tinh/cac-huyen", "/tinh/dong-ho"


@pytest.fixture
@made_once
def admin(world: World) -> Person:
    """The province's administrator."""
    return world.province_person()


def link_on(page: str) -> str:
    """Return the token of the link a page tells."""
    found = re.search(r"/lien-ket/([\w-]+)", page)
    assert found
    return found[1]


def test_one_page_opens_a_district_with_its_administrator(world: World, client: Any, admin: Person) -> None:
    """The link is told once, sets a password, and its owner administers the new district."""
    client = world.sign_in(client, admin)
    told = send(client, FORM, NEW)
    assert told.status_code == 200
    token = link_on(told.text)
    assert "chỉ hiện một lần" in told.text
    assert "data-print" in told.text
    for page in (LIST, "/tinh", "/"):
        assert token not in client.get(page, follow_redirects=True).text
    with world.acting(admin, writes=False):
        place = db.session.scalars(select(Tenant).filter_by(code="AL")).one()
        place_id = place.id
        assert place.committee == "Ủy ban nhân dân huyện An Lão"
        assert place.symbol == "UBND"
        assert of_acts(world.province_id, "place.")[0].sentence.startswith("đã mở Huyện An Lão (mã AL)")
        assert token not in str(of_acts(world.province_id, "place.")[0].detail)
    with acting_in(Scope(ScopeKind.SIGNIN)):
        account_id = signin.use_link(token, "con ngựa pin đúng chỗ 8")
        session = signin.open_session(account_id, "127.0.0.1", "test")
    with acting_in(Scope(ScopeKind.SIGNIN)):
        identity = standing.identify(session)
        assert identity is not None
        assert identity.place is not None
        assert (identity.place.role, identity.place.tenant_id) == (Role.DISTRICT_ADMIN, place_id)
    listed = client.get(LIST).text
    assert "quantri.anlao" in listed
    assert "Huyện An Lão" in client.get("/tinh").text


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"code": "al", "name": "Huyện Khác"}, "đã dùng cho một nơi khác"),
        ({"name": "huyện  an lão", "code": "AL2"}, "Đã có"),
        ({"name": "Huyện Khác", "code": "AL3"}, "đã có người dùng"),
    ],
)
def test_what_is_taken_is_refused_and_nothing_is_half_opened(
    world: World, client: Any, admin: Person, changed: dict[str, str], sentence: str
) -> None:
    """A code, a name, a login in use: the sentence, everything typed, and no district without administrator."""
    client = world.sign_in(client, admin)
    assert send(client, FORM, NEW).status_code == 200
    again = send(client, FORM, {**NEW, **changed, "phone": "0912 345 678"})
    assert again.status_code == 422
    assert sentence in again.text
    assert 'value="0912 345 678"' in again.text
    assert "/lien-ket/" not in again.text
    with world.acting(admin, writes=False):
        assert db.session.query(Tenant).count() == 2
        assert db.session.query(Membership).filter_by(role=Role.DISTRICT_ADMIN).count() == 1


def test_what_nobody_typed_comes_from_the_template_of_the_kind(
    world: World, client: Any, admin: Person
) -> None:
    """A commune in a minute: committee, office and the place before the date; a closed place's code is free again."""
    client = world.sign_in(client, admin)
    for name, code, login in (("Xã An Lão", "11629", "qt.xa"), ("Xã An Hưng", "11674", "qt.hung")):
        typed = {
            **NEW,
            "kind": "commune",
            "name": name,
            "code": code,
            "login": login,
            "seat": "",
            "office": "",
        }
        assert send(client, FORM, typed).status_code == 200
        with acting_in(Scope(ScopeKind.STEWARD)):
            place = db.session.scalars(select(Tenant).filter_by(code=code, name=name)).one()
            assert (place.committee, place.office, place.seat) == (
                f"Ủy ban nhân dân xã {name[3:]}",
                "Phòng Văn hóa - Xã hội",
                name[3:],
            )
            place.valid_to = date(2026, 12, 31)
    later = {**NEW, "kind": "ward", "name": "Phường Mới", "code": "11629", "login": "qt.p"}
    assert "đã dùng" in send(client, FORM, {**later, "valid_from": "2026-12-30"}).text
    assert send(client, FORM, {**later, "valid_from": "2026-12-31"}).status_code == 200


BAD_PLACES: tuple[tuple[dict[str, str], str], ...] = (
    ({"name": ""}, "Nhập tên đầy đủ"),
    ({"name": "x" * 200}, "Dài nhất 150 ký tự"),
    ({"code": "có dấu"}, "chữ không dấu"),
    ({"code": "A" * 30}, "chữ không dấu"),
    ({"kind": "province"}, "Có 1 điều cần sửa"),
    ({"kind": "x' or 1=1"}, "Có 1 điều cần sửa"),
    ({"valid_from": "31/02/2026"}, "Có 1 điều cần sửa"),
    ({"login": "Có Dấu"}, "chữ thường không dấu"),
    ({"login": "a"}, "chữ thường không dấu"),
    ({"full_name": "  "}, "Nhập họ tên"),
    ({"seat": "<script>alert(1)</script>" * 9}, "Dài nhất 100 ký tự"),
)


def test_bad_input_gets_a_sentence_at_its_field(world: World, client: Any, admin: Person) -> None:
    """422, nothing opened, the rest of what was typed is still there."""
    client = world.sign_in(client, admin)
    for changed, sentence in BAD_PLACES:
        answer = send(client, FORM, {**NEW, **changed})
        assert answer.status_code == 422, changed
        assert sentence in answer.text, changed
        assert "<script>alert" not in answer.text
        assert 'value="Quản trị huyện An Lão"' in answer.text or "full_name" in changed
    with world.acting(admin, writes=False):
        assert db.session.query(Tenant).count() == 1


@pytest.mark.parametrize("role", [Role.PROVINCE_OFFICER, Role.PROVINCE_VIEWER])
def test_only_the_administrator_opens_districts(world: World, client: Any, role: Role) -> None:
    """Officers see the list without the button; the form and its post are 403."""
    person = world.province_person(role)
    client = world.sign_in(client, person)
    assert "Mở huyện mới" not in client.get(LIST).text
    assert client.get(FORM).status_code == 403
    refused = send(client, FORM, NEW, page=LIST)
    assert refused.status_code == 403
    assert "không được mở huyện mới" in refused.text
    assert client.get(CLOCK).status_code == 403
    assert send(client, CLOCK, {"moment": "late"}, page=LIST).status_code == 403


def test_a_lost_link_is_replaced_and_the_old_one_dies(world: World, client: Any, admin: Person) -> None:
    """Only for an administrator of that very district; anybody else's account is not there."""
    client = world.sign_in(client, admin)
    first = link_on(send(client, FORM, NEW).text)
    with world.acting(admin, writes=False):
        place = db.session.scalars(select(Tenant.id).filter_by(code="AL")).one()
        account = db.session.scalars(select(Account.id).filter_by(login="quantri.anlao")).one()
    told = send(client, f"{LIST}/{place}/lien-ket/{account}", page=LIST)
    second = link_on(told.text)
    assert second != first
    with acting_in(Scope(ScopeKind.SIGNIN)):
        assert signin.account_of_link(first) is None
        assert signin.account_of_link(second) is not None
    officer = world.a_person(Role.DISTRICT_OFFICER, place)
    for tenant_id, account_id in (
        (place, officer.identity.account_id),
        (place, admin.identity.account_id),
        (world.province_id, admin.identity.account_id),
        (world.province_id, account),
        (place, 10**12),
    ):
        with world.acting(admin) as actor, pytest.raises(Refused, match="Không tìm thấy"):
            operations.hand_out_link(actor, tenant_id, account_id)
    page = send(client, f"{LIST}/{place}/lien-ket/{officer.identity.account_id}", page=LIST)
    assert page.status_code in (302, 404)
    assert "/lien-ket/" not in page.text.replace(f"{LIST}", "")


def test_the_list_is_searched_without_marks(world: World, client: Any, admin: Person) -> None:
    """By name or code."""
    world.a_district("Quận Đồ Sơn", "DS")
    world.a_district("Huyện An Lão", "AL")
    client = world.sign_in(client, admin)
    assert "An Lão" not in client.get(f"{LIST}?q=do son").text.split("<tbody>")[1]
    assert "Đồ Sơn" in client.get(f"{LIST}?q=ds").text
    assert "Không có huyện nào khớp" in client.get(f"{LIST}?q=%25%27").text


def test_the_clock_jumps_to_the_moments_of_the_year(world: World, client: Any, admin: Person) -> None:
    """From the last minute of filing to the first that is late; every jump is on the record."""
    client = world.sign_in(client, admin)
    page = client.get(CLOCK).text
    for shown in ("10/01/2027 09:00", "14/01/2027 23:59", "15/01/2027 00:00", "16/03/2027 09:00"):
        assert shown in page
    for key, late, shown in (("last-minute", False, "14/01/2027 23:59"), ("late", True, "15/01/2027 00:00")):
        done = send(client, CLOCK, {"moment": key, "year": "2026"}, follow_redirects=True)
        assert f'<b class="num">{shown}</b>' in done.text
        with world.acting(admin, writes=False):
            cycle = db.session.get_one(Cycle, (2026, "district"))
            assert is_late(cycle.submit_before, clock.now()) is late
    with world.acting(admin, writes=False):
        entry = of_acts(world.province_id, "clock.")[0]
        assert entry.sentence == "đã chỉnh đồng hồ minh họa từ 14/01/2027 23:59 sang 15/01/2027 00:00."
    assert send(client, CLOCK, {"moment": "no-such"}).status_code == 404


def test_the_clock_takes_a_typed_day_and_time(world: World, client: Any, admin: Person) -> None:
    """As browsers send it and as people type it; nonsense and far years come back with a sentence."""
    client = world.sign_in(client, admin)
    for day, hour, shown in (
        ("2027-02-14", "23:59", "14/02/2027 23:59"),
        ("20/02/2027", "09:05:30", "20/02/2027 09:05"),
    ):
        assert send(client, CLOCK, {"day": day, "hour": hour}).status_code == 303
        with world.acting(admin, writes=False):
            assert words.moment(clock.now()) == shown
    for day, hour in (
        ("", "09:00"),
        ("31/02/2027", "09:00"),
        ("2027-02-14", "25:00"),
        ("2027-02-14", ""),
        ("9999-12-31", "23:59"),
        ("0001-01-01", "00:00"),
    ):
        answer = send(client, CLOCK, {"day": day, "hour": hour})
        assert answer.status_code == 422, (day, hour)
    with world.acting(admin, writes=False):
        assert words.moment(clock.now()) == "20/02/2027 09:05"


def test_a_real_installation_has_no_such_clock(world: World, client: Any, admin: Person) -> None:
    """404 for the page and for the post, no link to it, and the operation refuses."""
    client = world.sign_in(client, admin)
    world.leave_demo()
    assert client.get(CLOCK).status_code == 404
    assert send(client, CLOCK, {"moment": "late"}, page=LIST).status_code == 404
    assert CLOCK not in client.get(LIST).text
    with world.acting(admin) as actor, pytest.raises(Refused, match="chỉ chỉnh được trong dữ liệu minh họa"):
        operations.move_clock(actor, clock.now())
