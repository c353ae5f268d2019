"""The guides of docs/huong-dan as pages: Markdown without any HTML passed through, pictures of docs/pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flask import url_for
from markupsafe import Markup

if TYPE_CHECKING:
    from markdown_it.token import Token

ROOT = Path(__file__).resolve().parents[2] / "docs" / "huong-dan"
PICTURES = "../pictures/"
NAMES = {"don-vi": "Đơn vị", "huyen": "Huyện", "tinh": "Tỉnh"}


@dataclass(frozen=True, slots=True)
class Guide:
    """A guide as a page: its title, its text as safe markup, and its sections for the side."""

    name: str
    title: str
    body: Markup
    sections: tuple[tuple[str, str], ...]


def guide(name: str) -> Guide | None:
    """Return a guide by its name, or None where there is none (yet)."""
    from markdown_it import MarkdownIt

    path = ROOT / f"{name}.md"
    if name not in NAMES or not path.is_file():
        return None
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(path.read_text(encoding="utf-8"))
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
