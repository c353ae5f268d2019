"""The form of a wording: the text, from which year, the document it stands on."""

from __future__ import annotations

from wtforms import HiddenField, IntegerField
from wtforms.validators import DataRequired, InputRequired, Length

from portal.typed import Line, Lines, VietnameseForm


class TextForm(VietnameseForm):
    """One wording."""

    text = Lines("Câu chữ", [DataRequired("Xin ghi câu chữ.")])
    from_year = IntegerField("Từ năm đánh giá", [InputRequired("Nhập năm, gồm bốn chữ số.")])
    source = Line(
        "Căn cứ",
        [
            DataRequired("Ghi văn bản làm căn cứ: số, ngày."),
            Length(5, 400, "Ghi số, ngày của văn bản (5–400 ký tự)."),
        ],
    )
    version = HiddenField(default="0")

    @property
    def seen(self) -> int:
        """The version of the draft the page showed."""
        typed = self.version.data or ""
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else -1
