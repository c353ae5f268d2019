"""Holding back whoever guesses: tries are counted in PostgreSQL and therefore hold across workers.

A try is counted before it is judged and forgiven when it was right, so that guessing in parallel gains
nothing. There is no permanent lock, and the strict count belongs to a name from one address: a stranger
cannot keep a unit from signing in on the last evening. Follows OWASP ASVS 5.0, V6.3.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from .database import db
from .people import Throttle

WINDOW = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Limit:
    """A counted key: so many tries are free in a window, then waits double up to `longest`."""

    key: str
    free: int
    longest: timedelta

    def wait(self, tries: int) -> timedelta:
        """Return how long the key is held back after so many tries in the window."""
        if tries < self.free:
            return timedelta()
        return min(timedelta(seconds=2 ** min(tries - self.free + 1, 12)), self.longest)


def of_login(login: str, address: str) -> tuple[Limit, ...]:
    """Return what is counted when somebody gives a password for a name."""
    where = network_of(address)
    return (
        Limit(f"login:{login}@{where}", 5, timedelta(minutes=5)),
        Limit(f"login:{login}", 60, timedelta(minutes=1)),
        Limit(f"address:{where}", 100, timedelta(minutes=1)),
    )


def of_code(account_id: int) -> tuple[Limit, ...]:
    """Return what is counted when a person types a code of the second factor."""
    return (Limit(f"code:{account_id}", 5, timedelta(minutes=5)),)


def of_password(account_id: int) -> tuple[Limit, ...]:
    """Return what is counted when a signed-in person confirms an act by the password."""
    return (Limit(f"password:{account_id}", 5, timedelta(minutes=5)),)


def of_link(address: str) -> tuple[Limit, ...]:
    """Return what is counted when somebody comes with a one-time link."""
    return (Limit(f"link:{network_of(address)}", 30, timedelta(minutes=5)),)


def of_public_code(address: str) -> tuple[Limit, ...]:
    """Return what is counted when somebody asks in public for a code that does not exist."""
    return (Limit(f"public:{network_of(address)}", 30, timedelta(minutes=5)),)


def of_inquiry(address: str) -> tuple[Limit, ...]:
    """Return what is counted when somebody without an account sends a question or a report."""
    return (Limit(f"inquiry:{network_of(address)}", 10, timedelta(minutes=5)),)


def of_token(address: str) -> tuple[Limit, ...]:
    """Return what is counted when somebody comes with a token that opens nothing."""
    return (Limit(f"token:{network_of(address)}", 30, timedelta(minutes=5)),)


def of_open_data(address: str) -> tuple[Limit, ...]:
    """Return what is counted when somebody takes a file of open data."""
    return (Limit(f"open:{network_of(address)}", 60, timedelta(minutes=5)),)


def network_of(address: str) -> str:
    """Return the address, for IPv6 its /64: one subscriber owns all of that."""
    try:
        known = ip_address(address)
    except ValueError:
        return "unknown"
    if known.version == 6:
        return str(ip_network((int(known) >> 64 << 64, 64)).network_address)
    return str(known)


def admit(limits: Sequence[Limit]) -> datetime | None:
    """Count a try that is about to be judged; or return until when it is held back, uncounted.

    Commits, because the count must stand whatever the answer will be.
    """
    at = datetime.now(UTC)
    rows = {}
    for limit in sorted(limits, key=lambda each: each.key):
        fresh = Throttle.window_from < at - WINDOW
        statement = insert(Throttle).values(key=limit.key, failures=0, window_from=at)
        rows[limit] = db.session.execute(
            statement.on_conflict_do_update(
                index_elements=[Throttle.key],
                set_={
                    "failures": case((fresh, 0), else_=Throttle.failures),
                    "window_from": case((fresh, at), else_=Throttle.window_from),
                },
            ).returning(Throttle.failures, Throttle.blocked_until)
        ).one()
    held = max((row.blocked_until for row in rows.values() if row.blocked_until), default=at)
    if held > at:
        db.session.rollback()
        return held
    for limit, row in rows.items():
        tries = row.failures + 1
        wait = limit.wait(tries)
        db.session.execute(
            update(Throttle)
            .where(Throttle.key == limit.key)
            .values(failures=tries, blocked_until=at + wait if wait else None)
        )
    db.session.commit()
    return None


def held(limits: Sequence[Limit]) -> datetime | None:
    """Return until when a try would be held back, without counting one."""
    keys = [limit.key for limit in limits]
    ends = db.session.scalars(select(Throttle.blocked_until).where(Throttle.key.in_(keys)))
    return max((end for end in ends if end and end > datetime.now(UTC)), default=None)


def forgive(limits: Sequence[Limit]) -> None:
    """Take back a try that was right: the first key is cleared, the wider ones count one less."""
    first, *wider = limits
    db.session.execute(delete(Throttle).where(Throttle.key == first.key))
    for limit in sorted(wider, key=lambda each: each.key):
        db.session.execute(
            update(Throttle)
            .where(Throttle.key == limit.key)
            .values(failures=func.greatest(Throttle.failures - 1, 0), blocked_until=None)
        )


def sweep() -> None:
    """Remove counts whose window is long over."""
    db.session.execute(delete(Throttle).where(Throttle.window_from < datetime.now(UTC) - 4 * WINDOW))
