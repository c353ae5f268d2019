"""Papers against other ways to make a PDF, and the size of long lists: CPU warm, memory in a process of its own."""

from __future__ import annotations

import html
import importlib.util
import io
import re
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, Spacer

from portal.dossiers.queries import dossier_of, open_sheet
from portal.papers import documents
from portal.papers.content import content_of
from portal.papers.district import office
from portal.papers.documents import Page
from portal.papers.rows import Align, RowColumn, RowTable
from portal.papers.rows import Row as TableRow
from portal.papers.sheets import Column, Kind, Sheet, sheet_xlsx
from portal.papers.shelf import KINDS
from tenants.scope import Scope, ScopeKind, acting_in

from .measure import take_turns
from .province import Province
from .table import Line, amount, ratio

FORMS = ("mau-01", "mau-02", "mau-03")
_PARAGRAPH = re.compile(r"<(?:p|td|th|h1|h2|li)\b[^>]*>(.*?)</(?:p|td|th|h1|h2|li)>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_ROWS = re.compile(r'<pdf:rows[^>]*ref="([^"]+)"[^>]*/?>(?:</pdf:rows>)?')


def paper_lines(province: Province, rounds: int) -> Iterator[Line]:
    """Measure Mẫu 01 to 03 of a real dossier, and the annex of a decision."""
    pages = _forms(province)
    variants: dict[str, Callable[[], object]] = {
        "ours": lambda: [page.pdf() for page in pages],
        "reportlab": lambda: [_bare_paper(page) for page in pages],
    }
    if importlib.util.find_spec("weasyprint"):
        sources = [_for_weasyprint(page) for page in pages]
        variants["weasyprint"] = lambda: [_weasyprint(source) for source in sources]
    costs = take_turns(variants, rounds=rounds, calls=1)
    what = "Mẫu 01 + 02 + 03, PDF"
    if "weasyprint" in costs:
        yield ratio("văn bản", f"{what} / WeasyPrint", costs["ours"].own, costs["weasyprint"].own, 0.45)
    else:
        yield amount("văn bản", f"{what} / WeasyPrint", None, "×", 0.45, "chưa cài WeasyPrint")
    yield ratio("văn bản", f"{what} / reportlab trần", costs["ours"].own, costs["reportlab"].own, 4.0)


def annex_lines(rounds: int, sizes: tuple[int, int]) -> Iterator[Line]:
    """Measure the annex of a decision with few and many units against reportlab's table of paragraphs."""
    variants: dict[str, Callable[[], object]] = {}
    for size in sizes:
        table = _annex(size)
        variants[f"ours {size}"] = lambda table=table: _annex_pdf(table)  # type: ignore[misc]
        variants[f"paragraphs {size}"] = lambda table=table: _paragraph_cells(table)  # type: ignore[misc]
    costs = take_turns(variants, rounds=rounds, calls=1)
    for size in sizes:
        ours, floor = costs[f"ours {size}"].own, costs[f"paragraphs {size}"].own
        yield ratio("văn bản", f"phụ lục {size} đơn vị / reportlab, ô Paragraph", ours, floor, 0.5)
    few, many = (costs[f"ours {size}"].own / size for size in sizes)
    yield amount("văn bản", f"phụ lục: CPU mỗi dòng, {sizes[1]} / {sizes[0]}", many / few, "×", 1.2)


def memory_lines(units: int, rows: int) -> Iterator[Line]:
    """Measure the memory of a long annex, of a long workbook, and of one with a quarter of its rows: it must not grow."""
    yield amount("văn bản", f"phụ lục {units} đơn vị: bộ nhớ thêm", _extra_memory("annex", units), "MB", 100)
    whole, part = _extra_memory("xlsx", rows), _extra_memory("xlsx", rows // 4)
    yield amount(
        "văn bản", f"XLSX {rows} dòng: bộ nhớ thêm", whole, "MB", 40, f"{rows // 4} dòng: {part:.0f} MB"
    )


def _forms(province: Province) -> list[Page]:
    with psycopg.connect(**province.superuser()) as connection:
        row = connection.execute(
            "select tenant_id, id from dossier where state = 'decided' and year = 2025 order by tenant_id desc, id limit 1"
        ).fetchone()
    assert row is not None
    tenant_id, number = row
    with (
        province.app.test_request_context(),
        acting_in(Scope(ScopeKind.DISTRICT, tenant_id, writes=False)),
    ):
        dossier = dossier_of(tenant_id, number)
        assert dossier is not None
        sheet = open_sheet(dossier)
        content, place = content_of(sheet), office(tenant_id)
        made = [KINDS[name].page(sheet, content, place) for name in FORMS]
    return [page for page in made if page is not None]


def _weasyprint(source: str) -> bytes:
    from weasyprint import HTML  # type: ignore[import-not-found,import-untyped,unused-ignore]

    made: bytes = HTML(string=source).write_pdf()
    return made


def _for_weasyprint(page: Page) -> str:
    """Return the page with its long tables as plain HTML tables."""

    def table(found: re.Match[str]) -> str:
        rows = [[column.title for column in page.tables[found[1]].columns]]
        rows += [list(row.cells) for row in page.tables[found[1]].rows]
        lines = ("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
        return f"<table border='1'>{''.join(lines)}</table>"

    return _ROWS.sub(table, page.html)


@cache
def _face() -> str:
    from portal.papers import faces as ours

    path = Path(ours.__file__).parent / "fonts"
    file = next(path.glob("*erif-Regular*.ttf"), None) or next(path.glob("*.ttf"))
    pdfmetrics.registerFont(TTFont("bench", str(file)))
    return "bench"


def _style(size: float = 12) -> ParagraphStyle:
    return ParagraphStyle("bench", fontName=_face(), fontSize=size, leading=size * 1.25)


def _document(story: list[Any]) -> bytes:
    out = io.BytesIO()
    SimpleDocTemplate(out, pagesize=A4).build(story)
    return out.getvalue()


def _bare_paper(page: Page) -> bytes:
    """The same texts as plain paragraphs, the same tables with paragraphs in their cells."""
    style = _style()
    texts = (_TAG.sub("", text).strip() for text in _PARAGRAPH.findall(page.html))
    story: list[Any] = [Paragraph(html.escape(html.unescape(text)), style) for text in texts if text]
    for table in page.tables.values():
        story += [Spacer(1, 6), _paragraphs(table, table.size)]
    return _document(story)


def _paragraphs(table: RowTable, size: float) -> LongTable:
    style, width = _style(size), 460 / sum(column.width for column in table.columns)
    rows = [[column.title for column in table.columns], *(row.cells for row in table.rows)]
    cells = [
        [Paragraph(html.escape(cell), style) for cell in row]
        for row in rows
        if len(row) == len(table.columns)
    ]
    return LongTable(cells, colWidths=[column.width * width for column in table.columns], repeatRows=1)


def _annex(units: int) -> RowTable:
    columns = (
        RowColumn("TT", 11, Align.CENTER),
        RowColumn("Tên đơn vị", 76),
        RowColumn("Loại hình", 54),
        RowColumn("Ghi chú", 24),
    )
    rows = [
        TableRow(
            (str(n), f"Trường Tiểu học và Trung học cơ sở Nguyễn Bỉnh Khiêm số {n}", "Trường tiểu học", "")
        )
        for n in range(1, units + 1)
    ]
    return RowTable(columns, rows)


def _annex_pdf(table: RowTable) -> bytes:
    kinds = (Kind.CENTERED, Kind.TEXT, Kind.TEXT, Kind.TEXT)
    columns = tuple(Column(c.title, kind, c.width) for c, kind in zip(table.columns, kinds, strict=True))
    return documents.sheet_pdf(Sheet("PHỤ LỤC", columns, [row.cells for row in table.rows]), size=table.size)


def _paragraph_cells(table: RowTable) -> bytes:
    return _document([_paragraphs(table, table.size)])


def _extra_memory(what: str, rows: int) -> float:
    """Return by how many MB a fresh process grew while it made something of so many rows."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.papers", what, str(rows)],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


def _rows(count: int) -> list[tuple[Any, ...]]:
    row = ("B001-0001", "Trường Tiểu học Mỹ Đức", "Trường tiểu học", 37, 412, "Công nhận mức độ 1")
    return [row] * count


def make(what: str, rows: int) -> bytes:
    """Make a long annex or workbook: what the memory is measured of."""
    if what == "annex":
        return _annex_pdf(_annex(rows))
    columns = tuple(
        Column(title, Kind.INTEGER if place in (3, 4) else Kind.TEXT, 20)
        for place, title in enumerate("abcdef")
    )
    return sheet_xlsx(Sheet("DANH SÁCH", columns, _rows(rows)))


def peak_memory() -> float:
    """Return the most memory this process ever held, in MB."""
    with suppress(OSError):
        told = Path("/proc/self/status").read_text()
        return int(re.findall(r"VmHWM:\s+(\d+)", told)[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    make(sys.argv[1], 2)
    before = peak_memory()
    made = make(sys.argv[1], int(sys.argv[2]))
    print(f"{peak_memory() - before:.1f}")
