"""The main line on the real database: a dossier is filled in, signed and filed in the unit's own scope."""

from __future__ import annotations

import pytest

from portal.dossiers import operations
from portal.dossiers.queries import dossier_of
from tenants.people import Role
from tenants.refusal import Refused
from tests.builders import World


def test_a_unit_fills_in_signs_and_files(world: World) -> None:
    """The receipt carries number and time, and a second filing returns the same receipt."""
    district = world.a_district()
    unit = world.a_unit(district)
    number = world.a_dossier(district, unit, "submitted")
    head = world.a_person(Role.UNIT_HEAD, district, unit)
    with world.acting(head) as actor:
        dossier = world.dossier(district, number)
        assert dossier.state == "submitted"
        assert dossier.receipt_number == f"HS-2026-{number:06d}"
        assert len(dossier.content_hash) == 64
        again = operations.submit(actor, dossier)
        assert again.submitted_at == dossier.submitted_at


def test_what_was_signed_is_frozen(world: World) -> None:
    """A signed dossier refuses changes, in the operation and in the database."""
    district = world.a_district()
    unit = world.a_unit(district)
    number = world.a_dossier(district, unit, "signed")
    head = world.a_person(Role.UNIT_HEAD, district, unit)
    with world.acting(head) as actor:
        dossier = world.dossier(district, number)
        with pytest.raises(Refused, match="Mở lại để sửa"):
            operations.add_team_member(actor, dossier, "Người mới", "", "member")


def test_another_district_sees_nothing(world: World) -> None:
    """The same number is unknown in another district."""
    here, there = world.a_district(), world.a_district("Huyện Kiến Thụy")
    number = world.a_dossier(here, world.a_unit(here), "submitted")
    officer = world.a_person(Role.DISTRICT_OFFICER, there)
    with world.acting(officer):
        assert dossier_of(here, number) is None
