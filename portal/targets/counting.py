"""What one unit brings to a target, from its dossier and the district's findings: pure.

The district's number stands once its proposal is closed; before that the unit's own. Whoever tells ratios only
never enters a sum of people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from portal import words
from portal.dossiers.applicability import Profile
from portal.dossiers.measures import RATIO_WHOLE, Indicator, Kind, as_ratio, share_words
from portal.dossiers.states import State

from .rules import Counting, Measure, Part, Standing

JUDGED = frozenset({State.APPRAISED, State.DECIDED})
PENDING = frozenset({State.SUBMITTED, State.SUPPLEMENT_REQUESTED, State.ACCEPTED, State.APPRAISED})


@dataclass(frozen=True, slots=True)
class Who:
    """A unit as a target sees it; `discreet`: its numbers of people are never told."""

    unit_id: int
    kind: str
    public: bool
    discreet: bool


@dataclass(frozen=True, slots=True)
class Given:
    """A value of one indicator: the unit's answer, or with `verdict` the district's finding."""

    yes: bool | None = None
    part: int | None = None
    grade: int | None = None
    verdict: str = ""


@dataclass(slots=True)
class Filed:
    """The dossier that stands for a unit in a year, with what the district found."""

    version_id: int
    state: State
    ratio_only: bool
    decided_level: int | None
    counts: dict[str, int | None] = field(default_factory=dict)
    corrected: dict[str, int] = field(default_factory=dict)
    answers: dict[int, Given] = field(default_factory=dict)
    findings: dict[int, Given] = field(default_factory=dict)
    waived: set[int] = field(default_factory=set)

    @property
    def judged(self) -> bool:
        """Whether the district's numbers stand."""
        return self.state in JUDGED

    def wholes(self) -> Mapping[str, int | None]:
        """Return the head-counts in force."""
        return {**self.counts, **(self.corrected if self.judged else {})}


@dataclass(frozen=True, slots=True)
class Held:
    """A recognition of a unit: the year it was given for, level, state, first and last day."""

    year: int
    level: int
    state: str
    valid_from: date
    valid_to: date


def brings(measure: Measure, indicator: Indicator, who: Who, filed: Filed | None) -> Part | None:
    """Return what a unit brings to a target on an indicator; None where the target is not about it.

    Not about it: another kind of unit, or an indicator that does not apply or was ruled not applicable.
    """
    wholes = filed.wholes() if filed else {}
    if not _concerned(measure, indicator, who, wholes):
        return None
    people = measure.counting is Counting.PEOPLE
    discreet = people and (who.discreet or (filed is not None and filed.ratio_only))
    absent = Part(who.unit_id, who.kind, Standing.LEFT_OUT if discreet else Standing.WAITING)
    if filed is None:
        return absent
    found = filed.findings.get(indicator.id) if filed.judged else None
    if (indicator.id in filed.waived and found is None) or (found and found.verdict == "not_applicable"):
        return None
    given = found if found and found.verdict == "corrected" else filed.answers.get(indicator.id, Given())
    unproven = found is not None and found.verdict == "not_enough_evidence"
    counted = _people(indicator, given, wholes) if people else _one(measure, indicator, given)
    if people and wholes.get(indicator.base or "") == 0:
        return None
    if counted is None:
        return absent
    part, whole, said = counted
    if discreet:
        ratio = part if filed.ratio_only else as_ratio(part, whole)
        ratio_said = share_words(min(ratio, RATIO_WHOLE), RATIO_WHOLE, ratio_only=True)
        return Part(
            who.unit_id, who.kind, Standing.LEFT_OUT, ratio=0 if unproven else ratio, unproven=unproven,
            said=ratio_said,
        )  # fmt: skip
    return Part(
        who.unit_id,
        who.kind,
        Standing.APPRAISED if filed.judged else Standing.OWN,
        0 if unproven else part,
        whole,
        settled=filed.state is State.DECIDED,
        unproven=unproven,
        said=said,
    )


def _concerned(measure: Measure, indicator: Indicator, who: Who, wholes: Mapping[str, int | None]) -> bool:
    if measure.kinds and who.kind not in measure.kinds:
        return False
    return indicator.applies.applies(Profile(who.kind, who.public, wholes))[0]


def _people(
    indicator: Indicator, given: Given, wholes: Mapping[str, int | None]
) -> tuple[int, int, str] | None:
    whole = wholes.get(indicator.base or "")
    if given.part is None or not whole:
        return None
    part = min(given.part, whole)
    return part, whole, share_words(part, whole)


def _one(measure: Measure, indicator: Indicator, given: Given) -> tuple[int, int, str] | None:
    if indicator.kind is Kind.GRADED:
        if given.grade is None or not 1 <= given.grade <= len(indicator.grades):
            return None
        return int(given.grade >= (measure.least or 1)), 1, indicator.grades[given.grade - 1]
    if given.yes is None:
        return None
    return int(given.yes), 1, "Có" if given.yes else "Chưa có"


def recognised(
    measure: Measure, who: Who, filed: Filed | None, held: Sequence[Held], year: int, decide_before: date, *, over: bool
) -> Part | None:  # fmt: skip
    """Return whether a unit counts as recognised for a year: decided in it, or still in force from before.

    `over`: the time for decisions has passed, so that nothing is awaited of a unit whose dossier is not pending.
    """
    if measure.kinds and who.kind not in measure.kinds:
        return None
    wanted = measure.least or 1
    revoked = any(one.year == year and one.state == "revoked" for one in held)
    again = revoked and any(one.year < year and one.state == "in_force" for one in held)
    if filed is not None and filed.state is State.DECIDED and not again:
        level = 0 if revoked else filed.decided_level or 0
        said = "Đã bị thu hồi" if revoked else words.RESULTS[level].name
        return _of_recognition(who, level >= wanted, said)
    earlier = [one for one in held if one.year < year]
    last = max(earlier, key=lambda one: (one.valid_to, one.year), default=None)
    in_force = (
        last is not None and last.state != "revoked" and last.valid_from <= decide_before <= last.valid_to
    )
    level = last.level if last is not None and in_force else 0
    said = f"Đang giữ mức độ {level} từ năm {last.year}" if last is not None and in_force else ""
    pending = filed is not None and filed.state in PENDING
    if level >= wanted or (over and not pending):
        return _of_recognition(who, level >= wanted, said or "Không có quyết định công nhận")
    return Part(who.unit_id, who.kind, Standing.WAITING, whole=1, said=said)


def _of_recognition(who: Who, reached: bool, said: str) -> Part:
    return Part(who.unit_id, who.kind, Standing.APPRAISED, int(reached), 1, settled=True, said=said)
