"""The rules of the team's work: pace of an assignment, length of a visit, what minutes lack, what to conclude."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from portal.team.rules import (
    Attended,
    Meeting,
    Opinion,
    Pace,
    differences,
    lacks,
    last_day,
    pace,
    suggested_conclusion,
)

TODAY = date(2027, 1, 10)


@pytest.mark.parametrize(
    ("done", "due", "expected"),
    [
        (True, date(2027, 1, 1), Pace.DONE),
        (True, None, Pace.DONE),
        (False, None, Pace.RUNNING),
        (False, date(2027, 1, 9), Pace.LATE),
        (False, TODAY, Pace.SOON),
        (False, date(2027, 1, 13), Pace.SOON),
        (False, date(2027, 1, 14), Pace.RUNNING),
    ],
)
def test_pace(done: bool, due: date | None, expected: Pace) -> None:
    """Late the day after; soon within three days; never late without a day, nor once done."""
    assert pace(done=done, due=due, today=TODAY) is expected


def test_a_visit_counts_its_first_day() -> None:
    """One day ends on the day it begins; sixty days is the most."""
    assert last_day(TODAY, 1) == TODAY
    assert last_day(TODAY, 60) == date(2027, 3, 10)
    for days in (-1, 0, 61, 10**9):
        with pytest.raises(ValueError, match="từ 1 đến 60 ngày"):
            last_day(TODAY, days)


def whole() -> Meeting:
    """Minutes that lack nothing."""
    return Meeting(
        held_at=datetime(2027, 1, 9, 7, tzinfo=UTC),
        venue="Phòng họp",
        chair_id=1,
        secretary_id=2,
        attendance=(
            Attended(1, "Tổ trưởng", present=True),
            Attended(2, "Thư ký", present=True),
            Attended(3, "Thành viên", present=False, reason="Đi công tác"),
        ),
        opinions=(
            Opinion(11, "1.1", "Kế hoạch", agreed=True),
            Opinion(12, "1.2", "Chế độ", agreed=False, note="Cần thêm quyết định"),
            Opinion(13, "2.5", "Không liên quan", applies=False),
        ),
        conclusion="Nhất trí.",
    )


def said(meeting: Meeting, **changes: date | None) -> list[str]:
    """What a meeting lacks, as sentences."""
    known = {"team_day": date(2026, 12, 15), "held_on": date(2027, 1, 9), "today": TODAY} | changes
    return [sentence for sentence, _ in lacks(meeting, **known)]  # type: ignore[arg-type]


def test_minutes_that_lack_nothing() -> None:
    """The one that stands for all others; absent and disagreeing members are no obstacle."""
    assert said(whole()) == []
    assert [one.name for one in whole().absent] == ["Thành viên"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"venue": ""}, "Chưa ghi địa điểm họp."),
        ({"chair_id": None}, "Chưa chọn người chủ trì cuộc họp."),
        ({"chair_id": 99}, "Chưa chọn người chủ trì cuộc họp."),
        ({"chair_id": 3}, "Thành viên chủ trì cuộc họp nhưng đang ghi vắng mặt."),
        ({"secretary_id": 1}, "Chủ trì và thư ký là hai người khác nhau."),
        ({"conclusion": ""}, "Chưa ghi kết luận cuộc họp."),
        (
            {"opinions": (Opinion(11, "1.1", "Kế hoạch"),)},
            "Chưa ghi ý kiến của Tổ về chỉ tiêu 1.1.",
        ),
        (
            {"opinions": (Opinion(11, "1.1", "Kế hoạch", agreed=False),)},
            "Chỉ tiêu 1.1: không nhất trí thì cần ghi ý kiến cụ thể.",
        ),
        (
            {"opinions": (Opinion(11, "1.1", "Kế hoạch", entered=False, agreed=True),)},
            "Chỉ tiêu 1.1 chưa nhập nên Tổ chưa có kết quả để cho ý kiến.",
        ),
    ],
)
def test_what_minutes_lack(changes: dict[str, object], expected: str) -> None:
    """Each thing taken away is named alone."""
    assert said(replace(whole(), **changes)) == [expected]  # type: ignore[arg-type]


def test_the_day_and_the_members() -> None:
    """A meeting in the future, before the team existed, or of which nobody noted who came."""
    assert said(whole(), held_on=None) == ["Chưa ghi ngày, giờ họp."]
    assert "sau hôm nay" in said(whole(), held_on=date(2027, 1, 11))[0]
    assert "trước ngày quyết định thành lập Tổ (15/12/2026)" in said(whole(), held_on=date(2026, 12, 14))[0]
    many = tuple(Attended(n, f"Người {n}") for n in range(1, 6))
    assert "Chưa ghi có mặt hay vắng mặt: Người 1, Người 2, Người 3 và 2 người khác." in said(
        replace(whole(), attendance=many)
    )
    assert "Tổ đánh giá chưa có thành viên nào." in said(replace(whole(), attendance=()))
    gone = tuple(replace(one, present=False) for one in whole().attendance)
    assert "Cuộc họp chưa có thành viên nào có mặt." in said(replace(whole(), attendance=gone))


def test_the_conclusion_says_what_the_meeting_said() -> None:
    """Disagreement is named, and signing is proposed only where the level is reached."""
    figures = {"level": 1, "met": 1, "applicable": 2}
    reached = suggested_conclusion(whole(), **figures, reached=True)  # type: ignore[arg-type]
    assert "trừ chỉ tiêu 1.2" in reached
    assert reached.endswith("đề nghị công nhận mức độ 1.")
    assert "tiếp tục hoàn thiện" in suggested_conclusion(whole(), **figures, reached=False)  # type: ignore[arg-type]
    assert suggested_conclusion(Meeting(), level=None, met=0, applicable=0, reached=False).startswith(
        "Tổ đánh giá nhất trí với kết quả tự đánh giá của tất cả"
    )


def test_differences_name_what_is_new_gone_or_changed() -> None:
    """In order, each once."""
    assert differences({"b": 1, "a": 2, "c": 3}, {"a": 2, "b": 9, "d": 0}) == ["b", "c", "d"]
