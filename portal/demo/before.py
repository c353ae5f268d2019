"""What the demonstration's units bring along: results from before the portal, requirements of the last decision."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from portal.catalogue.models import CatalogueIndicator, CriteriaVersion
from portal.dossiers.models import Dossier, State
from portal.history.models import PastResult
from portal.history.queries import IMPORT_KIND
from portal.history.rules import band_for, bands_of
from portal.improvement.models import Requirement
from portal.units.models import ImportBatch
from portal.words import ZONE
from tenants.database import db
from tenants.people import Membership, Role

from . import accounts, bulk
from .bulk import Registered

YEARS = (2022, 2023)
ASKED = {
    "1.1": "Kế hoạch học tập cần nêu rõ thời gian và người phụ trách từng nội dung.",
    "2.1": "Lập sổ theo dõi việc tự học của từng thành viên, cập nhật hằng quý.",
}


def load_past(units: Sequence[Registered], chance: random.Random) -> None:
    """Give two units in three their results of the years of Circular 22/2020, in points as they were given."""
    version = db.session.scalars(select(CriteriaVersion).where(CriteriaVersion.key == "tt22-2020")).one()
    bands = bands_of(version.settings)
    rows: list[dict[str, Any]] = []
    for unit in units:
        if unit.data.name not in accounts.SHOWN_UNITS and chance.random() < 0.33:
            continue
        for year in YEARS:
            points = Decimal(chance.randint(110, 196)) / 2
            rows.append(
                {
                    "tenant_id": unit.tenant_id,
                    "unit_id": unit.unit_id,
                    "year": year,
                    "version_id": version.id,
                    "points": points,
                    "band": band_for(points, bands),
                    "decision_number": f"{chance.randint(40, 400)}/QĐ-UBND",
                    "decided_on": date(year + 1, 2, 8),
                    "issuer": "Ủy ban nhân dân cấp huyện",
                    "entered_at": datetime(2024, 3, 1, 8, tzinfo=ZONE),
                    "entered_by": "Quản trị huyện",
                }
            )
    batch_id = _imported(units[0].tenant_id, len(rows))
    bulk.insert_all(PastResult, [row | {"batch_id": batch_id} for row in rows])


def _imported(tenant_id: int, stored: int) -> int:
    """Let the past results be one import of the district's administrator; returns its number."""
    at = datetime(2024, 3, 1, 8, tzinfo=ZONE)
    admin = select(Membership.account_id).where(
        Membership.tenant_id == tenant_id, Membership.role == Role.DISTRICT_ADMIN
    )
    row = {
        "tenant_id": tenant_id,
        "kind": IMPORT_KIND,
        "file_name": f"Kết quả {YEARS[0]}-{YEARS[-1]}.xlsx",
        "state": "done",
        "rows": [],
        "created_at": at,
        "created_by": db.session.scalars(admin.limit(1)).one(),
        "stored": stored,
        "done_at": at,
        "done_by": "Quản trị huyện",
    }
    return bulk.insert_with_ids(ImportBatch, [row])[0]


def load_requirements(units: Sequence[Registered]) -> None:
    """Let the last decision on the shown units ask for two things, which their open dossiers then answer."""
    shown = {unit.unit_id for unit in units if unit.data.name in accounts.SHOWN_UNITS}
    if not shown:
        return
    decided = db.session.scalars(
        select(Dossier)
        .where(
            Dossier.tenant_id == units[0].tenant_id,
            Dossier.unit_id.in_(shown),
            Dossier.state == State.DECIDED,
        )
        .order_by(Dossier.unit_id, Dossier.year)
    )
    latest = {dossier.unit_id: dossier for dossier in decided}
    codes = {
        row.code: row.id
        for row in db.session.scalars(
            select(CatalogueIndicator).where(
                CatalogueIndicator.code.in_(ASKED),
                CatalogueIndicator.version_id.in_({dossier.version_id for dossier in latest.values()}),
            )
        )
    }
    bulk.insert_all(
        Requirement,
        [
            {
                "tenant_id": dossier.tenant_id,
                "unit_id": dossier.unit_id,
                "dossier_id": dossier.id,
                "indicator_id": codes.get(code),
                "wording": wording,
                "set_at": dossier.appraised_at,
                "set_by": "Chuyên viên Phòng GDĐT",
            }
            for dossier in latest.values()
            for code, wording in ASKED.items()
        ],
    )
