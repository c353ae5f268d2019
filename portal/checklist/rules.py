"""The days from the last day of filing to the last day of deciding, and what a district does on each: pure.

Two days are the Circular's (the year's terms, as the province set them); every other step is a suggestion spread over
the working days between, for the district to move as it needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from portal.words import day, number


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do: its words, whose day it is ("law", "own", "hint"), and the count that stands beside it."""

    text: str
    whose: str = "hint"
    count: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the list: whether offices work, the holiday's name, what is to be done."""

    on: date
    working: bool
    holiday: str
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the year's dossiers are: filed, received, waiting for their units, appraised, decided."""

    filed: int
    received: int
    waiting: int
    appraised: int
    decided: int

    def said(self, count: str) -> str:
        """Write a count that stands beside a task."""
        part = {
            "received": (self.received, "đã tiếp nhận"),
            "appraised": (self.appraised, "đã thẩm định"),
            "decided": (self.decided, "đã có quyết định"),
        }.get(count)
        if part is not None:
            return f"{part[1]} {number(part[0])}/{number(self.filed)}"
        return f"đang chờ {number(self.waiting)} đơn vị bổ sung" if count == "waiting" else ""


# Where a step begins and ends among the working days, in hundredths; equal: one day.
_STEPS: tuple[tuple[int, int, Task], ...] = (
    (0, 0, Task("Chốt danh sách đơn vị đã nộp; lập danh sách còn thiếu và gọi từng đơn vị.")),
    (0, 0, Task("Phân công người tiếp nhận, thẩm định; ai giữ vai trò ở đơn vị nào thì không làm hồ sơ đơn vị đó.")),
    (0, 25, Task("Tiếp nhận hồ sơ; hồ sơ thiếu thì yêu cầu bổ sung một lần, đủ mọi điểm.", count="received")),
    (25, 25, Task("Kiểm lại: hồ sơ nào cũng đã tiếp nhận hoặc đã yêu cầu bổ sung.", count="received")),
    (15, 70, Task("Thẩm định từng chỉ tiêu.", count="appraised")),
    (25, 60, Task("Kiểm tra thực tế các đơn vị đã chọn; lập biên bản.")),
    (45, 45, Task("Rà soát giữa kỳ: hồ sơ chậm, hồ sơ khó, phần bổ sung chưa về.", count="waiting")),
    (72, 72, Task("Chốt đề xuất mức độ của mọi hồ sơ.", count="appraised")),
    (76, 76, Task("Họp xét; lập biên bản, ghi rõ hồ sơ còn ý kiến khác nhau.")),
    (82, 82, Task("Lập dự thảo quyết định kèm danh sách; trình lãnh đạo.")),
    (90, 90, Task("Lãnh đạo xem các điểm cần chú ý; ban hành quyết định.", count="decided")),
    (100, 100, Task("Báo đơn vị, in giấy chứng nhận, kiểm tra sổ công khai.", count="decided")),
)  # fmt: skip


def plan(
    submit_before: date,
    decide_before: date,
    report_before: date,
    is_working: Callable[[date], bool],
    holidays: Mapping[date, str],
    answers: Mapping[date, int],
) -> tuple[Day, ...]:
    """Return every day from the first late day of filing to the first late day of deciding, both included.

    `answers`: how many units have to answer a supplement request by a day.
    """
    span = [submit_before + timedelta(days=n) for n in range((decide_before - submit_before).days + 1)]
    working = [one for one in span[:-1] if is_working(one)]
    tasks: dict[date, list[Task]] = {one: [] for one in span}
    tasks[submit_before].append(
        Task(f"Hồ sơ nộp từ hôm nay là nộp quá hạn (thời hạn: trước ngày {day(submit_before)}).", "law")
    )
    for one, units in answers.items():
        if one in tasks:
            tasks[one].append(Task(f"{number(units)} đơn vị đến hạn trả lời bổ sung.", "own", "waiting"))
    for begin, end, task in _STEPS:
        for one in _between(working, begin, end):
            tasks[one].append(task)
    last = decide_before - timedelta(days=1)
    tasks[last].append(
        Task(f"Ngày cuối ban hành quyết định (thời hạn: trước ngày {day(decide_before)}).", "law", "decided")
    )
    tasks[decide_before].append(Task("Quyết định ban hành từ hôm nay là quá hạn.", "law"))
    tasks[decide_before].append(
        Task(f"Lập báo cáo gửi Sở (thời hạn: trước ngày {day(report_before)}).", "law")
    )
    return tuple(Day(one, is_working(one), holidays.get(one, ""), tuple(tasks[one])) for one in span)


def _between(working: list[date], begin: int, end: int) -> Iterable[date]:
    """Return the working days from one hundredth of them to another."""
    if not working:
        return ()
    last = len(working) - 1
    return working[begin * last // 100 : end * last // 100 + 1]


WHOSE: Mapping[str, str] = {
    "law": "Thời hạn của năm",
    "own": "Đã đặt riêng",
    "hint": "Gợi ý, tự đặt được",
}
"""Whose day it is, in words."""
