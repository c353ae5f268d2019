"""The demonstration's districts open their year: plan and notice of each, and one unit given longer to file."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from portal.dossiers.models import Dossier
from portal.opening.operations import Details, extend, publish, set_year
from portal.units.models import Unit
from tenants.database import db
from tenants.identity import Identity
from tenants.people import Role
from tenants.places import Tenant
from tenants.scope import acting_in

from .moments import at
from .season import YEAR, People


def open_year_of(people: People, *, longer: bool) -> None:
    """Let a district write its year down and publish it; `longer`: one unit that has not filed is given longer."""
    admin = people[(Role.DISTRICT_ADMIN, None)]
    with at(YEAR, 2, 10, 9, 0), acting_in(admin.here.scope(admin.account_id)):
        tenant = db.session.get_one(Tenant, admin.here.tenant_id)
        given = Details(
            None,
            None,
            None,
            "18/KH-UBND",
            date(YEAR, 2, 9),
            f"Bộ phận Một cửa, {tenant.committee}, giờ hành chính",
            tenant.office,
            "0225 3000 000",
        )
        set_year(admin, YEAR, given, 0)
        publish(admin, YEAR)
    if longer:
        _give_longer(people[(Role.DISTRICT_OFFICER, None)])


def _give_longer(officer: Identity) -> None:
    with at(YEAR + 1, 1, 8, 14, 0), acting_in(officer.here.scope(officer.account_id)):
        unit = db.session.scalar(
            select(Unit)
            .join(Dossier, (Dossier.tenant_id == Unit.tenant_id) & (Dossier.unit_id == Unit.id))
            .where(
                Unit.tenant_id == officer.here.tenant_id,
                Dossier.year == YEAR,
                Dossier.state == "draft",
            )
            .order_by(Unit.id.desc())
            .limit(1)
        )
        if unit is not None:
            extend(
                officer, unit, YEAR, date(YEAR + 1, 1, 20), "Đơn vị vừa đổi thủ trưởng (số liệu minh họa)."
            )
