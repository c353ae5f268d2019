"""A district with an officer and a dossier as far through its year as a test needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pytest

from portal.appraisal import operations as appraisal
from portal.dossiers.queries import Sheet, open_sheet
from tenants.people import Role
from tests.beds import made_once
from tests.builders import Person, World


@dataclass(frozen=True)
class Case:
    """One filed dossier and the people around it."""

    district: int
    unit: int
    dossier: int
    officer: Person


@pytest.fixture
def a_case(world: World) -> Callable[..., Case]:
    """Make a district with one dossier in `submitted` or `accepted`; thresholds confirmed unless told."""

    return partial(_case, world)


@made_once
def _case(
    world: World,
    state: str = "submitted",
    *,
    level: int = 2,
    confirmed: bool = True,
    members: int = 37,
) -> Case:
    if confirmed:
        world.confirm_thresholds()
    district = world.a_district()
    unit = world.a_unit(district)
    dossier = world.a_dossier(district, unit, "submitted", level=level, members=members)
    officer = world.a_person(Role.DISTRICT_OFFICER, district)
    if state == "accepted":
        with world.acting(officer) as actor:
            appraisal.accept(actor, world.dossier(district, dossier))
    return Case(district, unit, dossier, officer)


def code_of(sheet: Sheet, code: str) -> int:
    """Return the id of an indicator by its code."""
    return next(i.id for i in sheet.indicators if i.code == code)


def sheet_of(world: World, case: Case) -> Sheet:
    """Return the whole dossier as it stands (call inside a scope)."""
    return open_sheet(world.dossier(case.district, case.dossier))
