"""Who appraises what in the demonstration: dossiers shared out, one judged by two apart, a place of work declared."""

from __future__ import annotations

from sqlalchemy import func, select

from portal.appraisal import assigning, blind, interests
from portal.appraisal import operations as appraisal
from portal.appraisal.models import Finding
from portal.dossiers.models import Dossier, State
from portal.dossiers.queries import open_sheet
from portal.units.models import Unit
from tenants.database import db
from tenants.identity import Identity
from tenants.people import Role
from tenants.scope import acting_in

from .moments import at
from .season import YEAR, People


def appoint(people: People) -> None:
    """Give a district's dossiers under appraisal to its officer and its council; the council judged one apart."""
    officer, council = people[(Role.DISTRICT_OFFICER, None)], people[(Role.DISTRICT_COUNCIL, None)]
    tenant_id = officer.here.tenant_id
    with at(2027, 1, 9, 10, 0), acting_in(officer.here.scope(officer.account_id)):
        judged = select(Finding.id).where(Finding.tenant_id == tenant_id, Finding.dossier_id == Dossier.id)
        waiting = (
            select(Dossier)
            .where(Dossier.tenant_id == tenant_id, Dossier.year == YEAR, Dossier.state == State.ACCEPTED)
            .order_by(judged.exists(), Dossier.id)
        )
        first, *others = db.session.scalars(waiting)
        school = select(func.min(Unit.id)).where(Unit.tenant_id == tenant_id, Unit.kind == "lower_secondary")
        unit_id = db.session.scalar(school)
        if unit_id is not None and unit_id != first.unit_id:
            reason = "Hưởng lương tại đơn vị; vào hội đồng với tư cách ủy viên Hội Khuyến học."
            interests.declare(officer, council.account_id, unit_id, "employer", reason)
        both = [officer.account_id, council.account_id]
        assigning.assign(officer, first, both, responsible=officer.account_id)
        given = {d.id: both[number % 2] for number, d in enumerate(others[:4]) if d.unit_id != unit_id}
        assigning.share(officer, YEAR, given)
        number = first.id
    _judge_apart(council, tenant_id, number)


def _judge_apart(council: Identity, tenant_id: int, number: int) -> None:
    with at(2027, 1, 9, 15, 0), acting_in(council.here.scope(council.account_id)):
        dossier = db.session.get_one(Dossier, (tenant_id, number))
        last = open_sheet(dossier).indicators[0]
        reason = "Văn bản gửi kèm không có dấu của đơn vị."
        appraisal.judge(
            council,
            dossier,
            last.id,
            "not_enough_evidence",
            reason_code="defective_document",
            reason=reason,
        )
        appraisal.agree_with_rest(council, dossier)
        blind.hand_in(council, dossier)
