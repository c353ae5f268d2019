"""What if: the same rules on other figures, which nobody stores. Reads a loaded sheet and asks the database nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from portal import words

from .forms import ratio, ratio_text, whole_number
from .queries import Sheet
from .rules import (
    LEVELS,
    RATIO_WHOLE,
    Answer,
    Assessment,
    Finding,
    Indicator,
    Kind,
    Profile,
    assess,
    impossible,
)
from .wording import LevelWords, outcome_words, value_words, verdict_words

_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Field:
    """One input of the what-if form, with what was typed into it."""

    name: str
    label: str
    kind: str
    text: str
    choices: tuple[tuple[str, str], ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """One indicator that a what-if would change: values and outcomes before and after, as words and tones."""

    code: str
    title: str
    was: str
    now: str
    was_word: tuple[str, str]
    now_word: tuple[str, str]


@dataclass
class WhatIf:
    """A what-if as typed: the inputs, what cannot be read, and what would follow."""

    heads: list[Field] = field(default_factory=list)
    values: list[Field] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    before: tuple[LevelWords, ...] = ()
    after: tuple[LevelWords, ...] = ()
    turns: list[Turn] = field(default_factory=list)


_YES_NO = (("", "Chưa nhập"), ("co", "Có"), ("khong", "Chưa có"))
_PRESENCE = (("", "Chưa nhập"), ("co", "Có"), ("khong", "Không có"))


def what_if(sheet: Sheet, typed: Mapping[str, str]) -> WhatIf:
    """Judge the dossier on other figures; an input that is not typed keeps what is stored. Nothing is stored."""
    found = WhatIf()
    profile = _profile(sheet, typed, found)
    answers = sheet.given()
    for indicator in sheet.indicators:
        if indicator.id in sheet.waived or not indicator.applies.applies(replace(profile, headcounts={}))[0]:
            continue
        stands = answers.get(indicator.id, Answer())
        answers[indicator.id] = _answer(indicator, profile, stands, typed, found)
    if found.faults:
        return found
    before, after = sheet.unit_side(), _judge(sheet, profile, answers)
    found.before = tuple(verdict_words(before, level) for level in LEVELS)
    found.after = tuple(verdict_words(after, level) for level in LEVELS)
    found.turns = [
        Turn(
            one.indicator.code,
            one.indicator.title,
            _value(before.finding(one.indicator.id), sheet.given()),
            _value(one, answers),
            outcome_words(before.finding(one.indicator.id)),
            outcome_words(one),
        )
        for one in after.findings
        if _differs(before.finding(one.indicator.id), one, sheet.given(), answers)
    ]
    return found


def _profile(sheet: Sheet, typed: Mapping[str, str], found: WhatIf) -> Profile:
    profile = sheet.profile()
    counts = dict(profile.headcounts)
    for code in sheet.asked_counts:
        name, label = f"so-{code}", words.HEADCOUNTS[code].name
        if profile.ratio_only:
            text = _text(typed, name, {None: "", 0: "khong"}.get(counts[code], "co"))
            found.heads.append(Field(name, label, "choice", text, _PRESENCE))
            counts[code] = {"co": RATIO_WHOLE, "khong": 0}.get(text)
            continue
        text = _text(typed, name, "" if counts[code] is None else str(counts[code]))
        found.heads.append(Field(name, label, "number", text))
        try:
            counts[code] = whole_number(text)
        except ValueError as reason:
            found.faults.append(f"{label}: {reason}")
    return replace(profile, headcounts=counts)


def _answer(
    indicator: Indicator,
    profile: Profile,
    stands: Answer,
    typed: Mapping[str, str],
    found: WhatIf,
) -> Answer:
    name, label = f"ct-{indicator.code}", f"{indicator.code} {indicator.title}"
    if indicator.kind is Kind.YES_NO:
        text = _text(typed, name, {True: "co", False: "khong", None: ""}[stands.yes])
        found.values.append(Field(name, label, "choice", text, _YES_NO))
        return replace(stands, yes={"co": True, "khong": False}.get(text))
    if indicator.kind is Kind.GRADED:
        grades = tuple((str(n), grade) for n, grade in enumerate(indicator.grades, start=1))
        text = _text(typed, name, str(stands.grade or ""))
        found.values.append(Field(name, label, "choice", text, (("", "Chưa nhập"), *grades)))
        return replace(stands, grade=int(text) if text in dict(grades) else None)
    stored = (
        ratio_text(stands.part) if profile.ratio_only else "" if stands.part is None else str(stands.part)
    )
    text = _text(typed, name, stored)
    whole = profile.headcounts.get(indicator.base or "")
    note = "%" if profile.ratio_only else f"trong {words.number(whole)}" if whole is not None else "người"
    found.values.append(Field(name, label, "number", text, note=note))
    try:
        answer = replace(stands, part=ratio(text) if profile.ratio_only else whole_number(text))
    except ValueError as reason:
        found.faults.append(f"Chỉ tiêu {indicator.code}: {reason}")
        return stands
    fault = impossible(indicator, profile, answer) if whole else None
    if fault:
        found.faults.append(fault)
    return answer


def _judge(sheet: Sheet, profile: Profile, answers: dict[int, Answer]) -> Assessment:
    """Judge the typed figures; a share of nobody is no share, whatever was typed into it."""
    for indicator in sheet.indicators:
        if indicator.base and profile.headcounts.get(indicator.base) == 0:
            answers[indicator.id] = replace(answers.get(indicator.id, Answer()), part=None)
    return assess(sheet.indicators, profile, answers)


def _text(typed: Mapping[str, str], name: str, stored: str) -> str:
    return typed[name].strip()[:_LONGEST] if name in typed else stored


def _value(finding: Finding, answers: Mapping[int, Answer]) -> str:
    if not finding.applies:
        return "không áp dụng"
    given = answers.get(finding.indicator.id, Answer())
    return value_words(
        finding.indicator,
        given.yes,
        given.part,
        given.grade,
        finding.whole,
        ratio_only=finding.ratio_only,
    )


def _differs(was: Finding, now: Finding, before: Mapping[int, Answer], after: Mapping[int, Answer]) -> bool:
    return (was.outcomes, _value(was, before)) != (now.outcomes, _value(now, after))
