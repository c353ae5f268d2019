"""The verbs of a roster: read a file, take its counts over into the dossier, erase the names.

Nothing but counts leaves the roster: no name stands in the trail, a notice or the dossier.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import timedelta

from sqlalchemy import delete, select, text

from portal import clock, words
from portal.dossiers.content import Content
from portal.dossiers.counting import save_figures
from portal.dossiers.models import Dossier, State
from portal.dossiers.operations import locked, may_fill, must
from portal.dossiers.queries import Sheet, open_sheet
from portal.trail.operations import record
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Refused
from tenants.rights import Right
from tenants.scope import Scope, ScopeKind, acting_in

from .models import Roster, RosterPerson
from .queries import layout_of, names_kept, roster_of
from .reading import read_roster
from .rules import Reading, counts

DAYS = "roster_days"
USUAL_DAYS, MOST_DAYS = 90, 400
_WRITE = text(
    "insert into roster_person (tenant_id, unit_id, roster_id, sheet, line, label, marks)"
    " select :tenant_id, :unit_id, :roster_id, p.sheet, p.line, p.label, p.marks"
    " from jsonb_to_recordset(cast(:people as jsonb)) as p(sheet text, line int, label text, marks jsonb)"
)


def days_kept() -> int:
    """Return how many days after reading the names are kept."""
    return int(clock.settings().get(DAYS, USUAL_DAYS))


def keep_for(days: int) -> None:
    """Set how many days names are kept from now on (steward scope); refuses what cannot be meant."""
    if not 1 <= days <= MOST_DAYS:
        raise Refused(f"Số ngày giữ danh sách phải từ 1 đến {MOST_DAYS}.", 422)
    clock.put_setting(DAYS, str(days))
    clock.forget_settings()


def read(actor: Identity, dossier: Dossier, content: bytes) -> tuple[Roster | None, Reading]:
    """Read a file for a dossier; with faults nothing is kept. An earlier roster of the dossier is replaced.

    Raises `Refused` for a file that is no roster, a unit that tells no number of people, a closed dossier.
    """
    sheet = _open(actor, dossier)
    reading = read_roster(content, layout_of(sheet))
    if reading.faults:
        return None, reading
    earlier = roster_of(sheet.dossier)
    if earlier is not None:
        db.session.delete(earlier)
        db.session.flush()
    key = {"tenant_id": dossier.tenant_id, "unit_id": dossier.unit_id}
    wholes, parts = counts(layout_of(sheet), reading)
    roster = Roster(
        **key,
        dossier_id=dossier.id,
        read_at=clock.now(),
        read_by=actor.full_name,
        wholes=wholes,
        parts=parts,
        erase_on=clock.today() + timedelta(days=days_kept()),
    )
    db.session.add(roster)
    db.session.flush()
    people = [
        {"sheet": p.sheet, "line": p.line, "label": p.label, "marks": sorted(p.marks)} for p in reading.people
    ]
    db.session.execute(
        _WRITE, {**key, "roster_id": roster.id, "people": json.dumps(people, ensure_ascii=False)}
    )
    _note(
        actor, dossier, f"đã đọc danh sách {len(people)} người để đếm; tên được xóa sau {days_kept()} ngày."
    )
    return roster, reading


def _open(actor: Identity, dossier: Dossier) -> Sheet:
    must(actor, Right.FILL_DOSSIER)
    may_fill(actor, dossier)
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    if sheet.dossier.ratio_only or sheet.unit.discreet:
        raise Refused("Đơn vị thuộc diện không cung cấp số người nên không nhập danh sách; xin ghi tỷ lệ.")
    if sheet.dossier.state not in (State.DRAFT, State.SUPPLEMENT_REQUESTED):
        name = words.DOSSIER_STATES[sheet.dossier.state].unit_name
        raise Refused(f"Hồ sơ đang ở trạng thái “{name}” nên không nhập danh sách được nữa.")
    return sheet


def take(actor: Identity, dossier: Dossier, codes: Collection[str], seen: Mapping[str, int]) -> Content:
    """Take counts of the roster over into the dossier: head-counts and indicators by code, each taken or left.

    `seen`: the versions of the rows the page showed, by head-count code and indicator id. Raises as the
    form's own verbs do; nothing is taken then.
    """
    sheet = _open(actor, dossier)
    roster = roster_of(sheet.dossier)
    if roster is None:
        raise Refused("Chưa có danh sách nào để lấy số liệu. Xin gửi tệp trước.", 404)
    wholes = {code: n for code, n in roster.wholes.items() if code in codes and code in sheet.headcounts}
    parts = {
        i.id: roster.parts[i.code] for i in sheet.indicators if i.code in codes and i.code in roster.parts
    }
    if not wholes and not parts:
        raise Refused("Chưa chọn số nào để lấy vào hồ sơ.", 422)
    content = save_figures(actor, dossier, wholes, parts, seen=seen)
    roster.taken_at, roster.taken_by = clock.now(), actor.full_name
    db.session.flush()
    named = [words.HEADCOUNTS[code].inline for code in wholes]
    named += [f"chỉ tiêu {i.code}" for i in sheet.indicators if i.id in parts]
    _note(actor, dossier, f"đã lấy từ danh sách: {', '.join(named)}.")
    return content


def erase(actor: Identity, dossier: Dossier) -> None:
    """Erase the names of a dossier's roster now; the counts stay. Erasing again changes nothing."""
    must(actor, Right.FILL_DOSSIER)
    roster = roster_of(locked(dossier.tenant_id, dossier.id))
    if roster is None:
        raise Refused("Không có danh sách nào để xóa.", 404)
    if roster.erased_at is None:
        _erase(roster)
        _note(actor, dossier, "đã xóa tên trong danh sách; các con số vẫn giữ.")


def _erase(roster: Roster) -> None:
    db.session.execute(
        delete(RosterPerson).where(
            RosterPerson.tenant_id == roster.tenant_id, RosterPerson.roster_id == roster.id
        )
    )
    roster.erased_at = clock.now()
    db.session.flush()


def _note(actor: Identity | None, dossier: Dossier, sentence: str) -> None:
    key = {"tenant_id": dossier.tenant_id, "unit_id": dossier.unit_id, "dossier_id": dossier.id}
    record(actor, "roster", sentence, **key)


def erase_old_rosters() -> int:
    """Erase every name whose day has come, unit by unit; returns how many rosters. For commands only.

    The steward sees which rosters are due; the names themselves only the unit's own scope may touch.
    """
    with acting_in(Scope(ScopeKind.STEWARD)):
        due = db.session.execute(
            select(Roster.tenant_id, Roster.unit_id, Roster.id).where(
                Roster.erased_at.is_(None), Roster.erase_on <= clock.today()
            )
        ).all()
    for tenant_id, unit_id, number in due:
        with acting_in(Scope(ScopeKind.UNIT, tenant_id, unit_id)):
            roster = db.session.get(Roster, (tenant_id, number), with_for_update=True)
            if roster is not None and not names_kept(roster) and roster.erased_at is None:
                _erase(roster)
    return len(due)
