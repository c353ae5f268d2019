"""What the page of a roster shows: each count beside what stands in the form, and what taking it would mean."""

from __future__ import annotations

from dataclasses import dataclass

from portal import words
from portal.dossiers.cards import lock_of
from portal.dossiers.queries import Sheet
from portal.dossiers.rules import share_words
from portal.dossiers.wording import Asked, asked

from .models import Roster
from .queries import layout_of
from .rules import MEMBERS
from .rules import Sheet as SheetOfLayout


@dataclass(frozen=True, slots=True)
class CountRow:
    """One count: what it is, what stands in the form, what the roster gives; `lock` says why it stays ("": it can go).

    `seen` is the version of the row in the form, under the name by which it is sent.
    """

    code: str
    title: str
    now: str
    counted: str
    differs: bool
    lock: str
    seen_name: str
    seen: int
    asked: tuple[Asked, ...] = ()


def count_rows(sheet: Sheet, roster: Roster) -> list[CountRow]:
    """Return head-counts and indicators that the roster counts, in their order."""
    rows = []
    for code, known in words.HEADCOUNTS.items():
        if code not in roster.wholes or code not in sheet.headcounts:
            continue
        head, n = sheet.headcounts[code], roster.wholes[code]
        rows.append(
            CountRow(
                code,
                known.name,
                "chưa nhập" if head.value is None else words.number(head.value),
                words.number(n),
                head.value != n,
                lock_of(sheet, part="headcount"),
                code,
                head.version,
            )
        )
    for indicator in sheet.indicators:
        if indicator.code not in roster.parts:
            continue
        answer, n = sheet.answers[indicator.id], roster.parts[indicator.code]
        base = indicator.base or MEMBERS
        now = sheet.headcounts[base].value
        rows.append(
            CountRow(
                indicator.code,
                f"{indicator.code} {indicator.title}",
                "chưa nhập" if answer.part is None else share_words(answer.part, now),
                share_words(n, roster.wholes.get(base) or now),
                answer.part != n,
                lock_of(sheet, indicator_id=indicator.id),
                str(indicator.id),
                answer.version,
                asked(indicator),
            )
        )
    return rows


def marked_choices(sheet: Sheet) -> list[tuple[str, str]]:
    """Return the choices of "who is not counted for …": value and words."""
    return [
        (f"{one.key}:{column.code}", f"{_who(one)} chưa có dấu ở {column.head}")
        for one in layout_of(sheet)
        for column in one.columns
        if column.code not in words.HEADCOUNTS and not column.within
    ]


def _who(sheet: SheetOfLayout) -> str:
    return sheet.title
