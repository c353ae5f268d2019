"""What the paper in a file says of itself, as its form."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import DateField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from portal import words
from portal.dossiers.forms import WRONG_DAY, tidy

from .documents import Particulars

KINDS = [SelectChoice(kind, name) for kind, name in words.DOCUMENT_KINDS.items()]


def _longest(most: int) -> Length:
    return Length(max=most, message=f"Xin viết ngắn hơn, tối đa {most} ký tự.")


class EvidenceForm(FlaskForm):
    """Kind, title, number, date, issuer of a document, and how long it holds."""

    kind = SelectField("Loại tài liệu", choices=KINDS, default="other")
    title = StringField("Tên tài liệu", [InputRequired("Xin nhập tên tài liệu."), _longest(300)])
    number = StringField("Số, ký hiệu", [_longest(100)])
    issued_on = DateField("Ngày ban hành", [Optional()])
    issuer = StringField("Nơi ban hành", [_longest(200)])
    valid_from = DateField("Có hiệu lực từ ngày", [Optional()])
    valid_until = DateField("Hết hiệu lực sau ngày", [Optional()])

    def validate(self, extra_validators: Any = None) -> bool:
        """Validate, and say in Vietnamese what is wrong with a day or the kind."""
        good = super().validate(extra_validators)
        for day in (self.issued_on, self.valid_from, self.valid_until):
            if day.errors:
                day.errors = [WRONG_DAY]
        if self.kind.errors:
            self.kind.errors = ["Xin chọn loại tài liệu trong danh sách."]
        return bool(good)

    def particulars(self) -> Particulars:
        """Return what was typed."""
        return Particulars(
            title=tidy(self.title.data),
            kind=self.kind.data,
            number=tidy(self.number.data),
            issued_on=self.issued_on.data,
            issuer=tidy(self.issuer.data),
            valid_from=self.valid_from.data,
            valid_until=self.valid_until.data,
        )
