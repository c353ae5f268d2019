"""The districts behind a figure of a sum: what each of them gives to it."""

from __future__ import annotations

from dataclasses import dataclass

from portal.figures.annex import Annex, Field
from portal.figures.tables import COLUMN_OF

from .queries import CompiledSheet
from .tables import goals_by_key, number_of


@dataclass(frozen=True, slots=True)
class Behind:
    """A figure of a sum: what it is, what it comes to, and for each district its id, name and part."""

    title: str
    of: str
    lines: tuple[tuple[int, str, str], ...]


def behind(sheet: CompiledSheet, number: str, figure: str, key: str = "") -> Behind | None:
    """Return the districts behind a figure of a table; `key`: the row of Biểu 04-T. None for what there is not."""
    if number == "01-T":
        return _of_form_01(sheet, figure)
    annex = sheet.annexes.get(number)
    one = annex.field(figure) if annex else None
    if annex is None or one is None:
        return None
    return _of_goal(sheet, annex, one, key) if number == "04-T" else _of_annex(annex, one)


def _of_form_01(sheet: CompiledSheet, figure: str) -> Behind | None:
    column = next((c for c in COLUMN_OF.values() if c.figure == figure and figure and not c.is_share), None)
    if column is None:
        return None
    lines = tuple((row.tenant_id or 0, row.label, row.cell(column.number).text) for row in sheet.rows[:-1])
    return Behind(column.full_title, sheet.total.cell(column.number).text, lines)


def _of_annex(annex: Annex, one: Field) -> Behind | None:
    last = annex.total
    if last is None:
        return None
    lines = tuple((int(line.key), line.label, line.text(one)) for line in annex.lines if line is not last)
    return Behind(one.full_title, last.text(one), lines)


def _of_goal(sheet: CompiledSheet, annex: Annex, one: Field, key: str) -> Behind | None:
    line = annex.line(key)
    if line is None:
        return None
    lines = []
    for source, goal in list(goals_by_key(sheet.sources()).values())[int(line.key) - 1]:
        part, whole = goal.values.get("part"), number_of(goal, "whole")
        known = f"{part}/{whole}" if isinstance(part, int) and whole else "chưa có số"
        said = f"{known}; mục tiêu {number_of(goal, 'goal')} %, {str(goal.values.get('said') or '').lower()}"
        lines.append((source.tenant_id, source.name, said))
    return Behind(f"{line.label}: {one.full_title.lower()}", line.text(one), tuple(lines))
