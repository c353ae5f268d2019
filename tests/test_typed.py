"""Days as officials type them: one field for every page, the same in every browser."""

from __future__ import annotations

from datetime import date

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form
from wtforms.validators import Optional

from portal.typed import WRONG_DAY, Day, read_day


class Typed(Form):
    """A form with a day that may be left out."""

    on = Day("Ngày", [Optional()])


@pytest.mark.parametrize(
    "text",
    [
        "05/02/2027",
        "5/2/2027",
        "5.2.2027",
        "05-02-2027",
        "05 02 2027",
        "05022027",
        " 5 / 2 / 2027 ",
        "2027-02-05",
    ],
)
def test_a_day_however_it_is_written(text: str) -> None:
    """Day first, with whatever stands between: a keyboard of digits has no stroke."""
    assert read_day(text) == date(2027, 2, 5)


@pytest.mark.parametrize(
    "text",
    ["", "31/02/2027", "5/2/27", "0502207", "02/2027", "٠٥/٠٢/٢٠٢٧", "5/2/0001", "hôm nay", "9" * 5000],
)
def test_what_is_no_day(text: str) -> None:
    """None, never another day than the one meant."""
    assert read_day(text) is None


def test_the_field_shows_the_day_as_it_is_written() -> None:
    """Digits' keyboard, day first, no picker of the browser; what cannot be read stays as typed, with a sentence."""
    shown = str(Typed(data={"on": date(2027, 2, 5)}).on())
    assert 'value="05/02/2027"' in shown
    assert 'type="text"' in shown
    assert 'inputmode="numeric"' in shown
    good = Typed(MultiDict({"on": "05022027"}))
    assert good.validate()
    assert good.on.data == good.on.day == date(2027, 2, 5)
    wrong = Typed(MultiDict({"on": "31/02/2027"}))
    assert not wrong.validate()
    assert wrong.on.errors == [WRONG_DAY]
    assert 'value="31/02/2027"' in str(wrong.on())
    empty = Typed(MultiDict({"on": " "}), data={"on": date(2027, 2, 5)})
    assert empty.validate()
    assert empty.on.data is None
