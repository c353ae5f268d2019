"""What a dossier's values mean, in the words of its pages: outcomes, thresholds, values, why it applies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portal import words

from .models import Answer
from .rules import LEVELS, Assessment, Finding, Indicator, Kind, Outcome, Threshold, Verdict, share_words

ILLUSTRATIVE = "số liệu minh họa, Sở chưa xác nhận"
UNCONFIRMED = "ngưỡng chưa được Sở xác nhận"
DUTIES = {"chair": "Tổ trưởng", "deputy": "Tổ phó", "secretary": "Thư ký", "member": "Thành viên"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What one level asks for in words, and the dashed label of a number that is not official."""

    level: int
    text: str
    mark: str


def outcome_words(finding: Finding) -> tuple[str, str]:
    """Return one word and its tone for an indicator over both levels."""
    one, two = (finding.outcomes[level] for level in LEVELS)
    if not finding.applies:
        return "Không áp dụng", "na"
    if Outcome.MISSING in (one, two):
        return "Chưa nhập", "wait"
    for level, outcome in ((1, one), (2, two)):
        if outcome is Outcome.NOT_MET:
            return f"Chưa đạt mức độ {level}", "no"
        if outcome is Outcome.NO_EVIDENCE:
            return "Chưa đủ minh chứng", "wait"
    if one is two is Outcome.MET:
        return "Đạt cả hai mức", "ok"
    if one is Outcome.MET:
        return "Đạt mức độ 1", "ok"
    return "Đã nhập, ngưỡng chưa xác nhận", "wait"


def asked(indicator: Indicator) -> tuple[Asked, ...]:
    """Return what each level asks of an indicator; equal demands of both levels are said once, as level 0."""
    found = tuple(
        Asked(level, _threshold_text(indicator, t), _mark(t))
        for level in LEVELS
        for t in (indicator.threshold(level),)
    )
    if len({(one.text, one.mark) for one in found}) == 1:
        return (Asked(0, found[0].text, found[0].mark),)
    return found


def _threshold_text(indicator: Indicator, threshold: Threshold) -> str:
    value = threshold.value
    if value is None:
        return "chưa có ngưỡng"
    if indicator.kind is Kind.SHARE:
        text = f"từ {value} %"
    elif indicator.kind is Kind.GRADED:
        text = f"từ “{indicator.grades[value - 1]}”"
    else:
        text = "phải có"
    return text if threshold.confirmed else f"gợi ý {text}"


def _mark(threshold: Threshold) -> str:
    if not threshold.confirmed:
        return UNCONFIRMED
    return ILLUSTRATIVE if threshold.illustrative else ""


def value_words(
    indicator: Indicator,
    yes: bool | None,
    part: int | None,
    grade: int | None,
    whole: int | None = None,
    *,
    ratio_only: bool = False,
) -> str:
    """Say an answer's value: "35 trong 37", "94,59 %", "Có", a grade's name; "Chưa nhập" where there is none."""
    if indicator.kind is Kind.SHARE:
        if part is None:
            return "Chưa nhập"
        if ratio_only:
            return share_words(part, whole, ratio_only)
        return f"{words.number(part)} trong {words.number(whole)}" if whole else words.number(part)
    if indicator.kind is Kind.GRADED:
        return indicator.grades[grade - 1] if grade else "Chưa nhập"
    return {True: "Có", False: "Chưa có", None: "Chưa nhập"}[yes]


def answer_words(finding: Finding, answer: Answer) -> str:
    """Say the value of a stored answer; of a share, within the whole it was judged by."""
    return value_words(
        finding.indicator,
        answer.yes,
        answer.part,
        answer.grade,
        finding.whole,
        ratio_only=finding.ratio_only,
    )


def text_of(value: str, explanation: str) -> str:
    """Put value and explanation into one text, to lay two versions side by side."""
    return f"{value}\n{explanation}" if explanation else value


def why_applies(indicator: Indicator, kind: str, public: bool) -> str:
    """Say why an indicator concerns a unit of this kind."""
    reasons = []
    if indicator.applies.kinds is not None:
        reasons.append(f"đơn vị là {words.kind_inline(kind)}")
    if indicator.applies.public is not None:
        reasons.append("công lập" if public else "ngoài công lập")
    if indicator.applies.has is not None:
        reasons.append(f"có {words.HEADCOUNTS[indicator.applies.has].inline.removeprefix('số ')}")
    return f"Áp dụng vì {', '.join(reasons)}." if reasons else "Áp dụng cho mọi đơn vị."


@dataclass(frozen=True, slots=True)
class LevelWords:
    """The verdict of one level for the side of a page."""

    level: int
    word: str
    line: str
    tone: str
    mark: str


def verdict_words(assessment: Assessment, level: int) -> LevelWords:
    """Return a level's verdict in words; "tạm tính" as long as something is missing or unconfirmed."""
    verdict: Verdict = assessment.verdicts[level]
    line = f"{verdict.met}/{verdict.applicable} chỉ tiêu đạt"
    if verdict.reached:
        mark = "số liệu minh họa" if _rests_on_illustration(assessment, level) else ""
        return LevelWords(level, f"Mức độ {level}: đạt", line, "ok", mark)
    people = sum(f.missing_people[level] or 0 for f in assessment.findings if f.applies)
    if people:
        line += f"; cần thêm {words.number(people)} người"
    if verdict.provisional:
        left = len(verdict.gaps)
        word = f"Mức độ {level}: còn {left} việc" if left else f"Mức độ {level}: chờ xác nhận ngưỡng"
        return LevelWords(level, word, line, "wait", "tạm tính")
    return LevelWords(level, f"Mức độ {level}: chưa đạt", line, "no", "")


def _rests_on_illustration(assessment: Assessment, level: int) -> bool:
    return any(
        f.applies and f.indicator.threshold(at).illustrative
        for f in assessment.findings
        for at in range(1, level + 1)
    )


def next_level(assessment: Assessment) -> int:
    """Return the level whose gaps are shown: the first one not reached, at most 2."""
    return next((level for level in LEVELS if not assessment.verdicts[level].reached), LEVELS[-1])


def gap_rows(assessment: Assessment, base: str = "") -> list[tuple[str, str, str, str]]:
    """Return what stands in the way of the next level, fewest steps first: code, tone, sentence, address."""
    rows = []
    for gap in assessment.verdicts[next_level(assessment)].gaps:
        outcome = assessment.finding(gap.indicator.id).outcomes[gap.level]
        tone = "wait" if outcome is Outcome.MISSING else "no"
        rows.append(
            (
                gap.indicator.code,
                tone,
                f"{gap.indicator.title}: {gap.sentence}",
                f"{base}#chi-tieu-{gap.indicator.code}",
            )
        )
    return rows


def criteria_tally(
    assessment: Assessment, titles: Sequence[tuple[int, str]]
) -> list[tuple[str, str, str, str, bool]]:
    """Return each criterion with how many of its applying indicators are met at level 1, for the side list."""
    rows = []
    for number, _title in titles:
        own = [f for f in assessment.findings if f.indicator.criterion == number and f.applies]
        met = sum(f.outcomes[1] is Outcome.MET for f in own)
        failed = any(f.outcomes[1] is Outcome.NOT_MET for f in own)
        tone = "ok" if met == len(own) else "no" if failed else "wait"
        rows.append((f"Tiêu chí {number}", f"#tieu-chi-{number}", f"{met}/{len(own)}", tone, False))
    return rows
