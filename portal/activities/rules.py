"""What a unit's log of a year takes: the day inside the year, amounts that can be, links that are addresses.

Figures of a year run from 01/01 to 31/12 (Circular 24/2023, Article 10); what happened outside proves nothing
of the year.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.words import day


class Kind(StrEnum):
    """What an activity is, in the order people speak of them."""

    PUBLICITY = "publicity"
    TRAINING = "training"
    LEARNING = "learning"
    SHARING = "sharing"
    COMMUNITY = "community"
    OTHER = "other"


KINDS: tuple[str, ...] = tuple(kind.value for kind in Kind)
MOST_PARTICIPANTS = 100_000
MOST_MINUTES = 1000 * 60
MOST_LINKS = 10
LONGEST_LINK = 500
_HOURS = re.compile(
    r"([0-9]{1,4})(?:[.,]([0-9]{1,2}))?|([0-9]{1,4})\s*(?:giờ|g|h|:)\s*(?:([0-9]{1,2})\s*(?:phút|p)?)?",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?://[^\s<>\"'\\]+\.[^\s<>\"'\\]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Held:
    """What an activity amounts to: what it was, how many took part, how long it lasted in minutes (0: not said)."""

    kind: str
    participants: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Sum:
    """How many activities, how many took part in them in all, how many minutes they lasted in all."""

    number: int = 0
    participants: int = 0
    minutes: int = 0

    def __add__(self, other: Sum) -> Sum:
        """Add two groups of activities."""
        return Sum(
            self.number + other.number,
            self.participants + other.participants,
            self.minutes + other.minutes,
        )


def day_fault(held_on: date, year: int, today: date) -> str | None:
    """Return the sentence why an activity of a day cannot stand in a year's log, or None."""
    if held_on.year != year:
        return (
            f"Ngày {day(held_on)} không thuộc năm {year}: minh chứng của năm {year} chỉ nhận hoạt động từ ngày "
            f"01/01/{year} đến ngày 31/12/{year}. Xin sửa ngày, hoặc ghi hoạt động này vào năm {held_on.year}."
        )
    if held_on > today:
        return f"Ngày {day(held_on)} ở sau hôm nay; hoạt động được ghi khi đã diễn ra."
    return None


def read_minutes(text: str) -> int:
    """Read a typed duration ("2", "2,5", "1.25", "2 giờ 30") as minutes, 0 for nothing; raises ValueError with the sentence."""
    text = text.strip()
    if not text:
        return 0
    found = _HOURS.fullmatch(text)
    if not found:
        raise ValueError("Xin viết số giờ, ví dụ 2 hoặc 2,5 (hai giờ rưỡi).")
    if found[1]:
        minutes = int(found[1]) * 60 + int((found[2] or "0").ljust(2, "0")) * 60 // 100
    else:
        if int(found[4] or 0) > 59:
            raise ValueError("Số phút phải từ 0 đến 59.")
        minutes = int(found[3]) * 60 + int(found[4] or 0)
    if minutes > MOST_MINUTES:
        raise ValueError("Số giờ của một hoạt động tối đa là 1.000.")
    return minutes


def duration(minutes: int) -> str:
    """Write minutes as people say them: "2 giờ 30 phút", "45 phút", "–" for none."""
    hours, rest = divmod(minutes, 60)
    said = [f"{hours:,} giờ".replace(",", ".")] if hours else []
    said += [f"{rest} phút"] if rest else []
    return " ".join(said) or "–"


def read_links(text: str) -> tuple[str, ...]:
    """Read web addresses, one a line, each once; raises ValueError with the sentence for anything else."""
    found = tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
    for one in found:
        if not _ADDRESS.fullmatch(one):
            raise ValueError(
                f"“{one[:80]}” không phải địa chỉ trang web; xin dán địa chỉ bắt đầu bằng https://."
            )
        if len(one) > LONGEST_LINK:
            raise ValueError(f"Mỗi địa chỉ dài tối đa {LONGEST_LINK} ký tự.")
    if len(found) > MOST_LINKS:
        raise ValueError(f"Mỗi hoạt động ghi tối đa {MOST_LINKS} địa chỉ.")
    return found


def sums(activities: Iterable[Held]) -> dict[str, Sum]:
    """Add activities up by kind, in the order of the kinds; kinds without any are left out."""
    found = dict.fromkeys(KINDS, Sum())
    for one in activities:
        found[one.kind] += Sum(1, one.participants, one.minutes)
    return {kind: value for kind, value in found.items() if value.number}
