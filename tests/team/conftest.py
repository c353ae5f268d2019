"""A school with its head, its clerk and a filled dossier, and a browser of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from portal.dossiers.models import Dossier
from portal.dossiers.queries import Sheet, open_sheet
from tenants.people import Role
from tests.beds import made_once
from tests.builders import Person, World
from tests.forms import send

EVERYBODYS = "/ai-duoc-lam-gi"


@dataclass
class Desk:
    """One person at a browser in the school."""

    client: Any
    world: World
    person: Person

    def get(self, path: str) -> Any:
        """Open a page."""
        return self.world.sign_in(self.client, self.person).get(path)

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> Any:
        """Send a form with its token."""
        client = self.world.sign_in(self.client, self.person)
        return send(client, path, data, page=EVERYBODYS, **more)


@dataclass
class School:
    """The school of a test."""

    world: World
    client: Any
    tenant_id: int
    unit_id: int
    head: Person
    clerk: Person
    dossier_id: int

    @property
    def path(self) -> str:
        """Address of the dossier."""
        return f"/ho-so/{self.dossier_id}"

    def at(self, person: Person) -> Desk:
        """Return the browser of a person."""
        return Desk(self.client, self.world, person)

    def dossier(self) -> Dossier:
        """Return the dossier as it stands (call inside a scope)."""
        return self.world.dossier(self.tenant_id, self.dossier_id)

    def sheet(self) -> Sheet:
        """Return the dossier with everything in it (call inside a scope)."""
        return open_sheet(self.dossier())


@pytest.fixture
def school(world: World, client: Any) -> School:
    """A school whose dossier is filled in, with its minutes closed."""
    return School(world, client, *_filled(world))


@made_once
def _filled(world: World) -> tuple[int, int, Person, Person, int]:
    district = world.a_district()
    unit = world.a_unit(district)
    world.confirm_thresholds()
    head = world.a_person(Role.UNIT_HEAD, district, unit, name="Hiệu trưởng nhà trường")
    clerk = world.a_person(Role.UNIT_EDITOR, district, unit, name="Cán bộ đầu mối nhà trường")
    return district, unit, head, clerk, world.a_dossier(district, unit, "filled")
