"""The minutes of the team's meeting: written, closed on the dossier as it stands, opened again.

Closed minutes keep all they say in one frozen text, whose hash the head's signature covers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal import clock
from portal.dossiers.models import Dossier
from portal.dossiers.queries import Sheet, open_sheet
from portal.dossiers.rules import Outcome
from portal.dossiers.taking import editable, locked, must
from portal.dossiers.wording import outcome_words
from portal.trail.operations import record
from portal.words import ZONE
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused
from tenants.rights import Right

from .judged import judged
from .models import Minutes
from .rules import Attended, Meeting, Opinion, lacks
from .wording import summaries_of, value_of

CLOSED = "Biên bản đã chốt. Bấm “Mở lại biên bản” rồi mới sửa được."


@dataclass(frozen=True, slots=True)
class Noted:
    """What the minutes say as typed: attendance by member, opinions by indicator, each with its remark."""

    held_at: datetime | None
    venue: str
    chair_id: int | None
    secretary_id: int | None
    attendance: Mapping[int, tuple[bool | None, str]]
    opinions: Mapping[int, tuple[bool | None, str]]
    discussion: str = ""
    conclusion: str = ""


class NotYet(Refused):
    """Minutes that cannot be closed yet; `faults` are (the sentence, the field it is mended at)."""

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        super().__init__(" ".join(sentence for sentence, _ in faults), 422)
        self.faults = faults


def meeting_of(sheet: Sheet, noted: Noted | None = None) -> Meeting:
    """Return the meeting as stored, or as just typed, over the team and the results as they stand."""
    row = sheet.minutes
    if noted is None:
        noted = _stored(row) if row else Noted(None, "", None, None, {}, {})
    return Meeting(
        held_at=noted.held_at,
        venue=noted.venue,
        chair_id=noted.chair_id,
        secretary_id=noted.secretary_id,
        attendance=tuple(
            Attended(m.id, m.full_name, m.title, m.duty, *noted.attendance.get(m.id, (None, "")))
            for m in sheet.team
        ),
        opinions=_opinions(sheet, noted.opinions),
        discussion=noted.discussion,
        conclusion=noted.conclusion,
    )


def _stored(row: Minutes) -> Noted:
    return Noted(
        row.held_at,
        row.venue,
        row.chair_id,
        row.secretary_id,
        {int(key): (value[0], value[1]) for key, value in row.attendance.items()},
        {int(key): (value[0], value[1]) for key, value in row.opinions.items()},
        row.discussion,
        row.conclusion,
    )


def _opinions(sheet: Sheet, said: Mapping[int, tuple[bool | None, str]]) -> tuple[Opinion, ...]:
    found = []
    for finding in sheet.unit_side().findings:
        one = finding.indicator
        word, tone = outcome_words(finding)
        value = value_of(sheet, finding) if finding.applies else ""
        agreed, note = said.get(one.id, (None, "")) if finding.applies else (None, "")
        entered = Outcome.MISSING not in finding.outcomes.values()
        found.append(
            Opinion(one.id, one.code, one.title, finding.applies, value, word, tone, entered, agreed, note)
        )
    return tuple(found)


def save_minutes(actor: Identity, dossier: Dossier, noted: Noted, version: int) -> Minutes:
    """Save the minutes as typed; `version` is what the page showed (0: there were none).

    Raises `Conflict` with the stored minutes where somebody saved meanwhile, `Refused` once they are closed.
    """
    sheet = _open(actor, dossier)
    row = _write(actor, sheet, noted, version)
    db.session.flush()
    _record(actor, sheet.dossier, "minutes.save", "đã ghi biên bản họp Tổ đánh giá.")
    return row


def close_minutes(actor: Identity, dossier: Dossier, noted: Noted, version: int) -> Minutes:
    """Save and close the minutes on the dossier as it stands. Raises `NotYet` with everything they lack."""
    sheet = _open(actor, dossier)
    row = _write(actor, sheet, noted, version)
    sheet.minutes = row
    meeting = meeting_of(sheet)
    held_on = meeting.held_at.astimezone(ZONE).date() if meeting.held_at else None
    faults = lacks(meeting, team_day=sheet.dossier.team_date, held_on=held_on, today=clock.today())
    if meeting.held_at and held_on == clock.today() and meeting.held_at > clock.now():
        faults.append(("Giờ họp ở sau lúc này; họp xong mới chốt được biên bản.", "held_time"))
    if faults:
        raise NotYet(faults)
    row.closed_at, row.closed_by = clock.now(), actor.full_name
    row.frozen = _frozen(sheet, meeting, actor)
    db.session.flush()
    _record(actor, sheet.dossier, "minutes.close", "đã chốt biên bản họp Tổ đánh giá.")
    return row


def reopen_minutes(actor: Identity, dossier: Dossier) -> None:
    """Open closed minutes again; what changed since needs a new opinion. Opening open ones changes nothing."""
    sheet = _open(actor, dossier)
    row = sheet.minutes
    if row is None or row.frozen is None:
        return
    before, now = row.frozen["judged"], judged(sheet)
    codes = {i.id: i.code for i in sheet.indicators}
    row.opinions = {
        key: value
        for key, value in row.opinions.items()
        if before.get(f"answer {codes.get(int(key))}") == now.get(f"answer {codes.get(int(key))}")
    }
    row.closed_at, row.closed_by, row.frozen = None, "", None
    row.changed_at, row.changed_by = clock.now(), actor.full_name
    db.session.flush()
    _record(actor, sheet.dossier, "minutes.reopen", "đã mở lại biên bản họp Tổ đánh giá.")


def _open(actor: Identity, dossier: Dossier) -> Sheet:
    must(actor, Right.FILL_DOSSIER)
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    if sheet.dossier.channel != "portal":
        raise Refused("Hồ sơ này được nhập từ bản giấy; biên bản họp Tổ nằm trong bản giấy.")
    editable(sheet, part="team_minutes")
    return sheet


def _write(actor: Identity, sheet: Sheet, noted: Noted, version: int) -> Minutes:
    row, d = sheet.minutes, sheet.dossier
    at = clock.now()
    if row is None:
        row = Minutes(tenant_id=d.tenant_id, unit_id=d.unit_id, dossier_id=d.id)
    elif row.frozen is not None:
        raise Refused(CLOSED)
    elif version != row.version:
        raise Conflict(f"{row.changed_by} vừa lưu biên bản này. Xin xem phần khác nhau rồi lưu lại.", row)
    members = {m.id for m in sheet.team}
    indicators = {i.id for i in sheet.indicators}
    row.held_at, row.venue = noted.held_at, noted.venue
    row.chair_id = noted.chair_id if noted.chair_id in members else None
    row.secretary_id = noted.secretary_id if noted.secretary_id in members else None
    row.attendance = _kept(noted.attendance, members)
    row.opinions = _kept(noted.opinions, indicators)
    row.discussion, row.conclusion = noted.discussion, noted.conclusion
    row.changed_at, row.changed_by = at, actor.full_name
    db.session.add(row)
    return row


def _kept(said: Mapping[int, tuple[bool | None, str]], known: set[int]) -> dict[str, Any]:
    return {
        str(key): [answer, remark]
        for key, (answer, remark) in sorted(said.items())
        if key in known and (answer is not None or remark)
    }


def _frozen(sheet: Sheet, meeting: Meeting, actor: Identity) -> dict[str, Any]:
    chair, secretary = meeting.member(meeting.chair_id), meeting.member(meeting.secretary_id)
    assert meeting.held_at is not None
    assert chair is not None
    assert secretary is not None
    return {
        "held_at": meeting.held_at.isoformat(),
        "venue": meeting.venue,
        "chair": chair.name,
        "secretary": secretary.name,
        "attendance": [[a.name, a.title, a.duty, a.present, a.reason] for a in meeting.attendance],
        "opinions": [[o.code, o.title, o.value, o.outcome, o.agreed, o.note] for o in meeting.asked],
        "level": sheet.dossier.requested_level,
        "summaries": summaries_of(sheet.unit_side()),
        "discussion": meeting.discussion,
        "conclusion": meeting.conclusion,
        "closed_by": actor.full_name,
        "judged": judged(sheet),
    }


def _record(actor: Identity, dossier: Dossier, act: str, sentence: str) -> None:
    key = {"tenant_id": dossier.tenant_id, "unit_id": dossier.unit_id, "dossier_id": dossier.id}
    record(actor, act, sentence, **key)
