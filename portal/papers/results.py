"""The results of a self-assessment as the papers word them: requirements, values, verdicts, gaps.

Every threshold that the Department has not confirmed says so beside its number; a sensitive unit's
sentences hold shares and no counts.
"""

from __future__ import annotations

from dataclasses import replace

from portal import words
from portal.activities.rules import Sum, duration, sums
from portal.activities.wording import KINDS, report_sentence
from portal.dossiers.rules import FAILED, Assessment, Finding, Gap, Indicator, Kind, Outcome
from portal.papers.content import Content
from portal.papers.data import ActivitySum, CriterionResults, IndicatorResult, Lacking, LevelSummary
from portal.papers.rows import MISSING
from portal.papers.wording import value_words

ILLUSTRATIVE = "số liệu minh họa, Sở chưa xác nhận"
UNCONFIRMED = "ngưỡng chưa được Sở xác nhận"


def asked_of(indicator: Indicator, level: int) -> str:
    """Say what a level asks of an indicator."""
    value = indicator.threshold(level).value
    if value is None:
        return UNCONFIRMED[:1].upper() + UNCONFIRMED[1:]
    if indicator.kind is Kind.YES_NO:
        return "Có"
    if indicator.kind is Kind.GRADED:
        top = value >= len(indicator.grades)
        return f"“{indicator.grades[value - 1]}”{'' if top else ' trở lên'}"
    return "100 %" if value == 100 else f"Từ {value} % trở lên"


def is_sure(indicator: Indicator, level: int) -> bool:
    """Return whether the Department stands behind the number a level asks for (where there is one)."""
    threshold = indicator.threshold(level)
    return threshold.value is None or (threshold.confirmed and not threshold.illustrative)


def requirement(indicator: Indicator, level: int) -> str:
    """Say what a level asks of an indicator, and whether the Department has confirmed it."""
    said = asked_of(indicator, level)
    if is_sure(indicator, level):
        return said
    confirmed = indicator.threshold(level).confirmed
    return f"{said} ({ILLUSTRATIVE})" if confirmed else f"{said} (gợi ý; {UNCONFIRMED})"


def criteria(content: Content) -> tuple[CriterionResults, ...]:
    """Return every indicator under its criterion, in the order of the catalogue."""
    found = {finding.indicator.id: finding for finding in content.assessment.findings}
    return tuple(
        CriterionResults(
            number=group.number,
            title=group.title,
            indicators=tuple(
                _result(content, number, wording, found[number]) for number, wording in group.wordings
            ),
        )
        for group in content.groups
    )


def _result(content: Content, indicator_id: int, wording: str, finding: Finding) -> IndicatorResult:
    indicator = finding.indicator
    answer = content.answers.get(indicator_id)
    return IndicatorResult(
        code=indicator.code,
        title=wording.rstrip(" .;"),
        requirement_1=requirement(indicator, 1),
        requirement_2=requirement(indicator, 2),
        outcome_1=words.OUTCOMES[finding.outcomes[1]].name,
        outcome_2=words.OUTCOMES[finding.outcomes[2]].name,
        is_share=indicator.kind is Kind.SHARE,
        part=finding.part,
        whole=finding.whole,
        percent=finding.percent_text or None,
        answer=_answer_words(indicator, answer.yes, answer.grade) if answer else None,
        not_applicable=_reason(finding.why_not),
        explanation=answer.explanation if answer and finding.applies else "",
        evidence=content.evidence.get(indicator_id, ()) if finding.applies else (),
    )


def _answer_words(indicator: Indicator, yes: bool | None, grade: int | None) -> str | None:
    if indicator.kind is Kind.GRADED:
        return indicator.grades[grade - 1] if grade else None
    return None if yes is None else "Có" if yes else "Không"


def _reason(why_not: str) -> str:
    """The reason alone; the papers put "Không áp dụng" before it themselves."""
    return why_not.removeprefix("Không áp dụng: ").rstrip(".")


def summaries(assessment: Assessment) -> tuple[LevelSummary, ...]:
    """Return how many indicators were met for each level, with the verdict in words."""
    return tuple(
        LevelSummary(
            level=level, applicable=verdict.applicable, met=verdict.met, verdict=_verdict(assessment, level)
        )
        for level, verdict in assessment.verdicts.items()
    )


def _verdict(assessment: Assessment, level: int) -> str:
    verdict = assessment.verdicts[level]
    if verdict.reached:
        return "đạt"
    return f"tạm tính, {_open(assessment, level)}" if verdict.provisional else "chưa đạt"


def _open(assessment: Assessment, level: int) -> str:
    """Why a level cannot be concluded yet."""
    outcomes = {finding.outcomes[level] for finding in assessment.findings}
    return "còn chỉ tiêu chưa nhập" if Outcome.MISSING in outcomes else f"còn {UNCONFIRMED}"


def conclusion(content: Content) -> tuple[str, ...]:
    """Return the sentences that conclude a self-assessment report."""
    assessment = content.assessment
    if assessment.level is None:
        return (f"Kết quả tự đánh giá là tạm tính: {_open(assessment, 1)}.",)
    if assessment.level == 0:
        return ("Theo kết quả tự đánh giá, đơn vị chưa đạt mức độ 1.",)
    said = [f"Theo kết quả tự đánh giá, đơn vị đạt mức độ {assessment.level}."]
    if assessment.level == 1:
        above = assessment.verdicts[2]
        left = len(above.gaps)
        if left:
            said.append(f"Để đạt mức độ 2 còn {left} chỉ tiêu cần hoàn thiện.")
        elif above.provisional:
            said.append(f"Mức độ 2 là tạm tính: {_open(assessment, 2)}.")
    return tuple(said)


def gaps(content: Content) -> tuple[str, ...]:
    """Return what still lacks up to level 2, fewest steps first."""
    return tuple(
        f"Chỉ tiêu {gap.indicator.code}: {_gap_words(content, gap)}"
        for gap in content.assessment.verdicts[2].gaps
    )


def lacking(content: Content, level: int) -> tuple[Lacking, ...]:
    """Return what every indicator that is not met for a level still needs, fewest steps first."""
    found = {item.code: item for criterion in criteria(content) for item in criterion.indicators}
    return tuple(
        Lacking(
            code=gap.indicator.code,
            title=gap.indicator.title,
            stands=_standing(found[gap.indicator.code], content.sensitive),
            asked=asked_of(gap.indicator, level),
            todo=_to_do(content, gap),
            unconfirmed=not is_sure(gap.indicator, level),
        )
        for gap in content.assessment.verdicts[level].gaps
    )


def _to_do(content: Content, gap: Gap) -> str:
    missing = content.assessment.finding(gap.indicator.id).outcomes[gap.level] is Outcome.MISSING
    return "Nhập kết quả, gắn minh chứng." if missing else _gap_words(content, gap)


def _standing(item: IndicatorResult, sensitive: bool) -> str:
    value = value_words(item, sensitive)
    return "Chưa nhập" if value.startswith(MISSING) else value


def _gap_words(content: Content, gap: Gap) -> str:
    finding = content.assessment.finding(gap.indicator.id)
    if finding.ratio_only or not (content.sensitive and gap.indicator.kind is Kind.SHARE):
        return gap.sentence
    if finding.outcomes[gap.level] not in FAILED:
        return "Chưa nhập."
    asked = requirement(gap.indicator, gap.level)
    return f"Mới đạt {finding.percent_text}; mức độ {gap.level} yêu cầu {asked[:1].lower()}{asked[1:]}."


def activities(content: Content) -> tuple[ActivitySum, ...]:
    """Return what the unit logged in the year by kind, with a last row for all where there are several kinds."""
    by_kind = _logged(content)
    rows = [_activity_sum(KINDS[kind].name, one) for kind, one in by_kind.items()]
    if len(by_kind) > 1:
        rows.append(_activity_sum("Cộng", sum(by_kind.values(), Sum())))
    return tuple(rows)


def _logged(content: Content) -> dict[str, Sum]:
    """Add a year's activities up; of a sensitive unit without the people."""
    hidden = content.sensitive
    return sums(replace(one, participants=0) if hidden else one for one in content.activities)


def _activity_sum(name: str, one: Sum) -> ActivitySum:
    return ActivitySum(
        kind=name,
        number=words.number(one.number),
        participants=words.number(one.participants) if one.participants else "–",
        duration=duration(one.minutes),
    )


def activity_text(content: Content) -> str:
    """Return the sentence that goes before the table of activities, "" where none was logged."""
    return report_sentence(content.year, _logged(content))
