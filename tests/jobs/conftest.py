"""A district whose year is decided and reported; each test has a copy of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from portal.config import Settings
from portal.jobs import operations
from portal.jobs.models import Job
from portal.jobs.working import Jobs
from tenants.access import GuardedFlask
from tenants.database import db
from tenants.people import Role
from tenants.scope import acting_in, enter
from tests.beds import bed_of, made_once
from tests.builders import STEWARD, Person, World
from tests.deciding import District


@dataclass
class Office:
    """The district with its people, its decision and the years of its archive."""

    world: World
    district: District
    admin: Person
    unit_head: Person
    decision_id: int
    other: District
    run_database: str = ""

    @property
    def tenant_id(self) -> int:
        """The district."""
        return self.district.tenant_id

    @property
    def settings(self) -> Settings:
        """The settings of the program."""
        found: Settings = self.world.app.extensions["settings"]
        return found

    @property
    def folder(self) -> Path:
        """Where the parts of jobs lie."""
        return self.settings.data / "jobs"

    def ask(self, person: Person | None = None, kind: str = "certificates", subject: int = 0) -> int:
        """Let somebody ask for a job; returns its number."""
        person = person or self.district.officer
        with self.world.acting(person) as actor:
            return operations.ask(actor, kind, subject or self.decision_id)[0].id

    def work(self, stop: Callable[[], bool] = lambda: False) -> int:
        """Let a worker do everything that is due; returns how many turns that were."""
        return Jobs().run(self.settings, stop)

    def job(self, job_id: int) -> Job:
        """The job as it stands."""
        with acting_in(STEWARD):
            row = db.session.query(Job).filter_by(id=job_id).one()
            db.session.expunge(row)
            return row

    def change(self, job_id: int, **values: Any) -> None:
        """Put a job into another state, as time or an accident would."""
        with acting_in(STEWARD):
            db.session.execute(update(Job).where(Job.id == job_id).values(**values))


@made_once
def _played(world: World) -> Office:
    world.confirm_thresholds()
    district, other = District(world), District(world, "Huyện Kiến Thụy")
    head = world.a_person(Role.UNIT_HEAD, district.tenant_id, world.a_unit(district.tenant_id))
    admin = world.a_person(Role.DISTRICT_ADMIN, district.tenant_id)
    district.appraised(1, 2)
    world.a_dossier(other.tenant_id, world.a_unit(other.tenant_id), "submitted")
    world.set_clock(2027, 1, 20, 9, 0)
    decision = district.issued()
    district.sent_report()
    return Office(world, district, admin, head, decision, other)


@pytest.fixture
def office(world: World, program: GuardedFlask, tmp_path: Path) -> Iterator[Office]:
    """The district, on a data folder of this test's own."""
    played = _played(world)
    kept = {name: program.extensions.pop(name, None) for name in ("evidence_store", "results_store")}
    settings = program.extensions["settings"]
    own = replace(settings, data=tmp_path, evidence=tmp_path / "evidence")
    own.evidence.mkdir()
    program.extensions["settings"] = own
    played.run_database = bed_of(program).name
    yield played
    enter(None)
    program.extensions |= {"settings": settings, **kept}
    for name in [name for name, store in kept.items() if store is None]:
        del program.extensions[name]
