"""The signed-in person as the rest of the program sees it: plain values, no database rows."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask_login import UserMixin

from .people import DISTRICT_ROLES, PROVINCE_ROLES, Role
from .places import Tier
from .scope import Scope, ScopeKind


@dataclass(frozen=True, slots=True)
class Place:
    """One membership in force today: where a person may act, and as what."""

    membership_id: int
    tenant_id: int
    tenant_name: str
    role: Role
    unit_id: int | None = None
    tier: str = Tier.DISTRICT

    def scope(self, account_id: int, *, writes: bool = True) -> Scope:
        """Return the database scope in which this place reads and writes."""
        kind = ScopeKind.UNIT
        if self.role in PROVINCE_ROLES:
            kind = ScopeKind.PROVINCE
        elif self.role in DISTRICT_ROLES:
            kind = ScopeKind.DISTRICT
        return Scope(kind, self.tenant_id, self.unit_id or 0, account_id, writes)


@dataclass(frozen=True, slots=True)
class Identity(UserMixin):
    """A person with a live session. `place` is where the person acts now (None: no place in force)."""

    account_id: int
    login: str
    full_name: str
    places: tuple[Place, ...]
    place: Place | None
    token: str
    totp: bool = False

    def get_id(self) -> str:
        """Return the session token, by which flask-login finds this identity again."""
        return self.token

    def holds_unit(self, tenant_id: int, unit_id: int) -> bool:
        """Return whether the person holds any role in a unit, whatever the place acted in now."""
        return any(p.tenant_id == tenant_id and p.unit_id == unit_id for p in self.places)

    def at(self, place: Place) -> Identity:
        """Return the same person acting in another of the person's places."""
        return replace(self, place=place)
