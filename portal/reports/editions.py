"""What changed between two editions of a report: the cells of every table, and who came to or left Biểu 02. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.figures.annex import Annex, Line
from portal.figures.tables import COLUMN_OF, NUMBERS, Row

from .compared import Listed


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed between two editions of a report."""

    place: str
    before: str
    after: str


def differences(
    before: Sequence[Row],
    after: Sequence[Row],
    listed_before: Sequence[Listed],
    listed_after: Sequence[Listed],
) -> tuple[Difference, ...]:
    """Return every changed cell of Biểu 01 and every unit that came to or left Biểu 02."""
    old = {row.key: row for row in before}
    found = []
    for row in after:
        earlier = old.get(row.key)
        if earlier is None:
            continue
        for column in NUMBERS:
            was, now = earlier.cell(column).text, row.cell(column).text
            if was != now and not COLUMN_OF[column].is_share:
                title = COLUMN_OF[column].full_title.lower()
                found.append(Difference(f"Biểu 01, {named(row)}, cột {column} ({title})", was, now))
    names = {row.code: (row.name, row.level) for row in (*listed_before, *listed_after)}
    was_in, now_in = {row.code for row in listed_before}, {row.code for row in listed_after}
    for code in sorted(was_in ^ now_in, key=lambda c: names[c]):
        name, level = names[code]
        states = ("–", f"mức độ {level}") if code in now_in else (f"mức độ {level}", "–")
        found.append(Difference(f"Biểu 02, {name}", *states))
    return tuple(found)


def named(row: Row | Line) -> str:
    """Name a row of a table by its number and label."""
    return f"dòng {row.order} ({row.label})" if row.order else f"dòng “{row.label}”"


def annex_differences(before: Mapping[str, Annex], after: Mapping[str, Annex]) -> tuple[Difference, ...]:
    """Return every changed cell of Biểu 04 to 08, and every line that came or went."""
    found = []
    for number, annex in after.items():
        earlier = before.get(number)
        if earlier is None:
            continue
        for line in annex.lines:
            was = earlier.line(line.key)
            if was is None:
                found.append(Difference(f"Biểu {number}, {named(line)}", "–", "có thêm dòng"))
                continue
            for one in annex.fields:
                if one.kind != "share" and was.text(one) != line.text(one):
                    where = f"cột {annex.column(one.key)} ({one.full_title.lower()})"
                    found.append(
                        Difference(f"Biểu {number}, {named(line)}, {where}", was.text(one), line.text(one))
                    )
        gone = [line for line in earlier.lines if annex.line(line.key) is None]
        found += [Difference(f"Biểu {number}, {named(line)}", "có dòng này", "–") for line in gone]
    return tuple(found)
