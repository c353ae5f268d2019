"""Further decisions of the demonstration: one revocation issued after the unit's silence, one on which a unit is heard."""

from __future__ import annotations

from datetime import date

from sqlalchemy import and_, select

from portal import clock
from portal.dossiers.models import Dossier
from portal.further import issuing
from portal.further import operations as further
from portal.further.models import FurtherDecision
from portal.further.operations import Prepared
from portal.recognition.models import DecisionLine, Recognition
from tenants.database import db
from tenants.identity import Identity
from tenants.people import Role
from tenants.scope import Scope, ScopeKind, acting_in

from .moments import at
from .season import YEAR, People

STEWARD = Scope(ScopeKind.STEWARD)
BASIS = "Căn cứ [minh họa] quy chế làm việc của Ủy ban nhân dân\nTheo đề nghị của Trưởng Phòng Giáo dục và Đào tạo"
SILENT = Prepared(
    0,
    "not_kept",
    "Qua kiểm tra, đơn vị đã ngừng sinh hoạt câu lạc bộ và không còn kế hoạch học tập của năm.",
    BASIS,
)
HEARING = Prepared(
    0,
    "untrue",
    "Đối chiếu danh sách cho thấy 6 người không còn làm việc tại đơn vị trong năm đánh giá.",
    BASIS,
)


def revoke(tenant_id: int, people: People) -> None:
    """Let the district take up two recognitions of the year before; nothing where there are none."""
    with acting_in(STEWARD):
        begun = select(Dossier.id).where(
            Dossier.tenant_id == Recognition.tenant_id,
            Dossier.unit_id == Recognition.unit_id,
            Dossier.year == YEAR,
        )
        found = db.session.execute(
            select(Recognition.decision_id, DecisionLine.id)
            .join(
                DecisionLine,
                and_(
                    DecisionLine.tenant_id == Recognition.tenant_id,
                    DecisionLine.dossier_id == Recognition.dossier_id,
                    DecisionLine.decision_id == Recognition.decision_id,
                ),
            )
            .where(
                Recognition.tenant_id == tenant_id,
                Recognition.year == YEAR - 1,
                Recognition.state == "in_force",
                Recognition.level == 1,
                ~begun.exists(),
            )
            .order_by(Recognition.id)
            .limit(2)
        ).all()
    officer, leader = people[(Role.DISTRICT_OFFICER, None)], people[(Role.DISTRICT_LEADER, None)]
    for (decision_id, line_id), meant in zip(found, (SILENT, HEARING), strict=False):
        late = meant is SILENT
        with at(2026, 12, 21, 9, 10) if late else at(2027, 1, 8, 14, 30), _scope(officer):
            row = further.prepare(officer, tenant_id, decision_id, line_id, "revoke", meant)
            further.tell(officer, row, date(2026, 12, 31) if late else date(2027, 1, 18))
            number = row.id
        if late:
            with at(2027, 1, 4, 8, 20), _scope(officer):
                further.record_silence(officer, db.session.get_one(FurtherDecision, (tenant_id, number)))
            with at(2027, 1, 5, 10, 0), _scope(leader):
                row = db.session.get_one(FurtherDecision, (tenant_id, number))
                issuing.issue(
                    leader, row, "03/QĐ-UBND", clock.today(), "(Chủ tịch Ủy ban nhân dân)", "CHỦ TỊCH"
                )


def _scope(actor: Identity):  # type: ignore[no-untyped-def]
    return acting_in(actor.here.scope(actor.account_id))
