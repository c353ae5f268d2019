"""What holds for jobs whatever they make: how long, how often, how many, and how far one is."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum


class State(StrEnum):
    """Where a job stands; the last three are its ends."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ACTIVE = (State.WAITING, State.RUNNING)
LEASE = timedelta(seconds=90)
"""A worker that shows no sign of life for so long has lost the job; a step takes 30 seconds at most."""
BEAT = timedelta(seconds=2)
"""Between two signs of life during a long step: one statement, one transaction."""
LONGEST_STEP = timedelta(minutes=30)
"""A step that takes longer is thought to hang: it shows no life any more, and loses the job."""
TURN = timedelta(seconds=60)
"""After so long a job makes way when another one waits."""
MOST_ATTEMPTS = 4
MOST_RUNNING = 2
"""Jobs of one district with its units worked on at once, however many workers there are."""
MOST_WAITING = 20
"""Jobs of one district, or of the province, that may wait at once."""
MOST_WAITING_OF_UNIT = 3
KEPT = timedelta(days=7)
"""How long a result is kept."""
REMEMBERED = timedelta(days=60)
UNATTENDED = timedelta(minutes=10)
"""A job that nobody takes for so long, while none of its district runs, is said to have no worker."""


def pause_after(attempts: int) -> timedelta:
    """Return how long a job rests after its n-th failure: half a minute, one, two …"""
    return timedelta(seconds=30 * 2 ** (max(attempts, 1) - 1))


def tries_again(attempts: int) -> bool:
    """Return whether a job that failed or was lost for the n-th time is taken up once more."""
    return attempts < MOST_ATTEMPTS


def percent(done: int, total: int) -> int:
    """Return how far a job is, 0 to 100; the last percent is kept for the file."""
    return min(99, 100 * done // total) if total > 0 else 0


def days_left(expires_at: datetime, now: datetime) -> int:
    """Return for how many days, begun ones counted, a result is still kept; 0 when it is gone."""
    left = expires_at - now
    return max(0, left.days + (1 if left % timedelta(days=1) else 0)) if left > timedelta(0) else 0


def is_unattended(state: str, due_at: datetime, now: datetime) -> bool:
    """Return whether a job waits so long that no worker seems to run."""
    return state == State.WAITING and now - due_at > UNATTENDED
