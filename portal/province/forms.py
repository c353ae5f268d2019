"""Forms of the province: a new district with its administrator, the demo clock, the answer to a report."""

from __future__ import annotations

from collections.abc import Iterable

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Regexp, ValidationError

from portal import words
from portal.figures.tables import COLUMNS, bieu_01
from portal.reports import narrative
from portal.reports.points import TABLES
from portal.typed import Day, line, lines
from tenants.places import TenantKind, Tier

KINDS = [
    SelectChoice(kind.value, words.TENANT_KINDS[kind]) for kind in TenantKind if kind != TenantKind.PROVINCE
]


def _tidy(text: str | None) -> str:
    return line(text or "")


def _text(label: str, longest: int, missing: str = "") -> StringField:
    checks: list[object] = [Length(max=longest, message=f"Dài nhất {longest} ký tự.")]
    if missing:
        checks.insert(0, DataRequired(missing))
    return StringField(label, filters=[_tidy], validators=checks)


SECTION = "muc:"
_ROWS = {
    tier: [(row.key, f"{row.order} {row.label}".strip()) for row in bieu_01({}, tier=tier)] for tier in Tier
}
_COLUMNS = [(c.number, f"{c.number}. {c.full_title}") for c in COLUMNS]
_PLACES = [
    *((table, f"Biểu {table[-2:]}") for table in TABLES),
    ("", "Phần lời"),
    *((SECTION + s.key, s.heading) for s in narrative.SECTIONS if s.key),
]


def _choices(pairs: Iterable[tuple[str, str]], none: str = "") -> list[SelectChoice]:
    first = [SelectChoice("", none)] if none else []
    return [*first, *(SelectChoice(value, label) for value, label in pairs)]


class PointForm(Form):
    """One point of a return: where in the report, and what is to be done."""

    table = SelectField("Ở phần nào", choices=_choices(_PLACES), default="bieu_01")
    row = SelectField("Dòng", choices=_choices(_ROWS[Tier.DISTRICT], "Cả biểu"), default="")
    column = SelectField("Cột", choices=_choices(_COLUMNS, "Cả dòng"), default="")
    text = TextAreaField(
        "Nội dung cần sửa",
        filters=[lambda text: lines(text or "")],
        validators=[Length(max=900, message="Dài nhất 900 ký tự.")],
    )

    def validate_row(self, field: SelectField) -> None:
        """Rows and columns belong to Biểu 01."""
        if field.data and self.table.data != "bieu_01":
            raise ValidationError("Dòng và cột chỉ dùng cho Biểu 01.")

    def validate_column(self, field: SelectField) -> None:
        """Rows and columns belong to Biểu 01."""
        if field.data and self.table.data != "bieu_01":
            raise ValidationError("Dòng và cột chỉ dùng cho Biểu 01.")

    def point(self) -> dict[str, str]:
        """Return the point as the answer keeps it; a section of the text stands before its words."""
        table, text = self.table.data or "", self.text.data or ""
        if table.startswith(SECTION):
            heading = dict(_PLACES)[table]
            table, text = "", f"Mục “{heading}”: {text}"
        return {"table": table, "row": self.row.data or "", "column": self.column.data or "", "text": text}


class AcceptForm(FlaskForm):
    """That the officer has read what becomes official."""

    seen = BooleanField(
        "Tôi đã xem phần lời và các biểu; nhận báo cáo này là không trả lại được nữa.",
        validators=[DataRequired("Đánh dấu khi đã xem phần lời và các biểu, rồi bấm Nhận báo cáo.")],
    )


class ReturnForm(FlaskForm):
    """A return: the points; lines left empty do not count."""

    points = FieldList(FormField(PointForm), min_entries=3, max_entries=50)

    def offer(self, tier: str) -> ReturnForm:
        """Offer the rows that Biểu 01 of a tier has; returns the form."""
        for entry in self.points:
            entry.form.row.choices = _choices(_ROWS[Tier(tier)], "Cả biểu")
        return self

    def given(self) -> list[dict[str, str]]:
        """Return the points that say something."""
        return [entry.form.point() for entry in self.points if entry.form.text.data]


class PlaceForm(FlaskForm):
    """A district and its first administrator on one page."""

    kind = SelectField("Loại", choices=KINDS)
    name = _text("Tên đầy đủ", 150, "Nhập tên đầy đủ, ví dụ Huyện An Lão.")
    code = StringField(
        "Mã",
        filters=[_tidy],
        validators=[
            DataRequired("Nhập mã, ví dụ AL."),
            Regexp(r"^[A-Za-z0-9-]{2,20}$", message="Mã gồm 2–20 chữ không dấu, số, gạch nối."),
        ],
    )
    seat = _text("Địa danh trên văn bản", 100, "Nhập địa danh, ví dụ An Lão.")
    valid_from = Day(
        "Hoạt động từ ngày",
        validators=[InputRequired("Nhập ngày, ví dụ 01/01/2026.")],
    )
    committee = _text("Cơ quan ban hành quyết định", 200)
    office = _text("Cơ quan chuyên môn", 200, "Nhập tên cơ quan chuyên môn.")
    symbol = _text("Ký hiệu văn bản", 20)
    login = StringField(
        "Tên đăng nhập",
        filters=[lambda text: _tidy(text).lower()],
        validators=[
            DataRequired("Nhập tên đăng nhập, ví dụ quantri.anlao."),
            Regexp(
                r"^[a-z0-9][a-z0-9._-]{2,59}$", message="3–60 chữ thường không dấu, số, dấu chấm, gạch nối."
            ),
        ],
    )
    full_name = _text("Họ tên", 200, "Nhập họ tên người quản trị.")
    phone = _text("Điện thoại", 30)
    email = _text("Thư điện tử", 200)


class ClockForm(FlaskForm):
    """A day and a time for the demo clock."""

    day = Day("Ngày", validators=[InputRequired("Nhập ngày, ví dụ 14/01/2027.")])
    hour = TimeField(
        "Giờ", format=["%H:%M", "%H:%M:%S"], validators=[InputRequired("Nhập giờ, ví dụ 23:59.")]
    )


class ReopeningAnswerForm(FlaskForm):
    """The Department's answer to a district that asks to amend an accepted report."""

    verdict = SelectField(
        "Trả lời",
        choices=[
            SelectChoice("", "Chọn trả lời"),
            SelectChoice("yes", "Đồng ý cho điều chỉnh"),
            SelectChoice("no", "Không đồng ý"),
        ],
        validators=[DataRequired("Xin chọn đồng ý hay không đồng ý.")],
    )
    answer = TextAreaField(
        "Lời trả lời",
        filters=[lambda text: lines(text or "")],
        validators=[Length(max=2000, message="Trả lời dài tối đa 2.000 ký tự.")],
    )
