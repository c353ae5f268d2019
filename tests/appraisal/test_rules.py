"""What an appraisal concludes, and the checklist of intake, by table: pure values, no database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from portal.appraisal.completeness import Coded, IntakeFacts, Tick, checklist
from portal.appraisal.rules import changes, effect, proposal, standing, value_text
from portal.dossiers.rules import (
    Answer,
    Applicability,
    Assessment,
    Indicator,
    Kind,
    Profile,
    Threshold,
    assess,
)


def an_indicator(number: int, kind: Kind = Kind.SHARE, *, confirmed: bool = True) -> Indicator:
    """Make an indicator; a share asks 90 % and 95 %, yes/no asks yes at both levels."""
    values = {1: 90, 2: 95} if kind is Kind.SHARE else {1: 1, 2: 1}
    return Indicator(
        id=number,
        code=f"2.{number}",
        title=f"Chỉ tiêu {number}",
        kind=kind,
        base="members" if kind is Kind.SHARE else None,
        applies=Applicability(),
        thresholds={
            level: Threshold(level, value, confirmed or level == 1) for level, value in values.items()
        },
    )


def judged(part: int, members: int = 37, *, confirmed: bool = True, yes: bool = True) -> Assessment:
    """Judge a share and a yes/no indicator."""
    indicators = (an_indicator(1, confirmed=confirmed), an_indicator(2, Kind.YES_NO))
    profile = Profile("primary", True, {"members": members})
    return assess(indicators, profile, {1: Answer(part=part), 2: Answer(yes=yes)})


@pytest.mark.parametrize(
    ("part", "yes", "requested", "level"),
    [
        (36, True, 2, 2),
        (36, True, 1, 1),
        (34, True, 2, 1),
        (34, True, 1, 1),
        (33, True, 2, 0),
        (36, False, 2, 0),
        (36, True, None, 2),
    ],
)
def test_the_level_proposed(part: int, yes: bool, requested: int | None, level: int) -> None:
    """The highest level that is reached, at most the one asked for."""
    found = proposal(judged(part, yes=yes), requested)
    assert found.level == level
    assert found.sentence.endswith((".", ")."))


def test_a_lower_level_names_what_lacks() -> None:
    """The sentence names the indicator and the people that keep the unit from what it asked for."""
    sentence = proposal(judged(34), 2).sentence
    assert "Không đạt mức độ 2 như đề nghị" in sentence
    assert "Cần thêm 2 người" in sentence


def test_an_unconfirmed_threshold_concludes_nothing() -> None:
    """Neither level 2 nor its refusal; level 1 alone can be asked for and given."""
    side = judged(36, confirmed=False)
    assert proposal(side, 2).level is None
    assert "2.1 chưa được Sở xác nhận" in proposal(side, 2).sentence
    assert proposal(side, 1).level == 1
    assert proposal(judged(36, confirmed=False, yes=False), 2).level == 0


@pytest.mark.parametrize(
    ("first", "level"), [(date(2027, 2, 14), 2), (date(2027, 2, 15), 1), (date(2027, 6, 1), 1)]
)
def test_the_wait_for_level_2(first: date, level: int) -> None:
    """A unit that cannot be raised before decisions are due is proposed at the level it holds."""
    found = proposal(judged(36), 2, may_raise_from=first, decide_before=date(2027, 2, 15))
    assert found.level == level
    assert ("chỉ được nâng" in found.sentence) is (level == 1)


def test_changes_and_their_effect() -> None:
    """Only what differs is listed, and the effect is capped at the level asked for."""
    before, after = judged(36), judged(34)
    (change,) = changes(before, after)
    assert (change.value_before, change.value_after) == ("36/37 = 97,29 %", "34/37 = 91,89 %")
    assert change.falls
    assert effect(before, after, 2).startswith("Thay đổi này đưa hồ sơ từ “đạt mức độ 2” sang “đạt mức độ 1”")
    assert effect(before, after, 1).startswith("Mức độ không đổi: đạt mức độ 1")
    assert changes(before, before) == ()


def test_words() -> None:
    """Values and standings as people read them."""
    share, yes_no = an_indicator(1), an_indicator(2, Kind.YES_NO)
    assert value_text(share, Answer(part=36), 37) == "36/37 = 97,29 %"
    assert value_text(share, Answer(), 37) == "chưa nhập"
    assert value_text(share, Answer(part=3), None) == "3"
    assert value_text(yes_no, Answer(yes=False), None) == "Không"
    assert standing(judged(34).finding(1), 2) == ("Chỉ đạt mức độ 1", "no")
    assert standing(judged(34).finding(1), 1) == ("Đạt mức độ 1", "ok")
    assert standing(judged(33).finding(1), 1) == ("Chưa đạt", "no")
    assert standing(judged(36).finding(2), 2) == ("Đạt", "ok")


CLEAN = IntakeFacts(
    year=2026,
    channel="portal",
    requested_level=1,
    self_level=1,
    signed_by="Thủ trưởng đơn vị",
    signed_at=datetime(2027, 1, 12, 2, 0, tzinfo=UTC),
    code="ABCDEF123456",
    unchanged=True,
    submitted_at=datetime(2027, 1, 12, 3, 0, tzinfo=UTC),
    submit_before=date(2027, 1, 15),
    late=False,
    letter_number="",
    letter_date=None,
    missing_headcounts=(),
    applying=13,
    missing=(),
    team_number="12/QĐ",
    team_date=date(2026, 12, 15),
    team_size=5,
    without_proof=(),
    only_explained=(),
    outside_year=(),
    undated=0,
    decide_before=date(2027, 2, 15),
)


def test_a_clean_dossier_ticks_every_line() -> None:
    """Nothing to look at and nothing to ask for."""
    lines = checklist(CLEAN)
    assert len(lines) == 9
    assert {line.tick for line in lines} == {Tick.COMPLETE}
    assert not [ask for line in lines for ask in line.asks]


@pytest.mark.parametrize(
    ("change", "tick", "said", "target"),
    [
        ({"requested_level": None}, Tick.INCOMPLETE, "Chưa ghi mức độ", (None, "letter")),
        ({"missing_headcounts": ("số người học",)}, Tick.INCOMPLETE, "số người học", (None, "headcount")),
        ({"missing": (Coded(7, "2.5"),)}, Tick.INCOMPLETE, "12/13", (7, "")),
        ({"team_number": ""}, Tick.INCOMPLETE, "số, ngày quyết định", (None, "team_member")),
        ({"team_size": 0}, Tick.INCOMPLETE, "thành viên", (None, "team_member")),
        ({"team_date": date(2025, 12, 31)}, Tick.LOOK, "kỳ đánh giá", (None, "team_member")),
        ({"team_date": date(2027, 1, 13)}, Tick.LOOK, "kỳ đánh giá", (None, "team_member")),
        ({"without_proof": (Coded(3, "1.2"),)}, Tick.INCOMPLETE, "1.2", (3, "")),
        ({"outside_year": (Coded(3, "1.2", "QĐ 5 (01/02/2025)"),)}, Tick.LOOK, "QĐ 5", (3, "")),
        ({"self_level": 0}, Tick.LOOK, "chưa đạt mức độ nào", (None, "letter")),
        ({"self_level": None}, Tick.LOOK, "tạm tính", None),
        ({"unchanged": False}, Tick.LOOK, "khác nội dung lúc ký", None),
        ({"late": True}, Tick.LOOK, "sau hạn", None),
        ({"signed_at": None}, Tick.INCOMPLETE, "Chưa ký", (None, "letter")),
        (
            {"requested_level": 2, "self_level": 2, "may_raise_from": date(2027, 3, 1)},
            Tick.LOOK,
            "mức độ 1",
            None,
        ),
    ],
)
def test_each_fault_has_its_line(
    change: dict[str, object], tick: Tick, said: str, target: tuple[int | None, str] | None
) -> None:
    """One changed fact unticks one line, with its reason and the point to ask for."""
    lines = [line for line in checklist(replace(CLEAN, **change)) if line.tick is not Tick.COMPLETE]  # type: ignore[arg-type]
    assert tick in {line.tick for line in lines}
    assert any(said in line.reason for line in lines)
    asked = {(ask.indicator_id, ask.part) for line in lines for ask in line.asks}
    assert asked == ({target} if target else set())
