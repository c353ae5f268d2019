"""What a recognition lets its unit do next, and when, in words: raise to level 2, renew in time. Pure.

Circular 24/2023, Article 5: a result holds 36 months, level 2 may be given 12 months after level 1. The months
and how they are measured are settings of the catalogue version; the dates of years to come are legal dates
until the province opens them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from portal.words import day

from .rules import Term, add_months

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Held:
    """A unit's recognition: what was decided, and its stored days."""

    level: int
    year: int
    decision_number: str
    decided_on: date
    valid_to: date
    may_raise_from: date | None


@dataclass(frozen=True, slots=True)
class YearDates:
    """When the dossier of a year is filed and decided; both are the first day that is too late."""

    year: int
    submit_before: date
    decide_before: date


Dates = Callable[[int], YearDates]


@dataclass(frozen=True, slots=True)
class Renewal:
    """The dossiers that carry a recognition on: the last one decided in time for sure, the last one filed in time."""

    safe: YearDates | None
    last: YearDates


def raise_year(held: Held, dates: Dates, today: date) -> YearDates | None:
    """Return the first year whose dossier can still be filed and whose decision may give level 2; None at level 2."""
    if held.level != 1 or held.may_raise_from is None:
        return None
    for year in range(held.year + 1, max(held.year, today.year) + 5):
        known = dates(year)
        if held.may_raise_from < known.decide_before and today < known.submit_before:
            return known
    return None


def renewal(held: Held, dates: Dates, today: date) -> Renewal | None:
    """Return which dossiers renew a recognition without a gap; None once none can be filed before it ends."""
    can = [
        known
        for known in map(dates, range(held.year + 1, held.valid_to.year + 1))
        if today < known.submit_before and known.submit_before - _DAY <= held.valid_to
    ]
    if not can:
        return None
    safe = [known for known in can if known.decide_before - _DAY <= held.valid_to]
    return Renewal(safe[-1] if safe else None, can[-1])


def time_left(last: date, today: date) -> str:
    """Say how long something still holds, its last day included: in months, in the last month in days."""
    if last < today:
        return "đã hết"
    months = 0
    while add_months(today, months + 1) <= last + _DAY:
        months += 1
    if not months:
        left = (last - today).days
        return f"còn {left} ngày" if left else "hôm nay là ngày cuối"
    years, rest = divmod(months, 12)
    return "còn " + " ".join(
        part for part in (f"{years} năm" if years else "", f"{rest} tháng" if rest else "") if part
    )


def holds_sentence(held: Held, term: Term, today: date) -> str:
    """Say until when a recognition holds and how that was reckoned."""
    since = (
        f"{term.validity_months} tháng kể từ ngày ra quyết định {day(held.decided_on)}"
        if term.validity_from == "decision_date"
        else f"{term.validity_months} tháng tiếp theo năm được công nhận ({held.year})"
    )
    end = f"Kết quả mức độ {held.level} có hiệu lực đến hết ngày {day(held.valid_to)}: {since} (Điều 5)"
    return f"{end}; {time_left(held.valid_to, today)}."


def raise_sentences(held: Held, term: Term, dates: Dates, today: date) -> list[str]:
    """Say when a unit may ask for level 2, and with the dossier of which year."""
    if held.level == 2 or held.may_raise_from is None:
        return ["Đơn vị đang ở mức độ 2, mức độ cao nhất."]
    waited = (
        f"Sau ít nhất {term.raise_wait_months} tháng kể từ ngày ra quyết định công nhận mức độ 1 "
        f"({day(held.decided_on)}), tức từ ngày {day(held.may_raise_from)}, đơn vị được nâng lên mức độ 2 (Điều 5)."
    )
    if held.may_raise_from <= today:
        waited += " Đơn vị đã đủ thời gian này."
    known = raise_year(held, dates, today)
    if known is None:
        return [waited]
    return [
        waited,
        (
            f"Hồ sơ sớm nhất đề nghị được mức độ 2 là hồ sơ năm {known.year}, nộp trước ngày {day(known.submit_before)}; "
            f"quyết định năm đó ra trước ngày {day(known.decide_before)}."
        ),
    ]


def renewal_sentences(held: Held, dates: Dates, today: date) -> list[str]:
    """Say with the dossier of which year a recognition is renewed in time, and what happens otherwise."""
    if held.valid_to < today:
        return [
            (
                f"Kết quả chỉ có hiệu lực đến hết ngày {day(held.valid_to)}, nay đã hết. Đơn vị lập hồ sơ của năm đang mở để được "
                "công nhận lại; mức độ đề nghị theo kết quả tự đánh giá."
            )
        ]
    found = renewal(held, dates, today)
    if found is None:
        return [
            (
                f"Không còn kỳ nộp hồ sơ nào trước khi hết hiệu lực ({day(held.valid_to)}); đơn vị nộp hồ sơ ở kỳ gần "
                "nhất và sẽ có một thời gian chưa được công nhận."
            )
        ]
    said = []
    if found.safe:
        said.append(
            f"Để công nhận không bị ngắt, đơn vị lập hồ sơ năm {found.safe.year} và nộp trước ngày "
            f"{day(found.safe.submit_before)}: quyết định năm đó ra trước ngày {day(found.safe.decide_before)}, "
            "khi kết quả cũ vẫn còn hiệu lực."
        )
    if found.last != found.safe:
        said.append(
            f"Muộn nhất là hồ sơ năm {found.last.year}, nộp trước ngày {day(found.last.submit_before)}; khi đó nếu "
            f"quyết định ra sau ngày {day(held.valid_to)} thì có một thời gian chưa được công nhận."
        )
    return said
