"""Reading the persons of a district and the roles they hold in it."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from portal import clock
from portal.spelling import escaped, fold
from portal.trail.models import TrailEntry
from portal.units.models import Unit
from portal.units.queries import open_on
from portal.web import Listing
from tenants import signin
from tenants.database import db
from tenants.people import Account, Membership, Role
from tenants.placing import not_over, on_day

from .rules import OF_UNIT

SORTS = ("unit", "name", "login", "since")


def _state(name: str, day: date) -> ColumnElement[bool]:
    over = ~not_over(day)
    conditions: dict[str, ColumnElement[bool]] = {
        "active": and_(on_day(day), Account.disabled_at.is_(None)),
        "ended": over,
        "disabled": and_(~over, Account.disabled_at.is_not(None)),
        "later": and_(~over, Account.disabled_at.is_(None), Membership.since > day),
    }
    return conditions[name]


def people(tenant_id: int, listing: Listing) -> Any:
    """Return (account, membership, unit) of the roles a reader asked for, in a total order."""
    asked = _asked(tenant_id, listing)
    if listing.filters.get("state"):
        asked = asked.where(_state(listing.filters["state"], signin.today()))
    orders: dict[str, list[Any]] = {
        "unit": [func.coalesce(Unit.name_sort, ""), Membership.role],
        "name": [func.folded(Account.full_name)],
        "login": [Account.login],
        "since": [Membership.since],
    }
    first = [
        column.desc() if listing.direction == "desc" else column.asc() for column in orders[listing.sort]
    ]
    return asked.order_by(*first, Membership.id)


def _asked(tenant_id: int, listing: Listing) -> Any:
    asked: Any = (
        select(Account, Membership, Unit)
        .join(Membership, Membership.account_id == Account.id)
        .outerjoin(Unit, (Unit.tenant_id == Membership.tenant_id) & (Unit.id == Membership.unit_id))
        .where(Membership.tenant_id == tenant_id)
    )
    for word in fold(listing.q).split():
        pattern = f"%{escaped(word)}%"
        asked = asked.where(
            or_(
                func.folded(Account.full_name).like(pattern),
                Account.login.like(pattern),
                func.coalesce(Unit.name_folded, "").like(pattern),
            )
        )
    if listing.filters.get("role"):
        asked = asked.where(Membership.role == listing.filters["role"])
    return asked


def counts(tenant_id: int, listing: Listing) -> dict[str, int]:
    """Return how many roles the same search finds in all ("") and in each state."""
    day = signin.today()
    names = ("active", "later", "disabled", "ended")
    columns = [func.count().filter(_state(name, day)) for name in names]
    found = _asked(tenant_id, listing).with_only_columns(func.count(), *columns)
    return dict(zip(("", *names), db.session.execute(found).one(), strict=True))


def account_of(tenant_id: int, account_id: int) -> Account | None:
    """Return a person who holds or held a role in the district, or None."""
    return db.session.scalar(
        select(Account).where(
            Account.id == account_id,
            exists().where(Membership.account_id == Account.id, Membership.tenant_id == tenant_id),
        )
    )


def roles_of(tenant_id: int, account_id: int) -> list[tuple[Membership, Unit | None]]:
    """Return a person's roles in the district, the latest first."""
    rows = db.session.execute(
        select(Membership, Unit)
        .outerjoin(Unit, (Unit.tenant_id == Membership.tenant_id) & (Unit.id == Membership.unit_id))
        .where(Membership.tenant_id == tenant_id, Membership.account_id == account_id)
        .order_by(Membership.id.desc())
    )
    return [(membership, unit) for membership, unit in rows]


def entries_of(tenant_id: int, account_id: int) -> list[TrailEntry]:
    """Return the latest acts on a person's account, newest first."""
    return list(
        db.session.scalars(
            select(TrailEntry)
            .where(
                TrailEntry.tenant_id == tenant_id,
                TrailEntry.act.startswith("person."),
                TrailEntry.detail["account_id"].as_integer() == account_id,
            )
            .order_by(TrailEntry.id.desc())
            .limit(20)
        )
    )


def units_without(tenant_id: int, listing: Listing) -> Select[Any]:
    """Return the open units in which a clerk's or a head's account is missing, in dictionary order."""
    asked = select(Unit).where(Unit.tenant_id == tenant_id, open_on(clock.today()))
    served = []
    for role in OF_UNIT:
        member = aliased(Membership)
        held = exists().where(
            member.tenant_id == Unit.tenant_id,
            member.unit_id == Unit.id,
            member.role == role,
            not_over(signin.today(), member),
        )
        served.append(held)
    asked = asked.where(~and_(*served))
    for word in fold(listing.q).split():
        pattern = f"%{escaped(word)}%"
        asked = asked.where(or_(Unit.name_folded.like(pattern), func.lower(Unit.code).like(pattern)))
    if listing.filters.get("kind"):
        asked = asked.where(Unit.kind == listing.filters["kind"])
    return asked.order_by(Unit.name_sort, Unit.id)


def roles_held(tenant_id: int, unit_ids: list[int]) -> set[tuple[int, Role]]:
    """Return which of the units have somebody in which role, from today or later on."""
    rows = db.session.execute(
        select(Membership.unit_id, Membership.role).where(
            Membership.tenant_id == tenant_id,
            Membership.unit_id.in_(unit_ids),
            not_over(signin.today()),
        )
    )
    return {(unit_id, Role(role)) for unit_id, role in rows if unit_id}


def open_units(tenant_id: int) -> list[tuple[int, str]]:
    """Return the open units of a district as (id, name with code), in dictionary order."""
    rows = db.session.execute(
        select(Unit.id, Unit.name, Unit.code)
        .where(Unit.tenant_id == tenant_id, open_on(clock.today()))
        .order_by(Unit.name_sort, Unit.id)
    )
    return [(unit_id, f"{name} ({code})") for unit_id, name, code in rows]


def other_administrators(tenant_id: int, but: int) -> int:
    """Return how many other persons can administer the district today."""
    statement = (
        select(func.count(func.distinct(Account.id)))
        .join(Membership, Membership.account_id == Account.id)
        .where(
            Membership.tenant_id == tenant_id,
            Membership.role == Role.DISTRICT_ADMIN,
            Account.id != but,
            Account.disabled_at.is_(None),
            on_day(signin.today()),
        )
    )
    return int(db.session.scalar(statement) or 0)


def role_of(tenant_id: int, membership_id: int) -> Any:
    """Return (account, membership, unit) of one role in the district, or None."""
    return db.session.execute(
        select(Account, Membership, Unit)
        .join(Membership, Membership.account_id == Account.id)
        .outerjoin(Unit, (Unit.tenant_id == Membership.tenant_id) & (Unit.id == Membership.unit_id))
        .where(Membership.tenant_id == tenant_id, Membership.id == membership_id)
    ).one_or_none()


def decides(tenant_id: int, account_id: int) -> bool:
    """Return whether a person holds the right to decide in the district, now or later, also by delegation."""
    held = select(Membership.id).where(
        Membership.tenant_id == tenant_id,
        Membership.account_id == account_id,
        Membership.role == Role.DISTRICT_LEADER,
        not_over(signin.today()),
    )
    return db.session.scalar(held.limit(1)) is not None
