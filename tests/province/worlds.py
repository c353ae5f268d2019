"""Provinces for tests: districts whose units stand in states drawn by chance, all by the real verbs."""

from __future__ import annotations

from random import Random

from portal.dossiers import operations as dossiers
from portal.reports import operations as reports
from portal.reports.models import DistrictReport
from tenants.database import db
from tenants.people import Role
from tests.builders import Person, World
from tests.deciding import District, accept, an_appraised

KINDS = ("primary", "preschool", "military_police", "commune_committee", "association")
STATES = ("none", "draft", "signed", "submitted", "withdrawn", "accepted", "level_1", "level_2", "refused")


def a_unit_in(world: World, district: District, state: str, kind: str, public: bool = True) -> int | None:
    """Add a unit and take its dossier to a state; returns the dossier's id (None: no dossier)."""
    unit = world.a_unit(district.tenant_id, kind=kind, public=public, sensitive=kind == "military_police")
    if state == "none":
        return None
    if state in ("level_1", "level_2", "refused"):
        level = {"level_1": 1, "level_2": 2, "refused": 0}[state]
        return an_appraised(world, district.officer, district.tenant_id, level, unit_id=unit)
    if state in ("draft", "signed", "submitted"):
        return world.a_dossier(district.tenant_id, unit, state)
    number = world.a_dossier(district.tenant_id, unit, "submitted")
    if state == "accepted":
        accept(world, district.officer, district.tenant_id, number)
    else:
        head = world.a_person(Role.UNIT_HEAD, district.tenant_id, unit)
        with world.acting(head) as actor:
            dossiers.withdraw(actor, world.dossier(district.tenant_id, number))
    return number


def mixed(world: World, chance: Random, names: tuple[str, ...], units: int = 4) -> list[District]:
    """Build districts of a few units each, in states drawn by chance; half of them have decided."""
    world.confirm_thresholds()
    found = []
    for place, name in enumerate(names):
        district = District(world, name)
        drawn = [chance.choice(STATES) for _ in range(units)]
        for state in drawn:
            a_unit_in(world, district, state, chance.choice(KINDS), chance.random() < 0.7)
        if place % 2 == 0 and {"level_1", "level_2", "refused"} & set(drawn):
            district.issued()
        found.append(district)
    return found


def a_reporting_district(world: World, name: str, *states: str) -> District:
    """A district that has decided on units in these states."""
    district = District(world, name)
    for state in states:
        a_unit_in(world, district, state, "primary")
    if {"level_1", "level_2", "refused"} & set(states):
        district.issued()
    return district


def answer(
    world: World, officer: Person, district: District, report_id: int, verdict: str = "accepted"
) -> None:
    """Let the Department answer a report."""
    points = [{"text": "Xin kiểm tra lại dòng này.", "table": "bieu_01", "row": "7.2", "column": "13"}]
    with world.acting(officer) as actor:
        report = db.session.get_one(DistrictReport, (district.tenant_id, report_id))
        reports.answer_report(actor, report, verdict, points if verdict == "returned" else ())
