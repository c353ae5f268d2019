"""What the demonstration has published, and the one complaint against what was decided."""

from __future__ import annotations

from sqlalchemy import select

from portal.complaints import operations as complaints
from portal.complaints.models import Complaint
from portal.dossiers.models import Dossier, State
from portal.register import operations as register
from tenants.database import db
from tenants.identity import Identity
from tenants.people import Role
from tenants.scope import Scope, ScopeKind, acting_in

from .moments import at
from .season import YEAR, People

STEWARD = Scope(ScopeKind.STEWARD)


def publish(tenant_id: int) -> None:
    """Publish every recognition that was loaded for a district (steward scope)."""
    register.follow(tenant_id)


def complain(tenant_id: int, people: People) -> None:
    """Let one decided unit complain and somebody who took no part accept it; nothing where none is decided."""
    with acting_in(STEWARD):
        found = db.session.execute(
            select(Dossier.id, Dossier.unit_id)
            .where(Dossier.tenant_id == tenant_id, Dossier.year == YEAR, Dossier.state == State.DECIDED)
            .order_by(Dossier.decided_level, Dossier.id)
            .limit(1)
        ).first()
    if found is None:
        return
    head, council = people[(Role.UNIT_HEAD, found.unit_id)], people[(Role.DISTRICT_COUNCIL, None)]
    with at(2027, 1, 9, 15, 20), _scope(head):
        sent = complaints.send(
            head,
            db.session.get_one(Dossier, (tenant_id, found.id)),
            grounds=["figures", "evidence"],
            body="Danh sách kèm theo không có người trùng tên: hai người cùng họ tên ở hai tổ khác nhau. "
            "Đề nghị xem lại danh sách và quyết định phân công công tác đã gửi.",
            wish="Tính lại tỷ lệ theo đúng danh sách.",
        )
        number = sent.id
    with at(2027, 1, 10, 8, 5), _scope(council):
        complaints.accept(council, db.session.get_one(Complaint, (tenant_id, number)))


def _scope(actor: Identity):  # type: ignore[no-untyped-def]
    return acting_in(actor.here.scope(actor.account_id))
