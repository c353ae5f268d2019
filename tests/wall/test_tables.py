"""Every owned table × every scope: another's row cannot be read, written, removed or referred to.

The cases come from the metadata; a new table is covered the day it is declared. What a scope may do beyond
its own rows stands in the three ledgers below and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from sqlalchemy import Table, delete, exists, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import aliased

from tenants.access import GuardedFlask
from tenants.database import db
from tenants.scope import Scope, ScopeKind, enter
from tests.beds import bed_of
from tests.builders import STEWARD
from tests.victims import MAPPERS, OWNED, SCOPES, SHARED, Places, literal, pk_of, where

# Who proves persons reads the tables of persons, and no other scope reads all of them.
SIGNIN_READS = {
    "account",
    "api_token",
    "credential",
    "delegation",
    "membership",
    "one_time_link",
    "signin_session",
}
SIGNIN_WRITES = {"api_token", "credential", "one_time_link", "signin_session"}
# What the province writes in owned tables; in all others it reads at most.
PROVINCE_WRITES = {
    "account",
    "membership",
    "notice",
    "one_time_link",
    "published_figure",
    "question",
    "recheck",
    "report_answer",
    "report_reopening",
    "role_proposal",
    "trail_entry",
}
# The worker beside the pages: whom to write to, what of, its own letters, the queue of jobs, the figures kept.
WORK_READS = {
    "account",
    "figure_mark",
    "figure_summary",
    "job",
    "letter",
    "mail_choice",
    "membership",
    "notice",
    "notice_read",
    "trail_entry",
    "trail_seal",
    "unit",
}
WORK_WRITES = {"figure_mark", "figure_summary", "job", "letter", "notice", "trail_seal"}
# Rows that one person alone reads, in whatever scope.
OF_ONE_PERSON = {"mail_choice", "notice_read"}
# Rows that one person of the district reads until the others have done theirs.
APART = {"appraiser_verdict"}
# What the province does not even read.
ON_THE_WAY = {
    "evidence_upload",
    "evidence_upload_part",
}  # files a unit is still sending: its own, not yet evidence
# Figures kept ready for the province; a district counts its own.
OF_THE_PROVINCE = {"figure_mark", "figure_summary"}
# Who does what in a unit and whom it let in is its own affair.
OF_THE_UNIT_ALONE = {"assignment", "invitation", "invited_indicator"}
# What was asked for in a place is that place's: a unit's own, or a district's own.
OF_WHO_ASKED = {"job"}
ROSTERS = {"roster", "roster_person"}  # names stay in the unit
PROVINCE_BLIND = (
    {
        # A district's tokens are its own affair; the province has those of its own place.
        "api_token",
        "appraiser_interest",
        "appraiser_verdict",
        "credential",
        "import_batch",
        # What the public says to a district, and what the district asks the unit of it.
        "inquiry",
        "inquiry_question",
        "job",
        "letter",
        "mail_choice",
        "notice",
        "notice_read",
        "one_time_link",
        "reminder",
        "signin_session",
        # Of a visit under way, as the planted one is; tests/visits reads those of a closed one.
        "visit_check",
        "visit_photo",
    }
    | ON_THE_WAY
    | OF_THE_UNIT_ALONE
    | ROSTERS
)

# What is published: everybody in a scope but sign-in and the worker reads it, and its own district alone writes it.
PUBLISHED = {"inquiry_term", "register_entry", "year_notice"}
# What the Department publishes of a district: everybody outside reads it in public, the district its own.
PUBLISHED_BY_PROVINCE = {"published_figure"}
# What a district tells all its units: they read it, and no other district's unit does.
TOLD_TO_ITS_UNITS = {
    "announcement",
    "district_target",
    "district_year",
    "guidance_entry",
    "registration_term",
}

STRANGERS = ("unit of the same district", "unit elsewhere", "district elsewhere", "public", "no scope")
# Tables that belong to nobody: who reads them, and who writes them at all.
_CATALOGUE = {"criteria_version", "criterion", "indicator", "threshold"}
_OF_ALL = {"cycle", "cycle_terms", "setting", "tenant"}
_OF_PLACES = {"former_name", "succession"}  # what places were called, and who took over their work
SHARED_READS: dict[str, set[str]] = {
    "public": _OF_ALL | _OF_PLACES | _CATALOGUE | {"holiday"},
    "signin": _OF_ALL | {"throttle"},
    "unit": _OF_ALL | _OF_PLACES | _CATALOGUE | {"holiday", "paper_text"},
    "district": _OF_ALL | _OF_PLACES | _CATALOGUE | {"holiday", "paper_text"},
    "province": _OF_ALL
    | _OF_PLACES
    | _CATALOGUE
    | {"anomaly_verdict", "holiday", "paper_text", "provincial_report", "recheck_draw", "reform"},
    "work": {"setting", "tenant"},
}
SHARED_WRITES: dict[str, set[str]] = {
    "public": set(),
    "signin": {"throttle"},
    "unit": set(),
    "district": set(),
    "province": {
        "anomaly_verdict",
        "criteria_version",
        "criterion",
        "cycle",
        "cycle_terms",
        "holiday",
        "indicator",
        "paper_text",
        "provincial_report",
        "recheck_draw",
        "reform",
        "setting",
        "tenant",
        "threshold",
    },
    "work": set(),
}
SHARED_DELETES = {("throttle", "signin"), ("holiday", "province"), ("paper_text", "province")}
# A version the Department drafted, until it is published: triggers keep it from all others.
SHARED_DELETES |= {(table, "province") for table in _CATALOGUE}

NEIGHBOURS = ["unit of the same district", "unit elsewhere", "district elsewhere"]
DENIED = "42501"
FORGED = {DENIED, "PT409"}
UNREFERABLE = FORGED | {"23503"}


def refused(act: Callable[[], Any], by: set[str], where: str = "") -> None:
    """Assert that an act was refused by one of these SQLSTATEs."""
    met, state = tried(act)
    assert met is None, f"{where} accepted: {met} row(s)"
    assert state in by, f"{where} refused by {state}"


def tried(act: Callable[[], Any]) -> tuple[Any, str]:
    """What an act gives, or the SQLSTATE that refused it; it is undone, and the transaction goes on as before."""
    connection = driver()
    connection.execute("savepoint tried")
    try:
        return act(), ""
    except DBAPIError as error:
        cause = error.orig
        assert isinstance(cause, psycopg.Error)
        return None, cause.sqlstate or "?"
    except psycopg.Error as error:
        return None, error.sqlstate or "?"
    finally:
        connection.execute("rollback to tried; release tried")
        db.session.expunge_all()


def driver() -> Any:
    """The driver's connection of the scope's transaction."""
    connection = db.session.connection().connection.driver_connection
    assert connection is not None
    return connection


def raw(statement: str) -> int:
    """Run one statement on the driver's connection of the scope; returns the first number it gives."""
    cursor = driver().execute(statement)
    row = cursor.fetchone() if cursor.description else None
    return int(row[0]) if row else 0


def at(name: str, row: dict[str, Any]) -> list[Any]:
    """The condition that finds a row, for SQLAlchemy."""
    table = MAPPERS[name].local_table
    return [table.c[key] == value for key, value in pk_of(name, row).items()]


def orm_all(name: str, row: dict[str, Any]) -> int:
    """Load every row the scope gives and look for the one."""
    wanted = tuple(pk_of(name, row).values())
    keys = [column.name for column in MAPPERS[name].local_table.primary_key]
    table = MAPPERS[name].local_table
    found = db.session.execute(select(*(table.c[key] for key in keys)))
    return sum(tuple(line) == wanted for line in found)


def orm_get(name: str, row: dict[str, Any]) -> int:
    """Ask the session for the row by its key."""
    mapper = MAPPERS[name]
    key = tuple(row[column.name] for column in mapper.primary_key)
    return int(db.session.get(mapper.class_, key) is not None)


def copied(name: str, row: dict[str, Any]) -> int:
    """Copy the rows out of the database."""
    with driver().cursor().copy(f"copy (select 1 from {name} where {where(name, row)}) to stdout") as lines:
        return sum(1 for _ in lines)


def leaky(name: str, row: dict[str, Any]) -> int:
    """Let a function of one's own see the rows before the policy does."""
    connection = driver()
    heard: list[str] = []
    connection.add_notice_handler(heard.append)
    marker = f"seen {literal(next(iter(pk_of(name, row).values())))}"
    connection.execute(
        "create or replace function pg_temp.look(value text) returns boolean language plpgsql cost 0.000001 as"
        f" $$ begin raise notice '%', value; return true; end $$; select '{marker.replace(chr(39), '')}'"
    )
    lines = connection.execute(f"select * from {name} x where pg_temp.look(x::text) and {where(name, row)}")
    return len(lines.fetchall())


Reader = Callable[[str, dict[str, Any]], Callable[[], int]]


def as_it_is(read: Callable[[str, dict[str, Any]], int]) -> Reader:
    """A way of reading that has nothing to prepare."""
    return lambda name, row: lambda: read(name, row)


def core(statement: Callable[[Any, list[Any]], Any]) -> Reader:
    """A way of reading that counts the lines of a statement on the class and the row's condition."""

    def prepare(name: str, row: dict[str, Any]) -> Callable[[], int]:
        built = statement(MAPPERS[name].class_, at(name, row))
        return lambda: len(db.session.execute(built).all())

    return prepare


def number(statement: Callable[[Any, list[Any]], Any]) -> Reader:
    """A way of reading that gives one number."""

    def prepare(name: str, row: dict[str, Any]) -> Callable[[], int]:
        built = statement(MAPPERS[name].class_, at(name, row))
        return lambda: int(db.session.scalar(built) or 0)

    return prepare


def typed(statement: str) -> Reader:
    """A way of reading by hand-written SQL: `{t}` is the table, `{w}` the row's condition."""

    def prepare(name: str, row: dict[str, Any]) -> Callable[[], int]:
        filled = statement.format(t=name, w=where(name, row), x=where(name, row, "x"))
        built = text(filled.replace(":", r"\:"))
        return lambda: int(db.session.execute(built).scalar() or 0)

    return prepare


READERS: dict[str, Reader] = {
    "orm": core(lambda model, condition: select(model).where(*condition)),
    "orm all": as_it_is(orm_all),
    "orm get": as_it_is(orm_get),
    "core": core(lambda model, condition: select(model.__table__).where(*condition)),
    "count": number(lambda model, condition: select(func.count()).select_from(model).where(*condition)),
    "exists": number(lambda model, condition: select(exists(select(1).select_from(model).where(*condition)))),
    "alias": core(
        lambda model, condition: (
            select(1).select_from(model).where(exists(select(aliased(model))), *condition)
        )
    ),
    "cte": core(lambda model, condition: select(select(model.__table__).where(*condition).cte())),
    "union": core(
        lambda model, condition: (
            select(1)
            .select_from(model)
            .where(*condition)
            .union_all(select(2).select_from(model).where(*condition))
        )
    ),
    "text": typed("select count(*) from {t} where {w}"),
    "join": typed("select count(*) from tenant n cross join lateral (select 1 from {t} x where {x}) y"),
    "outer join": typed("select count(x.*) from (values (1)) v left join {t} x on {x}"),
    "folded": typed(
        "select count(*) from {t} x where folded(x\\:\\:text) is not null and {x}".replace("\\:", ":")
    ),
    "json": typed("select jsonb_array_length(coalesce(jsonb_agg(to_jsonb(x)), '[]')) from {t} x where {x}"),
    "text of all": typed("select count(*) from (table {t}) x where {x}"),
    "locked": typed("select 1 from {t} where {w} for key share"),
    "copy": as_it_is(copied),
    "leaky function": as_it_is(leaky),
}


def reading(name: str, row: dict[str, Any]) -> dict[str, Callable[[], int]]:
    """Every way of reading one row, ready to be tried in any scope."""
    return {way: prepare(name, row) for way, prepare in READERS.items()}


@pytest.fixture
def victim(places: Places) -> Callable[[str], dict[str, Any]]:
    """Gives the victim unit's row of a table."""
    return lambda name: places.planter.row(name, places.victim, places.victim_unit)


def may_read(scope: str, name: str) -> bool:
    """Whether a scope may read any row of a table, by the ledgers."""
    if name in TOLD_TO_ITS_UNITS and scope == "unit of the same district":
        return True
    if name in PUBLISHED_BY_PROVINCE:
        return scope in ("public", "province")
    if name in PUBLISHED:
        return scope not in ("signin", "work", "no scope")
    if scope == "signin":
        return name in SIGNIN_READS
    if scope == "work":
        return name in WORK_READS
    return scope == "province" and name not in PROVINCE_BLIND


@pytest.mark.parametrize("name", OWNED)
def test_the_row_is_not_read(places: Places, victim: Any, name: str) -> None:
    """No way of reading gives the victim's row, nor its number, to a stranger; the ledger's scopes get it."""
    ways = reading(name, victim(name))
    for scope in SCOPES:
        enter(places.scopes()[scope])
        expected = may_read(scope, name)
        for way, read in ways.items():
            seen, state = tried(read)
            if expected and way not in ("locked", "leaky function"):
                assert seen, f"{scope} should read {name} by {way}: {state}"
            elif not expected:
                assert not seen, f"{scope} reads {name} by {way}"
                assert state in ("", DENIED), f"{scope} reads {name} by {way}: {state}"
        if scope in ("public", "no scope") and not expected:
            state = tried(ways["text"])[1]
            assert state == DENIED, f"{scope}: no grant at all on {name} is expected here"


@pytest.mark.parametrize("name", OWNED)
def test_the_owner_reads_it(places: Places, victim: Any, name: str) -> None:
    """The same ways do give the row to its own district, so that the test above is not empty."""
    if "select" not in OWNED[name].class_.__wall__.grants.get("district", ""):
        assert (
            name
            in {"credential", "letter", "one_time_link", "signin_session"}
            | OF_THE_PROVINCE
            | ON_THE_WAY
            | OF_THE_UNIT_ALONE
            | ROSTERS
        )
        return
    reader = victim(name)["account_id"] if name in OF_ONE_PERSON | APART else 1
    owner = Scope(ScopeKind.DISTRICT, places.victim, 0, reader)
    if name in OF_WHO_ASKED:
        owner = Scope(ScopeKind.UNIT, places.victim, places.victim_unit, reader)
    enter(owner)
    for way, read in reading(name, victim(name)).items():
        seen, state = tried(read)
        if way != "locked":
            assert seen, f"{name} by {way}: {state}"


@pytest.mark.parametrize("name", OWNED)
def test_nothing_loaded_outlives_its_scope(places: Places, victim: Any, name: str) -> None:
    """A row in the session's memory is gone when the scope changes."""
    row = victim(name)
    for scope in STRANGERS:
        if may_read(scope, name):
            continue
        enter(keeper(name, row))
        assert orm_get(name, row)
        enter(places.scopes()[scope])
        assert not tried(lambda: orm_get(name, row))[0], scope


def keeper(name: str, row: dict[str, Any]) -> Scope:
    """Who may look at a row for the tests: the steward, or its unit alone where not even the steward may."""
    if MAPPERS[name].class_.__wall__.steward:
        return STEWARD
    return Scope(ScopeKind.UNIT, row["tenant_id"], row["unit_id"])


def state_of(name: str, row: dict[str, Any]) -> tuple[Any, ...]:
    """Count and change marks of a table and the row itself, as who may look at it sees them."""
    enter(keeper(name, row))
    whole = db.session.execute(
        text(f"select count(*), coalesce(sum(xmin\\:\\:text\\:\\:bigint), 0) from {name}")
    ).one()
    enter(None)
    return tuple(whole)


def forgeries(name: str, row: dict[str, Any], new: dict[str, Any]) -> dict[str, Callable[[], Any]]:
    """Ways to change or add a row where one must not, as acts in the scope in force."""
    table = MAPPERS[name].local_table
    assert isinstance(table, Table)
    condition = at(name, row)

    def changing(column: str) -> Callable[[], Any]:
        statement = f'update {name} set "{column}" = "{column}" where {where(name, row)}'
        return lambda: driver().execute(statement).rowcount

    acts: dict[str, Callable[[], Any]] = {
        "insert": lambda: counted(insert(table).inline().values(new)),
        "insert returning": lambda: counted(insert(table).values(new).returning(table)),
        "insert with its number": lambda: counted(insert(table).inline().values({**new, **pk_of(name, row)})),
        "delete": lambda: counted(delete(table).where(*condition)),
        "delete using": lambda: raw(
            f"with d as (delete from {name} where {where(name, row)} returning 1) select count(*) from d"
        ),
        "merge": lambda: raw(
            f"merge into {name} x using (select 1) o on {where(name, row, 'x')} when matched then delete"
        ),
        "truncate": lambda: raw(f"truncate {name} cascade") or 1,
        "drop policy": lambda: raw(f"alter table {name} disable row level security") or 1,
        "trigger off": lambda: raw(f"alter table {name} disable trigger all") or 1,
    }
    acts |= {f"update {column.name}": changing(column.name) for column in table.c}
    return acts


def counted(statement: Any) -> int:
    """Run a changing statement; returns how many rows it met. It is always rolled back."""
    result = db.session.execute(statement)
    return int(result.rowcount)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", OWNED)
def test_the_row_is_not_written(places: Places, victim: Any, name: str) -> None:
    """No statement adds to, changes or removes the victim's rows from a scope that is not theirs."""
    row = victim(name)
    new = places.planter.values(name, places.victim, places.victim_unit)
    table = OWNED[name].local_table
    if "tenant_id" not in table.c:
        new |= {key: value for key, value in pk_of(name, row).items() if key in ("account_id", "id")}
    before = state_of(name, row)
    for scope in SCOPES:
        enter(places.scopes()[scope])
        allowed = may_write(scope, name)
        for way, act in forgeries(name, row, new).items():
            met, state = tried(act)
            if allowed and way.startswith(("insert", "update", "delete", "merge")):
                continue
            assert not met, f"{scope}: {way} on {name} met {met} row(s)"
            if met is None:
                assert state in FORGED, f"{scope}: {way} on {name} was refused by {state}, not by the wall"
        assert state_of(name, row) == before, f"{scope} changed {name}"


def may_write(scope: str, name: str) -> bool:
    """Whether a scope may write rows of a table that are not its own, by the ledgers."""
    written = {"province": PROVINCE_WRITES, "signin": SIGNIN_WRITES, "work": WORK_WRITES}
    # A district creates persons who belong to nobody yet.
    return name in written.get(scope, set()) or (scope == "district elsewhere" and name == "account")


@pytest.mark.parametrize("name", OWNED)
def test_an_own_row_is_not_given_away(places: Places, name: str) -> None:
    """A row of one's own cannot be moved to the victim's district or unit."""
    table = OWNED[name].local_table
    targets = {"tenant_id": places.victim, "unit_id": places.victim_unit}
    for scope in NEIGHBOURS:
        entered = places.scopes()[scope]
        assert entered is not None
        own = places.planter.row(name, entered.tenant_id, entered.unit_id or places.elsewhere_unit)
        for column in targets.keys() & {column.name for column in table.c}:
            if own[column] == targets[column]:
                continue
            enter(entered)
            change = update(table).where(*at(name, own)).values({column: targets[column]})
            met, state = tried(lambda change=change: counted(change))  # type: ignore[misc]
            assert not met, f"{scope}: {name}.{column} moved"
            assert state in UNREFERABLE | {""}, f"{scope}: {name}.{column}: {state}"


REFERENCES = [
    (name, constraint)
    for name, mapper in OWNED.items()
    for constraint in sorted(mapper.local_table.foreign_key_constraints, key=lambda c: str(c.name))  # type: ignore[attr-defined]
    if constraint.referred_table.name in OWNED
]


@pytest.mark.parametrize(
    ("name", "constraint"), REFERENCES, ids=[f"{name}-{c.referred_table.name}" for name, c in REFERENCES]
)
def test_the_row_is_not_referred_to(places: Places, name: str, constraint: Any) -> None:
    """A row of one's own cannot hang under the victim's parent, newly made or by changing it."""
    table = OWNED[name].local_table
    parent = places.planter.row(constraint.referred_table.name, places.victim, places.victim_unit)
    theirs = {element.parent.name: parent[element.column.name] for element in constraint.elements}
    for scope in NEIGHBOURS:
        entered = places.scopes()[scope]
        assert entered is not None
        spare = places.spare(entered.tenant_id)
        asking = replace(entered, unit_id=spare if entered.unit_id else 0)
        mine = places.planter.values(name, entered.tenant_id, spare)
        # The victim's parent already has a row on the first indicator; that alone must not be what refuses.
        other = {"indicator_id": mine["indicator_id"] + 1} if "indicator_id" in mine else {}
        own = places.planter.row(name, entered.tenant_id, entered.unit_id or places.elsewhere_unit)
        for wrong in (theirs, {key: theirs[key] for key in theirs if key not in ("tenant_id", "unit_id")}):
            if wrong:
                enter(asking)
                added = insert(table).inline().values({**mine, **wrong, **other})
                refused(lambda added=added: counted(added), UNREFERABLE, f"{scope}: insert {wrong}")  # type: ignore[misc]
                enter(entered)
                change = update(table).where(*at(name, own)).values({**wrong, **other})
                met, state = tried(lambda change=change: counted(change))  # type: ignore[misc]
                assert not met, f"{scope}: update {wrong}"
                assert state in UNREFERABLE | {""}, f"{scope}: update {wrong}: {state}"


@pytest.mark.parametrize("name", SHARED)
def test_what_belongs_to_nobody(places: Places, name: str) -> None:
    """A shared table is read and written by the scopes of the ledger alone, and deleted from by sign-in alone."""
    columns = [column.name for column in MAPPERS[name].local_table.c]
    for scope in SHARED_READS:
        tenant = places.world.province_id if scope == "province" else places.victim
        enter(Scope(ScopeKind(scope), tenant, places.victim_unit, 1))
        read = tried(lambda: raw(f"select count(*) from {name}"))[1]
        assert read == ("" if name in SHARED_READS[scope] else DENIED), scope
        changes = [f'update {name} set "{c}" = "{c}" where false' for c in columns]
        changes.append(f"insert into {name} select * from {name} where false")
        states = {tried(lambda change=change: raw(change))[1] for change in changes}  # type: ignore[misc]
        assert ("" in states) == (name in SHARED_WRITES[scope]), (scope, states)
        removed = tried(lambda: raw(f"delete from {name} where false"))[1]
        assert removed == ("" if (name, scope) in SHARED_DELETES else DENIED), scope


@pytest.mark.parametrize("name", MAPPERS)
def test_a_reading_request_writes_nothing(places: Places, name: str) -> None:
    """In the scope of a GET even one's own rows cannot be written, whatever the scope may do elsewhere."""
    table = MAPPERS[name].local_table
    first = next(iter(table.primary_key))
    written = [column for column in table.c if column.computed is None]
    acts = {
        "update": update(table).values({first.name: first}),
        "delete": delete(table),
        "insert": insert(table).inline().from_select(written, select(*written)),
    }
    for kind in (ScopeKind.UNIT, ScopeKind.DISTRICT, ScopeKind.PROVINCE, ScopeKind.SIGNIN):
        tenant = places.world.province_id if kind is ScopeKind.PROVINCE else places.victim
        enter(Scope(kind, tenant, places.victim_unit, 1, writes=False))
        for way, act in acts.items():
            refused(lambda act=act: counted(act), {"25006", DENIED}, f"{kind.value}: {way}")  # type: ignore[misc]
        assert raw("select 1")
        with pytest.raises(psycopg.errors.ActiveSqlTransaction):
            raw("set transaction_read_only = off; select 1")


@pytest.mark.parametrize(
    "kind", [ScopeKind.UNIT, ScopeKind.DISTRICT, ScopeKind.SIGNIN, ScopeKind.PUBLIC, None]
)
@pytest.mark.parametrize(
    "attempt",
    [
        "set role portal_province",
        "set local role portal_province",
        "reset role; set role portal_province",
        "set role none; set role portal_province",
        "set session authorization portal_oversight",
        "select set_config('role', 'portal_province', false)",
        "select set_config('role', 'portal_steward', true)",
        "set role portal_steward",
        "set role portal_work",
        "set role portal_owner",
        "set role portal_migrate",
        "set role portal_oversight",
        "grant portal_province to portal_web",
        "alter role portal_web bypassrls",
        "create role portal_thief",
        "set session_replication_role = replica",
        "set row_security = off; select count(*) from dossier",
        "alter database current set app.tenant_id = '1'",
        "create table public.stolen (id int)",
        "create or replace function app_tenant() returns int language sql stable as 'select 1'",
    ],
)
def test_the_web_login_reaches_no_higher_role(places: Places, kind: ScopeKind | None, attempt: str) -> None:
    """No statement sent through the web login becomes province, steward or owner, or loosens the wall."""
    enter(Scope(kind, places.victim, places.victim_unit, 1) if kind else None)
    _, state = tried(lambda: raw(attempt))
    if attempt.startswith("alter database"):
        assert state in {DENIED, "42601", "3D000"}
    elif "row_security" in attempt:
        assert state == DENIED, "either no grant or refused under the policy"
    else:
        assert state == DENIED, state or "accepted"


@pytest.mark.parametrize(
    "attempt", ["portal_district", "portal_unit", "portal_signin", "portal_steward", "portal_owner"]
)
def test_the_province_login_becomes_nobody_else(places: Places, attempt: str) -> None:
    """The province's login cannot write as a district."""
    enter(Scope(ScopeKind.PROVINCE, places.world.province_id, 0, 1))
    assert tried(lambda: raw(f"reset role; set role {attempt}"))[1] == DENIED


def test_what_a_statement_leaves_behind_ends_with_its_transaction(bed: GuardedFlask, places: Places) -> None:
    """A forgotten or smuggled SET without LOCAL gives the next user of the connection nothing."""
    settings = f"set role portal_district; set app.tenant_id = '{places.victim}'; set app.unit_id = '{places.victim_unit}'"
    for following in (None, Scope(ScopeKind.PUBLIC), Scope(ScopeKind.DISTRICT, places.elsewhere, 0, 1)):
        db.session.remove()
        db.engines[None].dispose()
        enter(Scope(ScopeKind.DISTRICT, places.elsewhere, 0, 1))
        raw(settings)
        db.session.commit()
        enter(following)
        seen, state = tried(lambda: raw(f"select count(*) from dossier where tenant_id = {places.victim}"))
        assert not seen
        assert state == ("" if following and following.kind is ScopeKind.DISTRICT else DENIED)
    db.session.remove()
    db.engines[None].dispose()


@pytest.mark.parametrize("login", ["portal_web", "portal_oversight", "portal_migrate"])
def test_a_login_alone_reads_nothing(server: Any, bed: GuardedFlask, places: Places, login: str) -> None:
    """Without a scope every login is refused at every table, shared ones too."""
    with psycopg.connect(**bed_of(bed).superuser(), autocommit=True) as connection:
        connection.execute(f"set session authorization {login}".encode())
        for name in MAPPERS:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"select 1 from {name} limit 1".encode())
