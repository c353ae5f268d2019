"""Reading the catalogue: versions to govern, and how far they are. What forms and rules read stands in `kept.py`."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

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
