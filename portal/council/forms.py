"""Forms of the council: who belongs to it, a meeting with who was there, votes. Rows are read by their numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wtforms import RadioField, SelectChoice, SelectField, TimeField
from wtforms.validators import InputRequired, Length, Optional

from portal.typed import WRONG_DAY, Day, Line, Lines, VersionedForm, line
from portal.words import ZONE

from .operations import Founded, Noted
from .rules import BLOCK_OUTCOMES, DUTY_ORDER, MOST_MEMBERS, MOST_TEXT, OUTCOMES, Member, Votes

BLANK_ROWS = 4
WRONG_TIME = "Xin viết giờ theo mẫu 14:30."
_YES, _NO = "co", "khong"


def longest(most: int) -> Length:
    """Return the length limit of a text, with its sentence."""
    return Length(max=most, message=f"Xin viết ngắn hơn, tối đa {most} ký tự.")


def number_in(text: str | None, most: int = 1_000_000_000) -> int | None:
    """Return the whole number typed, or None."""
    typed = (text or "").strip()
    known = typed.isascii() and typed.isdigit() and len(typed) < 12
    return int(typed) if known and int(typed) <= most else None


@dataclass(frozen=True, slots=True)
class TypedMember:
    """One row of the table of members, as typed; `codes`: codes of units the person belongs to."""

    name: str = ""
    office: str = ""
    duty: str = "member"
    account: str = ""
    codes: str = ""


class CouncilForm(VersionedForm):
    """Name, founding decision and quorum; the members are rows beside it."""

    name = Line("Tên", [InputRequired("Xin ghi tên hội đồng, tổ thẩm định."), longest(200)])
    number = Line("Số quyết định thành lập", [InputRequired("Xin ghi số quyết định thành lập."), longest(60)])
    dated = Day("Ngày quyết định thành lập", [InputRequired("Xin ghi ngày quyết định thành lập.")])
    quorum = Line(
        "Số người có mặt tối thiểu để họp", [InputRequired("Xin ghi số người có mặt tối thiểu để họp.")]
    )

    def founded(self, rows: Sequence[TypedMember], units: Mapping[str, int]) -> Founded:
        """Return what was typed of a valid form; `units`: units by code in capitals."""
        assert self.dated.day is not None
        members = tuple(
            Member(
                place,
                one.name,
                one.office,
                one.duty,
                number_in(one.account),
                tuple(units[code] for code in codes_in(one.codes)),
            )
            for place, one in enumerate(rows, 1)
        )
        return Founded(
            self.name.data or "",
            self.number.data or "",
            self.dated.day,
            number_in(self.quorum.data, 1_000),
            members,
        )


def typed_members(sent: Any) -> list[TypedMember]:
    """Read the rows of members that say anything, in their order."""
    columns = [
        sent.getlist(name)[: MOST_MEMBERS + 1]
        for name in ("ten", "chuc-vu", "nhiem-vu", "tai-khoan", "don-vi")
    ]
    rows = []
    for place in range(max(map(len, columns))):
        name, office, duty, account, codes = (
            line(column[place]) if place < len(column) else "" for column in columns
        )
        if name or office or codes or account:
            rows.append(TypedMember(name, office, duty or "member", account, codes))
    return rows


def codes_in(text: str) -> list[str]:
    """Return the codes of units in a text, in capitals, each once."""
    return list(dict.fromkeys(code.upper() for code in re.split(r"[\s,;]+", text) if code))


def member_faults(
    rows: Sequence[TypedMember], accounts: Iterable[int], units: Mapping[str, int]
) -> list[str]:
    """Return what cannot be read in the rows, each as a sentence that names the row."""
    known, found = set(accounts), []
    for place, one in enumerate(rows, 1):
        who = f"Dòng {place}" + (f" ({one.name[:60]})" if one.name else "")
        if not one.name:
            found.append(f"{who}: xin ghi họ tên.")
        if len(one.name) > 200 or len(one.office) > 200:
            found.append(f"{who}: họ tên, chức vụ dài tối đa 200 ký tự.")
        if one.duty not in DUTY_ORDER:
            found.append(f"{who}: xin chọn nhiệm vụ trong danh sách.")
        if one.account and number_in(one.account) not in known:
            found.append(f"{who}: tài khoản được chọn không còn vai trò ở đây.")
        unknown = [code for code in codes_in(one.codes) if code not in units]
        if unknown:
            found.append(f"{who}: không có đơn vị mang mã {', '.join(unknown[:5])[:100]}.")
    return found


class MeetingForm(VersionedForm):
    """When and where, who led and wrote; attendance stands beside each member."""

    held_on = Day("Ngày họp", [Optional()])
    held_time = TimeField("Giờ họp", [Optional()])
    venue = Line("Địa điểm", [longest(200)])
    presiding = SelectField("Chủ trì", validate_choice=False)
    scribe = SelectField("Người ghi biên bản", validate_choice=False)
    discussion = Lines("Nội dung trao đổi chung", [longest(MOST_TEXT)])
    conclusion = Lines("Kết luận chung", [longest(MOST_TEXT)])

    def offer(self, members: Sequence[Member]) -> MeetingForm:
        """Offer the members as those who lead and write; returns the form."""
        choices = [
            SelectChoice("", "Chọn thành viên"),
            *(SelectChoice(str(one.number), one.name) for one in members),
        ]
        self.presiding.choices = self.scribe.choices = choices
        return self

    def validate(self, extra_validators: Any = None) -> bool:
        """Validate, and say in Vietnamese what is wrong with a day or an hour."""
        good = bool(super().validate(extra_validators))
        if self.held_time.errors:
            self.held_time.errors = [WRONG_TIME]
        on, at = self.held_on.data, self.held_time.data
        if good and on and not 2000 <= on.year < 2100:
            self.held_on.errors = [WRONG_DAY]
            return False
        if good and (on is None) != (at is None):
            (self.held_time if on else self.held_on).errors = ["Xin ghi cả ngày và giờ họp."]
            return False
        return good

    def noted(self, attendance: dict[int, tuple[bool | None, str]]) -> Noted:
        """Return what was typed of a valid form."""
        on, at = self.held_on.data, self.held_time.data
        return Noted(
            datetime.combine(on, at, ZONE) if on and at else None,
            self.venue.data or "",
            number_in(self.presiding.data),
            number_in(self.scribe.data),
            attendance,
            self.discussion.data or "",
            self.conclusion.data or "",
        )


def typed_attendance(
    sent: Mapping[str, str], members: Sequence[Member]
) -> dict[int, tuple[bool | None, str]]:
    """Read who was there and why others were not, by a member's number."""
    said = {_YES: True, _NO: False}
    return {
        one.number: (
            said.get(sent.get(f"co-mat-{one.number}", "")),
            line(sent.get(f"ly-do-{one.number}", ""))[:200],
        )
        for one in members
    }


class VoteForm(VersionedForm):
    """Votes on one dossier and what comes of it."""

    agree = Line("Tán thành", [longest(6)])
    against = Line("Không tán thành", [longest(6)])
    abstain = Line("Không có ý kiến", [longest(6)])
    outcome = RadioField(
        "Kết luận",
        choices=[SelectChoice(code, word) for code, (word, _) in OUTCOMES.items()],
        validators=[InputRequired("Xin chọn kết luận.")],
    )
    note = Lines("Ý kiến, lý do", [longest(MOST_TEXT)])

    def validate(self, extra_validators: Any = None) -> bool:
        """Validate, and say which vote is no number."""
        good = bool(super().validate(extra_validators))
        for one in (self.agree, self.against, self.abstain):
            if one.data and number_in(one.data, 1_000) is None:
                one.errors = ["Xin ghi số phiếu bằng chữ số."]
                good = False
        return good

    @property
    def votes(self) -> Votes:
        """The votes typed."""
        return Votes(*(number_in(one.data, 1_000) for one in (self.agree, self.against, self.abstain)))


class BlockForm(VoteForm):
    """The one vote on the block."""

    outcome = RadioField(
        "Kết luận",
        choices=[SelectChoice(code, OUTCOMES[code][0]) for code in BLOCK_OUTCOMES],
        validators=[InputRequired("Xin chọn kết luận về nhóm hồ sơ.")],
    )


class OutForm(VersionedForm):
    """Which member wants a dossier discussed singly, and why."""

    who = SelectField("Thành viên đề nghị", validate_choice=False)
    why = Lines("Lý do xét riêng", [InputRequired("Xin ghi lý do xét riêng."), longest(1_000)])

    def offer(self, members: Sequence[Member]) -> OutForm:
        """Offer the members; returns the form."""
        self.who.choices = [
            SelectChoice("", "Chọn thành viên"),
            *(SelectChoice(one.name, one.name) for one in members),
        ]
        return self
