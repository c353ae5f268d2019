"""What is measured and with what: indicators, their thresholds, and the unit's answers.

Frozen values without judgement; portal.dossiers.rules judges them. Shares are compared as whole
numbers, 100·part ≥ threshold·whole, never as rounded percentages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from portal import words
from portal.dossiers.applicability import Applicability, Profile

LEVELS = (1, 2)
"""Article 5: two levels."""

RATIO_WHOLE = 10_000
"""The whole of a share told as a ratio only: 100 % in hundredths of a percent, so that parts stay whole numbers."""


class Kind(StrEnum):
    """How an indicator is measured."""

    YES_NO = "yes_no"
    SHARE = "share"
    GRADED = "graded"


def possible_values(kind: Kind, grades: int = 0) -> range:
    """Give the values a threshold may have: whole percentages, grades counted from 1, or 1 for yes."""
    return {Kind.YES_NO: range(1, 2), Kind.SHARE: range(101), Kind.GRADED: range(1, grades + 1)}[kind]


@cache
def _natural(code: str) -> tuple[tuple[int, int, str], ...]:
    """Return a code by its numbers, to sort by."""
    parts = re.findall(r"\d+|\D+", code)
    return tuple((0, int(p), "") if p.isdigit() else (1, 0, p) for p in parts)


@dataclass(frozen=True, slots=True)
class Threshold:
    """What one level asks for.

    `value` is a whole percentage for a share, the least grade (counted from 1) for a graded
    indicator, 1 for yes/no. Unconfirmed, the value is only a suggestion and concludes nothing.
    `illustrative` marks a number confirmed for demonstration only.
    """

    level: int
    value: int | None
    confirmed: bool
    illustrative: bool = False

    @property
    def in_force(self) -> int | None:
        """The value that may conclude a level, None when nobody has confirmed one."""
        return self.value if self.confirmed else None


@cache  # asked for every indicator of every assessment, for a few codes
def _natural(code: str) -> tuple[tuple[int, int, str], ...]:
    parts = re.findall(r"\d+|\D+", code)
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts)


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator of a catalogue version as the rules see it.

    `base` is the head-count that is the whole of a share; `grades` are the names of a graded scale
    from the lowest; `documents` are examples of evidence, named in the sentence of a gap.
    """

    id: int
    code: str
    title: str
    kind: Kind
    base: str | None
    applies: Applicability
    thresholds: Mapping[int, Threshold]
    grades: tuple[str, ...] = ()
    criterion: int = 1
    documents: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse an indicator that could not be measured."""
        if (self.kind is Kind.SHARE) is not (self.base is not None):
            raise ValueError(f"indicator {self.code}: a share, and only a share, needs a base head-count")
        if (self.kind is Kind.GRADED) is not bool(self.grades):
            raise ValueError(f"indicator {self.code}: a graded indicator, and only one, needs grades")
        for threshold in self.thresholds.values():
            value = threshold.value
            if value is not None and value not in possible_values(self.kind, len(self.grades)):
                raise ValueError(f"indicator {self.code}: level {threshold.level} cannot ask for {value}")

    @property
    def order(self) -> tuple[object, ...]:
        """Sort key: criterion, then the code by its numbers (2.9 before 2.10), then the id."""
        return self.criterion, _natural(self.code), self.id

    def threshold(self, level: int) -> Threshold:
        """Give the threshold of a level; one that the catalogue lacks counts as not confirmed."""
        return self.thresholds.get(level) or Threshold(level, None, confirmed=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a unit, or its appraiser, entered for one indicator.

    `part` counts people (hundredths of a percent where the unit tells ratios only), `grade` counts from 1;
    `evidence` is the number of documents attached; `enough_evidence` is the appraiser's word alone.
    """

    yes: bool | None = None
    part: int | None = None
    grade: int | None = None
    explanation: str = ""
    evidence: int = 0
    enough_evidence: bool = True


def least_part(percentage: int, whole: int) -> int:
    """Give the least number of people that reaches a percentage of the whole (37 and 90: 34)."""
    return -(-percentage * whole // 100)


def as_ratio(part: int, whole: int) -> int:
    """Give a share in hundredths of a percent, cut off: it meets exactly the whole percentages it met before."""
    return RATIO_WHOLE * part // whole


def share_words(part: int, whole: int | None, ratio_only: bool = False) -> str:
    """Write a share as people read it: "35/37 = 94,59 %"; of a unit that tells ratios only "94,59 %"."""
    if ratio_only:
        return words.percent(part, whole or RATIO_WHOLE)
    if not whole:
        return words.number(part)
    return f"{words.number(part)}/{words.number(whole)} = {words.percent(part, whole)}"


def points(value: int) -> str:
    """Write hundredths of a percent as a distance: 125 as "1,25 điểm phần trăm"."""
    return words.percent(value, RATIO_WHOLE).removesuffix("%").strip() + " điểm phần trăm"


def impossible(indicator: Indicator, profile: Profile, answer: Answer) -> str | None:
    """Say why a figure cannot be (negative, part above whole, no such grade), None when it can."""
    code = f"Chỉ tiêu {indicator.code}"
    if indicator.kind is Kind.SHARE and answer.part is not None:
        whole = profile.headcount(indicator.base or "")
        if answer.part < 0:
            return f"{code}: số đạt không được âm ({answer.part})."
        if profile.ratio_only and answer.part > RATIO_WHOLE:
            return f"{code}: tỷ lệ đạt ({words.percent(answer.part, RATIO_WHOLE)}) không thể lớn hơn 100 %."
        if profile.ratio_only:
            return None
        if whole is not None and answer.part > whole:
            return f"{code}: số đạt ({answer.part}) lớn hơn tổng số ({whole}). Kiểm tra lại hai số này."
    grade_known = answer.grade is None or 1 <= answer.grade <= len(indicator.grades)
    if indicator.kind is Kind.GRADED and not grade_known:
        return f"{code}: mức phải là một trong: {', '.join(indicator.grades)}."
    return None
