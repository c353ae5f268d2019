"""Who a person is and where they stand today, asked without a session: for work that is done after a request.

What somebody asked for is done with the rights of the moment it is done; who has left meanwhile gets nothing.
"""

from __future__ import annotations

from sqlalchemy import or_, select

from .database import db
from .identity import Identity, Place
from .people import Account, Membership, Role
from .places import Tenant
from .signin import today


def standing_of(account_id: int, membership_id: int) -> Identity | None:
    """Return the person acting in one of the person's places, None where place or person is no longer in force.

    Reads in the sign-in scope; every place in force is there, as `Identity.holds_unit` asks for them all.
    """
    day = today()
    rows = db.session.execute(
        select(Account, Membership, Tenant.name, Tenant.tier)
        .join(Membership, Membership.account_id == Account.id)
        .join(Tenant, Tenant.id == Membership.tenant_id)
        .where(
            Account.id == account_id,
            Account.disabled_at.is_(None),
            Membership.since <= day,
            Membership.ended_at.is_(None),
            or_(Membership.until.is_(None), Membership.until >= day),
        )
        .order_by(Membership.id)
    ).all()
    places = tuple(Place(m.id, m.tenant_id, name, Role(m.role), m.unit_id, tier) for _, m, name, tier in rows)
    place = next((one for one in places if one.membership_id == membership_id), None)
    if place is None:
        return None
    account = rows[0][0]
    return Identity(account.id, account.login, account.full_name, places, place, "")
