"""Forms of the room: what the public sends, what district and unit write. They shape, they do not judge."""

from __future__ import annotations

import secrets
from typing import Any

from wtforms import HiddenField, IntegerField, RadioField, SelectChoice, SelectField
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError

from portal.typed import Line, Lines, VersionedForm, VietnameseForm

from .rules import (
    FEWEST_DAYS,
    KIND_HINTS,
    KINDS,
    MOST_CONTACT,
    MOST_DAYS,
    MOST_LINKS,
    MOST_NAME,
    MOST_QUESTION,
    MOST_RESULT,
    MOST_TEXT,
    OUTCOME_HINTS,
    OUTCOMES,
    too_many_links,
)


def new_mark() -> str:
    """Return the mark of a fresh form, by which sending it twice is known."""
    return secrets.token_hex(16)


class SendForm(VietnameseForm):
    """What somebody without an account sends. `website` is a trap that people do not see; `mark` tells forms apart."""

    mark = HiddenField()
    kind = RadioField(
        "Anh/chị muốn",
        choices=[SelectChoice(code, f"{words}: {KIND_HINTS[code]}") for code, words in KINDS.items()],
        validators=[InputRequired("Xin chọn gửi câu hỏi hay phản ánh.")],
    )
    body = Lines(
        "Nội dung",
        validators=[
            InputRequired("Xin viết nội dung."),
            Length(10, MOST_TEXT, f"Nội dung cần từ 10 đến {MOST_TEXT} ký tự."),
        ],
    )
    name = Line("Họ tên", validators=[Length(0, MOST_NAME, f"Họ tên dài tối đa {MOST_NAME} ký tự.")])
    contact = Line(
        "Điện thoại hoặc thư điện tử",
        validators=[Length(0, MOST_CONTACT, f"Cách liên hệ dài tối đa {MOST_CONTACT} ký tự.")],
    )
    website = Line("Ô dành cho máy, xin để trống")

    def validate_body(self, field: Any) -> None:
        """Refuse what advertises."""
        if too_many_links(field.data or ""):
            raise ValidationError(
                f"Nội dung có nhiều hơn {MOST_LINKS} liên kết. Xin bớt liên kết rồi gửi lại."
            )

    def validate_website(self, field: Any) -> None:
        """Refuse a machine that fills whatever it finds."""
        if field.data:
            raise ValidationError("Ô dành cho máy phải để trống. Xin xóa chữ trong ô đó rồi gửi lại.")

    def fresh_mark(self) -> str:
        """Return the form's mark, a new one where none was sent."""
        mark = str(self.mark.data or "")
        return mark if len(mark) == 32 and mark.isascii() and mark.isalnum() else new_mark()


class ReceiptForm(VietnameseForm):
    """The receipt of something sent before."""

    receipt = Line("Mã nhận trả lời", validators=[InputRequired("Xin nhập mã đã hiện khi gửi.")])


class AssignForm(VersionedForm):
    """Who handles the case."""

    person = SelectField(
        "Người xử lý", validate_choice=False, validators=[InputRequired("Xin chọn người xử lý.")]
    )

    @property
    def account_id(self) -> int:
        """The account chosen; 0 for what is no number."""
        typed = str(self.person.data or "")
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else 0


class QuestionForm(VersionedForm):
    """What the district asks the unit."""

    question = Lines(
        "Câu hỏi gửi đơn vị",
        validators=[
            InputRequired("Xin viết câu hỏi gửi đơn vị."),
            Length(1, MOST_QUESTION, f"Câu hỏi dài tối đa {MOST_QUESTION} ký tự."),
        ],
    )


class ReplyForm(VietnameseForm):
    """The unit's answer."""

    reply = Lines(
        "Trả lời của đơn vị",
        validators=[
            InputRequired("Xin viết câu trả lời."),
            Length(1, MOST_TEXT, f"Trả lời dài tối đa {MOST_TEXT} ký tự."),
        ],
    )


class AnswerForm(VersionedForm):
    """The answer to who asked, and what everybody may read."""

    outcome = RadioField(
        "Kết quả xử lý",
        choices=[SelectChoice(code, f"{words}: {OUTCOME_HINTS[code]}") for code, words in OUTCOMES.items()],
        validators=[InputRequired("Xin chọn kết quả xử lý.")],
    )
    text = Lines(
        "Trả lời người gửi",
        validators=[
            InputRequired("Xin viết nội dung trả lời; người gửi sẽ đọc nguyên văn."),
            Length(1, MOST_TEXT, f"Nội dung dài tối đa {MOST_TEXT} ký tự."),
        ],
    )
    result = Lines(
        "Kết quả công khai",
        validators=[Length(0, MOST_RESULT, f"Kết quả công khai dài tối đa {MOST_RESULT} ký tự.")],
    )


class DismissForm(VersionedForm):
    """Why a case is closed without an answer."""

    reason = Lines(
        "Lý do đóng",
        validators=[
            InputRequired("Xin viết lý do đóng."),
            Length(1, MOST_RESULT, f"Lý do dài tối đa {MOST_RESULT} ký tự."),
        ],
    )


_SAID = f"Xin ghi số ngày làm việc từ {FEWEST_DAYS} đến {MOST_DAYS}."


class TermForm(VersionedForm):
    """Within how many working days there is an answer."""

    days = IntegerField(
        "Trả lời trong", validators=[InputRequired(_SAID), NumberRange(FEWEST_DAYS, MOST_DAYS, _SAID)]
    )
