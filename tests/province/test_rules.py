"""What the province decides by itself: where a report stands, the year shown first, the demo's moments."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from portal.cycle.rules import Calendar, is_late
from portal.province.rules import Sending, fault_of_moment, moments, standing, year_shown
from portal.words import ZONE, moment

YEAR = Calendar(2026, date(2026, 1, 1), date(2027, 1, 15), date(2027, 2, 15), date(2027, 3, 15))
BEFORE = datetime(2027, 3, 14, 23, 59, 59, tzinfo=ZONE)
AFTER = datetime(2027, 3, 15, tzinfo=ZONE)
FIRST = Sending(1, 10, 1, datetime(2027, 3, 1, tzinfo=UTC), late=False)


@pytest.mark.parametrize(
    ("sendings", "at", "code", "word", "overdue"),
    [
        ((), BEFORE, "open", "Chưa gửi", False),
        ((), AFTER, "overdue", "Quá hạn 1 ngày", True),
        ((), datetime(2027, 3, 18, 9, tzinfo=ZONE), "overdue", "Quá hạn 4 ngày", True),
        ((FIRST,), AFTER, "waiting", "Đã gửi, chờ nhận", False),
        ((replace(FIRST, verdict="accepted"),), AFTER, "accepted", "Đã nhận", False),
        ((replace(FIRST, verdict="returned", points=2),), BEFORE, "returned", "Trả lại, 2 điểm", False),
        ((replace(FIRST, verdict="returned", points=2),), AFTER, "returned", "Trả lại, 2 điểm", True),
        (
            (replace(FIRST, edition=2, report_id=11), replace(FIRST, verdict="returned", points=1)),
            AFTER,
            "waiting",
            "Đã gửi, chờ nhận",
            False,
        ),
        ((replace(FIRST, sent_at=None),), BEFORE, "open", "Chưa gửi", False),
    ],
)
def test_where_a_report_stands(
    sendings: tuple[Sending, ...], at: datetime, code: str, word: str, overdue: bool
) -> None:
    """The latest sending decides; the first second of the day of the deadline is late."""
    found = standing(sendings, YEAR, at)
    assert (found.code, found.word, found.overdue) == (code, word, overdue)


def test_the_accepted_edition_stays_official_while_a_later_one_waits() -> None:
    """An amended report does not take the accepted figures away before it is answered."""
    accepted = replace(FIRST, verdict="accepted")
    amended = replace(FIRST, edition=2, report_id=11)
    found = standing((accepted, amended), YEAR, AFTER)
    assert found.code == "waiting"
    assert found.accepted == accepted
    assert found.sendings == 2


def test_the_moments_of_2026_are_the_ones_people_play() -> None:
    """Around each deadline of the year, in order."""
    assert [moment(one.at) for one in moments(YEAR)] == [
        "10/01/2027 09:00",
        "14/01/2027 23:59",
        "15/01/2027 00:00",
        "20/01/2027 09:00",
        "14/02/2027 09:00",
        "20/02/2027 09:00",
        "14/03/2027 09:00",
        "16/03/2027 09:00",
    ]
    by_key = {one.key: one.at for one in moments(YEAR)}
    assert not is_late(YEAR.submit_before, by_key["last-minute"])
    assert is_late(YEAR.submit_before, by_key["late"])
    assert not is_late(YEAR.report_before, by_key["reporting"])
    assert is_late(YEAR.report_before, by_key["reported"])


@pytest.mark.parametrize(
    ("years", "today", "shown"),
    [
        ((), date(2027, 1, 10), None),
        ((2026,), date(2026, 6, 1), 2026),
        ((2024, 2025, 2026), date(2027, 1, 10), 2026),
        ((2025, 2026, 2027), date(2027, 4, 1), 2026),
        ((2026, 2027), date(2028, 1, 1), 2027),
    ],
)
def test_the_year_shown_first_is_the_latest_that_is_over(
    years: tuple[int, ...], today: date, shown: int | None
) -> None:
    """In spring one works on the year before, though the new one is open."""
    assert year_shown(years, today) == shown


def test_the_demo_clock_has_bounds() -> None:
    """Nothing before the demo's first year and nothing far off."""
    assert fault_of_moment(datetime(2023, 12, 31, 16, tzinfo=UTC)) is not None
    assert fault_of_moment(datetime(2023, 12, 31, 18, tzinfo=UTC)) is None
    assert fault_of_moment(datetime(2040, 1, 1, tzinfo=UTC)) is not None
