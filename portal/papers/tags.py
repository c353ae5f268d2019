"""Two tags of our own for xhtml2pdf: `<pdf:rows ref="…">` draws a RowTable, `<pdf:condbreak height="…">`
starts a new page when less than that height is left (for headings).

Import only through pdf.py: the fonts must be registered before reportlab's layout engine is loaded.
"""

from bisect import bisect_right
from contextvars import ContextVar
from itertools import accumulate, groupby
from typing import Any

import xhtml2pdf.parser
from reportlab.platypus import CondPageBreak, Flowable
from xhtml2pdf.config.resources import check_deadline
from xhtml2pdf.tags import pisaTag
from xhtml2pdf.util import getSize

from portal.papers import faces
from portal.papers.rows import (
    MISSING,
    Align,
    HeadCell,
    Piece,
    RowTable,
    break_lines,
    head_cells,
    lay_rows,
    text_width,
)

TABLES: ContextVar[dict[str, RowTable]] = ContextVar("tables")
_ROUNDING = 1e-7  # less than what the layout engine itself allows
_YELLOW = (1.0, 0.96, 0.68)
_GREY = (0.93, 0.93, 0.93)


class _Layout:
    """A RowTable broken to one page width: head levels, pieces and their running heights."""

    def __init__(self, table: RowTable, width: float) -> None:
        total = sum(column.width for column in table.columns)
        self.table = table
        self.size = table.size
        self.lead = table.size * 1.17
        self.pad = table.size / 4
        self.widths = [column.width * width / total for column in table.columns]
        self.edges = [0.0, *accumulate(self.widths)]
        self.head = head_cells(table.columns)
        self.head_heights = self._measure_head()
        rows = [*table.rows, *((table.totals,) if table.totals else ())]
        self.pieces: list[Piece] = lay_rows(rows, self.widths, self.size, self.lead, self.pad)
        self.depths = [0.0, *accumulate(piece.height for piece in self.pieces)]

    def head_lines(self, cell: HeadCell) -> list[str]:
        width = self.edges[cell.column + cell.columns] - self.edges[cell.column]
        return break_lines(cell.text, faces.BOLD, self.size, width - 2)

    def _measure_head(self) -> list[float]:
        heights = [0.0] * len(self.head)
        cells = sorted((cell for level in self.head for cell in level), key=lambda cell: cell.levels)
        for cell in cells:
            wanted = len(self.head_lines(cell)) * self.lead + 2 * self.pad
            covered = range(cell.level, cell.level + cell.levels)
            short = wanted - sum(heights[level] for level in covered)
            if short > 0:
                heights[covered[-1]] += short
        return heights


class RowsFlow(Flowable):  # type: ignore[misc]
    """A stretch of a table's pieces; splits at piece borders and draws its own head."""

    def __init__(
        self, table: RowTable, layout: _Layout | None = None, start: int = 0, stop: int | None = None
    ) -> None:
        super().__init__()
        self.table, self.layout, self.start, self.stop = table, layout, start, stop
        self.spaceBefore, self.spaceAfter = 6, 9

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        """Return the room the rows take at a width."""
        if self.layout is None:
            self.layout = _Layout(self.table, width)
        last = len(self.layout.pieces) if self.stop is None else self.stop
        self.width = self.layout.edges[-1]
        self.height = (
            sum(self.layout.head_heights) + self.layout.depths[last] - self.layout.depths[self.start]
        )
        return self.width, self.height

    def split(self, width: float, height: float) -> list[Flowable]:
        """Return the part that fits on this page and the rest, never parting rows that belong together.

        The last row, of figures or of totals, does not stand alone on a page.
        """
        check_deadline()
        self.wrap(width, height)
        assert self.layout is not None
        depths, last = self.layout.depths, len(self.layout.pieces) if self.stop is None else self.stop
        room = height - sum(self.layout.head_heights) + _ROUNDING
        cut = min(bisect_right(depths, depths[self.start] + room) - 1, last)
        if cut == last - 1 and cut > self.start + 1:
            cut -= 1
        if cut < last and cut > self.start and self.layout.pieces[cut - 1].row.across:
            cut -= 1
        if cut <= self.start:
            return []
        if cut >= last:
            return [self]
        parts = ((self.start, cut), (cut, last))
        return [RowsFlow(self.table, self.layout, begin, end) for begin, end in parts]

    def draw(self) -> None:
        """Draw the rows of this part, the heading first."""
        assert self.layout is not None
        layout, canvas = self.layout, self.canv
        last = len(layout.pieces) if self.stop is None else self.stop
        canvas.saveState()
        canvas.setLineWidth(0.5)
        top = self._draw_head()
        bottom = top
        for across, stretch in groupby(layout.pieces[self.start : last], key=lambda piece: piece.row.across):
            begin = bottom
            for piece in stretch:
                self._draw_piece(piece, bottom)
                if piece.first or bottom == top:
                    canvas.line(0, bottom, self.width, bottom)
                bottom -= piece.height
            for edge in (0.0, self.width) if across else layout.edges:
                canvas.line(edge, begin, edge, bottom)
        canvas.line(0, bottom, self.width, bottom)
        canvas.restoreState()

    def _draw_head(self) -> float:
        layout, canvas = self.layout, self.canv
        assert layout is not None
        tops = [self.height - depth for depth in (0.0, *accumulate(layout.head_heights))]
        for cell in (cell for level in layout.head for cell in level):
            left, right = layout.edges[cell.column], layout.edges[cell.column + cell.columns]
            top, bottom = tops[cell.level], tops[cell.level + cell.levels]
            canvas.rect(left, bottom, right - left, top - bottom)
            lines = layout.head_lines(cell)
            first = (top + bottom + len(lines) * layout.lead) / 2
            font = faces.ITALIC if cell.is_number else faces.BOLD
            for place, line in enumerate(lines):
                base = first - place * layout.lead - layout.size * 0.92
                self._text(line, font, left + 1, right - 1, base, Align.CENTER)
        return tops[-1]

    def _draw_piece(self, piece: Piece, top: float) -> None:
        layout, row, canvas = self.layout, piece.row, self.canv
        assert layout is not None
        font = faces.BOLD if row.strong else faces.REGULAR
        if row.across:
            canvas.setFillColorRGB(*_GREY)
            canvas.rect(0, top - piece.height, self.width, piece.height, stroke=0, fill=1)
            canvas.setFillColorRGB(0, 0, 0)
        for place, lines in enumerate(piece.lines):
            left = layout.edges[place] + layout.pad
            right = (self.width if row.across else layout.edges[place + 1]) - layout.pad
            align = Align.LEFT if row.across else self.table.columns[place].align
            marked = row.cells[place].startswith(MISSING)
            for number, line in enumerate(lines):
                base = top - layout.pad - number * layout.lead - layout.size * 0.92
                self._text(line, font, left, right, base, align, marked)

    def _text(
        self, line: str, font: str, left: float, right: float, base: float, align: Align, marked: bool = False
    ) -> None:
        if not line:
            return
        size = self.table.size
        long = text_width(line, font, size)
        start = {Align.LEFT: left, Align.RIGHT: right - long, Align.CENTER: (left + right - long) / 2}[align]
        if marked:
            self.canv.setFillColorRGB(*_YELLOW)
            self.canv.rect(start - 1, base - size * 0.25, long + 2, size * 1.15, stroke=0, fill=1)
            self.canv.setFillColorRGB(0, 0, 0)
        own = faces.widths(font)
        for known, run in groupby(line, key=own.__contains__):
            text, name = "".join(run), font if known else faces.SYMBOL
            self.canv.setFont(name, size)
            self.canv.drawString(start, base, text)
            start += text_width(text, font, size)


class _RowsTag(pisaTag):  # type: ignore[misc]
    def start(self, c: Any) -> None:
        c.addPara()
        c.addStory(RowsFlow(TABLES.get()[self.node.getAttribute("ref")]))


class _ConditionalBreakTag(pisaTag):  # type: ignore[misc]
    def start(self, c: Any) -> None:
        c.addPara()
        c.addStory(CondPageBreak(getSize(self.node.getAttribute("height") or "60pt")))


def install() -> None:
    """Teaches xhtml2pdf's parser the two tags."""
    xhtml2pdf.parser.pisaTagPDFROWS = _RowsTag
    xhtml2pdf.parser.pisaTagPDFCONDBREAK = _ConditionalBreakTag
