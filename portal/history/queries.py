"""Reading results of the years before the portal, with what became of each dispute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import defer

from portal.catalogue.models import CriteriaVersion
from portal.cycle.queries import tier_of
from portal.units.models import ImportBatch, Unit
from tenants.database import db

from .models import PastResult, PastResultDispute
from .rules import said

IMPORT_KIND = "past"


@dataclass(frozen=True, slots=True)
class Past:
    """A past result, the version it was judged by, and its latest dispute (None: none)."""

    row: PastResult
    version: CriteriaVersion
    dispute: PastResultDispute | None

    @property
    def said(self) -> str:
        """The result in words, on its own scale."""
        return said(self.row.points, self.row.band, self.row.level)


def past_of_unit(tenant_id: int, unit_id: int) -> list[Past]:
    """Return a unit's past results, the latest year first, each once."""
    rows = db.session.execute(
        select(PastResult, CriteriaVersion, PastResultDispute)
        .join(CriteriaVersion, CriteriaVersion.id == PastResult.version_id)
        .outerjoin(
            PastResultDispute,
            and_(
                PastResultDispute.tenant_id == PastResult.tenant_id,
                PastResultDispute.past_result_id == PastResult.id,
            ),
        )
        .where(
            PastResult.tenant_id == tenant_id,
            PastResult.unit_id == unit_id,
            PastResult.withdrawn_at.is_(None),
        )
        .order_by(PastResult.year.desc(), PastResult.id, PastResultDispute.id.desc())
    )
    found: dict[int, Past] = {}
    for row, version, dispute in rows:
        found.setdefault(row.id, Past(row, version, dispute))
    return list(found.values())


def past_result(tenant_id: int, result_id: int, *, lock: bool = False) -> PastResult | None:
    """Return a past result of the scope that was not withdrawn, or None. `lock` holds it."""
    statement = select(PastResult).where(
        PastResult.tenant_id == tenant_id, PastResult.id == result_id, PastResult.withdrawn_at.is_(None)
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(statement)


def open_dispute(result: PastResult) -> PastResultDispute | None:
    """Return the dispute of a past result that waits for its answer, or None."""
    return db.session.scalar(
        select(PastResultDispute).where(
            PastResultDispute.tenant_id == result.tenant_id,
            PastResultDispute.past_result_id == result.id,
            PastResultDispute.answered_at.is_(None),
        )
    )


def waiting_disputes(tenant_id: int) -> list[tuple[PastResultDispute, PastResult, Unit]]:
    """Return the disputes of a district that wait for an answer, the earliest first, at most 200."""
    rows = db.session.execute(
        select(PastResultDispute, PastResult, Unit)
        .join(
            PastResult,
            and_(
                PastResult.tenant_id == PastResultDispute.tenant_id,
                PastResult.id == PastResultDispute.past_result_id,
            ),
        )
        .join(Unit, and_(Unit.tenant_id == PastResult.tenant_id, Unit.id == PastResult.unit_id))
        .where(PastResultDispute.tenant_id == tenant_id, PastResultDispute.answered_at.is_(None))
        .order_by(PastResultDispute.id)
        .limit(200)
    )
    return [(dispute, result, unit) for dispute, result, unit in rows]


def past_versions() -> list[CriteriaVersion]:
    """Return the catalogue versions of the tier that a past result may have been judged by, the newest first."""
    return list(
        db.session.scalars(
            select(CriteriaVersion)
            .where(CriteriaVersion.scope == tier_of())
            .order_by(CriteriaVersion.valid_from.desc())
        )
    )


def imports_of(tenant_id: int) -> Select[Any]:
    """Return the files of past results that wait, were written or undone, the latest first."""
    return (
        select(ImportBatch)
        .where(
            ImportBatch.tenant_id == tenant_id,
            ImportBatch.kind == IMPORT_KIND,
            ImportBatch.state != "dropped",
        )
        .options(defer(ImportBatch.rows))
        .order_by(ImportBatch.id.desc())
    )


def imported(tenant_id: int, batch_id: int) -> Select[Any]:
    """Return the results a file brought, with their units, in its order; withdrawn ones too."""
    return (
        select(PastResult, Unit)
        .join(Unit, and_(Unit.tenant_id == PastResult.tenant_id, Unit.id == PastResult.unit_id))
        .where(PastResult.tenant_id == tenant_id, PastResult.batch_id == batch_id)
        .order_by(PastResult.id)
    )
