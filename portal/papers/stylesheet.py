"""The style sheet of a paper's page as values: its page templates, and which declarations hold for an element.

Enough of CSS for templates/print/: type, class and id selectors with descendants, lengths in pt, cm and mm.
The PDF's renderer reads the same style sheet, so that a DOCX needs no second layout.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

_SIDES = ("top", "right", "bottom", "left")
_STYLE = re.compile(r"(?s)<style>(.*?)</style>")
_COMMENT = re.compile(r"(?s)/\*.*?\*/")
_PAGE = re.compile(r"@page\s*(\w*)\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
_FRAME = re.compile(r"@frame\s+(\w+)\s*\{([^{}]*)\}")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_SIMPLE = re.compile(r"([a-z0-9]*)(?:\.([\w-]+))?(?:#([\w-]+))?")
_LENGTH = re.compile(r"(-?[0-9.]+)(pt|cm|mm)?")
_POINTS = {"pt": 1.0, "cm": 72 / 2.54, "mm": 72 / 25.4, "": 1.0, None: 1.0}

Declarations = dict[str, str]


@dataclass(frozen=True, slots=True)
class Node:
    """What a selector can tell of an element."""

    tag: str
    classes: frozenset[str] = frozenset()
    id: str = ""


@dataclass(frozen=True, slots=True)
class _Rule:
    chain: tuple[tuple[str, str, str], ...]
    declarations: Declarations = field(hash=False)

    @property
    def weight(self) -> tuple[int, int, int]:
        ids, classes, tags = (sum(bool(one[place]) for one in self.chain) for place in (2, 1, 0))
        return ids, classes, tags


def points(length: str) -> float:
    """Return a length in points; raises `ValueError` for a unit the papers do not use."""
    found = _LENGTH.fullmatch(length.strip())
    if not found:
        raise ValueError(f"not a length: {length}")
    return float(found[1]) * _POINTS[found[2]]


def declarations(text: str) -> Declarations:
    """Return the declarations of a rule or of a `style` attribute, `margin` as its four sides."""
    found: Declarations = {}
    for part in text.split(";"):
        name, colon, value = (one.strip() for one in part.partition(":"))
        if not colon:
            continue
        if name == "margin":
            sides = value.split()
            top, right, bottom, left = (sides[place % len(sides)] for place in _spread(len(sides)))
            found |= dict(zip((f"margin-{side}" for side in _SIDES), (top, right, bottom, left), strict=True))
        else:
            found[name] = value
    return found


def _spread(count: int) -> tuple[int, int, int, int]:
    return {1: (0, 0, 0, 0), 2: (0, 1, 0, 1), 3: (0, 1, 2, 1)}.get(count, (0, 1, 2, 3))


@dataclass(frozen=True, slots=True)
class PageRule:
    """A page template: its name, its declarations, and those of its frames by their names."""

    name: str
    declarations: Declarations
    frames: dict[str, Declarations]


def page_rules(html: str) -> list[PageRule]:
    """Return the page templates of a page, in their order."""
    return [
        PageRule(
            name,
            declarations(_FRAME.sub("", body)),
            {frame: declarations(inner) for frame, inner in _FRAME.findall(body)},
        )
        for style in _STYLE.findall(html)
        for name, body in _PAGE.findall(_COMMENT.sub("", style))
    ]


def _rules(text: str) -> Iterator[_Rule]:
    for selectors, body in _RULE.findall(_PAGE.sub("", _COMMENT.sub("", text))):
        for selector in selectors.split(","):
            chain = []
            for part in selector.split():
                simple = _SIMPLE.fullmatch(part)
                if not simple:
                    raise ValueError(f"a selector the papers do not use: {selector.strip()}")
                chain.append((simple[1] or "", simple[2] or "", simple[3] or ""))
            yield _Rule(tuple(chain), declarations(body))


def _fits(simple: tuple[str, str, str], node: Node) -> bool:
    tag, name, number = simple
    return (
        (not tag or tag == node.tag)
        and (not name or name in node.classes)
        and (not number or number == node.id)
    )


def _holds(rule: _Rule, path: Sequence[Node]) -> bool:
    *above, last = rule.chain
    if not _fits(last, path[-1]):
        return False
    ancestors = iter(path[:-1])
    return all(any(_fits(simple, node) for node in ancestors) for simple in above)


class StyleSheet:
    """The rules of a page."""

    def __init__(self, html: str) -> None:
        found = (rule for style in _STYLE.findall(html) for rule in _rules(style))
        # In the order in which they win, the strongest last.
        self._rules = sorted(found, key=lambda rule: rule.weight)

    def style_of(self, path: Sequence[Node]) -> Declarations:
        """Return what holds for the last element of a path from the body down; text inherits from the body."""
        found: Declarations = {}
        for inherited in (path[:1], path):
            for rule in self._rules:
                if _holds(rule, inherited):
                    found |= rule.declarations
        return found
