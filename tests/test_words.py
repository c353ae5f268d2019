"""Vietnamese words, numbers, dates, search form and dictionary order."""

import random
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal import words
from portal.units.kinds import SENSITIVE_KINDS, UNIT_KINDS

unhurried = settings(deadline=None)
KINDS = [
    "party_office",
    "government_office",
    "front_mass",
    "military_police",
    "enterprise",
    "commune_committee",
    "preschool",
    "primary",
    "lower_secondary",
    "primary_lower_secondary",
    "vocational_centre",
    "other_school",
    "association",
]


def test_kinds_stand_in_the_order_of_table_01():
    assert list(words.DISTRICT_KINDS) == KINDS
    assert tuple(words.UNIT_KINDS) == UNIT_KINDS
    groups = [kind.group for kind in words.DISTRICT_KINDS.values()]
    assert groups == ["1", "2", "3", "4", "5", "6", "7.1", "7.2", "7.3", "7.4", "7.5", "7.6", "8"]
    assert [k.group for k in words.kinds_of("province").values()] == ["1", "2", "3.1", "3.2", "3.3", "3.4"]
    assert [code for code, kind in words.UNIT_KINDS.items() if kind.sensitive] == [*SENSITIVE_KINDS]
    assert words.kind_order("preschool") == 6
    assert words.kind_name("upper_secondary").startswith("Trường trung học phổ thông")


def test_every_word_is_nfc_and_every_tone_known():
    tables = (words.DOSSIER_STATES, words.REPORT_STATES, words.OUTCOMES, words.RESULTS)
    states = [state for table in tables for state in table.values()]
    assert {state.tone for state in states} == {"ok", "no", "wait", "go", "na"}
    texts = [t for state in states for t in (state.name, state.unit_name)]
    texts += [*words.ROLES.values(), *words.CHANNELS.values()]
    texts += [t for kind in words.UNIT_KINDS.values() for t in (kind.name, kind.inline, kind.short)]
    texts += [t for count in words.HEADCOUNTS.values() for t in (count.name, count.inline, count.none)]
    assert all(text and text == words.nfc(text) for text in texts)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0"), (999, "999"), (1548, "1.548"), (1234567, "1.234.567"), (-1548, "-1.548")],
)
def test_number(value, shown):
    assert words.number(value) == shown


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (35, 37, "94,59 %"),
        (33, 37, "89,18 %"),
        (8996, 10000, "89,96 %"),
        (89999, 100000, "89,99 %"),
        (899999, 1000000, "89,99 %"),
        (900001, 1000000, "90,00 %"),
        (9, 10, "90 %"),
        (37, 37, "100 %"),
        (0, 37, "0 %"),
        (1, 3, "33,33 %"),
        (5, 0, "–"),
    ],
)
def test_percent(part, whole, shown):
    assert words.percent(part, whole) == shown


def test_percent_with_fewer_places():
    assert words.percent(1548, 1652, 1) == "93,7 %"
    assert words.percent(1999, 2000, 0) == "99 %"


@unhurried
@given(whole=st.integers(1, 10**7), data=st.data(), threshold=st.integers(1, 100))
def test_percent_never_shows_a_threshold_that_is_not_reached(whole, data, threshold):
    part = data.draw(st.integers(0, whole))
    shown = words.percent(part, whole).removesuffix(" %").replace(".", "").replace(",", ".")
    assert (float(shown) >= threshold) == (100 * part >= threshold * whole)


def test_dates_are_vietnamese():
    assert words.day(date(2027, 1, 15)) == "15/01/2027"
    late_evening = datetime(2027, 1, 14, 17, 0, tzinfo=UTC)
    assert words.moment(late_evening) == "15/01/2027 00:00"
    assert words.day(late_evening) == "15/01/2027"
    with pytest.raises(ValueError, match="zone"):
        words.moment(datetime(2027, 1, 14))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (date(2027, 2, 6), "ngày 06 tháng 02 năm 2027"),
        (date(2027, 3, 9), "ngày 09 tháng 3 năm 2027"),
        (date(2027, 12, 15), "ngày 15 tháng 12 năm 2027"),
    ],
)
def test_long_day_follows_the_decree(value, shown):
    assert words.long_day(value) == shown


def test_file_size():
    sizes = (12, 340_500, 1_250_000, 2_000_000_000)
    assert [words.file_size(n) for n in sizes] == ["12 byte", "340 kB", "1,2 MB", "2,0 GB"]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Trường THCS  Đông Hà ", "truong thcs dong ha"),
        ("Hòa", "hoa"),
        ("Hoà", "hoa"),
        ("ƯỚC", "uoc"),
        ("Đặng\u00a0Ứng\nHòa", "dang ung hoa"),
        ("Mỹ Đức".encode().decode(), "my duc"),
    ],
)
def test_fold(text, folded):
    assert words.fold(text) == folded


def test_fold_takes_decomposed_input():
    assert words.fold("Tie\u0302\u0309u ho\u0323c") == words.fold("Tiểu học") == "tieu hoc"
    assert words.nfc("Tie\u0302\u0309u") == "Tiểu"


ORDERED = [
    "An", "Án", "An Lão", "An Thái", "An Thắng", "An Thọ", "Ăn", "Ân", "Ấn", "Bát Trang", "Da", "Đa", "Hà",
    "Hả", "Hã", "Há", "Hạ", "Hòa Bình", "Tiểu học số 2", "Tiểu học số 10", "Tiểu học số 010 B", "Trường Thọ",
    "U", "Ư",
]  # fmt: skip


def test_sort_key_is_dictionary_order_by_bytes():
    shuffled = ORDERED[:]
    random.Random(7).shuffle(shuffled)
    assert sorted(shuffled, key=lambda text: words.sort_key(text).encode()) == ORDERED


def test_sort_key_ignores_case_punctuation_and_placement_of_the_tone():
    assert words.sort_key("TRƯỜNG [Hòa]") == words.sort_key("Trường Hoà")
    assert words.sort_key("GDNN-GDTX") == words.sort_key("gdnn gdtx")
    assert words.sort_key("") == " "


@unhurried
@given(st.text(), st.text())
def test_sort_key_puts_a_name_before_its_longer_form(first, second):
    assert words.sort_key(first) <= words.sort_key(f"{first} {second}") or words.sort_key(second) == " "
