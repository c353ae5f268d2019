"""What the paper in a file says of itself, as its form."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from wtforms import SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from portal import words
from portal.dossiers.forms import tidy
from portal.typed import Day, Line, VietnameseForm

from .documents import Particulars
from .models import Evidence

NAMES = {field.name for field in fields(Particulars)}
KINDS = [SelectChoice(kind, name) for kind, name in words.DOCUMENT_KINDS.items()]


def _longest(most: int) -> Length:
    return Length(max=most, message=f"Xin viết ngắn hơn, tối đa {most} ký tự.")


class NotedForm(VietnameseForm):
    """Kind and time of a document: what may be said of it even after a signature."""

    kind = SelectField("Loại tài liệu", choices=KINDS, default="other")
    valid_from = Day("Có hiệu lực từ ngày", [Optional()])
    valid_until = Day("Có hiệu lực đến hết ngày", [Optional()])

    def validate(self, extra_validators: Any = None) -> bool:
        """Validate, and say in Vietnamese what is wrong with the kind."""
        good = super().validate(extra_validators)
        if self.kind.errors:
            self.kind.errors = ["Xin chọn loại tài liệu trong danh sách."]
        return bool(good)

    def particulars(self, file: Evidence) -> Particulars:
        """Return what was typed, and what the form does not ask as it is stored."""
        typed = {
            field.short_name: tidy(field.data) if isinstance(field, StringField) else field.data
            for field in self
            if field.short_name in NAMES
        }
        return replace(Particulars.of(file), **typed)


class EvidenceForm(NotedForm):
    """What the paper in a file says of itself, all of it."""

    title = Line("Tên tài liệu", [InputRequired("Xin nhập tên tài liệu."), _longest(300)])
    number = Line("Số, ký hiệu", [_longest(100)])
    issued_on = Day("Ngày ban hành", [Optional()])
    issuer = Line("Nơi ban hành", [_longest(200)])
