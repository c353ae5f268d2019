"""A RowTable as a table of WordprocessingML: a head that repeats, groups as joined cells, text as typed."""

from __future__ import annotations

from portal.papers.rows import MISSING, Align, HeadCell, Row, RowTable, head_cells
from portal.papers.word_text import Look, Paragraph, Run, Styles, twips

_BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
# Titles come as close to the lines as in the PDF, so that short ones stay whole.
_TIGHT = '<w:tcMar><w:left w:w="20" w:type="dxa"/><w:right w:w="20" w:type="dxa"/></w:tcMar>'
_FITS_A_PAGE = 600  # characters; a longer cell may be parted
_GREY = '<w:shd w:val="clear" w:color="auto" w:fill="EDEDED"/>'


def rows_xml(table: RowTable, width: float, styles: Styles) -> str:
    """Return the table, `width` points wide."""
    total = sum(column.width for column in table.columns)
    widths = [twips(column.width * width / total) for column in table.columns]
    pad = twips(table.size / 4)
    grid = "".join(f'<w:gridCol w:w="{one}"/>' for one in widths)
    rows = [*table.rows, *((table.totals,) if table.totals else ())]
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders>{_BORDERS}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar><w:top w:w="{pad}" w:type="dxa"/><w:left w:w="{pad}"'
        f' w:type="dxa"/><w:bottom w:w="{pad}" w:type="dxa"/><w:right w:w="{pad}" w:type="dxa"/></w:tblCellMar>'
        f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{_head(table, widths, styles)}"
        f"{''.join(_row(table, row, widths, styles) for row in rows)}</w:tbl>"
    )


def _head(table: RowTable, widths: list[int], styles: Styles) -> str:
    levels = head_cells(table.columns)
    placed: dict[tuple[int, int], tuple[HeadCell, bool]] = {}
    for cell in (cell for level in levels for cell in level):
        for level in range(cell.level, cell.level + cell.levels):
            placed[level, cell.column] = (cell, level == cell.level)
    lines = []
    for level in range(len(levels)):
        column, cells = 0, []
        while column < len(widths):
            cell, first = placed[level, column]
            cells.append(_head_cell(cell, first, sum(widths[column : column + cell.columns]), table, styles))
            column += cell.columns
        lines.append(f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{''.join(cells)}</w:tr>")
    return "".join(lines)


def _head_cell(cell: HeadCell, first: bool, width: int, table: RowTable, styles: Styles) -> str:
    joined = f'<w:gridSpan w:val="{cell.columns}"/>' if cell.columns > 1 else ""
    if cell.levels > 1:
        joined += '<w:vMerge w:val="restart"/>' if first else "<w:vMerge/>"
    look = Look(table.size, bold=not cell.is_number, italic=cell.is_number, align="center", keep=True)
    text = _paragraph(cell.text if first else "", look, styles, kind="cell-head")
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{joined}{_TIGHT}<w:vAlign w:val="center"/></w:tcPr>{text}</w:tc>'


def _row(table: RowTable, row: Row, widths: list[int], styles: Styles) -> str:
    if row.across:
        look = Look(table.size, bold=row.strong, keep=True)
        cell = (
            f'<w:tc><w:tcPr><w:tcW w:w="{sum(widths)}" w:type="dxa"/><w:gridSpan w:val="{len(widths)}"/>{_GREY}'
            f"</w:tcPr>{_paragraph(row.cells[0], look, styles, kind='cell-across')}</w:tc>"
        )
        return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cell}</w:tr>"
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>'
        f"{_paragraph(text, _cell_look(table, row, column.align), styles)}</w:tc>"
        for text, width, column in zip(row.cells, widths, table.columns, strict=True)
    )
    whole = "<w:trPr><w:cantSplit/></w:trPr>" if max(map(len, row.cells)) < _FITS_A_PAGE else ""
    return f"<w:tr>{whole}{cells}</w:tr>"


def _cell_look(table: RowTable, row: Row, align: Align) -> Look:
    return Look(table.size, bold=row.strong, align=align.value)


def _paragraph(text: str, look: Look, styles: Styles, kind: str = "cell") -> str:
    runs = [Run(text, missing=text.startswith(MISSING))] if text else []
    return Paragraph(styles.named(kind, look), look, runs).xml()
