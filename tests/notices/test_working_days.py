"""Working days: weekends, holidays, Tết by the lunar calendar, days moved by the Government or the province."""

from __future__ import annotations

from datetime import date

import pytest

from portal.cycle.rules import (
    OwnDays,
    add_working_days,
    is_working_day,
    public_holidays,
    workday_at_or_after,
    workday_at_or_before,
    working_days_between,
)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (date(2027, 1, 8), 1, date(2027, 1, 11)),  # over a weekend
        (date(2027, 1, 8), 5, date(2027, 1, 15)),
        (date(2027, 2, 3), 1, date(2027, 2, 11)),  # Tết Đinh Mùi, 04/02 to 10/02/2027
        (date(2027, 2, 11), -1, date(2027, 2, 3)),
        (date(2026, 12, 31), 1, date(2027, 1, 4)),  # New Year on a Friday
        (date(2027, 4, 29), 1, date(2027, 5, 4)),  # 30/4, 1/5 on a Saturday, made up for on Monday
        (date(2026, 8, 21), 1, date(2026, 8, 22)),  # a Saturday worked for the Monday before Quốc khánh
        (date(2026, 8, 28), 1, date(2026, 9, 3)),
        (date(2027, 1, 10), 0, date(2027, 1, 10)),
    ],
)
def test_days_are_added_as_offices_work(start: date, days: int, end: date) -> None:
    """The start itself does not count; a negative number counts back."""
    assert add_working_days(start, days) == end


def test_the_province_has_the_last_word() -> None:
    """A day off of one's own, and a Saturday or even a holiday that is worked."""
    own = OwnDays(off=frozenset({date(2027, 1, 11)}), worked=frozenset({date(2027, 1, 9), date(2027, 4, 16)}))
    assert not is_working_day(date(2027, 1, 11), own)
    assert is_working_day(date(2027, 1, 9), own)
    assert is_working_day(date(2027, 4, 16), own)
    assert not is_working_day(date(2027, 4, 16))
    assert add_working_days(date(2027, 1, 8), 2, own) == date(2027, 1, 12)
    assert working_days_between(date(2027, 1, 8), date(2027, 1, 12), own) == 3
    assert working_days_between(date(2027, 1, 12), date(2027, 1, 8), own) == 0


def test_the_nearest_working_day() -> None:
    """A reminder due in Tết comes before it; what begins on a holiday is told after it."""
    assert workday_at_or_before(date(2027, 2, 8)) == date(2027, 2, 3)
    assert workday_at_or_after(date(2027, 1, 1)) == date(2027, 1, 4)
    assert workday_at_or_after(date(2027, 1, 5)) == date(2027, 1, 5)


def test_holidays_have_their_vietnamese_names() -> None:
    """The page of holidays shows them as people call them."""
    names = public_holidays(2027)
    assert names[date(2027, 2, 6)] == "Tết Nguyên Đán"
    assert names[date(2027, 9, 2)] == "Quốc khánh"
