"""What the unit types: the forms of a dossier's parts, and one indicator as it stands in its inputs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wtforms import RadioField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from portal import words
from portal.typed import Day, Line, Lines, VietnameseForm, lines

from .models import Answer, Headcount
from .operations import Given
from .rules import RATIO_WHOLE, Indicator, Kind
from .wording import DUTIES

LONGEST_TEXT = 10_000
LARGEST = 1_000_000
_WHOLE = re.compile(r"[0-9]{1,3}(?:[. \u00a0]?[0-9]{3})*|[0-9]+")
_RATIO = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]{0,2}))?", re.ASCII)


def tidy(text: str | None) -> str:
    """Return typed text in NFC with plain line ends and no invisible control characters."""
    return lines(text or "")


def longest(most: int) -> Length:
    """Return the length limit of a text, with its sentence."""
    return Length(max=most, message=f"Xin viết ngắn hơn, tối đa {words.number(most)} ký tự.")


def whole_number(text: str) -> int | None:
    """Return a typed count, None where nothing was typed; raises `ValueError` with the sentence."""
    text = text.strip()
    if not text:
        return None
    digits = re.sub(r"[. \u00a0]", "", text)
    if not _WHOLE.fullmatch(text) or not digits.isascii() or len(digits) > 9 or int(digits) > LARGEST:
        raise ValueError("Xin nhập số nguyên từ 0 đến 1.000.000, chỉ dùng chữ số.")
    return int(digits)


def ratio(text: str) -> int | None:
    """Return a typed percentage in hundredths of a percent, None where nothing was typed: "94,59" is 9459.

    Raises `ValueError` with the sentence.
    """
    bare = text.strip().removesuffix("%").strip()
    if not bare:
        return None
    found = _RATIO.fullmatch(bare)
    value = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else RATIO_WHOLE + 1
    if value > RATIO_WHOLE:
        raise ValueError("Xin nhập tỷ lệ từ 0 đến 100 %, nhiều nhất hai chữ số thập phân, ví dụ 94,59.")
    return value


def ratio_text(value: int | None) -> str:
    """Return hundredths of a percent as they are typed: 9459 as "94,59", 9000 as "90"."""
    return "" if value is None else words.percent(value, RATIO_WHOLE).removesuffix("%").strip()


@dataclass(frozen=True, slots=True)
class Typed:
    """One indicator as its inputs hold it: texts exactly as typed, and the version the page showed."""

    value: str = ""
    explanation: str = ""
    version: int = 0

    @classmethod
    def stored(cls, indicator: Indicator, answer: Answer, *, ratio_only: bool = False) -> Typed:
        """Return the inputs of a stored answer; `ratio_only`: shares are typed in percent."""
        if indicator.kind is Kind.SHARE and ratio_only:
            value = ratio_text(answer.part)
        elif indicator.kind is Kind.SHARE:
            value = "" if answer.part is None else str(answer.part)
        elif indicator.kind is Kind.GRADED:
            value = "" if answer.grade is None else str(answer.grade)
        else:
            value = {True: "co", False: "khong", None: ""}[answer.yes]
        return cls(value, answer.explanation, answer.version)

    @classmethod
    def sent(cls, form: Mapping[str, str]) -> Typed:
        """Return the inputs as a request sent them."""
        version = form.get("version", "")
        return cls(
            tidy(form.get("value"))[:200],
            tidy(form.get("explanation")),
            int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0,
        )

    def given(self, indicator: Indicator, *, ratio_only: bool = False) -> Given:
        """Return the answer the inputs mean; raises `ValueError` with the sentence for one that cannot be."""
        if len(self.explanation) > LONGEST_TEXT:
            raise ValueError(f"Giải trình dài quá {words.number(LONGEST_TEXT)} ký tự. Xin viết ngắn hơn.")
        if indicator.kind is Kind.SHARE:
            part = ratio(self.value) if ratio_only else whole_number(self.value)
            return Given(part=part, explanation=self.explanation, version=self.version)
        if indicator.kind is Kind.GRADED:
            if self.value and self.value not in map(str, range(1, len(indicator.grades) + 1)):
                raise ValueError("Xin chọn một mức trong danh sách.")
            grade = int(self.value) if self.value else None
            return Given(grade=grade, explanation=self.explanation, version=self.version)
        if self.value not in ("", "co", "khong"):
            raise ValueError("Xin chọn “Có” hoặc “Chưa có”.")
        yes = {"co": True, "khong": False}.get(self.value)
        return Given(yes=yes, explanation=self.explanation, version=self.version)


@dataclass(frozen=True, slots=True)
class TypedCount:
    """One base figure as its input holds it; of a unit that tells ratios only, whether there are any."""

    code: str
    text: str
    version: int
    fault: str = ""
    ratio_only: bool = False

    @classmethod
    def stored(cls, row: Headcount, *, ratio_only: bool = False) -> TypedCount:
        """Return the input of a stored figure."""
        if ratio_only:
            text = "" if row.value is None else "co" if row.value else "khong"
            return cls(row.code, text, row.version, ratio_only=True)
        return cls(row.code, "" if row.value is None else str(row.value), row.version)

    @classmethod
    def sent(cls, row: Headcount, form: Mapping[str, str], *, ratio_only: bool = False) -> TypedCount:
        """Return the input as sent, with its fault if it cannot be read."""
        text, version = tidy(form.get(row.code))[:40], form.get(f"{row.code}-version", "")
        fault = ""
        try:
            _count(text, ratio_only)
        except ValueError as reason:
            fault = str(reason)
        known = version.isascii() and version.isdigit() and len(version) < 10
        return cls(row.code, text, int(version) if known else 0, fault, ratio_only)

    @property
    def value(self) -> int | None:
        """The figure typed (None: nothing); only where there is no fault."""
        return _count(self.text, self.ratio_only)


def _count(text: str, ratio_only: bool) -> int | None:
    if not ratio_only:
        return whole_number(text)
    if text not in ("", "co", "khong"):
        raise ValueError("Xin chọn “Có” hoặc “Không có”.")
    return {"co": RATIO_WHOLE, "khong": 0}.get(text)


def _day(label: str) -> Day:
    return Day(label, [Optional()])


class PartForm(VietnameseForm):
    """A part of the dossier beside its indicators; its fields are columns of the dossier.

    Several stand on one page, each with a prefix; the request's token is checked for all of them at the door.
    """

    class Meta:
        """No token of its own."""

        csrf = False

    def texts(self) -> dict[str, Any]:
        """Return the columns as typed, tidied; whether they may be is asked of `validate`."""
        return {f.short_name: tidy(f.data) if isinstance(f, StringField) else f.data for f in self}


class TeamForm(PartForm):
    """The decision that set the team up."""

    team_number = Line("Số quyết định thành lập Tổ đánh giá", [longest(60)])
    team_date = _day("Ngày quyết định")


class MemberForm(VietnameseForm):
    """A member of the team."""

    class Meta:
        """No token of its own, as with the parts."""

        csrf = False

    full_name = Line("Họ và tên", [InputRequired("Xin nhập họ tên thành viên Tổ đánh giá."), longest(200)])
    title = Line("Chức vụ", [longest(200)])
    duty = SelectField(
        "Nhiệm vụ trong Tổ", choices=[SelectChoice(k, v) for k, v in DUTIES.items()], default="member"
    )


class TextsForm(PartForm):
    """What Mẫu 02 says in words."""

    strengths = Lines("Điểm mạnh", [longest(LONGEST_TEXT)])
    weaknesses = Lines("Hạn chế, nguyên nhân", [longest(LONGEST_TEXT)])
    plan = Lines("Kế hoạch cải tiến", [longest(LONGEST_TEXT)])


class LetterForm(PartForm):
    """The level asked for and the particulars of Mẫu 01."""

    requested_level = RadioField(
        "Mức độ đề nghị công nhận",
        [Optional()],
        choices=[SelectChoice("1", "Mức độ 1"), SelectChoice("2", "Mức độ 2")],
    )
    letter_number = Line("Số Tờ trình", [longest(60)])
    letter_date = _day("Ngày Tờ trình")

    def texts(self) -> dict[str, Any]:
        """Return the columns; the level as a number."""
        values = super().texts()
        level = values["requested_level"]
        return values | {"requested_level": int(level) if level in ("1", "2") else None}


class CloseForm(VietnameseForm):
    """Ending the year as not reached."""

    reason = Lines(
        "Lý do chưa đạt và hướng cải tiến",
        [InputRequired("Xin ghi lý do và hướng cải tiến ngắn gọn."), longest(4000)],
    )


class UnitForm(VietnameseForm):
    """The particulars a unit keeps itself."""

    address = Line("Địa chỉ", [longest(300)])
    phone = Line("Điện thoại", [longest(30)])
    email = Line("Thư điện tử", [longest(200)])
    head_name = Line("Họ và tên thủ trưởng", [longest(200)])
    head_title = Line("Chức vụ thủ trưởng", [longest(100)])
    superior = Line("Cơ quan cấp trên trực tiếp", [longest(200)])
    superior_second = Line("Cơ quan cấp trên, dòng thứ hai", [longest(200)])
    name_lines = Lines("Tên đơn vị, ngắt dòng", [longest(300)])
    symbol = Line("Ký hiệu văn bản", [longest(30)])
    date_place = Line("Địa danh trước ngày tháng", [longest(100)])
    authority = Lines("Quyền hạn người ký", [longest(200)])
