"""The province's own units in the demonstration: some twenty, recognised by the chairman of the province.

The criteria are those of Articles 12 and 13; the dates are made up, as the Department would set them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from portal.catalogue.models import CriteriaVersion
from portal.catalogue.operations import confirm_suggestions_for_demo
from portal.cycle.operations import open_year
from portal.cycle.rules import Calendar
from portal.spelling import sort_key
from portal.words import ZONE, role_name
from tenants.database import db
from tenants.identity import Identity
from tenants.people import Role
from tenants.places import Tenant, TenantKind, Tier
from tenants.scope import Scope, ScopeKind, acting_in

from . import accounts, bulk, season
from .accounts import NewAccount
from .bulk import Catalogue, Draft, Registered
from .moments import at
from .registry import PROVINCE, SINCE, UnitData
from .year import load_registrations

STEWARD = Scope(ScopeKind.STEWARD)
CODE = "DV-TINH"
SLUG = "dvtinh"
DATES = Calendar(2026, date(2026, 2, 1), date(2027, 1, 20), date(2027, 2, 28), date(2027, 3, 31))
PLAN = season.Plan(signed=1, submitted=3, supplemented=1, accepted=3, appraised=2, decided=4, withdrawn=0)
COMMITTEE = "Ủy ban nhân dân thành phố Hải Phòng"
OFFICE = "Sở Giáo dục và Đào tạo"

_DEPARTMENT = "SỞ GIÁO DỤC VÀ ĐÀO TẠO"
_SCHOOLS = ("An Lão", "Kiến Thụy", "Lê Chân", "Ngô Quyền", "Thủy Nguyên", "Tiên Lãng", "Vĩnh Bảo")
_OTHERS = (
    ("Trường phổ thông nhiều cấp học minh họa", "upper_secondary", False, "Hiệu trưởng", "", (40, 80), (600, 1200)),
    ("Trung tâm Giáo dục thường xuyên thành phố", "continuing_centre", True, "Giám đốc", _DEPARTMENT, (30, 60), (400, 900)),
    ("Trung tâm Giáo dục thường xuyên minh họa", "continuing_centre", True, "Giám đốc", _DEPARTMENT, (25, 50), (300, 700)),
    ("Trường Đại học minh họa", "higher_education", True, "Hiệu trưởng", COMMITTEE.upper(), (300, 500), (4000, 9000)),
    ("Trường Đại học tư thục minh họa", "higher_education", False, "Hiệu trưởng", "", (120, 260), (1500, 4000)),
    ("Trường Cao đẳng minh họa", "vocational_institution", True, "Hiệu trưởng", COMMITTEE.upper(), (90, 180), (900, 2500)),
    ("Trường Trung cấp nghề minh họa", "vocational_institution", True, "Hiệu trưởng", COMMITTEE.upper(), (40, 90), (400, 900)),
    ("Sở Nội vụ", "provincial_office", True, "Giám đốc", COMMITTEE.upper(), (60, 110), (0, 0)),
    ("Sở Khoa học và Công nghệ", "provincial_office", True, "Giám đốc", COMMITTEE.upper(), (50, 90), (0, 0)),
    ("Sở Tư pháp", "provincial_office", True, "Giám đốc", COMMITTEE.upper(), (40, 70), (0, 0)),
    ("Hội Khuyến học thành phố", "provincial_office", True, "Chủ tịch", "", (8, 15), (0, 0)),
    ("Công ty cấp nước minh họa", "provincial_enterprise", False, "Giám đốc", "", (150, 320), (0, 0)),
    ("Công ty môi trường đô thị minh họa", "provincial_enterprise", False, "Giám đốc", "", (180, 400), (0, 0)),
)  # fmt: skip


@dataclass(frozen=True)
class Opened:
    """The place as it was opened: its units' drafts, and the chance that goes on."""

    drafts: list[Draft]
    chance: random.Random


def begin(admin: Identity) -> Opened:
    """Open the place, its year and its accounts, and let its units fill in their dossiers."""
    chance = random.Random(f"2423-{CODE}")
    with at(2026, 1, 15, 9, 0), acting_in(admin.here.scope(admin.account_id)):
        version = db.session.scalars(
            select(CriteriaVersion).where(CriteriaVersion.key == "tt24-2023-tinh")
        ).one()
        confirm_suggestions_for_demo(admin, version.id)
        version_id = version.id
        open_year(DATES.year, version, DATES)
    with acting_in(STEWARD):
        catalogue = Catalogue.load(version_id)
        units = _open(chance)
        tenant_id = units[0].tenant_id
        accounts.load([*_people(tenant_id), *accounts.of_units(units)])
        return Opened(_drafts(units, catalogue, chance), chance)


def play(opened: Opened) -> None:
    """Take the place's units through the open year."""
    with acting_in(STEWARD):
        people = accounts.identities(opened.drafts[0].unit.tenant_id)
    season.play(PLAN, opened.drafts, people, opened.chance, f"Giám đốc {OFFICE}")


def _open(chance: random.Random) -> list[Registered]:
    name = "Các đơn vị cấp tỉnh"
    tenant = Tenant(
        kind=TenantKind.PROVINCIAL_UNITS,
        code=CODE,
        name=name,
        name_sort=sort_key(name),
        committee=COMMITTEE,
        office=OFFICE,
        seat=PROVINCE.removeprefix("Thành phố "),
        valid_from=SINCE,
    )
    db.session.add(tenant)
    db.session.flush()
    return bulk.register_units(tenant.id, SLUG.upper(), _units(chance))


def _units(chance: random.Random) -> Iterator[UnitData]:
    for short in _SCHOOLS:
        members, learners = chance.randint(60, 110), chance.randint(900, 1800)
        yield UnitData(
            f"Trường THPT {short}", "upper_secondary", True, "", members, learners, "Hiệu trưởng", _DEPARTMENT, "THPT"
        )  # fmt: skip
    for name, kind, public, title, superior, members_of, learners_of in _OTHERS:
        yield UnitData(
            name, kind, public, "", chance.randint(*members_of), chance.randint(*learners_of), title, superior, ""
        )  # fmt: skip


def _people(tenant_id: int) -> list[NewAccount]:
    return [
        NewAccount(
            role,
            f"{prefix}.{SLUG}",
            f"{role_name(role.value, Tier.PROVINCE).partition(' (')[0]} (minh họa)",
            tenant_id,
        )
        for role, prefix in accounts.DISTRICT
        if role is not Role.DISTRICT_COUNCIL
    ]


def _drafts(units: list[Registered], catalogue: Catalogue, chance: random.Random) -> list[Draft]:
    """Make up the dossiers of all units but two; every fifth is still being filled in."""
    drafts, states = [], []
    for number, unit in enumerate(units[:-2], start=1):
        aim = 2 if number % 3 == 0 else 1
        draft = bulk.draft(
            unit, DATES.year, catalogue, chance, aim=aim, filled=0.6 if number % 5 == 0 else 1.0
        )
        draft.registered = bulk.registration(draft, chance)
        drafts.append(draft)
        states.append(
            bulk.team_decision(DATES.year, chance)
            | {
                "created_at": datetime(2026, 12, number, 8, tzinfo=ZONE),
                "requested_level": min(aim, draft.assessment.level or aim) or 1,
                "letter_number": f"{chance.randint(3, 60):02d}/TTr",
                "letter_date": date(2027, 1, 2),
            }
        )
    bulk.load_drafts(drafts, catalogue, states)
    load_registrations(DATES.year, units, drafts, chance)
    return drafts
