"""What each step needs, one thing taken away at a time, with the sentence that names it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from portal.dossiers import checks
from portal.dossiers.facts import Point
from tests.dossiers.facts import complete, judged

CASES: list[tuple[checks.Check, dict[str, Any], str, str]] = [
    (checks.year_is_open, {"at": datetime(2025, 12, 31, 16, 59, tzinfo=UTC)}, "mở từ ngày 01/01/2026", ""),
    (
        checks.year_is_over,
        {"at": datetime(2026, 12, 30, 16, 59, tzinfo=UTC)},
        "ký được từ ngày 31/12/2026",
        "",
    ),
    (
        checks.headcounts_entered,
        {"missing_headcounts": ("số người học",)},
        "Chưa nhập số người học.",
        "so-lieu",
    ),
    (checks.all_answered, {"unit_side": judged(None)}, "Chưa nhập chỉ tiêu 1.1.", "chi-tieu-1.1"),
    (checks.claims_proven, {"without_proof": ("2.5", "3.1")}, "2.5, 3.1: ghi “đạt”", "chi-tieu-2.5"),
    (checks.team_named, {"team_number": " "}, "quyết định thành lập Tổ", "to-danh-gia"),
    (checks.team_named, {"team_date": None}, "quyết định thành lập Tổ", "to-danh-gia"),
    (checks.team_named, {"team_size": 0}, "chưa có thành viên nào", "to-danh-gia"),
    (checks.team_named, {"team_date": date(2027, 1, 11)}, "ở sau hôm nay", "to-danh-gia"),
    (checks.head_named, {"head_name": ""}, "họ tên thủ trưởng", ""),
    (checks.level_reached, {"requested_level": None}, "Chưa chọn mức độ", "muc-do"),
    (checks.level_reached, {"unit_side": judged(False)}, "chưa đạt mức độ 1", "ket-qua"),
    (checks.is_late_filing, {"late": False}, "nộp đúng hạn", ""),
    (checks.lateness_explained, {"late_reason": ""}, "cần ghi lý do chấp nhận", "ly-do-muon"),
    (
        checks.points_answered,
        {"open_points": (Point("2.5", answered=False),)},
        "Chưa trả lời: 2.5.",
        "bo-sung",
    ),
    (checks.returned_once, {"past_requests": 1}, "bổ sung một lần", ""),
    (checks.all_judged, {"judged": 0}, "Còn 1 chỉ tiêu", "tham-dinh"),
    (checks.thresholds_confirmed, {"unconfirmed": ("2.5",)}, "2.5 chưa được Sở xác nhận", ""),
    (checks.proposal_known, {"proposed_level": None}, "Chưa có mức độ đề xuất", ""),
    (checks.proposal_known, {"district_side": judged(False)}, "không đạt mức độ 1", ""),
    (
        checks.may_be_raised,
        {"proposed_level": 2, "may_raise_from": date(2027, 2, 10)},
        "từ ngày 10/02/2027 (12 tháng",
        "",
    ),
]


@pytest.mark.parametrize(("check", "changes", "sentence", "anchor"), CASES)
def test_a_check_says_what_lacks(
    check: checks.Check, changes: dict[str, Any], sentence: str, anchor: str
) -> None:
    """With everything there it is silent; with one thing gone it says so and leads to the place."""
    if check is not checks.is_late_filing:
        assert check(complete()) is None
    fault = check(complete(**changes))
    assert fault is not None
    assert sentence in fault.sentence
    assert fault.anchor == anchor
    assert fault.stops


def test_a_provisional_level_may_be_asked_for() -> None:
    """While thresholds are unconfirmed nothing is concluded, so the wish stands."""
    assert checks.level_reached(complete(unit_side=judged(True, confirmed=False))) is None


@pytest.mark.parametrize(
    ("moment", "late"),
    [
        (datetime(2027, 1, 14, 16, 59, 59, tzinfo=UTC), False),
        (datetime(2027, 1, 14, 17, 0, 0, tzinfo=UTC), True),
    ],
)
def test_the_deadline_is_the_first_moment_of_the_day_in_vietnam(moment: datetime, late: bool) -> None:
    """14/01 23:59:59 is on time, 15/01 00:00:00 is late; lateness warns and does not stop."""
    fault = checks.submitted_in_time(complete(at=moment))
    assert (fault is not None) is late
    assert fault is None or not fault.stops
