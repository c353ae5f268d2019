"""Form fields for what people type: Vietnamese text in one normal form, days as dd/mm/yyyy.

Control characters and bidi overrides never reach the database; a value that cannot be read stays in the
field as it was typed, with a sentence.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from wtforms import StringField, TextAreaField

from portal.spelling import nfc

_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)
_DAY = re.compile(r"(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
EARLIEST, LATEST = date(1900, 1, 1), date(2100, 1, 1)


def line(text: str) -> str:
    """Return text as one line: NFC, no control characters, single spaces, none at the ends."""
    return " ".join(_UNSEEN.sub("", nfc(text)).split())


def lines(text: str) -> str:
    """Return text that may have several lines: NFC, no control characters, no spaces at the ends."""
    return _UNSEEN.sub("", nfc(text).replace("\r\n", "\n").replace("\r", "\n")).strip()


def read_day(text: str) -> date | None:
    """Read a day written 15/01/2027 (also with dots or dashes, or 2027-01-15); None where it is none."""
    match, iso = _DAY.fullmatch(text.strip()), _ISO.fullmatch(text.strip())
    try:
        if match:
            found = date(int(match[3]), int(match[2]), int(match[1]))
        elif iso:
            found = date(int(iso[1]), int(iso[2]), int(iso[3]))
        else:
            return None
    except ValueError:
        return None
    return found if EARLIEST <= found < LATEST else None


class Line(StringField):
    """One line of text."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Keep what was typed in its normal form."""
        if valuelist:
            self.data = line(str(valuelist[0]))


class Lines(TextAreaField):
    """Text of several lines."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Keep what was typed in its normal form."""
        if valuelist:
            self.data = lines(str(valuelist[0]))


class Day(StringField):
    """A day written dd/mm/yyyy; `day` holds it, None where nothing was typed."""

    day: date | None = None

    def process_data(self, value: Any) -> None:
        """Show a day of the database as people write it."""
        self.day = value if isinstance(value, date) else None
        self.data = f"{value:%d/%m/%Y}" if isinstance(value, date) else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the day; raises ValueError with the sentence for what is none."""
        if not valuelist:
            return
        self.data = line(str(valuelist[0]))
        self.day = read_day(self.data)
        if self.data and self.day is None:
            raise ValueError("Xin viết ngày theo mẫu 15/01/2027.")
