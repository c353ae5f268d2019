"""The worker's sign of life: once a minute it notes what waits and what failed, once an hour what the wall's check found.

Pages cannot see this for themselves: the province does not read jobs or letters, and no web login reads the catalogue
of the database as its owner does.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import func, select

from portal import clock, migrate
from portal.config import Settings
from portal.figures.models import FigureMark
from portal.jobs.models import Job
from portal.jobs.rules import State
from portal.notices import sending
from tenants import signin
from tenants.database import db
from tenants.scope import Scope, ScopeKind, acting_in

from .rules import Pulse

KEY = "worker_pulse"
CHECKING = 3600.0
failing: set[str] = set()
"""The kinds of work that ended with an error when this process last tried them."""


class Beat:
    """The worker's kind of work that says it lives."""

    name = "pulse"
    rest = 60.0

    def __init__(self) -> None:
        self._checked = -CHECKING
        self._checked_at: datetime | None = None
        self._defects: tuple[str, ...] = ()

    def wanted(self, settings: Settings) -> bool:
        """Every installation wants to be looked after."""
        return True

    def run(self, settings: Settings, stop: Callable[[], bool]) -> int:
        """Note what is seen now."""
        if time.monotonic() - self._checked >= CHECKING:
            self._checked, self._checked_at = time.monotonic(), signin.now()
            self._defects = tuple(migrate.defects(settings.admin_url()))
        note(seen(self._checked_at, self._defects))
        return 1


def seen(checked_at: datetime | None, defects: tuple[str, ...]) -> Pulse:
    """Return what waits and what failed, as the worker's scope sees it."""
    now = signin.now()
    waiting = Job.state == State.WAITING
    failed = (Job.state == State.FAILED) & (Job.ended_at > now - timedelta(days=1))
    counted = select(
        func.count().filter(waiting),
        func.min(Job.asked_at).filter(waiting),
        func.count().filter(failed),
    ).select_from(Job)
    with acting_in(Scope(ScopeKind.WORK)):
        jobs_waiting, oldest, jobs_failed = db.session.execute(counted).one()
        oldest_change = db.session.scalar(select(func.min(FigureMark.at)))
    letters = sending.tally()
    return Pulse(
        at=now,
        jobs_waiting=jobs_waiting,
        jobs_failed=jobs_failed,
        oldest_job=oldest,
        letters_waiting=letters.get("waiting", 0),
        letters_lost=letters.get("refused", 0) + letters.get("given_up", 0),
        checked_at=checked_at,
        defects=defects[:5],
        failing=tuple(sorted(failing)),
        oldest_change=oldest_change,
    )


def note(pulse: Pulse) -> None:
    """Write a pulse down where every page can read it."""
    told = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(pulse).items()
    }
    with acting_in(Scope(ScopeKind.STEWARD)):
        clock.put_setting(KEY, json.dumps(told, ensure_ascii=False))
    clock.forget_settings()


def noted(settings: dict[str, str]) -> Pulse | None:
    """Read the last pulse from the deployment's settings; None where there was none."""
    if KEY not in settings:
        return None
    told = json.loads(settings[KEY])
    for name in ("at", "oldest_job", "checked_at", "oldest_change"):
        told[name] = datetime.fromisoformat(told[name]) if told.get(name) else None
    for name in ("defects", "failing"):
        told[name] = tuple(told.get(name, ()))
    return Pulse(**told)
