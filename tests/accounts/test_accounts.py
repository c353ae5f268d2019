"""The persons of a district: create, hand over, shut; what is refused, and what the trail keeps."""

from __future__ import annotations

import itertools
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from portal.accounts import operations
from portal.accounts.operations import NewPerson
from portal.accounts.rules import logins
from portal.trail.models import TrailEntry
from tenants import signin, totp
from tenants.access import GuardedFlask
from tenants.database import db
from tenants.people import Account, Credential, Membership, OneTimeLink, Role
from tenants.refusal import Refused
from tenants.scope import Scope, ScopeKind, acting_in
from tests.builders import PASSWORD, STEWARD, Person, World
from tests.forms import send, token

LIST = "/huyen/tai-khoan"
SIGNIN = Scope(ScopeKind.SIGNIN)
NEW = {"full_name": "Cán bộ đầu mối mới", "login": "daumoi.moi"}


@pytest.fixture
def admin(world: World, client: Any) -> Person:
    """The administrator of a district, signed in."""
    made = world.a_person(Role.DISTRICT_ADMIN, world.a_district())
    world.sign_in(client, made)
    return made


@pytest.fixture
def officer(world: World, admin: Person) -> Person:
    """An officer of the same district."""
    return world.a_person(Role.DISTRICT_OFFICER, admin.place.tenant_id)


def page_of(person: Person) -> str:
    """Return the address of a person's page."""
    return f"{LIST}/{person.identity.account_id}"


def count(table: Any) -> int:
    """Count rows."""
    with acting_in(STEWARD):
        return int(db.session.scalar(select(func.count()).select_from(table)) or 0)


def trail() -> list[str]:
    """Return the acts on persons, oldest first."""
    with acting_in(STEWARD):
        return list(
            db.session.scalars(
                select(TrailEntry.act).where(TrailEntry.act.startswith("person.")).order_by(TrailEntry.id)
            )
        )


def links(page: str) -> list[str]:
    """Return the one-time links a page shows."""
    return re.findall(r'href="http://localhost(/lien-ket/[^"]+)"', page)


def test_a_new_person_gets_a_link_and_signs_in(
    client: Any, app: GuardedFlask, world: World, admin: Person
) -> None:
    """From the form to the person's own first sign-in; the link is in no list, trail or table."""
    unit = world.a_unit(admin.place.tenant_id)
    answer = send(client, f"{LIST}/them", NEW | {"role": "unit_editor", "unit": str(unit)})
    assert answer.status_code == 200
    (path,) = links(answer.text)
    visitor = app.test_client()
    assert send(visitor, path, {"password": PASSWORD, "again": PASSWORD}).status_code == 303
    assert send(visitor, "/dang-nhap", {"login": "daumoi.moi", "password": PASSWORD}).status_code == 303
    assert "Trường Tiểu học Mỹ Đức" in visitor.get("/tai-khoan").text
    assert trail() == ["person.create"]
    secret = path.rsplit("/", 1)[1]
    for address in (LIST, f"{LIST}?q=daumoi"):
        assert secret not in client.get(address).text
    with acting_in(STEWARD):
        assert secret not in str(db.session.scalars(select(TrailEntry.sentence)).all())


NO_ROLE, NO_UNIT = "Xin chọn vai trò", "Xin chọn đơn vị"
WRONG = (
    ({"role": ""}, NO_ROLE),
    ({"role": "king"}, NO_ROLE),
    ({"role": "province_admin"}, "không giao ở đây được"),
    ({"role": "unit_head"}, NO_UNIT),
    ({"role": "unit_head", "unit": "999999"}, NO_UNIT),
    ({"role": "unit_head", "unit": "x"}, NO_UNIT),
    ({"full_name": ""}, "Xin nhập họ tên"),
    ({"full_name": "x" * 5000}, "dài nhất 200"),
    ({"login": ""}, "Xin nhập tên đăng nhập"),
    ({"login": "Có dấu"}, "chữ thường không dấu"),
    ({"login": "a'; drop table account; --"}, "chữ thường không dấu"),
    ({"login": "x" * 500}, "dài nhất 60"),
)


def test_faulty_persons_keep_what_was_typed(client: Any, admin: Person) -> None:
    """Nothing is created, the sentence stands on the page."""
    before = count(Account)
    for changes, sentence in WRONG:
        typed = NEW | {"role": "district_officer", "title": "Chuyên viên chính"} | changes
        answer = send(client, f"{LIST}/them", typed)
        assert answer.status_code == 422, changes
        assert sentence in answer.text
        assert 'value="Chuyên viên chính"' in answer.text
    assert count(Account) == before


def test_a_login_name_taken_anywhere_is_refused(client: Any, world: World, admin: Person) -> None:
    """Also by somebody this district cannot see; a unit of another district is unknown."""
    there = world.a_district("Huyện Kiến Thụy")
    taken = world.a_person(Role.DISTRICT_OFFICER, there).login
    answer = send(client, f"{LIST}/them", NEW | {"login": taken, "role": "district_officer"})
    assert answer.status_code == 422
    assert "đã có người dùng" in answer.text
    foreign = world.a_unit(there)
    answer = send(client, f"{LIST}/them", NEW | {"role": "unit_head", "unit": str(foreign)})
    assert answer.status_code == 422


def test_accounts_for_many_units_at_once(client: Any, app: GuardedFlask, world: World, admin: Person) -> None:
    """Clerk and head where they are missing, named by the unit's code; a second time nothing is missing."""
    tenant = admin.place.tenant_id
    units = [world.a_unit(tenant, f"Trường Tiểu học số {number}") for number in range(4)]
    world.a_person(Role.UNIT_HEAD, tenant, units[0])
    assert "thủ trưởng" in client.get(f"{LIST}/hang-loat").text
    answer = send(client, f"{LIST}/hang-loat", {"unit": [str(unit) for unit in units]})
    assert answer.status_code == 200
    paths = links(answer.text)
    assert len(paths) == len(set(paths)) == 7
    assert re.search(r"<b>dv\d{4}\.daumoi</b>", answer.text)
    assert re.search(r"<b>dv\d{4}\.thutruong</b>", answer.text)
    assert app.test_client().get(paths[3]).status_code == 200
    assert trail() == ["person.create"] * 7
    assert "Mọi đơn vị đều đã có đủ tài khoản" in client.get(f"{LIST}/hang-loat").text
    again = send(client, f"{LIST}/hang-loat", {"unit": [str(unit) for unit in units]})
    assert again.status_code == 409
    assert count(OneTimeLink) == 7 + 1


def test_bulk_refuses_what_it_was_not_offered(client: Any, world: World, admin: Person) -> None:
    """None, unknown, another district's, too many, and rubbish."""
    mine = world.a_unit(admin.place.tenant_id)
    foreign = world.a_unit(world.a_district("Huyện Kiến Thụy"))
    for chosen in (
        [],
        ["x", "-1", "9" * 30],
        [str(mine), str(foreign)],
        [str(mine), "999999"],
        [str(n) for n in range(1, 400)],
    ):
        answer = send(client, f"{LIST}/hang-loat", {"unit": chosen})
        assert answer.status_code == 422
    assert trail() == []


def test_the_same_units_by_two_administrators_at_once(app: GuardedFlask, world: World, admin: Person) -> None:
    """Nobody gets two accounts for one role."""
    units = [world.a_unit(admin.place.tenant_id, f"Trường số {number}") for number in range(3)]
    scope = admin.place.scope(admin.identity.account_id)

    def create(_turn: int) -> int:
        with app.app_context():
            try:
                with acting_in(scope):
                    return len(operations.create_for_units(admin.identity, admin.place.tenant_id, units))
            except Refused:
                return 0

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(create, range(4)))
    assert sorted(made) == [0, 0, 0, 6]


def test_the_same_code_in_two_districts_gives_two_names(world: World, admin: Person) -> None:
    """The second gets the district's code in front."""
    assert list(itertools.islice(logins("DV0142", Role.UNIT_EDITOR, "AL"), 3)) == [
        "dv0142.daumoi",
        "al-dv0142.daumoi",
        "al-dv0142.daumoi2",
    ]
    from portal.units.models import Unit

    other = world.a_person(Role.DISTRICT_ADMIN, world.a_district("Huyện Kiến Thụy", code="KT"))
    names = []
    for person in (admin, other):
        unit = world.a_unit(person.place.tenant_id)
        with acting_in(STEWARD):
            db.session.execute(update(Unit).where(Unit.id == unit).values(code="DV0142"))
        with world.acting(person) as actor:
            handed = operations.create_for_units(actor, person.place.tenant_id, [unit])
            names.append([each.login for each in handed])
    assert names == [["dv0142.daumoi", "dv0142.thutruong"], ["kt-dv0142.daumoi", "kt-dv0142.thutruong"]]


@pytest.mark.parametrize("code", ["A", "Z" * 30, "1.2_3-4", "A.B."])
def test_login_names_of_odd_codes_are_good(code: str) -> None:
    """Whatever a unit's code is."""
    for login in itertools.islice(logins(code, Role.UNIT_HEAD, "Q. 1 – ĐẶC"), 4):
        assert signin.LOGIN.fullmatch(login), login


def test_a_hand_over_takes_effect_the_same_minute(
    client: Any, app: GuardedFlask, world: World, admin: Person
) -> None:
    """The old person is out at the next click, the new one is in, the history keeps both."""
    tenant = admin.place.tenant_id
    unit = world.a_unit(tenant)
    old = world.a_person(Role.UNIT_EDITOR, tenant, unit, name="Người cũ")
    browser = world.sign_in(app.test_client(), old)
    assert browser.get("/tai-khoan").status_code == 200
    path = f"{LIST}/vai-tro/{old.place.membership_id}/ban-giao"
    assert "Người cũ" in client.get(path).text
    answer = send(client, path, NEW)
    assert len(links(answer.text)) == 1
    assert browser.get("/tai-khoan").location == "/noi-lam-viec"
    shown = client.get(f"/huyen/don-vi/{unit}").text
    assert "Người cũ" in shown
    assert "Cán bộ đầu mối mới" in shown
    assert trail() == ["person.end_role", "person.create"]
    assert send(client, path, NEW | {"login": "nguoi.thu.ba"}).status_code == 409, (
        "a role is handed over once"
    )


def test_a_refused_hand_over_leaves_the_old_person_in(
    client: Any, app: GuardedFlask, world: World, admin: Person, officer: Person
) -> None:
    """A taken login name ends nobody's role."""
    browser = world.sign_in(app.test_client(), officer)
    path = f"{LIST}/vai-tro/{officer.place.membership_id}/ban-giao"
    assert send(client, path, NEW | {"login": admin.login}).status_code == 422
    assert send(client, path, {"full_name": "", "login": ""}).status_code == 422
    assert browser.get("/tai-khoan").status_code == 200


def test_ending_and_giving_roles(client: Any, world: World, admin: Person, officer: Person) -> None:
    """A role ends once; the same role is not given twice; another may be."""
    role = f"{LIST}/vai-tro/{officer.place.membership_id}/ket-thuc"
    give = f"{page_of(officer)}/vai-tro"
    assert send(client, give, {"role": "district_officer"}, page=page_of(officer)).status_code == 409
    assert send(client, give, {"role": "district_council"}, page=page_of(officer)).status_code == 303
    for wrong in (
        {"role": ""},
        {"role": "province_admin"},
        {"role": "unit_editor"},
        {"role": "district_leader", "unit": "1"},
    ):
        assert send(client, give, wrong, page=page_of(officer)).status_code == 422
    assert send(client, role, page=page_of(officer)).status_code == 303
    assert send(client, role, page=page_of(officer)).status_code == 409
    assert "Đã kết thúc" in client.get(page_of(officer)).text
    assert trail() == ["person.role", "person.end_role"]


def test_the_last_administrator_stays(client: Any, world: World, admin: Person) -> None:
    """Ended only when somebody else can administer; handing over is possible."""
    role = f"{LIST}/vai-tro/{admin.place.membership_id}"
    answer = send(client, f"{role}/ket-thuc", page=LIST)
    assert answer.status_code == 409
    assert "người quản trị duy nhất" in answer.text
    second = world.a_person(Role.DISTRICT_ADMIN, admin.place.tenant_id)
    with acting_in(STEWARD):
        db.session.execute(
            update(Account).where(Account.id == second.identity.account_id).values(disabled_at=signin.now())
        )
    assert send(client, f"{role}/ket-thuc", page=LIST).status_code == 409, (
        "a shut account administers nothing"
    )
    answer = send(client, f"{role}/ban-giao", NEW)
    assert len(links(answer.text)) == 1
    assert client.get(LIST).location == "/noi-lam-viec"


def test_shutting_an_account_stops_its_sessions_at_once(
    client: Any, app: GuardedFlask, world: World, admin: Person, officer: Person
) -> None:
    """And opening it again brings no old session back."""
    browser = world.sign_in(app.test_client(), officer)
    assert browser.get("/tai-khoan").status_code == 200
    assert send(client, f"{page_of(officer)}/khoa", page=page_of(officer)).status_code == 303
    assert browser.get("/tai-khoan").status_code == 302
    assert send(client, f"{page_of(officer)}/khoa", page=page_of(officer)).status_code == 409
    assert send(client, f"{page_of(officer)}/lien-ket", page=page_of(officer)).status_code == 409
    assert send(client, f"{page_of(officer)}/mo", page=page_of(officer)).status_code == 303
    assert send(client, f"{page_of(officer)}/mo", page=page_of(officer)).status_code == 409
    assert browser.get("/tai-khoan").status_code == 302
    assert trail() == ["person.disable", "person.enable"]


def test_nobody_shuts_oneself(client: Any, admin: Person) -> None:
    """Nor turns off the own second factor without the password."""
    for act in ("khoa", "tat-ma"):
        assert send(client, f"{page_of(admin)}/{act}", page=LIST).status_code == 409
    assert trail() == []


def test_a_lost_phone(client: Any, app: GuardedFlask, world: World, admin: Person, officer: Person) -> None:
    """The administrator removes the second factor; whoever was in is out."""
    number = officer.identity.account_id
    with acting_in(SIGNIN):
        totp.begin(number, app.config["SECRET_KEY"])
        db.session.execute(update(Credential).values(totp_confirmed_at=signin.now()))
    browser = world.sign_in(app.test_client(), officer)
    assert send(client, f"{page_of(officer)}/tat-ma", page=page_of(officer)).status_code == 303
    assert browser.get("/tai-khoan").status_code == 302
    with acting_in(SIGNIN):
        assert not totp.in_force(number)
    assert trail() == ["person.totp"]


def test_a_new_link_kills_the_old_one(client: Any, app: GuardedFlask, admin: Person, officer: Person) -> None:
    """Only the latest link of a person opens."""
    (first,) = links(send(client, f"{page_of(officer)}/lien-ket", page=page_of(officer)).text)
    (second,) = links(send(client, f"{page_of(officer)}/lien-ket", page=page_of(officer)).text)
    visitor = app.test_client()
    assert visitor.get(first).status_code == 410
    assert visitor.get(second).status_code == 200


def test_a_new_link_names_the_unit(client: Any, world: World, admin: Person) -> None:
    """Who hands out the printed links sees for which unit each one is."""
    unit_id = world.a_unit(admin.place.tenant_id)
    clerk = world.a_person(Role.UNIT_EDITOR, admin.place.tenant_id, unit_id)
    page = send(client, f"{page_of(clerk)}/lien-ket", page=page_of(clerk)).text
    assert "<h2>Trường Tiểu học Mỹ Đức</h2>" in page


def test_nobody_makes_a_link_for_oneself(client: Any, admin: Person) -> None:
    """Who finds a signed-in screen does not get a new password out of it: one's own asks for the old one."""
    before = count(OneTimeLink)
    made = send(client, f"{page_of(admin)}/lien-ket", page=page_of(admin), follow_redirects=True)
    assert "Mật khẩu của mình được đổi ở trang Tài khoản của tôi" in made.text
    assert links(made.text) == []
    assert count(OneTimeLink) == before
    assert "Cấp liên kết mới" not in client.get(page_of(admin)).text


def test_somebody_who_serves_elsewhere_too(client: Any, world: World, admin: Person, officer: Person) -> None:
    """Only the role here can be ended; the page says so and shows no other button."""
    there = world.a_district("Huyện Kiến Thụy")
    world.another_place(officer, Role.DISTRICT_COUNCIL, there)
    page = client.get(page_of(officer)).text
    assert "còn vai trò ở một nơi khác" in page
    assert "Khóa tài khoản" not in page
    assert "Kiến Thụy" not in page
    for act in ("lien-ket", "khoa", "mo", "tat-ma"):
        assert send(client, f"{page_of(officer)}/{act}", page=page_of(officer)).status_code == 409
    ending = f"{LIST}/vai-tro/{officer.place.membership_id}/ket-thuc"
    assert send(client, ending, page=page_of(officer)).status_code == 303
    assert trail() == ["person.end_role"]


def test_another_district_and_other_roles_stay_out(
    client: Any, world: World, admin: Person, officer: Person
) -> None:
    """404 for another district's persons, 403 for who is not its administrator."""
    stranger = world.a_person(Role.DISTRICT_OFFICER, world.a_district("Huyện Kiến Thụy"), name="CANARY")
    role = f"{LIST}/vai-tro/{stranger.place.membership_id}"
    kept = token(client, LIST)
    assert client.get(page_of(stranger)).status_code == 404
    assert client.get(f"{role}/ban-giao").status_code == 404
    for path in (
        f"{role}/ket-thuc",
        f"{role}/ban-giao",
        *(f"{page_of(stranger)}/{a}" for a in ("vai-tro", "lien-ket", "khoa", "mo", "tat-ma")),
    ):
        assert client.post(path, data={"csrf_token": kept} | NEW).status_code == 404, path
    assert "CANARY" not in client.get(f"{LIST}?q=canary").text
    world.sign_in(client, officer)
    for path in (LIST, f"{LIST}/them", f"{LIST}/hang-loat", page_of(admin)):
        assert client.get(path).status_code == 403
    with world.acting(officer) as actor, pytest.raises(Refused, match="quản lý tài khoản"):
        operations.create_person(actor, admin.place.tenant_id, NewPerson("a.b.c", "X"), Role.DISTRICT_ADMIN)


def test_the_list_finds_filters_and_counts(client: Any, world: World, admin: Person, officer: Person) -> None:
    """By name without marks, login, unit; by role and state; in a fixed number of pages."""
    tenant = admin.place.tenant_id
    unit = world.a_unit(tenant, "Trường THCS Trường Thọ")
    for number in range(30):
        world.a_person(Role.UNIT_EDITOR, tenant, unit, name=f"Nguyễn Thị Đào {number}")
    gone = world.a_person(Role.DISTRICT_COUNCIL, tenant, name="Người đã nghỉ")
    with acting_in(STEWARD):
        db.session.execute(
            update(Membership)
            .where(Membership.id == gone.place.membership_id)
            .values(until=signin.today() - timedelta(days=1))
        )
    for query, total in (
        ("", 33),
        ("q=thi+dao", 30),
        ("q=truong+tho", 30),
        ("role=unit_editor", 30),
        ("state=ended", 1),
        ("state=active", 32),
        ("state=disabled", 0),
        ("q=%25", 0),
        ("role=king&sort=;--&trang=abc", 33),
        ("sort=name&direction=desc&trang=99", 33),
    ):
        page = client.get(f"{LIST}?{query}").text
        assert (f"trong {total} vai trò" if total else "Không có ai khớp") in page, query


def test_the_list_costs_a_fixed_number_of_queries(
    client: Any, world: World, admin: Person, count_queries: list[str]
) -> None:
    """However many people there are."""
    client.get(LIST)
    count_queries.clear()
    client.get(LIST)
    few = len(count_queries)
    unit = world.a_unit(admin.place.tenant_id)
    for _ in range(20):
        world.a_person(Role.UNIT_EDITOR, admin.place.tenant_id, unit)
    count_queries.clear()
    client.get(LIST)
    assert len(count_queries) == few <= 10
