"""Forms on the quality pages: one number for the limit of every rule."""

from __future__ import annotations

import re
from typing import Any

from wtforms.validators import InputRequired, ValidationError

from portal.typed import Line, VietnameseForm

from .rules import LIMITS, Limit, Rule

_WHOLE = re.compile(r"[0-9]{1,4}", re.ASCII)


class LimitsForm(VietnameseForm):
    """The limit of every rule."""

    @property
    def wanted(self) -> dict[Rule, int]:
        """The limits that were typed."""
        return {rule: int(self[rule.value].data) for rule in Rule}


def _within(known: Limit) -> Any:
    def check(_form: VietnameseForm, field: Any) -> None:
        if not _WHOLE.fullmatch(field.data or "") or not known.least <= int(field.data) <= known.most:
            raise ValidationError(f"{known.title}: xin ghi số nguyên từ {known.least} đến {known.most}.")

    return check


for _rule, _known in LIMITS.items():
    _asked = InputRequired(f"{_known.title}: xin ghi một số, ví dụ {_known.default}.")
    setattr(LimitsForm, _rule.value, Line(_known.title, [_asked, _within(_known)]))
