"""The style sheet of the papers (templates/print/print.css) as values: which declarations hold for an element.

Enough of CSS for that one file: type, class and id selectors with descendants, lengths in pt, cm and mm.
The PDF's renderer reads the same file, so that a DOCX needs no second layout.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

SHEET = Path(__file__).resolve().parents[2] / "templates" / "print" / "print.css"
_SIDES = ("top", "right", "bottom", "left")
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


def _rules(text: str) -> Iterator[_Rule]:
    for selectors, body in _RULE.findall(re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)):
        for selector in selectors.split(","):
            chain = []
            for part in selector.split():
                simple = _SIMPLE.fullmatch(part)
                if not simple:
                    raise ValueError(f"a selector the papers do not use: {selector.strip()}")
                chain.append((simple[1] or "", simple[2] or "", simple[3] or ""))
            yield _Rule(tuple(chain), declarations(body))


@cache
def _sheet() -> tuple[_Rule, ...]:
    """The rules in the order in which they win, the strongest last."""
    return tuple(sorted(_rules(SHEET.read_text(encoding="utf-8")), key=lambda rule: rule.weight))


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


def style_of(path: Sequence[Node]) -> Declarations:
    """Return what holds for the last element of a path from the body down; text inherits from the body."""
    found: Declarations = {}
    for inherited in (path[:1], path):
        for rule in _sheet():
            if _holds(rule, inherited):
                found |= rule.declarations
    return found
