"""One place of the demonstration: its years loaded in bulk, then its open year played by the real verbs."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import select

from portal.stops import CannotStart
from portal.words import ZONE
from tenants.database import db
from tenants.people import Role
from tenants.places import Tenant, TenantKind
from tenants.scope import Scope, ScopeKind, acting_in

from . import accounts, before, bulk, evidence_library, history, provincial, season
from .appraising import appoint
from .bulk import Catalogue, Draft, Registered
from .council import meet
from .counting import ask_and_rule
from .figures import aim_of
from .guidance import take_note
from .inquiries import inquire
from .notices import tell as remind_units
from .opening import open_year_of
from .papers import head_and_word
from .powers import deputise
from .publication import complain, publish
from .registry import PlaceData
from .revoking import revoke
from .targets import aim
from .team import give_out
from .visits import visit
from .year import load_activities, load_outreach, load_registrations

STEWARD = Scope(ScopeKind.STEWARD)
SEED = 24_2023


@dataclass(frozen=True)
class Begun:
    """A place that has been opened, with its registry."""

    place: PlaceData
    units: list[Registered]


def people_of(tenant_id: int) -> season.People:
    """Return who acts in a place."""
    with acting_in(STEWARD):
        return accounts.identities(tenant_id)


def people_of_province() -> season.People:
    """Return who acts in the Department."""
    with acting_in(STEWARD):
        province = db.session.scalars(select(Tenant.id).where(Tenant.kind == TenantKind.PROVINCE)).one()
        return accounts.identities(province)


@contextmanager
def _named(place: str) -> Iterator[None]:
    """Say at which place the building failed, whatever failed and in whichever process."""
    try:
        yield
    except Exception as reason:
        current_app.logger.exception("demo of %s", place)
        raise CannotStart(
            f"Dựng dữ liệu minh họa của {place} không xong: {reason}. Xóa thư mục dữ liệu rồi chạy lại.",
            f"The demonstration of {place} could not be built. Remove the data folder and start again.",
        ) from reason


def load_years(
    begun: Begun, catalogue: Catalogue, settings: dict[str, Any], papers: list[dict[str, Any]]
) -> list[Draft]:
    """Load the decided years of a place, and what its units have typed of the open one; returns its drafts."""
    place, units = begun.place, begun.units
    chance = random.Random(f"{SEED}-{place.code}-years")
    held: dict[int, int] = {}
    with _named(place.name), acting_in(STEWARD):
        for year in (2024, 2025):
            history.load_year(place, units, year, catalogue, settings, chance, held)
        history.number_receipts(units[0].tenant_id)
        publish(units[0].tenant_id)
        before.load_past(units, random.Random(f"{SEED}-{place.code}-before"))
        before.load_requirements(units)
        drafts = _open_drafts(units, catalogue, papers, chance, held)
        head_and_word(drafts)
        return drafts


def _open_drafts(
    units: list[Registered],
    catalogue: Catalogue,
    papers: list[dict[str, Any]],
    chance: random.Random,
    held: dict[int, int],
) -> list[Draft]:
    drafts, states = [], []
    for number, unit in enumerate(units, start=1):
        shown = unit.data.name in accounts.SHOWN_UNITS
        if not shown and (chance.random() < 0.12 or (held.get(unit.unit_id) == 2 and chance.random() < 0.5)):
            continue
        aim = 2 if held.get(unit.unit_id) == 1 else aim_of(chance, season.YEAR)
        filled = 0.75 if shown else (1.0 if chance.random() < 0.7 else chance.uniform(0.2, 0.9))
        if not shown and number % 20 == 7:  # every district has units that do not reach level 1 this year
            aim, filled = 0, 1.0
        draft = bulk.draft(unit, season.YEAR, catalogue, chance, aim=aim, filled=filled)
        draft.raises = aim == 2 and held.get(unit.unit_id) == 1
        drafts.append(draft)
        team = bulk.team_decision(season.YEAR, chance)
        draft.registered = bulk.registration(draft, chance)
        states.append(
            team
            | {
                "created_at": datetime(2026, 12, 1 + number % 28, 8, tzinfo=ZONE),
                "requested_level": min(aim, draft.assessment.level or aim) or 1,
                "letter_number": "" if shown else f"{chance.randint(3, 60):02d}/TTr",
                "letter_date": None if shown else datetime(2027, 1, 2, tzinfo=ZONE).date(),
            }
        )
    bulk.load_drafts(drafts, catalogue, states)
    load_registrations(season.YEAR, units, drafts, random.Random(f"{SEED}-{units[0].code}-registrations"))
    evidence_library.load(drafts, papers, catalogue)
    day_book = random.Random(f"{SEED}-{units[0].code}-activities")
    load_activities(season.YEAR, drafts, catalogue, accounts.SHOWN_UNITS, day_book)
    load_outreach(season.YEAR, units[0].tenant_id)
    return drafts


def play(ahead: tuple[Begun, list[Draft]] | provincial.Opened, announced: int) -> None:
    """Take a district, or the province's own units, through what was done by the real verbs.

    `announced`: the number of the Department's announcement.
    """
    if isinstance(ahead, provincial.Opened):
        with _named("các đơn vị cấp tỉnh"):
            provincial.play(ahead)
    else:
        with _named(ahead[0].place.name):
            _play_district(*ahead, announced)


def _play_district(begun: Begun, drafts: list[Draft], announced: int) -> None:
    department = people_of_province()[(Role.PROVINCE_OFFICER, None)]
    place, tenant_id, plan = begun.place, begun.units[0].tenant_id, season.plan_of(begun.place)
    people = people_of(tenant_id)
    for year in (2024, 2025):
        season.report(place, year, people, department)
    ask_and_rule(drafts, people)
    season.play(plan, drafts, people, random.Random(f"{SEED}-{place.code}-play"))
    aim(people)
    open_year_of(people, longer=plan is season.FULL)
    remind_units(tenant_id)
    give_out(drafts, people)
    complain(tenant_id, people)
    take_note(people, announced)
    if plan is season.FULL:
        revoke(tenant_id, people)
        inquire(tenant_id, people)
        visit(tenant_id, people)
        appoint(people)
        meet(people)
        deputise(people)
