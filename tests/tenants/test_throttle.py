"""How long tries are held back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tenants import signin, throttle
from tenants.database import db
from tenants.people import Throttle
from tenants.scope import Scope, ScopeKind, acting_in
from tests.builders import World

SIGNIN = Scope(ScopeKind.SIGNIN)
LIMIT = throttle.Limit("k", 5, timedelta(minutes=5))


@pytest.mark.parametrize(
    ("tries", "seconds"),
    [(0, 0), (4, 0), (5, 2), (6, 4), (7, 8), (11, 128), (12, 256), (13, 300), (5000, 300)],
)
def test_waits_double_up_to_a_limit(tries: int, seconds: int) -> None:
    """There is no permanent lock."""
    assert LIMIT.wait(tries) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("10.1.2.3", "10.1.2.3"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("", "unknown"),
        ("<script>", "unknown"),
    ],
)
def test_an_ipv6_subscriber_is_one_address(address: str, network: str) -> None:
    """Changing the last half of the address gains nothing."""
    assert throttle.network_of(address) == network


def test_the_window_begins_anew(world: World) -> None:
    """After half an hour earlier tries do not count."""
    with acting_in(SIGNIN):
        for _ in range(4):
            assert throttle.admit([LIMIT]) is None
        db.session.execute(update(Throttle).values(window_from=signin.now() - throttle.WINDOW * 2))
        db.session.commit()
        for _ in range(4):
            assert throttle.admit([LIMIT]) is None
        assert throttle.held([LIMIT]) is None
        assert throttle.admit([LIMIT]) is None
        assert throttle.held([LIMIT]) is not None


def test_held_back_tries_are_not_counted(world: World) -> None:
    """Knocking while the door is shut does not make the wait longer."""
    with acting_in(SIGNIN):
        for _ in range(5):
            throttle.admit([LIMIT])
        ends = {throttle.admit([LIMIT]) for _ in range(20)}
        assert len(ends) == 1
        assert db.session.scalar(select(Throttle.failures)) == 5


def test_a_right_try_takes_itself_back(world: World) -> None:
    """The count of the name is cleared, of the address it goes down by one."""
    limits = throttle.of_login("ai.do", "10.0.0.1")
    with acting_in(SIGNIN):
        for _ in range(3):
            throttle.admit(limits)
        throttle.forgive(limits)
        left = {row.key: row.failures for row in db.session.scalars(select(Throttle))}
    assert left == {"login:ai.do": 2, "address:10.0.0.1": 2}
