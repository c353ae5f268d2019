"""What the paper in a file says of itself, as its form."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import DateField, StringField
from wtforms.validators import InputRequired, Length, Optional

from portal.dossiers.forms import WRONG_DAY


def _longest(most: int) -> Length:
    return Length(max=most, message=f"Xin viết ngắn hơn, tối đa {most} ký tự.")


class EvidenceForm(FlaskForm):
    """Title, number, date and issuer of a document."""

    title = StringField("Tên tài liệu", [InputRequired("Xin nhập tên tài liệu."), _longest(300)])
    number = StringField("Số, ký hiệu", [_longest(100)])
    issued_on = DateField("Ngày ban hành", [Optional()])
    issuer = StringField("Nơi ban hành", [_longest(200)])

    def validate(self, extra_validators: Any = None) -> bool:
        """Validate, and say in Vietnamese what is wrong with the day."""
        good = super().validate(extra_validators)
        if self.issued_on.errors:
            self.issued_on.errors = [WRONG_DAY]
        return bool(good)
