"""Forms of a further decision: what the officer prepares, until when the unit answers, what it answers."""

from __future__ import annotations

from typing import Any

from wtforms import RadioField, SelectChoice, SelectField
from wtforms.validators import InputRequired, Length

from portal import words
from portal.typed import Day, Lines, VersionedForm

from .operations import MOST_TEXT
from .rules import GROUNDS


def _text(label: str, sentence: str) -> Lines:
    return Lines(
        label,
        validators=[
            InputRequired(sentence),
            Length(1, MOST_TEXT, f"{label} dài tối đa {MOST_TEXT} ký tự."),
        ],
    )


class RevokeForm(VersionedForm):
    """What the officer prepares to revoke a recognition; the file comes beside it."""

    ground = RadioField(
        "Lý do",
        choices=[SelectChoice(code, name) for code, name in GROUNDS["revoke"].items()],
        validators=[InputRequired("Xin chọn lý do.")],
    )
    reason = _text("Nội dung lý do", "Xin ghi nội dung lý do; đơn vị đọc nguyên văn.")
    legal_basis = _text("Căn cứ của quyết định", "Xin ghi căn cứ của quyết định, mỗi dòng một căn cứ.")
    complaint = SelectField("Khiếu nại được viện dẫn", validate_choice=False)

    @property
    def complaint_id(self) -> int | None:
        """The complaint chosen; -1 for what is none."""
        typed = self.complaint.data or ""
        if not typed:
            return None
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 18 else -1

    @property
    def level(self) -> int:
        """The level after it."""
        return 0


class CorrectForm(RevokeForm):
    """What the officer prepares to correct a result."""

    outcome = RadioField(
        "Kết quả sau điều chỉnh",
        choices=[SelectChoice(str(level), words.RESULTS[level].name) for level in (2, 1, 0)],
        validators=[InputRequired("Xin chọn kết quả sau điều chỉnh.")],
    )
    ground = RadioField(
        "Lý do",
        choices=[SelectChoice(code, name) for code, name in GROUNDS["correct"].items()],
        validators=[InputRequired("Xin chọn lý do.")],
    )

    @property
    def level(self) -> int:
        """The level after it."""
        return int(self.outcome.data)


def prepare_form(kind: str, complaints: list[Any], **given: Any) -> RevokeForm:
    """Return the form of a kind with the complaints that may be cited; `given`: what it shows, none: what was sent."""
    made = (RevokeForm if kind == "revoke" else CorrectForm)(**given)
    made.complaint.choices = [
        SelectChoice("", "Không viện dẫn khiếu nại"),
        *(SelectChoice(str(one.id), f"Khiếu nại gửi ngày {words.day(one.sent_at)}") for one in complaints),
    ]
    return made


class TellForm(VersionedForm):
    """Until when the unit may answer."""

    answer_by = Day(
        "Đơn vị trả lời đến hết ngày", validators=[InputRequired("Xin nhập ngày cuối để đơn vị trả lời.")]
    )


class HearingForm(VersionedForm):
    """What the unit says to what is intended."""

    text = _text("Ý kiến của đơn vị", "Xin viết ý kiến của đơn vị.")


class DropForm(VersionedForm):
    """Why what was intended is dropped."""

    drop_reason = _text("Lý do bỏ", "Xin ghi lý do bỏ dự thảo này.")
