"""A draft plan of reform in the demonstration: a former district divided as on 1/7/2025; nothing is carried out."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from portal.reform.operations import Basics, begin, suggest
from portal.reform.rules import Kind
from tenants.database import db
from tenants.identity import Identity
from tenants.places import Tenant
from tenants.scope import acting_in

from .moments import at

DOCUMENT = "……/NQ-UBTVQH15 (minh họa)"


def draft_plan(admin: Identity, place: str) -> None:
    """Let the province's administrator begin a plan for a place and take over what the list of 7/2025 knows of it."""
    with at(2027, 1, 8, 15, 0), acting_in(admin.here.scope(admin.account_id)):
        source = db.session.scalar(select(Tenant.id).where(Tenant.name == place))
        if source is None:
            return
        basics = Basics(
            Kind.SPLIT, [source], date(2027, 7, 1), DOCUMENT, date(2027, 6, 1), "Ủy ban Thường vụ Quốc hội"
        )
        reform = begin(admin, basics)
        db.session.flush()
        suggest(admin, reform, reform.version)
