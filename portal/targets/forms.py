"""What is typed about a target."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from wtforms import HiddenField, SelectChoice, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal.dossiers.forms import longest
from portal.typed import Day, Line, Lines, VietnameseForm
from portal.web import kinds_here

from .models import DistrictTarget
from .operations import Wish
from .rules import Counting, Measure

_CODE = re.compile(r"(people|units|recognised):([A-Z0-9.a-z]{0,20}):([0-9]?)")


class TargetForm(VietnameseForm):
    """One target; `version` is the one the page showed."""

    version = HiddenField()
    title = Line("Tên mục tiêu", [InputRequired("Xin ghi tên mục tiêu."), longest(300)])
    measure = SelectField(
        "Đếm điều gì (tử số)", [InputRequired("Xin chọn điều được đếm.")], validate_choice=False
    )
    kinds = SelectMultipleField(
        "Loại hình đơn vị (mẫu số)",
        choices=lambda: [SelectChoice(kind.code, kind.name) for kind in kinds_here().values()],
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    goal = Line("Mục tiêu", [InputRequired("Xin ghi mục tiêu, từ 1 đến 100 %.")])
    due_on = Day("Hạn đạt mục tiêu", [InputRequired("Xin ghi hạn đạt mục tiêu.")])
    note = Lines("Ghi chú", [longest(2000)])

    def offer(self, measures: list[tuple[str, str]]) -> TargetForm:
        """Offer the measures the portal can compute; returns the form."""
        self.measure.choices = [
            SelectChoice("", "Chọn điều được đếm"),
            *(SelectChoice(c, w) for c, w in measures),
        ]
        return self

    @classmethod
    def showing(cls, row: DistrictTarget | None, due_on: date) -> TargetForm:
        """Return the form filled with a target, or for a new one with the day its numbers are closed."""
        if row is None:
            return cls(formdata=None, data={"due_on": due_on, "goal": "100"})
        data = {name: getattr(row, name) for name in ("title", "kinds", "due_on", "note")}
        data |= {"version": str(row.version), "measure": row.measure.code, "goal": str(row.goal)}
        return cls(formdata=None, data=data)

    def validate_measure(self, field: Any) -> None:
        """A measure is one of those offered."""
        if not _CODE.fullmatch(field.data or "") or field.data not in {c.value for c in field.choices}:
            raise ValidationError("Xin chọn điều được đếm trong danh sách.")

    def validate_kinds(self, field: Any) -> None:
        """Kinds are those of the law."""
        if not set(field.data or ()) <= set(kinds_here()):
            raise ValidationError("Xin chọn loại hình trong danh sách.")

    def validate_goal(self, field: Any) -> None:
        """A goal is a whole percentage."""
        bare = (field.data or "").removesuffix("%").strip()
        if not re.fullmatch(r"[0-9]{1,3}", bare, re.ASCII) or not 1 <= int(bare) <= 100:
            raise ValidationError("Xin ghi mục tiêu là số nguyên từ 1 đến 100.")

    def wish(self) -> Wish:
        """Return the target as typed; only where the form is valid."""
        assert self.due_on.day is not None
        found = _CODE.fullmatch(self.measure.data or "")
        assert found is not None
        least = int(found[3]) if found[3] else None
        measure = Measure(Counting(found[1]), found[2], least, frozenset(self.kinds.data or ()))
        goal = int((self.goal.data or "").removesuffix("%"))
        return Wish(self.title.data or "", measure, goal, self.due_on.day, self.note.data or "")


class RetireForm(VietnameseForm):
    """Why a target is given up."""

    version = HiddenField()
    reason = Line("Lý do", [InputRequired("Xin ghi lý do thôi mục tiêu này."), longest(500)])
