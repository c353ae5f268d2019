"""The scope of a transaction: a database role plus settings, for one transaction only.

`acting_in` says as whom the code below it reads and writes. At the begin of every transaction the
scope is sent to PostgreSQL as literal `SET LOCAL` (numbers only), so it dies with the transaction
and a pooled connection never carries it on. Without a scope the login acts as itself, and a login may
read nothing: it fails closed. `asking_in` leaves its transaction open that way, for the next scope to go on in.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import psycopg
from psycopg.pq import ExecStatus, TransactionStatus
from sqlalchemy import Connection, Engine, event, text

from .database import OVERSIGHT, STEWARD, db, speak_through


class ScopeKind(StrEnum):
    """The database roles a transaction may take; the value is the role's name after `portal_`."""

    PUBLIC = "public"
    SIGNIN = "signin"
    UNIT = "unit"
    DISTRICT = "district"
    PROVINCE = "province"
    STEWARD = "steward"
    WORK = "work"


@dataclass(frozen=True, slots=True)
class Scope:
    """As whom a transaction acts.

    `tenant_id`, `unit_id` and `account_id` are database ids (0: none). `writes` is False for
    requests that must not change anything: PostgreSQL then refuses every write.
    """

    kind: ScopeKind
    tenant_id: int = 0
    unit_id: int = 0
    account_id: int = 0
    writes: bool = True

    def statements(self) -> str:
        """Return the literal SQL that puts a fresh transaction into this scope."""
        parts = [
            f"SET LOCAL ROLE portal_{self.kind.value}",
            f"SET LOCAL app.tenant_id = '{int(self.tenant_id)}'",
            f"SET LOCAL app.unit_id = '{int(self.unit_id)}'",
            f"SET LOCAL app.account_id = '{int(self.account_id)}'",
        ]
        if not self.writes:
            parts.append("SET LOCAL transaction_read_only = on")
        return "; ".join(parts)

    def reading_only(self) -> Scope:
        """Return the same scope for a transaction that must not write."""
        return replace(self, writes=False)


_LOGIN_OF_KIND = {ScopeKind.PROVINCE: OVERSIGHT, ScopeKind.STEWARD: STEWARD, ScopeKind.WORK: STEWARD}
_ONLY_READS = "only_reads"

_current: ContextVar[Scope | None] = ContextVar("scope", default=None)
_patience: ContextVar[int] = ContextVar("patience", default=0)


def current_scope() -> Scope | None:
    """Return the scope in force, or None outside every scope."""
    return _current.get()


def _login_of(scope: Scope | None) -> str | None:
    return _LOGIN_OF_KIND.get(scope.kind) if scope else None


def _take(scope: Scope | None) -> None:
    """Put a scope in force, and its login with it: nothing else sets either."""
    _current.set(scope)
    speak_through(_login_of(scope))


def enter(scope: Scope | None) -> None:
    """Take a scope for the rest of this context; whatever was loaded or pending is dropped.

    The identity map of a session does not know about scopes, so rows of the last scope must not
    stay reachable in the next one.
    """
    if not _taken_over(scope):
        db.session.rollback()
    db.session.expunge_all()
    _take(scope)


@contextmanager
def asking_in(scope: Scope) -> Iterator[None]:
    """Run a block that only reads, and leave its transaction open outside every scope.

    Whoever enters a scope of the same login next goes on in that transaction: a request looks up who asks, and
    beginning a second transaction for the page would cost more than the question. Until then nothing can be read.
    """
    before = _current.get()
    enter(scope)
    try:
        yield
        if before is None and db.session().in_transaction():
            _stand(db.session.connection(), None)
            db.session.expunge_all()
            _take(None)
        else:
            db.session.commit()
            enter(before)
    except BaseException:
        enter(before)
        raise


def _taken_over(scope: Scope | None) -> bool:
    """Put the transaction that stands outside every scope into one of the same login; False where there is none."""
    if scope is None or _login_of(scope) or _current.get():
        return False
    if _patience.get() or not db.session().in_transaction():
        return False
    connection = db.session.connection()
    if _driver(connection).info.transaction_status is not TransactionStatus.INTRANS:
        return False
    _stand(connection, scope)
    return True


def _stand(connection: Connection, scope: Scope | None, *, first: str = "", last: str = "") -> None:
    """Put the transaction of a connection into a scope, or outside every scope, by one message past the driver."""
    # Outside every scope the login alone acts, whatever a SET without LOCAL may have left on the connection.
    statements = scope.statements() if scope else "SET LOCAL ROLE NONE"
    result = _driver(connection).pgconn.exec_(f"{first}{statements}; {last}".encode())
    if result.status != ExecStatus.COMMAND_OK:
        raise psycopg.errors.error_from_result(result)
    connection.info[_ONLY_READS] = scope is None or not scope.writes


def _driver(connection: Connection) -> psycopg.Connection[Any]:
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    return driver


@contextmanager
def acting_in(scope: Scope) -> Iterator[Scope]:
    """Run a block in a scope and commit it at its end; an exception rolls back and goes on."""
    before = _current.get()
    enter(scope)
    try:
        yield scope
        db.session.commit()
    finally:
        enter(before)


@contextmanager
def patient(seconds: int) -> Iterator[None]:
    """Let the transactions begun in a block take so long, where the login's own limits are made for pages."""
    token = _patience.set(seconds)
    try:
        yield
    finally:
        _patience.reset(token)


@contextmanager
def standing_in(scope: Scope) -> Iterator[Scope]:
    """Let a block of the running transaction act for one unit of the district it began in, then go on as before.

    For what a district does in a unit's name: the database holds the block to what that unit may write, and one
    commit ends both. Raises `ValueError` for a scope that is not of a unit of the district in force.
    """
    before = _current.get()
    if (
        before is None
        or (before.kind, scope.kind) != (ScopeKind.DISTRICT, ScopeKind.UNIT)
        or before.tenant_id != scope.tenant_id
    ):
        raise ValueError("only a district stands in, and only for a unit of its own")
    _change(scope)
    try:
        yield scope
        _change(before)
    except BaseException:
        db.session.rollback()
        db.session.expunge_all()
        _take(before)
        raise


def _change(scope: Scope) -> None:
    """Go over to another scope of the same login within the transaction; nothing loaded stays reachable."""
    db.session.flush()
    db.session.expunge_all()
    db.session.execute(text(scope.statements()))
    _take(scope)


def follow_scope(engine: Engine) -> None:
    """Make every transaction of an engine begin in the scope then in force.

    One that could only read ends with a commit, whoever ends it: on a rollback psycopg forgets every statement it
    had prepared, and PostgreSQL would plan all of them anew for the next page.
    """

    @event.listens_for(engine, "begin")
    def _set_scope(connection: Connection) -> None:
        seconds = _patience.get()
        limits = "statement_timeout", "idle_in_transaction_session_timeout"
        patience = "; ".join(f"SET LOCAL {limit} = '{int(seconds)}s'" for limit in limits if seconds)
        # The driver would send its BEGIN as a message of its own; where one runs, it sends none.
        _stand(connection, _current.get(), first="BEGIN; ", last=patience)

    @event.listens_for(engine, "rollback")
    def _keep_prepared(connection: Connection) -> None:
        if not connection.invalidated and connection.info.get(_ONLY_READS):
            driver = _driver(connection)
            if driver.info.transaction_status is TransactionStatus.INTRANS:
                # A lost connection: the rollback that follows meets it, and says so.
                with suppress(psycopg.Error):
                    driver.commit()
