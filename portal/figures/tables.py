"""Biểu 01 and 01-T as rows: the order of the kinds, the subtotal of row 7, the total, columns 3 to 24.

Only shapes counts; a cell knows its number, the figure that opens its rows, and how it is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Any

from portal import words

from .rules import ZERO, Counts, gain_in_points, share, total

Key = tuple[int, str, bool]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of Biểu 01: its number, group and title; `figure` is what it counts or the part of its share."""

    number: str
    group: str
    title: str
    figure: str = ""
    whole: str = ""

    @property
    def is_share(self) -> bool:
        """Whether the column is a share of another one."""
        return bool(self.whole)

    @property
    def full_title(self) -> str:
        """The title with its group."""
        return f"{self.group}: {self.title.lower()}" if self.group else self.title


COLUMNS: tuple[Column, ...] = (
    Column("3", "", "Tổng số đơn vị (31/12)", "units"),
    Column("4", "Đăng ký", "Số", "registered"),
    Column("5", "Đăng ký", "Tỷ lệ", "registered", "units"),
    Column("6", "Đã tự đánh giá", "Số", "self_assessed"),
    Column("7", "Đã tự đánh giá", "Tỷ lệ", "self_assessed", "units"),
    Column("8", "Tự xếp", "Mức độ 1", "self_1"),
    Column("9", "Tự xếp", "Mức độ 2", "self_2"),
    Column("10", "Tự xếp", "Chưa đạt", "self_none"),
    Column("11", "Nộp hồ sơ", "Tổng số", "submitted"),
    Column("11a", "Nộp hồ sơ", "Quá hạn", "late"),
    Column("12", "", "Kiểm tra thực tế", "visited"),
    Column("13", "Công nhận mức độ 1", "Số", "level_1"),
    Column("14", "Công nhận mức độ 1", "Tỷ lệ", "level_1", "submitted"),
    Column("15", "Công nhận mức độ 2", "Số", "level_2"),
    Column("16", "Công nhận mức độ 2", "Tỷ lệ", "level_2", "submitted"),
    Column("17", "", "Không công nhận", "refused"),
    Column("18", "", "Rút, trả, chưa xét", "pending"),
    Column("19", "Công nhận trong năm", "Số", "recognised"),
    Column("20", "Công nhận trong năm", "Tỷ lệ", "recognised", "units"),
    Column("21", "", "Còn hiệu lực từ năm trước", "still_valid"),
    Column("22", "Đang được công nhận", "Số", "in_force"),
    Column("23", "Đang được công nhận", "Tỷ lệ", "in_force", "units"),
    Column("24", "", "So với năm trước (± điểm %)"),
)
BESIDE: Mapping[str, str] = {
    "registered_1": "Đăng ký: mức độ 1",
    "registered_2": "Đăng ký: mức độ 2",
    "registered_keep": "Đăng ký: duy trì",
    "unregistered": "Tự đánh giá, không đăng ký",
    "revoked": "Công nhận trong năm, đã thu hồi",
}
"""Figures that stand in no column of Biểu 01, by their names."""
NUMBERS: tuple[str, ...] = tuple(column.number for column in COLUMNS)
COLUMN_OF: Mapping[str, Column] = {column.number: column for column in COLUMNS}
HEADS: tuple[tuple[str, int], ...] = tuple(
    (group or columns[0].title, len(columns) if group else 0)
    for group, columns in (
        (group, list(inside))
        for (group, _), inside in groupby(COLUMNS, key=lambda c: (c.group, "" if c.group else c.number))
    )
)
"""The upper row of the head: a title and how many columns it spans; 0 for a column that has no group."""
UNRECORDED = frozenset({"12"})
"""Columns that reports locked before the portal recorded visits say nothing of: written as "–", never as 0."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: the exact value (a whole number, a share of one, percentage points, None) and its writing."""

    column: Column
    value: int | Fraction | None
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of Biểu 01: its number ("7.1"), its label, its counts and those of the year before.

    `role`: "kind", "part" (of the kind above it), "subtotal" or "total". `kinds` and `public` say which
    units the row holds (no kinds: all). `tenant_id` names the district in Biểu 01-T. `unrecorded`: columns of which
    the row says nothing.
    """

    order: str
    label: str
    counts: Counts
    previous: Counts | None = None
    role: str = "kind"
    kinds: tuple[str, ...] = ()
    public: bool | None = None
    tenant_id: int | None = None
    unrecorded: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """Name the row among those of its table: its number, "7.1a" and "7.1b" for its parts, "total"."""
        if self.role == "part":
            return f"{words.UNIT_KINDS[self.kinds[0]].group}{'a' if self.public else 'b'}"
        return "total" if self.role == "total" else self.order

    @property
    def strong(self) -> bool:
        """Whether the row is printed bold."""
        return self.role in ("subtotal", "total")

    def cell(self, number: str) -> Cell:
        """Return the cell of a column number; KeyError for one that does not exist."""
        column = COLUMN_OF[number]
        if number in self.unrecorded:
            return Cell(column, None, "–", "khi khóa số liệu, cổng chưa ghi nhận việc kiểm tra thực tế")
        if not column.figure:
            gain = gain_in_points(self.counts, self.previous)
            return Cell(column, gain, points(gain))
        part = int(getattr(self.counts, column.figure))
        if not column.whole:
            return Cell(column, part, words.number(part))
        whole = int(getattr(self.counts, column.whole))
        note = f"{words.number(part)}/{words.number(whole)}"
        return Cell(column, share(part, whole), words.percent(part, whole), note)

    def cells(self) -> tuple[Cell, ...]:
        """Return the cells of columns 3 to 24 in order."""
        return tuple(self.cell(number) for number in NUMBERS)

    def values(self) -> tuple[int | Fraction | None, ...]:
        """Return the exact values of columns 3 to 24, for papers and sheets."""
        return tuple(cell.value for cell in self.cells())

    def as_json(self) -> dict[str, Any]:
        """Return the row as it is kept in a snapshot."""
        return {
            "order": self.order,
            "label": self.label,
            "role": self.role,
            "kinds": list(self.kinds),
            "public": self.public,
            "tenant_id": self.tenant_id,
            "unrecorded": sorted(self.unrecorded),
            "counts": self.counts.as_json(),
            "previous": None if self.previous is None else self.previous.as_json(),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Row:
        """Read a row from a snapshot."""
        previous = data.get("previous")
        return cls(
            order=data["order"],
            label=data["label"],
            counts=Counts.from_json(data["counts"]),
            previous=None if previous is None else Counts.from_json(previous),
            role=data["role"],
            kinds=tuple(data["kinds"]),
            public=data["public"],
            tenant_id=data.get("tenant_id"),
            unrecorded=frozenset(data.get("unrecorded", UNRECORDED)),
        )


def points(gain: Fraction | None) -> str:
    """Write percentage points with their sign: "+2,10"; "–" where there is nothing to compare with."""
    if gain is None:
        return "–"
    hundredths = round(abs(gain) * 100)
    sign = "" if hundredths == 0 else "-" if gain < 0 else "+"
    return f"{sign}{words.number(hundredths // 100)},{hundredths % 100:02d}"


def bieu_01(
    counts: Mapping[Key, Counts], previous: Mapping[Key, Counts] | None = None, *, tier: str = "district"
) -> list[Row]:
    """Return Biểu 01 over all tenants in `counts`: every kind of their tier, row 7 before its kinds, the total last.

    Preschools are told apart into public and not public. `previous`: the year before, for column 24
    (None or empty: no figures of that year).
    """
    rows: list[Row] = []
    kinds = words.kinds_of(tier).values()
    for kind in kinds:
        group, _, part = kind.group.partition(".")
        if part == "1":
            inside = tuple(k.code for k in kinds if k.group.startswith(f"{group}."))
            rows.append(_row(group, words.groups_of(tier)[group], counts, previous, "subtotal", inside))
        rows.append(_row(kind.group, kind.name, counts, previous, "kind", (kind.code,)))
        if kind.code == "preschool":
            rows += [
                _row("", words.public_name(public), counts, previous, "part", (kind.code,), public)
                for public in (True, False)
            ]
    rows.append(_row("", "Cộng", counts, previous, "total", ()))
    return rows


def _row(
    order: str,
    label: str,
    counts: Mapping[Key, Counts],
    previous: Mapping[Key, Counts] | None,
    role: str,
    kinds: tuple[str, ...],
    public: bool | None = None,
) -> Row:
    before = _sum(previous, kinds, public) if previous else None
    return Row(order, label, _sum(counts, kinds, public), before, role, kinds, public)


def _sum(counts: Mapping[Key, Counts], kinds: tuple[str, ...], public: bool | None) -> Counts:
    return total(
        value
        for (_tenant, kind, is_public), value in counts.items()
        if (not kinds or kind in kinds) and public in (None, is_public)
    )


def bieu_01_t(
    counts: Mapping[Key, Counts],
    places: Sequence[tuple[int, str]],
    previous: Mapping[Key, Counts] | None = None,
) -> list[Row]:
    """Return Biểu 01-T: one row per (tenant id, name) in the order given, the total of those rows last."""
    rows = []
    for number, (tenant_id, name) in enumerate(places, 1):
        own = [value for key, value in counts.items() if key[0] == tenant_id]
        before = [value for key, value in (previous or {}).items() if key[0] == tenant_id]
        rows.append(
            Row(str(number), name, total(own), total(before) if before else None, "kind", tenant_id=tenant_id)
        )
    known = [row.previous for row in rows if row.previous is not None]
    last = total(known) if known and len(known) == len(rows) else None
    rows.append(Row("", "Cộng", total(row.counts for row in rows), last, "total"))
    return rows


def counts_as_json(counts: Mapping[Key, Counts]) -> list[dict[str, Any]]:
    """Return counts as they are kept in a district's snapshot (its tenant is known from the report)."""
    return [
        {"kind": kind, "public": public, "counts": value.as_json()}
        for (_tenant, kind, public), value in sorted(counts.items())
    ]


def counts_from_json(tenant_id: int, data: Sequence[Mapping[str, Any]]) -> dict[Key, Counts]:
    """Read a snapshot's counts back as `counts` gives them."""
    return {(tenant_id, entry["kind"], entry["public"]): Counts.from_json(entry["counts"]) for entry in data}


__all__ = [
    "COLUMNS",
    "COLUMN_OF",
    "HEADS",
    "NUMBERS",
    "UNRECORDED",
    "ZERO",
    "Cell",
    "Column",
    "Row",
    "bieu_01",
    "bieu_01_t",
    "counts_as_json",
    "counts_from_json",
    "points",
]
