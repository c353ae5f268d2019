"""Forms of the team's pages; rows of members and indicators are read by their numbers beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from wtforms import IntegerField, SelectField, TimeField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal import words
from portal.accounts.forms import PersonForm
from portal.typed import Day, Line, Lines, VietnameseForm, line, lines
from portal.words import ZONE
from tenants.people import LONGEST_VISIT

from .minutes import Noted

LONGEST = 10_000
LONGEST_NOTE = 1_000
LONGEST_REASON = 200
WRONG_TIME = "Xin nhập giờ theo dạng giờ:phút, ví dụ 14:30."
DAYS = f"Thời gian mời từ 1 đến {LONGEST_VISIT} ngày."
_YES, _NO = "co", "khong"


def longest(most: int) -> Length:
    """Return the length limit of a text, with its sentence."""
    return Length(max=most, message=f"Xin viết ngắn hơn, tối đa {words.number(most)} ký tự.")


class MeetingForm(VietnameseForm):
    """When and where the team met, who led, and what it concluded."""

    held_on = Day("Ngày họp", [Optional()])
    held_time = TimeField("Giờ họp", [Optional()])
    venue = Line("Địa điểm", [longest(200)])
    chair_id = SelectField("Chủ trì", validate_choice=False)
    secretary_id = SelectField("Thư ký", validate_choice=False)
    discussion = Lines("Nội dung trao đổi", [longest(LONGEST)])
    conclusion = Lines("Kết luận", [longest(LONGEST)])

    def offer(self, members: Iterable[tuple[int, str]]) -> None:
        """Offer the members of the team as chair and secretary."""
        choices = [("", "Chọn thành viên"), *((str(number), name) for number, name in members)]
        self.chair_id.choices = self.secretary_id.choices = choices

    def validate(self, extra_validators: Any = None) -> bool:
        """Validate, and say in Vietnamese what is wrong with an hour."""
        good = bool(super().validate(extra_validators))
        if self.held_time.errors:
            self.held_time.errors = [WRONG_TIME]
        return good

    def noted(self, rows: Rows) -> Noted:
        """Return the minutes as typed; a day without an hour, or the other way round, is not yet a moment."""
        day, time = self.held_on.data, self.held_time.data
        held_at = datetime.combine(day, time, ZONE) if day and time and 2000 <= day.year < 2100 else None
        return Noted(
            held_at,
            self.venue.data or "",
            _number(self.chair_id.data),
            _number(self.secretary_id.data),
            rows.attendance,
            rows.opinions,
            self.discussion.data or "",
            self.conclusion.data or "",
        )


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else None


class Rows:
    """What was typed beside each member and each indicator, with the sentence where a remark is too long."""

    def __init__(self, sent: Mapping[str, str], members: Iterable[int], indicators: Iterable[int]) -> None:
        self.faults: list[str] = []
        self.attendance = {
            number: self._row(sent, f"co-mat-{number}", f"ly-do-{number}", LONGEST_REASON)
            for number in members
        }
        self.opinions = {
            number: self._row(sent, f"y-kien-{number}", f"ghi-chu-{number}", LONGEST_NOTE)
            for number in indicators
        }

    def _row(self, sent: Mapping[str, str], answer: str, remark: str, most: int) -> tuple[bool | None, str]:
        said = {_YES: True, _NO: False}.get(sent.get(answer, ""))
        text = line(sent.get(remark, "")) if most == LONGEST_REASON else lines(sent.get(remark, ""))
        if len(text) > most:
            self.faults.append(f"Ghi chú dài quá {words.number(most)} ký tự. Xin viết ngắn hơn.")
        return said, text[: most + 1]


class AssignForm(VietnameseForm):
    """To whom the marked indicators are given, and until when."""

    member = SelectField("Giao cho", validate_choice=False)
    due_on = Day("Hạn nội bộ", [Optional()])

    def offer(self, members: Iterable[tuple[int, str]]) -> None:
        """Offer the members of the team."""
        self.member.choices = [
            ("", "Chọn thành viên Tổ"),
            *((str(number), name) for number, name in members),
        ]


class InviteForm(PersonForm):
    """A guest: who, from where, for how many days; the indicators are boxes beside it."""

    title = Line("Cơ quan, đơn vị", [Length(max=200, message="Tên cơ quan dài nhất 200 ký tự.")])
    days = IntegerField(
        "Số ngày", [InputRequired(DAYS), NumberRange(1, LONGEST_VISIT, message=DAYS)], default=14
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Validate, and say in Vietnamese what is wrong with the number of days."""
        good = bool(super().validate(extra_validators))
        if self.days.errors:
            self.days.errors = [DAYS]
        return good
