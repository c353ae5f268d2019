"""The accounts of the demonstration: one of each role, named by post, all with one known password."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from portal import words
from portal.dossiers.models import Dossier, State
from portal.units.models import Unit
from tenants import signin
from tenants.database import db
from tenants.identity import Identity, Place
from tenants.people import Account, Credential, Membership, Role
from tenants.places import Tenant

from .bulk import Registered, insert_all, insert_with_ids
from .registry import SINCE, PlaceData

PASSWORD = "Minh-hoa-2027"
PROVINCE = (
    (Role.PROVINCE_ADMIN, "quantri.tinh"),
    (Role.PROVINCE_OFFICER, "chuyenvien.so"),
    (Role.PROVINCE_VIEWER, "lanhdao.so"),
)
DISTRICT = (
    (Role.DISTRICT_ADMIN, "qt"),
    (Role.DISTRICT_OFFICER, "cv"),
    (Role.DISTRICT_COUNCIL, "hd"),
    (Role.DISTRICT_LEADER, "ld"),
)
UNIT = ((Role.UNIT_HEAD, "thutruong"), (Role.UNIT_EDITOR, "daumoi"))


@dataclass(frozen=True)
class NewAccount:
    """An account to be made, with its one membership."""

    role: Role
    login: str
    name: str
    tenant_id: int
    unit_id: int | None = None


def of_province(tenant_id: int) -> list[NewAccount]:
    """Return the Department's accounts."""
    return [
        NewAccount(role, login, f"{words.ROLES[role.value]} (minh họa)", tenant_id)
        for role, login in PROVINCE
    ]


def of_district(place: PlaceData, tenant_id: int) -> list[NewAccount]:
    """Return a district's accounts."""
    return [
        NewAccount(role, f"{prefix}.{place.slug}", f"{words.ROLES[role.value]} – {place.name}", tenant_id)
        for role, prefix in DISTRICT
    ]


def of_units(units: Iterable[Registered]) -> list[NewAccount]:
    """Return head and clerk of every unit."""
    return [
        NewAccount(
            role,
            f"{unit.code.lower()}.{suffix}",
            f"{unit.data.head_title if role is Role.UNIT_HEAD else 'Cán bộ đầu mối'} – {unit.data.name}"[
                :200
            ],
            unit.tenant_id,
            unit.unit_id,
        )
        for unit in units
        for role, suffix in UNIT
    ]


def load(accounts: Sequence[NewAccount]) -> None:
    """Make accounts that can sign in at once with the known password (steward scope).

    An account that `flask init` made already keeps its membership and gets the password.
    """
    at = signin.now()
    known = dict(db.session.execute(select(Account.login, Account.id)).all())
    kept = [known[a.login] for a in accounts if a.login in known]
    accounts = [a for a in accounts if a.login not in known]
    ids = insert_with_ids(
        Account, [{"login": a.login, "full_name": a.name, "created_at": at} for a in accounts]
    )
    hashed = signin.hash_password(PASSWORD)
    insert_all(
        Credential,
        [
            {"account_id": i, "password_hash": hashed, "password_set_at": at, "totp_last_step": 0}
            for i in [*kept, *ids]
        ],
    )
    insert_all(
        Membership,
        [
            {
                "tenant_id": a.tenant_id,
                "account_id": i,
                "role": a.role.value,
                "unit_id": a.unit_id,
                "since": SINCE,
            }
            for i, a in zip(ids, accounts, strict=True)
        ],
    )


def identities(tenant_id: int) -> dict[tuple[Role, int | None], Identity]:
    """Return who acts in a district, by role and unit (steward scope)."""
    rows = db.session.execute(
        select(Account, Membership, Tenant.name, Tenant.tier)
        .join(Membership, Membership.account_id == Account.id)
        .join(Tenant, Tenant.id == Membership.tenant_id)
        .where(Membership.tenant_id == tenant_id, Membership.delegation_id.is_(None))
    )
    found = {}
    for account, member, tenant_name, tier in rows:
        place = Place(member.id, tenant_id, tenant_name, Role(member.role), member.unit_id, tier=tier)
        found[(place.role, place.unit_id)] = Identity(
            account.id, account.login, account.full_name, (place,), place, token=""
        )
    return found


SHOWN_UNITS = ("Trường Tiểu học Mỹ Đức", "Trường Mầm non An Lão", "Ban Chỉ huy Quân sự huyện An Lão")
"""Units whose dossiers are left unfinished, so that somebody can finish them."""


def shown() -> list[tuple[str, str, str, str]]:
    """Return the accounts worth trying first: role, place, user name, password (steward scope).

    After the unfinished units comes one that was asked for supplements.
    """
    people = (
        select(Account.login, Membership.role, Tenant.name, Unit.name, Tenant.tier)
        .join(Membership, Membership.account_id == Account.id)
        .join(Tenant, Tenant.id == Membership.tenant_id)
        .outerjoin(Unit, (Unit.tenant_id == Membership.tenant_id) & (Unit.id == Membership.unit_id))
        .where(Membership.delegation_id.is_(None))
    )
    asked = (
        select(Dossier.unit_id)
        .join(Tenant, Tenant.id == Dossier.tenant_id)
        .where(Tenant.name == "Huyện An Lão", Dossier.state == State.SUPPLEMENT_REQUESTED)
        .order_by(Dossier.id)
        .limit(1)
    )
    logins = [login for _, login in PROVINCE]
    logins += [f"{prefix}.{slug}" for slug in ("anlao", "kienthuy", "dvtinh") for _, prefix in DISTRICT]
    posts = db.session.execute(people.where(Account.login.in_(logins))).all()
    units = db.session.execute(
        people.where(Unit.name.in_(SHOWN_UNITS) | Unit.id.in_(asked.scalar_subquery()))
        .where(Tenant.name == "Huyện An Lão")
        .order_by(Unit.name.in_(SHOWN_UNITS).desc(), Unit.id, Membership.role.desc())
    ).all()
    ordered = sorted(posts, key=lambda row: logins.index(row[0])) + list(units)
    return [
        (words.role_name(role, tier), unit or place, login, PASSWORD)
        for login, role, place, unit, tier in ordered
    ]
