"""What speaks against a target, and until when a registration may be changed."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from portal.cycle.rules import Calendar
from portal.recognition.rules import Term
from portal.registration.rules import Held, Target, closed, term_fault, warnings
from portal.words import ZONE

YEAR = Calendar(2026, date(2026, 1, 1), date(2027, 1, 15), date(2027, 2, 15), date(2027, 3, 15))
YOUNG = Held(1, date(2026, 2, 20), date(2029, 2, 20), date(2027, 2, 20))
OLD = Held(1, date(2025, 2, 10), date(2028, 2, 10), date(2026, 2, 10))
HIGH = Held(2, date(2025, 2, 10), date(2028, 2, 10))
ENDING = Held(2, date(2024, 1, 30), date(2027, 1, 30))


@pytest.mark.parametrize(
    ("target", "held", "said"),
    [
        (Target.LEVEL_1, None, ()),
        (Target.LEVEL_2, None, ()),
        (Target.KEEP, None, ("chưa ghi nhận kết quả nào còn hiệu lực",)),
        (Target.LEVEL_2, YOUNG, ("20/02/2026", "từ ngày 20/02/2027", "trước ngày 15/02/2027", "12 tháng")),
        (Target.LEVEL_2, OLD, ()),
        (Target.LEVEL_1, YOUNG, ()),
        (Target.LEVEL_1, HIGH, ("thấp hơn mức đang giữ", "đến hết ngày 10/02/2028")),
        (Target.LEVEL_2, HIGH, ()),
        (Target.KEEP, HIGH, ()),
        (Target.KEEP, ENDING, ("chỉ còn hiệu lực đến hết ngày 30/01/2027", "cần nộp hồ sơ năm này")),
    ],
)
def test_a_target_is_warned_of_in_words(target: Target, held: Held | None, said: tuple[str, ...]) -> None:
    """A first request for level 2 is nobody's fault; a raise too early, a step down, nothing to keep are told."""
    found = warnings(target, YEAR, held, Term())
    assert bool(found) == bool(said)
    for part in said:
        assert part in found[0]


@pytest.mark.parametrize(
    ("closes_before", "moment", "said"),
    [
        (None, (2025, 12, 31, 23, 59), "mở từ ngày 01/01/2026"),
        (None, (2026, 1, 1, 0, 0), None),
        (None, (2027, 1, 14, 23, 59), None),
        (None, (2027, 1, 15, 0, 0), "Đã hết hạn nộp hồ sơ năm 2026"),
        (date(2026, 4, 1), (2026, 3, 31, 23, 59), None),
        (date(2026, 4, 1), (2026, 4, 1, 0, 0), "nhận trước ngày 01/04/2026"),
    ],
)
def test_when_a_registration_closes(
    closes_before: date | None, moment: tuple[int, ...], said: str | None
) -> None:
    """From the year's first day to the district's own day, at the latest until dossiers are due."""
    sentence = closed(YEAR, closes_before, datetime(*moment, tzinfo=ZONE))  # type: ignore[misc,arg-type]
    assert (sentence is None) == (said is None)
    if said:
        assert said in str(sentence)


def test_a_district_closes_inside_the_year() -> None:
    """Not before the year opens, not after dossiers are due; none at all is right."""
    assert term_fault(YEAR, None) is None
    assert term_fault(YEAR, date(2027, 1, 15)) is None
    for day in (date(2026, 1, 1), date(2027, 1, 16), date(1900, 1, 1)):
        assert "15/01/2027" in str(term_fault(YEAR, day))
