"""The data set of the minutes of the team's meeting: closed ones say what was frozen, open ones what is typed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portal import words
from portal.dossiers.queries import Sheet
from portal.dossiers.signature import digest
from portal.papers.building import head_of, particulars
from portal.papers.content import DUTIES, Content
from portal.papers.data import Attendant, LevelSummary, Signature, TeamMinutes, TeamOpinion
from portal.papers.office import Office
from portal.team.minutes import meeting_of
from portal.team.models import Minutes
from portal.team.rules import Meeting
from portal.team.wording import summaries_of


def team_minutes(sheet: Sheet, content: Content, office: Office) -> TeamMinutes | None:
    """Return Biên bản họp Tổ đánh giá, or None where the dossier has none on the portal."""
    row = sheet.minutes
    if row is None:
        return None
    meeting = meeting_of(sheet)
    return TeamMinutes(
        **_frame(row, meeting, content, office),
        **(_closed(row.frozen) if row.frozen else _open(sheet, meeting)),
    )


def _frame(row: Minutes, meeting: Meeting, content: Content, office: Office) -> dict[str, Any]:
    unit = content.unit
    held = meeting.held_at.astimezone(words.ZONE) if meeting.held_at else None
    chair = meeting.member(meeting.chair_id)
    symbol = f"……/BB-{unit['symbol']}" if unit["symbol"] else "……/BB"
    return {
        "letterhead": head_of(content, office, symbol, held.date() if held else None),
        "signature": Signature(title="Chủ trì", signer_name=chair.name if chair else None),
        "year": content.year,
        "tier": office.tier,
        "recipients": ("Thủ trưởng đơn vị", "Thành viên Tổ đánh giá", "Lưu: VT"),
        "content_hash": digest(row.frozen)[:12].upper() if row.frozen else None,
        "specimen": content.mark(office),
        "signed": row.frozen is not None,
        "issued": row.closed_at,
        "unit": particulars(content, office),
        "team": content.team,
        "requested_level": content.requested_level,
    }


def _closed(frozen: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "held_at": datetime.fromisoformat(frozen["held_at"]).astimezone(words.ZONE),
        "venue": frozen["venue"],
        "chair": frozen["chair"],
        "secretary": frozen["secretary"],
        "attendants": tuple(
            Attendant(name=name, title=title, task=DUTIES.get(duty, duty), present=present, reason=reason)
            for name, title, duty, present, reason in frozen["attendance"]
        ),
        "opinions": tuple(
            TeamOpinion(code=code, title=title, value=value, outcome=outcome, agreed=agreed, note=note)
            for code, title, value, outcome, agreed, note in frozen["opinions"]
        ),
        "summaries": tuple(
            LevelSummary(level=level, applicable=applicable, met=met, verdict=verdict)
            for level, applicable, met, verdict in frozen["summaries"]
        ),
        "discussion": frozen["discussion"],
        "conclusion": frozen["conclusion"],
    }


def _open(sheet: Sheet, meeting: Meeting) -> dict[str, Any]:
    chair, secretary = meeting.member(meeting.chair_id), meeting.member(meeting.secretary_id)
    return {
        "held_at": meeting.held_at.astimezone(words.ZONE) if meeting.held_at else None,
        "venue": meeting.venue or None,
        "chair": chair.name if chair else None,
        "secretary": secretary.name if secretary else None,
        "attendants": tuple(
            Attendant(
                name=a.name,
                title=a.title,
                task=DUTIES.get(a.duty, a.duty),
                present=a.present,
                reason=a.reason,
            )
            for a in meeting.attendance
        ),
        "opinions": tuple(
            TeamOpinion(
                code=o.code, title=o.title, value=o.value, outcome=o.outcome, agreed=o.agreed, note=o.note
            )
            for o in meeting.asked
        ),
        "summaries": tuple(
            LevelSummary(level=int(level), applicable=int(applicable), met=int(met), verdict=str(verdict))
            for level, applicable, met, verdict in summaries_of(sheet.unit_side())
        ),
        "discussion": meeting.discussion,
        "conclusion": meeting.conclusion or None,
    }
