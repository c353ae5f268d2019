"""Rules R1 to R8: Biểu 01 within itself, against the list of Biểu 02 and the registry. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from portal.figures.rules import FIGURES, total
from portal.figures.tables import COLUMN_OF, Row
from portal.words import day, number

from .compared import Fault, Spot, Tables, cell, first


def within_the_registry(tables: Tables) -> Fault | None:
    """R1: column 3 is not below columns 4, 6 and 11, nor column 11 below column 12."""

    def wrong(row: Row) -> tuple[str, Sequence[str]] | None:
        for column in ("4", "6", "11"):
            value = getattr(row.counts, COLUMN_OF[column].figure)
            if value > row.counts.units:
                said = f"cột {column} ({number(value)}) lớn hơn cột 3 ({number(row.counts.units)})"
                return said, (column, "3")
        if row.counts.visited > row.counts.submitted:
            said = f"cột 12 ({number(row.counts.visited)}) lớn hơn cột 11 ({number(row.counts.submitted)})"
            return said, ("12", "11")
        return None

    return first(tables, wrong)


def own_levels_add_up(tables: Tables) -> Fault | None:
    """R2: columns 8, 9 and 10 add up to column 6."""

    def wrong(row: Row) -> tuple[str, Sequence[str]] | None:
        c = row.counts
        parts = c.self_1 + c.self_2 + c.self_none
        if parts == c.self_assessed:
            return None
        said = f"cột 8 + 9 + 10 = {number(parts)}, khác cột 6 ({number(c.self_assessed)})"
        return said, ("8", "9", "10", "6")

    return first(tables, wrong)


def filed_by_those_who_reached(tables: Tables) -> Fault | None:
    """R3: column 11 is not above columns 8 and 9; who filed without reaching a level is to be explained."""

    def wrong(row: Row) -> tuple[str, Sequence[str]] | None:
        c = row.counts
        if c.submitted <= c.self_1 + c.self_2:
            return None
        said = f"cột 11 ({number(c.submitted)}) lớn hơn cột 8 + 9 ({number(c.self_1 + c.self_2)})"
        return said, ("11", "8", "9")

    return first(tables, wrong)


def results_add_up(tables: Tables) -> Fault | None:
    """R4: columns 13, 15, 17 and 18 add up to column 11."""

    def wrong(row: Row) -> tuple[str, Sequence[str]] | None:
        c = row.counts
        parts = c.level_1 + c.level_2 + c.refused + c.pending
        if parts == c.submitted:
            return None
        said = f"cột 13 + 15 + 17 + 18 = {number(parts)}, khác cột 11 ({number(c.submitted)})"
        return said, ("13", "15", "17", "18", "11")

    return first(tables, wrong)


def counted_once(tables: Tables) -> Fault | None:
    """R5: columns 19 and 21 together are not above column 3."""

    def wrong(row: Row) -> tuple[str, Sequence[str]] | None:
        c = row.counts
        if c.in_force <= c.units:
            return None
        return f"cột 19 + 21 ({number(c.in_force)}) lớn hơn cột 3 ({number(c.units)})", ("19", "21", "3")

    return first(tables, wrong)


def kinds_add_up(tables: Tables) -> Fault | None:
    """R6: the kinds add up to the total in every column, the educational ones to row 7."""
    sums = total(row.counts for row in tables.rows if row.role == "kind")
    wrong = [name for name in FIGURES if getattr(sums, name) != getattr(tables.whole.counts, name)]
    for row in tables.rows:
        if row.role == "subtotal":
            inside = total(r.counts for r in tables.rows if r.role == "kind" and r.kinds[0] in row.kinds)
            wrong += [name for name in FIGURES if getattr(inside, name) != getattr(row.counts, name)]
    if not wrong:
        return None
    columns = [c.number for c in COLUMN_OF.values() if c.figure in wrong and not c.is_share]
    said = f"Tổng các loại hình khác dòng “Cộng” ở cột {', '.join(columns)}."
    return Fault(said, tuple(cell(tables.whole, column) for column in columns[:4]))


def listed_as_counted(tables: Tables) -> Fault | None:
    """R7: Biểu 02 has as many rows as columns 13 and 15 say, each under a decision number."""
    whole = tables.whole.counts
    for level, counted, column in ((1, whole.level_1, "13"), (2, whole.level_2, "15")):
        listed = sum(row.level == level for row in tables.listed)
        if listed != counted:
            said = f"Biểu 02 có {number(listed)} đơn vị mức độ {level}, Biểu 01 có {number(counted)} (cột {column})."
            return Fault(said, (Spot("02", ""), cell(tables.whole, column)))
    nameless = [row.name for row in tables.listed if not row.decision_number]
    if not nameless:
        return None
    return Fault(f"Biểu 02 có đơn vị chưa có số quyết định: {', '.join(nameless[:3])}.", (Spot("02", ""),))


def decided_in_time(tables: Tables) -> Fault | None:
    """R7: decisions bear a day before the term; later ones are marked late and explained."""
    late = [row for row in tables.listed if row.decided_on >= tables.decide_before]
    if not late:
        return None
    papers = sorted({(row.decided_on, row.decision_number) for row in late})
    named = "; ".join(f"{paper} ngày {day(when)}" for when, paper in papers[:3])
    return Fault(
        f"{number(len(late))} đơn vị được công nhận sau thời hạn (trước ngày {day(tables.decide_before)}), "
        f"theo quyết định số {named}: ghi quá hạn.",
        (Spot("02", ""),),
    )


def registry_agrees(tables: Tables) -> Fault | None:
    """R8: column 3 is the registry on 31/12."""
    units = tables.whole.counts.units
    if units == tables.registry:
        return None
    said = f"Cột 3 có {number(units)} đơn vị, danh mục tại 31/12 có {number(tables.registry)}."
    return Fault(said, (cell(tables.whole, "3"),))
