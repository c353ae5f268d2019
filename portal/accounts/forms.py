"""Forms of the accounts of a district."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import SelectField
from wtforms.validators import DataRequired, Length

from portal import words
from portal.tiers import tier_here
from portal.typed import Line, VietnameseForm
from tenants.people import Role

from .operations import NewPerson
from .rules import GIVEN


class PersonForm(VietnameseForm):
    """A new person."""

    full_name = Line(
        "Họ tên hoặc tên gọi",
        [DataRequired("Xin nhập họ tên."), Length(max=200, message="Họ tên dài nhất 200 ký tự.")],
    )
    login = Line(
        "Tên đăng nhập",
        [DataRequired("Xin nhập tên đăng nhập."), Length(max=60, message="Tên đăng nhập dài nhất 60 ký tự.")],
    )
    title = Line("Chức vụ", [Length(max=200, message="Chức vụ dài nhất 200 ký tự.")])
    email = Line("Thư điện tử", [Length(max=200, message="Thư điện tử dài nhất 200 ký tự.")])
    phone = Line("Điện thoại", [Length(max=30, message="Điện thoại dài nhất 30 ký tự.")])

    def person(self) -> NewPerson:
        """Return what was typed."""
        return NewPerson(
            self.login.data or "",
            self.full_name.data or "",
            self.title.data or "",
            self.email.data or "",
            self.phone.data or "",
        )


class RoleForm(VietnameseForm):
    """A role and, for roles of units, the unit."""

    role = SelectField("Vai trò", validate_choice=False)
    unit = SelectField("Đơn vị", validate_choice=False)
    reason = Line("Lý do, văn bản phân công", [Length(max=500, message="Lý do dài nhất 500 ký tự.")])

    def offer(self, units: Sequence[tuple[int, str]]) -> None:
        """Offer the roles a district gives, and its open units."""
        self.role.choices = [
            ("", "Chọn vai trò"),
            *((role.value, words.role_name(role.value, tier_here())) for role in GIVEN),
        ]
        self.unit.choices = [
            ("", "Không, làm việc ở nơi công nhận"),
            *((str(unit), name) for unit, name in units),
        ]

    def chosen(self) -> tuple[Role | None, int | None]:
        """Return the role (None for one that does not exist) and the unit."""
        typed, unit = self.role.data or "", self.unit.data or ""
        role = Role(typed) if typed in set(Role) else None
        return role, int(unit) if unit.isascii() and unit.isdigit() and len(unit) < 18 else None


class NewPersonForm(PersonForm, RoleForm):
    """A new person with a first role."""
