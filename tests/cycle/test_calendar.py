"""The calendar of a year: the law's dates, one's own, working days left, a file whose identifiers stay."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from icalendar import Calendar as File

from portal import clock
from portal.cycle.countdown import countdown, deadlines, next_of
from portal.cycle.days import add_day
from portal.cycle.rules import NO_OWN_DAYS, Calendar, OwnDays
from portal.opening.models import DistrictYear
from tenants.database import db
from tenants.people import Role
from tenants.scope import acting_in
from tests.beds import made_once
from tests.builders import STEWARD, Person, World

YEAR = Calendar(2026, date(2026, 1, 1), date(2027, 1, 15), date(2027, 2, 15), date(2027, 3, 15))
RULE = {"key": "submit", "month": 1, "day": 15, "exclusive": True, "years_after": 1, "article": "Điều 10",
        "note": "", "certainty": "found"}  # fmt: skip


def at(month: int, day: int, hour: int = 8) -> datetime:
    """Return a moment of 2027 in the morning."""
    return datetime(2027, month, day, hour - 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "own", "said"),
    [
        (at(1, 11), NO_OWN_DAYS, "Còn 4 ngày làm việc đến hạn nộp hồ sơ: hết ngày 14/01/2027."),
        (at(1, 14), NO_OWN_DAYS, "Còn 1 ngày làm việc đến hạn nộp hồ sơ: hết ngày 14/01/2027."),
        (at(1, 11), OwnDays(off=frozenset({date(2027, 1, 12)})), "Còn 3 ngày làm việc đến hạn nộp hồ sơ"),
        (at(1, 15), NO_OWN_DAYS, "đến hạn quyết định công nhận: hết ngày 14/02/2027."),
        (at(3, 13), NO_OWN_DAYS, "Không còn ngày làm việc nào đến hạn báo cáo về Sở: hết ngày 14/03/2027"),
        (at(3, 15), NO_OWN_DAYS, ""),
    ],
)
def test_the_countdown_counts_working_days(now: datetime, own: OwnDays, said: str) -> None:
    """The next deadline, in working days with the province's own; nothing once all are past."""
    found = countdown(YEAR, now, own)
    assert said in found
    assert bool(found) is bool(said)
    assert countdown(YEAR, at(1, 11), NO_OWN_DAYS, ()) == ""
    assert "quyết định" in countdown(YEAR, at(1, 11), NO_OWN_DAYS, ("decide",))


def test_what_the_law_says_and_what_is_unknown() -> None:
    """A date read in the law is confirmed, one the version does not know is none; tighter is told."""
    tight = Calendar(2026, date(2026, 1, 1), date(2027, 1, 10), date(2027, 2, 15), date(2027, 3, 15))
    submit, decide, _ = deadlines(tight, [RULE], at(1, 5), NO_OWN_DAYS)
    assert (submit.law, submit.confirmed, submit.tighter) == (date(2027, 1, 15), True, True)
    assert (decide.law, decide.confirmed, decide.tighter) == (None, False, False)
    assert next_of([submit, decide]) is submit


@pytest.fixture
@made_once
def ground(world: World) -> tuple[Person, Person, Person]:
    """A district with a date of its own, its officer, a unit's clerk, and the province's administrator."""
    admin = world.province_person()
    tenant = world.a_district()
    officer = world.a_person(Role.DISTRICT_OFFICER, tenant)
    clerk = world.a_person(Role.UNIT_EDITOR, tenant, world.a_unit(tenant))
    with acting_in(STEWARD):
        own = DistrictYear(
            tenant_id=tenant, year=2026, submit_before=date(2027, 1, 9), changed_at=clock.now()
        )
        db.session.add(own)
        db.session.commit()
    with world.acting(admin) as actor:
        add_day(actor, date(2027, 1, 13), "off", "Lễ hội của tỉnh")
    return admin, officer, clerk


def test_everybody_sees_the_calendar_as_it_is_to_them(
    world: World, app: Any, client: Any, ground: Any
) -> None:
    """The province sees which districts are tighter; district and unit their own day; the file says the same."""
    admin, officer, clerk = ground
    told = {}
    for name, person in (("province", admin), ("district", officer), ("unit", clerk)):
        own = world.sign_in(app.test_client(), person)
        page = own.get("/lich?nam=2026")
        assert page.status_code == 200
        assert "Lễ hội của tỉnh" in page.text
        file = own.get("/lich/2026.ics")
        assert file.mimetype == "text/calendar"
        events = {str(e["uid"]): e for e in File.from_ical(file.data).walk("VEVENT")}
        again = File.from_ical(own.get("/lich/2026.ics").data).walk("VEVENT")
        assert [str(e["uid"]) for e in again] == list(events)
        told[name] = page.text, {uid.split("-2026-")[-1]: e["dtstart"].dt for uid, e in events.items()}
        assert own.get("/lich/1999.ics").status_code == 404
        assert own.get("/lich?nam=x").status_code == 200
    submit = "submit@cong-don-vi-hoc-tap"
    assert told["province"][1][submit] == date(2027, 1, 14)
    assert told["district"][1][submit] == told["unit"][1][submit] == date(2027, 1, 8)
    assert "ngay-2027-01-13@cong-don-vi-hoc-tap" in told["unit"][1]
    assert "Huyện An Lão" in told["province"][0].split("Huyện có hạn riêng")[1]
    assert "sớm hơn" in told["district"][0]
    assert "Huyện có hạn riêng" not in told["district"][0]


def test_every_desk_counts_down(world: World, app: Any, ground: Any) -> None:
    """Unit, district and province are told how many working days remain."""
    world.set_clock(2027, 1, 5, 8)
    for person, path in zip(ground, ("/tinh", "/", "/"), strict=True):
        page = world.sign_in(app.test_client(), person).get(path)
        assert "ngày làm việc đến hạn nộp hồ sơ" in page.text, path
