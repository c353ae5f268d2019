"""What a transaction leaves behind on its pooled connection: statements it prepared, and nothing of its scope."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from psycopg.errors import InFailedSqlTransaction
from sqlalchemy import bindparam, select, text
from sqlalchemy.exc import DBAPIError

from portal.cycle.models import Setting
from portal.units.models import Unit
from tenants.database import db
from tenants.scope import Scope, ScopeKind, asking_in, current_scope, enter
from tests.builders import World

STATEMENT = select(Setting.value).where(Setting.key == bindparam("key"))
PREPARED = text("select count(*) from pg_prepared_statements where statement ilike '%from setting%'")
STANDS = text("select current_user::text, current_setting('app.tenant_id', true)")


@pytest.fixture
def alone(world: World) -> Any:
    """One connection at a time, so that a next transaction has the connection of the last."""
    assert current_scope() is None
    yield world
    enter(None)


def test_reading_keeps_what_was_prepared_and_leaves_no_scope(alone: World) -> None:
    """Seven pages of one place; the next one prepares nothing, and whoever comes after stands nowhere."""
    tenant = alone.a_district()
    for _ in range(7):
        enter(Scope(ScopeKind.DISTRICT, tenant, writes=False))
        db.session.execute(STATEMENT, {"key": "demo"})
    enter(Scope(ScopeKind.DISTRICT, tenant, writes=False))
    assert db.session.scalar(text("show transaction_read_only")) == "on"
    assert db.session.scalar(PREPARED) == 1
    enter(None)
    role, place = db.session.execute(STANDS).one()
    assert (role, place or "0") == ("portal_web", "0")


def test_what_may_write_is_rolled_back(alone: World) -> None:
    """Only a transaction that could not write ends with a commit."""
    tenant = alone.a_district()
    change = text("update unit set name = 'khác' where tenant_id = :tenant")
    unit = alone.a_unit(tenant)
    enter(Scope(ScopeKind.DISTRICT, tenant))
    assert db.session.execute(change, {"tenant": tenant}).rowcount == 1  # type: ignore[attr-defined]
    enter(Scope(ScopeKind.DISTRICT, tenant, writes=False))
    name = db.session.scalar(text("select name from unit where id = :unit"), {"unit": unit})
    assert name != "khác"
    with pytest.raises(DBAPIError, match="read-only"):
        db.session.execute(change, {"tenant": tenant})
    enter(None)


def test_a_plan_kept_from_one_place_shows_another_its_own(alone: World) -> None:
    """The wall holds for a statement that was prepared and planned while other places and levels asked it."""
    first, second = alone.a_district(), alone.a_district("Hồng Bàng")
    units = {first: {alone.a_unit(first), alone.a_unit(first)}, second: {alone.a_unit(second)}}
    asked = select(Unit.id).where(bindparam("all") == 1)

    def seen(scope: Scope) -> set[int]:
        enter(scope)
        return set(db.session.scalars(asked, {"all": 1}))

    for tenant in (first, second, first):
        for writes in (False,) * 7 + (True,):
            assert seen(Scope(ScopeKind.DISTRICT, tenant, writes=writes)) == units[tenant]
    one = min(units[first])
    for _ in range(7):
        assert seen(Scope(ScopeKind.UNIT, first, one, writes=False)) == {one}
    assert seen(Scope(ScopeKind.UNIT, second, one, writes=False)) == set()
    assert seen(Scope(ScopeKind.DISTRICT, 0, writes=False)) == set()
    prepared = text("select count(*) from pg_prepared_statements where statement ilike '%from unit%'")
    assert db.session.scalar(prepared)
    for scope in (Scope(ScopeKind.SIGNIN, first, one, writes=False), None):
        enter(scope)
        with pytest.raises(DBAPIError, match="permission denied"):
            db.session.scalars(asked, {"all": 1})
    enter(None)


PID = text("select pg_backend_pid(), now()")


def test_a_page_goes_on_where_its_session_was_looked_up(alone: World) -> None:
    """One transaction for both; between them nothing can be read, and the page is held to its own scope."""
    tenant = alone.a_district()
    unit = alone.a_unit(tenant)
    sessions = text("select count(*) from signin_session")
    with asking_in(Scope(ScopeKind.SIGNIN)):
        db.session.scalar(sessions)
        asked = db.session.execute(PID).one()
    assert current_scope() is None
    assert db.session.execute(PID).one() == asked
    enter(Scope(ScopeKind.UNIT, tenant, unit, writes=False))
    assert db.session.execute(PID).one() == asked
    assert set(db.session.scalars(select(Unit.id))) == {unit}
    with pytest.raises(DBAPIError, match="read-only"):
        db.session.execute(text("update unit set name = 'khác'"))
    enter(None)
    for refused in (sessions, text("select count(*) from unit")):
        with asking_in(Scope(ScopeKind.SIGNIN)):
            db.session.execute(PID)
        with pytest.raises(DBAPIError, match="permission denied"):
            db.session.execute(refused)
        # What failed is taken over by nobody; the next one begins anew.
        enter(Scope(ScopeKind.DISTRICT, tenant, writes=False))
        assert set(db.session.scalars(select(Unit.id))) == {unit}
        with pytest.raises(DBAPIError, match="permission denied"):
            db.session.execute(sessions)
        enter(None)


def test_another_login_begins_its_own(alone: World) -> None:
    """The province reads through a login of its own, and keeps nothing of the web login's transaction."""
    tenant = alone.a_district()
    unit = alone.a_unit(tenant)
    with asking_in(Scope(ScopeKind.SIGNIN)):
        asked = db.session.execute(PID).one()
    enter(Scope(ScopeKind.PROVINCE, writes=False))
    assert db.session.execute(PID).one() != asked
    assert db.session.scalar(text("select session_user::text")) == "portal_oversight"
    assert unit in set(db.session.scalars(select(Unit.id)))
    enter(None)


def test_a_refused_look_up_leaves_nothing_open(alone: World) -> None:
    """An error in the look-up ends its transaction."""
    with pytest.raises(DBAPIError, match="zero"), asking_in(Scope(ScopeKind.SIGNIN)):
        db.session.execute(text("select 1 / 0"))
    assert current_scope() is None
    assert not db.session().in_transaction()


def test_a_transaction_that_cannot_be_handed_on_ends(alone: World) -> None:
    """What the look-up left broken goes to nobody, and the sign-in scope does not stay in force."""
    with pytest.raises(InFailedSqlTransaction), asking_in(Scope(ScopeKind.SIGNIN)), suppress(DBAPIError):
        db.session.execute(text("select 1 / 0"))
    assert current_scope() is None
    assert not db.session().in_transaction()
