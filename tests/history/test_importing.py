"""Results of earlier years from a file: the dry run, the writing, undoing it, and everything that must not happen."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select

from portal.history import importing, operations
from portal.history.columns import LABELS, ORDER
from portal.history.models import PastResult
from portal.history.template import template
from portal.jobs.working import Jobs
from portal.trail.models import TrailEntry
from portal.units.models import ImportBatch, Unit
from tenants.database import db
from tenants.people import Role
from tenants.refusal import Refused
from tenants.scope import acting_in
from tests.builders import STEWARD, Person, World
from tests.forms import send, token

IMPORT = "/huyen/ket-qua-cu/nhap"
NAMES = ("code", "name", "year", "points", "band", "level", "decision_number", "decided_on", "commune")


@dataclass
class Here:
    """A district with three units of which two share a name, and its officer at the browser."""

    world: World
    client: Any
    officer: Person
    units: list[int]

    @property
    def codes(self) -> list[str]:
        """The codes of the units."""
        with acting_in(STEWARD):
            known = {unit.id: unit.code for unit in db.session.scalars(select(Unit))}
        return [known[unit] for unit in self.units]

    def page(self, *rows: Sequence[Any]) -> str:
        """Send a file of rows; returns the address of its dry run."""
        return str(upload(self.client, book(*rows)).location)


@pytest.fixture
def here(world: World, client: Any) -> Here:
    """The district, its officer signed in."""
    tenant_id = world.a_district()
    names = ("Trường Tiểu học Hòa Bình", "Trường THCS An Tiến", "Trường THCS An Tiến")
    units = [world.a_unit(tenant_id, name) for name in names]
    officer = world.a_person(Role.DISTRICT_OFFICER, tenant_id)
    world.sign_in(client, officer)
    return Here(world, client, officer, units)


def book(*rows: Sequence[Any], change: Callable[[Any], None] | None = None) -> bytes:
    """Return a filled-in sheet; `change` may do to the workbook what people do."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.append([LABELS[name] for name in NAMES])
    for row in rows:
        sheet.append(list(row))
    if change:
        change(made)
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def upload(client: Any, content: bytes, name: str = "kết quả cũ.xlsx") -> Any:
    """Send a file to the dry run."""
    return client.post(
        IMPORT, data={"csrf_token": token(client, IMPORT), "file": (io.BytesIO(content), name)}
    )


def stored() -> list[tuple[int, int, str, int | None, bool]]:
    """Return every past result: unit, year, points with band, level, whether it was withdrawn."""
    with acting_in(STEWARD):
        return [
            (row.unit_id, row.year, f"{row.points} {row.band}", row.level, row.withdrawn_at is not None)
            for row in db.session.scalars(select(PastResult).order_by(PastResult.id))
        ]


def test_a_file_is_read_then_written_then_undone(here: Here) -> None:
    """By code, by name without marks; nothing before the confirmation, everything after, nothing after undoing."""
    first, second, _third = here.codes
    rows = (
        ("", "TRUONG TIEU HOC HOÀ BÌNH", 2022, 86.5, "Loại Tốt", "", "15/QĐ-UBND", "10/02/2023", ""),
        (second.lower(), "", "Năm 2022", "49,5", "Yếu", "", "", "", ""),
        (first, "Tên cũ của trường", 2023, "", "", "Mức độ 2", "", "", ""),
        ("MA-CU", "Trường Tiểu học Hòa Bình", 2021, "", "", "chưa đạt", "", "", ""),
    )
    page = here.page(*rows)
    text = here.client.get(page).text
    assert "ghi 4 kết quả mới" in text
    assert "86,5 điểm, xếp loại Tốt" in text
    assert "khác tên ghi trong tệp" in text
    assert "không có mã MA-CU; khớp theo tên" in text
    assert stored() == []
    assert send(here.client, page).status_code == 303
    written = [
        (here.units[0], 2022, "86.50 Tốt", None, False),
        (here.units[1], 2022, "49.50 Yếu", None, False),
        (here.units[0], 2023, "None ", 2, False),
        (here.units[0], 2021, "None ", 0, False),
    ]
    assert stored() == written
    assert send(here.client, page, page=IMPORT).status_code == 409
    assert len(stored()) == 4
    assert "Đã ghi" in here.client.get(IMPORT).text
    again = here.page(*rows)
    assert "không có kết quả nào mới" in here.client.get(again).text
    assert send(here.client, again, page=IMPORT).status_code == 409
    assert send(here.client, f"{page}/hoan-tac", page=page).status_code == 303
    assert stored() == [(*row[:4], True) for row in written]
    assert "Đã hoàn tác." in here.client.get(page).text
    assert send(here.client, f"{page}/hoan-tac", page=IMPORT).status_code == 409
    with acting_in(STEWARD):
        entries = db.session.execute(
            select(TrailEntry.act, TrailEntry.unit_id, TrailEntry.sentence).order_by(TrailEntry.id)
        ).all()
    assert ("past_import_undo", None, "đã hoàn tác lần nhập 4 kết quả từ tệp “kết quả cũ.xlsx”.") in entries
    told = "đã ghi kết quả các năm 2021, 2022, 2023 từ tệp."
    assert ("past_result", here.units[0], told) in entries
    assert "ghi 4 kết quả mới" in here.client.get(here.page(*rows)).text


BAD = (
    (("", "", 2022, 80), "Tên đơn vị", "xin ghi mã hoặc tên"),
    (("KHONG-CO", "", 2022, 80), "Mã đơn vị", "danh mục không có mã KHONG-CO"),
    (("", "Trường không có thật", 2022, 80), "Tên đơn vị", "không có đơn vị tên này"),
    (("", "Trường Tiểu học Hòa Bình", 1999, 80), "Năm", "năm phải từ 2014 đến 2026"),
    (("", "Trường Tiểu học Hòa Bình", 2027, 80), "Năm", "năm phải từ"),
    (("", "Trường Tiểu học Hòa Bình", "hai nghìn", 80), "Năm", "không phải năm"),
    (("", "Trường Tiểu học Hòa Bình", "", 80), "Năm", "xin ghi năm"),
    (("", "Trường Tiểu học Hòa Bình", 2020, 101), "Số điểm", "từ 0 đến 100"),
    (("", "Trường Tiểu học Hòa Bình", 2020, "tám mươi"), "Số điểm", "không phải số điểm"),
    (("", "Trường Tiểu học Hòa Bình", 2020, 80, "", 1), "Mức độ", "không ghi cả hai"),
    (("", "Trường Tiểu học Hòa Bình", 2020, "", "", 3), "Mức độ", "không phải mức độ"),
    (("", "Trường Tiểu học Hòa Bình", 2020), "Số điểm", "xin ghi số điểm"),
    (("", "Trường Tiểu học Hòa Bình", 2020, 80, "Tốt"), "Xếp loại", "không khớp 80 điểm, xếp loại Khá"),
    (("", "Trường Tiểu học Hòa Bình", 2020, "", "Tốt", 1), "Xếp loại", "chỉ đi với số điểm"),
    (("", "Trường Tiểu học Hòa Bình", 2020, 80, "", "", "x" * 61), "Số quyết định", "dài nhất 60"),
    (("", "Trường Tiểu học Hòa Bình", 2020, 80, "", "", "", "31/02/2021"), "Ngày quyết định", "theo mẫu"),
    (("", "Trường Tiểu học Hòa Bình", 2020, 80, "", "", "", "01/02/2028"), "Ngày quyết định", "sau hôm nay"),
    (("", "Trường Tiểu học Hòa Bình", 2020, 80, "", "", "", "01/02/2019"), "Ngày quyết định", "trước năm 2020"),
    (("", "Trường Tiểu học Hòa Bình", 2015, "=40+40"), "Số điểm", "ô là công thức"),
    (("", "Trường Tiểu học Hòa Bình", 2016, 80), "", ""),
    (("", "truong tieu hoc hoa binh", 2016, 81), "Năm", "đã có ở dòng 21"),
)  # fmt: skip


def test_every_bad_row_is_named_with_its_column(here: Here) -> None:
    """All at once with row and column, candidates of a name of two; nothing is written while one stands."""
    page = here.page(*(row for row, _column, _sentence in BAD), ("", "Trường THCS An Tiến", 2022, 80))
    text = here.client.get(page).text
    for line, (_row, column, sentence) in enumerate(BAD, 2):
        if sentence:
            row = text[text.index(f"Dòng {line}<") :].split("</tr>")[0]
            assert column in row, line
            assert sentence in row, line
    second, third = here.codes[1:]
    assert f"có 2 đơn vị cùng tên: {second} (Xã Mỹ Đức); {third} (Xã Mỹ Đức). Xin ghi mã" in text
    assert "Ghi kết quả" not in text
    assert send(here.client, page, page=IMPORT).status_code == 422
    assert stored() == []
    assert "Chưa có kết quả nào được ghi" in text
    assert send(here.client, f"{page}/bo", page=page).status_code == 303
    assert "Tệp đã bỏ" in here.client.get(page).text


def test_what_is_stored_is_told_apart_and_never_written_over(here: Here) -> None:
    """The same row changes nothing, another result is shown beside the stored one."""
    name = "Trường Tiểu học Hòa Bình"
    send(here.client, here.page(("", name, 2021, 80, "", "", "9/QĐ"), ("", name, 2022, 90, "", "", "8/QĐ")))
    page = here.page(("", name, 2021, "80,00"), ("", name, 2022, 91, "", "", "7/qđ"), ("", name, 2023, 70))
    text = here.client.get(page, query_string={"xem": "different"}).text
    assert "ghi 1 kết quả mới" in text
    assert "1 dòng khác kết quả đã có" in text
    assert "90 điểm, xếp loại Tốt" in text
    assert "số điểm (Thông tư 22/2020), số quyết định" in text
    assert "80 điểm, xếp loại Khá" in here.client.get(page, query_string={"xem": "same"}).text
    send(here.client, page)
    assert [row[2] for row in stored()] == ["80.00 Khá", "90.00 Tốt", "70.00 Khá"]


def test_undoing_stops_at_what_somebody_touched(here: Here) -> None:
    """A corrected result and a disputed one stand in the way with their names; one taken back does not."""
    tenant_id = here.officer.place.tenant_id
    page = here.page(*((here.codes[n], "", 2022, 80) for n in range(3)))
    send(here.client, page)
    editor = here.world.a_person(Role.UNIT_EDITOR, tenant_id, here.units[1])
    with acting_in(STEWARD):
        first, second, third = db.session.scalars(select(PastResult.id).order_by(PastResult.id))
        version = db.session.scalar(select(PastResult.version_id).limit(1))
    given = {"year": "2022", "version_id": str(version), "points": "81", "level": "", "version": "1"}
    assert send(here.client, f"/huyen/ket-qua-cu/{first}", given).status_code == 303
    assert send(here.client, f"/huyen/ket-qua-cu/{third}/rut", page=page).status_code == 303
    here.world.sign_in(here.client, editor)
    assert send(here.client, f"/ket-qua/truoc-day/{second}", {"claim": "Ghi sai điểm."}).status_code == 303
    here.world.sign_in(here.client, here.officer)
    answer = send(here.client, f"{page}/hoan-tac", page=page)
    assert answer.status_code == 409
    assert "2 kết quả của lần nhập này" in answer.text
    assert "Trường Tiểu học Hòa Bình năm 2022 (đã sửa)" in answer.text
    assert "Trường THCS An Tiến năm 2022 (đơn vị đã có ý kiến)" in answer.text
    assert [row[4] for row in stored()] == [False, False, True]


def test_a_result_entered_while_a_file_is_written(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever comes second is told so, and nothing of the file is written."""
    page = here.page(("", "Trường Tiểu học Hòa Bình", 2022, 80), (here.codes[1], "", 2022, 80))
    plan_of = importing.plan_of
    tenant_id = here.officer.place.tenant_id

    def overtaken(batch: ImportBatch) -> Any:
        plan = plan_of(batch)
        unit, step = db.session.get_one(Unit, (tenant_id, here.units[1])), plan.only("new")[1]
        assert step.version is not None
        operations.enter(here.officer.identity, unit, 2022, operations.Told(step.version.id, step.points))
        return plan

    monkeypatch.setattr(importing, "plan_of", overtaken)
    answer = send(here.client, page, page=IMPORT)
    assert answer.status_code == 409
    assert "Có người vừa ghi một kết quả trùng" in answer.text
    assert stored() == []


def _merged(made: Any) -> None:
    made.active.merge_cells("B2:B3")


def _hidden(made: Any) -> None:
    made.create_sheet("Ghi chú")
    made.worksheets[0].sheet_state = "hidden"


def _bomb() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "")
        archive.writestr("xl/workbook.xml", b"0" * 40_000_000)
    return target.getvalue()


ROW = ("", "Trường Tiểu học Hòa Bình", 2022, 80)
FILES = {
    "nothing": (lambda: b"", "Xin chọn tệp"),
    "no workbook": (lambda: b"<html>", "không phải tệp Excel"),
    "old or locked": (lambda: b"\xd0\xcf\x11\xe0" + bytes(600), "lưu lại dạng .xlsx"),
    "broken": (lambda: book(ROW)[:2000], "Không đọc được tệp"),
    "swells": (_bomb, "phình quá lớn"),
    "merged": (lambda: book(ROW, ROW, change=_merged), "ô gộp (B2:B3)"),
    "hidden": (lambda: book(ROW, change=_hidden), "Trang tính ẩn “Sheet” không được đọc"),
    "no table": (lambda: book(change=lambda made: made.active.delete_rows(1)), "Không thấy bảng kết quả"),
    "no rows": (template, "chưa có dòng nào"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_without_results_gets_its_sentence(here: Here, name: str) -> None:
    """The page comes back with what is wrong and what to do; nothing is kept."""
    content, sentence = FILES[name]
    answer = upload(here.client, content())
    assert answer.status_code == 422
    assert sentence in answer.text
    with acting_in(STEWARD):
        assert db.session.scalar(select(func.count()).select_from(ImportBatch)) == 0


def test_the_template_explains_every_column() -> None:
    """Heads that the reader knows, and a sheet that says what each of them takes."""
    made = openpyxl.load_workbook(io.BytesIO(template()))
    assert made.sheetnames == ["Kết quả cũ", "Hướng dẫn"]
    heads = [str(cell.value).removesuffix(" *") for cell in made["Kết quả cũ"][3]]
    assert heads == [LABELS[name] for name in ORDER]
    told = [row[0] for row in made["Hướng dẫn"].iter_rows(values_only=True)]
    assert set(heads) <= set(told)


def test_five_thousand_rows_stay_quick(here: Here, count_queries: list[str]) -> None:
    """200 bad ones are shown by the page; dry run and writing take a fixed number of statements."""
    with acting_in(STEWARD):
        base = {"tenant_id": here.officer.place.tenant_id, "kind": "primary", "opened_on": "2024-01-01"}
        names = [f"Trường số {number}" for number in range(500)]
        db.session.add_all(
            Unit(**base, code=f"S{n}", name=name, name_sort=name, name_folded=f"truong so {n}")
            for n, name in enumerate(names)
        )
    rows = [(f"S{n}", "", year, 80) for n in range(500) for year in range(2014, 2024)]
    wrong = [(*row[:3], 101) if n < 200 else row for n, row in enumerate(rows)]
    worker, settings = Jobs(), here.world.app.extensions["settings"]
    pages = here.page(*[ROW] * 5001), here.page(*wrong), here.page(*rows)
    worker.run(settings, lambda: False)
    assert "quá 5.000 dòng" in here.client.get(pages[0]).text
    page = pages[1]
    count_queries.clear()
    text = here.client.get(page, query_string={"trang": "4"}).text
    assert len(count_queries) <= 12
    assert "151–200 trong 200 dòng" in text
    page = pages[2]
    count_queries.clear()
    assert send(here.client, page).status_code == 303
    assert "Đang ghi tệp" in here.client.get(page).text
    worker.run(settings, lambda: False)
    assert len(count_queries) <= 100, "the asking, the page and the job with its signs of life"
    assert len(stored()) == 5000
    count_queries.clear()
    assert send(here.client, f"{page}/hoan-tac", page=page).status_code == 303
    assert len(count_queries) <= 30
    assert all(row[4] for row in stored())


def test_nobody_else_touches_the_file(here: Here) -> None:
    """Another district finds nothing, the council and units may not, and it is no file of units."""
    page = here.page(ROW)
    number = int(page.rsplit("/", 1)[1])
    other = here.world.a_person(Role.DISTRICT_ADMIN, here.world.a_district("Huyện Kiến Thụy"))
    with here.world.acting(other) as actor, pytest.raises(Refused, match="Không tìm thấy"):
        importing.confirm_batch(actor, other.place.tenant_id, number)
    here.world.sign_in(here.client, other)
    assert here.client.get(page).status_code == 404
    own = here.officer.place.tenant_id
    here.world.sign_in(here.client, here.world.a_person(Role.DISTRICT_COUNCIL, own))
    assert here.client.get(page).status_code == 403
    here.world.sign_in(here.client, here.world.a_person(Role.DISTRICT_ADMIN, own))
    assert here.client.get(page).status_code == 200
    assert here.client.get(f"/huyen/don-vi/nhap/{number}").status_code == 404
