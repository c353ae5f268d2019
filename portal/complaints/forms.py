"""Forms of a complaint: what the unit sends, what the district answers. They shape, they do not judge."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectChoice, SelectMultipleField
from wtforms.validators import InputRequired, Length, StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

from portal.typed import Line, Lines

from .operations import MOST_TEXT, MOST_WISH
from .rules import GROUNDS, OUTCOME_HINTS, OUTCOMES


class _VietnameseForm(FlaskForm):
    class Meta:
        """Vietnamese sentences for what cannot be read."""

        locales = ("vi",)


class Checkboxes(SelectMultipleField):
    """Several of a list, each a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class SendForm(_VietnameseForm):
    """What a unit complains of; its files come beside it. `against`: the number of the decision its page named."""

    against = HiddenField()
    grounds = Checkboxes(
        "Lý do khiếu nại",
        choices=[SelectChoice(code, words) for code, words in GROUNDS.items()],
        validators=[InputRequired("Xin chọn ít nhất một lý do khiếu nại.")],
    )
    body = Lines(
        "Nội dung khiếu nại",
        validators=[
            InputRequired("Xin viết nội dung khiếu nại."),
            Length(1, MOST_TEXT, f"Nội dung dài tối đa {MOST_TEXT} ký tự."),
        ],
    )
    wish = Lines(
        "Đề nghị của đơn vị", validators=[Length(0, MOST_WISH, f"Đề nghị dài tối đa {MOST_WISH} ký tự.")]
    )


class VersionedForm(_VietnameseForm):
    """A form that says which version of the complaint was seen."""

    version = HiddenField()

    def validate_version(self, field: Any) -> None:
        """Refuse a version that was not sent or is no number."""
        if not (field.data or "").isascii() or not (field.data or "").isdigit() or len(field.data) > 9:
            raise StopValidation("Trang thiếu thông tin phiên bản. Xin tải lại trang rồi gửi lại.")

    @property
    def seen(self) -> int:
        """The version the page showed."""
        return int(self.version.data)


class ReasonForm(VersionedForm):
    """A reason: of a withdrawal, of not taking a complaint up, of a longer term."""

    reason = Lines("Lý do", validators=[Length(0, MOST_WISH, f"Lý do dài tối đa {MOST_WISH} ký tự.")])


class AnswerForm(VersionedForm):
    """The district's answer."""

    outcome = RadioField(
        "Kết quả giải quyết",
        choices=[SelectChoice(code, f"{words}: {OUTCOME_HINTS[code]}") for code, words in OUTCOMES.items()],
        validators=[InputRequired("Xin chọn kết quả giải quyết.")],
    )
    number = Line("Số, ngày văn bản trả lời", validators=[Length(0, 60, "Số văn bản dài tối đa 60 ký tự.")])
    text = Lines(
        "Nội dung trả lời",
        validators=[
            InputRequired("Xin viết nội dung trả lời; đơn vị sẽ đọc nguyên văn."),
            Length(1, MOST_TEXT, f"Nội dung dài tối đa {MOST_TEXT} ký tự."),
        ],
    )
