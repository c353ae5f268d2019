"""Two officers in the same moment, each on a connection of their own: one story, nothing doubled."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select

from portal.appraisal import operations as appraisal
from portal.appraisal.models import Finding
from portal.appraisal.reminders import remind
from portal.notices.models import Notice
from portal.web import Listing
from tenants.access import GuardedFlask
from tenants.database import db
from tenants.identity import Identity
from tenants.people import Role
from tenants.refusal import Conflict
from tests.appraisal.conftest import Case, code_of, sheet_of
from tests.builders import Person, World

Make = Callable[..., Case]


def together(
    app: GuardedFlask, world: World, people: list[Person], act: Callable[[Identity, int], Any]
) -> list[Any]:
    """Let people act at the same moment; returns what each got, an exception as the value."""
    start, results = threading.Barrier(len(people)), [None] * len(people)

    def run(place: int, person: Person) -> None:
        with app.app_context():
            try:
                with world.acting(person) as actor:
                    start.wait(10)
                    results[place] = act(actor, place)
            except Exception as refused:
                results[place] = refused  # type: ignore[call-overload]
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def test_the_same_intake(app: GuardedFlask, world: World, a_case: Make) -> None:
    """One takes the dossier in, the other is told who was faster."""
    case = a_case()
    people = [case.officer, world.a_person(Role.DISTRICT_OFFICER, case.district)]
    got = together(
        app, world, people, lambda a, _: appraisal.accept(a, world.dossier(case.district, case.dossier)).state
    )
    assert "accepted" in got
    refused = [one for one in got if isinstance(one, Conflict)]
    assert len(refused) == 1
    assert "đã tiếp nhận hồ sơ này lúc" in refused[0].sentence


def test_the_same_finding(app: GuardedFlask, world: World, a_case: Make) -> None:
    """One verdict stands; the other comes back with it."""
    case = a_case("accepted")
    with world.acting(case.officer, writes=False):
        target = code_of(sheet_of(world, case), "2.5")
    people = [case.officer, world.a_person(Role.DISTRICT_OFFICER, case.district)]

    def judge(actor: Identity, place: int) -> int:
        dossier = world.dossier(case.district, case.dossier)
        why = {"reason_code": "figure_mismatch", "reason": f"Người {place}"}
        appraisal.judge(actor, dossier, target, "corrected", part=30 + place, **why)
        return place

    got = together(app, world, people, judge)
    refused = [one for one in got if isinstance(one, Conflict)]
    winner = next(one for one in got if isinstance(one, int))
    assert len(refused) == 1
    with world.acting(case.officer, writes=False):
        rows = list(db.session.scalars(select(Finding).where(Finding.dossier_id == case.dossier)))
        assert [row.part for row in rows] == [30 + winner]


def test_the_same_reminder(app: GuardedFlask, world: World, a_case: Make) -> None:
    """Both press the button: each unit has one notice."""
    case = a_case()
    for number in range(5):
        world.a_unit(case.district, f"Trường Mầm non số {number}", "preschool")
    people = [case.officer, world.a_person(Role.DISTRICT_OFFICER, case.district)]
    asked = Listing(q="", sort="name", direction="asc", filters={})
    got = together(app, world, people, lambda actor, _: remind(actor, 2026, asked).sent)
    assert sorted(got) == [0, 5]
    with world.acting(case.officer, writes=False):
        told = select(func.count()).where(Notice.sentence.like("Phòng GDĐT nhắc%"))
        assert db.session.scalar(told) == 5
