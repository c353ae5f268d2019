"""Whole sentences of the narrative that read differently where there is nothing to tell. Pure.

"0 đơn vị ghi nhận 0 hoạt động" is a figure, no sentence: what is nought is left out, and nothing at all is said as such.
"""

from __future__ import annotations

from collections.abc import Iterable

from portal.words import number


def of_units(units: int, held: int, people: int, kinds: Iterable[tuple[str, int, int]]) -> str:
    """Tell of the units' activities; `kinds`: (what one is called, how many, people) of those named singly."""
    if not units or not held:
        return "Các đơn vị chưa ghi nhận hoạt động nào trong năm."
    said = f"{number(units)} đơn vị ghi nhận {number(held)} hoạt động"
    if people:
        said += f" với {number(people)} lượt người tham gia"
    named = _listed(kinds)
    return f"{said}, trong đó có {named}." if named else f"{said}."


def of_district(who: str, kinds: Iterable[tuple[str, int, int]]) -> str:
    """Tell what the district held itself, by kind; `who` it is called where the report is made."""
    named = _listed(kinds)
    if not named:
        return f"{who} chưa ghi nhận cuộc phổ biến, quán triệt, tuyên truyền, tập huấn nào trong năm."
    return f"{who} tổ chức {named}."


def of_documents(who: str, issued: int, named: str) -> str:
    """Tell which documents the district issued."""
    if not issued:
        return f"{who} chưa ghi nhận văn bản chỉ đạo, triển khai nào trong năm."
    return f"{who} ban hành {number(issued)} văn bản chỉ đạo, triển khai: {named}."


def of_inspections(who: str, held: int) -> str:
    """Tell how often the district went to see and to advise."""
    if not held:
        return f"{who} chưa ghi nhận đợt kiểm tra, hướng dẫn nào trong năm."
    return f"{who} tổ chức {number(held)} đợt kiểm tra, hướng dẫn."


def _listed(kinds: Iterable[tuple[str, int, int]]) -> str:
    parts = [
        f"{number(held)} {name}{f' ({number(people)} lượt người)' if people else ''}"
        for name, held, people in kinds
        if held
    ]
    return " và ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
