"""Files that somebody sends: good ones in all shapes, and hostile ones."""

from __future__ import annotations

import io
import time
import zipfile
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from portal.units.columns import head_of, values_of
from portal.units.reading import MOST_ROWS, read_lines
from portal.units.template import template
from tenants.refusal import Refused

HEAD = ("Tên đơn vị", "Loại hình")


def book(rows: list[tuple[Any, ...]]) -> bytes:
    """Return a workbook of one sheet."""
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(list(row))  # type: ignore[union-attr]
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def repacked(content: bytes, **parts: bytes) -> bytes:
    """Return a workbook with parts added or replaced (name with "__" for "/")."""
    target = io.BytesIO()
    names = {name.replace("__", "/").replace("-dot-", "."): data for name, data in parts.items()}
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            if part not in names:
                new.writestr(part, old.read(part))
        for name, data in names.items():
            new.writestr(name, data)
    return target.getvalue()


def sheet_xml(cells: str) -> bytes:
    """Return the XML of a sheet."""
    return (
        '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{cells}</sheetData></worksheet>"
    ).encode()


def test_every_kind_of_cell_becomes_text() -> None:
    """Numbers without a tail, days as written, booleans as words, spaces and marks in order."""
    rows = [
        HEAD,
        (
            "Trường   Mầm\u00a0non  ",
            142,
            142.0,
            1.5,
            date(2024, 1, 5),
            datetime.fromisoformat("2024-01-05T07:00"),
            True,
            None,
        ),
    ]
    (lines,) = read_lines(book(rows))
    assert lines[1].number == 2
    assert lines[1].cells[:8] == ("Trường Mầm non", "142", "142", "1.5", "05/01/2024", "05/01/2024", "có", "")
    assert not any(lines[1].cells[8:])


def test_decomposed_marks_are_composed() -> None:
    """A Mac writes ễ as three characters."""
    import unicodedata

    (lines,) = read_lines(book([HEAD, (unicodedata.normalize("NFD", "Nguyễn Huệ"), "x\u202ey\u200bz")]))
    assert lines[1].cells[:2] == ("Nguyễn Huệ", "xyz")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_in_the_shapes_excel_writes(delimiter: str, encoding: str) -> None:
    """Whatever the regional settings; our own apostrophe before a formula is taken away."""
    text = f'Tên đơn vị{delimiter}Loại hình\r\n\r\n"Trường A{delimiter} cơ sở 2"{delimiter}\'=1+1\r\n'
    (lines,) = read_lines(text.encode(encoding))
    assert lines[1].cells == (f"Trường A{delimiter} cơ sở 2".replace("\t", " ").replace("  ", " "), "=1+1")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "chọn tệp"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 600, "xls cũ"),
        (b"PK\x03\x04" + b"x" * 100, "Không đọc được"),
        (b"%PDF-1.7\n\xff\xfe\x00", "không phải Excel"),
        ("Tên đơn vị;Loại".encode() + b"\x00", "Không đọc được"),
        (b"x" * (5 * 1024 * 1024 + 1), "lớn hơn 5 MB"),
    ],
)
def test_what_is_no_table_gets_a_sentence(content: bytes, sentence: str) -> None:
    """The person learns what to send instead."""
    with pytest.raises(Refused, match=sentence):
        read_lines(content)


def test_a_zip_that_is_no_workbook() -> None:
    """A Word file or any archive."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    with pytest.raises(Refused, match="không phải tệp Excel"):
        read_lines(target.getvalue())


def test_bombs_are_refused_before_they_are_unpacked() -> None:
    """One part of 60 MB, and two thousand parts, cost nothing."""
    begun = time.perf_counter()
    with pytest.raises(Refused, match="phình quá lớn"):
        read_lines(repacked(book([HEAD]), xl__huge=b"0" * 60_000_000))
    many = {f"xl__part{number}": b"x" for number in range(2000)}
    with pytest.raises(Refused, match="phình quá lớn"):
        read_lines(repacked(book([HEAD]), **many))
    assert time.perf_counter() - begun < 5


def test_macros_and_entities_are_refused() -> None:
    """Neither code nor XML that unfolds is opened."""
    with pytest.raises(Refused, match="macro"):
        read_lines(repacked(book([HEAD]), **{"xl__vbaProject-dot-bin": b"x"}))
    laughs = (
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>&c;&b;</t></is></c></row></sheetData></worksheet>'
    )
    with pytest.raises(Refused, match="Không đọc được"):
        read_lines(repacked(book([HEAD]), **{"xl__worksheets__sheet1-dot-xml": laughs}))


def test_a_cell_at_the_end_of_the_world_costs_nothing() -> None:
    """A 2 KB file whose only cell is XFD1048576 is read within bounds."""
    far = sheet_xml('<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>')
    begun = time.perf_counter()
    (lines,) = read_lines(repacked(book([HEAD]), **{"xl__worksheets__sheet1-dot-xml": far}))
    assert lines == []
    assert time.perf_counter() - begun < 5


def test_formulas_give_the_value_that_was_stored() -> None:
    """A formula is never calculated; an error in a cell is named by the dry run."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, HEAD)
        sheet.write_formula(1, 0, '=CONCAT("Trường ","A")', None, "Trường A")
        sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
    (lines,) = read_lines(target.getvalue())
    head = head_of(lines)
    assert head
    said, wrong = values_of(lines[1], head[1])
    assert said == {"name": "Trường A"}
    assert list(wrong) == ["kind"]


def test_more_rows_than_allowed() -> None:
    """Nothing is cut off in silence."""
    rows = [HEAD, *((f"Trường {number}", "Tiểu học") for number in range(MOST_ROWS + 20))]
    with pytest.raises(Refused, match=r"quá 5\.000 dòng"):
        read_lines(book(rows))


def test_heads_however_they_are_written() -> None:
    """Below a title, without marks, with an asterisk, in any order; the first of two equal heads counts."""
    rows = [
        ("DANH SÁCH ĐƠN VỊ NĂM 2026",),
        (None,),
        ("TT", "MA", "ten don vi *", "Sở hữu", "Loại đơn vị", "Tên đơn vị"),
        (1, "al-01", "Trường A", "ngoài công lập", "tiểu học", "bị bỏ qua"),
    ]
    (lines,) = read_lines(book(rows))
    head = head_of(lines)
    assert head is not None
    place, fields = head
    said, wrong = values_of(lines[place + 1], fields)
    assert wrong == {}
    assert said == {"code": "AL-01", "name": "Trường A", "public": False, "kind": "primary"}


def test_no_head_no_table() -> None:
    """A sheet without the two needed columns is not guessed at."""
    assert head_of(read_lines(book([("Tên đơn vị", "Ghi chú"), ("A", "b")]))[0]) is None


def test_the_template_can_be_read_back() -> None:
    """Its head is understood, and its list of kinds names each kind."""
    lines, kinds = read_lines(template())
    head = head_of(lines)
    assert head is not None
    assert len(head[1]) == 14
    assert len(kinds) == 14
    fields = {0: "name", 1: "kind"}
    from portal.units.reading import Line

    codes = {values_of(Line(1, ("x", line.cells[0])), fields)[0]["kind"] for line in kinds[1:]}
    assert len(codes) == 13
