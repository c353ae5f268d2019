"""The sections of a DOCX: one for each run of pages of one size, as the page templates of a paper name them.

A section begins where the PDF takes another page template by `<pdf:nextpage>`: the annexes, upright or wide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from portal.papers.stylesheet import points
from portal.papers.word_text import twips

_PAGE = re.compile(r"@page\s*(\w*)\s*\{\s*size:\s*a4\s+(portrait|landscape);\s*margin:\s*([^;]+);")


@dataclass(frozen=True, slots=True)
class PageLook:
    """Size and margins of pages, in points: top, right, bottom, left."""

    wide: bool
    margins: tuple[float, ...]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, in twentieths of a point."""
        return (16838, 11906) if self.wide else (11906, 16838)

    @property
    def width(self) -> float:
        """Of the text, in points."""
        return self.size[0] / 20 - self.margins[1] - self.margins[3]


class Sections:
    """Counts the sections of one paper; `width` is that of the text in the section being written."""

    def __init__(self, html: str) -> None:
        self._pages = {
            name: PageLook(turned == "landscape", tuple(points(one) for one in margins.split()))
            for name, turned, margins in _PAGE.findall(html)
        }
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
        again = "" if self._first else '<w:pgNumType w:start="1"/>'
        return (
            f'<w:sectPr><w:headerReference w:type="default" r:id="header{2 * place + 1}"/>'
            f'<w:headerReference w:type="first" r:id="header{2 * place + 2}"/>'
            '<w:footerReference w:type="default" r:id="footer1"/><w:footerReference w:type="first" r:id="footer1"/>'
            f'<w:pgSz w:w="{width}" w:h="{height}"{turned}/><w:pgMar w:top="{top}" w:right="{right}"'
            f' w:bottom="{bottom}" w:left="{left}" w:header="567" w:footer="454" w:gutter="0"/>{again}<w:titlePg/>'
            "</w:sectPr>"
        )

    def headers(self) -> Iterator[tuple[str, PageLook, bool]]:
        """Return every header: its name, the pages it stands on, whether it bears the page's number."""
        for place, look in enumerate(self._looks):
            yield f"header{2 * place + 1}", look, True
            yield f"header{2 * place + 2}", look, False
