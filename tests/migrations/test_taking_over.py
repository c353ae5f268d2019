"""Data that stood before a migration stands after it, in its new place."""

from __future__ import annotations

from typing import Any

import psycopg
from alembic import command

from portal import migrate
from tests.migrations.test_migrations import bootstrapped

# As 0001 shaped them: (unit, state, registered, level).
DOSSIERS = (
    (1, "withdrawn", "2026-02-03", 1),
    (1, "draft", "2026-03-04", 2),
    (2, "draft", None, None),
    (3, "withdrawn", "2026-02-05", None),
)


def _row(connection: Any, table: str, **given: Any) -> None:
    """Insert a row; columns that must be there and are not given get a plain value of their type."""
    plain = {"integer": 0, "bigint": 0, "boolean": False, "date": "2024-01-01", "jsonb": "{}"}
    needed = connection.execute(
        "select column_name, data_type from information_schema.columns where table_schema = 'public'"
        " and table_name = %s and is_nullable = 'NO' and column_default is null and is_identity = 'NO'",
        (table,),
    ).fetchall()
    values = {name: plain.get(kind, "2026-01-05 08:00+07" if "time" in kind else "") for name, kind in needed}
    values |= given
    marks = ", ".join(["%s"] * len(values))
    statement = f"insert into {table} ({', '.join(values)}) overriding system value values ({marks})"
    connection.execute(statement.encode(), list(values.values()))


# Two years opened with dates of their own, the later one tighter than the law: (year, version, four dates).
YEARS = (
    (2026, 1, "2026-01-01", "2027-01-15", "2027-02-15", "2027-03-15"),
    (2027, 2, "2026-12-20", "2028-01-10", "2028-02-01", "2028-03-01"),
)


def _counts(connection: Any) -> dict[str, int]:
    """Return how many rows each table holds."""
    names = connection.execute(
        "select tablename from pg_tables where schemaname = 'public' order by 1"
    ).fetchall()
    return {
        name: connection.execute(f"select count(*) from {name}".encode()).fetchone()[0] for (name,) in names
    }


def test_a_year_becomes_the_districts_year(server: Any) -> None:
    """From the last release: every row stays, a year's version and dates are the districts', jobs and files too."""
    name = bootstrapped(server)
    url = server.urls(name).admin.replace("postgresql://", "postgresql+psycopg://", 1)
    config = migrate.alembic_config(url)
    config.attributes["raise_wall"] = False
    command.upgrade(config, "0027")
    with psycopg.connect(**server.superuser(name)) as connection:
        _row(connection, "tenant", id=1, kind="province", code="31", valid_from="2026-01-01")
        _row(connection, "tenant", id=2, kind="rural_district", code="T2", valid_from="2026-01-01")
        for number in (1, 2):
            _row(
                connection, "criteria_version", id=number, key=f"v{number}", scope="district", scale="levels"
            )
        dates = ("opens_on", "submit_before", "decide_before", "report_before")
        for year, version, *days in YEARS:
            _row(connection, "cycle", year=year, version_id=version, **dict(zip(dates, days, strict=True)))
        _row(connection, "unit", tenant_id=2, id=1, code="D1", kind="primary", version=1)
        for number, year in enumerate((2026, 2027), 1):
            told = {"year": year, "version_id": number, "state": "draft", "channel": "portal"}
            _row(connection, "dossier", tenant_id=2, unit_id=1, id=number, **told)
        _row(connection, "account", id=1, login="can-bo")
        place = {"tenant_id": 2, "id": 1, "account_id": 1, "role": "district_officer"}
        _row(connection, "membership", **place)
        ended = {"state": "done", "lease_until": None, "ended_at": "2027-01-02 08:00+07"}
        job = {"tenant_id": 2, "kind": "archive", "account_id": 1, "membership_id": 1}
        _row(connection, "job", id=1, subject=2026, **job, **ended)
        _row(connection, "job", id=2, subject=2026, state="waiting", **job)
        for number, state in enumerate(("read", "done", "undone"), 1):
            _row(connection, "import_batch", tenant_id=2, id=number, kind="units", state=state, rows="[]")
        before = _counts(connection)
        dossiers = connection.execute("select * from dossier order by id").fetchall()
        connection.commit()
    migrate.upgrade(server.urls(name).admin)
    with psycopg.connect(**server.superuser(name)) as connection:
        after = _counts(connection)
        assert {table: after.get(table) for table in before} == before
        assert {table for table in set(after) - set(before) if after[table]} == {"cycle_terms"}
        terms = connection.execute(
            "select year, tier, version_id, opens_on::text, submit_before::text, decide_before::text,"
            " report_before::text from cycle_terms order by year"
        ).fetchall()
        assert terms == [(year, "district", version, *days) for year, version, *days in YEARS]
        assert connection.execute("select id, tier from tenant order by id").fetchall() == [
            (1, "district"),
            (2, "district"),
        ]
        assert connection.execute("select * from dossier order by id").fetchall() == dossiers
        jobs = connection.execute("select id, state, unit_id, terms, key from job order by id").fetchall()
        assert jobs == [(1, "done", None, {}, ""), (2, "waiting", None, {}, "")]
        files = connection.execute("select state, content from import_batch order by id").fetchall()
        assert files == [("read", None), ("done", None), ("undone", None)]


def test_registrations_leave_the_dossiers(server: Any) -> None:
    """One registration for a unit and year, of the dossier that stands, with its first line of history."""
    name = bootstrapped(server)
    url = server.urls(name).admin.replace("postgresql://", "postgresql+psycopg://", 1)
    config = migrate.alembic_config(url)
    config.attributes["raise_wall"] = False
    command.upgrade(config, "0002")
    with psycopg.connect(**server.superuser(name)) as connection:
        _row(connection, "tenant", id=1, kind="rural_district", code="T1")
        _row(connection, "criteria_version", id=1, key="v", scope="district", scale="levels")
        dates = {"submit_before": "2027-01-15", "decide_before": "2027-02-15", "report_before": "2027-03-15"}
        _row(connection, "cycle", year=2026, version_id=1, opens_on="2026-01-01", **dates)
        for number in (1, 2, 3):
            _row(connection, "unit", tenant_id=1, id=number, code=f"D{number}", kind="primary", version=1)
        for number, (unit, state, registered, level) in enumerate(DOSSIERS, 1):
            told = {"state": state, "registered_at": registered, "target_level": level, "channel": "portal"}
            _row(connection, "dossier", tenant_id=1, unit_id=unit, id=number, year=2026, version_id=1, **told)
    command.upgrade(config, "head")
    with psycopg.connect(**server.superuser(name)) as connection:
        kept = connection.execute(
            "select unit_id, target, proposed, confirmed_at::date::text from registration order by unit_id"
        ).fetchall()
        assert kept == [(1, "level_2", None, "2026-03-04"), (3, "level_1", None, "2026-02-05")]
        told = connection.execute(
            'select unit_id, act, "before", after from registration_change order by unit_id'
        ).fetchall()
        assert told == [(1, "confirmed", None, "level_2"), (3, "confirmed", None, "level_1")]
        terms = connection.execute("select year, tier, submit_before::text from cycle_terms").fetchall()
        assert terms == [(2026, "district", "2027-01-15")]
        assert connection.execute("select year from cycle").fetchall() == [(2026,)]
        columns = connection.execute(
            "select column_name from information_schema.columns where table_name = 'dossier'"
        ).fetchall()
        assert not {("registered_at",), ("target_level",)} & set(columns)
