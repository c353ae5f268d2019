"""Reading delegations, proposals, and the people one may delegate to, propose or look at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from portal.spelling import escaped, fold
from portal.units.models import Unit
from tenants import signin
from tenants.database import db
from tenants.identity import Identity, Place
from tenants.people import GUEST_ROLES, Account, Membership, Role
from tenants.places import Tenant
from tenants.placing import on_day
from tenants.powers import Delegation, RoleProposal

from .rules import mandate_of, signing_title

MOST_SHOWN = 100
MOST_FOUND = 20
_giver, _proposer, _answerer = aliased(Account), aliased(Account), aliased(Account)


def delegations(place: Place) -> Sequence[Any]:
    """Return (delegation, membership, giver, delegate) of a place, those that run or will run first."""
    return db.session.execute(
        _delegations(place)
        .order_by(Membership.ended_at.is_not(None), Membership.until.desc(), Membership.id.desc())
        .limit(MOST_SHOWN)
    ).all()


def _delegations(place: Place) -> Any:
    return (
        select(Delegation, Membership, _giver, Account)
        .join(
            Membership,
            (Membership.tenant_id == Delegation.tenant_id) & (Membership.delegation_id == Delegation.id),
        )
        .join(_giver, _giver.id == Delegation.giver_id)
        .join(Account, Account.id == Membership.account_id)
        .where(
            Delegation.tenant_id == place.tenant_id, Delegation.unit_id.is_not_distinct_from(place.unit_id)
        )
    )


def delegation_of(place: Place, delegation_id: int) -> Any:
    """Return one delegation of a place, its membership locked, or None."""
    return db.session.execute(
        _delegations(place)
        .where(Delegation.id == delegation_id)
        .with_for_update(of=Membership)
        .execution_options(populate_existing=True)
    ).one_or_none()


def colleagues(place: Place, but: int) -> list[tuple[int, str]]:
    """Return the people who hold a role of their own at a place today, as (account, name with title)."""
    rows = db.session.execute(
        select(Account.id, Account.full_name, Account.title)
        .where(
            Account.id != but,
            Account.disabled_at.is_(None),
            Account.id.in_(
                select(Membership.account_id).where(
                    Membership.tenant_id == place.tenant_id,
                    Membership.unit_id.is_not_distinct_from(place.unit_id),
                    Membership.delegation_id.is_(None),
                    Membership.role.not_in(GUEST_ROLES),
                    on_day(signin.today()),
                )
            ),
        )
        .order_by(func.folded(Account.full_name), Account.id)
    )
    return [(number, f"{name} ({title})" if title else name) for number, name, title in rows]


def own_membership(actor: Identity) -> Membership | None:
    """Return the membership somebody acts by."""
    return db.session.get(Membership, (actor.here.tenant_id, actor.here.membership_id))


def proposals(tenant_id: int | None) -> Sequence[Any]:
    """Return (proposal, place, candidate, proposer, who answered, tier) of a place (None: of all), the open ones first."""
    statement = _proposals().order_by(RoleProposal.answered_at.is_not(None), RoleProposal.id.desc())
    if tenant_id is not None:
        statement = statement.where(RoleProposal.tenant_id == tenant_id)
    return db.session.execute(statement.limit(MOST_SHOWN)).all()


def _proposals() -> Any:
    return (
        select(RoleProposal, Tenant.name, Account, _proposer.full_name, _answerer.full_name, Tenant.tier)
        .join(Tenant, Tenant.id == RoleProposal.tenant_id)
        .join(Account, Account.id == RoleProposal.account_id)
        .outerjoin(_proposer, _proposer.id == RoleProposal.proposed_by)
        .outerjoin(_answerer, _answerer.id == RoleProposal.answered_by)
    )


def proposal_of(proposal_id: int) -> RoleProposal | None:
    """Return a proposal the scope sees, locked, or None."""
    return db.session.scalar(
        select(RoleProposal)
        .where(RoleProposal.id == proposal_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def waiting() -> int:
    """Return how many proposals of the scope wait for an answer."""
    return int(db.session.scalar(select(func.count()).where(RoleProposal.answered_at.is_(None))) or 0)


def holders(tenant_id: int, role: Role) -> list[int]:
    """Return the accounts that hold a role of a place in their own right today."""
    return list(
        db.session.scalars(
            select(Membership.account_id)
            .join(Account, Account.id == Membership.account_id)
            .where(
                Membership.tenant_id == tenant_id,
                Membership.role == role,
                Membership.delegation_id.is_(None),
                Account.disabled_at.is_(None),
                on_day(signin.today()),
            )
        )
    )


def was_here(tenant_id: int, account_id: int) -> bool:
    """Return whether somebody holds or held any role in a place."""
    placed = select(Membership.id).where(
        Membership.tenant_id == tenant_id, Membership.account_id == account_id
    )
    return db.session.scalar(placed.limit(1)) is not None


def people(typed: str, tenant_id: int | None, membership_id: int | None = None) -> Sequence[Any]:
    """Return (account, membership, unit's name, place's name, its tier) found by name or login, or the one asked for."""
    statement = (
        select(Account, Membership, Unit.name, Tenant.name, Tenant.tier)
        .join(Membership, Membership.account_id == Account.id)
        .join(Tenant, Tenant.id == Membership.tenant_id)
        .outerjoin(Unit, (Unit.tenant_id == Membership.tenant_id) & (Unit.id == Membership.unit_id))
        .where(on_day(signin.today()), Account.disabled_at.is_(None), Membership.role.not_in(GUEST_ROLES))
        .order_by(func.folded(Account.full_name), Membership.id)
        .limit(MOST_FOUND)
    )
    if tenant_id is not None:
        statement = statement.where(Membership.tenant_id == tenant_id)
    if membership_id is not None:
        statement = statement.where(Membership.id == membership_id)
    for word in fold(typed).split():
        pattern = f"%{escaped(word)}%"
        statement = statement.where(
            or_(
                func.folded(Account.full_name).like(pattern),
                Account.login.like(pattern),
                Unit.name_folded.like(pattern),
            )
        )
    return db.session.execute(statement).all()


def signs_as(identity: Identity, head: str) -> str:
    """Return the title under which somebody signs for the head of a place."""
    if mandate_of(identity) is None:
        return head
    own = db.session.scalar(select(Account.title).where(Account.id == identity.account_id))
    return signing_title(head, own or "")
