"""Reading requests that an indicator does not apply: the district's list, and one request with its dossier."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, func, select

from portal.catalogue.models import CatalogueIndicator
from portal.dossiers.models import ENDED, Dossier
from portal.spelling import escaped
from portal.units.models import Unit
from portal.web import Listing
from portal.words import fold
from tenants.database import db

from .models import Waiver, WaiverState

RULED = (WaiverState.GRANTED, WaiverState.REFUSED, WaiverState.REVOKED)
TABS: dict[str, tuple[WaiverState, ...]] = {"": (WaiverState.ASKED,), "da-tra-loi": RULED}


def listed(tenant_id: int, asked: Listing) -> Select[Any]:
    """Return a district's requests of a tab, the longest waiting first (answered ones: the latest first)."""
    tab = asked.filters["muc"]
    statement = (
        select(
            Waiver.id,
            Waiver.state,
            Waiver.reason,
            Waiver.asked_at,
            Waiver.ruled_at,
            Waiver.dossier_id,
            Dossier.year,
            Unit.name,
            Unit.kind,
            CatalogueIndicator.code,
            CatalogueIndicator.title,
        )
        .join(Dossier, and_(Dossier.tenant_id == Waiver.tenant_id, Dossier.id == Waiver.dossier_id))
        .join(Unit, and_(Unit.tenant_id == Waiver.tenant_id, Unit.id == Waiver.unit_id))
        .join(CatalogueIndicator, CatalogueIndicator.id == Waiver.indicator_id)
        .where(Waiver.tenant_id == tenant_id, Waiver.state.in_(TABS[tab]))
    )
    if not tab:
        statement = statement.where(Dossier.state.not_in(ENDED))
    if asked.q:
        statement = statement.where(Unit.name_folded.like(f"%{escaped(fold(asked.q))}%", escape="\\"))
    order = Waiver.ruled_at.desc() if tab else Waiver.asked_at
    return statement.order_by(order, Waiver.id)


def waiting(tenant_id: int) -> int:
    """Return how many requests of a district wait for a ruling."""
    return int(
        db.session.scalar(
            select(func.count())
            .select_from(Waiver)
            .join(Dossier, and_(Dossier.tenant_id == Waiver.tenant_id, Dossier.id == Waiver.dossier_id))
            .where(
                Waiver.tenant_id == tenant_id,
                Waiver.state == WaiverState.ASKED,
                Dossier.state.not_in(ENDED),
            )
        )
        or 0
    )


def ruled(tenant_id: int) -> int:
    """Return how many requests of a district have been ruled on."""
    return int(
        db.session.scalar(select(func.count()).where(Waiver.tenant_id == tenant_id, Waiver.state.in_(RULED)))
        or 0
    )


def waiver_of(tenant_id: int, waiver_id: int, *, lock: bool = False) -> Waiver | None:
    """Return a request of the scope, or None. `lock` holds it until the transaction ends."""
    statement = select(Waiver).where(Waiver.tenant_id == tenant_id, Waiver.id == waiver_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(statement)
