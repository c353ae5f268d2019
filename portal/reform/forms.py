"""What is typed of a plan: what it begins with, a place after the reform, a reason."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import HiddenField, SelectChoice, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, Length, Regexp, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal import words
from portal.place_kinds import OF_PROVINCE
from portal.typed import Day, Line, Lines, VietnameseForm
from tenants.places import Tenant, TenantKind

from .models import Reform
from .operations import Basics
from .rules import Kind, Successor
from .wording import KINDS

_PLACE_KINDS = [
    SelectChoice(kind.value, words.TENANT_KINDS[kind]) for kind in TenantKind if kind not in OF_PROVINCE
]


def _longest(number: int) -> Length:
    return Length(max=number, message=f"Dài nhất {number} ký tự.")


class BasicsForm(VietnameseForm):
    """What a plan begins with; `version` is the one the page showed."""

    version = HiddenField()
    kind = SelectField("Loại sắp xếp", choices=[SelectChoice(kind.value, KINDS[kind].name) for kind in Kind])
    sources = SelectMultipleField(
        "Nơi được sắp xếp",
        coerce=int,
        validators=[InputRequired("Xin chọn ít nhất một nơi.")],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    effective_on = Day("Ngày hiệu lực", [InputRequired("Nhập ngày, ví dụ 01/07/2027.")])
    document_number = Line(
        "Số, ký hiệu văn bản", [InputRequired("Xin ghi số, ký hiệu văn bản."), _longest(60)]
    )
    document_dated = Day("Ngày văn bản", [InputRequired("Nhập ngày ký văn bản.")])
    document_issuer = Line("Cơ quan ban hành", [InputRequired("Xin ghi cơ quan ban hành."), _longest(200)])
    back_days = Line("Số ngày còn được trả lại", default="30")

    def offer(self, places: Sequence[Tenant]) -> BasicsForm:
        """Offer the places that may be changed; returns the form."""
        self.sources.choices = [SelectChoice(place.id, place.name) for place in places]
        return self

    @classmethod
    def showing(cls, reform: Reform) -> BasicsForm:
        """Return the form filled with a plan."""
        names = ("kind", "sources", "effective_on", "document_number", "document_dated", "document_issuer")
        data = {name: getattr(reform, name) for name in names}
        data |= {"back_days": str(reform.back_days), "version": str(reform.version)}
        return cls(formdata=None, data=data)

    def validate_back_days(self, field: Line) -> None:
        """A whole number of days, at most a year."""
        text = field.data or ""
        if not (text.isascii() and text.isdigit() and len(text) < 4 and int(text) <= 365):
            raise ValidationError("Nhập số ngày từ 0 đến 365.")

    def basics(self) -> Basics:
        """Return what was typed."""
        assert self.effective_on.day is not None
        assert self.document_dated.day is not None
        return Basics(
            Kind(self.kind.data),
            self.sources.data or [],
            self.effective_on.day,
            self.document_number.data or "",
            self.document_dated.day,
            self.document_issuer.data or "",
            int(self.back_days.data or 0),
        )


class SuccessorForm(VietnameseForm):
    """A place after the reform: chosen among those that exist, or typed; empty words come from its kind's template."""

    version = HiddenField()
    existing = SelectField("Nơi đã có", coerce=int, default=0, validate_choice=False)
    kind = SelectField("Loại", choices=_PLACE_KINDS, default="commune")
    name = Line("Tên đầy đủ", [_longest(150)])
    code = Line(
        "Mã", [Regexp(r"^$|^[A-Za-z0-9-]{2,20}$", message="Mã gồm 2–20 chữ không dấu, số, gạch nối.")]
    )
    seat = Line("Địa danh trên văn bản", [_longest(100)])
    committee = Line("Cơ quan ban hành quyết định", [_longest(200)])
    office = Line("Cơ quan chuyên môn", [_longest(200)])
    chair_title = Line("Chức danh người ký", [_longest(100)])
    symbol = Line("Ký hiệu văn bản", [_longest(20)])
    login = Line(
        "Tên đăng nhập của quản trị viên đầu tiên",
        [
            Regexp(
                r"^$|^[a-z0-9][a-z0-9._-]{2,59}$",
                message="3–60 chữ thường không dấu, số, dấu chấm, gạch nối.",
            )
        ],
    )
    full_name = Line("Họ tên quản trị viên", [_longest(200)])

    def offer(self, places: Sequence[Tenant]) -> SuccessorForm:
        """Offer the places that exist; returns the form."""
        self.existing.choices = [
            SelectChoice(0, "Nơi mới, ghi ở dưới"),
            *(SelectChoice(place.id, place.name) for place in places),
        ]
        return self

    def validate_name(self, field: Line) -> None:
        """A new place has a name."""
        if not self.existing.data and not field.data:
            raise ValidationError("Chọn một nơi đã có, hoặc ghi tên đầy đủ của nơi mới, ví dụ Xã An Lão.")

    def place(self, *, renamed: Tenant | None = None) -> Successor:
        """Return what was typed; of a renaming the place keeps its code."""
        if self.existing.data and renamed is None:
            return Successor("", "", self.existing.data)
        names = ("name", "kind", "seat", "committee", "office", "chair_title", "symbol", "login", "full_name")
        given = {name: getattr(self, name).data or "" for name in names}
        if renamed is not None:
            given |= {"login": "", "full_name": ""}
        return Successor("", code=renamed.code if renamed else self.code.data or "", **given)

    def validate_code(self, field: Line) -> None:
        """A new place has a code; a renamed one keeps its own."""
        if not self.existing.data and not field.data and not getattr(self, "renaming", False):
            raise ValidationError("Ghi mã của nơi mới, ví dụ mã đơn vị hành chính 11629.")


class ReasonForm(VietnameseForm):
    """Why something is confirmed or given back, with the sign that the preview was read."""

    version = HiddenField()
    reason = Lines("Lý do, căn cứ giao thực hiện", [InputRequired("Xin ghi lý do."), _longest(1000)])
