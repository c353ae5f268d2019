"""Runs the migrations as the owner of the tables and raises the wall at their end.

The wall is declared with the tables and written anew after every run, in the same transaction: a table
of a new migration is never left open, and a changed declaration needs no migration of its own.
"""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine

import portal.schema  # noqa: F401  (every table must be known before the wall is raised)
from tenants.database import Base
from tenants.wall import OWNER, raise_wall


def run() -> None:
    """Upgrade the database named by `sqlalchemy.url` (the login that may become the owner)."""
    engine = create_engine(context.config.get_main_option("sqlalchemy.url") or "")
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql("select pg_advisory_xact_lock(7001)")
            connection.exec_driver_sql(f"set local role {OWNER}")
            context.configure(
                connection=connection, target_metadata=Base.metadata, transaction_per_migration=False
            )
            context.run_migrations()
            if context.config.attributes.get("raise_wall", True):
                raise_wall(connection, Base)
    finally:
        engine.dispose()


run()
