"""Forms of the province on the catalogue: confirm a threshold, publish a version, open a year."""

from __future__ import annotations

from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal import words
from portal.cycle.rules import Calendar
from portal.typed import Day, Line, Lines, VietnameseForm, line

from .models import CatalogueIndicator
from .operations import LONGEST_DOCUMENT, SHORTEST_DOCUMENT


def _tidy(text: str | None) -> str:
    return line(text or "")


class ConfirmForm(VietnameseForm):
    """One threshold: the value as read, the document it was read in, and that it was read."""

    class Meta:
        """The page carries one token per form itself; several of these forms stand on one page."""

        csrf = False

    value: Any
    document = Line(
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
    value = Line("Ngưỡng", filters=[lambda text: _tidy(text).removesuffix("%").strip()])

    def validate_value(self, field: Line) -> None:
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


class PublishForm(VietnameseForm):
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


class YearForm(VietnameseForm):
    """A year and its dates; each deadline is the first day that is too late."""

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


class DraftForm(VietnameseForm):
    """A version to be drafted from another: its name, the document it stands on, and from when it holds."""

    name = Line(
        "Tên phiên bản",
        [DataRequired("Đặt tên cho phiên bản."), Length(5, 200, "Tên dài từ 5 đến 200 ký tự.")],
    )
    document = Line(
        "Văn bản làm căn cứ",
        [
            DataRequired("Ghi văn bản làm căn cứ: số, ngày, cơ quan ban hành."),
            Length(5, 300, "Ghi số, ngày, cơ quan của văn bản (5–300 ký tự)."),
        ],
    )
    valid_from = Day("Hiệu lực từ ngày", [InputRequired("Nhập ngày, ví dụ 01/01/2028.")])


class IndicatorForm(VietnameseForm):
    """An indicator of a draft: its words, whom it is for, and the document each change stands on."""

    wording = Lines(
        "Câu chữ",
        [DataRequired("Ghi câu chữ của chỉ tiêu."), Length(max=4000, message="Dài nhất 4.000 ký tự.")],
    )
    explanation = Lines("Giải thích", [Length(max=4000, message="Dài nhất 4.000 ký tự.")])
    every = BooleanField("Mọi loại hình đơn vị")
    kinds = SelectMultipleField(
        "Chỉ các loại hình", widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    public = SelectField(
        "Công lập",
        choices=[
            SelectChoice("", "Cả công lập và ngoài công lập"),
            SelectChoice("yes", "Chỉ công lập"),
            SelectChoice("no", "Chỉ ngoài công lập"),
        ],
    )
    has = SelectField(
        "Chỉ khi đơn vị có",
        choices=[
            SelectChoice("", "Không đặt điều kiện"),
            *(SelectChoice(code, known.name) for code, known in words.HEADCOUNTS.items()),
        ],
    )
    applies_note = Lines("Ghi chú áp dụng", [Length(max=4000, message="Dài nhất 4.000 ký tự.")])
    source = Line(
        "Căn cứ của thay đổi",
        [
            DataRequired("Ghi văn bản làm căn cứ: số, ngày, điều khoản."),
            Length(
                SHORTEST_DOCUMENT, LONGEST_DOCUMENT, "Ghi số, ngày, điều khoản của văn bản (5–400 ký tự)."
            ),
        ],
    )
    seen = HiddenField()

    def for_kinds(self, kinds: list[str]) -> IndicatorForm:
        """Offer the kinds of a version's scope."""
        self.kinds.choices = [SelectChoice(kind, words.kind_name(kind)) for kind in kinds]
        return self
