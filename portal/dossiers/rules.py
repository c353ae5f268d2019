"""Judge a self-assessment: one verdict per indicator and level, with a sentence and the gap in people.

The same function serves the form, the appraiser, the papers and the reports (Articles 6 and 7 of
Circular 24/2023/TT-BGDĐT). A threshold that nobody confirmed never concludes a level; what does not
apply counts neither for nor against. Pure: values in, answer out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal import words
from portal.dossiers.applicability import Applicability, ImpossibleFigureError, Profile, no_headcount
from portal.dossiers.measures import (
    LEVELS,
    RATIO_WHOLE,
    Answer,
    Indicator,
    Kind,
    Threshold,
    as_ratio,
    impossible,
    least_part,
    points,
    share_words,
)
from portal.dossiers.ruling import Outcome, Ruling, rule

__all__ = [
    "LEVELS",
    "RATIO_WHOLE",
    "Answer",
    "Applicability",
    "Assessment",
    "Finding",
    "Gap",
    "ImpossibleFigureError",
    "Indicator",
    "Kind",
    "Outcome",
    "Profile",
    "Threshold",
    "Verdict",
    "as_ratio",
    "assess",
    "impossible",
    "least_part",
    "points",
    "share_words",
]

FAILED = frozenset({Outcome.NOT_MET, Outcome.NO_EVIDENCE})
"""Outcomes that rule a level out; missing and unconfirmed only leave it undecided."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One indicator judged at every level.

    `missing_people` is how many more people a level needs: 0 when it is met, None where nothing can
    be said (not a share, not entered, not confirmed, a unit that tells ratios only); `steps` counts
    people, begun percentage points, grades or tasks alike. `needs_document`: a result is claimed with
    neither evidence nor a written explanation. `ratio_only`: `part` and `whole` are no people
    (`measures.RATIO_WHOLE`).
    """

    indicator: Indicator
    outcomes: Mapping[int, Outcome]
    part: int | None
    whole: int | None
    percent_text: str
    sentences: Mapping[int, str]
    missing_people: Mapping[int, int | None]
    needs_document: bool
    applies: bool
    why_not: str
    steps: Mapping[int, int]
    ratio_only: bool = False

    @property
    def share(self) -> str:
        """The share in words, "35/37 = 94,59 %" or, told as a ratio only, "94,59 %"; "" for none."""
        return "" if self.part is None else share_words(self.part, self.whole, self.ratio_only)


@dataclass(frozen=True, slots=True)
class Gap:
    """What stands between the unit and a level at one indicator, with the steps it takes."""

    indicator: Indicator
    level: int
    sentence: str
    steps: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """One level: reached, or not; `provisional` while answers or confirmed thresholds could still reach it.

    `gaps` are what the unit itself can do, fewest steps first; an unconfirmed threshold is the
    Department's to settle and is no gap.
    """

    level: int
    reached: bool
    provisional: bool
    applicable: int
    met: int
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class Assessment:
    """All findings in the order of the catalogue, and the verdict of each level."""

    findings: tuple[Finding, ...]
    verdicts: Mapping[int, Verdict]

    @property
    def level(self) -> int | None:
        """The highest level reached beyond doubt; 0 when none can be, None while that is provisional."""
        reached = [level for level, verdict in self.verdicts.items() if verdict.reached]
        if reached:
            return max(reached)
        return None if any(verdict.provisional for verdict in self.verdicts.values()) else 0

    def finding(self, indicator_id: int) -> Finding:
        """Give the finding of an indicator; KeyError when it was not assessed."""
        for finding in self.findings:
            if finding.indicator.id == indicator_id:
                return finding
        raise KeyError(indicator_id)


def assess(indicators: Sequence[Indicator], profile: Profile, answers: Mapping[int, Answer]) -> Assessment:
    """Judge a unit's answers against the indicators of its catalogue version.

    Answers are by indicator id; one that is absent counts as not entered. Answers to indicators that
    do not apply are ignored. Raises ImpossibleFigureError for a part above its whole and the like, which
    `impossible` tells beforehand.
    """
    if len({indicator.id for indicator in indicators}) != len(indicators):
        raise ValueError("an indicator is given twice")
    findings = tuple(
        _find(indicator, profile, answers.get(indicator.id, Answer()))
        for indicator in sorted(indicators, key=lambda i: i.order)
    )
    verdicts: dict[int, Verdict] = {}
    for level in LEVELS:
        verdicts[level] = _judge(level, findings, verdicts.get(level - 1))
    return Assessment(findings, verdicts)


def _judge(level: int, findings: Sequence[Finding], below: Verdict | None) -> Verdict:
    """Conclude one level from its own outcomes; a failed indicator of the level below rules it out too."""
    applying = [finding for finding in findings if finding.applies]
    met = sum(finding.outcomes[level] is Outcome.MET for finding in applying)
    gaps = [
        Gap(finding.indicator, level, finding.sentences[level], finding.steps[level])
        for finding in applying
        if finding.outcomes[level] in FAILED or finding.outcomes[level] is Outcome.MISSING
    ]
    named = {gap.indicator.id for gap in gaps}
    inherited = [] if below is None else [gap for gap in below.gaps if gap.indicator.id not in named]
    failed = any(finding.outcomes[at] in FAILED for finding in applying for at in LEVELS if at <= level)
    reached = bool(applying) and met == len(applying) and not failed
    ordered = sorted([*gaps, *inherited], key=lambda gap: (gap.steps, *gap.indicator.order))
    return Verdict(
        level=level,
        reached=reached,
        provisional=not reached and not failed,
        applicable=len(applying),
        met=met,
        gaps=tuple(ordered),
    )


def _find(indicator: Indicator, profile: Profile, answer: Answer) -> Finding:
    applies, why_not = indicator.applies.applies(profile)
    whole = profile.headcount(indicator.base) if indicator.base is not None else None
    if applies and indicator.id in profile.waived:
        applies, why_not = False, "Không áp dụng: cấp thẩm định đã chấp thuận cho đơn vị."
    if applies and (wrong := impossible(indicator, profile, answer)):
        raise ImpossibleFigureError(wrong)
    if applies and indicator.base is not None and whole == 0:
        applies, why_not = False, no_headcount(indicator.base)
    if applies:
        rulings = {
            level: rule(indicator, indicator.threshold(level), answer, whole, profile.ratio_only)
            for level in LEVELS
        }
    else:
        rulings = {level: Ruling(Outcome.NOT_APPLICABLE, why_not) for level in LEVELS}
    part = answer.part if applies and indicator.kind is Kind.SHARE else None
    return Finding(
        indicator=indicator,
        outcomes={level: ruling.outcome for level, ruling in rulings.items()},
        part=part,
        whole=whole,
        percent_text="" if part is None or not whole else words.percent(part, whole),
        sentences={level: ruling.sentence for level, ruling in rulings.items()},
        missing_people={level: ruling.missing_people for level, ruling in rulings.items()},
        needs_document=applies and _claims(answer) and not answer.evidence and not answer.explanation.strip(),
        applies=applies,
        why_not=why_not,
        steps={level: ruling.steps for level, ruling in rulings.items()},
        ratio_only=profile.ratio_only,
    )


def _claims(answer: Answer) -> bool:
    return answer.yes is True or bool(answer.part) or (answer.grade or 0) > 1
