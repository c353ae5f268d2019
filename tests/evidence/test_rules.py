"""How long a document holds, as a table."""

from __future__ import annotations

from datetime import date

import pytest

from portal.evidence.rules import Term, Validity, fits, holds_in, kind_said, validity
from portal.words import fold

JAN, JUN, DEC = date(2026, 1, 5), date(2026, 6, 30), date(2026, 12, 31)


@pytest.mark.parametrize(
    ("term", "year", "holds"),
    [
        (Term("plan"), 2026, None),
        (Term("plan", JAN), 2026, True),
        (Term("plan", JAN), 2027, False),
        (Term("plan", JAN), 2025, False),
        (Term("regulation", JAN), 2029, True),
        (Term("regulation", JAN), 2025, False),
        (Term("regulation", JAN, valid_until=DEC), 2026, True),
        (Term("regulation", JAN, valid_until=DEC), 2027, False),
        (Term("plan", date(2025, 12, 20), valid_from=date(2026, 1, 1)), 2025, False),
        (Term("plan", date(2025, 12, 20), valid_from=date(2026, 1, 1)), 2026, True),
        (Term("decision", JAN, valid_until=date(2028, 12, 31)), 2027, True),
        (Term("certificate", valid_until=DEC), 2024, True),
    ],
)
def test_in_which_year_a_document_holds(term: Term, year: int, holds: bool | None) -> None:
    """By its dates; without them by its kind; without anything nobody but a person can tell."""
    assert holds_in(term, year) is holds


@pytest.mark.parametrize(
    ("term", "on", "stands"),
    [
        (Term("plan"), JAN, Validity.OPEN),
        (Term("plan", valid_from=JUN), JAN, Validity.COMING),
        (Term("plan", valid_until=DEC), JAN, Validity.IN_FORCE),
        (Term("plan", valid_until=DEC), date(2026, 11, 1), Validity.ENDING),
        (Term("plan", valid_until=DEC), date(2026, 10, 31), Validity.IN_FORCE),
        (Term("plan", valid_until=DEC), DEC, Validity.ENDING),
        (Term("plan", valid_until=DEC), date(2027, 1, 1), Validity.ENDED),
    ],
)
def test_how_a_document_stands_on_a_day(term: Term, on: date, stands: Validity) -> None:
    """The last day still counts; sixty days before it the end is near."""
    assert validity(term, on) is stands


def test_two_days_of_one_time_are_in_order() -> None:
    """One day may be both; a missing one fits everything."""
    assert fits(JAN, JAN)
    assert fits(None, JAN)
    assert not fits(JUN, JAN)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Kế hoạch học tập 2026", "plan"),
        ("KẾ HOẠCH", "plan"),
        ("Quy chế chi tiêu nội bộ", "regulation"),
        ("Dự toán kinh phí", "funding"),
        ("QĐ 214", "decision"),
        ("Biên bản họp Tổ", "minutes"),
        ("Danh sách", "list"),
        ("Giấy chứng nhận", "certificate"),
        ("IMG_2031", "other"),
        ("Khen thưởng", "other"),
    ],
)
def test_a_file_name_says_its_kind(name: str, kind: str) -> None:
    """By how official papers begin; everything else says nothing."""
    assert kind_said(fold(name)) == kind
