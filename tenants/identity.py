"""The signed-in person as the rest of the program sees it: plain values, no database rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from flask_login import UserMixin

from .people import DISTRICT_ROLES, PROVINCE_ROLES, Role
from .places import Tier
from .scope import Scope, ScopeKind

NOBODY = -1
"""The account of who only looks: rows that one person alone reads are nobody's then, and rosters stay closed."""


@dataclass(frozen=True, slots=True)
class Mandate:
    """By whose delegation a place is held, and which rights it gives (none named: all of the role).

    `giver_units`: where the giver holds a role as (tenant, unit); what the giver may not judge, nobody may for him.
    """

    delegation_id: int
    giver_id: int
    giver: str
    document: str
    rights: frozenset[str] = frozenset()
    giver_units: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True, slots=True)
class Seer:
    """The administrator who looks at somebody's pages, and until when."""

    account_id: int
    full_name: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """One membership in force today: where a person may act, as what, and by whose delegation (None: in own right)."""

    membership_id: int
    tenant_id: int
    tenant_name: str
    role: Role
    unit_id: int | None = None
    mandate: Mandate | None = None
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
    """A person with a live session. `place` is where the person acts now (None: no place in force).

    `seer`: who really sits there, where an administrator looks at the person's pages; nothing can be done then.
    """

    account_id: int
    login: str
    full_name: str
    places: tuple[Place, ...]
    place: Place | None
    token: str
    totp: bool = False
    seer: Seer | None = None

    def get_id(self) -> str:
        """Return the session token, by which flask-login finds this identity again."""
        return self.token

    @property
    def acting_name(self) -> str:
        """The name under which acts are recorded: by whose delegation stands in it."""
        mandate = self.place.mandate if self.place else None
        return f"{self.full_name} (thừa ủy quyền của {mandate.giver})" if mandate else self.full_name

    @property
    def here(self) -> Place:
        """The place acted in, for all that asked for a right before: who has one acts in some place."""
        assert self.place is not None
        return self.place

    def scope(self, *, writes: bool) -> Scope:
        """Return the scope of the place acted in; who only looks writes nothing and is nobody to the database."""
        if self.seer:
            return self.here.scope(NOBODY, writes=False)
        return self.here.scope(self.account_id, writes=writes)

    def holds_unit(self, tenant_id: int, unit_id: int) -> bool:
        """Return whether the person, or whose delegation is acted by, holds any role in a unit."""
        mandate = self.place.mandate if self.place else None
        return any(p.tenant_id == tenant_id and p.unit_id == unit_id for p in self.places) or bool(
            mandate and (tenant_id, unit_id) in mandate.giver_units
        )

    def at(self, place: Place) -> Identity:
        """Return the same person acting in another of the person's places."""
        return replace(self, place=place)
