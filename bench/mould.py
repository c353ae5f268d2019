"""The mould: one district whose units, dossiers and accounts are made by the program's own rules and verbs.

Everything else in the benchmark's province is a copy of its rows (`copies.py`), so that no row there is of
another shape than the program writes.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from portal import clock
from portal.catalogue.models import CriteriaVersion
from portal.catalogue.operations import confirm_suggestions_for_demo
from portal.cycle.models import Cycle
from portal.cycle.operations import open_year
from portal.demo import accounts, bulk, history
from portal.demo.bulk import Catalogue, Registered
from portal.demo.moments import at
from portal.demo.registry import places, units_of
from portal.spelling import sort_key
from portal.units.models import Unit
from portal.words import ZONE
from tenants import operations
from tenants.database import db
from tenants.people import Role
from tenants.places import Tenant, TenantKind, Tier
from tenants.scope import Scope, ScopeKind, acting_in

from .sizes import LAST_YEAR

STEWARD = Scope(ScopeKind.STEWARD)
DECIDED_YEAR = LAST_YEAR - 1
CODE = "B001"
NOW = datetime(LAST_YEAR + 1, 1, 10, 9, 0, tzinfo=ZONE)


@dataclass(frozen=True)
class Mould:
    """The district and its units' ids and names."""

    tenant_id: int
    units: list[tuple[int, str]]


def mould_of(units: int) -> Mould:
    """Return the mould of a province that is there already: the first units of its district (application context)."""
    with acting_in(STEWARD):
        tenant_id = db.session.scalars(select(Tenant.id).where(Tenant.code == CODE)).one()
        made = select(Unit.id, Unit.name).where(Unit.tenant_id == tenant_id).order_by(Unit.id).limit(units)
        return Mould(tenant_id, [(number, name) for number, name in db.session.execute(made)])


def cast(units: int) -> Mould:
    """Make the mould in a fresh database: a decided year and drafts of the open one (application context)."""
    chance = random.Random(24)
    with acting_in(STEWARD):
        clock.put_setting(clock.DEMO, "yes")
        province = db.session.scalars(select(Tenant.id).where(Tenant.kind == TenantKind.PROVINCE)).one()
        accounts.load(accounts.of_province(province))
        people = accounts.identities(province)
    version_id = _govern(people[(Role.PROVINCE_ADMIN, None)])
    with acting_in(STEWARD):
        clock.forget_settings()
        clock.set_demo_clock(NOW)
        registered = _district(units)
        catalogue = Catalogue.load(version_id)
        version = db.session.get(CriteriaVersion, version_id)
        assert version is not None
        history.load_year(
            places()[0], registered, DECIDED_YEAR, catalogue, dict(version.settings), chance, {}
        )
        history.number_receipts(registered[0].tenant_id)
        _drafts(registered, catalogue, chance)
    return mould_of(units)


def _govern(admin: accounts.Identity) -> int:
    assert admin.place is not None
    with at(2024, 2, 1, 9, 0), acting_in(admin.place.scope(admin.account_id)):
        version = db.session.scalars(select(CriteriaVersion).where(CriteriaVersion.key == "tt24-2023")).one()
        confirm_suggestions_for_demo(admin, version.id)
        known = set(db.session.scalars(select(Cycle.year).where(Cycle.tier == Tier.DISTRICT)))
        for year in {DECIDED_YEAR, LAST_YEAR} - known:
            open_year(year, version)
        return version.id


def _district(units: int) -> list[Registered]:
    place = places()[0]
    tenant = operations.open_tenant(
        kind=place.kind,
        code=CODE,
        name=place.name,
        name_sort=sort_key(place.name),
        committee=f"Ủy ban nhân dân {place.inline}",
        office="Phòng Giáo dục và Đào tạo",
        seat=place.short,
        valid_from=date(2000, 1, 1),
    )
    known = list(units_of(place, random.Random(7)))
    chosen = random.Random(8).sample(known, k=min(units, len(known)))
    return bulk.register_units(tenant.id, CODE, chosen)


def _drafts(units: list[Registered], catalogue: Catalogue, chance: random.Random) -> None:
    drafts = [bulk.draft(unit, LAST_YEAR, catalogue, chance, aim=1) for unit in units]
    states = [
        bulk.team_decision(LAST_YEAR, chance)
        | {
            "created_at": datetime(LAST_YEAR, 12, 1, 8, tzinfo=ZONE),
            "requested_level": draft.assessment.level or 1,
            "letter_number": f"{chance.randint(3, 60):02d}/TTr",
            "letter_date": date(LAST_YEAR + 1, 1, 2),
        }
        for draft in drafts
    ]
    bulk.load_drafts(drafts, catalogue, states)
