"""What the cross-footing rules compare: Biểu 01 and 02, the registry, what was counted across the annexes. Pure values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from portal.figures.tables import COLUMN_OF, Row


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of Biểu 02 as the rules see it."""

    name: str
    level: int
    decision_number: str
    decided_on: date
    code: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell, or a list, whose rows show what a rule found: table ("01", "05", …, "doi-chieu"), figure and row."""

    table: str
    figure: str
    row: str = "total"


@dataclass(frozen=True, slots=True)
class Fault:
    """What disagrees: the sentence, and the cells it names."""

    sentence: str
    spots: tuple[Spot, ...] = ()


@dataclass(frozen=True, slots=True)
class Paired:
    """Two numbers that are to be the same, with what they count."""

    name: str
    one: int
    other: int


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What became of the units in column 22 of the year before; `sent`: that column is the sent report's."""

    year: int
    before: int
    counts: Mapping[str, int]
    joined: int
    sent: bool


@dataclass(frozen=True, slots=True)
class Crossing:
    """What rules R9, R10, R12 and R13 compare across the annexes.

    `in_force`: Biểu 05. `failed`: level-2 units with an indicator failed at level 1. `drift`: columns of Biểu 07, as
    filed and as signed. `stated`: targets on recognitions, their numerator and the units in force.
    """

    in_force: int
    failed: tuple[str, ...] = ()
    drift: tuple[Paired, ...] = ()
    stated: tuple[Paired, ...] = ()
    reconciled: Reconciled | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the same as it is kept in a snapshot."""
        return asdict(self) | {"failed": list(self.failed)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Crossing:
        """Read it from a snapshot."""
        known = data["reconciled"]
        return cls(
            data["in_force"],
            tuple(data["failed"]),
            tuple(Paired(**one) for one in data["drift"]),
            tuple(Paired(**one) for one in data["stated"]),
            Reconciled(**known) if known else None,
        )


@dataclass(frozen=True, slots=True)
class Tables:
    """What is compared: Biểu 01, Biểu 02, the registry counted by itself, the term of the decision, the annexes.

    `crossing` is None for a report locked before there were annexes: rules R9 to R14 were not asked of it. `typed`:
    figures typed into the words, as (heading, words).
    """

    rows: tuple[Row, ...]
    listed: tuple[Listed, ...]
    registry: int
    decide_before: date
    crossing: Crossing | None = None
    typed: tuple[tuple[str, str], ...] = ()

    @property
    def whole(self) -> Row:
        """The row "Cộng" of Biểu 01."""
        return next(row for row in self.rows if row.role == "total")


def where(row: Row) -> str:
    """Name a row of Biểu 01 in a sentence."""
    return f"dòng {row.order} ({row.label})" if row.order else f"dòng “{row.label}”"


def cell(row: Row, column: str) -> Spot:
    """Return a cell of Biểu 01 by its column's number."""
    return Spot("01", COLUMN_OF[column].figure, row.key)


def first(tables: Tables, wrong: Callable[[Row], tuple[str, Sequence[str]] | None]) -> Fault | None:
    """Return the fault of the first rows that are wrong, the total before the kinds."""
    rows = sorted(tables.rows, key=lambda row: row.role != "total")
    found = [(row, *fault) for row in rows if (fault := wrong(row))]
    if not found:
        return None
    more = f"; và {len(found) - 2} dòng khác" if len(found) > 2 else ""
    sentence = "; ".join(f"{where(row)}: {said}" for row, said, _ in found[:2]) + more
    spots = tuple(cell(row, column) for row, _, columns in found[:2] for column in columns)
    return Fault(f"{sentence[:1].upper()}{sentence[1:]}.", spots)
