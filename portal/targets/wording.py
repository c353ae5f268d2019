"""The words of targets: what is counted and of what, whose number it is, and what the law asks beside it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from portal import words
from portal.catalogue.copies import KeptIndicator
from portal.catalogue.wording import ThresholdLine, threshold_line

from .rules import Below, Counting, Measure, Standing

NOT_THE_LAW = (
    "Mục tiêu do nơi công nhận tự đặt để phấn đấu, không phải ngưỡng của Thông tư 24/2023/TT-BGDĐT; đạt hay không đạt mục "
    "tiêu không làm đổi kết quả công nhận của đơn vị nào."
)
HOW_FORECAST = (
    "Mỗi đơn vị chưa có số được coi như bình quân các đơn vị cùng loại hình đã có số. Chỉ ước tính khi ít nhất một "
    "nửa số đơn vị đã có số và mỗi loại hình còn thiếu có từ 3 đơn vị có số."
)
WHOSE = (
    "Số của một đơn vị là số thẩm định khi đã chốt đề xuất, trước đó là số đơn vị đã nộp; hồ sơ chưa nộp không "
    "được đọc. Kết quả thẩm định kết luận chưa đủ minh chứng không được cộng vào tử số."
)
LEFT_OUT = (
    "Đơn vị chỉ báo tỷ lệ (quân sự, công an và tương tự) không cộng được vào số người nên để ngoài tổng."
)

COUNTINGS: Mapping[str, str] = {
    "people": "Số người",
    "units": "Số đơn vị",
    "recognised": "Số đơn vị được công nhận",
}

STANDINGS: Mapping[str, words.StateWords] = {
    "appraised": words.StateWords("Số thẩm định", "Số thẩm định", "ok"),
    "own": words.StateWords("Số đơn vị nộp", "Số đơn vị nộp", "go"),
    "left_out": words.StateWords("Chỉ báo tỷ lệ", "Chỉ báo tỷ lệ", "na"),
    "waiting": words.StateWords("Chưa có số", "Chưa có số", "wait"),
}


def standing_words(counting: str, standing: Standing) -> words.StateWords:
    """Return whose number a unit's is; recognitions are the decisions' alone."""
    if counting == Counting.RECOGNISED and standing is Standing.APPRAISED:
        return words.StateWords("Theo quyết định", "Theo quyết định", "ok")
    if counting == Counting.RECOGNISED:
        return words.StateWords("Chưa có quyết định", "Chưa có quyết định", "wait")
    return STANDINGS[standing]


def kinds_words(kinds: Collection[str]) -> str:
    """Name kinds of unit in their order, "mọi loại hình" for none."""
    if not kinds:
        return "mọi loại hình"
    return "; ".join(words.kind_inline(kind) for kind in sorted(kinds, key=words.kind_order))


def concerned(measure: Measure, row: KeptIndicator | None) -> frozenset[str]:
    """Return the kinds of unit a target is about: its own choice within those of its indicator (none: all)."""
    of_indicator = frozenset((row.applies.get("kinds") if row else None) or ())
    if not of_indicator or not measure.kinds:
        return of_indicator or measure.kinds
    return of_indicator & measure.kinds


def numerator(measure: Measure, row: KeptIndicator | None) -> str:
    """Say what a target counts."""
    if measure.counting is Counting.RECOGNISED:
        return "Đơn vị đang được công nhận " + (
            "mức độ 2" if measure.least == 2 else "từ mức độ 1 trở lên"
        )  # in force: of this year's decisions or still valid from before
    if row is None:
        return f"Chỉ tiêu {measure.indicator} (không có trong bộ tiêu chí của năm)"
    if measure.counting is Counting.PEOPLE:
        return f"{row.title} (chỉ tiêu {row.code})"
    if row.kind == "graded":
        grade = row.grades[min(measure.least or 1, len(row.grades)) - 1]
        above = "" if (measure.least or 1) >= len(row.grades) else " trở lên"
        return f"Đơn vị ở mức “{grade}”{above} (chỉ tiêu {row.code}: {row.title})"
    return f"Đơn vị có kết quả “Có” (chỉ tiêu {row.code}: {row.title})"


def denominator(measure: Measure, row: KeptIndicator | None) -> str:
    """Say of what a target is a share."""
    kinds = kinds_words(concerned(measure, row))
    if measure.counting is Counting.RECOGNISED:
        return f"Đơn vị trong danh mục tại 31/12: {kinds}"
    if measure.counting is Counting.PEOPLE and row is not None:
        return f"{words.HEADCOUNTS[row.base or 'members'].name} của các đơn vị đã có số: {kinds}"
    return f"Đơn vị đã có số: {kinds}"


def of_law(row: KeptIndicator | None) -> list[tuple[int, ThresholdLine]]:
    """Return what the law asks of each single unit at the indicator, by level, with how sure that is."""
    return [] if row is None else [(one.level, threshold_line(row, one)) for one in row.thresholds]


def law_words(row: KeptIndicator | None) -> str:
    """Return the same as one line of text, "" for recognitions."""
    said = []
    for level, line in of_law(row):
        mark = f" ({line.mark})" if line.mark else ""
        said.append(f"Mức độ {level}: {line.asks}{mark}")
    return "; ".join(said)


def offered(rows: Sequence[KeptIndicator]) -> list[tuple[str, str]]:
    """Return every measure the portal can compute, as (code, words): shares, results of units, recognitions."""
    found = [
        (
            Measure(Counting.RECOGNISED, "", level).code,
            numerator(Measure(Counting.RECOGNISED, "", level), None),
        )
        for level in (2, 1)
    ]
    for row in rows:
        if row.kind == "share":
            measures = [Measure(Counting.PEOPLE, row.key)]
        elif row.kind == "graded":
            grades = range(len(row.grades), 1, -1)
            measures = [Measure(Counting.UNITS, row.key, grade) for grade in grades]
        elif row.kind == "yes_no":
            measures = [Measure(Counting.UNITS, row.key)]
        else:
            measures = []
        found += [(measure.code, numerator(measure, row)) for measure in measures]
    return found


def lacking(one: Below, counting: str) -> str:
    """Say by how much a unit is below: "thiếu 3 người", "thiếu 1,25 điểm %", "chưa đạt"."""
    if one.points:
        return f"thiếu {words.percent(one.points, 10_000).removesuffix('%').strip()} điểm %"
    if counting == Counting.PEOPLE:
        return f"thiếu {words.number(one.people)} người"
    return "chưa đạt"
