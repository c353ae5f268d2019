"""What the district's own log of a year takes; the kinds are those the report to the Department tells of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

from portal.words import day


class Kind(StrEnum):
    """What a district does for its units to learn, in the order the report tells it."""

    GUIDANCE = "guidance"
    BRIEFING = "briefing"
    PUBLICITY = "publicity"
    TRAINING = "training"
    INSPECTION = "inspection"


KINDS: tuple[str, ...] = tuple(kind.value for kind in Kind)
MONTHS: tuple[str, ...] = tuple(str(month) for month in range(1, 13))
MOST_PARTICIPANTS = 100_000


def day_fault(held_on: date, year: int, today: date) -> str | None:
    """Return the sentence why something of a day cannot stand in the district's log of a year, or None."""
    if held_on.year != year:
        return f"Ngày {day(held_on)} không thuộc năm {year}. Xin sửa ngày, hoặc ghi vào năm {held_on.year}."
    if held_on > today:
        return f"Ngày {day(held_on)} ở sau hôm nay; hoạt động được ghi khi đã diễn ra."
    return None


def number_fault(kind: str, document_number: str) -> str | None:
    """Return the sentence why a document cannot be logged without its number, or None."""
    if kind == Kind.GUIDANCE and not document_number:
        return "Văn bản chỉ đạo, triển khai cần số, ký hiệu của văn bản."
    return None


def whole(sums: Mapping[str, tuple[int, int]], kinds: Iterable[str] = KINDS) -> tuple[int, int]:
    """Add up (how many, how many took part) over some kinds."""
    found = [sums.get(kind, (0, 0)) for kind in kinds]
    return sum(number for number, _ in found), sum(people for _, people in found)
