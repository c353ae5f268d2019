"""Forms of past results and disputes."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from wtforms import RadioField, SelectChoice, SelectField
from wtforms.validators import InputRequired, Length, ValidationError

from portal.catalogue.models import CriteriaVersion
from portal.typed import Day, Line, Lines, VietnameseForm

from .models import PastResult
from .operations import Told

LONGEST = 2_000
_LONG = Length(max=LONGEST, message="Xin viết ngắn hơn, tối đa 2.000 ký tự.")
_POINTS = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{1,2})?")


class ResultForm(VietnameseForm):
    """A past result as its decision says it."""

    year = Line("Năm", validators=[InputRequired("Xin nhập năm.")])
    version_id = SelectField("Thang đánh giá", coerce=int)
    points = Line("Số điểm (thang điểm)")
    level = SelectField(
        "Kết quả (thang mức độ)",
        choices=[
            SelectChoice("", "Không dùng"),
            SelectChoice("2", "Đạt mức độ 2"),
            SelectChoice("1", "Đạt mức độ 1"),
            SelectChoice("0", "Chưa đạt"),
        ],
    )
    decision_number = Line("Số quyết định", validators=[Length(max=60, message="Tối đa 60 ký tự.")])
    decided_on = Day("Ngày quyết định")
    issuer = Line("Cơ quan ban hành", validators=[Length(max=200, message="Tối đa 200 ký tự.")])
    note = Lines("Ghi chú", validators=[_LONG])

    def offer(self, versions: list[CriteriaVersion]) -> None:
        """Give the scales to choose from."""
        self.version_id.choices = [SelectChoice(version.id, version.name) for version in versions]

    def validate_year(self, field: Any) -> None:
        """A year is four digits."""
        if not re.fullmatch(r"[0-9]{4}", field.data or ""):
            raise ValidationError("Xin nhập năm bằng bốn chữ số, ví dụ 2023.")

    def validate_points(self, field: Any) -> None:
        """Points have at most two decimals."""
        if field.data and not _POINTS.fullmatch(field.data):
            raise ValidationError("Xin nhập số điểm, ví dụ 86 hoặc 86,5.")

    def told(self) -> Told:
        """Return what was typed as a past result."""
        points, level = self.points.data, self.level.data
        return Told(
            self.version_id.data,
            Decimal(points.replace(",", ".")) if points else None,
            int(level) if level else None,
            self.decision_number.data or "",
            self.decided_on.day,
            self.issuer.data or "",
            self.note.data or "",
        )


def as_typed(row: PastResult) -> dict[str, Any]:
    """Return a stored result as its form shows it."""
    names = ("version_id", "decision_number", "decided_on", "issuer", "note")
    return {
        **{name: getattr(row, name) for name in names},
        "year": str(row.year),
        "points": "" if row.points is None else f"{row.points.normalize():f}".replace(".", ","),
        "level": "" if row.level is None else str(row.level),
    }


class ClaimForm(VietnameseForm):
    """What a unit says is wrong with a past result."""

    claim = Lines(
        "Điều chưa đúng và căn cứ", validators=[InputRequired("Xin ghi điều chưa đúng và căn cứ."), _LONG]
    )


class AnswerForm(VietnameseForm):
    """The district's answer to a dispute."""

    corrected = RadioField(
        "Kết luận",
        choices=[
            SelectChoice("yes", "Đã sửa kết quả theo ý kiến của đơn vị"),
            SelectChoice("no", "Giữ kết quả đã ghi"),
        ],
        validators=[InputRequired("Xin chọn kết luận.")],
    )
    answer = Lines("Trả lời đơn vị", validators=[InputRequired("Xin ghi câu trả lời cho đơn vị."), _LONG])
