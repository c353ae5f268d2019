"""Visits of the demonstration: a draw, one visit that is over and signed, one whose minutes wait, one still to come."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from portal.dossiers.models import Dossier, State
from portal.dossiers.queries import open_sheet
from portal.units.models import Unit
from portal.visits import looking, minutes, operations, planning
from portal.visits.looking import Seen
from portal.visits.minutes import Written
from portal.visits.models import Visit
from portal.visits.operations import Arranged
from portal.words import ZONE
from tenants.database import db
from tenants.identity import Identity
from tenants.people import Role
from tenants.scope import Scope, ScopeKind, acting_in

from .moments import at
from .season import YEAR, People

STEWARD = Scope(ScopeKind.STEWARD)
LETTER = ("Trưởng phòng (minh họa)", "TRƯỞNG PHÒNG")


def visit(tenant_id: int, people: People) -> None:
    """Let a district draw, and visit three units that have filed early; fewer where fewer have."""
    officer = people[(Role.DISTRICT_OFFICER, None)]
    scope = officer.here.scope(officer.account_id)
    with acting_in(STEWARD):
        filed = db.session.execute(
            select(Dossier.id, Dossier.unit_id)
            .join(Unit, (Unit.tenant_id == Dossier.tenant_id) & (Unit.id == Dossier.unit_id))
            .where(
                Dossier.tenant_id == tenant_id,
                Dossier.year == YEAR,
                Dossier.state.in_((State.ACCEPTED, State.SUBMITTED)),
                Dossier.submitted_at < datetime(YEAR + 1, 1, 8, tzinfo=ZONE),
                ~Unit.sensitive,
            )
            .order_by(Dossier.state, Dossier.id)
        ).all()
    with at(YEAR + 1, 1, 7, 8, 0), acting_in(scope):
        planning.settle(officer, tenant_id, YEAR, 3, 10, "", 0)
    heads = [(number, people.get((Role.UNIT_HEAD, unit_id))) for number, unit_id in filed]
    heads.sort(key=lambda one: one[1] is None)
    plans = zip(heads, ((8, "closed"), (9, "minutes"), (13, "told")), strict=False)
    for (number, head), (day, end) in plans:
        with at(YEAR + 1, 1, 7, 9, day), acting_in(scope):
            visit_id = _arrange(officer, tenant_id, number, day)
        if end == "told":
            continue
        with at(YEAR + 1, 1, day, 10, 30), acting_in(scope):
            _write(officer, tenant_id, visit_id, day)
        if end == "closed" and head is not None:
            with at(YEAR + 1, 1, day, 15, 0), acting_in(head.here.scope(head.account_id)):
                row = db.session.get_one(Visit, (tenant_id, visit_id))
                minutes.speak(head, row, "Đơn vị nhất trí, sẽ bổ sung sổ theo dõi trong tháng 1.")
                minutes.sign_for_unit(head, row, row.content_hash)
            with at(YEAR + 1, 1, day, 16, 0), acting_in(scope):
                row = db.session.get_one(Visit, (tenant_id, visit_id))
                minutes.sign_for_district(officer, row, row.content_hash)


def _arrange(officer: Identity, tenant_id: int, dossier_id: int, day: int) -> int:
    dossier = db.session.get_one(Dossier, (tenant_id, dossier_id))
    unit = db.session.get_one(Unit, (tenant_id, dossier.unit_id))
    given = Arranged(
        datetime(YEAR + 1, 1, day, 8, 0, tzinfo=ZONE),
        unit.address or unit.name,
        "Xem bản gốc minh chứng của tiêu chí 2.",
        (officer.account_id,),
        officer.account_id,
        "Đại diện Hội Khuyến học (minh họa), Ủy viên Ban Chấp hành",
    )
    row = operations.arrange(officer, dossier, given)
    operations.tell(officer, row, f"{day:02d}/TB-PGDĐT", date(YEAR + 1, 1, 7), *LETTER)
    return row.id


def _write(officer: Identity, tenant_id: int, visit_id: int, day: int) -> None:
    row = db.session.get_one(Visit, (tenant_id, visit_id))
    sheet = open_sheet(db.session.get_one(Dossier, (tenant_id, row.dossier_id)))
    applying = [one.indicator.id for one in sheet.unit_side().findings if one.applies]
    seen = (
        Seen("found", "Kế hoạch có số, ngày, dấu; khớp hồ sơ đã nộp."),
        Seen("found", ""),
        Seen("not_found", "Chưa có sổ theo dõi người tham gia lớp tháng 11."),
    )
    for indicator_id, one in zip(applying, seen, strict=False):
        looking.look(officer, row, indicator_id, one)
    record = Written(
        datetime(YEAR + 1, 1, day, 8, 0, tzinfo=ZONE),
        datetime(YEAR + 1, 1, day, 10, 15, tzinfo=ZONE),
        "Thủ trưởng đơn vị\nCán bộ đầu mối",
        "Hồ sơ cơ bản đúng thực tế; thiếu một sổ theo dõi.",
        "Bổ sung sổ theo dõi người tham gia lớp.",
    )
    minutes.write(officer, row, record)
