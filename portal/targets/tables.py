"""Targets as files: Biểu 04 (what was aimed at and reached) and the units behind one target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from portal import words
from portal.papers.sheets import Column, Kind, Sheet, Value

from . import wording
from .gathering import Gathered
from .queries import Line, UnitRow
from .rules import Standing

_UNREAD = "Chỉ tiêu không có trong bộ tiêu chí của năm"


def form_04(year: int, lines: Sequence[Line], made: Gathered, marks: Mapping[str, Any]) -> Sheet:
    """Return Biểu 04 of a year: provisional and decided figures in columns of their own."""
    columns = (
        Column("TT", Kind.CENTERED, 5),
        Column("Chỉ tiêu phấn đấu", width=46),
        Column("Đối tượng (mẫu số)", width=40),
        Column("Mục tiêu (%)", Kind.INTEGER, 9),
        Column("Hạn", Kind.DATE, 12),
        Column("Tử số", Kind.INTEGER, 10, "Đến nay"),
        Column("Mẫu số", Kind.INTEGER, 10, "Đến nay"),
        Column("Tỷ lệ", Kind.PERCENT, 10, "Đến nay"),
        Column("Loại số", width=12, group="Đến nay"),
        Column("Tử số", Kind.INTEGER, 10, "Hồ sơ đã có quyết định"),
        Column("Mẫu số", Kind.INTEGER, 10, "Hồ sơ đã có quyết định"),
        Column("Tỷ lệ", Kind.PERCENT, 10, "Hồ sơ đã có quyết định"),
        Column("Số đơn vị đã có số", Kind.INTEGER, 10),
        Column("Số đơn vị thuộc đối tượng", Kind.INTEGER, 10),
        Column("Đánh giá", width=22),
        Column("Đơn vị chưa đạt", Kind.INTEGER, 10),
        Column("Ngưỡng của Thông tư cho từng đơn vị", width=50),
    )
    rows: list[tuple[Value, ...]] = []
    for place, line in enumerate(lines, 1):
        target, one = line.target, line.reckoning
        of_whole = wording.denominator(target.measure, line.indicator)
        head = (str(place), target.title, of_whole, target.goal, target.due_on)
        if one is None:
            rows.append((*head, None, None, None, "", None, None, None, None, None, _UNREAD, None, ""))
            continue
        settled = one.settled if one.settled.units else None
        rows.append(
            (
                *head,
                one.known.part if one.reported else None,
                one.known.whole if one.reported else None,
                one.known.share if one.reported else None,
                "Tạm tính" if one.provisional else "Đã quyết định",
                settled.part if settled else None,
                settled.whole if settled else None,
                settled.share if settled else None,
                one.reported,
                one.scope,
                one.state[0],
                len(one.below),
                wording.law_words(line.indicator),
            )
        )
    title = f"Biểu 04. Kết quả thực hiện chỉ tiêu phấn đấu năm {year}"
    note = f"{wording.NOT_THE_LAW} {wording.WHOSE} {wording.LEFT_OUT}"
    return Sheet(title, columns, rows, note=note, **marks)


def units_sheet(line: Line, found: Sequence[UnitRow], marks: Mapping[str, Any]) -> Sheet:
    """Return the units behind a target, with whom to call."""
    target = line.target
    columns = (
        Column("Mã đơn vị", width=12),
        Column("Đơn vị", width=42),
        Column("Loại hình", width=26),
        Column("Xã, thị trấn", width=18),
        Column("Kết quả", width=26),
        Column("Nguồn số", width=18),
        Column("So với mục tiêu", width=22),
        Column("Còn thiếu (người)", Kind.INTEGER, 12),
        Column("Thủ trưởng", width=24),
        Column("Điện thoại", width=16),
        Column("Thư điện tử", width=26),
    )
    rows = [
        (
            row.unit.code,
            row.unit.name,
            words.kind_name(row.unit.kind),
            row.unit.commune,
            result(row),
            wording.standing_words(target.counting, row.part.standing).name,
            compared(row, target.counting),
            row.below.people if row.below and row.below.people and target.counting == "people" else None,
            row.unit.head_name,
            row.unit.phone,
            row.unit.email,
        )
        for row in found
    ]
    title = f"Mục tiêu năm {target.year}, {target.goal} %: {target.title}"
    law = wording.law_words(line.indicator)
    note = wording.NOT_THE_LAW + (f" Ngưỡng của Thông tư cho từng đơn vị: {law}." if law else "")
    return Sheet(title[:200], columns, rows, note=note, **marks)


def result(row: UnitRow) -> str:
    """Say a unit's own value, with the word where the district found too little evidence."""
    said = row.part.said or "–"
    return f"{said} (chưa đủ minh chứng)" if row.part.unproven else said


def compared(row: UnitRow, counting: str) -> str:
    """Say how a unit stands to the goal."""
    if row.below is not None:
        return wording.lacking(row.below, counting)
    if row.part.standing is Standing.WAITING or (
        row.part.standing is Standing.LEFT_OUT and not row.part.said
    ):
        return "chưa có số"
    return "đạt mức mục tiêu"
