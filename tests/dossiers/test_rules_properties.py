"""What must hold of the rules for every catalogue, unit and answer."""

import random
from dataclasses import replace
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.dossiers.rules import (
    LEVELS,
    Answer,
    Applicability,
    Indicator,
    Kind,
    Outcome,
    Profile,
    Threshold,
    assess,
    least_part,
)

unhurried = settings(deadline=None)
GRADES = ("Chưa đáp ứng", "Đáp ứng cơ bản", "Đáp ứng tốt")
RANK = {Outcome.NOT_MET: 0, Outcome.MET: 1}
wholes = st.integers(1, 5000)
percentages = st.integers(0, 100)


@st.composite
def indicators(draw, number, confirmed=None):
    kind = draw(st.sampled_from(list(Kind)))
    values = {Kind.YES_NO: st.just(1), Kind.SHARE: percentages, Kind.GRADED: st.integers(1, 3)}[kind]
    first, second = sorted([draw(values), draw(values)])
    sure = st.booleans() if confirmed is None else st.just(confirmed)
    return Indicator(
        id=number,
        code=f"{draw(st.integers(1, 3))}.{number}",
        title="Chỉ tiêu",
        kind=kind,
        base=draw(st.sampled_from(["members", "learners"])) if kind is Kind.SHARE else None,
        applies=Applicability(
            kinds=draw(st.sampled_from([None, frozenset({"primary"})])),
            public=draw(st.sampled_from([None, True])),
            has=draw(st.sampled_from([None, "learners"])),
        ),
        thresholds={1: Threshold(1, first, draw(sure)), 2: Threshold(2, second, draw(sure))},
        grades=GRADES if kind is Kind.GRADED else (),
        criterion=draw(st.integers(1, 3)),
    )


@st.composite
def cases(draw, confirmed=None):
    size = draw(st.integers(0, 6))
    catalogue = [draw(indicators(number, confirmed)) for number in range(size)]
    counts = {code: draw(st.one_of(st.none(), st.integers(0, 60))) for code in ("members", "learners")}
    waived = draw(st.frozensets(st.integers(0, 6), max_size=2))
    kind = draw(st.sampled_from(["primary", "enterprise"]))
    profile = Profile(kind, draw(st.booleans()), counts, waived)
    answers = {}
    for indicator in catalogue:
        limit = counts.get(indicator.base or "")
        answers[indicator.id] = Answer(
            yes=draw(st.sampled_from([None, True, False])),
            part=draw(st.one_of(st.none(), st.integers(0, 60 if limit is None else limit))),
            grade=draw(st.sampled_from([None, 1, 2, 3])),
            enough_evidence=draw(st.booleans()),
        )
    return catalogue, profile, answers


def a_share(first, second):
    thresholds = {1: Threshold(1, first, True), 2: Threshold(2, second, True)}
    return Indicator(1, "2.1", "Chỉ tiêu", Kind.SHARE, "members", Applicability(), thresholds)


def judge(indicator, part, whole):
    return assess([indicator], Profile("primary", True, {"members": whole}), {1: Answer(part=part)})


@unhurried
@given(whole=wholes, percentage=percentages, data=st.data())
def test_whole_numbers_agree_with_exact_fractions(whole, percentage, data):
    part = data.draw(st.integers(0, whole))
    met = judge(a_share(percentage, percentage), part, whole).findings[0].outcomes[1] is Outcome.MET
    assert met == (Fraction(part, whole) >= Fraction(percentage, 100))


@unhurried
@given(whole=wholes, percentage=percentages, data=st.data())
def test_missing_people_is_the_least_number_that_passes(whole, percentage, data):
    part = data.draw(st.integers(0, whole))
    indicator = a_share(percentage, percentage)
    missing = judge(indicator, part, whole).findings[0].missing_people[1]
    assert part + missing <= whole
    assert judge(indicator, part + missing, whole).findings[0].outcomes[1] is Outcome.MET
    if missing:
        assert judge(indicator, part + missing - 1, whole).findings[0].outcomes[1] is Outcome.NOT_MET


@unhurried
@given(whole=wholes, percentage=percentages)
def test_least_part_is_within_the_whole_and_least(whole, percentage):
    least = least_part(percentage, whole)
    assert 0 <= least <= whole
    assert 100 * least >= percentage * whole > 100 * (least - 1)


@unhurried
@given(whole=wholes, pair=st.tuples(percentages, percentages), data=st.data())
def test_more_people_never_make_it_worse(whole, pair, data):
    first, second = sorted(pair)
    part = data.draw(st.integers(0, whole - 1))
    before, after = (judge(a_share(first, second), p, whole) for p in (part, part + 1))
    assert before.level <= after.level
    for level in LEVELS:
        assert RANK[before.findings[0].outcomes[level]] <= RANK[after.findings[0].outcomes[level]]


@unhurried
@given(cases(), st.randoms())
def test_the_order_of_the_indicators_does_not_matter(case, chance: random.Random):
    catalogue, profile, answers = case
    shuffled = catalogue[:]
    chance.shuffle(shuffled)
    assert assess(shuffled, profile, answers) == assess(catalogue, profile, answers)


@unhurried
@given(cases(confirmed=True))
def test_level_2_implies_level_1_when_every_threshold_is_confirmed(case):
    result = assess(*case)
    assert result.verdicts[1].reached or not result.verdicts[2].reached
    if result.level == 2:
        assert result.verdicts[1].reached


@unhurried
@given(cases())
def test_a_reached_level_has_no_open_or_failed_indicator_and_no_gap(case):
    result = assess(*case)
    for level, verdict in result.verdicts.items():
        outcomes = [finding.outcomes[level] for finding in result.findings if finding.applies]
        assert verdict.applicable == len(outcomes)
        assert verdict.met == outcomes.count(Outcome.MET)
        assert not (verdict.reached and verdict.provisional)
        if verdict.reached:
            assert outcomes
            assert set(outcomes) == {Outcome.MET}
            assert not verdict.gaps
    if result.verdicts[2].reached:
        assert all(f.outcomes[1] not in {Outcome.NOT_MET, Outcome.NO_EVIDENCE} for f in result.findings)


@unhurried
@given(cases(confirmed=False))
def test_unconfirmed_thresholds_never_conclude(case):
    result = assess(*case)
    assert result.level is None
    allowed = {Outcome.UNCONFIRMED, Outcome.MISSING, Outcome.NOT_APPLICABLE}
    assert {outcome for f in result.findings for outcome in f.outcomes.values()} <= allowed


@unhurried
@given(cases(confirmed=True))
def test_a_firm_no_stays_no_whatever_is_still_entered(case):
    catalogue, profile, answers = case
    if assess(catalogue, profile, answers).level != 0:
        return
    for indicator in catalogue:
        answer = answers[indicator.id]
        whole = profile.headcounts.get(indicator.base or "")
        filled = replace(
            answer,
            yes=True if answer.yes is None else answer.yes,
            part=(whole or 0) if answer.part is None else answer.part,
            grade=answer.grade or 3,
        )
        answers[indicator.id] = filled
    assert assess(catalogue, profile, answers).level == 0


@unhurried
@given(cases())
def test_waiving_an_indicator_only_takes_it_out(case):
    catalogue, profile, answers = case
    if not catalogue:
        return
    waived = replace(profile, waived=profile.waived | {catalogue[0].id})
    without = assess(catalogue[1:], profile, answers)
    result = assess(catalogue, waived, answers)
    assert result.verdicts == without.verdicts
    assert not result.finding(catalogue[0].id).applies


@unhurried
@given(cases())
def test_every_finding_has_its_sentence_and_gaps_are_sorted(case):
    result = assess(*case)
    for finding in result.findings:
        assert all(sentence.endswith(".") for sentence in finding.sentences.values())
        assert bool(finding.why_not) is not finding.applies
    for verdict in result.verdicts.values():
        steps = [gap.steps for gap in verdict.gaps]
        assert steps == sorted(steps)
        assert all(step >= 1 for step in steps)
