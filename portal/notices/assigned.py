"""Reminding the members of units' teams of what they have taken on: in each unit's own scope.

Who does what in a unit is the unit's own affair: the district's scope cannot read it, so every unit whose
dossier is worked on is visited by itself.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from sqlalchemy import exists, select

from portal import clock
from portal.cycle.queries import own_days
from portal.dossiers.models import Dossier
from portal.dossiers.queries import dossier_of, open_sheet
from portal.team.models import Assignment
from portal.team.queries import WORKED_ON, assignments_of, tasks_of
from tenants.database import db
from tenants.scope import Scope, ScopeKind, acting_in

from .calendar import OF_ASSIGNMENT, Assigned, Due, due_of
from .operations import tell_person, tell_unit
from .reminders import untold
from .rules import Kind

# Three working days may lie before a whole Tết; what is a month late is told no more.
SOON, LATE = timedelta(days=21), timedelta(days=32)


def remind_assigned(tenant_id: int) -> int:
    """Tell members of what is due soon or late, each once; who has no account is told through the unit."""
    with acting_in(Scope(ScopeKind.DISTRICT, tenant_id, writes=False)):
        rows = select(Dossier.unit_id, Dossier.id).where(
            Dossier.tenant_id == tenant_id, Dossier.state.in_(WORKED_ON)
        )
        worked_on = [(unit_id, number) for unit_id, number in db.session.execute(rows)]
    told = 0
    for unit_id, number in worked_on:
        with acting_in(Scope(ScopeKind.UNIT, tenant_id, unit_id)):
            told += _remind_unit(tenant_id, unit_id, number)
    return told


def _remind_unit(tenant_id: int, unit_id: int, dossier_id: int) -> int:
    today = clock.today()
    near = exists().where(
        Assignment.tenant_id == tenant_id,
        Assignment.dossier_id == dossier_id,
        Assignment.due_on.between(today - LATE, today + SOON),
    )
    dossier = dossier_of(tenant_id, dossier_id) if db.session.scalar(select(near)) else None
    if dossier is None:
        return 0
    open_ones: dict[tuple[int, date], list[str]] = defaultdict(list)
    accounts: dict[int, int | None] = {}
    for task in tasks_of(open_sheet(dossier), assignments_of([dossier])):
        if task.holder is not None and task.due is not None and not task.done:
            open_ones[(task.holder.id, task.due)].append(task.code)
            accounts[task.holder.id] = task.holder.account_id
    own = own_days()
    due: list[tuple[int | None, Due]] = []
    for (member_id, day), codes in sorted(open_ones.items()):
        facts = Assigned(dossier.year, ", ".join(codes), day)
        subject = f"{member_id}:{day.isoformat()}"
        due += [(unit_id, one) for one in due_of(OF_ASSIGNMENT, facts, today, own, subject=subject)]
    new = untold(tenant_id, due)
    for _, one in new:
        account_id = accounts[int(one.subject.partition(":")[0])]
        if account_id:
            tell_person(tenant_id, account_id, one.sentence, one.path, Kind.REMINDER)
        else:
            tell_unit(tenant_id, unit_id, one.sentence, f"/ho-so/{dossier_id}/phan-cong", Kind.REMINDER)
    return len(new)
