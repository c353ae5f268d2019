"""Why a unit is worth a visit, the random share, and where a visit stands.

Pure. A flag is a question and never a verdict: one sentence with the figures behind it. The draw depends on
its seed and the units' codes alone, so that anybody can draw again.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from portal.words import number, percent

USUAL_YEARS = 3
"""How many years without a visit are many, where the district says nothing: the portal's own, no law's."""
MOST_YEARS = 20
LARGE = 20
SWING = 30
FEW_FIGURES = 3
FEW_FILES = 3
MOST_SHARING = 5
"""A file that more units hold is a paper sent to all of them and says nothing."""


class Flag(StrEnum):
    """What speaks for a visit; a flag blocks nothing."""

    SAME_FIGURES = "same_figures"
    SAME_FILES = "same_files"
    ALL_FULL = "all_full"
    UNCHANGED = "unchanged"
    MEMBERS = "members"
    ONE_DAY = "one_day"
    LEVEL_2 = "level_2"
    FIRST = "first"
    UNVISITED = "unvisited"


OF_DOSSIER = frozenset(Flag) - {Flag.FIRST, Flag.UNVISITED}
"""The flags that ask for a look at the dossier itself; the others only say that nobody has been there for long."""


@dataclass(frozen=True, slots=True)
class Figures:
    """A dossier's figures as text: `every` by indicator, to be compared over years, `shares` as shown ("2.1 = 36/37").

    `full`: shares at 100 %; `telling`: shares between 0 and 100 %, which two units seldom have alike.
    """

    members: int | None = None
    every: str = ""
    answered: int = 0
    shares: tuple[str, ...] = ()
    full: int = 0
    telling: int = 0


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file that other units hold too, by its name here and theirs."""

    title: str
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a unit with a dossier in a year. `discreet`: its numbers of people are never told.

    `before`: last year's figures; `known_since`: the first year with a dossier or result, None for none before;
    `recognised_before`: recognised last year or still in force; `visited_in`: the year of the last visit.
    """

    year: int
    discreet: bool = False
    requested_level: int | None = None
    now: Figures = field(default_factory=Figures)
    before: Figures | None = None
    same_as: tuple[str, ...] = ()
    files: tuple[SharedFile, ...] = ()
    uploads: int = 0
    first_upload: date | None = None
    last_upload: date | None = None
    known_since: int | None = None
    last_year: str = ""
    recognised_before: bool = False
    visited_in: int | None = None


@dataclass(frozen=True, slots=True)
class Raised:
    """A flag with its sentence."""

    flag: Flag
    sentence: str


def flags(facts: Facts, years: int = USUAL_YEARS) -> tuple[Raised, ...]:
    """Return what speaks for visiting a unit; `years`: how many without a visit the district calls many."""
    found = {
        Flag.SAME_FIGURES: _same_figures(facts),
        Flag.SAME_FILES: _same_files(facts),
        Flag.ALL_FULL: _all_full(facts),
        Flag.UNCHANGED: _unchanged(facts),
        Flag.MEMBERS: _members(facts),
        Flag.ONE_DAY: _one_day(facts),
        Flag.LEVEL_2: _level_2(facts),
        Flag.FIRST: _first(facts),
        Flag.UNVISITED: _unvisited(facts, years),
    }
    return tuple(Raised(flag, sentence) for flag, sentence in found.items() if sentence)


def comparable(figures: Figures) -> bool:
    """Return whether equal figures of two units would say anything: enough shares, one that is not 0 or 100 %."""
    return len(figures.shares) >= FEW_FIGURES and figures.telling > 0 and figures.members is not None


def _names(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} và {number(len(names) - 1)} đơn vị khác"


def _same_figures(facts: Facts) -> str:
    if facts.discreet or not facts.same_as or not comparable(facts.now):
        return ""
    shown = "; ".join(facts.now.shares[:3])
    return (
        f"Số thành viên ({number(facts.now.members or 0)}) và {len(facts.now.shares)} số liệu tỷ lệ trùng hết với "
        f"{_names(facts.same_as)}: {shown}{'…' if len(facts.now.shares) > 3 else ''}."
    )


def _same_files(facts: Facts) -> str:
    if not facts.files:
        return ""
    one = facts.files[0]
    more = f"; có {len(facts.files)} tệp như vậy" if len(facts.files) > 1 else ""
    return f"Tệp “{one.title}” giống từng byte (SHA-256) với tệp của {_names(one.others)}{more}."


def _all_full(facts: Facts) -> str:
    members, now = facts.now.members, facts.now
    if facts.discreet or members is None or members < LARGE or len(now.shares) < FEW_FIGURES:
        return ""
    if now.full < len(now.shares):
        return ""
    return f"Cả {now.full} tỷ lệ đều là 100 % trong khi đơn vị có {number(members)} thành viên (từ {LARGE} trở lên)."


def _unchanged(facts: Facts) -> str:
    before = facts.before
    if before is None or facts.now.answered < FEW_FIGURES:
        return ""
    if (facts.now.every, facts.now.members) != (before.every, before.members):
        return ""
    people = (
        "" if facts.discreet or before.members is None else f" và số thành viên ({number(before.members)})"
    )
    return f"Kết quả của {facts.now.answered} chỉ tiêu{people} giống hệt hồ sơ năm {facts.year - 1}."


def _members(facts: Facts) -> str:
    now, before = facts.now.members, facts.before.members if facts.before else None
    if facts.discreet or now is None or not before or abs(now - before) * 100 < SWING * before:
        return ""
    way = "tăng" if now > before else "giảm"
    return (
        f"Số thành viên là {number(now)}, năm {facts.year - 1} là {number(before)}: "
        f"{way} {percent(abs(now - before), before)} (từ {SWING} % trở lên)."
    )


def _one_day(facts: Facts) -> str:
    day = facts.first_upload
    if day is None or day != facts.last_upload or facts.uploads < FEW_FILES:
        return ""
    if (day.year, day.month) != (facts.year + 1, 1):
        return ""
    return f"Cả {facts.uploads} tệp minh chứng được đưa lên trong một ngày {day:%d/%m/%Y}."


def _level_2(facts: Facts) -> str:
    if facts.requested_level != 2 or facts.known_since is None or facts.recognised_before:
        return ""
    return f"Đề nghị mức độ 2 trong khi năm {facts.year - 1} {facts.last_year}."


def _first(facts: Facts) -> str:
    if facts.known_since is not None:
        return ""
    return f"Năm {facts.year} là năm đầu đơn vị có hồ sơ; trước đó không có kết quả nào được ghi."


def _unvisited(facts: Facts, years: int) -> str:
    since = facts.visited_in or facts.known_since
    if since is None or facts.year - since < years:
        return ""
    last = (
        f"Lần kiểm tra gần nhất là năm {since}"
        if facts.visited_in
        else f"Có hồ sơ, kết quả từ năm {since} và cổng chưa ghi lần kiểm tra nào"
    )
    return f"{last}: {facts.year - since} năm (mức đã đặt: {years} năm)."


# ---- the random share -----------------------------------------------------------------------------


def draw(seed: str, codes: Iterable[str], share: int) -> tuple[str, ...]:
    """Draw a share (whole percent, rounded up) of the units by their codes; the same for the same seed, everywhere.

    The units are put in the order of SHA-256("<seed>:<code>") in hex; the first ones are drawn.
    """
    ordered = sorted(
        set(codes), key=lambda code: (hashlib.sha256(f"{seed}:{code}".encode()).hexdigest(), code)
    )
    return tuple(ordered[: math.ceil(len(ordered) * share / 100)])


# ---- where a visit stands -------------------------------------------------------------------------

# planned: being arranged · told: the unit has the letter · minutes: frozen, to be signed · closed · cancelled
OPEN = ("planned", "told", "minutes")
STATES: Mapping[str, tuple[str, str]] = {
    "planned": ("Đang lên lịch", "go"),
    "told": ("Đã báo đơn vị", "wait"),
    "minutes": ("Chờ ký biên bản", "wait"),
    "closed": ("Đã xong", "ok"),
    "cancelled": ("Đã hủy", "na"),
}
LOOKING = ("planned", "told")
"""The states in which the checklist is filled in."""
RESULTS: Mapping[str, tuple[str, str]] = {
    "found": ("Thấy đúng", "ok"),
    "not_found": ("Không thấy", "no"),
    "not_looked": ("Không xem", "na"),
}


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the visiting team; `account`: an account of the district, None for somebody from outside."""

    name: str
    title: str = ""
    account: int | None = None

    def as_json(self) -> dict[str, object]:
        """Return the member as it is kept."""
        return {"name": self.name, "title": self.title, "account": self.account}


def outsiders(text: str) -> tuple[Member, ...]:
    """Read people from outside, one a line: name, then what they are after a comma or dash."""
    found = []
    for line in text.splitlines():
        name, _, title = line.replace(" – ", ",").replace(" - ", ",").partition(",")
        if name.strip():
            found.append(Member(name.strip(), title.strip()))
    return tuple(found)


def closing_fault(district_signed: bool, unit_signed: bool, refused: bool) -> str | None:
    """Return what minutes lack to be closed, None for nothing: both signatures, or the district's and a refusal."""
    if not district_signed:
        return "Trưởng đoàn kiểm tra chưa ký biên bản."
    return None if unit_signed or refused else "Thủ trưởng đơn vị chưa ký biên bản."
