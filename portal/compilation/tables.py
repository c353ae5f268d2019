"""Biểu 01-T, 02-T, 04-T and 05-T from accepted reports: one row per district, or per goal, and the sum. Pure.

A source is what the tables take from one frozen report. Its printed totals come along, for the rules to compare.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from portal import words
from portal.figures.annex import Annex, Field, Line, Value, bieu_05
from portal.figures.rules import Counts, total
from portal.figures.tables import Key, Row, bieu_01_t

TOTAL = "total"
REACHED = ("Đạt mục tiêu", "Đang đạt mục tiêu")
"""What Biểu 04 says of a goal that is reached."""


@dataclass(frozen=True, slots=True)
class Source:
    """What one accepted report gives: its counts by kind, its Biểu 01 "Cộng" as printed, the totals of its annexes.

    `validity` and `goals` (Biểu 05 and 04) are None for a report locked before there were annexes. `missed`: dossiers
    found to fail an indicator at level 1 (Biểu 06), by its code and title.
    """

    tenant_id: int
    name: str
    report_id: int
    counts: Mapping[Key, Counts]
    printed: Row
    validity: Line | None = None
    goals: tuple[Line, ...] | None = None
    missed: tuple[tuple[str, str, int], ...] = ()
    supplements: int = 0
    decisions: int = 0
    own_activities: tuple[int, int] = (0, 0)

    @property
    def total(self) -> Counts:
        """The counts of all kinds."""
        return total(self.counts.values())


def form_01_t(sources: Sequence[Source], previous: Mapping[Key, Counts] | None) -> tuple[Row, ...]:
    """Return Biểu 01-T; `previous`: the accepted counts of the year before, for column 24."""
    counts = {key: value for one in sources for key, value in one.counts.items()}
    rows = bieu_01_t(counts, [(one.tenant_id, one.name) for one in sources], previous)
    silent = {one.tenant_id: one.printed.unrecorded for one in sources}
    found = [replace(row, unrecorded=silent.get(row.tenant_id or 0, frozenset())) for row in rows[:-1]]
    return (*found, replace(rows[-1], unrecorded=frozenset().union(*silent.values())))


def row_key(row: Row) -> str:
    """Name a row of Biểu 01-T: its district, "total"."""
    return TOTAL if row.tenant_id is None else str(row.tenant_id)


_KINDS = tuple(words.DISTRICT_KINDS.values())
BIEU_02_T = Annex(
    "02-T",
    "Đơn vị được công nhận trong năm, theo loại hình và địa bàn",
    "Địa bàn",
    (
        Field("recognised", "Tổng số"),
        Field("level_1", "Mức độ 1", "Trong đó"),
        Field("level_2", "Mức độ 2", "Trong đó"),
        *(
            Field(kind.code, f"{kind.group}. {kind.short}", "Theo loại hình (số thứ tự của Biểu 01)")
            for kind in _KINDS
        ),
    ),
    "Tổng số là cột 19 của Biểu 01-T; các loại hình cộng bằng tổng số.",
)
BIEU_04_T = Annex(
    "04-T",
    "Kết quả thực hiện chỉ tiêu phấn đấu",
    "Chỉ tiêu phấn đấu",
    (
        Field("of", "Đối tượng (mẫu số)", kind="text", opens=False, width=34),
        Field("districts", "Số huyện đặt mục tiêu"),
        Field("goal_least", "Thấp nhất", "Mục tiêu các huyện đặt (%)", opens=False),
        Field("goal_most", "Cao nhất", "Mục tiêu các huyện đặt (%)", opens=False),
        Field("part", "Tử số", "Cộng các huyện"),
        Field("whole", "Mẫu số", "Cộng các huyện"),
        Field("ratio", "Tỷ lệ (%)", "Cộng các huyện", "share", False, "part", "whole"),
        Field("reported", "Số đơn vị đã có số"),
        Field("scope", "Số đơn vị thuộc đối tượng"),
        Field("reached", "Số huyện đạt mục tiêu"),
        Field("below", "Đơn vị dưới mục tiêu"),
    ),
    "Mục tiêu do từng huyện tự đặt để phấn đấu, không phải ngưỡng của Thông tư 24/2023/TT-BGDĐT; các mục tiêu cùng tên, cùng "
    "đối tượng được cộng một dòng, mỗi huyện đối chiếu với mục tiêu của mình.",
    "Không huyện nào có báo cáo đã nhận đặt mục tiêu phấn đấu cho năm này.",
)
SUMS_04 = ("part", "whole", "reported", "scope", "below")
SUMS_02 = tuple(one.key for one in BIEU_02_T.fields)


def shape(number: str, year: int) -> Annex:
    """Return a provincial table without lines, its columns named for the year; KeyError for a number that is none."""
    if number == "05-T":
        return replace(bieu_05(year), number="05-T", name="Hiệu lực công nhận theo địa bàn", first="Địa bàn")
    return {"02-T": BIEU_02_T, "04-T": BIEU_04_T}[number]


NUMBERS = ("02-T", "04-T", "05-T")


def annexes(year: int, sources: Sequence[Source]) -> dict[str, Annex]:
    """Return Biểu 02-T, 04-T and 05-T by number."""
    by_kind = [_line(place, one, _recognised(one)) for place, one in enumerate(sources, 1)]
    held = [
        _line(place, one, one.validity.values if one.validity else {}) for place, one in enumerate(sources, 1)
    ]
    form_05 = shape("05-T", year)
    return {
        "02-T": BIEU_02_T.of([*by_kind, summed(by_kind, SUMS_02)]),
        "04-T": BIEU_04_T.of(_goals(sources)),
        "05-T": form_05.of([*held, summed(held, [one.key for one in form_05.fields])]),
    }


def _line(place: int, one: Source, values: Mapping[str, Value]) -> Line:
    return Line(str(one.tenant_id), str(place), one.name, dict(values))


def summed(lines: Sequence[Line], keys: Sequence[str]) -> Line:
    """Return the row "Cộng": every column added up over the rows that have it."""
    values = {key: sum(number_of(line, key) for line in lines) for key in keys}
    return Line(TOTAL, "", "Cộng", values, TOTAL)


def number_of(line: Line, key: str) -> int:
    """Return a number of a line, 0 where it has none."""
    value = line.values.get(key)
    return value if isinstance(value, int) else 0


def _recognised(one: Source) -> dict[str, Value]:
    by_kind = dict.fromkeys((kind.code for kind in _KINDS), 0)
    for (_tenant, kind, _public), counts in one.counts.items():
        by_kind[kind] += counts.recognised
    whole = one.total
    return {
        "recognised": whole.recognised,
        "level_1": whole.level_1,
        "level_2": whole.level_2,
        **by_kind,
    }


def goal_key(line: Line) -> str:
    """Name what a goal of a district is about: goals of one name and one denominator stand in one row of Biểu 04-T."""
    return f"{words.fold(line.label)}|{words.fold(str(line.values.get('of', '')))}"


def goals_by_key(sources: Sequence[Source]) -> dict[str, list[tuple[Source, Line]]]:
    """Return the goals of all districts, those that add up together, in the order they first come."""
    found: dict[str, list[tuple[Source, Line]]] = {}
    for one in sources:
        for line in one.goals or ():
            found.setdefault(goal_key(line), []).append((one, line))
    return found


def _goals(sources: Sequence[Source]) -> list[Line]:
    lines = []
    for place, given in enumerate(goals_by_key(sources).values(), 1):
        rows = [line for _, line in given]
        known = [line for line in rows if isinstance(line.values.get("part"), int)]
        goals = [number_of(line, "goal") for line in rows]
        values: dict[str, Value] = {key: sum(number_of(line, key) for line in rows) for key in SUMS_04}
        values |= {
            "of": rows[0].values.get("of"),
            "districts": len({one.tenant_id for one, _ in given}),
            "goal_least": min(goals),
            "goal_most": max(goals),
            "reached": len({one.tenant_id for one, line in given if line.values.get("said") in REACHED}),
        }
        if not known:
            values |= {"part": None, "whole": None}
        lines.append(Line(str(place), str(place), rows[0].label, values))
    return lines
