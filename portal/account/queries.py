"""Reading what belongs to the signed-in person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import segno
from markupsafe import Markup
from sqlalchemy import select

from portal.frame import place_names
from portal.reform.queries import Followed, followings
from tenants import signin, totp
from tenants.database import db
from tenants.identity import Identity
from tenants.people import DISTRICT_ROLES, Membership
from tenants.places import Tenant
from tenants.scope import Scope, ScopeKind, acting_in

from .rules import device

READING = Scope(ScopeKind.SIGNIN, writes=False)
ISSUER = "Cổng Đơn vị học tập"


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One open session in words; `mark` names it in forms."""

    mark: str
    device: str
    address: str
    since: datetime
    last_seen: datetime
    here: bool


def gone_with(account_id: int) -> list[Followed]:
    """Return where the work went of the closed places in which a person last served: by reforms, in the order of days."""
    with acting_in(READING):
        closed = list(
            db.session.scalars(
                select(Membership.tenant_id)
                .join(Tenant, Tenant.id == Membership.tenant_id)
                .where(
                    Membership.account_id == account_id,
                    Membership.role.in_(DISTRICT_ROLES),
                    Membership.ended_at.is_not(None),
                    Tenant.valid_to.is_not(None),
                )
                .distinct()
            )
        )
    with acting_in(Scope(ScopeKind.PUBLIC, writes=False)):
        return followings(closed) if closed else []


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an app needs to enrol: the key in groups of four, and its QR code as a drawing."""

    key: str
    address: str
    drawing: Markup


def place_titles(identity: Identity) -> dict[int, str]:
    """Return what each of a person's places is called, by membership; each is read in its own scope."""
    titles = {}
    for place in identity.places:
        with acting_in(place.scope(identity.account_id, writes=False)):
            name, within = place_names(place)
        titles[place.membership_id] = f"{name}, {within[:1].lower()}{within[1:]}" if within else name
    return titles


def open_sessions(me: Identity) -> list[OpenSession]:
    """Return one's open sessions, this one first."""
    here = signin.digest(me.token)
    with acting_in(READING):
        found = [
            OpenSession(
                row.token_sha256.hex(),
                device(row.agent),
                row.address,
                row.created_at,
                row.last_seen_at,
                row.token_sha256 == here,
            )
            for row in signin.own_sessions(me.account_id)
        ]
    return sorted(found, key=lambda row: not row.here)


def enrolment(me: Identity, secret: str) -> Enrolment | None:
    """Return what to scan or type while a second factor is being enrolled; None when none is."""
    if me.totp:
        return None
    with acting_in(READING):
        seed = totp.unconfirmed(me.account_id, secret)
    if seed is None:
        return None
    address = totp.address_of(seed, me.login, ISSUER)
    drawn = segno.make(address, error="m", micro=False).svg_inline(
        scale=4, border=3, dark="#17252f", light="#fff", svgclass=None, lineclass=None
    )
    named = drawn.replace("<svg ", '<svg role="img" aria-label="Mã QR để thêm vào ứng dụng xác thực" ', 1)
    groups = " ".join(seed[at : at + 4] for at in range(0, len(seed), 4))
    return Enrolment(groups, address, Markup(named))  # noqa: S704 – drawn from our own seed
