"""Dossiers of real units for the tests of papers: filled in, signed and filed by the real verbs."""

from __future__ import annotations

from datetime import date
from typing import Any

from portal.demo.team import hold_meeting
from portal.dossiers import operations
from portal.dossiers.queries import open_sheet
from portal.papers.content import Content, content_of
from portal.papers.office import Office, office_of
from portal.units.models import Unit
from tenants.database import db
from tenants.people import Role
from tenants.places import Tenant
from tenants.scope import acting_in
from tests.beds import made_once
from tests.builders import STEWARD, Person, World

LETTER = {"letter_number": "03/TTr-THMĐ", "letter_date": date(2027, 1, 8)}
TEXTS = {"strengths": "Kế hoạch gắn với sinh hoạt chuyên môn.", "plan": "Hoàn thành bồi dưỡng trong quý I."}


class School:
    """A unit with its head and one dossier, which a test takes as far as it needs."""

    def __init__(
        self, world: World, tenant_id: int | None = None, state: str = "filled", **unit: Any
    ) -> None:
        self.world = world
        self.tenant_id = tenant_id or world.a_district()
        self.unit_id = world.a_unit(self.tenant_id, **unit)
        self.head: Person = world.a_person(
            Role.UNIT_HEAD, self.tenant_id, self.unit_id, name="Hiệu trưởng Trường Tiểu học Mỹ Đức"
        )
        with acting_in(STEWARD):
            row = db.session.get_one(Unit, (self.tenant_id, self.unit_id))
            self.code = row.code
            row.superior, row.symbol = "Ủy ban nhân dân huyện An Lão", "THMĐ"
        self.id = world.a_dossier(self.tenant_id, self.unit_id, state)

    def answer(self, code: str, **given: Any) -> None:
        """Answer one indicator anew."""
        with self.world.acting(self.head) as actor:
            dossier = self.world.dossier(self.tenant_id, self.id)
            sheet = open_sheet(dossier)
            indicator = next(i for i in sheet.indicators if i.code == code)
            version = sheet.answers[indicator.id].version
            operations.save_answer(
                actor,
                dossier,
                indicator.id,
                operations.Given(**{"explanation": "Xem hồ sơ.", **given}, version=version),
            )

    def write(self, **texts: Any) -> None:
        """Save texts of the papers."""
        with self.world.acting(self.head) as actor:
            dossier = self.world.dossier(self.tenant_id, self.id)
            operations.save_texts(actor, dossier, dossier.version, **texts)

    def sign(self, *, submit: bool = False) -> None:
        """Sign the dossier, and file it where asked."""
        with self.world.acting(self.head) as actor:
            dossier = self.world.dossier(self.tenant_id, self.id)
            hold_meeting(actor, dossier)
            operations.sign(actor, dossier)
            if submit:
                operations.submit(actor, dossier)

    def content(self) -> tuple[Content, Office]:
        """Return what its papers say now."""
        with self.world.acting(self.head, writes=False):
            sheet = open_sheet(self.world.dossier(self.tenant_id, self.id))
            tenant = db.session.get_one(Tenant, self.tenant_id)
            return content_of(sheet), office_of(tenant, demo=True)

    def change(self, **particulars: Any) -> None:
        """Change the unit's row behind the dossier's back, as a later edit of the registry does."""
        with acting_in(STEWARD):
            row = db.session.get_one(Unit, (self.tenant_id, self.unit_id))
            for name, value in particulars.items():
                setattr(row, name, value)


@made_once
def a_school(world: World, *given: Any, **more: Any) -> School:
    """A school with its dossier, as `School` takes it."""
    return School(world, *given, **more)
