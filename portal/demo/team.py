"""The team's work in the demonstration: meetings held, indicators given out, a guest let in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from portal import clock
from portal.accounts.operations import NewPerson
from portal.dossiers.models import Dossier
from portal.dossiers.queries import dossier_of, open_sheet
from portal.team import assigning, staff
from portal.team.judged import standing_of
from portal.team.minutes import Noted, close_minutes, meeting_of, reopen_minutes
from portal.team.rules import Standing, suggested_conclusion
from tenants import signin
from tenants.identity import Identity
from tenants.people import LONGEST_VISIT, Role
from tenants.scope import Scope, ScopeKind, acting_in

from . import accounts
from .bulk import Draft
from .moments import at

SHOWN = "Trường Tiểu học Mỹ Đức"
GUEST = "khach1"


def hold_meeting(actor: Identity, dossier: Dossier, venue: str = "Phòng họp của đơn vị") -> None:
    """Let the whole team meet now, agree with every result, and close its minutes; nothing where they are closed."""
    sheet = open_sheet(dossier)
    standing, _ = standing_of(sheet)
    if standing is Standing.CLOSED:
        return
    if standing is Standing.STALE:
        reopen_minutes(actor, dossier)
        sheet = open_sheet(dossier)
    by_duty = {member.duty: member.id for member in reversed(sheet.team)}
    chair = by_duty.get("chair", sheet.team[0].id)
    others = [member.id for member in sheet.team if member.id != chair]
    noted = Noted(
        held_at=clock.now(),
        venue=venue,
        chair_id=chair,
        secretary_id=by_duty.get("secretary", others[-1] if others else chair),
        attendance={member.id: (True, "") for member in sheet.team},
        opinions={one.indicator_id: (True, "") for one in meeting_of(sheet).asked},
    )
    level = sheet.dossier.requested_level
    verdict = sheet.unit_side().verdicts[level or 1]
    conclusion = suggested_conclusion(
        meeting_of(sheet, noted),
        level=level,
        met=verdict.met,
        applicable=verdict.applicable,
        reached=verdict.reached,
    )
    version = sheet.minutes.version if sheet.minutes else 0
    close_minutes(actor, dossier, replace(noted, conclusion=conclusion), version)


def give_out(drafts: Sequence[Draft], people: Mapping[tuple[Role, int | None], Identity]) -> None:
    """Give out one unfinished dossier's indicators, some of them late, and let a guest in to two of them."""
    for draft in drafts:
        if draft.unit.data.name == SHOWN:
            _play(draft, people[(Role.UNIT_EDITOR, draft.unit.unit_id)])


def _play(draft: Draft, clerk: Identity) -> None:
    with at(2027, 1, 4, 8, 30), acting_in(clerk.here.scope(clerk.account_id)):
        dossier = dossier_of(draft.unit.tenant_id, draft.id)
        assert dossier is not None
        sheet = open_sheet(dossier)
        by_duty = {member.duty: member.id for member in sheet.team}
        assigning.link_member(clerk, dossier, by_duty["secretary"], clerk.account_id)
        applying = [f.indicator for f in sheet.unit_side().findings if f.applies]
        for criterion, duty, due in ((1, "chair", 7), (2, "secretary", 12), (3, "member", 11)):
            chosen = {one.id: 0 for one in applying if one.criterion == criterion}
            if chosen:
                assigning.assign(clerk, dossier, chosen, by_duty[duty], date(2027, 1, due))
        shared = [one.id for one in applying if one.id not in draft.answers][:2] or [applying[-1].id]
        guest = NewPerson(
            f"{draft.unit.code.lower()}.{GUEST}", "Hội Khuyến học xã (minh họa)", "Hội Khuyến học xã Mỹ Đức"
        )
        account_id = staff.invite(clerk, dossier, guest, shared, LONGEST_VISIT).account_id
    with acting_in(Scope(ScopeKind.SIGNIN)):
        signin.set_password(account_id, accounts.PASSWORD)
