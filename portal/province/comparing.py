"""One year against another: each figure of both, and what it changed by; counts by number, shares by points. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from portal import words
from portal.figures.rules import points_between
from portal.figures.tables import points

from .measures import Measure
from .summary import Line

Value = int | Fraction | None


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure of two years: of what, the values, and the two as parts of a scale in percent."""

    name: str
    measure: Measure
    before: Line | None
    after: Line
    scale: Fraction | int = 0

    @property
    def values(self) -> tuple[Value, Value]:
        """The exact values of the earlier and the later year."""
        return self.before.value(self.measure) if self.before else None, self.after.value(self.measure)

    @property
    def difference(self) -> Value:
        """By how much it changed: a number, or percentage points; None where one year says nothing."""
        before, after = self.values
        if before is None or after is None:
            return None
        if self.measure.is_share:
            return points_between(Fraction(after), Fraction(before))
        return after - before

    @property
    def texts(self) -> tuple[str, str, str]:
        """The two values and the difference as they are written."""
        earlier = self.before.text(self.measure) if self.before else "–"
        return earlier, self.after.text(self.measure), said(self.difference, is_share=self.measure.is_share)

    @property
    def parts(self) -> tuple[int, int]:
        """Both values in whole percent of the scale, for bars."""
        before, after = self.values
        whole = self.scale or max(before or 0, after or 0)
        return tuple(int(100 * (one or 0) / whole) if whole else 0 for one in (before, after))  # type: ignore[return-value]


def said(difference: Value, *, is_share: bool) -> str:
    """Write a change with its sign: "+12", "-3", "0", "+2,10 điểm %"; "–" where there is none to tell."""
    if difference is None:
        return "–"
    if is_share:
        return f"{points(Fraction(difference))} điểm %"
    sign = "+" if difference > 0 else "-" if difference < 0 else ""
    return f"{sign}{words.number(abs(int(difference)))}"


def by_measure(before: Line | None, after: Line, columns: Sequence[Measure]) -> list[Compared]:
    """Compare every figure of two lines; a share has 100 % as its scale."""
    return [Compared(one.title, one, before, after, 1 if one.is_share else 0) for one in columns]


def by_line(before: Sequence[Line], after: Sequence[Line], one: Measure) -> list[Compared]:
    """Compare a figure of each line of a year with the same district's of the year before; one scale for all."""
    earlier = {line.tenant_id: line for line in before}
    pairs = [Compared(line.name, one, earlier.get(line.tenant_id), line) for line in after]
    most = max((value or 0 for pair in pairs for value in pair.values), default=0)
    scale = 1 if one.is_share else most
    return [Compared(pair.name, one, pair.before, pair.after, scale) for pair in pairs]
