"""The guides of docs/huong-dan as pages: Markdown without any HTML passed through, pictures of docs/pictures.

Where the province itself recognises, a guide is an edition: the guide of a district or its units in the words of that
tier, with what is different there in the edition's own file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from flask import url_for
from markupsafe import Markup

from portal.words import in_words_of
from tenants.people import DISTRICT_ROLES, PROVINCE_ROLES, Role

if TYPE_CHECKING:
    from markdown_it.token import Token

ROOT = Path(__file__).resolve().parents[2] / "docs" / "huong-dan"
PICTURES = "../pictures/"
NAMES = {
    "don-vi": "Đơn vị",
    "huyen": "Huyện",
    "don-vi-cap-tinh": "Đơn vị cấp tỉnh",
    "cap-tinh": "Nơi công nhận đơn vị cấp tỉnh",
    "tinh": "Tỉnh",
}
EDITIONS = {"don-vi-cap-tinh": "don-vi", "cap-tinh": "huyen"}
"""Guides made from another one, by name."""
_SECTION = re.compile(r"^(?=## )", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Guide:
    """A guide as a page: its title, its text as safe markup, and its sections for the side."""

    name: str
    title: str
    body: Markup
    sections: tuple[tuple[str, str], ...]


def written(name: str) -> str:
    """Return the text of a guide; "" where there is none (yet)."""
    path = ROOT / f"{name}.md"
    text = path.read_text(encoding="utf-8") if name in NAMES and path.is_file() else ""
    if not text or name not in EDITIONS:
        return text
    begin, *own = _SECTION.split(text)
    common = _SECTION.split(in_words_of("province", written(EDITIONS[name])))[1:]
    replaced = {_heading(section): section for section in own}
    sections = [replaced.pop(_heading(section), section) for section in common]
    return "\n\n".join(part.strip() for part in (begin, *replaced.values(), *sections)) + "\n"


def _heading(section: str) -> str:
    return section.partition("\n")[0].removeprefix("## ").strip()


@cache
def headings(name: str) -> tuple[str, ...]:
    """Return the headings of a guide in their order."""
    return tuple(_heading(section) for section in _SECTION.split(written(name))[1:])


def guide_of(role: Role, tier: str) -> str:
    """Return the name of the guide that is written for a role in places of a tier."""
    if role in PROVINCE_ROLES:
        return "tinh"
    name = "huyen" if role in DISTRICT_ROLES else "don-vi"
    if tier != "province":
        return name
    return next(edition for edition, base in EDITIONS.items() if base == name)


def guide(name: str) -> Guide | None:
    """Return a guide by its name, or None where there is none (yet)."""
    from markdown_it import MarkdownIt

    text = written(name)
    if not text:
        return None
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(text)
    title = _title(tokens) or f"Hướng dẫn: {NAMES[name]}"
    sections = _number_headings(tokens)
    for token in tokens:
        for inner in token.children or ():
            if inner.type == "image":
                _place_picture(inner)
            elif inner.type == "link_open":
                _place_link(inner)
    body = parser.renderer.render(tokens, parser.options, {})
    return Guide(name, title, Markup(body), tuple(sections))  # noqa: S704  (HTML in the source is escaped by the parser)


def _title(tokens: list[Token]) -> str:
    """Take the first heading out of the text: the page has its own h1."""
    if len(tokens) >= 3 and tokens[0].type == "heading_open" and tokens[0].tag == "h1":
        title = tokens[1].content
        del tokens[:3]
        return title
    return ""


def _number_headings(tokens: Sequence[Token]) -> list[tuple[str, str]]:
    """Give every section an address; a further h1 becomes an h2, so that the page keeps one."""
    sections: list[tuple[str, str]] = []
    for at, token in enumerate(tokens):
        if token.type in ("heading_open", "heading_close") and token.tag == "h1":
            token.tag = "h2"
        if token.type == "heading_open" and token.tag == "h2":
            anchor = f"muc-{len(sections) + 1}"
            token.attrSet("id", anchor)
            sections.append((f"#{anchor}", tokens[at + 1].content))
    return sections


def _place_picture(token: Token) -> None:
    """Point a picture of docs/pictures to the route that serves it."""
    source = str(token.attrGet("src") or "")
    if source.startswith(PICTURES):
        token.attrSet("src", url_for("desk.guide_picture", file=source.rpartition("/")[2]))
    token.attrSet("loading", "lazy")


def _place_link(token: Token) -> None:
    """Point a link to another guide to its page."""
    name = str(token.attrGet("href") or "").removesuffix(".md")
    if name in NAMES:
        token.attrSet("href", url_for("desk.guide", name=name))


def picture(file: str) -> Path | None:
    """Return a picture of the guides by its file name, or None."""
    folder = ROOT.parent / "pictures"
    path = folder / file
    known = path.suffix == ".png" and path.parent == folder and path.is_file()
    return path if known else None
