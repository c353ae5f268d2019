"""A table as one value, written as XLSX, CSV or rows for a PDF: the same cells everywhere.

Text is never a formula: XLSX writes it as a string, CSV puts an apostrophe before a dangerous start.
Shares are exact fractions of one; two decimals are cut off, never rounded up, where they are shown.
"""

import csv
import io
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import IO, TYPE_CHECKING

from portal import words
from portal.jobs import progress
from portal.papers.pdf import clean, plain
from portal.papers.rows import Align, Row, RowColumn, RowTable

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

Value = str | int | Fraction | date | None
_FORMULA_START = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_LONGEST_CELL = 32_000


class Kind(StrEnum):
    """How a column's values are written."""

    TEXT = "text"
    CENTERED = "centered"
    INTEGER = "integer"
    PERCENT = "percent"
    POINTS = "points"
    DATE = "date"


_ALIGN = {Kind.TEXT: Align.LEFT, Kind.CENTERED: Align.CENTER, Kind.DATE: Align.CENTER}
_XLSX_FORMAT = {
    Kind.INTEGER: "#,##0",
    Kind.PERCENT: "0.00%",
    Kind.POINTS: "+0.00;-0.00;0.00",
    Kind.DATE: "dd/mm/yyyy",
}


@dataclass(frozen=True, slots=True)
class Column:
    """Title, kind, relative width (about one character), an optional group title and column number.

    PERCENT holds a Fraction of one, POINTS a Fraction of percentage points with its sign.
    """

    title: str
    kind: Kind = Kind.TEXT
    width: float = 12
    group: str = ""
    number: str = ""

    @property
    def full_title(self) -> str:
        """The title with its group, for formats that have one head row."""
        return f"{self.group}: {self.title}" if self.group else self.title


@dataclass(frozen=True, slots=True)
class Streamed(Collection[tuple[Value, ...]]):
    """Rows that are read while they are written, one after the other, and never all at hand: how many, and how to read."""

    count: int
    read: Callable[[], Iterable[tuple[Value, ...]]]

    def __len__(self) -> int:
        """How many rows there are."""
        return self.count

    def __iter__(self) -> Iterator[tuple[Value, ...]]:
        """Read them, from the first."""
        return iter(self.read())

    def __contains__(self, row: object) -> bool:
        """Look for a row by reading."""
        return any(row == one for one in self)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with its title; `strong` holds the places of rows printed bold, `specimen` the demo mark."""

    title: str
    columns: tuple[Column, ...]
    rows: Collection[tuple[Value, ...]]
    totals: tuple[Value, ...] | None = None
    note: str = ""
    subtitle: str = ""
    strong: frozenset[int] = frozenset()
    specimen: str | None = None

    def __post_init__(self) -> None:
        # Streamed rows are compared with the columns as they are written.
        known = () if isinstance(self.rows, Streamed) else self.rows
        for row in (*known, *((self.totals,) if self.totals else ())):
            if len(row) != len(self.columns):
                raise ValueError(f"{len(row)} values in a sheet of {len(self.columns)} columns")


def cell_text(value: Value, kind: Kind) -> str:
    """`value` as printed for people: 1.548; 94,59; +2,10; 05/01/2027; "–" where there is no figure."""
    if value is None:
        return "" if kind in (Kind.TEXT, Kind.CENTERED) else "–"
    if isinstance(value, str):
        return value
    if isinstance(value, date):
        return words.day(value)
    share = Fraction(value)
    if kind is Kind.PERCENT:
        return words.percent(share.numerator, share.denominator).removesuffix(" %")
    if kind is Kind.POINTS:
        return _points(share)
    return words.number(int(value))


def _points(gain: Fraction) -> str:
    hundredths = round(abs(gain) * 100)
    sign = "" if hundredths == 0 else "-" if gain < 0 else "+"
    return f"{sign}{words.number(hundredths // 100)},{hundredths % 100:02d}"


def sheet_rows(sheet: Sheet, size: float = 11) -> RowTable:
    """The sheet as a table for `<pdf:rows>`, in type of `size` points."""
    kinds = [column.kind for column in sheet.columns]

    def row(values: tuple[Value, ...], strong: bool) -> Row:
        return Row(
            tuple(clean(cell_text(value, kind)) for value, kind in zip(values, kinds, strict=True)), strong
        )

    columns = tuple(
        RowColumn(c.title, c.width, _ALIGN.get(c.kind, Align.RIGHT), c.group, c.number) for c in sheet.columns
    )
    rows = [row(values, place in sheet.strong) for place, values in enumerate(sheet.rows)]
    return RowTable(columns, rows, row(sheet.totals, True) if sheet.totals else None, size)


def sheet_csv(sheet: Sheet) -> bytes:
    """Head, rows and totals as UTF-8 with a mark that Excel understands; dates as 2027-01-05, shares in %."""
    target = io.BytesIO()
    write_csv(target, sheet)
    return target.getvalue()


def write_csv(target: IO[bytes], sheet: Sheet) -> None:
    """Write what `sheet_csv` returns, row by row."""
    text = io.TextIOWrapper(target, "utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow([csv_text(column.full_title) for column in sheet.columns])
    for row in _all_rows(sheet):
        writer.writerow(
            [_csv_value(value, column.kind) for value, column in zip(row, sheet.columns, strict=True)]
        )
    text.detach()


def _all_rows(sheet: Sheet) -> Iterator[tuple[Value, ...]]:
    yield from progress.counted(sheet.rows)
    if sheet.totals:
        yield sheet.totals


def csv_text(text: str) -> str:
    """Text as a CSV cell: what a spreadsheet would take for a formula begins with an apostrophe."""
    shown = plain(text, _LONGEST_CELL)
    return f"'{shown}" if shown.startswith(_FORMULA_START) else shown


def _hundredths(share: int | Fraction) -> int:
    """A share in whole hundredths of a percent."""
    return share * 10_000 // 1


def _csv_value(value: Value, kind: Kind) -> str | int:
    if value is None:
        return ""
    if isinstance(value, str):
        return csv_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if kind is Kind.PERCENT:
        hundredths = _hundredths(value)
        return f"{hundredths // 100}.{hundredths % 100:02d}"
    if kind is Kind.POINTS:
        return f"{float(value):.2f}"
    return int(value)


def sheet_xlsx(sheet: Sheet, made: datetime | None = None) -> bytes:
    """A workbook of one sheet: title, frozen head, A4 landscape, head repeated in print.

    `made` (with a time zone) dates the file, so that the same sheet gives the same bytes; memory stays constant.
    """
    return book_xlsx({"Bảng": sheet}, made)


def book_xlsx(sheets: Mapping[str, Sheet], made: datetime | None = None) -> bytes:
    """A workbook of one or more sheets by the names of their tabs, each as `sheet_xlsx` writes it."""
    target = io.BytesIO()
    write_xlsx(target, sheets, made)
    return target.getvalue()


def write_xlsx(target: IO[bytes], sheets: Mapping[str, Sheet], made: datetime | None = None) -> None:
    """Write what `book_xlsx` returns; rows go to the disk one by one, whatever their number."""
    import xlsxwriter

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        title = next(iter(sheets.values())).title
        book.set_properties({"title": plain(title), "created": _naive(made)})
        for name, sheet in sheets.items():
            _write_page(book, book.add_worksheet(name), sheet)


def _naive(made: datetime | None) -> datetime:
    return (made or datetime(2000, 1, 1, tzinfo=UTC)).astimezone(UTC).replace(tzinfo=None)


def _write_page(book: "Workbook", page: "Worksheet", sheet: Sheet) -> None:
    face: dict[str, object] = {"font_name": "Times New Roman", "font_size": 11}
    boxed = face | {"border": 1, "valign": "top", "text_wrap": True}
    head = book.add_format(
        boxed | {"bold": True, "align": "center", "valign": "vcenter", "bg_color": "#E6EEEE"}
    )
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_margins(left=0.6, right=0.6, top=0.8, bottom=0.8)
    page.set_footer("&C&P/&N" + (f"&R{plain(sheet.specimen).replace('&', '&&')}" if sheet.specimen else ""))
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, max(column.width, 4))
    lines: list[tuple[str, dict[str, object]]] = [
        (sheet.title, {"bold": True, "font_size": 14}),
        (sheet.subtitle, {"italic": True}),
    ]
    lines += [(sheet.specimen or "", {"bold": True, "font_color": "#8A6100"}), (sheet.note, {"italic": True})]
    line = 0
    for text, style in lines:
        if text:
            page.write_string(line, 0, plain(text, _LONGEST_CELL), book.add_format(face | style))
            line += 1
    first = line = line + 1 if line else 0
    line = _write_head(page, sheet, line, head)
    page.repeat_rows(first, line - 1)
    page.freeze_panes(line, 0)
    if not sheet.totals and not sheet.strong:
        page.autofilter(line - 1, 0, max(line - 1 + len(sheet.rows), line - 1), len(sheet.columns) - 1)
    styles = {
        (column.kind, strong): book.add_format(
            boxed
            | {"bold": strong, "align": _ALIGN.get(column.kind, Align.RIGHT).value}
            | ({"num_format": _XLSX_FORMAT[column.kind]} if column.kind in _XLSX_FORMAT else {})
        )
        for column in sheet.columns
        for strong in (False, True)
    }
    for order, row in enumerate(_all_rows(sheet)):
        strong = order in sheet.strong or row is sheet.totals
        for place, (value, column) in enumerate(zip(row, sheet.columns, strict=True)):
            _write_cell(page, line, place, _cut(value, column.kind), styles[column.kind, strong])
        line += 1


def _write_head(page: "Worksheet", sheet: Sheet, line: int, head: object) -> int:
    if any(column.group for column in sheet.columns):
        groups = [column.group for column in sheet.columns]
        place = 0
        while place < len(groups):
            stop = place + 1
            while groups[place] and stop < len(groups) and groups[stop] == groups[place]:
                stop += 1
            if stop - place > 1:
                page.merge_range(line, place, line, stop - 1, plain(groups[place]), head)
            else:
                page.write_string(line, place, plain(groups[place]), head)
            place = stop
        line += 1
    for place, column in enumerate(sheet.columns):
        page.write_string(line, place, plain(column.title), head)
    line += 1
    if any(column.number for column in sheet.columns):
        for place, column in enumerate(sheet.columns):
            page.write_string(line, place, plain(column.number), head)
        line += 1
    return line


def _cut(value: Value, kind: Kind) -> Value:
    """A share as it is written elsewhere, cut and not rounded: a spreadsheet would show 89,996 % as 90,00 %."""
    return (
        Fraction(_hundredths(value), 10_000)
        if kind is Kind.PERCENT and isinstance(value, int | Fraction)
        else value
    )


def _write_cell(page: "Worksheet", line: int, place: int, value: Value, style: object) -> None:
    if value is None:
        page.write_blank(line, place, None, style)
    elif isinstance(value, str):
        page.write_string(line, place, plain(value, _LONGEST_CELL), style)
    elif isinstance(value, date):
        page.write_datetime(line, place, value, style)
    else:
        page.write_number(line, place, float(value) if isinstance(value, Fraction) else value, style)
