"""What a data file of the catalogue holds, as frozen values; portal.catalogue.reading makes them.

A threshold read from a file is in force only where the law's text was found (`value`); what is
inferred or unknown carries a `suggestion` that the Department may confirm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from portal.dossiers.rules import Applicability, Indicator, Kind, Threshold


class Certainty(StrEnum):
    """How sure a statement of the file is."""

    FOUND = "found"
    SUGGESTED = "suggested"
    UNKNOWN = "unknown"


class Scale(StrEnum):
    """Levels 1 and 2, or points with bands (history only)."""

    LEVELS = "levels"
    POINTS = "points"


POINTS = "points"
"""The kind of an indicator of a points scale; the others are the kinds of the rules."""


@dataclass(frozen=True, slots=True)
class LegalDocument:
    """The document a version stands on."""

    number: str
    title: str
    issuer: str
    issued_on: date


@dataclass(frozen=True, slots=True)
class Deadline:
    """A yearly date: "before 15/01" of the year after the assessed one is month 1, day 15, exclusive."""

    key: str
    name: str
    month: int
    day: int
    exclusive: bool
    years_after: int
    article: str
    certainty: Certainty
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class Recognition:
    """Term and waiting time of a recognition (Article 5), with the defaults of the open questions.

    `validity_from`: decision_date or following_year; `raise_measured_at`: filing, deadline, decision.
    """

    validity_months: int
    validity_from: str
    raise_wait_months: int
    raise_measured_at: str
    direct_level_2: bool
    lower_level_on_same_dossier: bool
    article: str
    certainty: Certainty
    source: str


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question the Department has not answered, and what holds until it does."""

    key: str
    question: str
    default: str


@dataclass(frozen=True, slots=True)
class Band:
    """A band of a points scale: from `least` points up to, not including, `below` (the top one includes)."""

    name: str
    least: int
    below: int
    certainty: Certainty
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class CriterionData:
    """A criterion: a numbered group of indicators; `maximum` points on a points scale."""

    number: int
    title: str
    article: str
    maximum: int | None


@dataclass(frozen=True, slots=True)
class ThresholdData:
    """What a level asks for: a value in force, or at most a suggestion; never both."""

    level: int
    value: int | None
    suggestion: int | None
    certainty: Certainty
    source: str
    note: str

    def as_rule(self, *, illustrate: bool = False) -> Threshold:
        """Give it to the rules; `illustrate` takes a suggestion as confirmed for demonstration."""
        if self.value is not None:
            return Threshold(self.level, self.value, confirmed=True)
        shown = illustrate and self.suggestion is not None
        return Threshold(self.level, self.suggestion, confirmed=shown, illustrative=shown)


@dataclass(frozen=True, slots=True)
class IndicatorData:
    """An indicator: legal wording, plain words, who it applies to, how it is measured, where it is from.

    `key` is stable across versions ("H.2.5"), `code` is what people see ("2.5"). `proved_by`: kinds of documents
    (`words.DOCUMENT_KINDS`) that the text itself names.
    """

    key: str
    code: str
    criterion: int
    kind: str
    title: str
    wording: str
    explanation: str
    evidence: tuple[str, ...]
    proved_by: tuple[str, ...]
    base: str | None
    grades: tuple[str, ...]
    applies: Applicability
    applies_note: str
    article: str
    source: str
    certainty: Certainty
    note: str
    maximum: int | None
    thresholds: Mapping[int, ThresholdData]

    def as_rule(self, indicator_id: int, *, illustrate: bool = False) -> Indicator:
        """Give it to the rules under an id; ValueError for an indicator of a points scale."""
        return Indicator(
            id=indicator_id,
            code=self.code,
            title=self.title,
            kind=Kind(self.kind),
            base=self.base,
            applies=self.applies,
            thresholds={n: t.as_rule(illustrate=illustrate) for n, t in self.thresholds.items()},
            grades=self.grades,
            criterion=self.criterion,
            documents=self.evidence,
        )


@dataclass(frozen=True, slots=True)
class Borrowed:
    """A criterion taken over from another version; `levels` says which of its levels serves as which."""

    criterion: int
    version: str
    prefix: str
    levels: Mapping[int, int]
    source: str


@dataclass(frozen=True, slots=True)
class VersionData:
    """A version of the catalogue as its file states it."""

    key: str
    scope: str
    scale: Scale
    name: str
    document: LegalDocument
    valid_from: date
    valid_to: date | None
    repeals: str
    procedure: str
    sources: Mapping[str, str]
    deadlines: tuple[Deadline, ...]
    recognition: Recognition | None
    open_questions: tuple[OpenQuestion, ...]
    bands: tuple[Band, ...]
    criteria: tuple[CriterionData, ...]
    borrowed: tuple[Borrowed, ...]
    indicators: tuple[IndicatorData, ...]

    def indicator(self, key: str) -> IndicatorData:
        """Give the indicator with this stable key; KeyError when the version has none."""
        for indicator in self.indicators:
            if indicator.key == key:
                return indicator
        raise KeyError(key)

    def as_rules(self, *, illustrate: bool = False) -> tuple[Indicator, ...]:
        """Give all indicators to the rules, numbered from 1 in the order of the file."""
        return tuple(
            indicator.as_rule(number, illustrate=illustrate)
            for number, indicator in enumerate(self.indicators, start=1)
        )

    def settings(self) -> dict[str, Any]:
        """Give what is not criteria (deadlines, term, questions, bands …) as plain data that JSON can hold."""
        return {
            "scope": self.scope,
            "document": {**asdict(self.document), "issued_on": self.document.issued_on.isoformat()},
            "valid_to": self.valid_to.isoformat() if self.valid_to else None,
            "repeals": self.repeals,
            "procedure": self.procedure,
            "deadlines": [asdict(deadline) for deadline in self.deadlines],
            "recognition": asdict(self.recognition) if self.recognition else None,
            "open_questions": [asdict(question) for question in self.open_questions],
            "bands": [asdict(band) for band in self.bands],
        }
