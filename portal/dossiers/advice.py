"""What stands between a unit and each level, as work to do: fewest steps first, in people and named papers.

Reads an assessment and asks the database nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from portal import words

from .rules import (
    LEVELS,
    Assessment,
    Finding,
    Indicator,
    Kind,
    Outcome,
)
from .ruling import documents
from .wording import LevelWords, verdict_words


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
