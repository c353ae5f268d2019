"""Who appraises what: giving dossiers to appraisers, one by one or many at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal import clock, words
from portal.dossiers.models import Dossier, State
from portal.dossiers.operations import locked, must
from portal.notices.operations import tell_person
from portal.notices.rules import Kind
from portal.trail.operations import record
from portal.units.models import Unit
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused
from tenants.rights import Right

from . import panels
from .models import Finding
from .panels import MOST, Panel
from .seats import Appraiser

CHANGED = "Phân công vừa được người khác thay đổi. Xin xem lại rồi lưu lại."


def assign(
    actor: Identity,
    dossier: Dossier,
    accounts: Sequence[int],
    *,
    responsible: int | None = None,
    reason: str = "",
    seen: Collection[int] = (),
) -> Panel:
    """Put these persons, and nobody else, on a dossier; none gives it back to everybody with the right.

    `seen`: the seats the page showed; others meanwhile are a `Conflict`. Taking somebody off needs a reason. Nobody
    joins once all have handed in, and several start together or not at all; once verdicts noted apart lay open, whoever
    comes new may have read them, so that no panel is formed again. Raises `Refused` naming who may not.
    """
    must(actor, Right.ASSIGN_APPRAISER)
    row = _open_for_assignment(locked(dossier.tenant_id, dossier.id))
    panel, wanted, reason = panels.panel_of(row), list(dict.fromkeys(accounts)), reason.strip()
    if {seat.id for seat in panel.seats} != set(seen):
        raise Conflict(CHANGED)
    known = {one.account_id: one.name for one in panels.candidates(row.tenant_id)}
    _check(row, panel, wanted, known)
    first = responsible if responsible in wanted else (wanted[0] if wanted else None)
    leaving = [seat for seat in panel.seats if seat.account_id not in wanted]
    joining = [account for account in wanted if account not in {s.account_id for s in panel.seats}]
    moved = panel.responsible is not None and panel.responsible.account_id != first
    if not leaving and not joining and not moved:
        return panel
    if (leaving or moved) and not reason:
        raise Refused("Xin ghi lý do thay đổi phân công.", 422)
    if joining and panel.concluding:
        raise Refused("Mọi người đã nộp kết quả nên không thêm người thẩm định được.")
    staying = [seat for seat in panel.seats if seat.account_id in wanted]
    blind = len(wanted) > 1 or any(seat.judged for seat in staying if seat.blind)
    if blind and not panel.blind and _has_findings(row):
        raise Refused("Hồ sơ đã có kết luận thẩm định nên không giao cho nhiều người chấm riêng được nữa.")
    if blind and joining and panels.laid_open(panels.all_seats(row)):
        raise Refused(
            "Kết quả chấm riêng của hồ sơ này đã có lúc được mở để mọi người xem nên không giao cho nhiều người chấm "
            "riêng được nữa. Có thể giao cho một người thẩm định."
        )
    now = clock.now()  # one moment: nobody reads what lies open between a leaving and a joining
    for seat in leaving:
        take_off(seat, actor, reason, now)
    for seat in staying:
        seat.responsible, seat.blind = False, blind
    db.session.flush()  # the one responsible of before goes first: there is never a second
    for seat in staying:
        seat.responsible = seat.account_id == first
    for account in joining:
        db.session.add(
            _seat(row, actor, account, known[account], account == first, now, blind=blind, note=reason)
        )
    db.session.flush()
    unit = db.session.get_one(Unit, (row.tenant_id, row.unit_id))
    _note_assignment(actor, row, ", ".join(known[a] for a in wanted), reason)
    _tell(actor, row.tenant_id, joining, f"Anh/chị được giao thẩm định hồ sơ của {unit.name}.", row.id)
    return panels.panel_of(row)


def _check(row: Dossier, panel: Panel, wanted: Sequence[int], known: Mapping[int, str]) -> None:
    if len(wanted) > MOST:
        raise Refused(f"Một hồ sơ giao cho nhiều nhất {MOST} người.", 422)
    sitting = {seat.account_id: seat.full_name for seat in panel.seats}
    strangers = [account for account in wanted if account not in known]
    if strangers:
        name = sitting.get(strangers[0], "Người được chọn")
        raise Refused(f"{name} hiện không có vai trò thẩm định. Xin chọn người khác.", 422)
    barred = panels.conflicts(row.tenant_id, wanted, [row.unit_id])
    if barred:
        said = "; ".join(f"{known[account]}: {why}" for (account, _), why in barred.items())
        raise Refused(f"Có xung đột lợi ích. {said}.", 422)


def _open_for_assignment(row: Dossier) -> Dossier:
    if row.state != State.ACCEPTED:
        name = words.DOSSIER_STATES[row.state].name
        raise Refused(f"Hồ sơ đang ở trạng thái “{name}” nên không phân công thẩm định lúc này.")
    return row


def _has_findings(row: Dossier) -> bool:
    found = (
        select(Finding.id).where(Finding.tenant_id == row.tenant_id, Finding.dossier_id == row.id).limit(1)
    )
    return db.session.scalar(found) is not None


def _seat(
    row: Dossier,
    actor: Identity,
    account: int,
    name: str,
    first: bool,
    now: datetime,
    *,
    blind: bool = False,
    note: str = "",
) -> Appraiser:
    return Appraiser(
        tenant_id=row.tenant_id,
        unit_id=row.unit_id,
        dossier_id=row.id,
        account_id=account,
        full_name=name,
        responsible=first,
        blind=blind,
        note=note,
        assigned_at=now,
        assigned_by=actor.full_name,
    )


def take_off(seat: Appraiser, actor: Identity, reason: str, now: datetime) -> None:
    """Take a person off a dossier; the row stays on record with the reason."""
    seat.removed_at, seat.removed_by, seat.removed_reason = now, actor.full_name, reason
    seat.responsible = False


def _note_assignment(actor: Identity, row: Dossier, names: str, reason: str = "") -> None:
    said = f"đã giao hồ sơ cho {names} thẩm định" if names else "đã thôi phân công người thẩm định hồ sơ"
    record(
        actor,
        "appraisal.assign",
        f"{said}: {reason}" if reason else f"{said}.",
        tenant_id=row.tenant_id,
        unit_id=row.unit_id,
        dossier_id=row.id,
        inner=True,
    )


def _tell(actor: Identity, tenant_id: int, accounts: Collection[int], sentence: str, dossier_id: int) -> None:
    for account in accounts:
        if account != actor.account_id:
            tell_person(tenant_id, account, sentence, f"/huyen/ho-so/{dossier_id}/tham-dinh", Kind.TASK)


@dataclass(frozen=True, slots=True)
class Shared:
    """What became of one dossier of a sharing-out: given, or why not ("")."""

    dossier_id: int
    unit: str
    person: str
    why_not: str = ""


def share(actor: Identity, year: int, wanted: Mapping[int, int]) -> list[Shared]:
    """Give many dossiers of a year to one person each (`wanted`: dossier to account), as far as possible now.

    One that somebody gave away meanwhile, or that its person may not have, is left and named; the others are given.
    Six statements to read and lock, whatever the number.
    """
    must(actor, Right.ASSIGN_APPRAISER)
    tenant_id = actor.here.tenant_id
    statement = (
        select(Dossier, Unit.name)
        .join(Unit, (Unit.tenant_id == Dossier.tenant_id) & (Unit.id == Dossier.unit_id))
        .where(Dossier.tenant_id == tenant_id, Dossier.year == year, Dossier.id.in_(wanted))
        .order_by(Dossier.id)
        .with_for_update(of=Dossier)
        .execution_options(populate_existing=True)
    )
    rows = db.session.execute(statement).all()
    taken = panels.panels_of(tenant_id, [row.id for row, _ in rows])
    known = {one.account_id: one.name for one in panels.candidates(tenant_id)}
    barred = panels.conflicts(tenant_id, set(wanted.values()))
    done, given, now = [], Counter[int](), clock.now()
    last: dict[int, int] = {}
    for row, unit in rows:
        account = wanted[row.id]
        name, why = known.get(account, ""), ""
        if row.state != State.ACCEPTED:
            why = f"Hồ sơ đang ở trạng thái “{words.DOSSIER_STATES[row.state].name}”."
        elif row.id in taken:
            why = f"Vừa được giao cho {taken[row.id].names}."
        elif not name:
            why = "Người được chọn hiện không có vai trò thẩm định."
        elif (account, row.unit_id) in barred:
            why = f"{name}: {barred[account, row.unit_id]}."
        else:
            db.session.add(_seat(row, actor, account, name, True, now))
            _note_assignment(actor, row, name)
            given[account] += 1
            last[account] = row.id
        done.append(Shared(row.id, unit, name, why))
    db.session.flush()
    for account, number in given.items():
        _tell(actor, tenant_id, [account], f"Anh/chị được giao thẩm định {number} hồ sơ.", last[account])
    return done
