"""What the fourth migration does to rows that are there: drafts of sensitive units turn to ratios, nothing else."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from alembic import command

from portal import migrate
from tests.migrations.test_migrations import KINDS, bootstrapped
from tests.servers import test_server as a_server

_FILLERS = {
    "text": "''", "character varying": "''", "integer": "1", "bigint": "1", "smallint": "1", "boolean": "false",
    "timestamp with time zone": "now()", "date": "date '2024-01-01'", "jsonb": "'{}'::jsonb",
}  # fmt: skip


def put(connection: Any, table: str, **values: Any) -> None:
    """Insert a row of an older schema, foreign keys aside; columns not named get a value of their type."""
    columns = connection.execute(
        "select column_name, data_type from information_schema.columns where table_name = %s and is_nullable = 'NO'"
        " and is_identity = 'NO'",
        (table,),
    ).fetchall()
    filled = {name: _FILLERS[kind] for name, kind in columns if name not in values}
    names = ", ".join([*filled, *values])
    marks = ", ".join([*filled.values(), *("%s" for _ in values)])
    connection.execute(
        f"insert into {table} ({names}) overriding system value values ({marks})", list(values.values())
    )


@pytest.mark.parametrize("kind", KINDS[:1])
def test_drafts_of_sensitive_units_turn_to_ratios(kind: str) -> None:
    """33 of 37 becomes 89,18 %; a signed dossier and another unit's draft keep what they hold."""
    server = a_server(kind)
    name = bootstrapped(server)
    config = migrate.alembic_config(server.urls(name).admin.replace("postgresql://", "postgresql+psycopg://"))
    config.attributes["raise_wall"] = False
    command.upgrade(config, "0003")
    with psycopg.connect(**server.superuser(name), autocommit=True) as connection:
        connection.execute("set session_replication_role = replica")
        put(connection, "unit", id=1, tenant_id=1, kind="military_police", sensitive=True)
        put(connection, "unit", id=2, tenant_id=1, kind="enterprise", code="B")
        put(connection, "indicator", id=7, kind="share", base="members", key="H.2.5")
        at = "2027-01-05 10:00+07"
        cases = ((1, 1, "draft"), (2, 1, "signed"), (3, 2, "draft"))
        for number, unit, state in cases:
            signed = {"signed_at": at, "content_hash": "a"} if state == "signed" else {}
            put(
                connection,
                "dossier",
                id=number,
                tenant_id=1,
                unit_id=unit,
                state=state,
                year=2020 + number,
                **signed,
            )
            for code, value in (("members", 37), ("learners", 0)):
                put(
                    connection,
                    "headcount",
                    tenant_id=1,
                    unit_id=unit,
                    dossier_id=number,
                    code=code,
                    value=value,
                )
            put(connection, "answer", tenant_id=1, unit_id=unit, dossier_id=number, indicator_id=7, part=33)
    command.upgrade(config, "0004")
    with psycopg.connect(**server.superuser(name)) as connection:
        found = connection.execute(
            "select d.id, d.ratio_only, a.part, array_agg(h.value order by h.code) from dossier d"
            " join answer a on a.dossier_id = d.id join headcount h on h.dossier_id = d.id"
            " group by d.id, d.ratio_only, a.part order by d.id"
        ).fetchall()
    assert found == [(1, True, 8918, [0, 10000]), (2, False, 33, [0, 37]), (3, False, 33, [0, 37])]
