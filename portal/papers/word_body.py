"""The body of a paper's page as WordprocessingML: the templates' few elements, each as what it is in a text.

The page is the one the PDF is made of (templates/print/). A tag or class the papers do not use is an error,
so that no paper leaves the house with a part of it left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element

from portal.papers.rows import RowTable
from portal.papers.stylesheet import Node, StyleSheet, declarations, points
from portal.papers.word_pictures import NotInPapers, Pictures
from portal.papers.word_rows import rows_xml
from portal.papers.word_sections import Sections
from portal.papers.word_text import KEPT_WITH_NEXT, Look, Paragraph, Run, Styles, texts, twips

PDF = "{pdf}"
_SPACE = re.compile("[ \t\r\n\f]+")
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_NUMBERED = re.compile(r"([IVX]+|[0-9]{1,2})\. ")


@dataclass
class _Flow:
    """Blocks one below the other in a column `width` points wide.

    `waiting` is the margin of the last block, which meets the next one's margin as in the PDF: the larger
    holds; `room` is space that is added to it; `turned`: the next block begins a page.
    """

    width: float
    path: tuple[Node, ...]
    blocks: list[Paragraph | str] = field(default_factory=list)
    waiting: float = 0
    room: float = 0
    turned: bool = False

    def add(self, block: Paragraph) -> None:
        """Put a paragraph below the last block."""
        own = block.own or block.look
        last = self.blocks[-1] if self.blocks else None
        given = (last.own or last.look).after if isinstance(last, Paragraph) else 0
        before = max(own.before, self.waiting, given) - given + self.room
        if before != own.before:
            block.more(before=before)
        block.turned, self.turned = self.turned, False
        self.waiting = self.room = 0
        self.blocks.append(block)

    def xml(self) -> str:
        """Return the blocks; a cell and a page end with a paragraph."""
        if not self.blocks or isinstance(self.blocks[-1], str):
            self.blocks.append(_gap(self.room))
        return "".join(block if isinstance(block, str) else block.xml() for block in self.blocks)


def _gap(height: float) -> Paragraph:
    """A paragraph of no text, for distance between tables."""
    return Paragraph("", Look(), own=Look(before=height), rule=None, small=True)


class Body:
    """Walks a page and collects its blocks, the styles and pictures they use; counts headings as the word processor will."""

    def __init__(self, tables: Mapping[str, RowTable], sections: Sections, sheet: StyleSheet) -> None:
        self.tables, self.sections, self.sheet = tables, sections, sheet
        self.styles, self.pictures = Styles(), Pictures()
        self._roman = self._decimal = 0

    def xml(self, body: Element) -> str:
        """Return the body's blocks."""
        flow = _Flow(self.sections.width, (_node(body),))
        self._children(body, flow)
        return flow.xml()

    def line(self, element: Element) -> str:
        """Return a line that stands on every page as a paragraph; its id names its style."""
        look = Look.of(self.sheet.style_of((Node("body"), _node(element))))
        style = self.styles.named(element.get("id", ""), look)
        return Paragraph(style, look, [Run(words_of(element))]).xml()

    def _children(self, element: Element, flow: _Flow) -> None:
        if (element.text or "").strip():
            raise NotInPapers(f"text outside of a paragraph: {element.text!r}")
        for child in element:
            kind = self._kinds().get(child.tag)
            if kind is None:
                raise NotInPapers(f"<{child.tag}>")
            kind(child, flow)
            if (child.tail or "").strip():
                raise NotInPapers(f"text outside of a paragraph: {child.tail!r}")

    def _kinds(self) -> dict[str, Callable[[Element, _Flow], None]]:
        return {
            "p": self._paragraph,
            "hr": self._line,
            "table": self._columns,
            "div": self._block,
            f"{PDF}rows": self._rows,
            f"{PDF}spacer": self._space,
            f"{PDF}nextpage": self._turn,
            f"{PDF}resetpagenumber": lambda *_: None,
            f"{PDF}condbreak": lambda *_: None,
            f"{PDF}nexttemplate": lambda *_: None,
        }

    def _block(self, element: Element, flow: _Flow) -> None:
        if element.get("id"):
            return  # stands in the header or the footer
        first = len(flow.blocks)
        flow.path = (*flow.path, _node(element))
        self._children(element, flow)
        flow.path = flow.path[:-1]
        for block in flow.blocks[first:]:
            if isinstance(block, Paragraph):
                block.more(keep=True)

    def _paragraph(self, element: Element, flow: _Flow) -> None:
        node = _node(element)
        kind = (element.get("class", "").split() or [""])[-1]
        look = Look.of(self.sheet.style_of((*flow.path, node)), keep=kind in KEPT_WITH_NEXT)
        runs = self._runs(element)
        here = declarations(element.get("style", ""))
        if not texts(runs).strip() and not any(run.drawing for run in runs):
            flow.room += points(here.get("font-size", "0"))
            return
        made = Paragraph(self.styles.named(kind, look), look, runs)
        if "margin-top" in here:
            made.more(before=points(here["margin-top"]), after=points(here.get("margin-bottom", "0")))
        if kind in ("heading", "minor"):
            self._number(made)
        flow.add(made)

    def _number(self, heading: Paragraph) -> None:
        """Leave a heading's number to the word processor where it will count the same."""
        found = _NUMBERED.match(heading.runs[0].text)
        if not found:
            return
        if found[1] == _ROMAN[self._roman]:
            self._roman, self._decimal, heading.number = self._roman + 1, 0, 0
        elif found[1] == str(self._decimal + 1):
            self._decimal, heading.number = self._decimal + 1, 1
        else:
            return
        first = heading.runs[0]
        heading.runs[0] = Run(first.text[found.end() :], first.bold, first.italic, first.missing)

    def _line(self, element: Element, flow: _Flow) -> None:
        width = element.get("width", "100%")
        long = flow.width * float(width[:-1]) / 100 if width.endswith("%") else float(width)
        here = declarations(element.get("style", ""))
        rest = max(0.0, (flow.width - long) / 2)
        look = Look(before=points(here.get("margin-top", "0")), after=points(here.get("margin-bottom", "0")))
        flow.add(Paragraph("", Look(), own=look, rule=(rest, rest)))

    def _turn(self, element: Element, flow: _Flow) -> None:
        """Begin a page, of another look where it is named: a paragraph of no height bears the section that ends."""
        if not element.get("name"):
            flow.turned, flow.waiting, flow.room = True, 0, 0
            return
        end = _gap(0)
        end.section = self.sections.turn(element.get("name", ""))
        flow.blocks.append(end)
        flow.width, flow.waiting, flow.room = self.sections.width, 0, 0

    def _space(self, element: Element, flow: _Flow) -> None:
        flow.room += points(element.get("height", "0"))

    def _rows(self, element: Element, flow: _Flow) -> None:
        self._before_table(flow, 6)
        flow.blocks.append(rows_xml(self.tables[element.get("ref", "")], flow.width, self.styles))
        flow.waiting = 9

    def _before_table(self, flow: _Flow, distance: float) -> None:
        last = flow.blocks[-1] if flow.blocks else None
        if isinstance(last, Paragraph):
            last.more(after=max((last.own or last.look).after, distance) + flow.room)
        elif last is not None:
            flow.blocks.append(_gap(max(flow.waiting, distance) + flow.room))
        flow.waiting = flow.room = 0

    def _columns(self, element: Element, flow: _Flow) -> None:
        """A table that only sets things side by side: the head of a paper, its signatures."""
        node = _node(element)
        style = self.sheet.style_of((*flow.path, node))
        self._before_table(flow, points(style.get("margin-top", "0")))
        shares: list[float] = []
        rows = []
        for row in element:
            cells = []
            for place, cell in enumerate(row):
                if place >= len(shares):
                    shares.append(float(cell.get("width", "100%")[:-1]) / 100)
                inner = _Flow(flow.width * shares[place], (*flow.path, node, _node(row), _node(cell)))
                self._children(cell, inner)
                last = inner.blocks[-1] if inner.blocks else None
                pad = declarations(cell.get("style", "")).get("padding-bottom", "0")
                if isinstance(last, Paragraph):
                    last.more(after=points(pad))
                cells.append(
                    f'<w:tc><w:tcPr><w:tcW w:w="{twips(inner.width)}" w:type="dxa"/></w:tcPr>{inner.xml()}</w:tc>'
                )
            rows.append(f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{''.join(cells)}</w:tr>")
        grid = "".join(f'<w:gridCol w:w="{twips(flow.width * share)}"/>' for share in shares)
        flow.blocks.append(
            f'<w:tbl><w:tblPr><w:tblW w:w="{twips(flow.width)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
            '<w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar>'
            f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
        )
        flow.waiting = points(style.get("margin-bottom", "0"))

    def _runs(self, paragraph: Element) -> list[Run]:
        """The runs of a paragraph, with white space as HTML shows it."""
        found: list[Run] = []

        def add(text: str | None, bold: bool, italic: bool, missing: bool) -> None:
            shown = _SPACE.sub(" ", text or "")
            before = texts(found)
            if not before or before[-1] in " \n":
                shown = shown.lstrip(" ")
            if shown:
                found.append(Run(shown, bold, italic, missing))

        def walk(element: Element, bold: bool, italic: bool, missing: bool) -> None:
            add(element.text, bold, italic, missing)
            for child in element:
                if child.tag == "br":
                    found.append(Run("\n"))
                elif child.tag == "img":
                    found.append(Run("", drawing=self.pictures.drawing(child)))
                elif child.tag in ("b", "i", "span"):
                    of_missing = missing or child.get("class") == "missing"
                    walk(child, bold or child.tag == "b", italic or child.tag == "i", of_missing)
                else:
                    raise NotInPapers(f"<{child.tag}> in a paragraph")
                add(child.tail, bold, italic, missing)

        walk(paragraph, False, False, False)
        while found and not found[-1].drawing and not found[-1].text.rstrip(" "):
            found.pop()
        if found:
            found[-1] = replace(found[-1], text=found[-1].text.rstrip(" "))
        return found


def words_of(element: Element) -> str:
    """Return the text of an element in one line."""
    return " ".join("".join(element.itertext()).split())


def _node(element: Element) -> Node:
    return Node(element.tag, frozenset(element.get("class", "").split()), element.get("id", ""))
