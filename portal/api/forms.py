"""The form of a new token."""

from __future__ import annotations

from wtforms import SelectChoice, SelectField
from wtforms.validators import DataRequired, InputRequired, Length

from portal.typed import Line, VietnameseForm

LIVES = {30: "30 ngày", 90: "90 ngày", 180: "180 ngày", 365: "365 ngày (dài nhất)"}


class TokenForm(VietnameseForm):
    """What a token is called, what for, and how long it lives."""

    name = Line(
        "Tên hệ thống được đọc",
        [
            DataRequired("Xin ghi tên hệ thống sẽ dùng khóa."),
            Length(max=100, message="Tên dài nhất 100 ký tự."),
        ],
    )
    purpose = Line(
        "Dùng để làm gì",
        [
            DataRequired("Xin ghi khóa dùng để làm gì."),
            Length(max=300, message="Mục đích dài nhất 300 ký tự."),
        ],
    )
    days = SelectField(
        "Thời hạn",
        choices=[SelectChoice(str(days), name) for days, name in LIVES.items()],
        default="90",
        validators=[InputRequired("Xin chọn thời hạn.")],
    )
