"""Accounts of the big province: an officer of every district, a head of every unit, all with the demo's password."""

from __future__ import annotations

from sqlalchemy import select

from portal.demo.accounts import NewAccount, load
from portal.units.models import Unit
from tenants.database import db
from tenants.people import Role
from tenants.places import Tenant, TenantKind
from tenants.scope import Scope, ScopeKind, acting_in


def head_of(code: str) -> str:
    """Return the user name of a unit's head."""
    return f"{code.lower()}.thutruong"


def officer_of(code: str) -> str:
    """Return the user name of a district's officer."""
    return f"cv.{code.lower()}"


def load_people() -> None:
    """Make the accounts (application context)."""
    with acting_in(Scope(ScopeKind.STEWARD)):
        tenants = db.session.execute(select(Tenant.id, Tenant.code).where(Tenant.kind != TenantKind.PROVINCE))
        wanted = [
            NewAccount(Role.DISTRICT_OFFICER, officer_of(code), f"Chuyên viên {code}", number)
            for number, code in tenants
        ]
        units = db.session.execute(select(Unit.tenant_id, Unit.id, Unit.code))
        wanted += [
            NewAccount(Role.UNIT_HEAD, head_of(code), f"Thủ trưởng {code}", tenant_id, unit_id)
            for tenant_id, unit_id, code in units
        ]
        load(wanted)
