"""The columns of a file of past results: how their heads may be written, and what a cell means. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from portal.spelling import fold
from portal.typed import read_day
from portal.units.reading import Line, head_among

ORDER = (
    "code",
    "name",
    "commune",
    "year",
    "points",
    "band",
    "level",
    "decision_number",
    "decided_on",
    "issuer",
    "note",
)
NEEDED = ("name", "year")
LABELS = {
    "code": "Mã đơn vị",
    "name": "Tên đơn vị",
    "commune": "Xã, phường, thị trấn",
    "year": "Năm",
    "points": "Số điểm (Thông tư 22/2020)",
    "band": "Xếp loại (Thông tư 22/2020)",
    "level": "Mức độ (Thông tư 24/2023)",
    "decision_number": "Số quyết định",
    "decided_on": "Ngày quyết định",
    "issuer": "Cơ quan ban hành",
    "note": "Ghi chú",
}
LEVELS = {0: "Chưa đạt", 1: "Mức độ 1", 2: "Mức độ 2"}
_LONGEST = {
    "code": 30,
    "name": 300,
    "commune": 100,
    "band": 40,
    "decision_number": 60,
    "issuer": 200,
    "note": 2000,
}
_ALIASES = {
    "code": ("ma", "ma so"),
    "name": ("ten", "don vi", "ten truong", "ten co quan"),
    "commune": ("xa", "xa, phuong", "xa/phuong", "dia ban"),
    "year": ("nam danh gia", "nam cong nhan"),
    "points": ("diem", "so diem", "tong diem"),
    "band": ("xep loai", "loai"),
    "level": ("muc do", "muc", "ket qua"),
    "decision_number": ("so qd", "so, ky hieu quyet dinh", "quyet dinh so"),
    "decided_on": ("ngay qd", "ngay ban hanh"),
    "issuer": ("noi ban hanh", "co quan ra quyet dinh"),
    "note": ("ghi chu khac",),
}
_YEAR = re.compile(r"(?:nam )?([0-9]{4})")
_POINTS = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{1,2})?")
_LEVEL = re.compile(r"(?:dat )?(?:muc(?: do)? )?([012])")
_UNREACHED = {"chua dat", "khong dat", "khong cong nhan", "khong duoc cong nhan"}
_FORMULA = "ô là công thức nên không đọc; xin chép rồi dán thành giá trị (Paste Values)."


def head_of(lines: Sequence[Line]) -> tuple[int, dict[int, str]] | None:
    """Return where the head of the table is among `lines`, and the field of each of its columns."""
    known = {fold(label): name for name, label in LABELS.items()}
    known |= {spelling: name for name, spellings in _ALIASES.items() for spelling in spellings}
    return head_among(lines, known, NEEDED)


def values_of(row: Line, fields: Mapping[int, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what a row says, by field, and the sentence of each cell that cannot be read.

    Points stay text with a point before the decimals, days are written as in ISO, so that a row can be stored.
    """
    said: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for column, name in fields.items():
        cell = row.cells[column] if column < len(row.cells) else ""
        if not cell:
            continue
        if cell.startswith("="):
            wrong[name] = _FORMULA
        elif cell.startswith("#"):
            wrong[name] = f"ô có lỗi công thức “{cell[:20]}”."
        elif len(cell) > _LONGEST.get(name, 40):
            wrong[name] = f"dài nhất {_LONGEST.get(name, 40)} ký tự."
        elif (value := _value(name, cell)) is None:
            wrong[name] = _unreadable(name, cell)
        else:
            said[name] = value
    return said, wrong


def _value(name: str, cell: str) -> Any:
    bare = fold(cell)
    if name == "year":
        year = _YEAR.fullmatch(bare)
        return int(year[1]) if year else None
    if name == "points":
        return cell.replace(",", ".") if _POINTS.fullmatch(cell) else None
    if name == "level":
        level = _LEVEL.fullmatch(bare)
        return int(level[1]) if level else 0 if bare in _UNREACHED else None
    if name == "decided_on":
        day = read_day(cell)
        return day.isoformat() if day else None
    return cell.upper() if name == "code" else cell


def _unreadable(name: str, cell: str) -> str:
    if name == "year":
        return f"“{cell}” không phải năm; xin ghi bốn chữ số, ví dụ 2022."
    if name == "points":
        return f"“{cell}” không phải số điểm; xin ghi từ 0 đến 100, ví dụ 86 hoặc 86,5."
    if name == "level":
        return f"“{cell}” không phải mức độ; xin ghi 1, 2 hoặc “chưa đạt”."
    return f"“{cell}” không phải ngày theo mẫu 15/01/2023."
