"""Where units go, which codes clash, what a plan lacks: cases on plain values."""

from __future__ import annotations

from datetime import date

import pytest

from portal.place_kinds import TEMPLATES, kind_of, read_templates
from portal.province.rules import taken_over_by
from portal.reform import known
from portal.reform.rules import (
    Kind,
    PlannedUnit,
    Rule,
    Successor,
    clashes,
    destinations,
    fault_of_way_back,
    faults_of_shape,
    recoded,
)
from tenants.places import TenantKind

UNITS = [
    PlannedUnit(1, 10, "TH01", "Trường Một", "Xã A"),
    PlannedUnit(2, 10, "TH02", "Trường Hai", "Xã B"),
    PlannedUnit(3, 11, "TH01", "Trường Ba", "Xã A"),
]


def test_a_unit_goes_by_its_own_line_then_its_commune_then_the_rest() -> None:
    """The nearest word counts; a rule without a place forgets it; what is kept reads back the same."""
    rule = Rule({2: "c"}, {(10, "Xã A"): "a", (10, "Xã B"): "b"}, {11: "r"})
    assert [rule.target(unit) for unit in UNITS] == ["a", "c", "r"]
    assert [rule.without("c").target(unit) for unit in UNITS] == ["a", "b", "r"]
    assert Rule.from_json(rule.as_json()) == rule
    assert {key: len(units) for key, units in destinations(Rule(), UNITS).items()} == {"": 3}


def test_of_units_with_one_code_the_first_keeps_it() -> None:
    """Codes clash among those that come and with those that are there."""
    goes = {"x": UNITS}
    assert [unit.id for unit in clashes(goes, {})["x"]] == [3]
    assert [unit.id for unit in clashes(goes, {"x": ["TH02"]})["x"]] == [2, 3]
    assert clashes({"": UNITS}, {}) == {}
    assert recoded(UNITS[2], "KT") == "KT-TH01"


@pytest.mark.parametrize(
    ("kind", "sources", "places", "rule", "sentence"),
    [
        (Kind.MERGE, [10, 11], 0, Rule(), "đúng một nơi"),
        (Kind.MERGE, [10], 1, Rule(rest={10: "1", 11: "1"}), "ít nhất hai nơi"),
        (Kind.SPLIT, [10], 2, Rule(rest={10: "1"}), "Còn 1 đơn vị chưa có nơi"),
        (Kind.SPLIT, [10], 0, Rule(), "Chưa có nơi tiếp nhận"),
        (Kind.PART, [10], 1, Rule(rest={10: "1", 11: "1"}), "Mọi đơn vị đều chuyển"),
        (Kind.PART, [10], 1, Rule(), "Chưa có đơn vị nào"),
        (Kind.RENAME, [10, 11], 1, Rule(), "một bộ tên mới"),
    ],
)
def test_what_a_plan_lacks(kind: Kind, sources: list[int], places: int, rule: Rule, sentence: str) -> None:
    """Each kind says what it is missing."""
    after = [Successor(str(number), f"Nơi {number}") for number in range(1, places + 1)]
    assert any(
        sentence in stop.sentence and stop.hard for stop in faults_of_shape(kind, sources, after, rule, UNITS)
    )


def test_a_plan_that_lacks_nothing() -> None:
    """A whole merger has no hard stop; a place without units is only told."""
    rule = Rule(rest={10: "1", 11: "1"})
    assert faults_of_shape(Kind.MERGE, [10, 11], [Successor("1", "X")], rule, UNITS) == []
    told = faults_of_shape(Kind.SPLIT, [10, 11], [Successor("1", "X"), Successor("2", "Y")], rule, UNITS)
    assert [stop.hard for stop in told] == [False]


def test_the_last_day_of_the_way_back() -> None:
    """Thirty days after 01/07 is 31/07, that day included."""
    assert fault_of_way_back(date(2027, 7, 1), 30, date(2027, 7, 31)) == ""
    assert "31/07/2027" in fault_of_way_back(date(2027, 7, 1), 30, date(2027, 8, 1))


def test_who_took_over_the_whole_of_a_place() -> None:
    """Along a line of mergers to its end; a divided place stands for itself, and a circle ends."""
    assert taken_over_by(1, {1: [2], 2: [3]}) == 3
    assert taken_over_by(1, {1: [2, 3]}) == 1
    assert taken_over_by(1, {}) == 1
    assert taken_over_by(1, {1: [2], 2: [1]}) in (1, 2)


def test_templates_name_every_kind_and_the_list_knows_the_source() -> None:
    """A commune's words are inferred and say so; a file without a kind is refused; the list says what is divided."""
    assert kind_of("Xã An Lão") is TenantKind.COMMUNE
    assert kind_of("An Lão") is None
    assert TEMPLATES[TenantKind.COMMUNE].unconfirmed
    assert TEMPLATES[TenantKind.WARD].seat_of("Phường Kiến An") == "Kiến An"
    with pytest.raises(ValueError, match="ward"):
        read_templates("commune: {}")
    after = known.successors_of("Huyện An Lão")
    assert [place.name for place in after["Xã Mỹ Đức"]] == ["Xã An Khánh"]
    assert len(after["Thị trấn Trường Sơn"]) == 2
    assert known.successors_of("Huyện Không Có") == {}
