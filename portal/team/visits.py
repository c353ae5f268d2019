"""A guest's visit in words: to which unit, invited by whom, how many days are left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from tenants import signin
from tenants.database import db
from tenants.identity import Identity
from tenants.people import Membership

from .models import Invitation


@dataclass(frozen=True, slots=True)
class Visit:
    """The running visit: its last day, the days left with today, who invited."""

    until: date
    days: int
    invited_by: str


def visit_of(actor: Identity) -> Visit | None:
    """Return the visit of the role a guest acts in, None where no invitation stands behind it."""
    place = actor.place
    if place is None:
        return None
    row = db.session.execute(
        select(Membership.until, Invitation.invited_by)
        .join(
            Invitation,
            (Invitation.tenant_id == Membership.tenant_id) & (Invitation.membership_id == Membership.id),
        )
        .where(Membership.tenant_id == place.tenant_id, Membership.id == place.membership_id)
    ).first()
    if row is None or row.until is None:
        return None
    return Visit(row.until, (row.until - signin.today()).days + 1, row.invited_by)
