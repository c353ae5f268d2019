"""Reading decisions: the list, one with its draft and lines, what waits, how many come to each outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, and_, func, select

from portal.catalogue.models import CatalogueIndicator, Threshold
from portal.dossiers.models import Dossier, State
from tenants.database import db

from .models import Decision, DecisionLine


def decision_of(tenant_id: int, decision_id: int, *, lock: bool = False) -> Decision | None:
    """Return a decision of the scope, or None. `lock` holds it until the transaction ends."""
    statement = select(Decision).where(Decision.tenant_id == tenant_id, Decision.id == decision_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(statement)


def line_of(tenant_id: int, decision_id: int, line_id: int) -> DecisionLine | None:
    """Return a line of a decision, or None."""
    return db.session.scalar(
        select(DecisionLine).where(
            DecisionLine.tenant_id == tenant_id,
            DecisionLine.decision_id == decision_id,
            DecisionLine.id == line_id,
        )
    )


def draft_of(tenant_id: int, year: int) -> Decision | None:
    """Return the decision of a year that is being drafted, or None."""
    return db.session.scalar(
        select(Decision)
        .where(Decision.tenant_id == tenant_id, Decision.year == year, Decision.state == "draft")
        .order_by(Decision.id)
        .limit(1)
    )


def undrafted(tenant_id: int, year: int) -> Select[tuple[Dossier]]:
    """Return the statement of a year's appraised dossiers that stand in no draft, in order of their number."""
    in_draft = (
        select(DecisionLine.id)
        .join(
            Decision,
            and_(Decision.tenant_id == DecisionLine.tenant_id, Decision.id == DecisionLine.decision_id),
        )
        .where(
            DecisionLine.tenant_id == Dossier.tenant_id,
            DecisionLine.dossier_id == Dossier.id,
            Decision.state == "draft",
        )
    )
    return (
        select(Dossier)
        .where(
            Dossier.tenant_id == tenant_id,
            Dossier.year == year,
            Dossier.state == State.APPRAISED,
            ~in_draft.exists(),
        )
        .order_by(Dossier.id)
    )


def waiting(tenant_id: int, year: int) -> int:
    """Return how many appraised dossiers of a year stand in no draft yet."""
    statement = select(func.count()).select_from(undrafted(tenant_id, year).order_by(None).subquery())
    return int(db.session.scalar(statement) or 0)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many units of a decision come to each outcome; `held` take no part."""

    level_1: int = 0
    level_2: int = 0
    refused: int = 0
    held: int = 0

    @property
    def recognised(self) -> int:
        """Units recognised at either level."""
        return self.level_1 + self.level_2

    @property
    def deciding(self) -> int:
        """Units the decision decides on."""
        return self.recognised + self.refused


def tallies(tenant_id: int, decision_ids: Sequence[int]) -> dict[int, Tally]:
    """Count the lines of decisions by outcome, in one statement."""
    line = DecisionLine
    counted = [
        func.count().filter(line.outcome == 1, ~line.held_back),
        func.count().filter(line.outcome == 2, ~line.held_back),
        func.count().filter(line.outcome == 0, ~line.held_back),
        func.count().filter(line.held_back),
    ]
    rows = db.session.execute(
        select(line.decision_id, *counted)
        .where(line.tenant_id == tenant_id, line.decision_id.in_(decision_ids))
        .group_by(line.decision_id)
    )
    found = {row[0]: Tally(*row[1:]) for row in rows}
    return {number: found.get(number, Tally()) for number in decision_ids}


def decisions(tenant_id: int, year: int | None = None) -> list[Decision]:
    """Return a district's decisions, drafts first, then the latest."""
    statement = (
        select(Decision)
        .where(Decision.tenant_id == tenant_id)
        .order_by(Decision.state, Decision.dated.desc().nulls_first(), Decision.id.desc())
    )
    return list(db.session.scalars(statement.where(Decision.year == year) if year else statement))


def illustrative(version_id: int) -> bool:
    """Return whether a year is judged by numbers that are confirmed for demonstration only."""
    found = select(Threshold.level).join(CatalogueIndicator, CatalogueIndicator.id == Threshold.indicator_id)
    return bool(
        db.session.scalar(
            select(found.where(CatalogueIndicator.version_id == version_id, Threshold.illustrative).exists())
        )
    )
