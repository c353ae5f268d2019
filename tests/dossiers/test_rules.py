"""The judgement of a self-assessment, case by case (acceptance scenarios 1 and 2, rules U-04 to U-08)."""

import dataclasses

import pytest

from portal.dossiers.rules import (
    Answer,
    Applicability,
    ImpossibleFigureError,
    Indicator,
    Kind,
    Outcome,
    Profile,
    Threshold,
    assess,
    impossible,
    least_part,
)

EVERYONE = Applicability()
GRADES = ("Chưa đáp ứng", "Đáp ứng cơ bản", "Đáp ứng tốt")


def levels(first, second, confirmed=True):
    return {1: Threshold(1, first, confirmed), 2: Threshold(2, second, confirmed)}


def a_share(first=90, second=95, *, confirmed=True, base="members", applies=EVERYONE, number=25):
    thresholds = levels(first, second, confirmed)
    return Indicator(number, "2.5", "Lao động tiên tiến", Kind.SHARE, base, applies, thresholds, criterion=2)


def a_yes_no(number=11, code="1.1", *, confirmed=True, applies=EVERYONE, documents=()):
    thresholds = levels(1, 1, confirmed)
    return Indicator(
        number, code, "Kế hoạch", Kind.YES_NO, None, applies, thresholds, criterion=1, documents=documents
    )


def a_grade(*, confirmed=True):
    thresholds = levels(2, 3, confirmed)
    return Indicator(34, "3.4", "Chuyển đổi số", Kind.GRADED, None, EVERYONE, thresholds, GRADES, criterion=3)


def a_unit(kind="primary", *, public=True, members=37, learners=None, language_posts=None, waived=()):
    headcounts = {"members": members, "learners": learners, "language_posts": language_posts}
    return Profile(kind, public, headcounts, frozenset(waived))


def judge(indicator, answer, unit=None):
    return assess([indicator], unit or a_unit(), {indicator.id: answer})


@pytest.mark.parametrize(
    ("part", "whole", "first", "second", "more_first", "more_second", "level"),
    [
        (33, 37, Outcome.NOT_MET, Outcome.NOT_MET, 1, 3, 0),
        (34, 37, Outcome.MET, Outcome.NOT_MET, 0, 2, 1),
        (35, 37, Outcome.MET, Outcome.NOT_MET, 0, 1, 1),
        (36, 37, Outcome.MET, Outcome.MET, 0, 0, 2),
        (3, 4, Outcome.NOT_MET, Outcome.NOT_MET, 1, 1, 0),
        (4, 4, Outcome.MET, Outcome.MET, 0, 0, 2),
        (8996, 10000, Outcome.NOT_MET, Outcome.NOT_MET, 4, 504, 0),
        (9, 10, Outcome.MET, Outcome.NOT_MET, 0, 1, 1),
        (0, 1, Outcome.NOT_MET, Outcome.NOT_MET, 1, 1, 0),
    ],
)
def test_shares_are_compared_as_whole_numbers(part, whole, first, second, more_first, more_second, level):
    result = judge(a_share(), Answer(part=part), a_unit(members=whole))
    finding = result.finding(25)
    assert finding.outcomes == {1: first, 2: second}
    assert finding.missing_people == {1: more_first, 2: more_second}
    assert result.level == level


def test_the_sentence_of_a_missing_person():
    finding = judge(a_share(), Answer(part=33)).finding(25)
    assert finding.sentences[1] == "Cần thêm 1 người để đạt mức độ 1 (33/37; cần 34)."
    assert finding.percent_text == "89,18 %"
    met = judge(a_share(), Answer(part=36)).finding(25)
    assert met.sentences[2] == "Đạt mức độ 2 (36/37 = 97,29 %; cần 36)."


def test_a_share_just_below_is_not_shown_as_reached():
    finding = judge(a_share(), Answer(part=8996), a_unit(members=10000)).finding(25)
    assert finding.percent_text == "89,96 %"
    assert finding.outcomes[1] is Outcome.NOT_MET
    assert (finding.part, finding.whole) == (8996, 10000)


@pytest.mark.parametrize(
    ("percentage", "whole", "least"), [(90, 37, 34), (95, 37, 36), (90, 4, 4), (90, 10, 9), (0, 5, 0)]
)
def test_least_part(percentage, whole, least):
    assert least_part(percentage, whole) == least


def test_a_kindergarten_without_counted_learners_is_not_judged_on_learners():
    learners = a_share(base="learners", applies=Applicability(has="learners"), number=31)
    plan = a_yes_no()
    unit = a_unit("preschool", learners=0)
    result = assess([learners, plan], unit, {11: Answer(yes=True)})
    finding = result.finding(31)
    assert set(finding.outcomes.values()) == {Outcome.NOT_APPLICABLE}
    assert finding.why_not == finding.sentences[1] == "Không áp dụng: đơn vị không có người học."
    assert (result.verdicts[1].applicable, result.verdicts[1].met, result.level) == (1, 1, 2)


def test_a_zero_whole_is_not_applicable_even_without_a_condition():
    finding = judge(a_share(), Answer(), a_unit(members=0)).finding(25)
    assert not finding.applies
    assert finding.percent_text == ""
    assert finding.why_not == "Không áp dụng: đơn vị không có Thành viên."


def test_an_unconfirmed_threshold_never_concludes():
    result = assess(
        [a_share(confirmed=False), a_yes_no()], a_unit(), {25: Answer(part=37), 11: Answer(yes=True)}
    )
    finding = result.finding(25)
    assert set(finding.outcomes.values()) == {Outcome.UNCONFIRMED}
    assert finding.sentences[2] == "Ngưỡng chưa được Sở xác nhận. So với gợi ý 95 %: đủ (37/37; cần 36)."
    assert finding.missing_people == {1: None, 2: None}
    assert result.level is None
    assert all(verdict.provisional and not verdict.reached for verdict in result.verdicts.values())
    assert result.verdicts[1].gaps == ()


@pytest.mark.parametrize(
    ("indicator", "answer", "sentence"),
    [
        (a_share(None, None), Answer(part=1), "Ngưỡng chưa được Sở xác nhận."),
        (a_yes_no(confirmed=False), Answer(yes=False), "Ngưỡng chưa được Sở xác nhận."),
        (dataclasses.replace(a_grade(), thresholds={}), Answer(grade=3), "Ngưỡng chưa được Sở xác nhận."),
        (
            a_grade(confirmed=False),
            Answer(grade=1),
            "Ngưỡng chưa được Sở xác nhận. So với gợi ý “Đáp ứng cơ bản”: chưa đủ (hiện là “Chưa đáp ứng”).",
        ),
    ],
)
def test_no_number_no_conclusion(indicator, answer, sentence):
    result = judge(indicator, answer)
    finding = result.findings[0]
    assert finding.outcomes[1] is Outcome.UNCONFIRMED
    assert finding.sentences[1] == sentence
    assert result.level is None


def test_a_confirmed_failure_is_beyond_doubt_whatever_is_unconfirmed():
    indicators = [a_share(confirmed=False), a_yes_no()]
    result = assess(indicators, a_unit(), {25: Answer(part=37), 11: Answer(yes=False)})
    assert result.level == 0
    assert not result.verdicts[1].provisional


def test_level_1_stands_while_level_2_is_unconfirmed():
    thresholds = {1: Threshold(1, 90, True), 2: Threshold(2, 95, False)}
    indicator = dataclasses.replace(a_share(), thresholds=thresholds)
    result = judge(indicator, Answer(part=37))
    assert result.level == 1
    assert result.verdicts[1].reached
    assert result.verdicts[2].provisional


def test_level_2_needs_its_own_thresholds_but_no_failed_level_1():
    thresholds = {1: Threshold(1, 95, True), 2: Threshold(2, 90, True)}
    result = judge(dataclasses.replace(a_share(), thresholds=thresholds), Answer(part=34))
    assert result.verdicts[2].met == 1
    assert not result.verdicts[2].reached
    assert [(gap.level, gap.steps) for gap in result.verdicts[2].gaps] == [(1, 2)]
    unconfirmed = {1: Threshold(1, 90, False), 2: Threshold(2, 95, True)}
    assert judge(dataclasses.replace(a_share(), thresholds=unconfirmed), Answer(part=36)).level == 2


@pytest.mark.parametrize(
    ("indicator", "unit", "sentence"),
    [
        (a_yes_no(), a_unit(), "Chưa nhập."),
        (a_grade(), a_unit(), "Chưa nhập."),
        (a_share(), a_unit(), "Chưa nhập. Cần 34/37 để đạt mức độ 1."),
        (a_share(), a_unit(members=None), "Chưa nhập số Thành viên tại 31/12."),
        (a_share(confirmed=False), a_unit(), "Chưa nhập. Ngưỡng chưa được Sở xác nhận."),
    ],
)
def test_what_is_not_entered_leaves_the_level_open(indicator, unit, sentence):
    result = assess([indicator], unit, {})
    finding = result.findings[0]
    assert finding.outcomes[1] is Outcome.MISSING
    assert finding.sentences[1] == sentence
    assert result.level is None
    assert [gap.steps for gap in result.verdicts[1].gaps] == [1]


@pytest.mark.parametrize(
    ("answer", "unit", "words"),
    [
        (
            Answer(part=38),
            a_unit(),
            "Chỉ tiêu 2.5: số đạt (38) lớn hơn tổng số (37). Kiểm tra lại hai số này.",
        ),
        (Answer(part=1), a_unit(members=0), "lớn hơn tổng số (0)"),
        (Answer(part=-1), a_unit(), "không được âm"),
    ],
)
def test_impossible_shares_are_refused(answer, unit, words):
    assert words in impossible(a_share(), unit, answer)
    with pytest.raises(ImpossibleFigureError) as refusal:
        judge(a_share(), answer, unit)
    assert words in str(refusal.value)


def test_other_impossible_figures():
    assert "mức phải là một trong: Chưa đáp ứng" in impossible(a_grade(), a_unit(), Answer(grade=4))
    with pytest.raises(ImpossibleFigureError, match="không được âm"):
        judge(a_share(), Answer(part=1), a_unit(members=-1))
    assert impossible(a_share(), a_unit(members=None), Answer(part=5)) is None
    with pytest.raises(ValueError, match="twice"):
        assess([a_share(), a_share()], a_unit(), {})


@pytest.mark.parametrize(
    ("grade", "first", "second", "level"),
    [
        (1, Outcome.NOT_MET, Outcome.NOT_MET, 0),
        (2, Outcome.MET, Outcome.NOT_MET, 1),
        (3, Outcome.MET, Outcome.MET, 2),
    ],
)
def test_graded(grade, first, second, level):
    result = judge(a_grade(), Answer(grade=grade))
    assert result.findings[0].outcomes == {1: first, 2: second}
    assert result.level == level


def test_the_sentence_of_a_grade():
    result = judge(a_grade(), Answer(grade=1))
    assert result.findings[0].sentences[2] == "Cần “Đáp ứng tốt” để đạt mức độ 2 (hiện là “Chưa đáp ứng”)."
    assert [gap.steps for gap in result.verdicts[2].gaps] == [2]


def test_a_no_names_the_missing_document():
    indicator = a_yes_no(documents=("Kế hoạch năm đã ký, đóng dấu",))
    result = judge(indicator, Answer(yes=False))
    assert result.findings[0].sentences[1] == (
        "Chưa thực hiện, cần có để đạt mức độ 1. Minh chứng cần có: Kế hoạch năm đã ký, đóng dấu."
    )
    assert result.level == 0
    assert "gắn minh chứng" in judge(a_yes_no(), Answer(yes=False)).findings[0].sentences[1]


def test_not_enough_evidence_is_not_the_same_as_not_met():
    result = judge(a_share(), Answer(part=37, evidence=1, enough_evidence=False))
    finding = result.findings[0]
    assert finding.outcomes[1] is Outcome.NO_EVIDENCE
    assert finding.sentences[1].startswith("Chưa đủ minh chứng để công nhận mức độ 1.")
    assert result.level == 0
    short = judge(a_share(), Answer(part=1, enough_evidence=False)).findings[0]
    assert short.outcomes[1] is Outcome.NOT_MET


@pytest.mark.parametrize(
    ("answer", "needed"),
    [
        (Answer(part=37), True),
        (Answer(part=37, evidence=1), False),
        (Answer(part=37, explanation="Danh sách lưu tại đơn vị"), False),
        (Answer(part=37, explanation="  "), True),
        (Answer(part=0), False),
        (Answer(), False),
    ],
)
def test_a_claim_needs_a_document_or_an_explanation(answer, needed):
    finding = judge(a_share(), answer).findings[0]
    assert finding.needs_document is needed


def test_needing_a_document_does_not_change_the_verdict():
    assert judge(a_share(), Answer(part=37)).level == 2


BUDGET = Applicability(
    kinds=frozenset({
        "party_office", "government_office", "front_mass", "military_police", "commune_committee", "preschool",
        "primary", "lower_secondary", "primary_lower_secondary", "vocational_centre", "other_school",
    }),
    public=True,
)  # fmt: skip
DIGITAL = Applicability(kinds=frozenset({"primary", "lower_secondary", "primary_lower_secondary"}))


@pytest.mark.parametrize(
    ("applies", "unit", "why_not"),
    [
        (EVERYONE, a_unit("enterprise", public=False), ""),
        (BUDGET, a_unit("primary"), ""),
        (BUDGET, a_unit("primary", public=False), "Không áp dụng: chỉ dành cho cơ quan, đơn vị công lập."),
        (
            BUDGET,
            a_unit("enterprise", public=False),
            "Không áp dụng: không dành cho doanh nghiệp, hợp tác xã, tổ chức kinh doanh.",
        ),
        (DIGITAL, a_unit("lower_secondary", public=False), ""),
        (
            DIGITAL,
            a_unit("preschool"),
            (
                "Không áp dụng: chỉ dành cho trường tiểu học; trường trung học cơ sở; "
                "trường tiểu học và trung học cơ sở."
            ),
        ),
        (
            Applicability(public=False),
            a_unit(),
            "Không áp dụng: chỉ dành cho cơ quan, đơn vị ngoài công lập.",
        ),
        (
            Applicability(has="language_posts"),
            a_unit(language_posts=0),
            "Không áp dụng: đơn vị không có vị trí việc làm yêu cầu ngoại ngữ.",
        ),
        (Applicability(has="language_posts"), a_unit(language_posts=None), ""),
    ],
)
def test_applicability(applies, unit, why_not):
    assert applies.applies(unit) == (not why_not, why_not)


def test_what_the_district_waived_counts_neither_for_nor_against():
    unit = a_unit(waived={25})
    result = assess([a_share(), a_yes_no()], unit, {25: Answer(part=0), 11: Answer(yes=True)})
    finding = result.finding(25)
    assert finding.outcomes[1] is Outcome.NOT_APPLICABLE
    assert finding.sentences[1] == "Không áp dụng: cấp thẩm định đã chấp thuận cho đơn vị."
    assert result.verdicts[2].applicable == 1
    assert result.level == 2


def test_answers_to_what_does_not_apply_are_ignored():
    indicator = a_share(applies=Applicability(kinds=frozenset({"primary"})))
    finding = judge(indicator, Answer(part=99), a_unit("enterprise")).findings[0]
    assert finding.part is None
    assert not finding.needs_document


def test_nothing_applicable_concludes_nothing():
    for indicators in ([], [a_share()]):
        result = assess(indicators, a_unit(waived={25}), {})
        assert result.level is None
        assert not result.verdicts[1].reached


def test_gaps_come_with_fewest_steps_first():
    indicators = [a_share(), a_grade(), a_yes_no(12, "1.10"), a_yes_no(13, "1.9")]
    answers = {25: Answer(part=30), 34: Answer(grade=1), 12: Answer(yes=False)}
    gaps = assess(indicators, a_unit(), answers).verdicts[2].gaps
    assert [(gap.indicator.code, gap.steps) for gap in gaps] == [
        ("1.9", 1),
        ("1.10", 1),
        ("3.4", 2),
        ("2.5", 6),
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": Kind.SHARE, "base": None},
        {"kind": Kind.YES_NO, "base": "members"},
        {"kind": Kind.GRADED, "base": None},
        {"thresholds": {1: Threshold(1, 101, True)}},
    ],
)
def test_an_indicator_that_cannot_be_measured_is_refused(fields):
    with pytest.raises(ValueError, match=r"indicator 2\.5"):
        dataclasses.replace(a_share(), **fields)


def test_an_unknown_finding_is_an_error():
    with pytest.raises(KeyError):
        assess([], a_unit(), {}).finding(1)
