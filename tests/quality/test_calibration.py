"""Districts side by side: what is kept back, the bands, the middle; and the measures held against known dossiers."""

from __future__ import annotations

from typing import Any

import pytest

from portal.cycle.models import Cycle
from portal.quality import calibration
from portal.quality.calibrating import calibration as side_by_side
from portal.quality.calibration import Measure, Raw, Value, axis, band, shown, spread
from tenants.database import db
from tests.builders import World
from tests.quality.test_quality import ground


def numbers(*values: int | None) -> list[Value]:
    """Values as shown."""
    return [Value(one, "<5" if one is None else str(one)) for one in values]


def test_small_numbers_are_kept_back_and_cannot_be_reckoned() -> None:
    """Fewer than five stand behind nothing shown; sizes are bands; numbers are cut off, never rounded up."""
    assert [shown(Raw(1, 2, behind)).text for behind in (0, 1, 4, 5)] == ["–", "<5", "<5", "50"]
    assert shown(Raw(2, 3, 9)).text == "66"
    assert shown(Raw(12, 1, 9, scale=1)).text == "12"
    assert [band(n) for n in (0, 1, 4, 5, 9, 10, 49, 99, 100, 5000)] == [
        "0", "<5", "<5", "5–9", "5–9", "10–19", "20–49", "50–99", "từ 100", "từ 100"
    ]  # fmt: skip


def test_the_middle_is_a_districts_own_number() -> None:
    """Nearest rank over those with a number; fewer than three districts have none; the scale ends above all."""
    assert spread(numbers(10, None, 20)).middle is None
    one = spread(numbers(40, 10, None, 20, 30))
    assert (one.districts, one.low, one.middle, one.high) == (4, 10, 20, 30)
    assert one.text == "20 (một nửa số huyện: 10–30)"
    assert [axis(numbers(3), share=True), axis(numbers(41), share=False), axis([], share=False)] == [
        100,
        50,
        10,
    ]


def test_the_measures_of_known_dossiers(
    world: World, client: Any, monkeypatch: pytest.MonkeyPatch, count_queries: list[str]
) -> None:
    """Every measure of a district counted by hand; small ones kept back; page and files say the same."""
    here = ground(world)

    def table(kind: str = "") -> dict[str, dict[Measure, str]]:
        with world.acting(here.viewer, writes=False):
            count_queries.clear()
            found = side_by_side(db.session.get_one(Cycle, (2026, "district")), kind)
            assert len(count_queries) <= 8
            return {line.name: {k: v.text for k, v in line.values.items()} for line in found.lines}

    kept = table()["Huyện An Lão"]
    assert kept.pop(Measure.SUPPLEMENTS) == "0", "five are filed"
    assert kept.pop(Measure.VISITS) == "0"
    assert set(kept.values()) == {"<5"}
    monkeypatch.setattr(calibration, "FEWEST", 2)
    known = table()
    assert known["Huyện An Lão"][Measure.LEVELS] == "33"
    assert known["Huyện An Lão"][Measure.LEVEL_2] == "33"
    assert 0 < int(known["Huyện An Lão"][Measure.INDICATORS]) < 10
    assert known["Huyện Kiến Thụy"][Measure.INDICATORS] == "0"
    assert known["Huyện Kiến Thụy"][Measure.DAYS] == "0"
    assert table("military_police")["Huyện An Lão"][Measure.SUPPLEMENTS] == "<2"
    monkeypatch.undo()
    world.sign_in(client, here.viewer)
    page = "/tinh/chat-luong/huyen"
    assert "&lt;5" in client.get(page + "?nam=2026&do=level_2&loai=primary").get_data(as_text=True)
    csv = client.get(page + ".csv?nam=2026").get_data(as_text=True)
    assert "Huyện An Lão,5–9," in csv
    assert "<5" in csv
    assert client.get(page + ".xlsx?nam=2026").mimetype.endswith("sheet")
    assert client.get(page + ".pdf?nam=2026").status_code == 404
