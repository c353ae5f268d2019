"""A workbook somebody sends, as a roster: which sheet is which, and everything in it that cannot be counted."""

from __future__ import annotations

from collections.abc import Sequence

from portal import words
from portal.units.reading import Leaf, read_leaves
from tenants.refusal import Refused

from .rules import (
    HEAD_WITHIN,
    LABEL_HEAD,
    MOST_PEOPLE,
    Fault,
    Layout,
    Reading,
    Sheet,
    head_of,
    lacking,
    read_rows,
)


def read_roster(content: bytes, layout: Layout) -> Reading:
    """Read a filled template; raises `Refused` (422) for a file that is none, faults of rows come with the reading."""
    return reading_of(read_leaves(content, MOST_PEOPLE), layout)


def reading_of(leaves: Sequence[Leaf], layout: Layout) -> Reading:
    """Read the sheets of a workbook as a roster."""
    reading = Reading()
    found: dict[str, str] = {}
    for leaf in leaves:
        if leaf.hidden:
            reading.notes.append(
                f"Trang tính ẩn “{leaf.title}” không được đọc; nếu cần đếm, xin bỏ ẩn (Unhide)."
            )
            continue
        known = _sheet_of(leaf, layout)
        if known is None:
            continue
        sheet, place, head = known
        if sheet.key in found:
            text = (
                f"cũng là bảng {sheet.title} như trang “{found[sheet.key]}”; xin để mỗi bảng trong một trang."
            )
            reading.faults.append(Fault(leaf.title, 0, text))
            continue
        found[sheet.key] = leaf.title
        _read_leaf(leaf, sheet, place, head, reading)
    if not found:
        first = layout[0]
        raise Refused(
            f"Không thấy bảng danh sách: cần trang “{first.title}” có dòng đầu bảng với cột “{LABEL_HEAD}” và các "
            "cột chỉ tiêu. Xin dùng tệp mẫu tải ở trang này.",
            422,
        )
    if not reading.people and not reading.faults:
        raise Refused(" ".join(["Danh sách trong tệp chưa có người nào.", *reading.notes]), 422)
    if len(reading.people) > MOST_PEOPLE:
        raise Refused(
            f"Tệp có quá {words.number(MOST_PEOPLE)} người. Xin nhập tổng số ở trang hồ sơ thay cho danh sách.",
            422,
        )
    filled = {person.sheet for person in reading.people}
    reading.notes += [
        f"Trang “{sheet.title}” không có dòng nào nên các số của trang đó để nguyên."
        for sheet in layout
        if sheet.key not in filled and not reading.faults
    ]
    return reading


def _sheet_of(leaf: Leaf, layout: Layout) -> tuple[Sheet, int, dict[int, str]] | None:
    """Return which sheet of the template a leaf is, where its head stands, and the head's columns."""
    for place, line in enumerate(leaf.lines[:HEAD_WITHIN]):
        heads = [(sheet, head) for sheet in layout if (head := head_of(sheet, line.cells))]
        if heads:
            sheet, head = max(heads, key=lambda pair: (len(pair[1]), pair[0].title == leaf.title))
            if len(head) > 1 or sheet.title == leaf.title:
                return sheet, place, head
    return None


def _read_leaf(leaf: Leaf, sheet: Sheet, place: int, head: dict[int, str], reading: Reading) -> None:
    missing = lacking(sheet, head)
    if missing:
        named = "; ".join(f"“{name}”" for name in missing)
        reading.faults.append(Fault(leaf.title, 0, f"thiếu cột {named}. Xin dùng tệp mẫu tải ở trang này."))
        return
    first = leaf.lines[place].number
    merged = leaf.merged_below(first)
    if merged:
        named = ", ".join(merged[:5])
        text = f"có ô gộp ({named}); xin bỏ gộp ô (Unmerge) để mỗi người một dòng."
        reading.faults.append(Fault(leaf.title, 0, text))
        return
    read_rows(sheet, head, ((line.number, line.cells) for line in leaf.lines[place + 1 :]), reading)
