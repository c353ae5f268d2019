"""Rule on one indicator at one level: the outcome, its sentence, and what is still lacking.

The part of the rules that knows the kinds of indicators; `rules.assess` puts the rulings together. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from portal import words
from portal.dossiers.measures import Answer, Indicator, Kind, Threshold, least_part, points

UNCONFIRMED_SENTENCE = "Ngưỡng chưa được Sở xác nhận."


class Outcome(StrEnum):
    """What an indicator comes to at one level; the words are in words.OUTCOMES."""

    MET = "met"
    NOT_MET = "not_met"
    MISSING = "missing"
    NO_EVIDENCE = "no_evidence"
    NOT_APPLICABLE = "not_applicable"
    UNCONFIRMED = "unconfirmed"


@dataclass(frozen=True, slots=True)
class Ruling:
    """One indicator at one level."""

    outcome: Outcome
    sentence: str
    missing_people: int | None = None
    steps: int = 1


def rule(
    indicator: Indicator, threshold: Threshold, answer: Answer, whole: int | None, ratio_only: bool
) -> Ruling:
    """Rule on one level of an indicator that applies, and say what is to be done about the evidence."""
    if indicator.kind is Kind.SHARE and ratio_only:
        ruling = _rule_ratio(indicator, threshold, answer.part, whole)
    elif indicator.kind is Kind.SHARE:
        ruling = _rule_share(indicator, threshold, answer.part, whole)
    elif indicator.kind is Kind.GRADED:
        ruling = _rule_grade(indicator, threshold, answer.grade)
    else:
        ruling = _rule_yes_no(indicator, threshold, answer.yes)
    if ruling.outcome is Outcome.MET and not answer.enough_evidence:
        sentence = f"Chưa đủ minh chứng để công nhận mức độ {threshold.level}.{documents(indicator)}"
        return Ruling(Outcome.NO_EVIDENCE, sentence, ruling.missing_people)
    return ruling


def _rule_share(indicator: Indicator, threshold: Threshold, part: int | None, whole: int | None) -> Ruling:
    level, value = threshold.level, threshold.value
    if whole is None:
        return _missing(threshold, f"Chưa nhập {words.HEADCOUNTS[indicator.base or ''].inline}.")
    least = None if value is None else least_part(value, whole)
    if part is None:
        need = "" if threshold.in_force is None else f" Cần {least}/{whole} để đạt mức độ {level}."
        return _missing(threshold, f"Chưa nhập.{need}")
    if least is None:
        return Ruling(Outcome.UNCONFIRMED, UNCONFIRMED_SENTENCE)
    lacking = max(0, least - part)
    if threshold.in_force is None:
        return _unconfirmed(f"{value} %", f"{part}/{whole}; cần {least}", not lacking)
    if lacking:
        sentence = f"Cần thêm {lacking} người để đạt mức độ {level} ({part}/{whole}; cần {least})."
        return Ruling(Outcome.NOT_MET, sentence, lacking, lacking)
    share = words.percent(part, whole)
    return Ruling(Outcome.MET, f"Đạt mức độ {level} ({part}/{whole} = {share}; cần {least}).", 0)


def _rule_ratio(indicator: Indicator, threshold: Threshold, part: int | None, whole: int | None) -> Ruling:
    """Rule on a share told as a ratio only: the same comparison, its words in percent and never in people."""
    level, value = threshold.level, threshold.value
    if whole is None:
        return _missing(threshold, f"{words.HEADCOUNTS[indicator.base or ''].unsaid}.")
    if part is None:
        need = "" if threshold.in_force is None else f" Cần từ {value} % để đạt mức độ {level}."
        return _missing(threshold, f"Chưa nhập tỷ lệ.{need}")
    if value is None:
        return Ruling(Outcome.UNCONFIRMED, UNCONFIRMED_SENTENCE)
    lacking = max(0, least_part(value, whole) - part)
    share = words.percent(part, whole)
    if threshold.in_force is None:
        return _unconfirmed(f"{value} %", f"hiện là {share}", not lacking)
    if lacking:
        sentence = f"Cần thêm {points(lacking)} để đạt mức độ {level} (hiện là {share}; cần {value} %)."
        return Ruling(Outcome.NOT_MET, sentence, steps=-(-lacking // 100))
    return Ruling(Outcome.MET, f"Đạt mức độ {level} ({share}; cần {value} %).")


def _rule_grade(indicator: Indicator, threshold: Threshold, grade: int | None) -> Ruling:
    level, least = threshold.level, threshold.value
    if grade is None:
        return _missing(threshold, "Chưa nhập.")
    now = f"“{indicator.grades[grade - 1]}”"
    if least is None:
        return Ruling(Outcome.UNCONFIRMED, UNCONFIRMED_SENTENCE)
    needed = f"“{indicator.grades[least - 1]}”"
    if threshold.in_force is None:
        return _unconfirmed(needed, f"hiện là {now}", grade >= least)
    if grade < least:
        sentence = f"Cần {needed} để đạt mức độ {level} (hiện là {now})."
        return Ruling(Outcome.NOT_MET, sentence, steps=least - grade)
    return Ruling(Outcome.MET, f"Đạt mức độ {level} ({now}).")


def _rule_yes_no(indicator: Indicator, threshold: Threshold, yes: bool | None) -> Ruling:
    level = threshold.level
    if yes is None:
        return _missing(threshold, "Chưa nhập.")
    if threshold.in_force is None:
        return Ruling(Outcome.UNCONFIRMED, UNCONFIRMED_SENTENCE)
    if not yes:
        sentence = f"Chưa thực hiện, cần có để đạt mức độ {level}.{documents(indicator)}"
        return Ruling(Outcome.NOT_MET, sentence)
    return Ruling(Outcome.MET, f"Đạt mức độ {level}.")


def documents(indicator: Indicator) -> str:
    """Name the papers that would prove an indicator, as the last sentence of what is to be done."""
    if not indicator.documents:
        return " Thực hiện nội dung này và gắn minh chứng."
    return f" Minh chứng cần có: {'; '.join(indicator.documents)}."


def _missing(threshold: Threshold, sentence: str) -> Ruling:
    if threshold.in_force is None:
        sentence = f"{sentence} {UNCONFIRMED_SENTENCE}"
    return Ruling(Outcome.MISSING, sentence)


def _unconfirmed(suggestion: str, figures: str, would_do: bool) -> Ruling:
    """Say what a suggested threshold would mean, without concluding anything from it."""
    word = "đủ" if would_do else "chưa đủ"
    sentence = f"{UNCONFIRMED_SENTENCE} So với gợi ý {suggestion}: {word} ({figures})."
    return Ruling(Outcome.UNCONFIRMED, sentence)
