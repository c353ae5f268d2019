"""A registry from a file: the dry run, the writing, and everything that must not happen."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from portal.jobs.working import Jobs
from portal.trail.models import TrailEntry
from portal.units import importing
from portal.units.models import ImportBatch, Unit
from portal.units.template import template
from tenants.database import db
from tenants.people import Role
from tenants.refusal import Refused
from tenants.scope import acting_in
from tests.builders import STEWARD, Person, World
from tests.forms import send, token

IMPORT = "/huyen/don-vi/nhap"
HEAD = (
    "Tên đơn vị",
    "Loại hình",
    "Xã, phường, thị trấn",
    "Mã đơn vị",
    "Điện thoại",
    "Công lập",
    "Ngày thành lập",
)
ROWS = (
    ("Trường Mầm non Hoa Sen", "Mầm non", "Xã Mỹ Đức", "", "0225 3872 123", "Công lập", "05/09/2010"),
    ("Hợp tác xã An Thắng", "Doanh nghiệp, HTX", "Xã An Thắng", "HTX-01", "", "ngoài công lập", ""),
    ("Ban Chỉ huy Quân sự huyện", "4", "", "", "", "", ""),
)


@pytest.fixture
def admin(world: World, client: Any) -> Person:
    """The administrator of a district, signed in."""
    made = world.a_person(Role.DISTRICT_ADMIN, world.a_district())
    world.sign_in(client, made)
    return made


def book(*rows: tuple[Any, ...]) -> bytes:
    """Return a filled-in sheet."""
    made = openpyxl.Workbook()
    for row in (HEAD, *rows):
        made.active.append(list(row))  # type: ignore[union-attr]
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def upload(client: Any, content: bytes, name: str = "danh mục.xlsx") -> Any:
    """Send a file to the dry run."""
    data = {"csrf_token": token(client, IMPORT), "file": (io.BytesIO(content), name)}
    return client.post(IMPORT, data=data)


def units() -> list[Unit]:
    """Return every unit, in the order of their making."""
    with acting_in(STEWARD):
        found = list(db.session.scalars(select(Unit).order_by(Unit.id)))
        db.session.expunge_all()
    return found


def test_a_dry_run_writes_nothing_until_confirmed(client: Any, admin: Person) -> None:
    """Then everything at once, with codes where there were none, and the trail tells."""
    page = upload(client, book(*ROWS)).location
    text = client.get(page).text
    assert "thêm 3 và sửa 0 đơn vị" in text
    assert units() == []
    assert send(client, page).location == "/huyen/don-vi"
    first, second, third = units()
    assert (first.code, second.code) == ("HTX-02", "HTX-01")
    assert (first.phone, first.opened_on.isoformat()) == ("0225 3872 123", "2010-09-05")
    assert (second.public, second.opened_on.isoformat()) == (False, "2026-01-01")
    assert (third.kind, third.sensitive) == ("military_police", True)
    with acting_in(STEWARD):
        acts = list(db.session.scalars(select(TrailEntry.act).order_by(TrailEntry.id)))
    assert acts == ["unit.import", "unit.add", "unit.add", "unit.add"]


def test_a_second_confirmation_is_refused_and_the_same_file_changes_nothing(
    client: Any, admin: Person
) -> None:
    """A double click, a reload, or the file sent again: three units stay three."""
    page = upload(client, book(*ROWS)).location
    send(client, page)
    answer = send(client, page, follow_redirects=True)
    assert len(units()) == 3
    assert "Tệp đã nhập xong" in client.get(page).text
    again = upload(client, book(*ROWS)).location
    text = client.get(again).text
    assert "giống hệt danh mục" in text
    assert answer.status_code in (200, 409)
    versions = [unit.version for unit in units()]
    send(client, again)
    assert [unit.version for unit in units()] == versions


def test_rows_find_their_unit_by_code_then_by_name(client: Any, admin: Person, world: World) -> None:
    """Empty cells keep what is there; the code decides, the name helps."""
    tenant = admin.place.tenant_id
    by_code = world.a_unit(tenant, "Trường Tiểu học Mỹ Đức")
    by_name = world.a_unit(tenant, "Trường Tiểu học An Tiến")
    code = next(unit.code for unit in units() if unit.id == by_code)
    page = upload(
        client,
        book(
            ("Trường Tiểu học Mỹ Đức 2", "Tiểu học", "", code.lower(), "", "", ""),
            ("TRUONG TIEU HOC AN TIEN", "THCS", "mỹ đức", "", "0225 111 222", "", ""),
        ),
    ).location
    assert "thêm 0 và sửa 2 đơn vị" in client.get(page).text
    send(client, page)
    found = {unit.id: unit for unit in units()}
    assert found[by_code].name == "Trường Tiểu học Mỹ Đức 2"
    assert found[by_code].head_title == "Hiệu trưởng"
    assert (found[by_name].kind, found[by_name].phone) == ("lower_secondary", "0225 111 222")
    assert len(found) == 2


BAD = (
    (("", "Tiểu học"), "Tên đơn vị", "xin nhập tên đơn vị"),
    (("Trường A", ""), "Loại hình", "xin chọn loại hình"),
    (("Trường B", "Trường làng"), "Loại hình", "không có loại hình “Trường làng”"),
    (("=HYPERLINK(1)", "Tiểu học"), "Tên đơn vị", "phải bắt đầu bằng chữ"),
    (("Trường D", "Tiểu học", "", "MÃ/01"), "Mã đơn vị", "mã chỉ gồm"),
    (("Trường E", "Tiểu học", "", "", "gọi bảo vệ"), "Điện thoại", "điện thoại chưa đúng"),
    (("Trường F", "Tiểu học", "", "", "", "hình như có"), "Công lập", "chưa rõ"),
    (("Trường G", "Tiểu học", "", "", "", "", "32/01/2020"), "Ngày thành lập", "không phải ngày"),
    (("Trường H", "Tiểu học", "", "TRUNG"), "", ""),
    (("Trường I", "Tiểu học", "", "trung"), "Mã đơn vị", "trùng với dòng 10 của tệp"),
    (("trường h", "Tiểu học"), "Tên đơn vị", "trùng với dòng 10 của tệp"),
    (("K" * 400, "Tiểu học"), "Tên đơn vị", "dài nhất 300"),
)


def test_every_bad_row_is_named_with_its_column(client: Any, admin: Person) -> None:
    """All of them at once, and nothing can be written while one stands."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.append(list(HEAD))
    for values, _column, _sentence in BAD:
        sheet.append(list(values))
    sheet.cell(5, 1).data_type = "s"
    target = io.BytesIO()
    made.save(target)
    page = upload(client, target.getvalue()).location
    text = client.get(page).text
    for line, (_values, column, sentence) in enumerate(BAD, 2):
        if sentence:
            row = text[text.index(f"Dòng {line}<") :].split("</tr>")[0]
            assert column in row
            assert sentence in row
    assert "Ghi vào danh mục" not in text
    with acting_in(STEWARD):
        batch_id = db.session.scalar(select(ImportBatch.id))
    assert batch_id
    answer = client.post(page, data={"csrf_token": token(client, page)})
    assert answer.status_code == 422
    assert units() == []


def test_a_name_of_two_units_asks_for_the_code(client: Any, admin: Person, world: World) -> None:
    """Nobody guesses which of two is meant, nor gives a known unit a second code."""
    for _ in range(2):
        world.a_unit(admin.place.tenant_id, "Trường Tiểu học Mỹ Đức")
    world.a_unit(admin.place.tenant_id, "Trường Tiểu học An Tiến")
    text = client.get(
        upload(
            client,
            book(
                ("Trường Tiểu học Mỹ Đức", "Tiểu học", "", "", "", "", ""),
                ("Trường Tiểu học An Tiến", "Tiểu học", "", "MA-MOI", "", "", ""),
            ),
        ).location
    ).text
    assert "có nhiều đơn vị cùng tên" in text
    assert "xin ghi đúng mã hoặc để trống" in text


def test_the_registry_changed_between_dry_run_and_confirmation(
    client: Any, admin: Person, world: World
) -> None:
    """The plan is made anew: a unit that appeared meanwhile is changed, not doubled."""
    page = upload(client, book(ROWS[0])).location
    world.a_unit(admin.place.tenant_id, "Trường Mầm non Hoa Sen", "preschool")
    send(client, page)
    (unit,) = units()
    assert unit.phone == "0225 3872 123"


def test_a_dropped_file_is_gone(client: Any, admin: Person) -> None:
    """Its rows are not kept, and it cannot be confirmed."""
    page = upload(client, book(*ROWS)).location
    assert send(client, f"{page}/bo", page=page).status_code == 303
    assert "Tệp đã bỏ" in client.get(page).text
    answer = client.post(page, data={"csrf_token": token(client, IMPORT)})
    assert answer.status_code == 409
    with acting_in(STEWARD):
        assert db.session.scalar(select(ImportBatch.rows)) == []
    assert units() == []


@pytest.mark.parametrize("content", [b"", b"MZ\x90\x00", b"<html>", template()])
def test_files_without_a_registry_get_a_sentence(client: Any, admin: Person, content: bytes) -> None:
    """The page comes back with what to do; an empty template has no rows."""
    answer = upload(client, content)
    assert answer.status_code == 422
    assert "Chưa đọc được tệp" in answer.text


def test_a_file_of_six_megabytes_is_too_large(client: Any, admin: Person) -> None:
    """Refused before it is read."""
    answer = upload(client, b"x" * (6 * 1024 * 1024))
    assert answer.status_code == 413
    answer.request.input_stream.close()


def test_no_file_at_all(client: Any, admin: Person) -> None:
    """The form sent empty, or with text where the file should be."""
    assert send(client, IMPORT).status_code == 422
    assert send(client, IMPORT, {"file": "text"}).status_code == 422


def test_the_name_of_a_file_is_only_text(client: Any, admin: Person) -> None:
    """Paths and marks in it do nothing."""
    page = upload(client, book(ROWS[0]), "../../<script>\u202ex" + "a" * 400 + ".xlsx").location
    assert "&lt;script&gt;" in client.get(page).text


def test_another_district_cannot_touch_the_file(client: Any, admin: Person, world: World) -> None:
    """Unknown there, and confirming it is refused."""
    page = upload(client, book(ROWS[0])).location
    number = int(page.rsplit("/", 1)[1])
    other = world.a_person(Role.DISTRICT_ADMIN, world.a_district("Huyện Kiến Thụy"))
    with world.acting(other) as actor, pytest.raises(Refused, match="Không tìm thấy"):
        importing.confirm_batch(actor, other.place.tenant_id, number)
    world.sign_in(client, other)
    assert client.get(page).status_code == 404
    officer = world.a_person(Role.DISTRICT_OFFICER, admin.place.tenant_id)
    world.sign_in(client, officer)
    assert client.get(page).status_code == 403


def test_two_thousand_rows_take_a_fixed_number_of_queries(
    client: Any, world: World, admin: Person, count_queries: list[str]
) -> None:
    """The dry run reads the registry once, however long the file is; a job reads the file and writes it."""
    rows = [
        (f"Trường Mầm non số {n}", "Mầm non", f"Xã số {n}", "", f"0225 387 {n:04}", "Công lập", "05/09/2010")
        for n in range(2000)
    ]
    page = upload(client, book(*rows)).location
    assert "Đang đọc tệp" in client.get(page).text
    Jobs().run(world.app.extensions["settings"], lambda: False)
    count_queries.clear()
    client.get(page)
    assert len(count_queries) <= 10
    send(client, page)
    assert "Đang ghi tệp" in client.get(page).text
    assert units() == []
    Jobs().run(world.app.extensions["settings"], lambda: False)
    assert "Tệp đã nhập xong" in client.get(page).text
    found = units()
    assert len({unit.code for unit in found}) == 2000
    assert found[-1].code == "DV2000"
