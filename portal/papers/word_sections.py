"""The sections of a DOCX: one for each run of pages of one size, as the page templates of a paper name them.

A section begins where the PDF takes another page template by `<pdf:nextpage>`: the annexes, upright or wide.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from portal.papers.stylesheet import Declarations, PageRule, page_rules, points
from portal.papers.word_text import colour, twips

_HEIGHTS = {False: 842.0, True: 595.0}


@dataclass(frozen=True, slots=True)
class Border:
    """The line around a page: how far from its edge and how thick, in points; `double`: two of them."""

    away: float
    thick: float
    colour: str
    double: bool

    def xml(self) -> str:
        """Return the lines of the four sides."""
        kind, thick = ("double", self.thick * 0.6) if self.double else ("single", self.thick)
        sides = "".join(
            f'<w:{side} w:val="{kind}" w:sz="{round(thick * 8)}" w:space="{min(31, round(self.away))}"'
            f' w:color="{self.colour}"/>'
            for side in ("top", "left", "bottom", "right")
        )
        return f'<w:pgBorders w:offsetFrom="page">{sides}</w:pgBorders>'


@dataclass(frozen=True, slots=True)
class PageLook:
    """Pages of one look; lengths in points: margins (top, right, bottom, left), edge to header and footer."""

    wide: bool
    margins: tuple[float, ...]
    header: float
    footer: float
    border: Border | None = None

    @classmethod
    def of(cls, rule: PageRule) -> PageLook:
        """Return the look a page template means; its frames say where the lines of every page stand."""
        wide = rule.declarations["size"].split() == ["a4", "landscape"]
        edges = [edge for name in ("number", "mark") if (edge := rule.frames.get(name))]
        feet = [edge for name in ("check", "form") if (edge := rule.frames.get(name))]
        lines = [edge for edge in rule.frames.values() if "border" in edge]
        return cls(
            wide,
            tuple(points(rule.declarations[f"margin-{side}"]) for side in ("top", "right", "bottom", "left")),
            min((points(edge["top"]) for edge in edges), default=points("10mm")),
            min(
                (_HEIGHTS[wide] - points(edge["top"]) - points(edge["height"]) for edge in feet),
                default=points("8mm"),
            ),
            _border(lines) if lines else None,
        )

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, in twentieths of a point."""
        return (16838, 11906) if self.wide else (11906, 16838)

    @property
    def width(self) -> float:
        """Of the text, in points."""
        return self.size[0] / 20 - self.margins[1] - self.margins[3]


def _border(lines: list[Declarations]) -> Border:
    outer = min(lines, key=lambda one: points(one["top"]))
    thick, _, ink = outer["border"].split()
    return Border(points(outer["top"]), points(thick), colour(ink), len(lines) > 1)


class Sections:
    """Counts the sections of one paper; `width` is that of the text in the section being written."""

    def __init__(self, html: str) -> None:
        self._pages = {rule.name: PageLook.of(rule) for rule in page_rules(html)}
        if not self._pages:
            raise ValueError("the page names no size")
        self._look = next(iter(self._pages.values()))
        self._looks = [self._look]
        self._first = True

    @property
    def width(self) -> float:
        """Of the text, in points."""
        return self._look.width

    def turn(self, name: str) -> str:
        """Begin a section with the page template `name`; returns what ends the one before it."""
        ended = self.last()
        self._look, self._first = self._pages[name], False
        if self._look not in self._looks:
            self._looks.append(self._look)
        return ended

    def last(self) -> str:
        """Return the properties of the section being written; each later one counts its pages from 1."""
        (width, height), place = self._look.size, self._looks.index(self._look)
        top, right, bottom, left = (twips(side) for side in self._look.margins)
        turned = ' w:orient="landscape"' if self._look.wide else ""
        border = self._look.border.xml() if self._look.border else ""
        again = "" if self._first else '<w:pgNumType w:start="1"/>'
        return (
            f'<w:sectPr><w:headerReference w:type="default" r:id="header{2 * place + 1}"/>'
            f'<w:headerReference w:type="first" r:id="header{2 * place + 2}"/>'
            '<w:footerReference w:type="default" r:id="footer1"/><w:footerReference w:type="first" r:id="footer1"/>'
            f'<w:pgSz w:w="{width}" w:h="{height}"{turned}/><w:pgMar w:top="{top}" w:right="{right}"'
            f' w:bottom="{bottom}" w:left="{left}" w:header="{twips(self._look.header)}"'
            f' w:footer="{twips(self._look.footer)}" w:gutter="0"/>{border}{again}<w:titlePg/>'
            "</w:sectPr>"
        )

    def headers(self) -> Iterator[tuple[str, PageLook, bool]]:
        """Return every header: its name, the pages it stands on, whether it bears the page's number."""
        for place, look in enumerate(self._looks):
            yield f"header{2 * place + 1}", look, True
            yield f"header{2 * place + 2}", look, False
