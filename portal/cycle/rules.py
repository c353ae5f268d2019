"""Whether something is open in a year, and if not, why: the only code that compares deadlines.

"Trước ngày 15/01" is exclusive: 14/01 23:59:59 in Vietnam is on time, 15/01 00:00:00 is late
(Circular 24/2023, Article 10; the strict reading of law.md §4). Working days serve the district's own terms and
the reminders; the Circular's deadlines are dates and never move.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from portal.words import ZONE, day, in_words_of


@dataclass(frozen=True, slots=True)
class Calendar:
    """The dates of one assessment year; each `…_before` is the first day that is too late."""

    year: int
    opens_on: date
    submit_before: date
    decide_before: date
    report_before: date
    tier: str = "district"

    @property
    def office(self) -> str:
        """Who appraises, as our sentences call it."""
        return in_words_of(self.tier, "Phòng GDĐT")


def cut_off(before: date) -> datetime:
    """Return the first moment that is too late for "trước ngày …", in UTC."""
    return datetime.combine(before, time(), ZONE).astimezone(UTC)


def is_late(before: date, at: datetime) -> bool:
    """Return whether a moment is past "trước ngày …"."""
    return at >= cut_off(before)


def not_yet_open(calendar: Calendar, at: datetime) -> str | None:
    """Return the sentence why work on a year cannot begin yet, or None when it can."""
    if at < cut_off(calendar.opens_on):
        return f"Năm đánh giá {calendar.year} mở từ ngày {day(calendar.opens_on)}."
    return None


def figures_open(calendar: Calendar, at: datetime) -> str | None:
    """Return the sentence why figures of a year cannot be final yet (they run to 31/12), or None."""
    last = date(calendar.year, 12, 31)
    if at < cut_off(last):
        return f"Số liệu tính đến hết ngày {day(last)}; hồ sơ ký được từ ngày {day(last)}."
    return None


def fault_of_dates(wanted: Calendar, legal: Calendar | None) -> str | None:
    """Return why a year cannot be opened with these dates: out of order, or later than the law allows.

    The dates of Circular 24/2023, Article 10 may be tightened, never extended; `legal` is None where none is known.
    """
    if not wanted.opens_on < wanted.submit_before < wanted.decide_before < wanted.report_before:
        return "Các mốc phải theo thứ tự: mở năm, nộp hồ sơ, quyết định, báo cáo."
    if wanted.submit_before <= date(wanted.year, 12, 31):
        return f"Hạn nộp phải sau ngày 31/12/{wanted.year}, vì số liệu tính đến hết ngày đó."
    if wanted.opens_on.year not in (wanted.year - 1, wanted.year):
        return f"Ngày mở năm {wanted.year} phải trong năm {wanted.year - 1} hoặc {wanted.year}."
    if legal is None:
        return None
    for name, own, law in (
        ("Hạn nộp hồ sơ", wanted.submit_before, legal.submit_before),
        ("Hạn quyết định", wanted.decide_before, legal.decide_before),
        ("Hạn báo cáo", wanted.report_before, legal.report_before),
    ):
        if own > law:
            return f"{name} chỉ được sớm hơn hoặc đúng quy định: trước ngày {day(law)}."
    return None


def days_left(before: date, at: datetime) -> int:
    """Return how many whole days, today included, remain before a deadline (0 or less: past)."""
    return (before - at.astimezone(ZONE).date()).days


def time_left(before: date, at: datetime) -> str:
    """Say how long remains before a deadline, or since when it is past, in words."""
    left = days_left(before, at)
    if left > 1:
        return f"còn {left} ngày"
    if left == 1:
        hours = int((cut_off(before) - at) / timedelta(hours=1))
        return f"hôm nay là ngày cuối, còn {hours} giờ" if hours else "còn chưa đến một giờ"
    return "đã hết hạn" if left == 0 else f"đã quá hạn {-left} ngày"


@dataclass(frozen=True, slots=True)
class OwnDays:
    """What the province said beside the national holidays: further days off, and weekend days worked instead."""

    off: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()


NO_OWN_DAYS = OwnDays()


@cache
def public_holidays(year: int) -> dict[date, str]:
    """Return the public holidays of Viet Nam in a year with their names, Tết and the days moved for them."""
    from holidays import country_holidays

    return dict(sorted(country_holidays("VN", years=year, language="vi").items()))


@cache
def _swapped(year: int) -> frozenset[date]:
    """Return the weekend days of a year that the Government made working days."""
    from holidays import country_holidays

    return frozenset(country_holidays("VN", years=year).weekend_workdays)


def is_working_day(on: date, own: OwnDays = NO_OWN_DAYS) -> bool:
    """Return whether offices work on a day: the province's word first, then holidays, then the weekend."""
    if on in own.worked:
        return True
    if on in own.off or on in public_holidays(on.year):
        return False
    return on.weekday() < 5 or on in _swapped(on.year)


def add_working_days(start: date, days: int, own: OwnDays = NO_OWN_DAYS) -> date:
    """Return the day a number of working days after `start` (itself not counted); negative counts back."""
    step = timedelta(days=1 if days >= 0 else -1)
    at, left = start, abs(days)
    while left:
        at += step
        left -= is_working_day(at, own)
    return at


def working_days_between(first: date, last: date, own: OwnDays = NO_OWN_DAYS) -> int:
    """Count the working days from `first` to `last`, both included; 0 where `last` is earlier."""
    span = (last - first).days + 1
    return sum(is_working_day(first + timedelta(days=n), own) for n in range(max(0, span)))


def workday_at_or_before(on: date, own: OwnDays = NO_OWN_DAYS) -> date:
    """Return the day itself when offices work on it, else the last working day before it."""
    while not is_working_day(on, own):
        on -= timedelta(days=1)
    return on


def workday_at_or_after(on: date, own: OwnDays = NO_OWN_DAYS) -> date:
    """Return the day itself when offices work on it, else the next working day."""
    while not is_working_day(on, own):
        on += timedelta(days=1)
    return on
