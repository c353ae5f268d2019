"""The points of the Department's answer to a report: what each is tied to, and why an answer cannot be given. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from portal.figures.annex import NUMBERS as ANNEXES
from portal.figures.tables import COLUMN_OF

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
