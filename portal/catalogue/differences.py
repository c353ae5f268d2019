"""Two versions side by side, indicator by indicator: what was added, removed, reworded, asked otherwise. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from portal import words

from .models import CatalogueIndicator, CriteriaVersion
from .ruling import as_rule
from .wording import asked_words, for_whom

Part = tuple[str, str]
"""A piece of text and what became of it: "same", "gone" or "new"."""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that differs: its name, both texts, and the words between them."""

    name: str
    before: str
    after: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """An indicator of one version or of both; `kind`: added, removed, changed or same."""

    key: str
    before: CatalogueIndicator | None
    after: CatalogueIndicator | None
    fields: tuple[Field, ...] = ()

    @property
    def kind(self) -> str:
        """What became of the indicator."""
        if self.before is None or self.after is None:
            return "added" if self.before is None else "removed"
        return "changed" if self.fields else "same"

    @property
    def row(self) -> CatalogueIndicator:
        """The indicator as it is named now."""
        row = self.after or self.before
        assert row is not None
        return row


def words_between(before: str, after: str) -> tuple[Part, ...]:
    """Return two texts as one run of words: kept, gone and new."""
    old, new = before.split(), after.split()
    found: list[Part] = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            found.append((" ".join(old[a:b]), "same"))
            continue
        found += [(" ".join(old[a:b]), "gone")] if b > a else []
        found += [(" ".join(new[c:d]), "new")] if d > c else []
    return tuple(found)


def _said(scope: str) -> tuple[tuple[str, Callable[[CatalogueIndicator], str]], ...]:
    kinds = list(words.kinds_of(scope))

    def asked(row: CatalogueIndicator, level: int) -> str:
        return "" if row.kind == "points" else asked_words(as_rule(row), level)

    def whom(row: CatalogueIndicator) -> str:
        return "" if row.kind == "points" else for_whom(as_rule(row), kinds)

    return (
        ("Mã", lambda row: row.code),
        ("Tên", lambda row: row.title),
        ("Câu chữ", lambda row: row.wording),
        ("Giải thích", lambda row: row.explanation),
        ("Cách đo", lambda row: f"{row.kind} {row.base or ''} {'; '.join(row.grades)}".strip()),
        ("Áp dụng", whom),
        ("Ghi chú áp dụng", lambda row: row.applies_note),
        ("Ngưỡng mức độ 1", lambda row: asked(row, 1)),
        ("Ngưỡng mức độ 2", lambda row: asked(row, 2)),
    )


def differences(before: CriteriaVersion, after: CriteriaVersion) -> list[Difference]:
    """Return the indicators of two versions side by side, in the order of the later one, then what it lacks."""
    old, new = _by_key(before), _by_key(after)
    fields = _said(after.scope)
    found = [_difference(key, old.get(key), row, fields) for key, row in new.items()]
    return found + [Difference(key, row, None) for key, row in old.items() if key not in new]


def _by_key(version: CriteriaVersion) -> dict[str, CatalogueIndicator]:
    return {row.key: row for criterion in version.criteria for row in criterion.indicators}


def _difference(
    key: str,
    old: CatalogueIndicator | None,
    new: CatalogueIndicator,
    fields: Sequence[tuple[str, Callable[[CatalogueIndicator], str]]],
) -> Difference:
    if old is None:
        return Difference(key, None, new)
    both = [(name, say(old), say(new)) for name, say in fields]
    changed = tuple(Field(name, a, b, words_between(a, b)) for name, a, b in both if a.split() != b.split())
    return Difference(key, old, new, changed)
