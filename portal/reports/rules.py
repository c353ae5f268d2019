"""Do the tables of a report agree with each other? The cross-footing rules R1 to R14, one check each.

Pure: rows in, sentences and the cells they name out. A rule that fails stops the report, unless it may be explained
and is. R11 belongs to the provincial table, which sums accepted reports only and says of how many. The second half
names the cells the Department's points are tied to; two editions are compared in `editions.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from portal.figures.annex import NUMBERS as ANNEXES
from portal.figures.annex import shape
from portal.figures.rules import FIGURES, total
from portal.figures.tables import COLUMN_OF, Row
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


Check = Callable[[Tables], Fault | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its number, what it says, its check, and whether a failure may be explained."""

    code: str
    title: str
    check: Check
    explainable: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """How a rule came out: `sentence` says what disagrees ("" for nothing), `spots` where to look."""

    code: str
    title: str
    sentence: str
    explainable: bool
    explanation: str = ""
    spots: tuple[Spot, ...] = ()

    @property
    def number(self) -> str:
        """The rule's number as people know it: R7b is the second half of R7."""
        return self.code.rstrip("b")

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


def _cell(row: Row, column: str) -> Spot:
    return Spot("01", COLUMN_OF[column].figure, row.key)


def _first(tables: Tables, wrong: Callable[[Row], tuple[str, Sequence[str]] | None]) -> Fault | None:
    """Return the fault of the first rows that are wrong, the total before the kinds."""
    rows = sorted(tables.rows, key=lambda row: row.role != "total")
    found = [(row, *fault) for row in rows if (fault := wrong(row))]
    if not found:
        return None
    more = f"; và {len(found) - 2} dòng khác" if len(found) > 2 else ""
    sentence = "; ".join(f"{_where(row)}: {said}" for row, said, _ in found[:2]) + more
    spots = tuple(_cell(row, column) for row, _, columns in found[:2] for column in columns)
    return Fault(f"{sentence[:1].upper()}{sentence[1:]}.", spots)


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

    return _first(tables, wrong)


def own_levels_add_up(tables: Tables) -> Fault | None:
    """R2: columns 8, 9 and 10 add up to column 6."""

    def wrong(row: Row) -> tuple[str, Sequence[str]] | None:
        c = row.counts
        parts = c.self_1 + c.self_2 + c.self_none
        if parts == c.self_assessed:
            return None
        said = f"cột 8 + 9 + 10 = {number(parts)}, khác cột 6 ({number(c.self_assessed)})"
        return said, ("8", "9", "10", "6")

    return _first(tables, wrong)


def filed_by_those_who_reached(tables: Tables) -> Fault | None:
    """R3: column 11 is not above columns 8 and 9; who filed without reaching a level is to be explained."""

    def wrong(row: Row) -> tuple[str, Sequence[str]] | None:
        c = row.counts
        if c.submitted <= c.self_1 + c.self_2:
            return None
        said = f"cột 11 ({number(c.submitted)}) lớn hơn cột 8 + 9 ({number(c.self_1 + c.self_2)})"
        return said, ("11", "8", "9")

    return _first(tables, wrong)


def results_add_up(tables: Tables) -> Fault | None:
    """R4: columns 13, 15, 17 and 18 add up to column 11."""

    def wrong(row: Row) -> tuple[str, Sequence[str]] | None:
        c = row.counts
        parts = c.level_1 + c.level_2 + c.refused + c.pending
        if parts == c.submitted:
            return None
        said = f"cột 13 + 15 + 17 + 18 = {number(parts)}, khác cột 11 ({number(c.submitted)})"
        return said, ("13", "15", "17", "18", "11")

    return _first(tables, wrong)


def counted_once(tables: Tables) -> Fault | None:
    """R5: columns 19 and 21 together are not above column 3."""

    def wrong(row: Row) -> tuple[str, Sequence[str]] | None:
        c = row.counts
        if c.in_force <= c.units:
            return None
        return f"cột 19 + 21 ({number(c.in_force)}) lớn hơn cột 3 ({number(c.units)})", ("19", "21", "3")

    return _first(tables, wrong)


def in_force_as_listed(tables: Tables) -> Fault | None:
    """R5: Biểu 05 holds the units of column 22."""
    if tables.crossing is None or tables.crossing.in_force == tables.whole.counts.in_force:
        return None
    counted = number(tables.whole.counts.in_force)
    said = f"Biểu 05 có {number(tables.crossing.in_force)} đơn vị còn hiệu lực, Biểu 01 cột 22 có {counted}."
    return Fault(said, (Spot("05", "in_force"), _cell(tables.whole, "22")))


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
    return Fault(said, tuple(_cell(tables.whole, column) for column in columns[:4]))


def listed_as_counted(tables: Tables) -> Fault | None:
    """R7: Biểu 02 has as many rows as columns 13 and 15 say, each under a decision number."""
    whole = tables.whole.counts
    for level, counted, column in ((1, whole.level_1, "13"), (2, whole.level_2, "15")):
        listed = sum(row.level == level for row in tables.listed)
        if listed != counted:
            said = f"Biểu 02 có {number(listed)} đơn vị mức độ {level}, Biểu 01 có {number(counted)} (cột {column})."
            return Fault(said, (Spot("02", ""), _cell(tables.whole, column)))
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
    return Fault(said, (_cell(tables.whole, "3"),))


def level_2_fails_nothing(tables: Tables) -> Fault | None:
    """R9: a unit recognised at level 2 has no indicator that was found to fail level 1."""
    failed = tables.crossing.failed if tables.crossing else ()
    if not failed:
        return None
    more = f" và {number(len(failed) - 3)} đơn vị khác" if len(failed) > 3 else ""
    said = (
        f"{number(len(failed))} đơn vị công nhận mức độ 2 (cột 15) có chỉ tiêu thẩm định chưa đạt mức độ 1: "
        f"{'; '.join(failed[:3])}{more}."
    )
    return Fault(said, (Spot("doi-chieu", "r9"),))


def people_as_signed(tables: Tables) -> Fault | None:
    """R10: the numbers behind Biểu 07 are those of the signed dossiers, but for the district's corrections."""
    drift = tables.crossing.drift if tables.crossing else ()
    if not drift:
        return None
    form = shape("07", 0)
    named = [
        f"cột {form.column(one.name)} ({form.field(one.name).full_title.lower()}) {number(one.one)}, "  # type: ignore[union-attr]
        f"hồ sơ đã ký {number(one.other)}"
        for one in drift
    ]
    return Fault(
        f"Số người trước hiệu chỉnh của Biểu 07 khác hồ sơ đã ký: {'; '.join(named)}.",
        tuple(Spot("07", one.name, "drift") for one in drift),
    )


_FATES = {
    "stays": "còn hiệu lực",
    "again": "xét lại trong năm",
    "expired": "hết hạn",
    "revoked": "thu hồi",
    "closed": "đã đóng",
    "other": "không rõ",
}


def last_year_reconciles(tables: Tables) -> Fault | None:
    """R12: last year's column 22 is what is still in force, judged again, expired, revoked or closed."""
    known = tables.crossing.reconciled if tables.crossing else None
    if known is None:
        return None
    parts = sum(count for fate, count in known.counts.items() if fate != "other")
    named = [f"{number(count)} {_FATES[fate]}" for fate, count in known.counts.items() if count]
    spots = tuple(Spot("doi-chieu", fate) for fate, count in known.counts.items() if count)
    of = "theo báo cáo đã gửi" if known.sent else "theo số liệu trên cổng"
    if parts != known.before:
        said = (
            f"Cột 22 năm {known.year} {of} là {number(known.before)} đơn vị; nay đối chiếu được {number(parts)}: "
            f"{', '.join(named) or 'không có đơn vị nào'}."
        )
        return Fault(said, spots)
    if known.joined:
        said = (
            f"{number(known.joined)} đơn vị ở cột 21 ({number(tables.whole.counts.still_valid)}) không có trong cột 22 "
            f"năm {known.year} ({number(known.before)})."
        )
        return Fault(said, (Spot("doi-chieu", "joined"), _cell(tables.whole, "21")))
    return None


def targets_count_in_force(tables: Tables) -> Fault | None:
    """R13: a target on recognitions counts the units in force (column 22), not only this year's (column 19)."""
    stated = [one for one in (tables.crossing.stated if tables.crossing else ()) if one.one != one.other]
    if not stated:
        return None
    one = stated[0]
    said = (
        f"Biểu 04, mục tiêu “{one.name}”: tử số {number(one.one)}, số đơn vị đang được công nhận (cột 22, Biểu 05) là "
        f"{number(one.other)}."
    )
    return Fault(said, (Spot("04", "part"), Spot("05", "in_force")))


def figures_are_fields(tables: Tables) -> Fault | None:
    """R14: figures in the words are fields; one that is typed is to be explained (a plan's goal, another source)."""
    if not tables.typed:
        return None
    named = "; ".join(f"mục “{heading}”: “{said}”" for heading, said in tables.typed[:3])
    more = f"; và {len(tables.typed) - 3} chỗ khác" if len(tables.typed) > 3 else ""
    return Fault(f"Phần lời có số gõ tay, không lấy từ biểu: {named}{more}.", (Spot("loi", ""),))


RULES: tuple[Rule, ...] = (
    Rule("R1", "Số đăng ký, tự đánh giá, nộp hồ sơ không vượt tổng số đơn vị", within_the_registry, True),
    Rule("R2", "Tự xếp mức 1, mức 2, chưa đạt cộng bằng số đã tự đánh giá", own_levels_add_up),
    Rule("R3", "Số nộp hồ sơ không vượt số tự xếp đạt", filed_by_those_who_reached, True),
    Rule("R4", "Công nhận, không công nhận, chưa xét cộng bằng số nộp", results_add_up),
    Rule("R5", "Mỗi đơn vị được công nhận chỉ tính một lần", counted_once, True),
    Rule("R5b", "Biểu 05 có đúng các đơn vị đang được công nhận", in_force_as_listed),
    Rule("R6", "Các loại hình cộng bằng tổng ở mọi cột", kinds_add_up),
    Rule("R7", "Biểu 02 khớp Biểu 01, đơn vị nào cũng có số quyết định", listed_as_counted),
    Rule("R7b", "Quyết định ban hành trong thời hạn", decided_in_time, True),
    Rule("R8", "Tổng số đơn vị bằng danh mục tại 31/12", registry_agrees),
    Rule("R9", "Đơn vị mức độ 2 không có chỉ tiêu chưa đạt mức độ 1", level_2_fails_nothing, True),
    Rule("R10", "Số người của Biểu 07 bằng số trong hồ sơ đã ký", people_as_signed, True),
    Rule("R12", "Số còn hiệu lực khớp với năm trước", last_year_reconciles, True),
    Rule("R13", "Mục tiêu về công nhận tính số đang được công nhận", targets_count_in_force, True),
    Rule("R14", "Số liệu trong phần lời lấy từ biểu", figures_are_fields, True),
)
ACROSS = ("R5b", "R9", "R10", "R12", "R13", "R14")
"""Rules asked of reports that hold Biểu 04 to 08."""
RULE_OF: Mapping[str, Rule] = {rule.code: rule for rule in RULES}


def cross_foot(tables: Tables, explanations: Mapping[str, str]) -> tuple[Result, ...]:
    """Run every rule; an explanation is kept beside its rule. A report without annexes is asked the first ones only."""
    found = []
    for rule in RULES:
        if tables.crossing is None and rule.code in ACROSS:
            continue
        fault = rule.check(tables) or Fault("")
        said = explanations.get(rule.code, "") if rule.explainable else ""
        found.append(Result(rule.code, rule.title, fault.sentence, rule.explainable, said, fault.spots))
    return tuple(found)


MOST_POINTS = 50
TABLES: tuple[str, ...] = tuple(f"bieu_{number}" for number in ("01", "02", "03", *ANNEXES))


def point_place(point: Mapping[str, str]) -> str:
    """Name what a point of the Department is tied to: a cell of Biểu 01, a whole table, or the text."""
    table, row, column = point.get("table", ""), point.get("row", ""), point.get("column", "")
    if table == "bieu_01":
        where = [f"dòng {'Cộng' if row == 'total' else row}"] if row else []
        return ", ".join(["Biểu 01", *where, *([f"cột {column}"] if column else [])])
    return f"Biểu {table[-2:]}" if table in TABLES else "Phần lời"


def points_fault(verdict: str, points: Sequence[Mapping[str, str]], rows: Sequence[str]) -> str | None:
    """Return the sentence why an answer with these points cannot be given, or None.

    Each point has `text` and may have `table` (one of `TABLES`), and for bieu_01 `row` (a key of
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
        if point.get("table", "") not in ("", *TABLES):
            return f"Điểm {place}: không có biểu này trong báo cáo."
        if point.get("row") and point["row"] not in rows:
            return f"Điểm {place}: Biểu 01 không có dòng {point['row']}."
        if point.get("column") and point["column"] not in COLUMN_OF:
            return f"Điểm {place}: Biểu 01 không có cột {point['column']}."
    return None
