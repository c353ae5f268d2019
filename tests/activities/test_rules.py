"""What the log of a year takes: days, durations, addresses; how it adds up and says so."""

from __future__ import annotations

from datetime import date

import pytest

from portal.activities.rules import (
    KINDS,
    Held,
    Sum,
    day_fault,
    duration,
    read_links,
    read_minutes,
    sums,
)
from portal.activities.wording import report_sentence

TODAY = date(2027, 1, 10)


@pytest.mark.parametrize(
    ("held_on", "said"),
    [
        (date(2026, 1, 1), None),
        (date(2026, 12, 31), None),
        (date(2025, 12, 31), "không thuộc năm 2026"),
        (date(2027, 1, 1), "chỉ nhận hoạt động từ ngày 01/01/2026 đến ngày 31/12/2026"),
    ],
)
def test_only_the_year_itself_proves_the_year(held_on: date, said: str | None) -> None:
    """The first and the last day count; the day before and after are told where they belong."""
    fault = day_fault(held_on, 2026, TODAY)
    assert (fault is None) == (said is None)
    if said:
        assert said in str(fault)
    assert "ở sau hôm nay" in str(day_fault(date(2027, 1, 11), 2027, TODAY))


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("", 0), ("2", 120), ("2,5", 150), ("1.25", 75), ("0,75", 45), ("2 giờ 30", 150), ("1:15", 75),
        ("3 giờ", 180), ("1 giờ 5 phút", 65), ("1000", 60_000),
    ],
)  # fmt: skip
def test_hours_as_people_type_them(typed: str, minutes: int) -> None:
    """Commas, points, hours with minutes; kept as whole minutes."""
    assert read_minutes(typed) == minutes


@pytest.mark.parametrize("typed", ["-1", "hai giờ", "1,234", "1:99", "1e3", "1001", "٢", "2 5"])
def test_hours_that_are_none(typed: str) -> None:
    """Anything else is refused with a sentence."""
    with pytest.raises(ValueError, match=r"giờ|phút"):
        read_minutes(typed)


def test_durations_are_said_as_people_say_them() -> None:
    """Hours and minutes, never a fraction."""
    said = [duration(minutes) for minutes in (0, 45, 60, 150, 60_000, 66_000)]
    assert said == ["–", "45 phút", "1 giờ", "2 giờ 30 phút", "1.000 giờ", "1.100 giờ"]


def test_links_are_addresses() -> None:
    """One a line, each once, http or https, nothing that a browser would run."""
    assert read_links(" https://thmyduc.edu.vn/bai-1 \n\nhttps://thmyduc.edu.vn/bai-1\nhttp://a.vn") == (
        "https://thmyduc.edu.vn/bai-1",
        "http://a.vn",
    )
    for wrong in ("javascript:alert(1)", "file:///etc/passwd", "https://a b.vn", "ftp://a.vn", "https://x"):
        with pytest.raises(ValueError, match="địa chỉ trang web"):
            read_links(wrong)
    with pytest.raises(ValueError, match="tối đa 10"):
        read_links("\n".join(f"https://a.vn/{n}" for n in range(11)))
    with pytest.raises(ValueError, match="500 ký tự"):
        read_links("https://a.vn/" + "x" * 500)


def test_a_year_adds_up_and_says_so() -> None:
    """Sums by kind in the order of the kinds; the text names the same figures as the table."""
    found = sums([Held("training", 30, 90), Held("publicity", 200, 0), Held("training", 12, 60)])
    assert found == {"publicity": Sum(1, 200, 0), "training": Sum(2, 42, 150)}
    assert list(found) == [kind for kind in KINDS if kind in found]
    text = report_sentence(2026, found)
    assert "3 hoạt động, 242 lượt người, 2 giờ 30 phút" in text
    assert "tuyên truyền (1), tập huấn, bồi dưỡng (2)." in text
    assert report_sentence(2026, {}) == ""
