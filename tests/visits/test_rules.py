"""Flags say their figures, the draw can be done again by anybody, and hours are read as people write them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from portal.visits.forms import read_hour
from portal.visits.rules import Facts, Figures, Flag, SharedFile, draw, flags, outsiders

FULL = Figures(24, "a=24/24", 5, ("2.1 = 24/24", "2.2 = 24/24", "2.3 = 24/24"), 3, 0)
USUAL = Figures(37, "a=36/37", 5, ("2.1 = 36/37", "2.2 = 30/37", "2.3 = 37/37"), 1, 2)
QUIET = Facts(year=2026, known_since=2025, visited_in=2025, recognised_before=True, now=USUAL)


def raised(**changes: object) -> dict[str, str]:
    """The flags of a quiet unit after some changes, with their sentences."""
    return {one.flag.value: one.sentence for one in flags(replace(QUIET, **changes))}  # type: ignore[arg-type]


def test_a_quiet_unit_raises_nothing() -> None:
    """Nothing is made up."""
    assert raised() == {}


@pytest.mark.parametrize(
    ("changes", "flag", "figures"),
    [
        ({"same_as": ("Trường B",)}, Flag.SAME_FIGURES, ("37", "3 số liệu", "Trường B", "2.1 = 36/37")),
        (
            {"files": (SharedFile("Kế hoạch", ("Trường B", "Trường C")),)},
            Flag.SAME_FILES,
            ("“Kế hoạch”", "Trường B và 1 đơn vị khác", "SHA-256"),
        ),
        ({"now": FULL}, Flag.ALL_FULL, ("Cả 3 tỷ lệ", "24 thành viên", "từ 20")),
        ({"before": USUAL}, Flag.UNCHANGED, ("5 chỉ tiêu", "37", "năm 2025")),
        ({"before": replace(USUAL, members=28, every="b")}, Flag.MEMBERS, ("37", "28", "tăng 32,14 %")),
        (
            {"uploads": 4, "first_upload": date(2027, 1, 9), "last_upload": date(2027, 1, 9)},
            Flag.ONE_DAY,
            ("Cả 4 tệp", "09/01/2027"),
        ),
        (
            {"requested_level": 2, "recognised_before": False, "last_year": "đơn vị không được công nhận"},
            Flag.LEVEL_2,
            ("mức độ 2", "năm 2025 đơn vị không được công nhận"),
        ),
        ({"known_since": None}, Flag.FIRST, ("2026",)),
        ({"visited_in": 2023}, Flag.UNVISITED, ("2023", "3 năm", "mức đã đặt: 3 năm")),
        (
            {"visited_in": None, "known_since": 2022},
            Flag.UNVISITED,
            ("Có hồ sơ, kết quả từ năm 2022", "4 năm"),
        ),
    ],
)
def test_each_flag_says_its_figures(changes: dict[str, object], flag: Flag, figures: tuple[str, ...]) -> None:
    """One sentence a flag, with the numbers behind it."""
    found = raised(**changes)
    said = found[flag]
    assert said.endswith(".")
    assert said.count(". ") == 0
    for figure in figures:
        assert figure in said


@pytest.mark.parametrize(
    ("changes", "flag"),
    [
        ({"same_as": ("Trường B",), "now": FULL}, Flag.SAME_FIGURES),  # all at 100 %: many units are alike
        ({"same_as": ("Trường B",), "discreet": True}, Flag.SAME_FIGURES),
        ({"now": replace(FULL, members=19)}, Flag.ALL_FULL),
        ({"now": FULL, "discreet": True}, Flag.ALL_FULL),
        ({"now": replace(FULL, full=2)}, Flag.ALL_FULL),
        ({"before": replace(USUAL, members=36)}, Flag.UNCHANGED),
        ({"before": replace(USUAL, members=29, every="b")}, Flag.MEMBERS),  # 27,6 %
        ({"before": replace(USUAL, members=0, every="b")}, Flag.MEMBERS),
        ({"uploads": 4, "first_upload": date(2026, 12, 9), "last_upload": date(2026, 12, 9)}, Flag.ONE_DAY),
        ({"uploads": 4, "first_upload": date(2027, 1, 8), "last_upload": date(2027, 1, 9)}, Flag.ONE_DAY),
        ({"uploads": 2, "first_upload": date(2027, 1, 9), "last_upload": date(2027, 1, 9)}, Flag.ONE_DAY),
        ({"requested_level": 2}, Flag.LEVEL_2),
        ({"requested_level": 2, "known_since": None, "recognised_before": False}, Flag.LEVEL_2),
        ({"visited_in": 2024}, Flag.UNVISITED),
    ],
)
def test_what_raises_no_flag(changes: dict[str, object], flag: Flag) -> None:
    """Below the mark, outside January, where numbers are not told: no flag."""
    assert flag not in raised(**changes)


def test_the_district_sets_the_years() -> None:
    """The same unit with another setting."""
    facts = replace(QUIET, visited_in=2024)
    assert [one.flag for one in flags(facts, 2)] == [Flag.UNVISITED]
    assert flags(facts, 3) == ()


def test_anybody_can_draw_again() -> None:
    """The draw follows the seed and the codes alone: not their order, not who draws; this seed gives these units."""
    codes = [f"AL-{number:03d}" for number in range(1, 41)]
    first = draw("9f2c1b7a00d3e455", codes, 10)
    assert first == draw("9f2c1b7a00d3e455", reversed(codes), 10)
    assert first == ("AL-007", "AL-032", "AL-013", "AL-009")
    assert draw("9f2c1b7a00d3e455", codes, 20)[:4] == first, "a larger share holds the smaller one"
    assert draw("another", codes, 10) != first
    assert len(draw("s", codes[:3], 1)) == 1, "rounded up"
    assert draw("s", [], 50) == ()


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("08:30", time(8, 30)),
        ("8h30", time(8, 30)),
        ("8 giờ 05", time(8, 5)),
        ("14h", time(14)),
        ("23.59", time(23, 59)),
        ("24:00", None),
        ("8:60", None),
        ("sáng", None),
        ("", None),
    ],
)
def test_hours_as_people_write_them(text: str, hour: time | None) -> None:
    """Colon, h or giờ; nothing that is no hour."""
    assert read_hour(text) == hour


def test_people_from_outside() -> None:
    """One a line, the title after a comma or dash."""
    read = outsiders("Trần Thị B, Chủ tịch Hội Khuyến học\n\n Lê Văn C – Công an xã\nNguyễn D")
    assert [(one.name, one.title, one.account) for one in read] == [
        ("Trần Thị B", "Chủ tịch Hội Khuyến học", None),
        ("Lê Văn C", "Công an xã", None),
        ("Nguyễn D", "", None),
    ]
