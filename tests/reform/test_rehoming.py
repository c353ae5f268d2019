"""Units with all their rows from place to place and back, over every owned table of the metadata."""

from __future__ import annotations

from datetime import date
from typing import Any

import psycopg
import pytest
from sqlalchemy import select

from portal import clock
from portal.evidence.store import store
from portal.reform import counting, rehoming
from portal.reform.carrying import carry_out
from portal.reform.models import Reform
from portal.reform.planning import plan_of
from portal.reform.returning import give_back
from portal.reform.rules import Kind, Rule, State, Successor
from portal.units.models import Unit
from tenants.database import Base, db
from tenants.places import Tenant
from tenants.scope import Scope, ScopeKind, acting_in
from tests.beds import bed_of, made_once
from tests.builders import STEWARD, World
from tests.victims import OWNED, Planter

TOLD = {"trail_entry", "notice", "figure_mark"}
"""What carrying out and undoing add to: told to people and recorded, and never taken back."""


@made_once
def planted(world: World) -> tuple[int, int, list[int]]:
    """Two districts, two units of the first with a row in every owned table that can have one."""
    old, other = world.a_district("Huyện An Lão"), world.a_district("Huyện Kiến Thụy")
    units = [world.a_unit(old, "Trường Một"), world.a_unit(old, "Trường Hai")]
    planter = Planter()
    for unit in units:
        for name in OWNED:
            planter.row(name, old, unit)
    return old, other, units


def everything(world: World) -> dict[str, list[str]]:
    """Every row of every owned table as text, read past the wall."""
    found = {}
    with psycopg.connect(**bed_of(world.app).superuser()) as connection:
        for table in rehoming.owned_tables():
            rows = connection.execute(f"select to_jsonb(t)::text from {table.name} t").fetchall()
            found[table.name] = sorted(row[0] for row in rows)
        tenants = connection.execute("select to_jsonb(t)::text from tenant t order by id").fetchall()
    return {**found, "tenant": [row[0] for row in tenants]}


def homes(world: World, units: list[int]) -> dict[str, set[tuple[int, int]]]:
    """By table, under which place the rows of some units lie."""
    found: dict[str, set[tuple[int, int]]] = {}
    with psycopg.connect(**bed_of(world.app).superuser()) as connection:
        for table in rehoming.owned_tables():
            if "unit_id" in table.columns:
                rows = connection.execute(
                    f"select distinct unit_id, tenant_id from {table.name} where unit_id = any(%s)", (units,)
                )
                found[table.name] = set(rows.fetchall())
    return found


def test_every_owned_table_has_its_fate() -> None:
    """A new table either follows its unit by its keys, or stands in the ledger of those that stay, with a reason."""
    for table in rehoming.owned_tables():
        ways = [rehoming.follows(table), table.name in rehoming.STAYS, table.name in rehoming.BY_STATEMENT]
        assert sum(ways) == 1, f"{table.name}: follows {ways}"
        if rehoming.follows(table):
            for key in table.foreign_key_constraints:
                parent = key.referred_table.name
                if "tenant_id" in key.column_keys and parent not in rehoming.STAYS and parent != "tenant":
                    assert key.onupdate == "CASCADE", f"{table.name} does not follow {parent}"
    assert set(rehoming.STAYS) | rehoming.BY_STATEMENT <= set(Base.metadata.tables)


def test_every_table_that_moves_is_counted_in_the_preview() -> None:
    """A table that follows its unit has a word people know, or a reason for being counted with another one."""
    moving = {
        table.name for table in rehoming.owned_tables() if rehoming.follows(table)
    } | rehoming.BY_STATEMENT
    worded = [table for tables in counting.KINDS.values() for table in tables]
    assert sorted([*worded, *counting.BESIDE]) == sorted(moving)
    assert counting.kinds().keys() == moving - counting.BESIDE.keys()


def test_the_preview_counts_every_row(world: World, quiet: tuple[int, int, list[int]]) -> None:
    """What the province is told goes to each place is what lies there after it was carried out, table by table."""
    old, other, units = quiet
    with acting_in(STEWARD):
        reform = a_plan(Kind.PART, [old], [Successor("1", "", other)], Rule(units={units[0]: "1"}))
        number = reform.id
    with acting_in(Scope(ScopeKind.PROVINCE, writes=False)):
        told = dict(counting.rows_by_kind(plan_of(db.session.get_one(Reform, number))))
    # The planted entry is of no recognition.
    assert told.keys() == counting.KINDS.keys() - {"Mục công bố"}
    with acting_in(STEWARD):
        carry_out(number)
    moved: dict[str, int] = {}
    with psycopg.connect(**bed_of(world.app).superuser()) as connection:
        for table, said in counting.kinds().items():
            if said in told:
                asked = f"select count(*) from {table} where tenant_id = %s and unit_id = %s"
                row = connection.execute(asked, (other, units[0])).fetchone()
                moved[said] = moved.get(said, 0) + (row[0] if row else 0)
    # Carrying out tells the unit's people; that notice was not there to be counted.
    moved["Thông báo và lần nhắc"] -= 1
    assert {said: many.get("1", 0) for said, many in told.items()} == moved


def a_plan(kind: Kind, sources: list[int], places: list[Successor], rule: Rule, **given: Any) -> Reform:
    """A confirmed plan as the province would leave it (call as the steward)."""
    reform = Reform(
        kind=kind,
        effective_on=given.pop("effective_on", date(2027, 1, 10)),
        document_number="01/NQ-HĐND",
        document_dated=date(2026, 12, 1),
        document_issuer="Hội đồng nhân dân thành phố",
        sources=sources,
        places=[place.as_json() for place in places],
        goes_to=rule.as_json(),
        state=State.CONFIRMED,
        created_at=clock.now(),
        created_by="Quản trị tỉnh",
        confirmed_at=clock.now(),
        reason="Giao thực hiện",
        **given,
    )
    db.session.add(reform)
    db.session.flush()
    return reform


def settle(world: World, old: int) -> None:
    """End what is under way among planted rows and would stop a plan; give every file of theirs a content."""
    sha256 = store().put(old, "Minh chứng".encode())
    with psycopg.connect(**bed_of(world.app).superuser()) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute(
            "update decision set state = 'issued', number = id || '/QĐ', dated = '2026-02-01', issued_at = now()"
        )
        connection.execute(
            "update council_meeting set state = 'closed', frozen = '{}', content_hash = 'x', closed_at = now()"
        )
        connection.execute("update job set state = 'done', ended_at = now(), lease = '', lease_until = null")
        for table, column in rehoming.file_columns():
            connection.execute(f"update {table.name} set {column} = %s where {column} <> ''", (sha256,))


@pytest.fixture
def quiet(world: World) -> tuple[int, int, list[int]]:
    """The planted districts with nothing under way and every file in the store."""
    old, other, units = planted(world)
    settle(world, old)
    return old, other, units


def test_all_rows_of_units_move_and_come_back(world: World, quiet: tuple[int, int, list[int]]) -> None:
    """Two units to two places: no row of theirs is left behind but the trail, none is changed, and all come back."""
    old, other, units = quiet
    before = everything(world)
    with acting_in(STEWARD):
        rule = Rule(units={units[1]: "2"}, rest={old: "1"})
        places = [Successor("1", "", other), Successor("2", "Xã Mới", kind="commune", code="99")]
        reform = a_plan(Kind.SPLIT, [old], places, rule).id
    with acting_in(STEWARD):
        carry_out(reform)
    with acting_in(STEWARD):
        new = db.session.scalars(select(Tenant.id).where(Tenant.code == "99")).one()
        origins = set(db.session.scalars(select(Unit.origin_tenant_id).where(Unit.id.in_(units))))
        assert origins == {old}
    for name, lie in homes(world, units).items():
        assert lie - {(units[0], other), (units[1], new)} <= (
            {(unit, old) for unit in units} if name == "trail_entry" else set()
        ), name
    assert everything(world)["trail_entry"][: len(before["trail_entry"])] != []
    with acting_in(STEWARD):
        row = db.session.get_one(Reform, reform)
        row.state, row.back_reason = State.BACK_ASKED, "Nghị quyết bị bãi bỏ"
    with acting_in(STEWARD):
        give_back(reform)
    after = everything(world)
    for name, rows in before.items():
        if name in TOLD:
            assert set(rows) <= set(after[name]), name
        elif name == "tenant":
            assert after[name][: len(rows)] == rows
        else:
            assert after[name] == rows, name
