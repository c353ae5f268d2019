"""Long tables as plain values, and their line breaking: what `<pdf:rows ref="…">` prints.

Cells are plain text (nothing is parsed as markup). The cost grows linearly with the number of rows, so an
annex of thousands of rows is as safe as one of ten. Drawing is in tags.py.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from portal.papers import faces

MISSING = "[chưa có:"
LONGEST_PIECE = 22
_SPACES = re.compile("[ \t]+")


class Align(StrEnum):
    """Where a column's text stands; figures go right."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class RowColumn:
    """A column: its title, its width relative to the others, an optional group above and number below."""

    title: str
    width: float
    align: Align = Align.LEFT
    group: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of cells; `strong` prints it bold, `across` lets the first cell fill the whole row."""

    cells: tuple[str, ...]
    strong: bool = False
    across: bool = False


@dataclass(frozen=True, slots=True)
class RowTable:
    """A table with a head that repeats on every page and, at its end, an optional totals row."""

    columns: tuple[RowColumn, ...]
    rows: Sequence[Row]
    totals: Row | None = None
    size: float = 12.0

    def __post_init__(self) -> None:
        for row in (*self.rows, *((self.totals,) if self.totals else ())):
            if not row.across and len(row.cells) != len(self.columns):
                raise ValueError(f"{len(row.cells)} cells in a table of {len(self.columns)} columns")


@dataclass(frozen=True, slots=True)
class HeadCell:
    """A cell of the head: text, first column and level, how many columns and levels it covers."""

    text: str
    column: int
    level: int
    columns: int = 1
    levels: int = 1
    is_number: bool = False


def head_cells(columns: Sequence[RowColumn]) -> list[list[HeadCell]]:
    """The head's levels: groups over titles when a column has a group, then the column numbers if any."""
    grouped = any(column.group for column in columns)
    levels: list[list[HeadCell]] = [[], []] if grouped else [[]]
    for group, members in groupby(enumerate(columns), key=lambda pair: pair[1].group):
        found = list(members)
        if group:
            levels[0].append(HeadCell(group, found[0][0], 0, columns=len(found)))
            levels[1] += [HeadCell(column.title, place, 1) for place, column in found]
        else:
            levels[0] += [HeadCell(column.title, place, 0, levels=len(levels)) for place, column in found]
    if any(column.number for column in columns):
        levels.append(
            [
                HeadCell(column.number, place, len(levels), is_number=True)
                for place, column in enumerate(columns)
            ]
        )
    return levels


def text_width(text: str, font: str, size: float) -> float:
    """Width of one line in points; a character the face lacks counts with the symbol face."""
    own, symbols = faces.widths(font), faces.widths(faces.SYMBOL)
    return sum(own[c] if c in own else symbols.get(c, 0.6) for c in text) * size


def break_lines(text: str, font: str, size: float, width: float) -> list[str]:
    """`text` broken to lines of at most `width` points; a word that is too long is broken inside."""
    lines: list[str] = []
    space = text_width(" ", font, size)
    for paragraph in text.split("\n"):
        line, used = "", 0.0
        for word in _SPACES.split(paragraph.strip(" \t")):
            long = text_width(word, font, size)
            if line and used + space + long <= width:
                line, used = f"{line} {word}", used + space + long
                continue
            if line:
                lines.append(line)
            *whole, line = _break_word(word, font, size, width) if long > width else [word]
            lines += whole
            used = text_width(line, font, size) if whole else long
        lines.append(line)
    return lines


def _break_word(word: str, font: str, size: float, width: float) -> list[str]:
    pieces, start, used = [], 0, 0.0
    for place, character in enumerate(word):
        step = text_width(character, font, size)
        if used + step > width and place > start:
            joint = max(word.rfind("-", start, place), word.rfind("/", start, place)) + 1
            cut = joint if joint > start else place
            pieces.append(word[start:cut])
            start, used = cut, text_width(word[cut:place], font, size)
        used += step
    return [*pieces, word[start:]]


@dataclass(frozen=True, slots=True)
class Piece:
    """A printable part of a row: at most LONGEST_PIECE lines per cell, so that it always fits a page."""

    lines: tuple[tuple[str, ...], ...]
    row: Row
    first: bool
    height: float


def lay_rows(
    rows: Iterable[Row], widths: Sequence[float], size: float, lead: float, pad: float
) -> list[Piece]:
    """Breaks every row to its columns' `widths` (points) and cuts what is taller than a piece."""
    pieces = []
    for row in rows:
        font = faces.BOLD if row.strong else faces.REGULAR
        spans = [sum(widths)] if row.across else list(widths)
        cells = [
            break_lines(text, font, size, span - 2 * pad)
            for text, span in zip(row.cells, spans, strict=False)
        ]
        tallest = max(len(lines) for lines in cells)
        for start in range(0, tallest, LONGEST_PIECE):
            part = tuple(tuple(lines[start : start + LONGEST_PIECE]) for lines in cells)
            height = max(len(lines) for lines in part) * lead + 2 * pad
            pieces.append(Piece(part, row, start == 0, height))
    return pieces
