"""A roster from the template to the form: counted, taken or left, seen by nobody else, erased in time."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import openpyxl
import psycopg
import pytest
import xlsxwriter
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from portal.dossiers.queries import open_sheet
from portal.roster import operations
from portal.roster.models import Roster, RosterPerson
from portal.roster.queries import layout_of
from portal.roster.rules import LABEL_HEAD, MOST_PEOPLE
from portal.roster.template import template
from portal.trail.models import TrailEntry
from tenants.database import db
from tenants.people import Role
from tenants.refusal import Conflict, Refused
from tenants.scope import Scope, ScopeKind, acting_in, enter
from tests.beds import made_once
from tests.builders import STEWARD, Person, World
from tests.forms import token
from tests.units.test_reading import repacked

NAME = "Người Không Được Lộ"
Rows = Sequence[Sequence[Any]]


@made_once
def an_empty_draft(world: World, **unit: Any) -> tuple[int, int, Person, int]:
    """Start a new unit's dossier; its district, the unit, its clerk, the dossier."""
    tenant_id = world.a_district()
    unit_id = world.a_unit(tenant_id, **unit)
    clerk = world.a_person(Role.UNIT_EDITOR, tenant_id, unit_id, name="Cán bộ đầu mối")
    return tenant_id, unit_id, clerk, world.a_dossier(tenant_id, unit_id)


class School:
    """A school of 37 with an empty draft, its clerk signed in, and its own template."""

    def __init__(self, world: World, client: Any, **unit: Any) -> None:
        self.world, self.client = world, client
        self.tenant_id, self.unit_id, self.clerk, self.id = an_empty_draft(world, **unit)
        with world.acting(self.clerk, writes=False):
            sheet = open_sheet(world.dossier(self.tenant_id, self.id))
            self.ids = {i.code: i.id for i in sheet.indicators}
            self.columns = [c.code for c in layout_of(sheet)[0].columns]
            self.blank = template(layout_of(sheet), sheet.unit.name, 2026)
        world.sign_in(client, self.clerk)
        self.token = token(client, f"/ho-so/{self.id}/danh-sach")

    def row(self, number: int, name: str, *codes: str) -> list[Any]:
        """Return a row of the members' sheet with marks at codes."""
        return [number, name, *("x" if code in codes else None for code in self.columns)]

    def book(self, members: Rows, learners: Rows = (), change: Callable[[Any], None] | None = None) -> bytes:
        """Return the template filled in; `change` does something else to it."""
        book = openpyxl.load_workbook(io.BytesIO(self.blank))
        for name, rows in (("Thành viên", members), ("Người học", learners)):
            for number, row in enumerate(rows, 4):
                for column, cell in enumerate(row, 1):
                    book[name].cell(number, column, cell)
        if change is not None:
            change(book)
        target = io.BytesIO()
        book.save(target)
        return target.getvalue()

    def send(self, content: bytes, name: str = "danh sach.xlsx") -> Any:
        """Send a file as the page does."""
        data = {"csrf_token": self.token, "file": (io.BytesIO(content), name)}
        return self.client.post(
            f"/ho-so/{self.id}/danh-sach",
            data=data,
            content_type="multipart/form-data",
            follow_redirects=True,
        )

    def post(self, path: str, **fields: Any) -> Any:
        """Post a form of the page."""
        data = {"csrf_token": self.token, **fields}
        return self.client.post(f"/ho-so/{self.id}/danh-sach{path}", data=data, follow_redirects=True)

    def stored(self) -> tuple[int | None, dict[str, int | None]]:
        """Return the members and the parts that stand in the form."""
        with self.world.acting(self.clerk, writes=False):
            sheet = open_sheet(self.world.dossier(self.tenant_id, self.id))
            parts = {code: sheet.answers[number].part for code, number in self.ids.items()}
            return sheet.headcounts["members"].value, parts

    def seen(self) -> dict[str, int]:
        """Return the versions a page shown now would carry."""
        with self.world.acting(self.clerk, writes=False):
            sheet = open_sheet(self.world.dossier(self.tenant_id, self.id))
            heads = {code: row.version for code, row in sheet.headcounts.items()}
            return heads | {str(number): row.version for number, row in sheet.answers.items()}


@pytest.fixture
def school(world: World, client: Any) -> School:
    """A primary school."""
    return School(world, client)


def names_of(school: School) -> int:
    """Count the names that are stored, as the unit sees them."""
    with acting_in(Scope(ScopeKind.UNIT, school.tenant_id, school.unit_id, 1, writes=False)):
        return int(db.session.scalar(select(func.count()).select_from(RosterPerson)) or 0)


def test_from_the_template_to_the_form(school: School) -> None:
    """Dry run, preview beside what stands, one count left, the others taken; erased by a button, counts stay."""
    page = school.client.get(f"/ho-so/{school.id}/danh-sach")
    assert "Chưa có danh sách" not in page.text
    assert "Tên được xóa tự động sau 90 ngày" in page.text
    given = school.client.get(f"/ho-so/{school.id}/danh-sach/tep-mau.xlsx")
    sheets = openpyxl.load_workbook(io.BytesIO(given.data))
    assert sheets.sheetnames == ["Thành viên", "Người học", "Giải thích"]
    people = [school.row(n, f"{NAME} {n:02d}", "2.1", *(["3.1"] if n > 4 else [])) for n in range(1, 37)]
    people.append(school.row(37, f"{NAME} 36", "2.1", "3.1"))
    answer = school.send(school.book(people, [[1, "Lớp 1A"], [2, "HS-2", "x"]]))
    assert "Đã đếm 39 người." in answer.text
    assert f"Thành viên: “{NAME} 36” ở dòng 39, 40" in answer.text
    assert "33/37 = 89,18 %" in answer.text
    assert school.stored() == (None, dict.fromkeys(school.ids)), "a dry run changes nothing"
    only = school.client.get(f"/ho-so/{school.id}/danh-sach?thieu=members:3.1").text
    assert f"{NAME} 04" in only
    assert f"{NAME} 05" not in only
    seen = {f"seen-{name}": str(version) for name, version in school.seen().items()}
    taken = school.post("/lay-so-lieu", take=["members", "3.1"], **seen)
    assert "Đã lấy số liệu từ danh sách vào hồ sơ." in taken.text
    assert "Cần thêm 1 người" not in taken.text, "thresholds are not confirmed here"
    members, parts = school.stored()
    assert (members, parts["3.1"], parts["2.1"]) == (37, 33, None)
    answer = school.post("/xoa")
    assert "các con số vẫn giữ" in answer.text
    assert NAME not in answer.text
    assert names_of(school) == 0
    assert "33/37" in answer.text
    again = school.post("/lay-so-lieu", take=["2.1"], **{f"seen-{school.ids['2.1']}": "1"})
    assert "Đã lấy số liệu" in again.text
    assert school.stored()[1]["2.1"] == 37
    with acting_in(STEWARD):
        told = db.session.scalars(select(TrailEntry.sentence).where(TrailEntry.act == "roster")).all()
        kept = [str(row) for row in db.session.execute(text("select to_jsonb(t)::text from trail_entry t"))]
    assert "đã lấy từ danh sách: số Thành viên tại 31/12, chỉ tiêu 3.1." in told
    assert not any(NAME in row for row in kept)


def merged(book: Any) -> None:
    """Merge two cells among the people."""
    book["Thành viên"].merge_cells("B4:B5")


def formula(book: Any) -> None:
    """Put a formula where a mark stands."""
    book["Thành viên"]["C4"] = '=IF(1=1,"x","")'


def without_a_column(book: Any) -> None:
    """Take a column away."""
    book["Thành viên"].delete_cols(3)


def hidden(book: Any) -> None:
    """Hide the sheet that counts."""
    book["Thành viên"].sheet_state = "hidden"


def twice(book: Any) -> None:
    """Put the same list on a second sheet."""
    book.copy_worksheet(book["Thành viên"])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (merged, "Có ô gộp (B4:B5); xin bỏ gộp ô"),
        (formula, "là công thức; hệ thống không tính công thức"),
        (without_a_column, "Thiếu cột “2.1 Kỷ luật lao động"),
        (hidden, "Danh sách trong tệp chưa có người nào. Trang tính ẩn “Thành viên” không được đọc"),
        (twice, "Cũng là bảng Thành viên như trang “Thành viên”"),
    ],
)
def test_what_cannot_be_counted_is_said_and_nothing_is_kept(
    school: School, change: Callable[[Any], None], sentence: str
) -> None:
    """A clear sentence with sheet and row; no name of a refused file is stored."""
    answer = school.send(school.book([school.row(1, f"{NAME} 1", "2.1")], change=change))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert names_of(school) == 0


def test_files_that_are_no_roster(school: School) -> None:
    """Nothing, text, an old workbook, macros, a swelling archive, somebody's other table, an empty one."""
    good = school.book([school.row(1, "An", "2.1")])
    other = io.BytesIO()
    openpyxl.Workbook().save(other)
    swelling = repacked(good, xl__media__big=b"\x00" * 40_000_000)
    for content, sentence in (
        (b"", "Xin chọn tệp để gửi."),
        (b"Ho ten;2.1\nAn;x\n", "Đây không phải tệp Excel."),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "Tệp .xls cũ hoặc có mật khẩu."),
        (b"PK\x03\x04" + b"\x00" * 300, "Không đọc được tệp này"),
        (repacked(good, xl__vbaProject=b"x", **{"xl__vbaProject-dot-bin": b"x"}), "Tệp có macro"),
        (swelling, "Tệp phình quá lớn khi mở"),
        (other.getvalue(), "Không thấy bảng danh sách"),
        (school.blank, "Danh sách trong tệp chưa có người nào."),
    ):
        answer = school.send(content)
        assert answer.status_code == 422, sentence
        assert sentence in answer.text
    with_hidden = school.book(
        [school.row(1, "An", "2.1")],
        change=lambda b: setattr(b.create_sheet("Nháp"), "sheet_state", "hidden"),
    )
    answer = school.send(with_hidden)
    assert "Trang tính ẩn “Nháp” không được đọc;" in answer.text
    assert "Trang “Người học” không có dòng nào" in answer.text
    hostile = school.send(school.book([school.row(1, "<script>alert(1)</script>", "2.1")]))
    assert "<script>alert(1)" not in hostile.text
    assert "&lt;script&gt;" in hostile.text


def many(school: School, number: int) -> bytes:
    """Return a roster of so many people, written fast."""
    target = io.BytesIO()
    with (
        acting_in(Scope(ScopeKind.UNIT, school.tenant_id, school.unit_id, 1, writes=False)),
        xlsxwriter.Workbook(target, {"constant_memory": True}) as book,
    ):
        columns = layout_of(open_sheet(school.world.dossier(school.tenant_id, school.id)))[0].columns
        page = book.add_worksheet("Thành viên")
        page.write_row(0, 0, [LABEL_HEAD, *(column.head for column in columns)])
        for n in range(1, number + 1):
            page.write_row(n, 0, [f"Người {n:05d}", "x"])
    return target.getvalue()


def test_twenty_thousand_people(school: School) -> None:
    """As many as may be are counted in a bearable time."""
    began = time.process_time()
    assert "Đã đếm 20.000 người." in school.send(many(school, MOST_PEOPLE)).text
    assert time.process_time() - began < 20
    assert names_of(school) == MOST_PEOPLE


def test_a_part_left_above_a_whole_taken(school: School) -> None:
    """What cannot stand together is refused whole; taken with its part it goes, falling or rising."""
    world = school.world
    with world.acting(school.clerk) as actor:
        dossier = world.dossier(school.tenant_id, school.id)
        seen = {code: row.version for code, row in open_sheet(dossier).headcounts.items()}
        operations.save_figures(
            actor, dossier, {"members": 40}, {school.ids["2.1"]: 40}, seen=seen | {str(school.ids["2.1"]): 1}
        )
    school.send(school.book([school.row(n, f"GV {n}", "2.1") for n in range(1, 31)]))
    seen_fields = {f"seen-{name}": str(version) for name, version in school.seen().items()}
    answer = school.post("/lay-so-lieu", take=["members"], **seen_fields)
    assert answer.status_code == 422
    assert "số đạt (40) lớn hơn tổng số (30)" in answer.text
    assert school.stored()[0] == 40
    assert school.post("/lay-so-lieu", take=["members", "2.1"], **seen_fields).status_code == 200
    assert (school.stored()[0], school.stored()[1]["2.1"]) == (30, 30)
    stale = school.post("/lay-so-lieu", take=["members"], **seen_fields)
    assert stale.status_code == 200, "the same figure again is no change"
    school.send(school.book([school.row(n, f"GV {n}", "2.1") for n in range(1, 36)]))
    stale = school.post("/lay-so-lieu", take=["members", "2.1"], **seen_fields)
    assert stale.status_code == 409
    assert "vừa sửa" in stale.text
    assert school.post("/lay-so-lieu").status_code == 422
    assert (school.stored()[0], school.stored()[1]["2.1"]) == (30, 30)


def test_names_never_leave_the_unit(school: School, app: Any) -> None:
    """No grant for district, province, steward, sign-in, public: not to read, not to count, not to change."""
    school.send(school.book([school.row(1, NAME, "2.1")]))
    neighbour = school.world.a_unit(school.tenant_id, "Trường Tiểu học Tân Phong")
    for scope in (
        Scope(ScopeKind.DISTRICT, school.tenant_id, 0, 1),
        Scope(ScopeKind.PROVINCE, school.world.province_id, 0, 1),
        STEWARD,
        Scope(ScopeKind.SIGNIN),
        Scope(ScopeKind.PUBLIC),
    ):
        for statement in (
            "select count(*) from roster_person",
            "delete from roster_person",
            "update roster_person set label = 'x'",
        ):
            enter(scope)
            with pytest.raises(DBAPIError) as refused:
                db.session.execute(text(statement))
            assert isinstance(refused.value.orig, psycopg.errors.InsufficientPrivilege), (
                scope.kind,
                statement,
            )
            db.session.rollback()
    enter(None)
    with acting_in(Scope(ScopeKind.UNIT, school.tenant_id, neighbour, 1, writes=False)):
        assert db.session.scalar(select(func.count()).select_from(RosterPerson)) == 0
    officer = school.world.a_person(Role.DISTRICT_OFFICER, school.tenant_id)
    school.world.sign_in(school.client, officer)
    assert school.client.get(f"/ho-so/{school.id}/danh-sach").status_code == 403
    stranger = school.world.a_person(Role.UNIT_HEAD, school.tenant_id, neighbour)
    school.world.sign_in(school.client, stranger)
    for path in ("", "/tep-mau.xlsx"):
        assert school.client.get(f"/ho-so/{school.id}/danh-sach{path}").status_code == 404


def test_names_are_erased_when_their_day_has_come(school: School) -> None:
    """The days kept are a setting; hidden from their day on, erased by the command, counts and dossier untouched."""
    world = school.world
    with acting_in(STEWARD):
        for wrong in (0, 1000):
            with pytest.raises(Refused):
                operations.keep_for(wrong)
        operations.keep_for(30)
    school.send(school.book([school.row(1, NAME, "2.1")]))
    assert operations.erase_old_rosters() == 0
    world.set_clock(2027, 2, 9, 0, 0, 1)
    page = school.client.get(f"/ho-so/{school.id}/danh-sach")
    assert NAME not in page.text
    assert "Tên đã hết hạn giữ" in page.text
    assert names_of(school) == 1, "not erased yet"
    runner = world.app.test_cli_runner()
    assert "Đã xóa tên trong 1 danh sách." in runner.invoke(args=["roster", "erase"]).output
    assert "Tên được giữ 30 ngày." in runner.invoke(args=["roster", "days"]).output
    assert runner.invoke(args=["roster", "days", "0"]).exit_code == 1
    assert operations.erase_old_rosters() == 0
    assert names_of(school) == 0
    with acting_in(STEWARD):
        kept = db.session.scalars(select(Roster)).one()
        assert (kept.parts["2.1"], kept.erase_on, kept.erased_at is not None) == (1, date(2027, 2, 9), True)


def test_who_may_not_and_when_not(world: World, client: Any) -> None:
    """A unit that tells no people, a signed dossier, nothing sent yet, no right."""
    barracks = School(world, client, name="Ban Chỉ huy Quân sự", kind="military_police", sensitive=True)
    assert "Đơn vị không nhập danh sách" in client.get(f"/ho-so/{barracks.id}/danh-sach").text
    answer = barracks.send(barracks.blank)
    assert answer.status_code == 409
    assert "thuộc diện không cung cấp số người" in answer.text
    school = School(world, client)
    with pytest.raises(Refused, match="Chưa có danh sách nào"), world.acting(school.clerk) as actor:
        operations.take(actor, world.dossier(school.tenant_id, school.id), ["members"], {})
    with pytest.raises(Refused, match="Không có danh sách nào"), world.acting(school.clerk) as actor:
        operations.erase(actor, world.dossier(school.tenant_id, school.id))
    unit_id = world.a_unit(school.tenant_id, "Trường Tiểu học An Thọ")
    signed = world.a_dossier(school.tenant_id, unit_id, "signed")
    clerk = world.a_person(Role.UNIT_EDITOR, school.tenant_id, unit_id)
    with pytest.raises(Refused, match="không nhập danh sách được nữa"), world.acting(clerk) as actor:
        operations.read(actor, world.dossier(school.tenant_id, signed), school.blank)
    officer = world.a_person(Role.DISTRICT_OFFICER, school.tenant_id)
    with pytest.raises(Refused) as refused, world.acting(officer) as actor:
        operations.read(actor, world.dossier(school.tenant_id, signed), school.blank)
    assert refused.value.status == 403


def test_two_at_once_and_the_number_of_queries(school: School, count_queries: list[str]) -> None:
    """The second file replaces the first; a page of fifty costs what a page of one costs."""
    counts = []
    for n in (1, 60):
        school.send(school.book([school.row(k, f"GV {k}", "2.1") for k in range(1, n + 1)]))
        count_queries.clear()
        school.client.get(f"/ho-so/{school.id}/danh-sach")
        counts.append(len(count_queries))
    assert counts[0] == counts[1]
    assert counts[1] <= 40
    assert names_of(school) == 60
    world, seen = school.world, school.seen()
    with world.acting(school.clerk) as actor:
        operations.take(actor, world.dossier(school.tenant_id, school.id), ["2.1", "members"], seen)
    school.send(school.book([school.row(k, f"GV {k}", "2.1") for k in range(1, 51)]))
    with pytest.raises(Conflict), world.acting(school.clerk) as actor:
        operations.take(actor, world.dossier(school.tenant_id, school.id), ["members"], seen)
