"""The catalogue as the rules take it, from its rows or from the copies of them that are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from portal.dossiers.rules import Applicability, Indicator, Kind
from portal.dossiers.rules import Threshold as RuleThreshold

from .copies import KeptIndicator, KeptThreshold
from .models import CatalogueIndicator, Threshold


def applicability(data: Mapping[str, Any]) -> Applicability:
    """Return the stored applicability as the rules take it."""
    kinds = data.get("kinds")
    return Applicability(frozenset(kinds) if kinds else None, data.get("public"), data.get("has"))


def as_rule(row: CatalogueIndicator | KeptIndicator) -> Indicator:
    """Return an indicator as the rules take it; an unconfirmed threshold brings its suggestion."""
    return Indicator(
        id=row.id,
        code=row.code,
        title=row.title,
        kind=Kind(row.kind),
        base=row.base,
        applies=applicability(row.applies),
        thresholds=MappingProxyType({t.level: _threshold(t) for t in row.thresholds}),
        grades=tuple(row.grades),
        criterion=row.criterion.number,
        documents=tuple(row.evidence_examples[:2]),
    )


def _threshold(row: Threshold | KeptThreshold) -> RuleThreshold:
    if row.value is None:
        return RuleThreshold(row.level, row.suggestion, confirmed=False)
    return RuleThreshold(row.level, row.value, confirmed=True, illustrative=row.illustrative)


def as_rules(rows: Iterable[CatalogueIndicator]) -> tuple[Indicator, ...]:
    """Return indicators as the rules take them."""
    return tuple(as_rule(row) for row in rows)
