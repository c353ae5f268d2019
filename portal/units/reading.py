"""A file that somebody sends, as rows of text: XLSX and CSV, judged before they are opened.

Limits of documents.md: 5 MB, 5,000 rows, 60 columns; a workbook's parts are measured before anything is
unpacked, macros and entities are refused, and the sheet is read within bounds, whatever size it claims.
Registries, rosters and past results are read here; formulas are never computed.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from portal.spelling import fold
from portal.typed import line
from tenants.refusal import Refused

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 5000
MOST_COLUMNS = 60
HEAD_WITHIN = 15
MOST_PARTS, MOST_UNPACKED, MOST_RATIO = 500, 30 * 1024 * 1024, 100
_PART = b"PK\x01\x02"
_LONGEST_CELL = 2000
_SWELLS = "Tệp phình quá lớn khi mở. Xin chép bảng sang một tệp Excel mới rồi gửi lại."
_BROKEN = "Không đọc được tệp này. Xin mở bằng Excel, lưu lại dạng .xlsx rồi gửi lần nữa."
_NO_WORKBOOK = "Đây không phải tệp Excel. Xin dùng tệp mẫu .xlsx."
_OLD = "Tệp .xls cũ hoặc có mật khẩu. Xin lưu lại dạng .xlsx, không đặt mật khẩu."
_FORMULA_START = ("=", "+", "-", "@")
_ROWS = re.compile(r"[A-Z]+[0-9]+:[A-Z]+([0-9]+)")
_MERGED = re.compile(rb'<mergeCell ref="([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})"')


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the file: its number as Excel shows it, and the text of its cells."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One sheet of a workbook; of a hidden one nothing but its title is read. `merged`: ranges such as "B5:B6"."""

    title: str
    hidden: bool
    merged: tuple[str, ...]
    lines: list[Line]

    def merged_below(self, number: int) -> list[str]:
        """Return the merged ranges that reach below a row, such as the head of a table."""
        return [ref for ref in self.merged if (rows := _ROWS.fullmatch(ref)) and int(rows[1]) > number]


def head_among(
    lines: Sequence[Line], known: Mapping[str, str], needed: Iterable[str]
) -> tuple[int, dict[int, str]] | None:
    """Return where the head of a table is among its first lines, and the field of each of its columns.

    `known`: the field of each spelling of a head, folded. None where no line names every field `needed`.
    """
    for place, row in enumerate(lines[:HEAD_WITHIN]):
        fields: dict[int, str] = {}
        for column, cell in enumerate(row.cells):
            name = known.get(fold(cell.replace("*", "")))
            if name and name not in fields.values():
                fields[column] = name
        if set(needed) <= set(fields.values()):
            return place, fields
    return None


def read_leaves(content: bytes, most_rows: int) -> list[Leaf]:
    """Return the sheets of a workbook, formulas as the text they are; raises `Refused` (422) with what is wrong."""
    if not content:
        raise Refused("Xin chọn tệp để gửi.", 422)
    if len(content) > MOST_BYTES:
        raise Refused("Tệp lớn hơn 5 MB. Xin chỉ giữ lại bảng danh sách.", 422)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused(_OLD, 422)
    if not content.startswith(b"PK\x03\x04"):
        raise Refused(_NO_WORKBOOK, 422)
    _judge_archive(content)
    return _workbook(content, most_rows, formulas=True)


def read_lines(content: bytes) -> list[list[Line]]:
    """Return the rows of each sheet that are not empty; raises `Refused` (422) with what is wrong."""
    if not content:
        raise Refused("Xin chọn tệp danh mục để gửi.", 422)
    if len(content) > MOST_BYTES:
        raise Refused("Tệp lớn hơn 5 MB. Xin chỉ giữ lại bảng danh mục.", 422)
    if content.startswith(b"PK\x03\x04"):
        _judge_archive(content)
        return [leaf.lines for leaf in _workbook(content, MOST_ROWS) if not leaf.hidden]
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused(_OLD, 422)
    return [_csv(content)]


def _judge_archive(content: bytes) -> None:
    # Counted before the list of parts is read: reading a list of 50,000 takes seconds.
    if content.count(_PART) > MOST_PARTS:
        raise Refused(_SWELLS, 422)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise Refused(_BROKEN, 422) from None
    names = [part.filename for part in parts]
    total = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or total > MOST_UNPACKED or total > MOST_RATIO * len(content):
        raise Refused(_SWELLS, 422)
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Refused("Tệp có macro nên không nhận. Xin lưu lại dạng .xlsx.", 422)
    if len(set(names)) < len(names) or any(part.flag_bits & 1 for part in parts):
        raise Refused(_BROKEN, 422)
    if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        raise Refused(_NO_WORKBOOK, 422)


def _workbook(content: bytes, most_rows: int, *, formulas: bool = False) -> list[Leaf]:
    """Read the sheets; a formula gives the value stored beside it, or with `formulas` its own text."""
    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(
                io.BytesIO(content), read_only=True, data_only=not formulas, keep_links=False
            )
            sheets = [_leaf(content, sheet, most_rows) for sheet in book.worksheets[:5]]
            book.close()
    except Refused:
        raise
    except Exception as reason:  # the parser meets a stranger's file: whatever breaks, the file is at fault
        raise Refused(_BROKEN, 422) from reason
    return sheets


def _leaf(content: bytes, sheet: Any, most_rows: int) -> Leaf:
    if sheet.sheet_state != "visible":
        return Leaf(sheet.title, True, (), [])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        merged = _MERGED.findall(archive.read(sheet._worksheet_path.lstrip("/")))
    # A sheet may claim any size (one cell at XFD1048576): what it claims is forgotten, reading is bounded.
    sheet.reset_dimensions()
    rows = sheet.iter_rows(max_row=4 * most_rows, max_col=MOST_COLUMNS, values_only=True)
    texts = ((number, [_text(cell) for cell in row]) for number, row in enumerate(rows, 1))
    return Leaf(sheet.title, False, tuple(ref.decode() for ref in merged), _filled(texts, most_rows))


def _filled(rows: Iterator[tuple[int, list[str]]], most_rows: int = MOST_ROWS) -> list[Line]:
    found = []
    for number, cells in rows:
        if any(cells):
            found.append(Line(number, tuple(cells)))
            if len(found) > most_rows + HEAD_WITHIN:
                most = f"{most_rows:,}".replace(",", ".")
                raise Refused(f"Tệp có quá {most} dòng. Xin chia thành nhiều tệp.", 422)
    return found


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if hasattr(cell, "ref"):  # a formula over a range, which is no value
        return "="
    if isinstance(cell, datetime | date):
        return f"{cell.day:02d}/{cell.month:02d}/{cell.year:04d}"
    if isinstance(cell, bool):
        return "có" if cell else "không"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 10**15:
        return str(int(cell))
    return line(str(cell)[:_LONGEST_CELL])


def _csv(content: bytes) -> list[Line]:
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise Refused(
            "Tệp không phải Excel và không phải CSV mã UTF-8. Xin lưu lại dạng .xlsx rồi gửi.", 422
        ) from None
    if "\x00" in text:
        raise Refused(_BROKEN, 422)
    head = text[:2000].splitlines()[:1] or [""]
    delimiter = max(",;\t", key=head[0].count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        return _filled(
            (reader.line_num, [_bare(line(cell[:_LONGEST_CELL])) for cell in row[:MOST_COLUMNS]])
            for row in reader
        )
    except csv.Error:
        raise Refused(_BROKEN, 422) from None


def _bare(text: str) -> str:
    """Take away the apostrophe that our own CSV puts before what could be a formula."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA_START) else text
