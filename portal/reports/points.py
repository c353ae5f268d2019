"""The points of the Department's answer to a report: the cell each is tied to, and what became of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.figures.annex import NUMBERS as ANNEXES
from portal.figures.annex import Annex
from portal.figures.tables import COLUMNS, Row

MOST_POINTS = 50
TABLES: tuple[str, ...] = tuple(f"bieu_{number}" for number in ("01", "02", "03", *ANNEXES))
LISTS = ("bieu_02", "bieu_03")


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as points are tied to it: its rows by key, its columns by number, and what stands in each cell."""

    rows: Mapping[str, str]
    columns: Mapping[str, str]
    cells: Mapping[tuple[str, str], str]


Grids = Mapping[str, Grid]


def grids(
    rows: Sequence[Row],
    recognised: Mapping[str, str],
    not_recognised: Mapping[str, str],
    annexes: Mapping[str, Annex],
) -> dict[str, Grid]:
    """Return the tables of a report by name; of Biểu 02 and 03 the units, by code."""
    found = {
        "bieu_01": Grid(
            {row.key: f"{row.order} {row.label}".strip() for row in rows},
            {column.number: column.full_title for column in COLUMNS},
            {(row.key, cell.column.number): cell.text for row in rows for cell in row.cells()},
        ),
        "bieu_02": Grid(recognised, {}, {}),
        "bieu_03": Grid(not_recognised, {}, {}),
    }
    for number, annex in annexes.items():
        found[f"bieu_{number}"] = Grid(
            {line.key: f"{line.order} {line.label}".strip() for line in annex.lines},
            {annex.column(one.key): one.full_title for one in annex.fields},
            {
                (line.key, annex.column(one.key)): line.text(one)
                for line in annex.lines
                for one in annex.fields
            },
        )
    return found


def point_place(point: Mapping[str, str], known: Grids | None = None) -> str:
    """Name what a point is tied to: a cell, a row, a column or a whole table, or the text; `known` gives rows names."""
    table, row, column = point.get("table", ""), point.get("row", ""), point.get("column", "")
    if table not in TABLES:
        return "Phần lời"
    named = known[table].rows.get(row, row) if known and table in known else row
    if table in LISTS:
        return f"Biểu {table[-2:]}, {named}" if row else f"Biểu {table[-2:]}"
    called = "Cộng" if row == "total" else row if table == "bieu_01" else named
    where = [f"dòng {called}"] if row else []
    return ", ".join([f"Biểu {table[-2:]}", *where, *([f"cột {column}"] if column else [])])


def points_fault(verdict: str, points: Sequence[Mapping[str, str]], known: Grids) -> str | None:
    """Return the sentence why an answer with these points cannot be given, or None.

    Each point has `text` and may have `table` (one of `TABLES`), and a `row` and `column` of that table in `known`.
    """
    if verdict not in ("accepted", "returned"):
        return "Xin chọn nhận hoặc trả lại báo cáo."
    if verdict == "accepted":
        return "Nhận báo cáo thì không kèm điểm cần sửa." if points else None
    if not points:
        return "Trả lại báo cáo cần ít nhất một điểm cần sửa."
    if len(points) > MOST_POINTS:
        return f"Mỗi lần trả lại có tối đa {MOST_POINTS} điểm."
    for place, point in enumerate(points, 1):
        text = point.get("text", "").strip()
        if not text:
            return f"Điểm {place}: xin ghi nội dung cần sửa."
        if len(text) > 1000:
            return f"Điểm {place}: nội dung dài tối đa 1.000 ký tự."
        table, row, column = point.get("table", ""), point.get("row", ""), point.get("column", "")
        if table not in ("", *TABLES):
            return f"Điểm {place}: không có biểu này trong báo cáo."
        grid = known.get(table)
        if row and (grid is None or row not in grid.rows):
            return f"Điểm {place}: Biểu {table[-2:]} không có dòng {row}."
        if column and (grid is None or column not in grid.columns):
            return f"Điểm {place}: Biểu {table[-2:]} không có cột {column}."
    return None


@dataclass(frozen=True, slots=True)
class Shown:
    """A point as pages show it: its number and place, what its cell held, and what it holds in a later edition.

    `was` and `now` are "" for a point that is tied to no cell; `changed` is None where there is nothing to compare.
    """

    number: int
    place: str
    text: str
    table: str
    row: str
    column: str
    was: str = ""
    now: str = ""
    changed: bool | None = None


def shown(points: Sequence[Mapping[str, str]], then: Grids, now: Grids | None = None) -> tuple[Shown, ...]:
    """Return points with the cells of the report they were raised on, beside those of a later edition."""
    found = []
    for number, point in enumerate(points, 1):
        table, row, column = point.get("table", ""), point.get("row", ""), point.get("column", "")
        was = then[table].cells.get((row, column), "") if table in then else ""
        is_now = now[table].cells.get((row, column), "") if now is not None and table in now else ""
        changed = was != is_now if was and now is not None else None
        found.append(
            Shown(number, point_place(point, then), point["text"], table, row, column, was, is_now, changed)
        )
    return tuple(found)


def at_table(points: Sequence[Mapping[str, str]], table: str) -> list[tuple[int, str]]:
    """Return the points tied to a table: the number and words of each."""
    return [(place, point["text"]) for place, point in enumerate(points, 1) if point.get("table") == table]


def marked_cells(points: Sequence[Mapping[str, str]], table: str) -> dict[tuple[str, str], int]:
    """Return which cells of a table bear a point, by row and column ("" for all): the number of the first one."""
    found: dict[tuple[str, str], int] = {}
    for number, point in enumerate(points, 1):
        row, column = point.get("row", ""), point.get("column", "")
        if point.get("table") == table and (row or column):
            found.setdefault((row, column), number)
    return found
