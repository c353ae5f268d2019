"""From an empty database to the program's schema, on every PostgreSQL here; and the commands that do it."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import CheckConstraint, create_engine, text

import portal.schema  # noqa: F401  (every table is known)
from portal import migrate
from portal.config import read
from tenants.database import Base
from tests import servers

ROOT = Path(__file__).resolve().parents[2]
KINDS = [programs.label.partition("-")[0] for programs in servers.kinds()]
_numbers = itertools.count(1)


def bootstrapped(server: Any) -> str:
    """Create an empty database with roles and extensions; returns its name."""
    name = f"migrated_{next(_numbers)}"
    with psycopg.connect(**server.superuser(), autocommit=True) as connection:
        connection.execute(f"create database {name} template template0 encoding 'UTF8'".encode())
    urls = server.urls(name)
    given = {"portal_web": urls.web, "portal_oversight": urls.oversight, "portal_migrate": urls.admin}
    passwords = {login: str(conninfo_to_dict(url)["password"]) for login, url in given.items()}
    migrate.bootstrap(make_conninfo(**server.superuser(name)), passwords)
    return name


@pytest.fixture(scope="module", params=KINDS)
def migrated(request: pytest.FixtureRequest) -> tuple[Any, str]:
    """A server and a database brought from empty to the newest schema."""
    server = servers.test_server(request.param)
    name = bootstrapped(server)
    migrate.upgrade(server.urls(name).admin)
    return server, name


def picture(server: Any, name: str) -> list[tuple[Any, ...]]:
    """Everything the catalogue of a database says of our tables, but for numbers that only count."""
    questions = (
        (
            "select table_name, column_name, data_type, is_nullable, column_default, identity_generation"
            " from information_schema.columns where table_schema = 'public' order by 1, 2"
        ),
        (
            "select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint"
            " where connamespace = 'public'::regnamespace order by 1, 2"
        ),
        "select tablename, indexname, indexdef from pg_indexes where schemaname = 'public' order by 1, 2",
        "select tablename, policyname, roles::text, cmd, qual, with_check from pg_policies order by 1, 2",
        (
            "select relname, relacl::text, relrowsecurity, relforcerowsecurity from pg_class"
            " where relnamespace = 'public'::regnamespace and relkind in ('r', 'S', 'v') order by 1"
        ),
        "select tgrelid::regclass::text, tgname, tgenabled from pg_trigger where not tgisinternal order by 1, 2",
        "select proname, prosrc, proacl::text from pg_proc where pronamespace = 'public'::regnamespace order by 1, 2",
    )
    with psycopg.connect(**server.superuser(name)) as connection:
        return [tuple(row) for question in questions for row in connection.execute(question.encode())]


def test_there_is_one_newest_migration() -> None:
    """Two people never leave two heads behind; every migration leads to the newest."""
    scripts = ScriptDirectory(str(migrate.MIGRATIONS))
    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1
    assert migrate.expected_revision() == scripts.get_current_head()
    walked = {revision.revision for revision in scripts.walk_revisions()}
    assert len(walked) == len(list((migrate.MIGRATIONS / "versions").glob("*.py")))


def test_the_schema_is_the_metadata(migrated: tuple[Any, str]) -> None:
    """The migrations build exactly the tables that the program declares: nothing more, nothing less."""
    server, name = migrated
    engine = create_engine(server.urls(name).admin.replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.begin() as connection:
        connection.execute(text("set local role portal_owner"))
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_object": lambda _o, named, kind, *_: (kind, named) != ("table", "alembic_version"),
            },
        )
        difference = compare_metadata(context, Base.metadata)
    engine.dispose()
    assert difference == []


def test_every_check_of_the_metadata_is_there(migrated: tuple[Any, str]) -> None:
    """Alembic does not compare CHECKs, so they are counted by name."""
    server, name = migrated
    with psycopg.connect(**server.superuser(name)) as connection:
        there = {
            row[0]
            for row in connection.execute(
                "select conrelid::regclass::text || '.' || conname from pg_constraint"
                " where contype = 'c' and connamespace = 'public'::regnamespace"
            )
        }
    declared = {
        f"{table.name}.ck_{table.name}_{constraint.name}".replace(
            f"ck_{table.name}_ck_{table.name}", f"ck_{table.name}"
        )
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }
    assert there == declared


def test_running_again_changes_nothing(migrated: tuple[Any, str]) -> None:
    """A second and third run leave the same schema, grants, policies and triggers."""
    server, name = migrated
    before = picture(server, name)
    migrate.upgrade(server.urls(name).admin)
    migrate.upgrade(server.urls(name).admin)
    assert picture(server, name) == before
    assert migrate.defects(server.urls(name).admin) == []


def test_bootstrapping_again_changes_nothing(migrated: tuple[Any, str]) -> None:
    """Roles, memberships and passwords may be set up again at any time."""
    server, name = migrated
    before = picture(server, name)
    urls = server.urls(name)
    given = {"portal_web": urls.web, "portal_oversight": urls.oversight, "portal_migrate": urls.admin}
    passwords = {login: str(conninfo_to_dict(url)["password"]) for login, url in given.items()}
    migrate.bootstrap(make_conninfo(**server.superuser(name)), passwords)
    assert picture(server, name) == before
    assert migrate.defects(urls.admin) == []


def test_a_failed_migration_leaves_nothing(
    migrated: tuple[Any, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Migrations and wall are one transaction: when the wall cannot be raised, the database is as before."""
    server, _ = migrated
    name = bootstrapped(server)

    monkeypatch.setattr("tenants.wall.SETTINGS", "select 1")
    with pytest.raises(Exception, match="app_tenant"):
        migrate.upgrade(server.urls(name).admin)
    assert picture(server, name) == picture(server, bootstrapped(server))
    monkeypatch.undo()
    migrate.upgrade(server.urls(name).admin)
    assert migrate.defects(server.urls(name).admin) == []


def flask(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the program as an operator does, on a private folder of its own."""
    settings = {key: value for key, value in os.environ.items() if key in ("PATH", "HOME", "LANG", "TMPDIR")}
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *command],
        cwd=ROOT,
        env={
            **settings,
            "PORTAL_DATA": str(folder),
            "PYTHONWARNINGS": "error",
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


def test_init_and_check_on_a_fresh_machine() -> None:
    """`flask init` builds everything and hands out one link; again, it keeps what is there; `flask check` agrees."""
    folder = servers.open_folder() / "data"
    try:
        first = flask(folder, "init", "--province", "Tỉnh thử nghiệm", "--login", "quantri.thu")
        assert first.returncode == 0, first.stdout + first.stderr
        assert len(re.findall(r"/lien-ket/[\w-]+", first.stdout)) == 1
        again = flask(folder, "init", "--province", "Tỉnh khác")
        assert again.returncode == 0, again.stderr
        assert "/lien-ket/" not in again.stdout
        checked = flask(folder, "check")
        assert checked.returncode == 0, checked.stdout + checked.stderr
        assert "đúng như khai báo" in checked.stdout
    finally:
        stop_server(folder)


def stop_server(folder: Path) -> None:
    """Stop the private server that the commands may have left running, and remove its folder."""
    read({"PORTAL_DATA": str(folder)}).server.stop()
    shutil.rmtree(folder.parent, ignore_errors=True)
