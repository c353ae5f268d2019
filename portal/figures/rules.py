"""What is counted of a district's year: one value per place and kind of unit, added up and never averaged.

Every figure of Biểu 01 comes from `Counts`; sums of counts are the only way to a subtotal, so that kinds
add up to the district and districts to the province. Shares are compared and written from whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from fractions import Fraction
from operator import attrgetter


@dataclass(frozen=True, slots=True)
class Counts:
    """The units of some group in one year, by how far they came; each unit is counted once.

    `units`: open on 31/12. `registered`: asked to build (`registered_1`, `registered_2`,
    `registered_keep` by what they aim at); `unregistered`: assessed themselves without. `self_assessed` = self_1 + self_2 + self_none.
    `submitted`: dossiers filed and not withdrawn (`late` of them after the deadline); `visited`: checked on
    site; `level_1`, `level_2`, `refused`: decided; `pending`: filed without a decision. `still_valid`:
    recognised in an earlier year, in force, not judged again this year. `revoked`: of those recognised in the year,
    revoked until the end of the year in which it is reported.
    """

    units: int = 0
    registered: int = 0
    self_assessed: int = 0
    self_1: int = 0
    self_2: int = 0
    self_none: int = 0
    submitted: int = 0
    late: int = 0
    visited: int = 0
    level_1: int = 0
    level_2: int = 0
    refused: int = 0
    pending: int = 0
    still_valid: int = 0
    registered_1: int = 0
    registered_2: int = 0
    registered_keep: int = 0
    unregistered: int = 0
    revoked: int = 0

    def __add__(self, other: Counts) -> Counts:
        """Add two groups that have no unit in common."""
        return total((self, other))

    @property
    def recognised(self) -> int:
        """Units recognised in the year at either level (column 19)."""
        return self.level_1 + self.level_2

    @property
    def in_force(self) -> int:
        """Units that hold a recognition, of this or an earlier year, and did not lose it (column 22)."""
        return self.recognised + self.still_valid - self.revoked

    def as_json(self) -> dict[str, int]:
        """Return the counts as they are kept in a snapshot."""
        return {name: getattr(self, name) for name in FIGURES}

    @classmethod
    def from_json(cls, data: dict[str, int]) -> Counts:
        """Read counts from a snapshot; a figure that an older snapshot did not have is 0."""
        return cls(**{name: int(data.get(name, 0)) for name in FIGURES})


FIGURES: tuple[str, ...] = tuple(field.name for field in fields(Counts))
ZERO = Counts()
_values = attrgetter(*FIGURES)


def total(rows: Iterable[Counts]) -> Counts:
    """Add up groups that have no unit in common."""
    return Counts(*map(sum, zip(*map(_values, (ZERO, *rows)), strict=True)))


def share(part: int, whole: int) -> Fraction | None:
    """Return a part of a whole exactly, None where there is no whole."""
    return Fraction(part, whole) if whole > 0 else None


def points_between(now: Fraction | None, before: Fraction | None) -> Fraction | None:
    """Return by how many percentage points a share rose: the difference of both as they are written.

    Shares are cut to hundredths of a percent; so is each here, that whoever subtracts what stands there finds the same.
    """
    if now is None or before is None:
        return None
    return Fraction(now * 10_000 // 1 - before * 10_000 // 1, 100)


def gain_in_points(now: Counts, before: Counts | None) -> Fraction | None:
    """Return by how many percentage points the share of units in force rose (column 24); None: no year before."""
    if before is None:
        return None
    return points_between(share(now.in_force, now.units), share(before.in_force, before.units))


@dataclass(frozen=True, slots=True)
class Proof:
    """How the last comparison of kept figures with counting came out: when (real time), how many differed, which first."""

    at: datetime
    wrong: int
    named: tuple[str, ...] = ()
