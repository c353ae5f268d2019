"""What forms of all rooms share: Vietnamese text in one normal form, days as dd/mm/yyyy, the version that was seen.

Control characters and bidi overrides never reach the database; a value that cannot be read stays in the
field as it was typed, with a sentence.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import DateField, Field, Form, HiddenField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import StopValidation
from wtforms.widgets import CheckboxInput, Input, ListWidget, TextInput, core

from portal.sentences import Sentences
from portal.spelling import nfc
from portal.templating import printed

_BLANK = re.compile(  # what takes part in a text and shows nothing: joiners, fillers, selectors, tags
    "[\\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]*"
)
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)
_DAY = re.compile(r"([0-9]{1,2})(?:\s*[/.-]\s*|\s+)([0-9]{1,2})(?:\s*[/.-]\s*|\s+)([0-9]{4})")
_BARE = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4})")
WRONG_DAY = "Xin viết ngày theo mẫu 15/01/2027."
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
EARLIEST, LATEST = date(1900, 1, 1), date(2100, 1, 1)


def _attributes(**given: Any) -> Markup:
    """Write the attributes of an input as WTForms does, which takes a formatter to each of them."""
    written = [_attribute(name, value) for name, value in sorted(given.items()) if value is not False]
    return Markup(" ".join(written))  # noqa: S704


def _attribute(name: str, value: Any) -> str:
    key = core.clean_key(name)
    if value is True:
        return str(key)
    # A markup's own `replace` would escape what it puts in.
    said = str.replace(printed(value), '"', "&quot;")
    return f'{key}="{said}"'


# Every widget asks the library's function by its name and none can be given another; the library's takes more than
# twenty times as long, which is most of what a form's inputs cost.
core.html_params = _attributes
Input.html_params = staticmethod(_attributes)


def line(text: str) -> str:
    """Return text as one line: NFC, no control characters, single spaces, none at the ends."""
    return _seen(" ".join(_UNSEEN.sub("", nfc(text)).split()))


def lines(text: str) -> str:
    """Return text that may have several lines: NFC, no control characters, no spaces at the ends."""
    return _seen(_UNSEEN.sub("", nfc(text).replace("\r\n", "\n").replace("\r", "\n")).strip())


def _seen(text: str) -> str:
    """Return a text, nothing where it has not one letter that shows."""
    return "" if _BLANK.fullmatch(text) else text


def read_day(text: str) -> date | None:
    """Read a day written 15/01/2027 (also with dots, dashes, spaces, as 15012027 or 2027-01-15); None where it is none."""
    bare = text.strip()
    match, iso = _DAY.fullmatch(bare) or _BARE.fullmatch(bare), _ISO.fullmatch(bare)
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
        """Keep what was typed in its normal form; whether something was typed is judged by that."""
        if valuelist:
            self.data = line(str(valuelist[0]))
            self.raw_data = [self.data]


class Lines(TextAreaField):
    """Text of several lines."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Keep what was typed in its normal form; whether something was typed is judged by that."""
        if valuelist:
            self.data = lines(str(valuelist[0]))
            self.raw_data = [self.data]


class DayInput(TextInput):
    """A box for a day: typed in the order people write it, whatever the language of the browser."""

    is_day = True

    def __call__(self, field: Field, **kwargs: Any) -> Markup:
        """Draw it with the keyboard of digits and the order of the parts."""
        given = {
            "inputmode": "numeric",
            "autocomplete": "off",
            "placeholder": "ngày/tháng/năm",
            "maxlength": 20,
        }
        drawn: Markup = super().__call__(field, **{**given, **kwargs})
        return drawn


class Day(DateField):
    """A day written dd/mm/yyyy; `data` (also `day`) holds it, None where nothing was typed.

    No date picker of the browser: it shows the day in the order of the browser's own language, often the month
    first, and officials type days faster than they click them.
    """

    widget = DayInput()

    @property
    def day(self) -> date | None:
        """The day."""
        found: date | None = self.data
        return found

    def _value(self) -> str:
        if self.raw_data:
            return line(str(self.raw_data[0]))
        return f"{self.data:%d/%m/%Y}" if isinstance(self.data, date) else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the day; raises ValueError with the sentence for what is none."""
        if not valuelist:
            return
        typed = line(str(valuelist[0]))
        self.data = read_day(typed)
        if typed and self.data is None:
            raise ValueError(WRONG_DAY)


class Checkboxes(SelectMultipleField):
    """Several of a list, each a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class Vietnamese:
    """The `Meta` of forms that say in Vietnamese what they cannot read."""

    def get_translations(self, _form: Form) -> Sentences:
        """Return where the sentences of WTForms itself are looked up."""
        return Sentences()


class VietnameseForm(FlaskForm):
    """A form that says in Vietnamese what it cannot read."""

    Meta = Vietnamese


class VietnamesePart(Form):
    """A form inside a form, in the same language."""

    Meta = Vietnamese


class VersionedForm(VietnameseForm):
    """A form that says which version of the page was seen, so that nothing unseen is overwritten."""

    version = HiddenField()

    def validate_version(self, field: Any) -> None:
        """Refuse a version that was not sent or is no number."""
        if not (field.data or "").isascii() or not (field.data or "").isdigit() or len(field.data) > 9:
            raise StopValidation("Trang thiếu thông tin phiên bản. Xin tải lại trang rồi gửi lại.")

    @property
    def seen(self) -> int:
        """The version the page showed."""
        return int(self.version.data)
