"""The rows of a catalogue version as frozen copies, which outlive the session they were read in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from types import MappingProxyType
from typing import Any, TypeVar

from .models import CatalogueIndicator

_Copied = TypeVar("_Copied")


@dataclass(frozen=True, slots=True)
class KeptCriterion:
    """A criterion as it is stored."""

    id: int
    number: int
    title: str


@dataclass(frozen=True, slots=True)
class KeptThreshold:
    """A threshold as it is stored."""

    level: int
    value: int | None
    suggestion: int | None
    source: str
    certainty: str
    note: str
    confirmed_at: datetime | None
    confirmed_by: str
    confirmed_document: str
    illustrative: bool


@dataclass(frozen=True, slots=True)
class KeptIndicator:
    """An indicator as it is stored, with its criterion and its thresholds."""

    id: int
    version_id: int
    key: str
    code: str
    position: int
    title: str
    wording: str
    explanation: str
    evidence_examples: tuple[str, ...]
    proved_by: tuple[str, ...]
    kind: str
    base: str | None
    grades: tuple[str, ...]
    applies: Mapping[str, Any]
    applies_note: str
    maximum: int | None
    article: str
    source: str
    note: str
    certainty: str
    criterion: KeptCriterion
    thresholds: tuple[KeptThreshold, ...]


def copy_of(row: CatalogueIndicator) -> KeptIndicator:
    """Return a copy of an indicator, its criterion and its thresholds as they are loaded."""
    return _copy(KeptIndicator, row)


def _copy(kind: type[_Copied], row: Any) -> _Copied:
    values = {one.name: getattr(row, one.name) for one in fields(kind)}  # type: ignore[arg-type]
    if kind is KeptIndicator:
        values["criterion"] = _copy(KeptCriterion, row.criterion)
        values["thresholds"] = [_copy(KeptThreshold, one) for one in row.thresholds]
    return kind(**{name: _frozen(value) for name, value in values.items()})


def _frozen(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    return MappingProxyType(value) if isinstance(value, dict) else value
