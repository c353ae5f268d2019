"""The district's verbs on the real database: intake, supplements, verdicts, base figures, proposals."""

from __future__ import annotations

from datetime import date

import pytest

from portal.appraisal import operations as appraisal
from portal.appraisal.operations import PointAsked
from portal.dossiers.queries import open_sheet
from tenants.people import Role
from tenants.refusal import Conflict, Refused
from tests.builders import World


def _case(world: World, *, level: int = 1, confirmed: bool = True, **more):
    if confirmed:
        world.confirm_thresholds()
    district = world.a_district()
    unit = world.a_unit(district)
    number = world.a_dossier(district, unit, "submitted", level=level, **more)
    return district, unit, number, world.a_person(Role.DISTRICT_OFFICER, district)


def test_a_clean_dossier_goes_through(world: World) -> None:
    district, _unit, number, officer = _case(world, level=2)
    with world.acting(officer) as actor:
        dossier = world.dossier(district, number)
        appraisal.accept(actor, dossier)
        assert dossier.state == "accepted"
        agreed = appraisal.agree_with_rest(actor, dossier)
        assert len(agreed) > 10
        assert dossier.appraised_level == 2
        appraisal.propose(actor, dossier, "Hồ sơ đầy đủ.", seen_level=2)
        assert (dossier.state, dossier.proposed_level) == ("appraised", 2)
        appraisal.reopen(actor, dossier, "Xem lại")
        assert (dossier.state, dossier.proposed_level) == ("accepted", None)
