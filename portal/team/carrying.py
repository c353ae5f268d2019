"""What the team did for a withdrawn dossier goes on in the one that takes its place."""

from __future__ import annotations

from portal.dossiers.queries import Sheet
from tenants.database import db

from .models import Assignment, Minutes
from .queries import assignments_of


def carry_team(old: Sheet, new: Sheet) -> None:
    """Link the members to the same accounts, give them the same indicators, and open the minutes again."""
    by_name = {member.full_name: member for member in new.team}
    members = {member.id: by_name[member.full_name] for member in old.team if member.full_name in by_name}
    for member in old.team:
        if member.id in members:
            members[member.id].account_id = member.account_id
    d = new.dossier
    key = {"tenant_id": d.tenant_id, "unit_id": d.unit_id, "dossier_id": d.id}
    db.session.add_all(
        Assignment(
            **key,
            indicator_id=row.indicator_id,
            member_id=members[row.member_id].id,
            due_on=row.due_on,
            given_at=row.given_at,
            given_by=row.given_by,
        )
        for row in assignments_of([old.dossier]).values()
        if row.member_id in members
    )
    if old.minutes is not None:
        db.session.add(_minutes(old.minutes, {number: member.id for number, member in members.items()}, key))
    db.session.flush()


def _minutes(was: Minutes, members: dict[int, int], key: dict[str, int]) -> Minutes:
    return Minutes(
        **key,
        held_at=was.held_at,
        venue=was.venue,
        chair_id=members.get(was.chair_id or 0),
        secretary_id=members.get(was.secretary_id or 0),
        attendance={
            str(members[int(number)]): said
            for number, said in was.attendance.items()
            if int(number) in members
        },
        opinions=dict(was.opinions),
        discussion=was.discussion,
        conclusion=was.conclusion,
        changed_at=was.changed_at,
        changed_by=was.changed_by,
    )
