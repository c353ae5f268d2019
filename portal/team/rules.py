"""What the team's work asks: how an assignment stands on a day, how long a guest may stay, when minutes can close.

Pure; the law asks only for the team's decision (Circular 24/2023, Article 10(1)(a)), the rest is the product's rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from tenants.people import LONGEST_VISIT

SOON = timedelta(days=3)
LEAST_NAMED = 3


class Pace(StrEnum):
    """How an assignment stands."""

    DONE = "done"
    LATE = "late"
    SOON = "soon"
    RUNNING = "running"


def pace(*, done: bool, due: date | None, today: date) -> Pace:
    """Return how an assignment stands on a day; one without a due date is never late."""
    if done:
        return Pace.DONE
    if due is None:
        return Pace.RUNNING
    if due < today:
        return Pace.LATE
    return Pace.SOON if due - today <= SOON else Pace.RUNNING


def last_day(since: date, days: int) -> date:
    """Return the last day of a guest's visit of some days, the first one counted.

    Raises `ValueError` with the sentence for a number of days that cannot be.
    """
    if not 1 <= days <= LONGEST_VISIT:
        raise ValueError(f"Thời gian mời từ 1 đến {LONGEST_VISIT} ngày.")
    return since + timedelta(days=days - 1)


class Standing(StrEnum):
    """How the minutes of a dossier stand; `STALE`: closed, but the dossier says something else since."""

    NONE = "none"
    OPEN = "open"
    STALE = "stale"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Attended:
    """A member of the team and whether they took part (None: nobody has said)."""

    member_id: int
    name: str
    title: str = ""
    duty: str = "member"
    present: bool | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the team says to one indicator; `applies` False: it does not concern the unit and needs none."""

    indicator_id: int
    code: str
    title: str
    applies: bool = True
    value: str = ""
    outcome: str = ""
    tone: str = ""
    entered: bool = True
    agreed: bool | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Meeting:
    """The team's meeting as its minutes tell it."""

    held_at: datetime | None = None
    venue: str = ""
    chair_id: int | None = None
    secretary_id: int | None = None
    attendance: tuple[Attended, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    discussion: str = ""
    conclusion: str = ""

    @property
    def present(self) -> tuple[Attended, ...]:
        """Who took part."""
        return tuple(one for one in self.attendance if one.present)

    @property
    def absent(self) -> tuple[Attended, ...]:
        """Who was missing."""
        return tuple(one for one in self.attendance if one.present is False)

    @property
    def asked(self) -> tuple[Opinion, ...]:
        """The indicators that need an opinion."""
        return tuple(one for one in self.opinions if one.applies)

    @property
    def complete(self) -> bool:
        """Whether every indicator that needs an opinion has one."""
        return all(one.agreed is not None for one in self.asked)

    def member(self, member_id: int | None) -> Attended | None:
        """Return a member of the team by number."""
        return next((one for one in self.attendance if one.member_id == member_id), None)


def lacks(
    meeting: Meeting, *, team_day: date | None, held_on: date | None, today: date
) -> list[tuple[str, str]]:
    """Return what keeps minutes from being closed: (the sentence, the field it is mended at).

    `team_day`: the day of the decision that set the team up; `held_on`: the meeting's day in Viet Nam.
    """
    return [*_circumstances(meeting, team_day, held_on, today), *_persons(meeting), *_content(meeting)]


def _circumstances(
    meeting: Meeting, team_day: date | None, held_on: date | None, today: date
) -> list[tuple[str, str]]:
    found = []
    if held_on is None:
        found.append(("Chưa ghi ngày, giờ họp.", "held_on"))
    elif held_on > today:
        found.append(
            (f"Ngày họp ({held_on:%d/%m/%Y}) ở sau hôm nay; họp xong mới chốt được biên bản.", "held_on")
        )
    elif team_day and held_on < team_day:
        found.append(
            (
                f"Ngày họp ({held_on:%d/%m/%Y}) trước ngày quyết định thành lập Tổ ({team_day:%d/%m/%Y}).",
                "held_on",
            )
        )
    if not meeting.venue:
        found.append(("Chưa ghi địa điểm họp.", "venue"))
    return found


def _persons(meeting: Meeting) -> list[tuple[str, str]]:
    found = []
    for member_id, word, field in (
        (meeting.chair_id, "chủ trì", "chair_id"),
        (meeting.secretary_id, "thư ký", "secretary_id"),
    ):
        member = meeting.member(member_id)
        if member is None:
            found.append((f"Chưa chọn người {word} cuộc họp.", field))
        elif member.present is False:
            found.append((f"{member.name} {word} cuộc họp nhưng đang ghi vắng mặt.", field))
    if meeting.chair_id and meeting.chair_id == meeting.secretary_id and len(meeting.attendance) > 1:
        found.append(("Chủ trì và thư ký là hai người khác nhau.", "secretary_id"))
    unsaid = [one.name for one in meeting.attendance if one.present is None]
    if unsaid:
        found.append((f"Chưa ghi có mặt hay vắng mặt: {_some(unsaid)}.", "thanh-phan"))
    elif not meeting.attendance:
        found.append(("Tổ đánh giá chưa có thành viên nào.", "thanh-phan"))
    elif not meeting.present:
        found.append(("Cuộc họp chưa có thành viên nào có mặt.", "thanh-phan"))
    return found


def _content(meeting: Meeting) -> list[tuple[str, str]]:
    found = []
    empty = [one.code for one in meeting.asked if not one.entered]
    if empty:
        found.append(
            (f"Chỉ tiêu {', '.join(empty)} chưa nhập nên Tổ chưa có kết quả để cho ý kiến.", "y-kien")
        )
    unsaid = [one.code for one in meeting.asked if one.agreed is None]
    if unsaid:
        found.append((f"Chưa ghi ý kiến của Tổ về chỉ tiêu {', '.join(unsaid)}.", "y-kien"))
    silent = [one.code for one in meeting.asked if one.agreed is False and not one.note]
    if silent:
        found.append((f"Chỉ tiêu {', '.join(silent)}: không nhất trí thì cần ghi ý kiến cụ thể.", "y-kien"))
    if not meeting.conclusion:
        found.append(("Chưa ghi kết luận cuộc họp.", "conclusion"))
    return found


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:LEAST_NAMED])
    return f"{shown} và {len(names) - LEAST_NAMED} người khác" if len(names) > LEAST_NAMED else shown


def suggested_conclusion(
    meeting: Meeting, *, level: int | None, met: int, applicable: int, reached: bool
) -> str:
    """Return a conclusion to begin with, from what the meeting said: never kept unless somebody saves it."""
    against = [one.code for one in meeting.asked if one.agreed is False]
    agreed = (
        f"Tổ đánh giá nhất trí với kết quả tự đánh giá, trừ chỉ tiêu {', '.join(against)}"
        if against
        else "Tổ đánh giá nhất trí với kết quả tự đánh giá của tất cả các chỉ tiêu áp dụng"
    )
    if level is None:
        return f"{agreed}."
    tally = f"{met}/{applicable} chỉ tiêu áp dụng đạt mức độ {level}"
    if not reached:
        return f"{agreed}; {tally}. Tổ đề nghị tiếp tục hoàn thiện các chỉ tiêu còn lại trước khi ký hồ sơ."
    return f"{agreed}; {tally}. Tổ đề nghị thủ trưởng ký hồ sơ đề nghị công nhận mức độ {level}."


def differences(before: Mapping[str, object], now: Mapping[str, object]) -> list[str]:
    """Return the keys of two flat contents whose values are not the same, in order."""
    return sorted(key for key in before.keys() | now.keys() if before.get(key) != now.get(key))
