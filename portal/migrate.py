"""Bring a database from whatever it is to this program's schema, roles and wall."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import OperationalError

from portal.stops import CannotStart
from tenants import inspection, wall
from tenants.database import Base

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def alembic_config(migrate_url: str) -> Config:
    """Return the Alembic configuration for the login that may become the owner."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("sqlalchemy.url", migrate_url.replace("%", "%%"))
    return config


def bootstrap(admin_url: str, passwords: dict[str, str]) -> None:
    """Create roles, logins and extensions as a superuser; safe to repeat."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        wall.bootstrap(connection, passwords)


def missing_roles(migrate_url: str) -> list[str]:
    """Return the scope roles that a database does not know yet; only a superuser can make them."""
    with psycopg.connect(migrate_url) as connection:
        known = {
            row[0] for row in connection.execute("select rolname from pg_roles where rolname like 'portal_%'")
        }
    return sorted({wall.OWNER, *wall.SCOPE_ROLES} - known)


def upgrade(migrate_url: str) -> None:
    """Run the migrations that are missing and raise the wall."""
    from alembic import command

    url = make_url(migrate_url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    command.upgrade(alembic_config(url), "head")


def take_statistics(migrate_url: str) -> None:
    """Let the server look at what was loaded at once; until then it plans as if every table were nearly empty."""
    with psycopg.connect(migrate_url, autocommit=True) as connection:
        connection.execute(f"set role {wall.OWNER}")
        connection.execute("analyze")


def expected_revision() -> str:
    """Return the newest migration this program knows: they follow each other by the numbers of their files."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def require_ready(migrate: Engine) -> None:
    """Raise `CannotStart` unless the database that the engine enters is prepared, and at this program's version."""
    try:
        connection = migrate.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute(f"set local role {wall.OWNER}")
            cursor.execute("select version_num from alembic_version")
            row = cursor.fetchone()
        finally:
            connection.close()
    except OperationalError as reason:
        raise CannotStart(
            "Không vào được cơ sở dữ liệu. Nếu là cơ sở dữ liệu mới, xin chạy trước: flask init",
            f"The database cannot be entered; a new one is prepared by: flask init. It said: {reason}",
        ) from reason
    except psycopg.ProgrammingError as reason:  # no such role, no such table
        raise CannotStart(
            "Cơ sở dữ liệu chưa được khởi tạo. Xin chạy trước: flask init",
            "The database is not prepared yet; run first: flask init",
        ) from reason
    found, expected = row[0] if row else "", expected_revision()
    if found < expected:
        raise CannotStart(
            f"Cơ sở dữ liệu ở bản {found or 'trống'}, chương trình cần bản {expected}. "
            "Xin sao lưu (bằng chương trình cũ) rồi chạy: flask init",
            f"The database is at version {found or 'none'}, the program needs {expected}; back it up with the old "
            "program, then run: flask init",
        )
    if found > expected:
        raise CannotStart(
            f"Cơ sở dữ liệu đã ở bản {found}, mới hơn chương trình (bản {expected}). Xin dùng chương trình mới hơn.",
            f"The database is at version {found}, newer than the program ({expected}); use the newer program.",
        )


def defects(migrate_url: str) -> list[str]:
    """Return what stands open in the wall or is behind in the schema of a database."""
    with psycopg.connect(migrate_url) as connection:
        return defects_seen(connection)


def defects_seen(connection: psycopg.Connection[Any]) -> list[str]:
    """Return the defects as they stand in a transaction, which goes on as the owner of the tables."""
    import portal.schema  # noqa: F401  (declares every table)

    connection.execute(f"set local role {wall.OWNER}")
    row = connection.execute("select to_regclass('public.alembic_version') is not null").fetchone()
    if not row or not row[0]:
        return ["cơ sở dữ liệu chưa được khởi tạo (chạy: flask init)"]
    found = inspection.defects(connection, Base)
    revision = connection.execute("select version_num from alembic_version").fetchone()
    if revision is None or revision[0] != expected_revision():
        found.append(f"lược đồ ở bản {revision and revision[0]}, chương trình cần {expected_revision()}")
    return found
