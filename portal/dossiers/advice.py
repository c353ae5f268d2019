"""What stands between a unit and each level, as work to do: fewest steps first, in people and named papers.

And what if: the same rules on other figures, which nobody stores. Reads a loaded sheet and asks the
database nothing.
"""

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
    Outcome,
    Profile,
    assess,
    impossible,
)
from .ruling import documents
from .wording import LevelWords, outcome_words, value_words, verdict_words

_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do: the indicator, what is to be done, how much of it, and the papers that would prove it."""

    code: str
    title: str
    anchor: str
    todo: str
    amount: str
    papers: tuple[str, ...]
    tone: str


@dataclass(frozen=True, slots=True)
class Advice:
    """The work for each level, fewest steps first; a task of a lower level is not repeated in a higher one.

    `carried`: how many tasks of the level below count for the level as well. `unproven`: what is claimed with
    neither paper nor explanation. `unconfirmed` and `inapplicable`: codes, and codes with the reason.
    """

    verdicts: tuple[LevelWords, ...]
    levels: tuple[tuple[int, tuple[Task, ...], int], ...]
    unproven: tuple[Task, ...]
    unconfirmed: tuple[str, ...]
    inapplicable: tuple[tuple[str, str], ...]


def advise(assessment: Assessment) -> Advice:
    """Turn an assessment into work to do."""
    levels: list[tuple[int, tuple[Task, ...], int]] = []
    done: set[str] = set()
    for level in LEVELS:
        gaps = assessment.verdicts[level].gaps
        fresh = [g for g in gaps if not (g.indicator.code in done and _open(assessment, g.indicator))]
        tasks = tuple(_task(assessment.finding(g.indicator.id), g.level, g.steps) for g in fresh)
        levels.append((level, tasks, len(gaps) - len(fresh)))
        done |= {g.indicator.code for g in gaps}
    applying = [f for f in assessment.findings if f.applies]
    return Advice(
        verdicts=tuple(verdict_words(assessment, level) for level in LEVELS),
        levels=tuple(levels),
        unproven=tuple(_prove(f) for f in applying if f.needs_document),
        unconfirmed=tuple(
            f.indicator.code for f in applying if any(o is Outcome.UNCONFIRMED for o in f.outcomes.values())
        ),
        inapplicable=tuple((f.indicator.code, f.why_not) for f in assessment.findings if not f.applies),
    )


def _open(assessment: Assessment, indicator: Indicator) -> bool:
    """Whether both levels ask for the very same thing: to do it at all, or to enter it."""
    finding = assessment.finding(indicator.id)
    missing = all(finding.outcomes[level] is Outcome.MISSING for level in LEVELS)
    return missing or (indicator.kind is Kind.YES_NO and finding.outcomes[1] is finding.outcomes[2])


def _task(finding: Finding, level: int, steps: int) -> Task:
    indicator = finding.indicator
    sentences = [finding.sentences[level]]
    if _share_not_entered(finding):
        sentences = list(
            dict.fromkeys(s.removeprefix("Chưa nhập.").strip() for s in finding.sentences.values())
        )
        sentences = ["Chưa nhập.", *(s for s in sentences if s)]
    told = " ".join(sentence.removesuffix(documents(indicator)).strip() for sentence in sentences)
    missing = finding.outcomes[level] is Outcome.MISSING
    return Task(
        indicator.code,
        indicator.title,
        f"chi-tieu-{indicator.code}",
        told,
        _amount(finding, level, steps),
        indicator.documents,
        "wait" if missing else "no",
    )


def _share_not_entered(finding: Finding) -> bool:
    shares = finding.indicator.kind is Kind.SHARE and finding.whole is not None
    return shares and not finding.ratio_only and all(o is Outcome.MISSING for o in finding.outcomes.values())


def _amount(finding: Finding, level: int, steps: int) -> str:
    if finding.outcomes[level] is Outcome.MISSING:
        return "nhập kết quả"
    if finding.indicator.kind is Kind.SHARE and finding.ratio_only:
        return "thêm tỷ lệ"
    if finding.indicator.kind is Kind.SHARE:
        return f"{words.number(steps)} người"
    return f"{steps} bậc" if finding.indicator.kind is Kind.GRADED else "1 việc"


def _prove(finding: Finding) -> Task:
    indicator = finding.indicator
    todo = "Ghi “đạt” nhưng chưa có minh chứng và chưa giải trình: gắn văn bản, hoặc viết giải trình."
    return Task(
        indicator.code,
        indicator.title,
        f"chi-tieu-{indicator.code}",
        todo,
        "1 việc",
        indicator.documents,
        "wait",
    )


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
