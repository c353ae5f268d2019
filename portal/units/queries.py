"""Reading the registry of units."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from portal import clock, words
from portal.cycle.queries import current_cycle
from portal.dossiers.models import Dossier
from portal.spelling import escaped, fold
from portal.trail.models import TrailEntry
from portal.trail.queries import here_or_before
from portal.web import Listing
from tenants.database import db
from tenants.people import Account, Membership
from tenants.places import Tenant

from .models import Unit
from .rules import Details, same_place

SORTS = ("name", "code", "kind", "commune", "opened")
NAMED = (
    Unit.tenant_id,
    Unit.id.label("unit_id"),
    Unit.code,
    Unit.name,
    Unit.kind,
    Unit.public,
    Unit.commune,
)
"""The columns by which the lists behind a figure name a unit."""


def open_on(day: date) -> ColumnElement[bool]:
    """Return the condition of a unit that exists on a day (its last day counts)."""
    return and_(Unit.opened_on <= day, or_(Unit.closed_on.is_(None), Unit.closed_on >= day))


def unit_of(tenant_id: int, unit_id: int, *, lock: bool = False) -> Unit | None:
    """Return a unit, or None when it is not there or not in scope; `lock` holds it until the commit."""
    statement = select(Unit).where(Unit.tenant_id == tenant_id, Unit.id == unit_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(statement)


def details_of(unit: Unit) -> Details:
    """Return a unit's entry as plain values."""
    return Details(**{field.name: getattr(unit, field.name) for field in fields(Details)})


def communes(tenant_id: int) -> list[str]:
    """Return the communes that the registry names, in dictionary order."""
    found = db.session.scalars(select(Unit.commune).where(Unit.tenant_id == tenant_id).distinct())
    return sorted((name for name in found if name), key=words.sort_key)


def registry(tenant_id: int, listing: Listing) -> Select[Any]:
    """Return the units a reader asked for, in a total order."""
    down = listing.direction == "desc"
    kind_order = case({kind: place for place, kind in enumerate(words.UNIT_KINDS)}, value=Unit.kind)
    columns: dict[str, list[Any]] = {
        "name": [],
        "code": [Unit.code.collate("C")],
        "kind": [kind_order],
        "commune": [func.folded(Unit.commune)],
        "opened": [Unit.opened_on],
    }
    first = [column.desc() if down else column.asc() for column in columns[listing.sort]]
    by_name = Unit.name_sort.desc() if down and listing.sort == "name" else Unit.name_sort.asc()
    asked = _asked(tenant_id, listing)
    state = listing.filters.get("state")
    today = clock.today()
    if state == "open":
        asked = asked.where(open_on(today))
    elif state == "closed":
        asked = asked.where(~open_on(today))
    return asked.order_by(*first, by_name, Unit.id)


def _asked(tenant_id: int, listing: Listing) -> Select[Any]:
    asked = select(Unit).where(Unit.tenant_id == tenant_id)
    for word in fold(listing.q).split():
        pattern = f"%{escaped(word)}%"
        asked = asked.where(or_(Unit.name_folded.like(pattern), func.lower(Unit.code).like(pattern)))
    if listing.filters.get("kind"):
        asked = asked.where(Unit.kind == listing.filters["kind"])
    if listing.filters.get("public"):
        asked = asked.where(Unit.public.is_(listing.filters["public"] == "yes"))
    if listing.filters.get("commune"):
        asked = asked.where(Unit.commune == listing.filters["commune"])
    return asked


def counts(tenant_id: int, listing: Listing) -> dict[str, int]:
    """Return how many units the same search finds in all, open and closed today."""
    found = _asked(tenant_id, listing).subquery()
    today = clock.today()
    is_open = and_(found.c.opened_on <= today, or_(found.c.closed_on.is_(None), found.c.closed_on >= today))
    total, open_ = db.session.execute(
        select(func.count(), func.count().filter(is_open)).select_from(found)
    ).one()
    return {"": total, "open": open_, "closed": total - open_}


def namesakes(tenant_id: int, name: str, commune: str, *, but: int = 0) -> list[Unit]:
    """Return other units that read the same without marks and may lie in the same commune."""
    found = db.session.scalars(
        select(Unit)
        .where(Unit.tenant_id == tenant_id, Unit.name_folded == fold(name)[:300], Unit.id != but)
        .order_by(Unit.id)
    )
    return [unit for unit in found if same_place(unit.commune, commune)]


def unfinished_dossiers(tenant_id: int, unit_id: int) -> list[Dossier]:
    """Return a unit's dossiers that have not come to their end, the latest year first."""
    ended = ("decided", "withdrawn", "refused_late", "closed_unreached")
    return list(
        db.session.scalars(
            select(Dossier)
            .where(Dossier.tenant_id == tenant_id, Dossier.unit_id == unit_id, Dossier.state.not_in(ended))
            .order_by(Dossier.year.desc())
        )
    )


def codes(tenant_id: int) -> list[str]:
    """Return every code of a district's registry."""
    return list(db.session.scalars(select(Unit.code).where(Unit.tenant_id == tenant_id).order_by(Unit.id)))


def former_homes(unit: Unit) -> list[tuple[str, datetime]]:
    """Return the places a unit came through by reforms, the first one first: its name, and until when it belonged there."""
    stays = [(stay["place"], datetime.fromisoformat(stay["until"])) for stay in unit.came_through]
    if not stays:
        return []
    named = select(Tenant.id, Tenant.name).where(Tenant.id.in_([place for place, _ in stays]))
    names = {row.id: row.name for row in db.session.execute(named)}
    return [(names[place], until) for place, until in stays]


def people_of(tenant_id: int, unit_id: int) -> list[tuple[Account, Membership]]:
    """Return who holds or held a role in a unit, those in force first."""
    ended = case((and_(Membership.ended_at.is_(None), Membership.until.is_(None)), 0), else_=1)
    rows = db.session.execute(
        select(Account, Membership)
        .join(Membership, Membership.account_id == Account.id)
        .where(Membership.tenant_id == tenant_id, Membership.unit_id == unit_id)
        .order_by(ended, Membership.role.desc(), Membership.id.desc())
        .limit(50)
    )
    return [(account, membership) for account, membership in rows]


def entries_of(tenant_id: int, unit_id: int) -> list[TrailEntry]:
    """Return the latest changes of a unit's registry entry, newest first."""
    return list(
        db.session.scalars(
            select(TrailEntry)
            .where(
                here_or_before(tenant_id),
                TrailEntry.unit_id == unit_id,
                TrailEntry.act.startswith("unit"),
            )
            .order_by(TrailEntry.id.desc())
            .limit(20)
        )
    )


def usual_opening() -> date:
    """Return the day from which a unit counts when nobody says otherwise: the first of the running year."""
    cycle = current_cycle()
    return date(cycle.year if cycle else clock.today().year, 1, 1)
