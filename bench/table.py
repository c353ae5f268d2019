"""The table of results: what was measured, the floor, the ratio, the goal, and whether it was met."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

MET = {True: "đạt", False: "CHƯA ĐẠT", None: "—"}


@dataclass(frozen=True)
class Line:
    """One measurement. `value` is held against `goal` (at most); a line without a goal is told for its own sake."""

    group: str
    what: str
    ours: str
    floor: str
    value: float | None
    unit: str
    goal: float | None
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the goal was reached; None where there is none, or nothing was measured."""
        return None if self.goal is None or self.value is None else self.value <= self.goal

    def cells(self) -> tuple[str, ...]:
        """Return the line as it is printed."""
        value = "" if self.value is None else f"{self.value:.2f} {self.unit}".strip()
        goal = "" if self.goal is None else f"≤ {self.goal:g} {self.unit}".strip()
        return (self.group, self.what, self.ours, self.floor, value, goal, MET[self.met], self.note)


HEAD = ("nhóm", "đo gì", "của ta", "mốc so", "tỷ số / trị số", "mục tiêu", "kết quả", "ghi chú")


def ratio(
    group: str, what: str, ours: float, floor: float, goal: float | None, note: str = "", *, unit: str = "ms"
) -> Line:
    """Return the line of one cost over another, both in seconds."""
    told = [f"{seconds * 1000:.2f} {unit}" for seconds in (ours, floor)]
    return Line(group, what, *told, ours / floor if floor else None, "×", goal, note)


def amount(
    group: str, what: str, value: float | None, unit: str, goal: float | None = None, note: str = ""
) -> Line:
    """Return the line of a plain figure."""
    return Line(group, what, "", "", value, unit, goal, note)


def as_text(lines: Iterable[Line]) -> str:
    """Return the table as Markdown, its columns lined up."""
    rows = [HEAD, *(line.cells() for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    told = ["| " + " | ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) + " |" for row in rows]
    told.insert(1, "|" + "|".join("-" * (w + 2) for w in widths) + "|")
    return "\n".join(told)


def as_csv(lines: Iterable[Line]) -> str:
    """Return the table as CSV."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEAD)
    writer.writerows(line.cells() for line in lines)
    return out.getvalue()
