"""Reading the team's work: who has what until when, who was let in, what waits for a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Integer, Select, bindparam, select
from sqlalchemy.orm import joinedload, selectinload

from portal import clock
from portal.dossiers.models import Dossier, State, TeamMember
from portal.dossiers.queries import Sheet, open_sheets
from portal.dossiers.rules import Finding, Outcome
from portal.dossiers.wording import outcome_words
from portal.trail.models import TrailEntry
from portal.trail.queries import here_or_before
from tenants import signin
from tenants.database import db
from tenants.identity import Identity
from tenants.people import GUEST_ROLES, UNIT_ROLES, Account, Membership
from tenants.placing import on_day

from .models import Assignment, Invitation, InvitedIndicator
from .rules import Pace, pace
from .wording import PACES

WORKED_ON = (State.DRAFT, State.SUPPLEMENT_REQUESTED)


@dataclass(frozen=True, slots=True)
class Task:
    """One applying indicator of a dossier: who answers for it, until when, and how it stands."""

    dossier_id: int
    year: int
    indicator_id: int
    code: str
    title: str
    criterion: int
    word: tuple[str, str]
    done: bool
    holder: TeamMember | None = None
    due: date | None = None
    version: int = 0
    pace: Pace | None = None


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody let in: by which membership, until when, to which indicators, and what came of it."""

    invitation: Invitation
    account: Account
    membership: Membership
    codes: tuple[str, ...]
    given: tuple[str, ...]
    over: bool


@dataclass
class Holding:
    """What a card says of the people behind an indicator: its holder, guests at work, guests who gave something."""

    holder: str = ""
    due: date | None = None
    pace: Pace | None = None
    guests: list[tuple[str, str]] = field(default_factory=list)
    credits: list[tuple[str, str, datetime]] = field(default_factory=list)

    @property
    def mark(self) -> tuple[str, str] | None:
        """Word and tone of how the holder's work stands."""
        return (PACES[self.pace].name, PACES[self.pace].tone) if self.pace else None


def is_done(finding: Finding) -> bool:
    """Return whether nothing is left to do at an indicator: answered, and proven or explained."""
    if not finding.applies:
        return True
    return Outcome.MISSING not in finding.outcomes.values() and not finding.needs_document


def assignments_of(dossiers: Sequence[Dossier]) -> dict[tuple[int, int], Assignment]:
    """Return the assignments of dossiers by dossier and indicator, each with its member."""
    if not dossiers:
        return {}
    keys = {"tenants": list({d.tenant_id for d in dossiers}), "dossiers": [d.id for d in dossiers]}
    rows = db.session.scalars(_assignments(), keys)
    return {(row.dossier_id, row.indicator_id): row for row in rows}


@cache
def _assignments() -> Select[tuple[Assignment]]:
    return (
        select(Assignment)
        .options(joinedload(Assignment.member))
        .where(
            Assignment.tenant_id.in_(bindparam("tenants", expanding=True)),
            Assignment.dossier_id.in_(bindparam("dossiers", expanding=True)),
        )
        .execution_options(populate_existing=True)
    )


def tasks_of(sheet: Sheet, given: Mapping[tuple[int, int], Assignment]) -> list[Task]:
    """Return the applying indicators of a dossier in order, each with who has it and how it stands today."""
    today = clock.today()
    found = []
    for finding in sheet.unit_side().findings:
        if not finding.applies:
            continue
        one, done = finding.indicator, is_done(finding)
        row = given.get((sheet.dossier.id, one.id))
        found.append(
            Task(
                sheet.dossier.id,
                sheet.dossier.year,
                one.id,
                one.code,
                one.title,
                one.criterion,
                outcome_words(finding),
                done,
                row.member if row else None,
                row.due_on if row else None,
                row.version if row else 0,
                pace(done=done, due=row.due_on, today=today) if row else None,
            )
        )
    return found


def my_tasks(actor: Identity) -> list[Task]:
    """Return what a person answers for in the unit's dossiers that are worked on now: late first, then by day."""
    place = actor.place
    if place is None or place.unit_id is None:
        return []
    mine = list(
        db.session.scalars(
            select(Dossier)
            .where(
                Dossier.tenant_id == place.tenant_id,
                Dossier.unit_id == place.unit_id,
                Dossier.state.in_(WORKED_ON),
                Dossier.id.in_(
                    select(TeamMember.dossier_id).where(
                        TeamMember.tenant_id == place.tenant_id,
                        TeamMember.unit_id == place.unit_id,
                        TeamMember.account_id == actor.account_id,
                    )
                ),
            )
            .order_by(Dossier.year)
        )
    )
    if not mine:
        return []
    given, sheets = assignments_of(mine), open_sheets(mine)
    own = [
        task
        for dossier in mine
        for task in tasks_of(sheets[dossier.id], given)
        if task.holder is not None and task.holder.account_id == actor.account_id
    ]
    return in_order(own)


def desk_of(actor: Identity, sheet: Sheet | None) -> dict[str, list[Task]]:
    """Return what the unit's desk tells of the team's work: one's own open tasks, and everything that is late."""
    if sheet is None or sheet.dossier.state not in WORKED_ON:
        return {"mine": [], "late": []}
    tasks = in_order(tasks_of(sheet, assignments_of([sheet.dossier])))
    held = [task for task in tasks if task.holder is not None]
    return {
        "mine": [t for t in held if t.holder and t.holder.account_id == actor.account_id and not t.done],
        "late": [task for task in held if task.pace is Pace.LATE],
    }


def in_order(tasks: Iterable[Task]) -> list[Task]:
    """Return tasks as they are worked through: what is late, then by due date, what is done last."""
    return sorted(
        tasks, key=lambda t: (t.done, t.due is None, t.due or date.max, t.year, t.criterion, t.indicator_id)
    )


def staff_of(tenant_id: int, unit_id: int) -> list[tuple[Account, Membership]]:
    """Return who works for a unit today, head first, in the order of their names."""
    rows = db.session.execute(
        select(Account, Membership)
        .join(Membership, Membership.account_id == Account.id)
        .where(
            Membership.tenant_id == tenant_id,
            Membership.unit_id == unit_id,
            Membership.role.in_(UNIT_ROLES),
            on_day(signin.today()),
            Account.disabled_at.is_(None),
        )
        .order_by(Membership.role.desc(), Account.full_name, Account.id)
    )
    return [(account, membership) for account, membership in rows]


def people_of(tenant_id: int, unit_id: int) -> list[tuple[Account, Membership]]:
    """Return everybody who works or worked for a unit or was its guest, the latest role first."""
    rows = db.session.execute(
        select(Account, Membership)
        .join(Membership, Membership.account_id == Account.id)
        .where(Membership.tenant_id == tenant_id, Membership.unit_id == unit_id)
        .order_by(Membership.ended_at.is_not(None), Membership.role.in_(GUEST_ROLES), Membership.id.desc())
    )
    return [(account, membership) for account, membership in rows]


def entries_of_staff(tenant_id: int, unit_id: int, limit: int = 30) -> list[TrailEntry]:
    """Return the latest acts on the people of a unit that the unit may see, newest first."""
    return list(
        db.session.scalars(
            select(TrailEntry)
            .where(
                here_or_before(tenant_id),
                TrailEntry.unit_id == unit_id,
                TrailEntry.act.startswith("person.", autoescape=True),
            )
            .order_by(TrailEntry.id.desc())
            .limit(limit)
        )
    )


def membership_of(tenant_id: int, unit_id: int, membership_id: int) -> tuple[Account, Membership] | None:
    """Return one role in a unit with its person, held until the transaction ends; None where there is none."""
    row = db.session.execute(
        select(Account, Membership)
        .join(Membership, Membership.account_id == Account.id)
        .where(
            Membership.tenant_id == tenant_id,
            Membership.unit_id == unit_id,
            Membership.id == membership_id,
        )
        .execution_options(populate_existing=True)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def guests_of(sheet: Sheet) -> list[Guest]:
    """Return who was let in to a dossier, those at work now first."""
    d = sheet.dossier
    codes = {row.id: row.code for row in sheet.catalogue}
    today = signin.today()
    rows = db.session.execute(
        select(Invitation, Account, Membership)
        .join(
            Membership,
            (Membership.tenant_id == Invitation.tenant_id) & (Membership.id == Invitation.membership_id),
        )
        .join(Account, Account.id == Invitation.account_id)
        .options(selectinload(Invitation.indicators))
        .where(Invitation.tenant_id == d.tenant_id, Invitation.dossier_id == d.id)
        .order_by(Invitation.id.desc())
    ).all()
    guests = [
        Guest(
            invitation,
            account,
            membership,
            tuple(codes[one.indicator_id] for one in invitation.indicators if one.indicator_id in codes),
            tuple(codes[one.indicator_id] for one in invitation.indicators if one.contributed_at),
            membership.is_over(today),
        )
        for invitation, account, membership in rows
    ]
    return sorted(guests, key=lambda guest: guest.over)


def holders_of(sheet: Sheet) -> dict[int, Holding]:
    """Return, by indicator, who answers for it and which guests work at it or gave something to it."""
    d = sheet.dossier
    findings = {finding.indicator.id: finding for finding in sheet.unit_side().findings}
    found: dict[int, Holding] = {}
    for (_, indicator_id), row in assignments_of([d]).items():
        done = indicator_id in findings and is_done(findings[indicator_id])
        holding = found.setdefault(indicator_id, Holding())
        holding.holder, holding.due = row.member.full_name, row.due_on
        holding.pace = pace(done=done, due=row.due_on, today=clock.today())
    today = signin.today()
    for one, invitation, until, ended_at in db.session.execute(
        _invited(), {"tenant": d.tenant_id, "dossier": d.id}
    ):
        holding = found.setdefault(one.indicator_id, Holding())
        if one.contributed_at:
            who = (invitation.full_name, invitation.organisation)
            holding.credits = [c for c in holding.credits if c[:2] != who] + [(*who, one.contributed_at)]
        elif not ended_at and until >= today:
            holding.guests.append((invitation.full_name, invitation.organisation))
    return found


@cache
def _invited() -> Select[Any]:
    return (
        select(InvitedIndicator, Invitation, Membership.until, Membership.ended_at)
        .join(
            Invitation,
            (Invitation.tenant_id == InvitedIndicator.tenant_id)
            & (Invitation.id == InvitedIndicator.invitation_id),
        )
        .join(
            Membership,
            (Membership.tenant_id == Invitation.tenant_id) & (Membership.id == Invitation.membership_id),
        )
        .where(
            InvitedIndicator.tenant_id == bindparam("tenant", type_=Integer),
            InvitedIndicator.dossier_id == bindparam("dossier", type_=BigInteger),
        )
        .order_by(Invitation.id)
    )
