"""Reforms after reforms: whose report is asked for at any depth, and through which places a unit came."""

from __future__ import annotations

import importlib
import re
from datetime import date, timedelta
from typing import Any

import psycopg
from sqlalchemy import func, literal, select
from sqlalchemy.dialects.postgresql import JSONB

from portal import clock
from portal.cycle.models import Cycle
from portal.province.queries import reporting_in
from portal.province.summary import overview
from portal.reform.carrying import carry_out
from portal.reform.models import Reform
from portal.reform.planning import plan_of, stops
from portal.reform.returning import give_back
from portal.reform.rules import Kind, Rule, State, Successor
from portal.units.models import Unit
from tenants.database import db
from tenants.people import Role
from tenants.places import Tenant
from tenants.scope import Scope, ScopeKind, acting_in
from tests.beds import bed_of
from tests.builders import STEWARD, World
from tests.forms import send
from tests.reform.test_rehoming import a_plan

NEW = {"kind": "commune"}


def sent(world: World, place: int, edition: int = 1, *, returned: bool = False) -> None:
    """Let a place have sent its report of 2026 a moment ago, and perhaps the Department have returned it."""
    with acting_in(STEWARD):
        at = clock.now()
    with psycopg.connect(**bed_of(world.app).superuser()) as connection:
        connection.execute("set session_replication_role = replica")
        row = connection.execute(
            "insert into district_report (tenant_id, year, edition, amendment, state, narrative, explanations,"
            " snapshot, number, signer, signer_title, created_at, locked_at, locked_by, sent_at, sent_by, late, version)"
            " values (%(place)s, 2026, %(edition)s, 0, 'sent', '{}', '{}', '{}', '1/BC', 'Trưởng phòng', '',"
            " %(at)s, %(at)s, '', %(at)s, '', false, 1) returning id",
            {"place": place, "edition": edition, "at": at},
        ).fetchone()
        if returned and row:
            connection.execute(
                "insert into report_answer (tenant_id, report_id, verdict, points, answered_at, answered_by)"
                " values (%s, %s, 'returned', '[{}]', %s, '')",
                (place, row[0], at),
            )


def gone_over(world: World, day: int, sources: list[int], code: str) -> tuple[int, int]:
    """Carry out on a day of January 2027 that places go over to a new place; returns the plan and the new place."""
    world.set_clock(2027, 1, day, 10)
    with acting_in(STEWARD):
        rule = Rule(rest=dict.fromkeys(sources, "1"))
        places = [Successor("1", f"Xã {code}", code=code, **NEW)]
        plan = a_plan(Kind.SPLIT, sources, places, rule, effective_on=date(2027, 1, day)).id
    with acting_in(STEWARD):
        carry_out(plan)
    with acting_in(STEWARD):
        return plan, db.session.scalars(select(Tenant.id).where(Tenant.code == code)).one()


def asked(world: World) -> list[str]:
    """The places whose report of 2026 the province has or asks for."""
    with acting_in(STEWARD):
        return [place.name for place in reporting_in(2026)]


def not_owed_there(officer: Any) -> list[str]:
    """The years which a place's own page of reports says it need not report."""
    rows = officer.get("/huyen/bao-cao").text.split("</tr>")
    return [re.findall(r"Năm (\d+)", row)[0] for row in rows if "Không phải gửi" in row]


def came_through(unit: int) -> list[int]:
    """The places a unit came through."""
    with acting_in(STEWARD):
        row = db.session.scalars(select(Unit).where(Unit.id == unit)).one()
        assert [stay["since"] for stay in row.came_through] == [
            None,
            *(stay["until"] for stay in row.came_through[:-1]),
        ][: len(row.came_through)]
        return [stay["place"] for stay in row.came_through]


def test_the_report_is_asked_of_who_holds_what_nobody_told(world: World, client: Any) -> None:
    """A becomes B becomes C in one year: B told for A, so that C owes nothing, until B's report comes back to nobody."""
    old, other = world.a_district("Huyện A"), world.a_district("Huyện K")
    unit = world.a_unit(old, "Trường Một")
    world.a_unit(old, "Trường Hai")
    world.a_unit(other, "Trường Ba")
    _, middle = gone_over(world, 11, [old], "B")
    assert asked(world) == ["Huyện K", "Xã B"]
    sent(world, middle)
    second, last = gone_over(world, 12, [middle], "C")
    assert asked(world) == ["Huyện K", "Xã B"]
    assert came_through(unit) == [old, middle]
    officer = world.sign_in(client, world.a_person(Role.DISTRICT_OFFICER, last))
    assert not_owed_there(officer) == ["2026"]
    refused = send(officer, "/huyen/bao-cao", {"year": "2026"})
    assert "không phải lập báo cáo năm 2026" in refused.text
    with acting_in(STEWARD):
        row = db.session.get_one(Reform, second)
        row.state, row.back_reason = State.BACK_ASKED, "Nghị quyết bị bãi bỏ"
    with acting_in(STEWARD):
        give_back(second)
    assert came_through(unit) == [old]
    assert asked(world) == ["Huyện K", "Xã B"]
    sent(world, middle, 2, returned=True)
    with acting_in(STEWARD), psycopg.connect(**bed_of(world.app).superuser()) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute("delete from district_report where tenant_id = %s and edition = 1", (middle,))
    _, last = gone_over(world, 13, [middle], "D")
    assert asked(world) == ["Huyện K", "Xã D"]
    assert came_through(unit) == [old, middle]
    assert last != middle
    officer = world.sign_in(client, world.a_person(Role.DISTRICT_OFFICER, last))
    assert not_owed_there(officer) == []
    page = officer.get(f"/huyen/don-vi/{unit}").text
    assert re.findall(r"<td>(Huyện A|Xã B)</td><td class=\"num\">(\S+) ", page) == [
        ("Huyện A", "11/01/2027"),
        ("Xã B", "13/01/2027"),
    ]


def test_units_moved_before_get_their_places_from_the_record_of_the_reforms(world: World) -> None:
    """What the migration finds is what moving writes down, of units that moved twice, once and never."""
    old, other = world.a_district("Huyện A"), world.a_district("Huyện K")
    units = [world.a_unit(old, "Trường Một"), world.a_unit(other, "Trường Hai")]
    still = world.a_unit(world.a_district("Huyện L"), "Trường Ba")
    _, middle = gone_over(world, 11, [old], "B")
    gone_over(world, 12, [middle, other], "C")
    migration = importlib.import_module("migrations.versions.0033_stays")
    with psycopg.connect(**bed_of(world.app).superuser()) as connection:
        connection.execute("update unit set came_through = '[]'")
        connection.execute(migration._KNOWN)
    assert [came_through(unit) for unit in (*units, still)] == [[old, middle], [other], []]


def a_part_left(world: World, old: int, *, reported: bool) -> int:
    """Let a place lose one of its two units, returned, to a new place after the year, perhaps once it reported of both."""
    units = [world.a_unit(old, "Trường Một"), world.a_unit(old, "Trường Hai")]
    world.set_clock(2027, 1, 11, 10)
    if reported:
        sent(world, old)
    with acting_in(STEWARD):
        plan = a_plan(
            Kind.PART,
            [old],
            [Successor("1", "Xã B", code="B", **NEW)],
            Rule(units={units[0]: "1"}),
            effective_on=date(2027, 1, 11),
        ).id
    with acting_in(STEWARD):
        carry_out(plan)
    return units[0]


def reporting_told() -> tuple[int, int]:
    """How many places the overview of 2026 shows, and of how many it says that they owe a report."""
    with acting_in(STEWARD):
        year = overview(db.session.scalars(select(Cycle).where(Cycle.year == 2026)).one(), official=False)
    return year.districts, year.reporting


def test_a_part_that_left_before_its_place_reported_is_asked_of_its_new_place(world: World) -> None:
    """What a place sends after a part of it went tells nothing of that part."""
    old = world.a_district("Huyện A")
    gone = a_part_left(world, old, reported=False)
    world.set_clock(2027, 1, 12, 10)
    sent(world, old)
    assert asked(world) == ["Huyện A", "Xã B"]
    assert reporting_told() == (2, 2)
    with acting_in(STEWARD):
        new = db.session.scalars(select(Tenant.id).where(Tenant.name == "Xã B")).one()
        came = db.session.scalars(select(Unit.came_through).where(Unit.id == gone)).one()
    forged = [came[0] | {"until": "2040-01-01T00:00:00+07:00"}]
    for asker, place, ways, answer in (
        (old, old, [], True), (new, new, came, False), (new, old, [], False), (new, new, forged, False)
    ):  # fmt: skip
        with acting_in(Scope(ScopeKind.DISTRICT, asker, writes=False)):
            told = func.unit_told(place, literal(ways, JSONB), 2026, clock.today())
            assert db.session.scalar(select(told)) is answer
    with acting_in(STEWARD):
        assert db.session.scalar(select(func.unit_told(new, literal(forged, JSONB), 2026, clock.today())))


def test_a_part_that_left_after_its_place_reported_is_asked_of_nobody(world: World) -> None:
    """The new place has a line of its own in the overview, and is none of those whose report is missing."""
    a_part_left(world, world.a_district("Huyện A"), reported=True)
    assert asked(world) == ["Huyện A"]
    assert reporting_told() == (2, 1)


def test_reported_and_unreported_units_do_not_come_together(world: World) -> None:
    """One who sent and one who did not become one place: its report would count the first twice; the plan waits."""
    told, untold = world.a_district("Huyện A"), world.a_district("Huyện K")
    for place in (told, untold):
        world.a_unit(place, f"Trường {place}")
    sent(world, told)
    world.set_clock(2027, 1, 11, 10)
    with acting_in(STEWARD):
        plan = a_plan(
            Kind.MERGE,
            [told, untold],
            [Successor("1", "Xã B", code="B", **NEW)],
            Rule(rest={told: "1", untold: "1"}),
            effective_on=clock.today() + timedelta(days=1),
        )
        against = [stop.sentence for stop in stops(plan_of(plan)) if stop.hard]
    assert [sentence[:96] for sentence in against] == [
        "Năm 2026, Xã B sẽ có 1 đơn vị đã nằm trong báo cáo đã gửi và 1 đơn vị chưa (Huyện K): số toàn tỉ"
    ]
    sent(world, untold)
    with acting_in(STEWARD):
        assert not [stop for stop in stops(plan_of(db.session.scalars(select(Reform)).one())) if stop.hard]
