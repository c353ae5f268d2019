"""Reading the catalogue: versions with their indicators, and the same as the rules take them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import joinedload, selectinload

from portal.dossiers.rules import Applicability, Indicator, Kind
from portal.dossiers.rules import Threshold as RuleThreshold
from tenants.database import db

from .models import CatalogueIndicator, CriteriaVersion, Criterion, Threshold


def version_of(version_id: int) -> CriteriaVersion | None:
    """Return a version with criteria, indicators and thresholds."""
    statement = (
        select(CriteriaVersion)
        .where(CriteriaVersion.id == version_id)
        .options(
            selectinload(CriteriaVersion.criteria)
            .selectinload(Criterion.indicators)
            .selectinload(CatalogueIndicator.thresholds)
        )
    )
    return db.session.scalar(statement)


def versions() -> list[CriteriaVersion]:
    """Return all versions, the newest first."""
    return list(
        db.session.scalars(
            select(CriteriaVersion).order_by(CriteriaVersion.valid_from.desc(), CriteriaVersion.key)
        )
    )


def indicators_of(version_id: int) -> list[CatalogueIndicator]:
    """Return the indicators of a version in their order, with criterion and thresholds."""
    return list(db.session.scalars(_indicators(), {"version": version_id}))


@cache
def _indicators() -> Select[tuple[CatalogueIndicator]]:
    return (
        select(CatalogueIndicator)
        .join(CatalogueIndicator.criterion)
        .where(CatalogueIndicator.version_id == bindparam("version"))
        .options(joinedload(CatalogueIndicator.criterion), selectinload(CatalogueIndicator.thresholds))
        .order_by(Criterion.number, CatalogueIndicator.position)
    )


def indicators_proved_by(version_id: int, kind: str) -> list[CatalogueIndicator]:
    """Return the indicators of a version that a kind of document proves (`words.DOCUMENT_KINDS`), in their order."""
    return [row for row in indicators_of(version_id) if kind in row.proved_by]


def applicability(data: dict[str, Any]) -> Applicability:
    """Return the stored applicability as the rules take it."""
    kinds = data.get("kinds")
    return Applicability(frozenset(kinds) if kinds else None, data.get("public"), data.get("has"))


def as_rule(row: CatalogueIndicator) -> Indicator:
    """Return an indicator as the rules take it; an unconfirmed threshold brings its suggestion."""
    return Indicator(
        id=row.id,
        code=row.code,
        title=row.title,
        kind=Kind(row.kind),
        base=row.base,
        applies=applicability(row.applies),
        thresholds={t.level: _threshold(t) for t in row.thresholds},
        grades=tuple(row.grades),
        criterion=row.criterion.number,
        documents=tuple(row.evidence_examples[:2]),
    )


def _threshold(row: Threshold) -> RuleThreshold:
    if row.value is None:
        return RuleThreshold(row.level, row.suggestion, confirmed=False)
    return RuleThreshold(row.level, row.value, confirmed=True, illustrative=row.illustrative)


def as_rules(rows: Sequence[CatalogueIndicator]) -> tuple[Indicator, ...]:
    """Return indicators as the rules take them."""
    return tuple(as_rule(row) for row in rows)


def unconfirmed(version_id: int) -> int:
    """Return how many thresholds of a version still wait for the Department's word."""
    statement = (
        select(func.count())
        .select_from(Threshold)
        .join(CatalogueIndicator, CatalogueIndicator.id == Threshold.indicator_id)
        .where(CatalogueIndicator.version_id == version_id, Threshold.value.is_(None))
    )
    return int(db.session.scalar(statement) or 0)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a version is: its indicators, its thresholds, and how many of them are in force.

    `illustrative` counts numbers in force that nobody read in a document (demo data only).
    """

    indicators: int = 0
    thresholds: int = 0
    confirmed: int = 0
    illustrative: int = 0

    @property
    def left(self) -> int:
        """Thresholds that still wait for the Department's word."""
        return self.thresholds - self.confirmed


def progress() -> dict[int, Progress]:
    """Return how far each version is, by its id."""
    statement = (
        select(
            CatalogueIndicator.version_id,
            func.count(CatalogueIndicator.id.distinct()),
            func.count(Threshold.indicator_id),
            func.count(Threshold.value),
            func.count().filter(Threshold.illustrative),
        )
        .outerjoin(Threshold, Threshold.indicator_id == CatalogueIndicator.id)
        .group_by(CatalogueIndicator.version_id)
    )
    return {version: Progress(*counts) for version, *counts in db.session.execute(statement)}
