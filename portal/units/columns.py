"""The columns of an import: how their heads may be written, and what a cell means. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from portal import words
from portal.spelling import fold
from portal.typed import read_day

from .reading import Line, head_among
from .rules import LABELS

ORDER = (
    "name",
    "kind",
    "public",
    "commune",
    "code",
    "opened_on",
    "head_name",
    "head_title",
    "superior",
    "symbol",
    "address",
    "phone",
    "email",
    "sensitive",
)
NEEDED = ("name", "kind")
_ALIASES = {
    "name": ("ten", "ten co quan", "ten truong", "don vi"),
    "kind": ("loai don vi", "loai", "nhom"),
    "public": ("so huu", "loai hinh so huu", "cong lap/ngoai cong lap"),
    "commune": ("xa", "xa, phuong", "xa/phuong", "dia ban"),
    "code": ("ma", "ma so"),
    "opened_on": ("ngay mo", "thanh lap"),
    "head_name": ("ho ten thu truong", "nguoi dung dau", "hieu truong"),
    "head_title": ("chuc vu", "chuc danh"),
    "superior": ("co quan cap tren",),
    "symbol": ("ky hieu",),
    "address": ("dia chi tru so",),
    "phone": ("so dien thoai", "dt"),
    "email": ("mail", "email"),
    "sensitive": ("nhay cam",),
}
_YES = {"co", "x", "yes", "1", "dung", "true", "cong lap"}
_NO = {"khong", "no", "0", "sai", "false", "ngoai cong lap", "tu thuc", "dan lap", "tu nhan"}


@cache
def _kinds(tier: str) -> dict[str, str]:
    found = {}
    for kind in words.kinds_of(tier).values():
        for spelling in (kind.code, kind.group, kind.name, kind.inline, kind.short):
            found[fold(spelling)] = kind.code
    return found


def head_of(lines: Sequence[Line]) -> tuple[int, dict[int, str]] | None:
    """Return where the head of the table is among `lines`, and the field of each of its columns."""
    known = {fold(LABELS[name]): name for name in ORDER}
    known |= {spelling: name for name, spellings in _ALIASES.items() for spelling in spellings}
    return head_among(lines, known, NEEDED)


def values_of(
    row: Line, fields: Mapping[int, str], tier: str = "district"
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what a row says, by field, and the sentence of each cell that cannot be read.

    An empty cell says nothing: a new unit takes the default, a known one keeps what it has. Days are
    written as in ISO, so that a row can be stored.
    """
    said: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for column, name in fields.items():
        cell = row.cells[column] if column < len(row.cells) else ""
        if not cell:
            continue
        if cell.startswith("#"):
            wrong[name] = f"ô có lỗi công thức “{cell[:20]}”."
            continue
        value = _value(name, cell, tier)
        if value is None:
            wrong[name] = _unreadable(name, cell[:60])
        else:
            said[name] = value
    return said, wrong


def _value(name: str, cell: str, tier: str) -> Any:
    if name == "kind":
        return _kinds(tier).get(fold(cell))
    if name in ("public", "sensitive"):
        bare = fold(cell)
        return True if bare in _YES else False if bare in _NO else None
    if name == "opened_on":
        day = read_day(cell)
        return day.isoformat() if day else None
    return cell.upper() if name == "code" else cell


def _unreadable(name: str, cell: str) -> str:
    if name == "kind":
        return f"không có loại hình “{cell}”; xin chọn trong bảng “Loại hình” của tệp mẫu."
    if name == "opened_on":
        return f"“{cell}” không phải ngày theo mẫu 15/01/2027."
    return f"“{cell}” chưa rõ; xin ghi “có” hoặc “không”."
