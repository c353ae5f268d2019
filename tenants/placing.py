"""Which places a person holds today: memberships in force, those by delegation only while their giver holds the role."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from .database import db
from .identity import Mandate, Place
from .people import Account, Membership, Role
from .places import Tenant, Tier
from .powers import Delegation

_giver = aliased(Account)


Day = date | ColumnElement[date]


def not_over(day: Day, member: Any = Membership) -> ColumnElement[bool]:
    """Return the condition that a membership runs on a day or will; `Membership.is_over` says the same of a row."""
    return and_(member.ended_at.is_(None), or_(member.until.is_(None), member.until >= day))


def on_day(day: Day, member: Any = Membership) -> ColumnElement[bool]:
    """Return the condition that a membership runs on a day. The day is `signin.today()`, never the demo clock's."""
    return and_(member.since <= day, not_over(day, member))


def in_force(day: Day) -> ColumnElement[bool]:
    """Return the condition of a membership that gives rights on a day; what is delegated falls with its giver."""
    own = aliased(Membership)
    held = exists().where(
        Delegation.tenant_id == Membership.tenant_id,
        Delegation.id == Membership.delegation_id,
        own.tenant_id == Delegation.tenant_id,
        own.account_id == Delegation.giver_id,
        own.role == Delegation.role,
        own.unit_id.is_not_distinct_from(Delegation.unit_id),
        own.delegation_id.is_(None),
        on_day(day, own),
        Account.id == own.account_id,
        Account.disabled_at.is_(None),
    )
    held = held.correlate(Membership)
    return and_(on_day(day), or_(Membership.delegation_id.is_(None), held))


def named(statement: Any) -> Select[Any]:
    """Add to a statement over memberships the name and tier of the place, the delegation and its giver, which `places_of` reads.

    In a closed place nobody acts, whatever was forgotten to be ended there: it has no name here.
    """
    with_names: Select[Any] = (
        statement.outerjoin(Tenant, (Tenant.id == Membership.tenant_id) & Tenant.valid_to.is_(None))
        .outerjoin(
            Delegation,
            (Delegation.tenant_id == Membership.tenant_id) & (Delegation.id == Membership.delegation_id),
        )
        .outerjoin(_giver, _giver.id == Delegation.giver_id)
        .add_columns(
            Membership.id,
            Membership.tenant_id,
            Membership.role,
            Membership.unit_id,
            Tenant.name,
            Tenant.tier,
            Delegation.id,
            Delegation.giver_id,
            _giver.full_name,
            Delegation.document,
            Delegation.dated,
            Delegation.rights,
        )
    )
    return with_names


def places_of(rows: Iterable[Sequence[Any]], day: date) -> tuple[Place, ...]:
    """Return the places of rows whose last columns are those of `named`."""
    found = [(row[-12:-6], row[-6:]) for row in map(tuple, rows)]
    givers = {giver_id for _, (delegation_id, giver_id, *_) in found if delegation_id is not None}
    units = _units_of(givers, day) if givers else {}
    return tuple(
        Place(
            number,
            tenant_id,
            name,
            Role(role),
            unit_id,
            _mandate(delegated, units) if delegated[0] is not None else None,
            tier or Tier.DISTRICT,
        )
        for (number, tenant_id, role, unit_id, name, tier), delegated in found
        if number is not None and name is not None
    )


def _mandate(delegated: Sequence[Any], units: dict[int, frozenset[tuple[int, int]]]) -> Mandate:
    number, giver_id, giver, document, dated, rights = delegated
    return Mandate(
        number,
        giver_id,
        giver,
        f"{document} ngày {dated:%d/%m/%Y}",
        frozenset(rights),
        units.get(giver_id, frozenset()),
    )


def _units_of(givers: set[int], day: date) -> dict[int, frozenset[tuple[int, int]]]:
    rows: Any = db.session.execute(
        select(
            Membership.account_id,
            func.array_agg(Membership.tenant_id),
            func.array_agg(Membership.unit_id),
        )
        .where(Membership.account_id.in_(givers), Membership.unit_id.is_not(None), on_day(day))
        .group_by(Membership.account_id)
    )
    return {account: frozenset(zip(tenants, units, strict=True)) for account, tenants, units in rows}
