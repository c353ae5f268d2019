"""What is typed about a registration: the target and the word that the unit's data are right; the district's day."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField, RadioField, SelectChoice
from wtforms.validators import InputRequired, Optional

from portal.typed import Day, VietnameseForm

from .wording import TARGETS


def typed_number(text: str | None) -> int:
    """Return a version a form carries; 0, which stands for none, for anything else."""
    text = text or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


class RegistrationForm(VietnameseForm):
    """A unit's registration; `version` and `unit_version` are those the page showed."""

    version = HiddenField()
    unit_version = HiddenField()
    target = RadioField(
        "Mức độ phấn đấu",
        [InputRequired("Xin chọn mức độ 1, mức độ 2 hoặc duy trì.")],
        choices=[SelectChoice(code, known.name) for code, known in TARGETS.items()],
    )
    unit_right = BooleanField(
        "Thông tin đơn vị trên đây là đúng",
        [InputRequired("Xin xem lại thông tin đơn vị rồi đánh dấu là đúng, hoặc sửa trước khi đăng ký.")],
    )


class TermForm(VietnameseForm):
    """Until when a district takes registrations of a year; empty: until dossiers are due."""

    version = HiddenField()
    closes_before = Day("Nhận đăng ký trước ngày", [Optional()])
