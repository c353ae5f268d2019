"""The rows of a backup: which tables there are, how rows leave the database and come back.

The models say it all: a table that is declared is in a backup. Rows travel as PostgreSQL's own COPY text, as the
owner of the tables: only that role sees every row of every table and may let the guards of signed content rest.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Column, PrimaryKeyConstraint, Table, UniqueConstraint

import portal.schema  # noqa: F401  (declares every table)
from tenants.database import Base
from tenants.owned import Wall
from tenants.wall import OWNER, declared

Connection = psycopg.Connection[Any]
_MIGRATIONS = 7001  # the lock that migrations take, so that neither runs into the other


def tables() -> list[Table]:
    """Return every table a backup holds, each after those it refers to."""
    walls = _walls()
    return [table for table in Base.metadata.sorted_tables if not walls[table.name].fleeting]


def all_names() -> list[str]:
    """Return every table there is, those whose rows are left out of a backup too."""
    return [table.name for table in Base.metadata.sorted_tables]


def _walls() -> dict[str, Wall]:
    return declared(Base)


def shared(table: Table) -> bool:
    """Return whether a table belongs to nobody."""
    return _walls()[table.name].shared


def owned(table: Table) -> bool:
    """Return whether a table's rows belong to tenants."""
    return "tenant_id" in table.c and not shared(table)


def of_a_person(table: Table) -> bool:
    """Return whether a table has one row a person, as an account or what proves it."""
    key = list(table.primary_key)
    return table.name == "account" or (
        len(key) == 1 and any(fk.column.table.name == "account" for fk in key[0].foreign_keys)
    )


def columns(table: Table) -> list[str]:
    """Return the columns that are written; the database reckons the others."""
    return [column.name for column in table.columns if column.computed is None]


def references(table: Table, to: str) -> list[Column[Any]]:
    """Return the columns by which a table refers to another table's id."""
    return [fk.parent for fk in table.foreign_keys if fk.column.table.name == to and fk.column.name == "id"]


def natural_keys(table: Table) -> tuple[str, ...]:
    """Return what names a row of a table that belongs to nobody and that tenants' rows refer to; () for others."""
    referred = any(
        fk.column.table is table for other in tables() if owned(other) for fk in other.foreign_keys
    )
    if not shared(table) or not referred or table.name == "tenant":
        return ()
    unique = [one for one in table.constraints if isinstance(one, PrimaryKeyConstraint | UniqueConstraint)]
    names = {column.name for one in unique for column in one.columns}
    return tuple(name for name in columns(table) if name in names)


def count(connection: Connection, table: Table, where: str = "true") -> int:
    """Return how many rows of a table meet a condition."""
    row = connection.execute(f"select count(*) from {table.name} where {where}".encode()).fetchone()
    assert row is not None
    return int(row[0])


def take(
    connection: Connection, table: Table, where: str = "true", only: Collection[str] = ()
) -> Iterator[bytes]:
    """Yield the rows of a table that meet a condition, in COPY's text format."""
    names = [name for name in columns(table) if not only or name in only]
    statement = f"copy (select {', '.join(names)} from {table.name} where {where}) to stdout"
    with connection.cursor().copy(statement.encode()) as rows:
        for piece in rows:
            yield bytes(piece)


def put(connection: Connection, table: str, names: list[str], pieces: Iterable[bytes]) -> int:
    """Write rows into a table; returns how many."""
    cursor = connection.cursor()
    with cursor.copy(f"copy {table} ({', '.join(names)}) from stdin".encode()) as rows:
        for piece in pieces:
            rows.write(piece)
    return cursor.rowcount


@contextmanager
def snapshot(url: str) -> Iterator[Connection]:
    """Read everything as it is at one moment, whatever is written meanwhile."""
    with psycopg.connect(url, client_encoding="utf8") as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        connection.execute("set local statement_timeout = 0")
        connection.execute(f"set local role {OWNER}")
        yield connection


@contextmanager
def unguarded(url: str) -> Iterator[Connection]:
    """Write as the owner in one transaction, policies and triggers at rest; foreign keys are checked as ever.

    Nobody else reads or writes meanwhile. Ended early, however it ends, it leaves everything as it was.
    """
    with psycopg.connect(url, client_encoding="utf8") as connection:
        connection.execute("set local statement_timeout = 0")
        connection.execute("set local lock_timeout = '60s'")
        connection.execute("select pg_advisory_xact_lock(%s)", [_MIGRATIONS])
        connection.execute(f"set local role {OWNER}")
        walls = _walls()
        for name in all_names():
            _alter(connection, name, "disable trigger user")
            if not walls[name].shared:
                _alter(connection, name, "no force row level security")
        yield connection
        connection.execute("set constraints all immediate")
        for name in all_names():
            _number_on(connection, name)
            _alter(connection, name, "enable trigger user")
            if not walls[name].shared:
                _alter(connection, name, "force row level security")


def _alter(connection: Connection, name: str, what: str) -> None:
    connection.execute(f"alter table {name} {what}".encode())


def _number_on(connection: Connection, name: str) -> None:
    """Let new rows be numbered after those that are there."""
    for column in Base.metadata.tables[name].columns:
        if column.identity is not None:
            connection.execute(
                f"select setval(s, greatest((select max({column.name}) from {name}), nextval(s)))"
                f" from pg_get_serial_sequence('{name}', '{column.name}') s".encode()
            )


def named_contents(connection: Connection, where: str = "true") -> set[tuple[int, str]]:
    """Return tenant and SHA-256 of every content that some row names as kept for good."""
    found: set[tuple[int, str]] = set()
    for table in filter(owned, tables()):
        for column in table.columns:
            size = column.name.removesuffix("sha256") + "size"
            if column.name.endswith("sha256") and size in table.c and not column.info.get("kept_for_a_time"):
                rows = connection.execute(
                    f"select tenant_id, {column.name} from {table.name}"
                    f" where {column.name} <> '' and {where}".encode()
                )
                found.update(rows.fetchall())
    return found
