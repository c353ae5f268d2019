"""Rows that go with their unit to another place: what the metadata says of each table, and the statements that do it.

A unit moves by one UPDATE of its key, which the database cascades through every composite key. What belongs to a place
and not to a unit stays; where rows of units point at it (a decision, a council's meeting, an import), the other place
gets a copy under the same number first. Runs as the steward, inside the transaction that carries a reform out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ForeignKeyConstraint,
    Table,
    and_,
    any_,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT
from sqlalchemy.dialects.postgresql import insert as upsert

import portal.schema  # noqa: F401  (every table is known)
from portal import clock
from portal.recognition.models import Recognition
from portal.units.models import Unit
from tenants.database import Base, db

STAYS = {
    "announcement": "announced by the place",
    "api_token": "given to a system that reads the place",
    "council": "the place's own council",
    "council_meeting": "what the place's council said",
    "decision": "issued by the place, in its name",
    "district_activity": "what the place itself did",
    "district_report": "what the place reported, with its answers",
    "district_target": "the place's own goals",
    "district_year": "the place's own dates and plan",
    "figure_mark": "the database marks both places when a unit moves",
    "figure_summary": "counted again for both places",
    "guidance_entry": "published by the place",
    "import_batch": "files the place took in",
    "inquiry_term": "what the place promised for itself",
    "job": "asked for by the place's people",
    "published_figure": "as the place's report said when it was accepted",
    "registration_term": "the place's own term",
    "report_answer": "the Department's answer to the place",
    "report_reopening": "what the place asked of the Department",
    "role_proposal": "of the place's own people",
    "trail_entry": "what was done stays recorded where it was done",
    "trail_seal": "the chain of what stays recorded there",
    "visit_plan": "the place's own plan",
    "year_notice": "what the place published",
}
"""Tables whose rows do not follow a unit, each with its reason."""
BY_STATEMENT = {"register_entry"}
"""Tables without a key to the unit that follow it by a statement of their own."""


def owned_tables() -> list[Table]:
    """Return every table whose rows belong to a tenant, by name."""
    return [Base.metadata.tables[name] for name in sorted(Base.metadata.tables) if _is_owned(name)]


def _is_owned(name: str) -> bool:
    columns = Base.metadata.tables[name].columns
    return "tenant_id" in columns and columns["tenant_id"].primary_key


def follows(table: Table) -> bool:
    """Return whether a table's rows follow their unit by the keys of the database alone."""
    return table.name == "unit" or (table.name not in STAYS and any(_leads_to_unit(table)))


def _leads_to_unit(table: Table) -> Iterator[bool]:
    for key in table.foreign_key_constraints:
        parent = key.referred_table
        if "tenant_id" in key.column_keys and key.onupdate == "CASCADE" and parent.name != "tenant":
            yield parent.name not in STAYS and follows(parent)


@cache
def parents_that_stay() -> tuple[ForeignKeyConstraint, ...]:
    """Return the keys by which rows that move point at rows that stay, those of the farther parents last."""
    found: list[ForeignKeyConstraint] = []
    for table in owned_tables():
        if follows(table):
            found += [key for key in _owned_keys(table) if key.referred_table.name in STAYS]
    return tuple(found)


def _owned_keys(table: Table) -> list[ForeignKeyConstraint]:
    keys = [key for key in table.foreign_key_constraints if "tenant_id" in key.column_keys]
    return sorted(
        (key for key in keys if key.referred_table.name != "tenant"), key=lambda key: str(key.column_keys)
    )


def _pointer(key: ForeignKeyConstraint) -> str:
    return next(name for name in key.column_keys if name != "tenant_id" and name != "unit_id")


def among(column: Any, numbers: Sequence[int]) -> ColumnElement[bool]:
    """Return the condition that a column is one of many numbers, sent as one value."""
    return and_(column == any_(literal(list(numbers), ARRAY(BIGINT))))


def leave_copies(source: int, target: int, units: Sequence[int]) -> dict[str, list[int]]:
    """Give a place a copy, under the same number, of every row that stays and that its new units point at.

    Returns the numbers copied by table; the originals are not touched.
    """
    copied: dict[str, list[int]] = {}
    for key in parents_that_stay():
        child, pointer = key.table, key.table.c[_pointer(key)]
        wanted = select(pointer).where(
            child.c.tenant_id == source, among(child.c.unit_id, units), pointer.is_not(None)
        )
        _copy(key.referred_table, source, target, list(db.session.scalars(wanted.distinct())), copied)
    return copied


def _copy(
    table: Table, source: int, target: int, numbers: Sequence[int], copied: dict[str, list[int]]
) -> None:
    if not numbers:
        return
    rows = and_(table.c.tenant_id == source, among(table.c.id, numbers))
    for key in _owned_keys(table):
        above = select(table.c[_pointer(key)]).where(rows, table.c[_pointer(key)].is_not(None))
        _copy(key.referred_table, source, target, list(db.session.scalars(above.distinct())), copied)
    values: dict[str, Any] = {column.name: column for column in table.columns}
    values["tenant_id"] = literal(target).label("tenant_id")
    if "origin_tenant_id" in values:
        values["origin_tenant_id"] = func.coalesce(table.c.origin_tenant_id, source)
    # A place has one running council of its own; one that came from elsewhere is over.
    if table.name == "council":
        values["ended_on"] = func.coalesce(table.c.ended_on, clock.today())
        values["ended_by"] = func.coalesce(func.nullif(table.c.ended_by, ""), "Sắp xếp địa giới")
    fresh = (
        upsert(table)
        .from_select(list(values), select(*values.values()).where(rows))
        .on_conflict_do_nothing(index_elements=["tenant_id", "id"])
        .returning(table.c.id)
    )
    made = list(db.session.scalars(fresh))
    copied.setdefault(table.name, []).extend(made)


def drop_copies(target: int, copied: Mapping[str, Sequence[int]]) -> None:
    """Take copies away again, those that point at others first; nothing may point at them any more."""
    for table in reversed(Base.metadata.sorted_tables):
        if copied.get(table.name):
            db.session.execute(
                delete(table).where(table.c.tenant_id == target, among(table.c.id, copied[table.name]))
            )


def uncopied(target: int, units: Sequence[int], copied: Mapping[str, Sequence[int]]) -> set[str]:
    """Return the tables in which units point at rows a place made itself: those could not follow the units back."""
    found = set()
    for key in parents_that_stay():
        child, pointer = key.table, key.table.c[_pointer(key)]
        known = copied.get(key.referred_table.name, ())
        own = select(pointer).where(
            child.c.tenant_id == target,
            among(child.c.unit_id, units),
            pointer.is_not(None),
            ~among(pointer, known),
        )
        if db.session.scalar(own.limit(1)):
            found.add(key.referred_table.name)
    return found


def origins_of(source: int, units: Sequence[int]) -> dict[int, int | None]:
    """Return the place of origin of units, None for those that never moved."""
    rows = select(Unit.id, Unit.origin_tenant_id).where(Unit.tenant_id == source, among(Unit.id, units))
    return {row.id: row.origin_tenant_id for row in db.session.execute(rows)}


def move(source: int, target: int, origins: Mapping[int, int | None], *, back: bool = False) -> None:
    """Move units with everything that is theirs, in one statement; the database carries the key through.

    `origins`: the units, each with the place of origin it is to have from then on. The place they leave is added to
    those they came through; `back`: they return to the last of these, which is taken off.
    """
    if not origins:
        return
    given = (
        func.unnest(literal(list(origins), ARRAY(BIGINT)), literal(list(origins.values()), ARRAY(BIGINT)))
        .table_valued("id", "origin", name="given")
        .render_derived()
    )
    unit = Base.metadata.tables["unit"]
    through = unit.c.came_through
    stay = func.jsonb_build_object(
        "place", source, "since", through[-1]["until"], "until", clock.now().isoformat()
    )
    came = through.op("-")(-1) if back else through.op("||")(func.jsonb_build_array(stay))
    db.session.execute(
        update(unit)
        .where(unit.c.tenant_id == source, unit.c.id == given.c.id)
        .values(tenant_id=target, origin_tenant_id=given.c.origin, came_through=came)
    )


def recode(place: int, codes: Mapping[int, str]) -> None:
    """Give units of a place other codes."""
    unit = Base.metadata.tables["unit"]
    for number, code in codes.items():
        db.session.execute(
            update(unit).where(unit.c.tenant_id == place, unit.c.id == number).values(code=code)
        )


def move_entries(source: int, target: int, units: Sequence[int], *, back: bool = False) -> None:
    """Let the public entries of units that have moved follow; what was published stays word for word.

    `back`: an entry that comes home loses its place of origin again.
    """
    entry = Base.metadata.tables["register_entry"]
    codes = select(Recognition.code).where(Recognition.tenant_id == target, among(Recognition.unit_id, units))
    origin = (
        func.nullif(entry.c.origin_tenant_id, target)
        if back
        else func.coalesce(entry.c.origin_tenant_id, source)
    )
    db.session.execute(
        update(entry)
        .where(entry.c.tenant_id == source, entry.c.code.in_(codes))
        .values(tenant_id=target, origin_tenant_id=origin)
    )


def set_aside(source: int, goes: Mapping[int, int]) -> list[dict[str, Any]]:
    """Take out the marks "two units of one name" of units that part, and return them for the way back.

    `goes`: where units of the source are going; the others stay.
    """
    marks = Base.metadata.tables["distinct_units"]
    rows = db.session.execute(select(marks).where(marks.c.tenant_id == source)).mappings().all()
    parted = [
        dict(row) for row in rows if goes.get(row["first_id"], source) != goes.get(row["second_id"], source)
    ]
    numbers = [row["id"] for row in parted]
    db.session.execute(delete(marks).where(marks.c.tenant_id == source, among(marks.c.id, numbers)))
    return [{**row, "marked_at": row["marked_at"].isoformat()} for row in parted]


def put_back(rows: Sequence[Mapping[str, Any]]) -> None:
    """Bring back what was set aside."""
    if rows:
        given = [{**row, "marked_at": datetime.fromisoformat(row["marked_at"])} for row in rows]
        db.session.execute(insert(Base.metadata.tables["distinct_units"]), given)


def contents(place: int, units: Sequence[int]) -> set[str]:
    """Return the SHA-256 of every file that units have in the store, whatever table names it."""
    found: set[str] = set()
    for table, column in file_columns():
        named = select(table.c[column]).where(table.c.tenant_id == place, among(table.c.unit_id, units))
        found |= set(db.session.scalars(named.distinct()))
    return found - {"", None}


@cache
def file_columns() -> tuple[tuple[Table, str], ...]:
    """Return the columns of moving tables that name a file of the store."""
    return tuple(
        (table, column.name)
        for table in owned_tables()
        if follows(table) and "unit_id" in table.columns
        for column in table.columns
        if column.name.endswith("sha256")
    )
