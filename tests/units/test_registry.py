"""The registry on the real database and through its pages."""

from __future__ import annotations

import io
import itertools
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from portal.trail.models import TrailEntry
from portal.units import operations
from portal.units.models import Unit
from portal.units.queries import details_of
from portal.units.rules import Details
from tenants.access import GuardedFlask
from tenants.database import db
from tenants.people import Role
from tenants.refusal import Conflict, Refused
from tenants.scope import acting_in
from tests.builders import STEWARD, Person, World
from tests.forms import send

LIST = "/huyen/don-vi"
ADD = f"{LIST}/them"
TYPED = {
    "name": "Trường Mầm non Hoa Sen",
    "kind": "preschool",
    "public": "yes",
    "opened_on": "05/09/2010",
    "commune": "Xã Mỹ Đức",
}


@pytest.fixture
def admin(world: World, client: Any) -> Person:
    """The administrator of a district, signed in."""
    made = world.a_person(Role.DISTRICT_ADMIN, world.a_district())
    world.sign_in(client, made)
    return made


def details(**changes: Any) -> Details:
    """Return a good entry with changes."""
    good = Details("Trường Mầm non Hoa Sen", "preschool", True, date(2010, 9, 5), commune="Xã Mỹ Đức")
    return replace(good, **changes)


def units() -> list[Unit]:
    """Return every unit of the deployment."""
    with acting_in(STEWARD):
        found = list(db.session.scalars(select(Unit).order_by(Unit.id)))
        db.session.expunge_all()
    return found


def trail() -> list[tuple[str, str]]:
    """Return what the trail says, oldest first."""
    with acting_in(STEWARD):
        return [(e.act, e.sentence) for e in db.session.scalars(select(TrailEntry).order_by(TrailEntry.id))]


def test_add_change_close_reopen_and_the_trail_tells(client: Any, admin: Person) -> None:
    """A unit's whole life by its pages."""
    page = send(client, ADD, TYPED).location
    assert "DV0001" in client.get(page).text
    changed = TYPED | {
        "version": "1",
        "phone": "0225 3872 123",
        "name": "Trường Mầm non Sen Hồng",
        "code": "hs.01",
    }
    assert send(client, f"{page}/sua", changed).status_code == 303
    assert (
        send(client, f"{page}/dong", {"version": "2", "closed_on": "31/12/2026"}, page=page).status_code
        == 303
    )
    assert "Đã đóng" in client.get(page).text
    assert send(client, f"{page}/mo-lai", {"version": "3"}, page=page).status_code == 303
    (unit,) = units()
    assert (unit.code, unit.closed_on, unit.version, unit.name_folded) == (
        "HS.01",
        None,
        4,
        "truong mam non sen hong",
    )
    assert [act for act, _ in trail()] == ["unit.add", "unit.change", "unit.close", "unit.reopen"]
    assert "mã đơn vị, tên đơn vị, điện thoại" in trail()[1][1] or "điện thoại" in trail()[1][1]


FAULTY: tuple[tuple[dict[str, str], str], ...] = (
    ({"name": ""}, "Xin nhập tên đơn vị"),
    ({"name": "x" * 5000}, "dài nhất 300"),
    ({"kind": "castle"}, "Xin chọn loại hình"),
    ({"opened_on": "31/02/2020"}, "theo mẫu 15/01/2027"),
    ({"opened_on": "hôm qua"}, "theo mẫu 15/01/2027"),
    ({"opened_on": ""}, "Xin nhập ngày thành lập"),
    ({"email": "sai"}, "Thư điện tử chưa đúng"),
    ({"code": "<script>"}, "Mã chỉ gồm"),
)


def test_faults_keep_everything_typed(client: Any, admin: Person) -> None:
    """The form comes back with the sentence at the field and what was typed."""
    for changes, sentence in FAULTY:
        answer = send(client, ADD, TYPED | {"address": "Thôn Quán Rẽ"} | changes)
        assert answer.status_code == 422
        assert sentence in answer.text
        assert 'value="Thôn Quán Rẽ"' in answer.text
    assert units() == []


def test_hostile_text_is_shown_as_text(client: Any, admin: Person) -> None:
    """Marks of HTML and control characters do no harm on any page of the unit."""
    name = "Trường <script>alert(1)</script> \x00\u202e&amp;"
    page = send(client, ADD, TYPED | {"name": name}).location
    for path in (page, f"{page}/sua", LIST):
        text = client.get(path).text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
        assert "<script>alert" not in text
    assert units()[0].name == "Trường <script>alert(1)</script> &amp;"


def test_a_taken_code_is_refused(client: Any, admin: Person, world: World) -> None:
    """In the district; another district may use the same code."""
    assert send(client, ADD, TYPED | {"code": "HS-1"}).status_code == 303
    answer = send(client, ADD, TYPED | {"code": "hs-1", "name": "Trường khác"})
    assert answer.status_code == 422
    assert "đã dùng" in answer.text
    other = world.a_person(Role.DISTRICT_ADMIN, world.a_district("Huyện Kiến Thụy"))
    with world.acting(other) as actor:
        assert operations.add_unit(actor, other.place.tenant_id, details(code="HS-1")).code == "HS-1"


@pytest.mark.parametrize(
    "name", ["TRƯỜNG MẦM NON HOA SEN", "truong mam non hoa sen", "Trường  Mầm non  Hoa Sen"]
)
def test_a_namesake_must_be_confirmed(client: Any, admin: Person, name: str) -> None:
    """Same name without marks in the same commune; another commune needs no question."""
    send(client, ADD, TYPED)
    answer = send(client, ADD, TYPED | {"name": name})
    assert answer.status_code == 422
    assert "trùng tên" in answer.text
    assert "DV0001" in answer.text
    assert send(client, ADD, TYPED | {"name": name, "confirmed": "y"}).status_code == 303
    assert send(client, ADD, TYPED | {"commune": "Xã An Tiến"}).status_code == 303
    assert [unit.code for unit in units()] == ["DV0001", "DV0002", "DV0003"]


def test_two_people_change_the_same_unit(client: Any, admin: Person, world: World) -> None:
    """The second sees what the first wrote, keeps the own text, and saves knowingly."""
    page = send(client, ADD, TYPED).location
    (unit,) = units()
    with world.acting(admin) as actor:
        operations.change_unit(
            actor, unit.tenant_id, unit.id, 1, replace(details_of(unit), head_name="Người thứ nhất")
        )
    second = TYPED | {"version": "1", "head_name": "Người thứ hai"}
    answer = send(client, f"{page}/sua", second)
    assert answer.status_code == 409
    assert "Người thứ nhất" in answer.text
    assert 'value="Người thứ hai"' in answer.text
    assert 'name="version" type="hidden" value="2"' in answer.text
    assert send(client, f"{page}/sua", second | {"version": "2"}).status_code == 303
    assert units()[0].head_name == "Người thứ hai"


def test_a_forged_version_is_a_conflict(client: Any, admin: Person) -> None:
    """Nothing is written over by accident."""
    page = send(client, ADD, TYPED).location
    for version in ("", "0", "99", "abc", "1" * 40, "-1"):
        assert send(client, f"{page}/sua", TYPED | {"version": version, "name": "Khác"}).status_code == 409


def test_closing_needs_a_day_that_makes_sense(client: Any, admin: Person, world: World) -> None:
    """Not before the opening; a stale page is a conflict; an open unit is not reopened."""
    page = send(client, ADD, TYPED).location
    for day in ("", "31/02/2026", "01/01/2000", "01/01/2099"):
        answer = send(client, f"{page}/dong", {"version": "1", "closed_on": day}, page=page)
        assert answer.status_code == 422
        assert f'value="{day}"' in answer.text or not day
    (unit,) = units()
    with world.acting(admin) as actor:
        with pytest.raises(Conflict):
            operations.close_unit(actor, unit.tenant_id, unit.id, 7, date(2026, 12, 31))
        with pytest.raises(Refused, match="đang hoạt động"):
            operations.reopen_unit(actor, unit.tenant_id, unit.id, 1)


def test_military_units_stay_out_of_public_counts(world: World, admin: Person) -> None:
    """Whatever was ticked."""
    with world.acting(admin) as actor:
        unit = operations.add_unit(
            actor, admin.place.tenant_id, details(kind="military_police", sensitive=False)
        )
        assert unit.sensitive


def test_codes_given_at_the_same_moment_differ(app: GuardedFlask, world: World, admin: Person) -> None:
    """Eight people add a unit without a code at once."""
    scope = admin.place.scope(admin.identity.account_id)

    def add(number: int) -> str:
        with app.app_context(), acting_in(scope):
            return operations.add_unit(
                admin.identity, admin.place.tenant_id, details(name=f"Trường số {number}")
            ).code

    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(add, range(16)))
    assert sorted(codes) == [f"DV{number:04d}" for number in range(1, 17)]


@pytest.fixture
def registry(world: World, admin: Person) -> int:
    """Sixty units of three kinds in four communes."""
    tenant_id = admin.place.tenant_id
    with acting_in(STEWARD):
        for number in range(1, 61):
            kind = ("primary", "preschool", "enterprise")[number % 3]
            entry = details(
                name=f"Đơn vị Hòa Bình số {number}",
                code=f"DV{number:04d}",
                kind=kind,
                public=kind != "enterprise",
                commune=f"Xã {number % 4}",
            )
            db.session.add(Unit(tenant_id=tenant_id, closed_on=None, **operations.values(entry)))
    return tenant_id


SEARCHES = (
    ("", 60),
    ("q=hoa+binh", 60),
    ("q=Hoà+BÌNH+số+7", 6),
    ("q=dv0007", 1),
    ("q=%25", 0),
    ("q=_", 0),
    ("q=%5C", 0),
    ("q='+or+1=1--", 0),
    ("kind=primary", 20),
    ("kind=castle", 60),
    ("public=no", 20),
    ("commune=Xã+1&kind=primary", 5),
    ("state=closed", 0),
    ("state=open&sort=kind&direction=desc", 60),
    ("trang=99", 60),
    ("trang=-1&sort=;drop", 60),
    ("q=" + "a" * 5000, 0),
)


def test_search_filter_sort_and_pages(client: Any, registry: int) -> None:
    """Accents are optional, wildcards are letters, unknown choices fall back."""
    for query, total in SEARCHES:
        page = client.get(f"{LIST}?{query}").text
        said = f"trong {total} đơn vị" if total else "Không có đơn vị nào khớp"
        assert said in page, query


def test_every_order_is_total(client: Any, registry: int) -> None:
    """No unit is on two pages, none is on no page."""
    client.judging = False
    for sort, direction in itertools.product(("name", "code", "kind", "commune", "opened"), ("asc", "desc")):
        seen: list[str] = []
        for number in (1, 2, 3):
            page = client.get(f"{LIST}?sort={sort}&direction={direction}&trang={number}").text
            seen += re.findall(r'<td data-label="Mã" class="num nowrap">([^<]+)</td>', page)
        assert len(seen) == len(set(seen)) == 60
        if sort == "code":
            assert seen == sorted(seen, reverse=direction == "desc")


def test_a_list_costs_a_fixed_number_of_queries(client: Any, registry: int, count_queries: list[str]) -> None:
    """However many units there are."""
    count_queries.clear()
    client.get(f"{LIST}?kind=primary")
    few = len(count_queries)
    count_queries.clear()
    client.get(LIST)
    assert len(count_queries) == few <= 12


def test_the_list_as_a_file(client: Any, registry: int) -> None:
    """The same search, all pages; formulas stay text."""
    answer = client.get(f"{LIST}/xuat.xlsx?kind=preschool")
    assert "attachment" in answer.headers["Content-Disposition"]
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    found = [row for row in sheet.iter_rows(values_only=True) if isinstance(row[0], int)]
    assert len(found) == 20
    answer = client.get(f"{LIST}/xuat.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    csv = answer.data.decode("utf-8-sig")
    assert csv.count("\n") == 61
    assert client.get(f"{LIST}/xuat.pdf").status_code == 404


def test_officers_read_and_only_administrators_write(client: Any, world: World, admin: Person) -> None:
    """The buttons are not there, and the pages say no."""
    page = send(client, ADD, TYPED).location
    officer = world.a_person(Role.DISTRICT_OFFICER, admin.place.tenant_id)
    world.sign_in(client, officer)
    assert "Thêm đơn vị" not in client.get(LIST).text
    assert "Đóng đơn vị" not in client.get(page).text
    for path in (ADD, f"{page}/sua", f"{LIST}/nhap"):
        assert client.get(path).status_code == 403
    with world.acting(officer) as actor, pytest.raises(Refused, match="quản lý danh mục"):
        operations.add_unit(actor, admin.place.tenant_id, details())


def test_another_district_sees_nothing(client: Any, world: World, admin: Person) -> None:
    """Another district's unit is unknown on every page and for every act."""
    there = world.a_district("Huyện Kiến Thụy")
    unit = world.a_unit(there, "CANARY")
    assert "CANARY" not in client.get(LIST).text
    path = f"{LIST}/{unit}"
    for answer in (
        client.get(path),
        client.get(f"{path}/sua"),
        send(client, f"{path}/sua", TYPED, page=LIST),
    ):
        assert answer.status_code == 404
    assert send(client, f"{path}/dong", {"version": "1"}, page=LIST).status_code == 404


def test_entries_that_read_the_same_are_ruled_on_pair_by_pair(
    client: Any, admin: Person, world: World
) -> None:
    """Tones, signs and short forms aside; another commune is another unit; a reason or closing one settles a pair."""
    tenant_id, page = admin.place.tenant_id, f"{LIST}/trung-ten"
    numbers = []
    for name, commune in (
        ("Trường Tiểu học Mỹ Đức", "Xã Mỹ Đức"),
        ("Truong TH. Mỹ Đức", "Mỹ Đức"),
        ("Trường Tiểu học Mỹ Đức", "Xã An Thái"),
        ("TRƯỜNG TH MỸ ĐỨC", ""),
    ):
        with world.acting(admin) as actor:
            entry = details(name=name, commune=commune, kind="primary")
            numbers.append(operations.add_unit(actor, tenant_id, entry, confirmed=True).id)
    assert "4 cặp đơn vị có tên giống nhau" in client.get(LIST).get_data(as_text=True)
    assert client.get(page).get_data(as_text=True).count("Ghi là khác nhau") == 4
    pair = {"first": str(numbers[1]), "second": str(numbers[0])}
    for wrong in ({}, pair, {**pair, "reason": "x" * 501}, {"first": "x", "second": "1", "reason": "r"}):
        answer = send(client, page, wrong)
        assert answer.status_code == 422
    long = send(client, page, {"first": str(numbers[0]), "second": str(numbers[1]), "reason": "x" * 501})
    assert "x" * 501 in long.get_data(as_text=True), "what was typed is kept"
    assert send(client, page, {**pair, "reason": "Hai điểm trường riêng."}).status_code == 303
    again = send(client, page, {**pair, "reason": "Lần nữa."})
    assert again.status_code == 409
    assert "đã ghi hai đơn vị này là khác nhau" in again.get_data(as_text=True)
    with world.acting(admin) as actor:
        unit = db.session.get_one(Unit, (tenant_id, numbers[3]))
        operations.close_unit(actor, tenant_id, unit.id, unit.version, date(2026, 6, 30))
    world.set_clock(2027, 1, 11, 9, 0)
    assert "Không có đơn vị nào trùng tên" in client.get(page).get_data(as_text=True)


def test_a_unit_closed_in_mid_year_keeps_its_dossier(client: Any, admin: Person, world: World) -> None:
    """Its page, the district's and its own dossier say what becomes of it; nothing is lost."""
    tenant_id = admin.place.tenant_id
    unit_id = world.a_unit(tenant_id)
    dossier = world.a_dossier(tenant_id, unit_id, "submitted")
    head = world.a_person(Role.UNIT_HEAD, tenant_id, unit_id)
    assert "được giữ nguyên" in client.get(f"{LIST}/{unit_id}").get_data(as_text=True)
    with world.acting(admin) as actor:
        unit = db.session.get_one(Unit, (tenant_id, unit_id))
        operations.close_unit(actor, tenant_id, unit_id, unit.version, date(2026, 6, 30))
    for path, person in (
        (f"{LIST}/{unit_id}", admin),
        (f"/huyen/ho-so/{dossier}", admin),
        (f"/ho-so/{dossier}", head),
    ):
        world.sign_in(client, person)
        page = client.get(path).get_data(as_text=True)
        assert "Đơn vị đóng giữa năm:" in page, path
        assert "hoạt động đến hết ngày 30/06/2026, không còn tại 31/12/2026" in page
