"""What kind of news a notice is, who gets it by mail and when, and how long the sending is tried. Pure."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from portal.words import ZONE


class Kind(StrEnum):
    """What a notice is about; readers filter by it, and some kinds are mailed at once."""

    STEP = "step"
    SUPPLEMENT = "supplement"
    DECISION = "decision"
    TASK = "task"
    REMINDER = "reminder"
    REPORT = "report"
    JOB = "job"
    GUIDANCE = "guidance"
    ACCOUNT = "account"


class Pace(StrEnum):
    """How a person wants mail."""

    NOW = "now"
    DAILY = "daily"
    NONE = "none"


URGENT = frozenset({Kind.SUPPLEMENT, Kind.DECISION, Kind.ACCOUNT})
ALWAYS = frozenset({Kind.ACCOUNT})

DIGEST_AT = time(7, 0)
STALE = timedelta(days=2)
"""A notice taken up later than this (mail was off, the worker stood still) waits for the digest."""
REMEMBERED = timedelta(days=30)
"""How far back a digest looks for what is unread."""
NEWS = timedelta(days=365)
"""An older notice counts as read."""
MOST_IN_DIGEST = 30

PAUSES = tuple(timedelta(minutes=n) for n in (10, 30, 60, 180, 360, 720))
GIVE_UP = timedelta(days=4)
KEPT = timedelta(days=60)

# What every mail server takes: no comments, no quotes, no letters beyond ASCII (they would need SMTPUTF8).
_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)+"
)


def is_address(text: str) -> bool:
    """Return whether a text is a mail address that can be written to."""
    return len(text) <= 200 and ".." not in text and _ADDRESS.fullmatch(text) is not None


def at_once(kind: str, pace: str) -> bool:
    """Return whether a notice of a kind is mailed at once to somebody with this pace."""
    if kind in ALWAYS:
        return True
    if pace == Pace.NONE:
        return False
    return pace == Pace.NOW or kind in URGENT


def digest_end(now: datetime) -> datetime | None:
    """Return up to when the digest of today reaches (this morning's hour), None before that hour."""
    local = now.astimezone(ZONE)
    end = datetime.combine(local.date(), DIGEST_AT, ZONE)
    return end if local >= end else None


def digest_begin(end: datetime, last: date | None) -> datetime:
    """Return from when a notice is news for a digest: the end of the person's last one, or two days back."""
    if last is None:
        return end - STALE
    return max(datetime.combine(last, DIGEST_AT, ZONE), end - REMEMBERED)


def pause_after(tries: int) -> timedelta:
    """Return how long to wait after a number of failed tries."""
    return PAUSES[min(max(tries, 1), len(PAUSES)) - 1]
