"""What a district aims at in a year, reckoned from what each unit brings: value, coverage, forecast, who is below.

A goal is the district's own ambition; nothing here looks at a threshold of the law or decides a level. Everything
is compared in whole numbers: 100·part ≥ goal·whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from portal.dossiers.measures import RATIO_WHOLE, least_part

LEAST_OF_KIND = 3
"""A forecast takes the units of a kind that came in for those that did not only from this many on."""


class Counting(StrEnum):
    """What a target counts."""

    PEOPLE = "people"
    UNITS = "units"
    RECOGNISED = "recognised"


class Standing(StrEnum):
    """Whose number a unit brings, if any."""

    APPRAISED = "appraised"
    OWN = "own"
    LEFT_OUT = "left_out"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Measure:
    """What is counted: people of a share, units of a yes/no or graded indicator, or units recognised.

    `indicator`: the key that an indicator keeps over the versions ("" for recognised). `least`: the least grade
    of a graded indicator, the least level of a recognition. `kinds`: the kinds of unit (none: all).
    """

    counting: Counting
    indicator: str = ""
    least: int | None = None
    kinds: frozenset[str] = frozenset()

    @property
    def code(self) -> str:
        """The measure as one value of a form, without its kinds: "units:H.3.4:3"."""
        return f"{self.counting.value}:{self.indicator}:{self.least or ''}"


@dataclass(frozen=True, slots=True)
class Part:
    """What one unit brings to a target: `part` of `whole` people, or 1 of 1 unit.

    `settled`: the district has decided on the dossier, so that the number no longer changes. `unproven`: the
    district found too little evidence, so nothing is counted as reached. `ratio`: hundredths of a percent of a
    unit that tells no number of people (left out of the sum). `said`: the unit's value in words.
    """

    unit_id: int
    kind: str
    standing: Standing
    part: int = 0
    whole: int = 0
    settled: bool = False
    unproven: bool = False
    ratio: int | None = None
    said: str = ""

    @property
    def counted(self) -> bool:
        """Whether the unit's number is in the sum."""
        return self.standing in (Standing.APPRAISED, Standing.OWN)


@dataclass(frozen=True, slots=True)
class Figure:
    """A sum over units: `part` of `whole`, from `units` units."""

    part: int = 0
    whole: int = 0
    units: int = 0

    @property
    def share(self) -> Fraction | None:
        """The share exactly, None where there is no whole."""
        return Fraction(self.part, self.whole) if self.whole else None

    def reaches(self, goal: int) -> bool:
        """Tell whether the share reaches a goal in whole percent."""
        return self.whole > 0 and 100 * self.part >= goal * self.whole


@dataclass(frozen=True, slots=True)
class Below:
    """A unit that keeps a target below its goal, by `people` (or one unit), or by `points` where it tells ratios only.

    `points` are hundredths of a percentage point.
    """

    part: Part
    people: int = 0
    points: int = 0


@dataclass(frozen=True, slots=True)
class Reckoning:
    """A target reckoned: what is known so far and, apart from it, what is settled.

    `known`: every unit whose number is there, the district's where it has one. `settled`: decided dossiers
    alone (none of recognitions, which are all decided). `scope`: units the target is about; `forecast`: the share expected once all have come in, None with the
    reason in `why_not`.
    """

    goal: int
    parts: tuple[Part, ...]
    known: Figure
    settled: Figure
    below: tuple[Below, ...]
    forecast: Fraction | None
    why_not: str

    def count(self, *standings: Standing) -> int:
        """Return how many units stand so."""
        return sum(part.standing in standings for part in self.parts)

    @property
    def scope(self) -> int:
        """Units the target is about."""
        return len(self.parts)

    @property
    def reported(self) -> int:
        """Units whose number is in the sum."""
        return self.count(Standing.APPRAISED, Standing.OWN)

    @property
    def provisional(self) -> bool:
        """Whether the value may still change: a unit is missing, or a number is not decided yet."""
        return any(p.standing is Standing.WAITING or (p.counted and not p.settled) for p in self.parts)

    @property
    def state(self) -> tuple[str, str]:
        """Where the target stands, in words and tone."""
        if not self.known.whole or not self.reported:
            return "Chưa có số liệu", "idle"
        reached, open_ = self.known.reaches(self.goal), self.count(Standing.WAITING) > 0
        if open_:
            return ("Đang đạt mục tiêu", "go") if reached else ("Đang dưới mục tiêu", "wait")
        return ("Đạt mục tiêu", "ok") if reached else ("Chưa đạt mục tiêu", "no")


def reckon(parts: Sequence[Part], goal: int, counting: Counting) -> Reckoning:
    """Reckon a target from what each unit of its scope brings.

    Of recognitions the whole is every unit of the scope; of all else the units whose number is there.
    """
    whole = parts if counting is Counting.RECOGNISED else [part for part in parts if part.counted]
    # Of recognitions every number is a decision's: there is nothing to tell apart.
    settled = [p for p in parts if p.counted and p.settled and counting is not Counting.RECOGNISED]
    forecast, why_not = _forecast(parts)
    return Reckoning(
        goal,
        tuple(parts),
        _sum(whole),
        _sum(settled),
        tuple(_below(parts, goal, counting)),
        forecast,
        why_not,
    )


def _sum(parts: Iterable[Part]) -> Figure:
    """Add up; a unit whose number is not there brings to the whole only (recognitions)."""
    rows = list(parts)
    return Figure(
        sum(part.part for part in rows if part.counted),
        sum(part.whole for part in rows),
        sum(part.counted for part in rows),
    )


def _below(parts: Sequence[Part], goal: int, counting: Counting) -> list[Below]:
    """Return the units below the goal: who lacks most people first, then ratios by points, in the order given."""
    found = []
    for part in parts:
        if part.counted:
            lacking = 1 - part.part if counting is not Counting.PEOPLE else _lacking(part, goal)
            if lacking > 0:
                found.append(Below(part, people=lacking))
        elif part.ratio is not None and part.ratio < goal * RATIO_WHOLE // 100:
            found.append(Below(part, points=goal * RATIO_WHOLE // 100 - part.ratio))
    return sorted(found, key=lambda one: (-one.people, -one.points))


def _lacking(part: Part, goal: int) -> int:
    return least_part(goal, part.whole) - part.part


def _forecast(parts: Sequence[Part]) -> tuple[Fraction | None, str]:
    """Take each unit not in yet for the average of its kind; too few to say so gives the reason instead."""
    counted = [part for part in parts if part.counted]
    waiting = [part for part in parts if part.standing is Standing.WAITING]
    if not waiting:
        return None, "Mọi đơn vị đã có số nên không cần ước tính."
    if len(counted) < len(waiting):
        return None, (
            f"Mới {len(counted)} trong {len(counted) + len(waiting)} đơn vị có số, chưa được một nửa, nên chưa ước tính."
        )
    by_kind: Mapping[str, list[Part]] = {
        kind: [part for part in counted if part.kind == kind] for kind in {part.kind for part in waiting}
    }
    if any(len(rows) < LEAST_OF_KIND for rows in by_kind.values()):
        return None, f"Có loại hình còn thiếu mà chưa đủ {LEAST_OF_KIND} đơn vị có số, nên chưa ước tính."
    top = Fraction(sum(part.part for part in counted))
    whole = Fraction(sum(part.whole for part in counted))
    for kind, rows in by_kind.items():
        missing = sum(part.kind == kind for part in waiting)
        top += Fraction(missing * sum(part.part for part in rows), len(rows))
        whole += Fraction(missing * sum(part.whole for part in rows), len(rows))
    return (top / whole, "") if whole else (None, "Các đơn vị đã có số không có ai để tính.")
