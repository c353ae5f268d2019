"""Forms of a visit: the year's setting and draw, the schedule, why it is called off, the minutes, the unit's opinion."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any

from wtforms import SelectChoice, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal.typed import Day, Line, Lines, VersionedForm
from portal.words import ZONE

from .minutes import Written
from .models import Visit
from .operations import MOST_TEXT, Arranged
from .planning import MOST_REASON

_HOUR = re.compile(
    r"([01]?[0-9]|2[0-3])\s*(?:[:.]|h|g|giờ)\s*([0-5][0-9])?\s*(?:phút|p)?", re.ASCII | re.IGNORECASE
)
_WHOLE = re.compile(r"[0-9]{1,3}", re.ASCII)


def read_hour(text: str) -> time | None:
    """Read an hour written 8:30, 08h30 or 8 giờ; None where it is none."""
    match = _HOUR.fullmatch(text.strip())
    return time(int(match[1]), int(match[2] or 0)) if match else None


class Hour(Line):
    """An hour of the day; `hour` holds it, None where nothing was typed."""

    hour: time | None = None

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the hour; raises ValueError with the sentence for what is none."""
        super().process_formdata(valuelist)
        self.hour = read_hour(self.data or "")
        if self.data and self.hour is None:
            raise ValueError("Xin viết giờ theo mẫu 08:30.")


def _whole(text: str | None) -> int | None:
    bare = (text or "").replace("%", "").strip()
    return int(bare) if _WHOLE.fullmatch(bare) else None


def _text(label: str, sentence: str = "", most: int = MOST_TEXT) -> Lines:
    first = [InputRequired(sentence)] if sentence else [Optional()]
    return Lines(label, [*first, Length(0, most, f"{label} dài tối đa {most} ký tự.")])


class PlanForm(VersionedForm):
    """The district's own setting, and the share to draw; no share: nothing is drawn."""

    years = Line("Số năm chưa kiểm tra thì đề xuất", [InputRequired("Xin ghi số năm, ví dụ 3.")])
    share = Line("Tỷ lệ bốc thăm ngẫu nhiên")
    reason = Line("Lý do bốc lại", [Length(0, MOST_REASON, f"Lý do dài tối đa {MOST_REASON} ký tự.")])

    def validate_years(self, field: Any) -> None:
        """Years are a whole number."""
        if not 1 <= (_whole(field.data) or 0) <= 20:
            raise ValidationError("Số năm là số nguyên từ 1 đến 20.")

    def validate_share(self, field: Any) -> None:
        """A share is a whole percentage, or left out."""
        if field.data and not 1 <= (_whole(field.data) or 0) <= 100:
            raise ValidationError("Tỷ lệ bốc thăm là số nguyên từ 1 đến 100 %.")

    @property
    def wanted(self) -> tuple[int, int | None]:
        """The years, and the share to draw."""
        return _whole(self.years.data) or 0, _whole(self.share.data)


class ScheduleForm(VersionedForm):
    """When, where and who."""

    day = Day("Ngày kiểm tra", [InputRequired("Xin ghi ngày kiểm tra, ví dụ 20/01/2027.")])
    hour = Hour("Giờ bắt đầu", [InputRequired("Xin ghi giờ bắt đầu, ví dụ 08:30.")])
    venue = Line(
        "Địa điểm",
        [InputRequired("Xin ghi địa điểm kiểm tra."), Length(1, 300, "Địa điểm dài tối đa 300 ký tự.")],
    )
    accounts = SelectMultipleField(
        "Thành viên đoàn",
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    lead = SelectField("Trưởng đoàn", [InputRequired("Xin chọn trưởng đoàn.")], validate_choice=False)
    outsiders = _text("Người ngoài danh sách tài khoản")
    purpose = _text("Nội dung cần kiểm tra kỹ")

    def offer(self, people: list[tuple[int, str, str]]) -> ScheduleForm:
        """Offer who may be in the team; returns the form."""
        said = [(str(number), f"{name}, {title}" if title else name) for number, name, title in people]
        self.accounts.choices = [SelectChoice(value, label) for value, label in said]
        self.lead.choices = [SelectChoice("", "Chọn trưởng đoàn"), *(SelectChoice(v, w) for v, w in said)]
        return self

    @classmethod
    def showing(cls, row: Visit | None, venue: str = "") -> ScheduleForm:
        """Return the form filled with a visit, or for a new one at the unit's address."""
        if row is None:
            return cls(formdata=None, data={"version": "0", "venue": venue, "hour": "08:00"})
        begins = row.starts_at.astimezone(ZONE)
        outside = [
            f"{one['name']}, {one['title']}".removesuffix(", ") for one in row.team if not one["account"]
        ]
        data = {
            "version": str(row.version),
            "day": begins.date(),
            "hour": f"{begins:%H:%M}",
            "venue": row.venue,
            "accounts": [str(one["account"]) for one in row.team if one["account"]],
            "lead": str(row.lead_account),
            "outsiders": "\n".join(outside),
            "purpose": row.purpose,
        }
        return cls(formdata=None, data=data)

    def given(self) -> Arranged:
        """Return what was typed; only where the form is valid."""
        assert self.day.day is not None
        assert self.hour.hour is not None
        return Arranged(
            datetime.combine(self.day.day, self.hour.hour, ZONE),
            self.venue.data or "",
            self.purpose.data or "",
            tuple(_number(one) for one in (self.accounts.data or [])[:50]),
            _number(self.lead.data),
            self.outsiders.data or "",
        )


def _number(text: object) -> int:
    said = str(text or "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 12 else 0


class ReasonForm(VersionedForm):
    """Why a visit is called off."""

    reason = _text("Lý do", "Xin ghi lý do.")


class MinutesForm(VersionedForm):
    """What the head of the team writes beside the checklist."""

    # The schedule stands on the same page, with a day of its own.
    day = Day("Ngày kiểm tra", [InputRequired("Xin ghi ngày kiểm tra.")], id="lap-day")
    begins = Hour("Từ", [InputRequired("Xin ghi giờ bắt đầu, ví dụ 08:30.")])
    ends = Hour("Đến", [InputRequired("Xin ghi giờ kết thúc, ví dụ 10:30.")])
    present = _text("Đại diện đơn vị có mặt", "Xin ghi ai của đơn vị có mặt.")
    summary = _text("Nhận xét, kết luận của đoàn", "Xin ghi nhận xét, kết luận.")
    requests = _text("Kiến nghị với đơn vị")

    @classmethod
    def showing(cls, row: Visit, today: date) -> MinutesForm:
        """Return the form filled with what was written before, or with the schedule."""
        begins = (row.held_from or row.starts_at).astimezone(ZONE)
        ends = row.held_until.astimezone(ZONE) if row.held_until else None
        data = {
            "version": str(row.version),
            "day": min(begins.date(), today),
            "begins": f"{begins:%H:%M}",
            "ends": f"{ends:%H:%M}" if ends else "",
            "present": row.present,
            "summary": row.summary,
            "requests": row.requests,
        }
        return cls(formdata=None, data=data)

    def given(self) -> Written:
        """Return what was typed; only where the form is valid."""
        assert self.day.day is not None
        assert self.begins.hour is not None
        assert self.ends.hour is not None
        return Written(
            datetime.combine(self.day.day, self.begins.hour, ZONE),
            datetime.combine(self.day.day, self.ends.hour, ZONE),
            self.present.data or "",
            self.summary.data or "",
            self.requests.data or "",
        )


class OpinionForm(VersionedForm):
    """What the unit says to the minutes."""

    opinion = _text("Ý kiến của đơn vị")
