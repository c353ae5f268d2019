"""Forms of the province: a new district with its administrator, the demo clock, the answer to a report."""

from __future__ import annotations

from typing import Any

from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    SelectChoice,
    SelectField,
    TimeField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Regexp, ValidationError

from portal import words
from portal.reports import narrative
from portal.reports.points import LISTS, MOST_POINTS, TABLES, Grids
from portal.typed import Day, Line, Lines, VietnameseForm, VietnamesePart, line, lines
from tenants.places import TenantKind

KINDS = [
    SelectChoice(kind.value, words.TENANT_KINDS[kind]) for kind in TenantKind if kind != TenantKind.PROVINCE
]


def _tidy(text: str | None) -> str:
    return line(text or "")


def _text(label: str, longest: int, missing: str = "") -> Line:
    checks: list[object] = [Length(max=longest, message=f"Dài nhất {longest} ký tự.")]
    if missing:
        checks.insert(0, DataRequired(missing))
    return Line(label, filters=[_tidy], validators=checks)


SECTION = "muc:"
_PLACES = [
    *((table, f"Biểu {table[-2:]}") for table in TABLES),
    ("", "Phần lời"),
    *((SECTION + key, heading) for key, heading in narrative.SKELETON.headings.items()),
]


def _of_table(value: str | None) -> tuple[str, str]:
    """Return the table and the row or column that a choice names: "bieu_05|7.1"."""
    table, _, key = (value or "").partition("|")
    return table, key


def _own_table(form: Any, field: SelectField) -> None:
    """Refuse a row or column of another table than the one chosen."""
    table, _ = _of_table(field.data)
    if field.data and table != form.table.data:
        raise ValidationError(f"Chỗ này thuộc Biểu {table[-2:]}; xin chọn đúng biểu hoặc bỏ trống.")


class PointForm(VietnamesePart):
    """One point of a return: where in the report, and what is to be done. `offer` says which rows there are."""

    table = SelectField(
        "Ở phần nào", choices=[SelectChoice(value, label) for value, label in _PLACES], default="bieu_01"
    )
    row = SelectField("Dòng", choices=[], default="", validators=[_own_table])
    column = SelectField("Cột", choices=[], default="", validators=[_own_table])
    text = Lines(
        "Nội dung cần sửa",
        filters=[lambda text: lines(text or "")],
        validators=[Length(max=900, message="Dài nhất 900 ký tự.")],
    )

    def offer(self, known: Grids) -> None:
        """Offer the rows and columns of a report; a unit of Biểu 02 and 03 only where it is the one chosen."""
        self.row.choices = [SelectChoice("", "Cả biểu")]
        self.column.choices = [SelectChoice("", "Cả dòng")]
        for table, grid in known.items():
            rows = grid.rows
            if table in LISTS:
                chosen = _of_table(self.row.data)
                rows = {chosen[1]: rows[chosen[1]]} if chosen[0] == table and chosen[1] in rows else {}
            name = f"Biểu {table[-2:]}"
            self.row.choices += [
                SelectChoice(f"{table}|{key}", label, optgroup=name) for key, label in rows.items()
            ]
            self.column.choices += [
                SelectChoice(f"{table}|{key}", f"{key}. {title}", optgroup=name)
                for key, title in grid.columns.items()
            ]

    @property
    def is_free(self) -> bool:
        """Whether nothing was said or tied yet."""
        return not (self.text.data or self.row.data or self.column.data)

    def point(self) -> dict[str, str]:
        """Return the point as the answer keeps it; a section of the text stands before its words."""
        table, text = self.table.data or "", self.text.data or ""
        if table.startswith(SECTION):
            heading = dict(_PLACES)[table]
            table, text = "", f"Mục “{heading}”: {text}"
        row, column = _of_table(self.row.data)[1], _of_table(self.column.data)[1]
        return {"table": table, "row": row, "column": column, "text": text}


class AcceptForm(VietnameseForm):
    """That the officer has read what becomes official."""

    seen = BooleanField(
        "Tôi đã xem phần lời và các biểu; nhận báo cáo này là không trả lại được nữa.",
        validators=[DataRequired("Đánh dấu khi đã xem phần lời và các biểu, rồi bấm Nhận báo cáo.")],
    )


class ReturnForm(VietnameseForm):
    """A return: the points; lines left empty do not count."""

    points = FieldList(FormField(PointForm), min_entries=3, max_entries=MOST_POINTS)

    def offer(self, known: Grids) -> None:
        """Offer the rows and columns of a report to every point."""
        for entry in self.points:
            entry.form.offer(known)

    def more(self, many: int = 3) -> None:
        """Add empty lines, up to as many as a return may have."""
        for _ in range(min(many, MOST_POINTS - len(self.points))):
            self.points.append_entry()
        self._begin_at(next((entry.form for entry in self.points if entry.form.is_free), None))

    def _begin_at(self, form: PointForm | None) -> None:
        """Let the page open at the words of a point."""
        if form is not None:
            form.text.render_kw = {"autofocus": True}

    def tie(self, cell: str) -> int:
        """Tie the first empty point to a pressed cell ("bieu_05|7.1|3"); returns its place, 0 where none is free."""
        table, _, rest = cell.partition("|")
        row, _, column = rest.partition("|")
        if table not in TABLES:
            return 0
        free = [at for at, entry in enumerate(self.points) if entry.form.is_free]
        if not free:
            if len(self.points) < MOST_POINTS:
                self.points.append_entry()
            free = [len(self.points) - 1] if self.points[-1].form.is_free else []
        if not free:
            return 0
        form = self.points[free[0]].form
        form.table.data = table
        form.row.data = f"{table}|{row}" if row else ""
        form.column.data = f"{table}|{column}" if column else ""
        self._begin_at(form)
        return free[0] + 1

    def given(self) -> list[dict[str, str]]:
        """Return the points that say something."""
        return [entry.form.point() for entry in self.points if entry.form.text.data]


class PlaceForm(VietnameseForm):
    """A district and its first administrator on one page."""

    kind = SelectField("Loại", choices=KINDS)
    name = _text("Tên đầy đủ", 150, "Nhập tên đầy đủ, ví dụ Huyện An Lão.")
    code = Line(
        "Mã",
        filters=[_tidy],
        validators=[
            DataRequired("Nhập mã, ví dụ AL."),
            Regexp(r"^[A-Za-z0-9-]{2,20}$", message="Mã gồm 2–20 chữ không dấu, số, gạch nối."),
        ],
    )
    seat = _text("Địa danh trên văn bản", 100)
    valid_from = Day(
        "Hoạt động từ ngày",
        validators=[InputRequired("Nhập ngày, ví dụ 01/01/2026.")],
    )
    committee = _text("Cơ quan ban hành quyết định", 200)
    office = _text("Cơ quan chuyên môn", 200)
    symbol = _text("Ký hiệu văn bản", 20)
    login = Line(
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


class ClockForm(VietnameseForm):
    """A day and a time for the demo clock."""

    day = Day("Ngày", validators=[InputRequired("Nhập ngày, ví dụ 14/01/2027.")])
    hour = TimeField(
        "Giờ", format=["%H:%M", "%H:%M:%S"], validators=[InputRequired("Nhập giờ, ví dụ 23:59.")]
    )


class ReopeningAnswerForm(VietnameseForm):
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
    answer = Lines(
        "Lời trả lời",
        filters=[lambda text: lines(text or "")],
        validators=[Length(max=2000, message="Trả lời dài tối đa 2.000 ký tự.")],
    )
