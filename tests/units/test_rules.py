"""What an entry of the registry may look like."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import islice
from typing import Any

import pytest

from portal.units.rules import Details, always_sensitive, closing_fault, code_series, faults, same_place

TODAY = date(2027, 1, 10)
GOOD = Details(
    "Trường Tiểu học Mỹ Đức", "primary", True, date(1965, 9, 5), code="AL-003", commune="Xã Mỹ Đức"
)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "12345"}, "name"),
        ({"name": "=cmd|' /C calc'!A0"}, "name"),
        ({"name": "+84 trường"}, "name"),
        ({"name": "T" * 301}, "name"),
        ({"kind": ""}, "kind"),
        ({"kind": "castle"}, "kind"),
        ({"code": "Mã có dấu"}, "code"),
        ({"code": "-AL"}, "code"),
        ({"code": "A" * 31}, "code"),
        ({"code": "A/B"}, "code"),
        ({"email": "không phải thư"}, "email"),
        ({"email": "a@b"}, "email"),
        ({"email": "a@b.vn, c@d.vn"}, "email"),
        ({"phone": "gọi cô Lan"}, "phone"),
        ({"phone": "123"}, "phone"),
        ({"opened_on": None}, "opened_on"),
        ({"opened_on": date(2028, 6, 1)}, "opened_on"),
        ({"commune": "X" * 101}, "commune"),
    ],
)
def test_each_fault_stands_at_its_field(changes: dict[str, Any], field: str) -> None:
    """One sentence, at the field that has to be changed."""
    assert list(faults(replace(GOOD, **changes), TODAY)) == [field]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"code": ""},
        {"phone": "0225 3872 123"},
        {"phone": "(+84) 225.3872"[1:]},
        {"email": "c0.my-duc@anlao.haiphong.edu.vn"},
        {"name": "1 thành viên: Công ty TNHH Đèo Cả"},
        {"opened_on": date(2027, 9, 1)},
    ],
)
def test_good_entries(changes: dict[str, Any]) -> None:
    """What districts really write passes."""
    assert faults(replace(GOOD, **changes), TODAY) == {}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Xã Mỹ Đức", "mỹ đức", True),
        ("Thị trấn An Lão", "TT. An Lão", True),
        ("Xã Hoà Bình", "xã Hòa Bình", True),
        ("", "Xã Mỹ Đức", True),
        ("Xã Mỹ Đức", "Xã An Tiến", False),
    ],
)
def test_communes_however_they_are_written(one: str, other: str, same: bool) -> None:
    """The word before the name and the marks do not count."""
    assert same_place(one, other) is same


@pytest.mark.parametrize(
    ("codes", "following"),
    [
        ([], ["DV0001", "DV0002"]),
        (["AL-001", "AL-002"], ["AL-003", "AL-004"]),
        (["AL-001", "AL-002", "X9"], ["AL-003", "AL-004"]),
        (["DV0009", "DV0010"], ["DV0011", "DV0012"]),
        (["DV0001", "DV9999"], ["DV10000", "DV10001"]),
        (["CHUA-CO-SO"], ["DV0001", "DV0002"]),
    ],
)
def test_codes_continue_the_districts_own_series(codes: list[str], following: list[str]) -> None:
    """Never a code that is taken."""
    assert list(islice(code_series(codes), 2)) == following


def test_closing_days() -> None:
    """Between the opening and a year from now."""
    opened = date(2024, 1, 1)
    assert closing_fault(opened, date(2024, 1, 1), TODAY) is None
    for day in (None, date(2023, 12, 31), date(2029, 1, 1)):
        assert closing_fault(opened, day, TODAY)


def test_soldiers_and_police_are_never_counted_in_public() -> None:
    """The flag cannot be taken off them."""
    assert always_sensitive("military_police")
    assert not always_sensitive("primary")
