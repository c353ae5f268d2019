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
