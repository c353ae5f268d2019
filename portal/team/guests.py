"""Whether a guest is let in to an indicator today; asked at every verb a guest may use, and nothing else."""

from __future__ import annotations

from sqlalchemy import select

from portal import clock
from portal.notices.operations import tell_unit
from portal.notices.rules import Kind
from tenants import signin
from tenants.database import db
from tenants.identity import Identity
from tenants.people import GUEST_ROLES, Membership
from tenants.placing import on_day

from .models import Invitation, InvitedIndicator

OUTSIDE = "Chỉ tiêu này không có trong lời mời của anh/chị, nên anh/chị không xem và không sửa được."


def is_guest(actor: Identity) -> bool:
    """Return whether a person acts as a guest of a unit."""
    return actor.place is not None and actor.place.role in GUEST_ROLES


def invited(actor: Identity, *, dossier_id: int | None = None) -> list[InvitedIndicator]:
    """Return the indicators a guest is let in to today, of one dossier or of all."""
    if not is_guest(actor):
        return []
    statement = (
        select(InvitedIndicator)
        .join(
            Invitation,
            (Invitation.tenant_id == InvitedIndicator.tenant_id)
            & (Invitation.id == InvitedIndicator.invitation_id),
        )
        .join(
            Membership,
            (Membership.tenant_id == Invitation.tenant_id) & (Membership.id == Invitation.membership_id),
        )
        .where(
            InvitedIndicator.tenant_id == actor.here.tenant_id,
            InvitedIndicator.unit_id == actor.here.unit_id,
            Invitation.account_id == actor.account_id,
            on_day(signin.today()),
        )
        .order_by(InvitedIndicator.dossier_id.desc(), InvitedIndicator.indicator_id)
    )
    if dossier_id is not None:
        statement = statement.where(InvitedIndicator.dossier_id == dossier_id)
    return list(db.session.scalars(statement))


def is_invited(actor: Identity, dossier_id: int, indicator_id: int) -> bool:
    """Return whether a guest may fill in an indicator of a dossier today."""
    return any(one.indicator_id == indicator_id for one in invited(actor, dossier_id=dossier_id))


def credit(actor: Identity, dossier_id: int, indicator_id: int, code: str) -> None:
    """Write down that a guest has given something to an indicator, which shows it; the first time, tell the unit."""
    own = [one for one in invited(actor, dossier_id=dossier_id) if one.indicator_id == indicator_id]
    if own and all(one.contributed_at is None for one in own):
        path = f"/ho-so/{dossier_id}#chi-tieu-{code}"
        sentence = f"{actor.full_name} đã góp nội dung chỉ tiêu {code}."
        tell_unit(own[0].tenant_id, own[0].unit_id, sentence, path, Kind.TASK)
    for one in own:
        one.contributed_at = clock.now()
    db.session.flush()
