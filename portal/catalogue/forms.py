"""Forms of the province on the catalogue: confirm a threshold, publish a version, open a year."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, IntegerField, SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, ValidationError

from portal.cycle.rules import Calendar
from portal.typed import Day, line

from .models import CatalogueIndicator
from .operations import LONGEST_DOCUMENT, SHORTEST_DOCUMENT


def _tidy(text: str | None) -> str:
    return line(text or "")


class ConfirmForm(FlaskForm):
    """One threshold: the value as read, the document it was read in, and that it was read."""

    class Meta:
        """The page carries one token per form itself; several of these forms stand on one page."""

        csrf = False

    value: Any
    document = StringField(
        "Văn bản đã đọc",
        filters=[_tidy],
        validators=[
            DataRequired("Ghi rõ văn bản đã đọc: số, ngày, điều khoản."),
            Length(
                SHORTEST_DOCUMENT, LONGEST_DOCUMENT, "Ghi số, ngày, điều khoản của văn bản (5–400 ký tự)."
            ),
        ],
    )
    read = BooleanField(
        "Tôi đã đọc văn bản này và giá trị trên đúng như văn bản.",
        validators=[DataRequired("Đánh dấu khi đã đối chiếu giá trị với văn bản.")],
    )
    seen = HiddenField()


class _ShareForm(ConfirmForm):
    value = StringField("Ngưỡng", filters=[lambda text: _tidy(text).removesuffix("%").strip()])

    def validate_value(self, field: StringField) -> None:
        """Take whole percentages only."""
        typed = field.data or ""
        if not (typed.isascii() and typed.isdigit() and int(typed[:6]) <= 100):
            raise ValidationError("Nhập phần trăm nguyên từ 0 đến 100 như văn bản ghi.")


def confirm_form(indicator: CatalogueIndicator, level: int, **begin: Any) -> ConfirmForm:
    """Return the form of one threshold, made for the kind of its indicator; names are unique on the page."""
    prefix = f"n{indicator.id}-{level}-"
    if indicator.kind == "share":
        return _ShareForm(prefix=prefix, **begin)
    if indicator.kind == "graded":
        names = [SelectChoice(str(place), f"Từ “{name}”") for place, name in enumerate(indicator.grades, 1)]
    else:
        names = [SelectChoice("1", "Phải có ở mức độ này")]

    class ChoiceForm(ConfirmForm):
        """A threshold chosen from a closed list."""

        value = SelectField("Yêu cầu", choices=[SelectChoice("", "Chọn"), *names])

        def validate_value(self, field: SelectField) -> None:
            """Ask for a choice."""
            if not field.data:
                raise ValidationError("Chọn yêu cầu như văn bản ghi.")

    return ChoiceForm(prefix=prefix, **begin)


class PublishForm(FlaskForm):
    """That the administrator knows what publishing means."""

    understood = BooleanField(
        "Tôi hiểu: sau khi ban hành, không số nào của bộ tiêu chí này thay đổi được nữa.",
        validators=[DataRequired("Đánh dấu vào ô xác nhận rồi bấm lại.")],
    )


def _day(label: str) -> Day:
    return Day(
        label,
        validators=[InputRequired("Nhập ngày, ví dụ 15/01/2027.")],
    )


class YearForm(FlaskForm):
    """A year and its dates; each deadline is the first day that is too late."""

    class Meta:
        """Vietnamese sentences for what cannot be read."""

        locales = ("vi",)

    year = IntegerField(
        "Năm đánh giá",
        validators=[InputRequired("Nhập năm."), NumberRange(2020, 2100, "Nhập năm gồm bốn chữ số.")],
    )
    opens_on = _day("Mở năm từ ngày")
    submit_before = _day("Đơn vị nộp trước ngày")
    decide_before = _day("Quyết định trước ngày")
    report_before = _day("Báo cáo Sở trước ngày")

    def calendar(self) -> Calendar:
        """Return the dates of a form that has been validated."""
        year, days = self.year.data, [f.data for f in self if isinstance(f, Day)]
        assert year is not None
        return Calendar(year, *[day for day in days if day is not None])
