"""Forms of a complaint: what the unit sends, what the district answers. They shape, they do not judge."""

from __future__ import annotations

from wtforms import HiddenField, RadioField, SelectChoice
from wtforms.validators import InputRequired, Length

from portal.typed import Checkboxes, Line, Lines, VersionedForm, VietnameseForm

from .operations import MOST_TEXT, MOST_WISH
from .rules import GROUNDS, OUTCOME_HINTS, OUTCOMES


class SendForm(VietnameseForm):
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
