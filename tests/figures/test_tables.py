"""Biểu 01 from plain counts: order, subtotals, sums of every column, shares from whole numbers."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal import words
from portal.figures.rules import FIGURES, ZERO, Counts, gain_in_points, total
from portal.figures.tables import (
    NUMBERS,
    Row,
    bieu_01,
    bieu_01_t,
    counts_as_json,
    counts_from_json,
    points,
)
from portal.papers.forms import FIGURE_NUMBERS

COUNTS = st.builds(Counts, *(st.integers(0, 400) for _ in FIGURES))
KEYS = st.tuples(st.integers(1, 3), st.sampled_from(list(words.DISTRICT_KINDS)), st.booleans())


def test_rows_stand_in_the_order_of_the_form() -> None:
    """1 to 6, then 7 with its kinds, preschools told apart, 8, and the total."""
    rows = bieu_01({})
    assert [row.order for row in rows] == [
        *("1", "2", "3", "4", "5", "6", "7", "7.1", "", "", "7.2", "7.3", "7.4", "7.5", "7.6", "8", ""),
    ]
    assert [row.label for row in rows if row.role == "part"] == ["Công lập", "Ngoài công lập"]
    assert rows[-1].label == "Cộng"
    assert [row.label for row in rows if row.strong] == ["Cơ sở giáo dục", "Cộng"]


def test_columns_are_those_of_the_paper() -> None:
    """The pages and the PDF number the same columns."""
    assert NUMBERS == FIGURE_NUMBERS


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(KEYS, COUNTS, max_size=25))
def test_kinds_add_up_to_the_total_and_districts_to_the_province(
    counts: dict[tuple[int, str, bool], Counts],
) -> None:
    """Every column, whatever the figures (rules R6 and R11)."""
    rows = bieu_01(counts)
    whole = total(counts.values())
    assert total(row.counts for row in rows if row.role == "kind") == whole == rows[-1].counts
    schools = [row for row in rows if row.order.startswith("7.")]
    assert total(row.counts for row in schools) == next(r for r in rows if r.role == "subtotal").counts
    parts = [row for row in rows if row.role == "part"]
    assert total(row.counts for row in parts) == next(r for r in rows if r.order == "7.1").counts
    assert bieu_01_t(counts, [(1, "A"), (2, "B"), (3, "C")])[-1].counts == whole
    for row in rows:
        assert Row.from_json(row.as_json()) == row
    own = {key: value for key, value in counts.items() if key[0] == 1}
    assert counts_from_json(1, counts_as_json(own)) == own


def test_shares_come_from_whole_numbers() -> None:
    """Column 14 measures on dossiers, columns 20 and 23 on units; nothing is rounded up."""
    row = Row(
        "1", "", Counts(units=9, submitted=7, level_1=6, level_2=0, still_valid=2), Counts(units=9, level_1=5)
    )
    assert row.cell("14").text == words.percent(6, 7)
    assert row.cell("14").value == Fraction(6, 7)
    assert row.cell("20").text == words.percent(6, 9)
    assert row.cell("22").value == 8
    assert row.cell("23").note == "8/9"
    assert row.cell("24").text == "+33,33"


def test_what_is_not_known_is_a_dash() -> None:
    """No whole, no year before, nothing recorded: never 0 %; a report locked before visits were recorded keeps its dash."""
    row = Row("1", "", ZERO)
    assert {row.cell(number).text for number in ("5", "14", "20", "23", "24")} == {"–"}
    assert (row.cell("4").text, row.cell("12").text) == ("0", "0")
    old = row.as_json()
    del old["unrecorded"]
    assert Row.from_json(old).cell("12").text == "–"
    assert Row.from_json(row.as_json()) == row
    with pytest.raises(KeyError):
        row.cell("25")


def test_points_have_a_sign() -> None:
    """Column 24 in percentage points."""
    assert points(Fraction(-21, 10)) == "-2,10"
    assert points(Fraction(0)) == "0,00"
    assert gain_in_points(Counts(units=4, level_1=1), Counts(units=4, level_2=2)) == -25
    assert gain_in_points(Counts(units=4, level_1=1), ZERO) is None
    # 76,47 % and 95,09 % as they are written: exactly 18,627… points, but the reader subtracts what stands there.
    risen = gain_in_points(Counts(units=102, level_1=97), Counts(units=102, level_1=78))
    assert risen == Fraction("18.62")
