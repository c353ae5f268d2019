"""Do the tables of a report agree with each other? The cross-footing rules R1 to R8, one check each.

Pure: rows in, sentences out. A rule that fails stops the report, unless it may be explained and is. The
second half compares two editions and names the cells the Department's points are tied to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from portal.figures.rules import FIGURES, total
from portal.figures.tables import COLUMN_OF, NUMBERS, Row
from portal.words import day, number


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of Biểu 02 as the rules see it."""

    name: str
    level: int
    decision_number: str
    decided_on: date
    code: str = ""


@dataclass(frozen=True, slots=True)
class Tables:
    """What is compared: Biểu 01, Biểu 02, the registry counted by itself, the term of the decision."""

    rows: tuple[Row, ...]
    listed: tuple[Listed, ...]
    registry: int
    decide_before: date


Check = Callable[[Tables], str | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its number, what it says, its check, and whether a failure may be explained."""

    code: str
    title: str
    check: Check
    explainable: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """How a rule came out: `sentence` says what disagrees ("" for nothing)."""

    code: str
    title: str
    sentence: str
    explainable: bool
    explanation: str = ""

    @property
    def holds(self) -> bool:
        """Whether the tables agree."""
        return not self.sentence

    @property
    def stops(self) -> bool:
        """Whether the report cannot be locked because of it."""
        return not self.holds and not (self.explainable and self.explanation.strip())


def _where(row: Row) -> str:
    return f"dòng {row.order} ({row.label})" if row.order else f"dòng “{row.label}”"


def _first(tables: Tables, wrong: Callable[[Row], str | None]) -> str | None:
    """Return the sentence of the first rows that are wrong, the total before the kinds."""
    rows = sorted(tables.rows, key=lambda row: row.role != "total")
    found = [f"{_where(row)}: {fault}" for row in rows if (fault := wrong(row))]
    if not found:
        return None
    more = f"; và {len(found) - 2} dòng khác" if len(found) > 2 else ""
    sentence = "; ".join(found[:2]) + more
    return f"{sentence[:1].upper()}{sentence[1:]}."


def within_the_registry(tables: Tables) -> str | None:
    """R1: column 3 is not below columns 4, 6 and 11, nor column 11 below column 12."""

    def wrong(row: Row) -> str | None:
        for column in ("4", "6", "11"):
            value = getattr(row.counts, COLUMN_OF[column].figure)
            if value > row.counts.units:
                return f"cột {column} ({number(value)}) lớn hơn cột 3 ({number(row.counts.units)})"
        if row.counts.visited > row.counts.submitted:
            return f"cột 12 ({number(row.counts.visited)}) lớn hơn cột 11 ({number(row.counts.submitted)})"
        return None

    return _first(tables, wrong)


def own_levels_add_up(tables: Tables) -> str | None:
    """R2: columns 8, 9 and 10 add up to column 6."""

    def wrong(row: Row) -> str | None:
        c = row.counts
        parts = c.self_1 + c.self_2 + c.self_none
        if parts == c.self_assessed:
            return None
        return f"cột 8 + 9 + 10 = {number(parts)}, khác cột 6 ({number(c.self_assessed)})"

    return _first(tables, wrong)


def filed_by_those_who_reached(tables: Tables) -> str | None:
    """R3: column 11 is not above columns 8 and 9; who filed without reaching a level is to be explained."""

    def wrong(row: Row) -> str | None:
        c = row.counts
        if c.submitted <= c.self_1 + c.self_2:
            return None
        return f"cột 11 ({number(c.submitted)}) lớn hơn cột 8 + 9 ({number(c.self_1 + c.self_2)})"

    return _first(tables, wrong)


def results_add_up(tables: Tables) -> str | None:
    """R4: columns 13, 15, 17 and 18 add up to column 11."""

    def wrong(row: Row) -> str | None:
        c = row.counts
        parts = c.level_1 + c.level_2 + c.refused + c.pending
        if parts == c.submitted:
            return None
        return f"cột 13 + 15 + 17 + 18 = {number(parts)}, khác cột 11 ({number(c.submitted)})"

    return _first(tables, wrong)


def counted_once(tables: Tables) -> str | None:
    """R5: columns 19 and 21 together are not above column 3."""

    def wrong(row: Row) -> str | None:
        c = row.counts
        if c.in_force <= c.units:
            return None
        return f"cột 19 + 21 ({number(c.in_force)}) lớn hơn cột 3 ({number(c.units)})"

    return _first(tables, wrong)


def kinds_add_up(tables: Tables) -> str | None:
    """R6: the kinds add up to the total in every column, the educational ones to row 7."""
    sums = total(row.counts for row in tables.rows if row.role == "kind")
    whole = next(row.counts for row in tables.rows if row.role == "total")
    wrong = [name for name in FIGURES if getattr(sums, name) != getattr(whole, name)]
    for row in tables.rows:
        if row.role == "subtotal":
            inside = total(r.counts for r in tables.rows if r.role == "kind" and r.kinds[0] in row.kinds)
            wrong += [name for name in FIGURES if getattr(inside, name) != getattr(row.counts, name)]
    if not wrong:
        return None
    columns = [c.number for c in COLUMN_OF.values() if c.figure in wrong and not c.is_share]
    return f"Tổng các loại hình khác dòng “Cộng” ở cột {', '.join(columns)}."


def listed_as_counted(tables: Tables) -> str | None:
    """R7: Biểu 02 has as many rows as columns 13 and 15 say, each under a decision number."""
    whole = next(row.counts for row in tables.rows if row.role == "total")
    for level, counted in ((1, whole.level_1), (2, whole.level_2)):
        listed = sum(row.level == level for row in tables.listed)
        if listed != counted:
            return f"Biểu 02 có {number(listed)} đơn vị mức độ {level}, Biểu 01 có {number(counted)}."
    nameless = [row.name for row in tables.listed if not row.decision_number]
    return f"Biểu 02 có đơn vị chưa có số quyết định: {', '.join(nameless[:3])}." if nameless else None


def decided_in_time(tables: Tables) -> str | None:
    """R7: decisions bear a day before the term; later ones are marked late and explained."""
    late = [row for row in tables.listed if row.decided_on >= tables.decide_before]
    if not late:
        return None
    papers = sorted({(row.decided_on, row.decision_number) for row in late})
    named = "; ".join(f"{paper} ngày {day(when)}" for when, paper in papers[:3])
    return (
        f"{number(len(late))} đơn vị được công nhận sau thời hạn (trước ngày {day(tables.decide_before)}), "
        f"theo quyết định số {named}: ghi quá hạn."
    )


def registry_agrees(tables: Tables) -> str | None:
    """R8: column 3 is the registry on 31/12."""
    whole = next(row.counts for row in tables.rows if row.role == "total")
    if whole.units == tables.registry:
        return None
    return f"Cột 3 có {number(whole.units)} đơn vị, danh mục tại 31/12 có {number(tables.registry)}."


RULES: tuple[Rule, ...] = (
    Rule("R1", "Số đăng ký, tự đánh giá, nộp hồ sơ không vượt tổng số đơn vị", within_the_registry, True),
    Rule("R2", "Tự xếp mức 1, mức 2, chưa đạt cộng bằng số đã tự đánh giá", own_levels_add_up),
    Rule("R3", "Số nộp hồ sơ không vượt số tự xếp đạt", filed_by_those_who_reached, True),
    Rule("R4", "Công nhận, không công nhận, chưa xét cộng bằng số nộp", results_add_up),
    Rule("R5", "Mỗi đơn vị được công nhận chỉ tính một lần", counted_once, True),
    Rule("R6", "Các loại hình cộng bằng tổng ở mọi cột", kinds_add_up),
    Rule("R7", "Biểu 02 khớp Biểu 01, đơn vị nào cũng có số quyết định", listed_as_counted),
    Rule("R7b", "Quyết định ban hành trong thời hạn", decided_in_time, True),
    Rule("R8", "Tổng số đơn vị bằng danh mục tại 31/12", registry_agrees),
)
RULE_OF: Mapping[str, Rule] = {rule.code: rule for rule in RULES}


def cross_foot(tables: Tables, explanations: Mapping[str, str]) -> tuple[Result, ...]:
    """Run every rule; an explanation is kept beside its rule."""
    return tuple(
        Result(
            rule.code,
            rule.title,
            rule.check(tables) or "",
            rule.explainable,
            explanations.get(rule.code, "") if rule.explainable else "",
        )
        for rule in RULES
    )


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
                found.append(Difference(f"Biểu 01, {_where(row)}, cột {column} ({title})", was, now))
    names = {row.code: (row.name, row.level) for row in (*listed_before, *listed_after)}
    was_in, now_in = {row.code for row in listed_before}, {row.code for row in listed_after}
    for code in sorted(was_in ^ now_in, key=lambda c: names[c]):
        name, level = names[code]
        states = ("–", f"mức độ {level}") if code in now_in else (f"mức độ {level}", "–")
        found.append(Difference(f"Biểu 02, {name}", *states))
    return tuple(found)


MOST_POINTS = 50


def point_place(point: Mapping[str, str]) -> str:
    """Name what a point of the Department is tied to: a cell of Biểu 01, a whole table, or the text."""
    table, row, column = point.get("table", ""), point.get("row", ""), point.get("column", "")
    if table == "bieu_01":
        where = [f"dòng {'Cộng' if row == 'total' else row}"] if row else []
        return ", ".join(["Biểu 01", *where, *([f"cột {column}"] if column else [])])
    return {"bieu_02": "Biểu 02", "bieu_03": "Biểu 03"}.get(table, "Phần lời")


def points_fault(verdict: str, points: Sequence[Mapping[str, str]], rows: Sequence[str]) -> str | None:
    """Return the sentence why an answer with these points cannot be given, or None.

    Each point has `text` and may have `table` (bieu_01, bieu_02, bieu_03), and for bieu_01 `row` (a key of
    `rows`) and `column` (3 to 24).
    """
    if verdict not in ("accepted", "returned"):
        return "Xin chọn nhận hoặc trả lại báo cáo."
    if verdict == "accepted":
        return "Nhận báo cáo thì không kèm điểm cần sửa." if points else None
    if not points:
        return "Trả lại báo cáo cần ít nhất một điểm cần sửa."
    if len(points) > MOST_POINTS:
        return f"Mỗi lần trả lại có tối đa {MOST_POINTS} điểm."
    for place, point in enumerate(points, 1):
        text = point.get("text", "").strip()
        if not text:
            return f"Điểm {place}: xin ghi nội dung cần sửa."
        if len(text) > 1000:
            return f"Điểm {place}: nội dung dài tối đa 1.000 ký tự."
        if point.get("table", "") not in ("", "bieu_01", "bieu_02", "bieu_03"):
            return f"Điểm {place}: không có biểu này trong báo cáo."
        if point.get("row") and point["row"] not in rows:
            return f"Điểm {place}: Biểu 01 không có dòng {point['row']}."
        if point.get("column") and point["column"] not in COLUMN_OF:
            return f"Điểm {place}: Biểu 01 không có cột {point['column']}."
    return None
