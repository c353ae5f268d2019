"""What the seventh migration publishes of recognitions that are there: one story a unit, no name that is secret."""

from __future__ import annotations

from typing import Any

import psycopg
from alembic import command

from portal import migrate
from portal.register.rules import MASKED_FORCES
from tests.migrations.test_migrations import bootstrapped
from tests.migrations.test_ratios import put


def test_earlier_recognitions_are_published(server: Any) -> None:
    """A replaced one leads to the newer; a unit of the forces is masked in every column."""
    name = bootstrapped(server)
    config = migrate.alembic_config(server.urls(name).admin.replace("postgresql://", "postgresql+psycopg://"))
    config.attributes["raise_wall"] = False
    command.upgrade(config, "0006")
    with psycopg.connect(**server.superuser(name), autocommit=True) as connection:
        connection.execute("set session_replication_role = replica")
        put(connection, "tenant", id=1, kind="rural_district", name="Huyện An Lão")
        put(
            connection,
            "unit",
            id=1,
            tenant_id=1,
            kind="primary",
            code="A",
            name="Trường Mỹ Đức",
            name_sort="K",
        )
        put(
            connection,
            "unit",
            id=2,
            tenant_id=1,
            kind="military_police",
            code="B",
            name="Ban Mật",
            name_sort="S",
        )
        for number, unit, state, code, day in (
            (1, 1, "replaced", "AAAAA-11111", "2025-02-06"),
            (2, 1, "in_force", "BBBBB-22222", "2026-02-06"),
            (3, 2, "in_force", "CCCCC-33333", "2026-02-06"),
        ):
            put(
                connection, "recognition", id=number, tenant_id=1, unit_id=unit, dossier_id=number, decision_id=1,
                code=code, state=state, level=1, year=2024, unit_name=("", "Trường Mỹ Đức", "Ban Mật")[unit],
                decided_on=day, valid_from=day, valid_to="2029-02-06",
            )  # fmt: skip
    command.upgrade(config, "0007")
    with psycopg.connect(**server.superuser(name)) as connection:
        found = connection.execute(
            "select code, subject, state, state_on::text, replaced_by, masked, unit_name, name_folded, tier"
            " from register_entry order by code"
        ).fetchall()
        secret = connection.execute(
            "select count(*) from register_entry r where r::text like '%Mật%'"
        ).fetchone()
    own, tier = ("Trường Mỹ Đức", "truong my duc huyen an lao"), "cấp huyện"
    assert found == [
        ("AAAAA-11111", "AAAAA-11111", "replaced", "2026-02-06", "BBBBB-22222", False, *own, tier),
        ("BBBBB-22222", "AAAAA-11111", "in_force", None, "", False, *own, tier),
        ("CCCCC-33333", "CCCCC-33333", "in_force", None, "", True, MASKED_FORCES,
         "don vi thuoc luc luong vu trang huyen an lao", tier),
    ]  # fmt: skip
    assert secret == (0,)
