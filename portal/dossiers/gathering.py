"""Gathering what the checks of a step may look at from an open sheet."""

from __future__ import annotations

from datetime import datetime

from portal import words
from portal.cycle.queries import calendar_of
from portal.team.judged import standing_of
from portal.waivers.models import WaiverState

from .facts import Facts, Point
from .queries import Sheet


def facts_of(sheet: Sheet, at: datetime) -> Facts:
    """Return what the checks of a step may look at of a dossier, as of a moment."""
    unit_side = sheet.unit_side()
    district_side = sheet.district_side()
    applying = [f for f in district_side.findings if f.applies]
    judged = [i.id for i in sheet.indicators if i.id in sheet.findings]
    to_judge = {f.indicator.id for f in applying} | set(judged)
    codes = {row.id: row.code for row in sheet.catalogue}
    requested = sheet.dossier.requested_level
    minutes, changed = standing_of(sheet)
    return Facts(
        at=at,
        calendar=calendar_of(sheet.cycle),
        requested_level=requested,
        unit_side=unit_side,
        district_side=district_side,
        missing_headcounts=tuple(
            sheet.asked_for(code) for code in sheet.asked_counts if sheet.headcounts[code].value is None
        ),
        without_proof=tuple(f.indicator.code for f in unit_side.findings if f.needs_document),
        team_number=sheet.dossier.team_number,
        team_date=sheet.dossier.team_date,
        team_size=len(sheet.team),
        minutes=minutes,
        changed_since_minutes=changed,
        head_name=sheet.unit.head_name,
        late=sheet.dossier.late,
        late_reason=sheet.dossier.late_reason,
        open_points=tuple(
            Point(
                codes.get(p.indicator_id or 0) or words.DOSSIER_PARTS.get(p.part, p.part),
                bool(p.answer.strip()),
            )
            for p in sheet.open_points()
        ),
        past_requests=len(sheet.requests),
        supplement_before=sheet.open_request.answer_by if sheet.open_request else None,
        to_judge=len(to_judge),
        judged=len(judged),
        proposed_level=sheet.dossier.proposed_level,
        unconfirmed=tuple(
            f.indicator.code
            for f in applying
            if any(f.indicator.threshold(level).in_force is None for level in range(1, (requested or 2) + 1))
        ),
        may_raise_from=sheet.may_raise_from,
        unanswered_requirements=sum(not one.answered for one in sheet.asked),
        open_waivers=tuple(codes[w.indicator_id] for w in sheet.waivers if w.state == WaiverState.ASKED),
        figures_misfit=sheet.figures_misfit,
        no_members=sheet.profile().headcounts.get("members") == 0,
    )
