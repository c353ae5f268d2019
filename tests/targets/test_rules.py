"""A target reckoned from parts: value, coverage, forecast and who is below, all in whole numbers."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from portal.dossiers.applicability import Applicability
from portal.dossiers.measures import Indicator, Kind
from portal.dossiers.states import State
from portal.targets.counting import Filed, Given, Held, Who, brings, recognised
from portal.targets.rules import Counting, Figure, Measure, Part, Standing, reckon

PEOPLE, UNITS, RECOGNISED = Counting.PEOPLE, Counting.UNITS, Counting.RECOGNISED
SHARE = Indicator(1, "2.5", "Lao động tiên tiến", Kind.SHARE, "members", Applicability(), {})
GRADED = Indicator(
    2, "3.4", "Chuyển đổi số", Kind.GRADED, None, Applicability(), {}, ("Chưa", "Cơ bản", "Tốt")
)
OF_SHARE = Measure(PEOPLE, "H.2.5")


def people(part: int, whole: int, unit: int = 1, kind: str = "primary", **more: object) -> Part:
    """A unit's people, by its own number unless said otherwise."""
    return Part(unit, kind, Standing.OWN, part, whole, **more)  # type: ignore[arg-type]


def waiting(kind: str = "primary", unit: int = 9) -> Part:
    """A unit that has not come in."""
    return Part(unit, kind, Standing.WAITING)


def a_dossier(state: State, *, ratio_only: bool = False, **more: object) -> Filed:
    """A dossier with 37 members of whom 35 are counted, at the middle grade."""
    filed = Filed(1, state, ratio_only, None)
    filed.counts["members"] = 10_000 if ratio_only else 37
    filed.answers.update({1: Given(part=9_450 if ratio_only else 35), 2: Given(grade=2)})
    for name, value in more.items():
        setattr(filed, name, value)
    return filed


def a_unit(kind: str = "primary", *, discreet: bool = False) -> Who:
    """A public unit."""
    return Who(1, kind, True, discreet)


def test_the_boundary_is_compared_in_whole_numbers() -> None:
    """89,996 % does not reach 90, 90 % does; nothing reaches anything where there is no whole."""
    assert not Figure(22_499, 25_000, 1).reaches(90)
    assert Figure(22_500, 25_000, 1).reaches(90)
    assert not Figure().reaches(1)
    assert Figure().share is None


def test_provisional_and_settled_are_two_figures() -> None:
    """What is decided is summed apart; one number that may change makes the value provisional."""
    parts = [people(30, 40), people(35, 35, 2, settled=True), waiting()]
    one = reckon(parts, 90, PEOPLE)
    assert one.known == Figure(65, 75, 2)
    assert one.settled == Figure(35, 35, 1)
    assert (one.reported, one.scope, one.provisional) == (2, 3, True)
    assert one.state == ("Đang dưới mục tiêu", "wait")
    done = reckon([people(35, 35, settled=True)], 100, PEOPLE)
    assert (done.provisional, done.state) == (False, ("Đạt mục tiêu", "ok"))
    assert reckon([waiting()], 100, PEOPLE).state == ("Chưa có số liệu", "idle")
    assert reckon([], 100, PEOPLE).state == ("Chưa có số liệu", "idle")


def test_who_lacks_most_people_stands_first_and_ratios_last() -> None:
    """Below means below the goal in people; units that tell ratios follow by points, whoever reaches it is not there."""
    left_out = Part(4, "military_police", Standing.LEFT_OUT, ratio=8_999)
    parts = [people(89, 100, 1), left_out, people(10, 40, 2), people(90, 100, 3), waiting()]
    one = reckon(parts, 90, PEOPLE)
    assert [(b.part.unit_id, b.people, b.points) for b in one.below] == [(2, 26, 0), (1, 1, 0), (4, 0, 1)]
    assert one.known == Figure(189, 240, 3)
    assert one.count(Standing.LEFT_OUT) == 1


def test_a_forecast_needs_half_of_the_units_and_three_of_each_missing_kind() -> None:
    """Missing units are taken for the average of their kind; too few, and the reason stands instead."""
    three = [people(9, 10, n) for n in range(3)]
    found = reckon([*three, people(0, 70, 5, "preschool"), waiting()], 100, PEOPLE)
    assert found.forecast == Fraction(27 + 9, 30 + 10 + 70)
    few = reckon([*three, people(0, 70, 5, "preschool"), waiting("preschool")], 100, PEOPLE)
    assert few.forecast is None
    assert "chưa đủ 3 đơn vị" in few.why_not
    early = reckon([*three, *[waiting()] * 4], 100, PEOPLE)
    assert early.forecast is None
    assert "Mới 3 trong 7" in early.why_not
    assert "không cần ước tính" in reckon(three, 100, PEOPLE).why_not


def test_the_districts_number_stands_once_the_proposal_is_closed() -> None:
    """Before that the unit's own; a corrected head-count counts too, and what is unproven is counted as none."""
    corrected = {"findings": {1: Given(part=30, verdict="corrected")}, "corrected": {"members": 36}}
    early = brings(OF_SHARE, SHARE, a_unit(), a_dossier(State.ACCEPTED, **corrected))
    assert early
    assert (early.standing, early.part, early.whole) == (Standing.OWN, 35, 37)
    late = brings(OF_SHARE, SHARE, a_unit(), a_dossier(State.APPRAISED, **corrected))
    assert late
    assert (late.standing, late.part, late.whole, late.settled) == (Standing.APPRAISED, 30, 36, False)
    unproven = {"findings": {1: Given(verdict="not_enough_evidence")}}
    none = brings(OF_SHARE, SHARE, a_unit(), a_dossier(State.DECIDED, **unproven))
    assert none
    assert (none.part, none.whole, none.unproven, none.settled) == (0, 37, True, True)


def test_whoever_tells_ratios_never_enters_a_sum_of_people() -> None:
    """Neither a ratio nor the people that a sensitive unit wrongly typed; its yes and no count as everybody's."""
    by_ratio = brings(OF_SHARE, SHARE, a_unit(), a_dossier(State.SUBMITTED, ratio_only=True))
    misfit = brings(OF_SHARE, SHARE, a_unit(discreet=True), a_dossier(State.SUBMITTED))
    silent = brings(OF_SHARE, SHARE, a_unit(discreet=True), None)
    assert by_ratio
    assert misfit
    assert silent
    assert [p.standing for p in (by_ratio, misfit, silent)] == [Standing.LEFT_OUT] * 3
    assert [(p.part, p.whole) for p in (by_ratio, misfit)] == [(0, 0)] * 2
    assert (by_ratio.ratio, misfit.ratio, silent.ratio) == (9_450, 9_459, None)
    assert "37" not in misfit.said
    graded = brings(Measure(UNITS, "H.3.4", 2), GRADED, a_unit(discreet=True), a_dossier(State.SUBMITTED))
    assert graded
    assert (graded.standing, graded.part) == (Standing.OWN, 1)


def test_what_does_not_apply_is_not_in_the_scope() -> None:
    """Another kind, nobody to count, a ruling of the district; an answer that is missing is awaited instead."""
    assert brings(Measure(PEOPLE, "H.2.5", None, frozenset({"preschool"})), SHARE, a_unit(), None) is None
    assert brings(OF_SHARE, SHARE, a_unit(), a_dossier(State.SUBMITTED, counts={"members": 0})) is None
    assert brings(OF_SHARE, SHARE, a_unit(), a_dossier(State.SUBMITTED, waived={1})) is None
    ruled = {"findings": {1: Given(verdict="not_applicable")}}
    assert brings(OF_SHARE, SHARE, a_unit(), a_dossier(State.DECIDED, **ruled)) is None
    missing = brings(OF_SHARE, SHARE, a_unit(), a_dossier(State.SUBMITTED, answers={}))
    assert missing
    assert missing.standing is Standing.WAITING
    below = brings(Measure(UNITS, "H.3.4", 3), GRADED, a_unit(), a_dossier(State.SUBMITTED))
    assert below
    assert (below.part, below.said) == (0, "Cơ bản")


def test_recognised_is_by_this_years_decision_or_still_in_force() -> None:
    """Whoever waits for a decision stays in the whole; once the time is over only a pending dossier waits."""
    measure, before = Measure(RECOGNISED, "", 2), date(2027, 2, 15)
    two = Held(2025, 2, "in_force", date(2026, 2, 6), date(2029, 2, 5))

    def one(filed: Filed | None, held: list[Held], *, over: bool = False) -> tuple[Standing, int, int]:
        part = recognised(measure, a_unit(), filed, held, 2026, before, over=over)
        assert part
        return part.standing, part.part, part.whole

    decided = a_dossier(State.DECIDED, decided_level=1)
    assert one(None, [two]) == (Standing.APPRAISED, 1, 1)
    assert one(decided, [two]) == (Standing.APPRAISED, 0, 1)
    assert one(a_dossier(State.DECIDED, decided_level=2), []) == (Standing.APPRAISED, 1, 1)
    revoked = Held(2026, 2, "revoked", date(2027, 2, 6), date(2030, 2, 5))
    assert one(a_dossier(State.DECIDED, decided_level=2), [revoked]) == (Standing.APPRAISED, 0, 1)
    assert one(a_dossier(State.SUBMITTED), []) == (Standing.WAITING, 0, 1)
    assert one(None, []) == (Standing.WAITING, 0, 1)
    assert one(None, [], over=True) == (Standing.APPRAISED, 0, 1)
    assert one(a_dossier(State.APPRAISED), [], over=True) == (Standing.WAITING, 0, 1)
    ended = Held(2023, 2, "in_force", date(2024, 2, 6), date(2027, 2, 5))
    assert one(None, [ended]) == (Standing.WAITING, 0, 1)
    reckoned = reckon([Part(1, "primary", Standing.APPRAISED, 1, 1, settled=True), Part(2, "primary", Standing.WAITING, 0, 1)], 100, RECOGNISED)  # fmt: skip
    assert (reckoned.known, reckoned.settled) == (Figure(1, 2, 1), Figure())
