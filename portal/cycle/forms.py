"""The form of a day that the whole province has off, or works."""

from __future__ import annotations

from wtforms import RadioField, SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from portal.typed import Day, Line, VietnameseForm

from .days import KINDS


class DayForm(VietnameseForm):
    """One day."""

    day = Day("Ngày", [InputRequired("Xin nhập ngày, ví dụ 02/09/2027.")])
    kind = RadioField(
        "Là",
        choices=[SelectChoice(kind, name) for kind, name in KINDS.items()],
        default="off",
        validators=[InputRequired("Xin chọn ngày nghỉ hay ngày làm việc.")],
    )
    name = Line(
        "Lý do", [DataRequired("Xin ghi lý do."), Length(max=200, message="Lý do dài nhất 200 ký tự.")]
    )
