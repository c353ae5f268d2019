"""Declared conflicts of interest: whom nobody may send to which unit, and for how long."""

from __future__ import annotations

from sqlalchemy import Select, select

from portal import clock
from portal.dossiers.models import Dossier, State
from portal.dossiers.operations import must
from portal.trail.operations import record
from portal.units.models import Unit
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused
from tenants.rights import Right

from . import panels
from .assigning import take_off
from .seats import INTERESTS, Interest


def declared(tenant_id: int, account_id: int | None = None) -> Select[tuple[Interest, str]]:
    """Return the declarations of a district, or of one person, with the unit's name: those in force first."""
    statement = (
        select(Interest, Unit.name)
        .join(Unit, (Unit.tenant_id == Interest.tenant_id) & (Unit.id == Interest.unit_id))
        .where(Interest.tenant_id == tenant_id)
    )
    if account_id is not None:
        statement = statement.where(Interest.account_id == account_id)
    return statement.order_by(Interest.ended_at.desc().nulls_first(), Interest.full_name, Interest.id)


def interest_of(tenant_id: int, interest_id: int) -> Interest | None:
    """Return a declaration, held for this transaction."""
    statement = select(Interest).where(Interest.tenant_id == tenant_id, Interest.id == interest_id)
    return db.session.scalar(statement.with_for_update().execution_options(populate_existing=True))


def declare(actor: Identity, account_id: int, unit_id: int, kind: str, reason: str) -> Interest:
    """Keep why a person does not appraise a unit; a person declares for himself, who assigns for anybody.

    Dossiers of the unit that the person has at hand are taken from him with the same reason.
    """
    own = account_id == actor.account_id
    must(actor, Right.APPRAISE if own else Right.ASSIGN_APPRAISER)
    tenant_id, reason = actor.here.tenant_id, reason.strip()
    person = {one.account_id: one.name for one in panels.candidates(tenant_id)}.get(account_id)
    if person is None:
        raise Refused("Xin chọn một người có vai trò thẩm định.", 422)
    unit = db.session.get(Unit, (tenant_id, unit_id), with_for_update={"key_share": True})
    if unit is None:
        raise Refused("Không tìm thấy đơn vị này trong danh mục.", 422)
    if kind not in INTERESTS:
        raise Refused("Xin chọn loại quan hệ với đơn vị.", 422)
    if not reason and kind == "declared":
        raise Refused("Xin ghi lý do không thẩm định đơn vị này.", 422)
    standing = select(Interest).where(
        Interest.tenant_id == tenant_id,
        Interest.unit_id == unit_id,
        Interest.account_id == account_id,
        Interest.ended_at.is_(None),
    )
    if db.session.scalar(standing) is not None:
        raise Refused(f"{person} đã có khai báo về {unit.name}.")
    row = Interest(
        tenant_id=tenant_id,
        unit_id=unit_id,
        account_id=account_id,
        full_name=person,
        kind=kind,
        reason=reason or "Hưởng lương tại đơn vị.",
        declared_at=clock.now(),
        declared_by=actor.full_name,
    )
    db.session.add(row)
    db.session.flush()
    _leave_dossiers(actor, row)
    sentence = f"đã ghi xung đột lợi ích của {person} với {unit.name}: {row.reason}"
    record(actor, "appraisal.interest", sentence, tenant_id=tenant_id, unit_id=unit_id, inner=True)
    return row


def _leave_dossiers(actor: Identity, row: Interest) -> None:
    """Take the person off the unit's dossiers under appraisal; the next on each becomes responsible."""
    held = select(Dossier).where(
        Dossier.tenant_id == row.tenant_id, Dossier.unit_id == row.unit_id, Dossier.state == State.ACCEPTED
    )
    for dossier in db.session.scalars(held.order_by(Dossier.id).with_for_update()):
        seats = panels.panel_of(dossier).seats
        for seat in (one for one in seats if one.account_id == row.account_id):
            was_first = seat.responsible
            take_off(seat, actor, f"Khai xung đột lợi ích: {row.reason}", clock.now())
            db.session.flush()
            others = [one for one in seats if one is not seat]
            if was_first and others:
                others[0].responsible = True
                db.session.flush()


def withdraw(actor: Identity, interest: Interest, reason: str) -> None:
    """End a declaration, with the reason; it stays on record."""
    must(actor, Right.ASSIGN_APPRAISER)
    if not reason.strip():
        raise Refused("Xin ghi lý do thôi khai báo.", 422)
    if interest.ended_at is not None:
        raise Conflict(f"{interest.ended_by} đã thôi khai báo này.")
    now = clock.now()
    interest.ended_by, interest.ended_reason, interest.ended_at = actor.full_name, reason.strip(), now
    sentence = f"đã thôi xung đột lợi ích đã khai của {interest.full_name}: {reason.strip()}"
    key = {"tenant_id": interest.tenant_id, "unit_id": interest.unit_id}
    record(actor, "appraisal.interest", sentence, **key, inner=True)
    db.session.flush()
