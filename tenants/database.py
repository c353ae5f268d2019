"""The one database session of the program and the base of every table.

A session speaks through the login in force, which follows from the scope (`tenants/scope.py`): the province
has one of its own, so that no statement of a district's request can reach the province's sight. Without a scope
it is the web login, and that login may read nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache
from typing import Any

import psycopg
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import CursorResult, Engine, MetaData, Select
from sqlalchemy.orm import DeclarativeBase

OVERSIGHT = "oversight"
STEWARD = "steward"

_login: ContextVar[str | None] = ContextVar("login", default=None)


class Base(DeclarativeBase):
    """Base of all tables; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Cursor(psycopg.Cursor[Any]):
    """A cursor that says of its columns what SQLAlchemy asks, names and types; the driver's own makes an object of each."""

    @property
    def description(self) -> Any:
        """Return the columns of the result as the DB-API describes them, None where there are none."""
        result = self.pgresult
        if result is None or not result.nfields:
            return None
        return [
            ((result.fname(i) or b"").decode(), result.ftype(i), None, None, None, None, None)
            for i in range(result.nfields)
        ]


class ScopedSession(FlaskSession):
    """A session whose engine follows the login in force, not the table."""

    def get_bind(self, *_args: Any, **_kwargs: Any) -> Engine:
        """Return the engine of the login in force."""
        return db.engines[_login.get()]


db = SQLAlchemy(model_class=Base, session_options={"class_": ScopedSession})


def speak_through(login: str | None) -> None:
    """Let the session speak through a login from its next transaction on (None: the web login)."""
    _login.set(login)


def ask(statement: Select[Any], values: Mapping[str, Any] | None = None) -> CursorResult[Any]:
    """Send a statement of plain columns that is built once a process, past the ORM: half the cost.

    For what every request asks.
    """
    db.session.flush()  # as `execute` does: what was just added is to be found
    asked, known = _text(statement)
    return db.session.connection().exec_driver_sql(asked, {**known, **(values or {})})


@cache
def _text(statement: Select[Any]) -> tuple[str, Mapping[str, Any]]:
    compiled = statement.compile(dialect=db.engine.dialect, compile_kwargs={"render_postcompile": True})
    return str(compiled), compiled.params
