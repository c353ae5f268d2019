"""A district of 300 units whose dossiers of 2026 stand at every step of January: loaded at once, judged by the rules."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update

from portal.appraisal.models import Finding
from portal.cycle.models import Cycle
from portal.demo import before, bulk
from portal.demo.bulk import Catalogue, Draft, Registered
from portal.demo.history import number_receipts
from portal.demo.registry import places, units_of
from portal.dossiers.models import Dossier
from portal.dossiers.queries import Sheet, open_sheets
from portal.dossiers.signature import canonical, digest
from portal.dossiers.states import State
from portal.words import ZONE
from tenants.database import db
from tenants.people import Role
from tenants.places import TenantKind
from tenants.scope import acting_in
from tests.builders import STEWARD, World
from tests.deciding import District

YEAR = 2026
UNITS = 300
UNFILED, UNREACHED, FILED, ACCEPTED = 10, 10, 8, 22
"""How many have filed nothing, ended the year by themselves, wait for intake, for appraisal; the others are appraised."""
OFFICER = "Chuyên viên Phòng GDĐT"


@dataclass(frozen=True)
class Held:
    """A dossier of the district with its unit."""

    id: int
    unit_id: int
    name: str


class WholeDistrict(District):
    """A district with all its people, its registry, and what units brought along from earlier years."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.admin = world.a_person(Role.DISTRICT_ADMIN, self.tenant_id)
        self.council = world.a_person(Role.DISTRICT_COUNCIL, self.tenant_id)
        world.confirm_thresholds()
        chance = random.Random(300)
        rural = [place for place in places() if place.kind is TenantKind.RURAL_DISTRICT and place.communes]
        communes = dict.fromkeys(commune for place in rural for commune in place.communes)
        wide = replace(next(place for place in rural if place.slug == "anlao"), communes=tuple(communes))
        data = [unit for unit in units_of(wide, chance) if not unit.sensitive]
        with acting_in(STEWARD):
            self.units = bulk.register_units(self.tenant_id, "AL", data[:UNITS])
            before.load_past(self.units, chance)

    def file_all(self) -> None:
        """Let the units have filed from 02 to 08/01/2027, and most dossiers be appraised by the 12th."""
        chance = random.Random(YEAR)
        with acting_in(STEWARD):
            catalogue = Catalogue.load(db.session.get_one(Cycle, (YEAR, "district")).version_id)
            drafts = [self._draft(unit, number, catalogue, chance) for number, unit in enumerate(self.units)]
            made = [draft for draft in drafts if draft is not None]
            own = [
                bulk.team_decision(YEAR, chance)
                | {
                    "created_at": datetime(2026, 12, 20, 8, tzinfo=ZONE),
                    "requested_level": draft.assessment.level or None,
                    "letter_number": f"{chance.randint(3, 60):02d}/TTr",
                    "letter_date": date(2027, 1, 2),
                }
                for draft in made
            ]
            bulk.load_drafts(made, catalogue, own)
            filed = [draft for draft in made if draft.assessment.level]
            rows = db.session.scalars(select(Dossier).where(Dossier.tenant_id == self.tenant_id)).all()
            sheets = open_sheets(rows)
            steps = [{"b_id": d.id, **_filed(d, sheets[d.id], number)} for number, d in enumerate(filed)]
            _move(steps)
            ended = {"state": State.CLOSED_UNREACHED, "closed_reason": "Chưa đạt mức độ 1."}
            _move([{"b_id": d.id, **ended} for d in made if not d.assessment.level])
            judged = filed[FILED + ACCEPTED :]
            bulk.insert_all(Finding, [row for draft in judged for row in _agreed(draft)])
            number_receipts(self.tenant_id)

    def _draft(
        self, unit: Registered, number: int, catalogue: Catalogue, chance: random.Random
    ) -> Draft | None:
        if number < UNFILED:
            return None
        aim = 0 if number < UNFILED + UNREACHED else 1 + number % 2
        return bulk.draft(unit, YEAR, catalogue, chance, aim=aim)

    def of(self, state: State) -> list[Held]:
        """Return the dossiers in a state, in the order of their numbers."""
        names = {unit.unit_id: unit.data.name for unit in self.units}
        with acting_in(STEWARD):
            rows = db.session.execute(
                select(Dossier.id, Dossier.unit_id)
                .where(Dossier.tenant_id == self.tenant_id, Dossier.state == state)
                .order_by(Dossier.id)
            )
            return [Held(number, unit_id, names[unit_id]) for number, unit_id in rows]


def _move(rows: list[dict[str, Any]]) -> None:
    """Set the columns of many dossiers, all rows with the same ones."""
    names = [name for name in rows[0] if name != "b_id"]
    statement = update(Dossier.__table__).where(Dossier.__table__.c.id == bindparam("b_id"))
    db.session.execute(statement.values({name: bindparam(name) for name in names}), rows)


def _filed(draft: Draft, sheet: Sheet, number: int) -> dict[str, Any]:
    """Return what the steps wrote from the signature up to where the dossier stands."""
    content = canonical(sheet)
    at = datetime(2027, 1, 2 + number % 7, 9, tzinfo=ZONE)
    who = f"{draft.unit.data.head_title} – {draft.unit.data.name}"[:200]
    received, judged = number >= FILED, number >= FILED + ACCEPTED
    level = draft.assessment.level if judged else None
    return {
        "state": State.APPRAISED if judged else State.ACCEPTED if received else State.SUBMITTED,
        "signed_at": at,
        "signed_by": who,
        "content_hash": digest(content),
        "frozen": content,
        "submitted_at": at,
        "submitted_by": who,
        "accepted_at": at + timedelta(days=1) if received else None,
        "accepted_by": OFFICER if received else "",
        "appraised_at": at + timedelta(days=4) if judged else None,
        "appraised_by": OFFICER if judged else "",
        "appraised_level": level,
        "proposed_level": level,
    }


def _agreed(draft: Draft) -> list[dict[str, Any]]:
    """Return findings that agree with the unit on every indicator."""
    return [
        {
            **bulk.key_of(draft),
            "indicator_id": finding.indicator.id,
            "verdict": "agreed",
            "met_1": finding.outcomes[1].value,
            "met_2": finding.outcomes[2].value,
            "changed_at": datetime(2027, 1, 12, 9, tzinfo=ZONE),
            "changed_by": OFFICER,
        }
        for finding in draft.assessment.findings
        if finding.applies
    ]
