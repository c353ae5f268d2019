"""Beginning a year's dossier from an earlier one: words and team as a proposal, never a figure or a result."""

from __future__ import annotations

from portal import clock
from portal.papers.models import OwnWords
from portal.trail.operations import record
from portal.units.models import Unit
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Refused

from .models import Dossier, State, TeamMember
from .operations import start_dossier
from .queries import Sheet, open_sheet
from .taking import locked

CARRIED = ("strengths", "weaknesses", "plan")


def start_from_earlier(actor: Identity, unit: Unit, year: int, earlier: Dossier) -> Dossier:
    """Open a year's dossier, or take the draft that is there, and fill what is still empty from an earlier one.

    Nothing that was written is overwritten, so that doing it twice changes nothing. Raises `Refused` where the
    year is not open, comes before the earlier dossier, or its dossier is past drafting.
    """
    if (earlier.tenant_id, earlier.unit_id) != (unit.tenant_id, unit.id) or year <= earlier.year:
        raise Refused(f"Hồ sơ năm {earlier.year} không dùng làm mẫu cho năm {year} được.", 422)
    dossier = start_dossier(actor, unit, year)
    dossier = locked(dossier.tenant_id, dossier.id)
    if dossier.state != State.DRAFT:
        raise Refused(f"Hồ sơ năm {year} đã qua bước soạn nên không lấy lại từ hồ sơ cũ được.")
    old, new = open_sheet(earlier), open_sheet(dossier)
    carried = _texts(old, new) + _team(old, new) + _explanations(actor, old, new) + _own_words(old, new)
    db.session.flush()
    if carried:
        record(
            actor,
            "carry",
            f"đã lấy lại {carried} nội dung từ hồ sơ năm {earlier.year} để sửa cho năm {year}.",
            tenant_id=dossier.tenant_id,
            unit_id=dossier.unit_id,
            dossier_id=dossier.id,
        )
    return dossier


def _texts(old: Sheet, new: Sheet) -> int:
    count = 0
    for name in CARRIED:
        text = getattr(old.dossier, name)
        if text.strip() and not getattr(new.dossier, name).strip():
            setattr(new.dossier, name, text)
            count += 1
    return count


def _team(old: Sheet, new: Sheet) -> int:
    if new.team:
        return 0
    dossier = new.dossier
    key = {"tenant_id": dossier.tenant_id, "unit_id": dossier.unit_id, "dossier_id": dossier.id}
    db.session.add_all(TeamMember(**key, full_name=m.full_name, title=m.title, duty=m.duty) for m in old.team)
    return len(old.team)


def _explanations(actor: Identity, old: Sheet, new: Sheet) -> int:
    """Copy explanations into answers nobody has touched; the answer itself stays open."""
    if old.dossier.version_id != new.dossier.version_id:
        return 0
    count, at = 0, clock.now()
    for indicator_id, answer in new.answers.items():
        before = old.answers.get(indicator_id)
        untouched = (answer.yes, answer.part, answer.grade, answer.explanation) == (None, None, None, "")
        if before is not None and before.explanation and untouched:
            answer.explanation, answer.changed_at, answer.changed_by = before.explanation, at, actor.full_name
            count += 1
    return count


def _own_words(old: Sheet, new: Sheet) -> int:
    dossier = new.dossier
    key = {"tenant_id": dossier.tenant_id, "unit_id": dossier.unit_id, "dossier_id": dossier.id}
    rows = [row for block, row in old.own_words.items() if block not in new.own_words]
    db.session.add_all(
        OwnWords(**key, block=row.block, text=row.text, changed_at=row.changed_at, changed_by=row.changed_by)
        for row in rows
    )
    return len(rows)
