"""What is typed of a delegation, of a proposal, and of looking at another's pages."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import SelectChoice, SelectField, SelectMultipleField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from portal.dossiers.forms import longest
from portal.typed import Day, Line, VietnameseForm
from tenants.people import Role
from tenants.rights import delegable

from .operations import Given


class _OneOf(VietnameseForm):
    person = SelectField("Người", [InputRequired("Xin chọn người.")], validate_choice=False)

    def offer(self, people: Sequence[tuple[int, str]]) -> None:
        """Offer people, by account."""
        self.person.choices = [
            SelectChoice("", "Chọn người"),
            *(SelectChoice(str(number), name) for number, name in people),
        ]

    @property
    def account_id(self) -> int:
        """The chosen person; 0 for what is none."""
        typed = self.person.data or ""
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 18 else 0


class DelegationForm(_OneOf):
    """To whom, how long, what, by which document and why."""

    since = Day("Từ ngày", [InputRequired("Xin nhập ngày bắt đầu.")])
    until = Day("Đến hết ngày", [InputRequired("Xin nhập ngày kết thúc.")])
    rights = SelectMultipleField(
        "Ủy quyền việc gì",
        choices=[],
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    document = Line(
        "Số, ký hiệu văn bản ủy quyền", [InputRequired("Xin nhập số văn bản ủy quyền."), longest(100)]
    )
    dated = Day("Ngày văn bản", [InputRequired("Xin nhập ngày của văn bản.")])
    reason = Line("Lý do", [InputRequired("Xin ghi lý do ủy quyền."), longest(500)])

    def offer_rights(self, role: Role) -> None:
        """Offer the rights of the role one by one."""
        self.rights.choices = [(right.name, right.value.words) for right in delegable(role)]

    def given(self) -> Given:
        """Return the delegation as typed; only where the form is valid."""
        assert self.since.day is not None
        assert self.until.day is not None
        assert self.dated.day is not None
        return Given(
            self.account_id,
            self.since.day,
            self.until.day,
            self.document.data or "",
            self.dated.day,
            self.reason.data or "",
            tuple(dict.fromkeys(self.rights.data or ())),
        )


class ProposalForm(_OneOf):
    """Who shall decide, and why."""

    reason = Line(
        "Lý do, văn bản phân công", [InputRequired("Xin ghi lý do hoặc văn bản phân công."), longest(500)]
    )


class LookForm(VietnameseForm):
    """Whose pages, and why."""

    reason = Line("Lý do", [InputRequired("Xin ghi lý do xem."), longest(300)])
