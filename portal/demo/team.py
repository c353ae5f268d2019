"""The team's work in the demonstration: meetings held, indicators given out, a guest let in."""

from __future__ import annotations

from dataclasses import replace

from portal import clock
from portal.dossiers.models import Dossier
from portal.dossiers.queries import open_sheet
from portal.team.judged import standing_of
from portal.team.minutes import Noted, close_minutes, meeting_of, reopen_minutes
from portal.team.rules import Standing, suggested_conclusion
from tenants.identity import Identity


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
        meeting_of(sheet, noted), level=level, met=verdict.met, applicable=verdict.applicable
    )
    version = sheet.minutes.version if sheet.minutes else 0
    close_minutes(actor, dossier, replace(noted, conclusion=conclusion), version)
