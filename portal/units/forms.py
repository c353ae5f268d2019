"""Forms of the registry; they shape what was typed, `rules.faults` judges it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, SelectChoice, SelectField
from wtforms.validators import Optional

from portal import words
from portal.typed import Day, Line, VietnameseForm
from portal.web import kinds_here

from .rules import CONTACT, LABELS, Details


class _Entry(VietnameseForm):
    version = HiddenField()

    def seen_version(self) -> int:
        """Return the version the page showed; 0, which none has, for anything else."""
        typed = self.version.data or ""
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0

    def take_faults(self, found: dict[str, str]) -> None:
        """Put each sentence at its field."""
        for name, sentence in found.items():
            self[name].errors = [sentence]


class UnitForm(_Entry):
    """A whole entry of the registry."""

    superior = Line(LABELS["superior"])
    symbol = Line(LABELS["symbol"])
    address = Line(LABELS["address"])
    phone = Line(LABELS["phone"])
    email = Line(LABELS["email"])
    head_name = Line(LABELS["head_name"])
    head_title = Line(LABELS["head_title"])
    code = Line(LABELS["code"])
    name = Line(LABELS["name"])
    kind = SelectField(
        LABELS["kind"],
        choices=lambda: [
            SelectChoice("", "Chọn loại hình"),
            *(SelectChoice(kind.code, kind.name) for kind in kinds_here().values()),
        ],
        validate_choice=False,
    )
    public = SelectField(
        "Sở hữu",
        choices=[SelectChoice("yes", words.public_name(True)), SelectChoice("no", words.public_name(False))],
        validate_choice=False,
    )
    sensitive = BooleanField("Không công khai số người của đơn vị này")
    commune = Line(LABELS["commune"])
    opened_on = Day(LABELS["opened_on"], [Optional()])
    confirmed = BooleanField("Đây là một đơn vị khác, vẫn lưu")

    @classmethod
    def showing(cls, details: Details, version: int = 0) -> UnitForm:
        """Return the form filled with an entry."""
        begin: dict[str, Any] = asdict(details) | {"public": "yes" if details.public else "no"}
        return cls(formdata=None, data=begin | {"version": str(version)})

    def details(self) -> Details:
        """Return what was typed as an entry."""
        typed = {name: self[name].data or "" for name in ("code", "name", "kind", "commune", *CONTACT)}
        return Details(
            **typed,
            public=self.public.data != "no",
            sensitive=bool(self.sensitive.data),
            opened_on=self.opened_on.day,
        )


class CloseForm(_Entry):
    """The last day of a unit."""

    closed_on = Day("Ngày hoạt động cuối cùng", [Optional()])


class ImportForm(VietnameseForm):
    """A filled-in template."""

    file = FileField("Tệp danh mục (.xlsx hoặc .csv)")
