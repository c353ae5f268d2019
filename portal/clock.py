"""The one place that knows what time it is for the work.

Time is UTC inside and Asia/Ho_Chi_Minh for people and deadlines. In demo data, and only there, it is
shifted by an offset that the demo's provincial administrator sets, so that a whole year can be played
today. Sign-in, sessions, roles and delegations keep real time (`tenants/signin.py`): the wall in the database asks its
own clock who holds a right, and no setting of a demonstration moves that.
"""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time, timedelta

from flask import g, has_app_context
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from portal.cycle.models import Setting
from portal.words import ZONE
from tenants.database import ask, db
from tenants.refusal import Refused

DEMO = "demo"
OFFSET = "demo_clock_offset"
_SETTINGS = select(Setting.key, Setting.value)


def settings() -> dict[str, str]:
    """Return the deployment's settings, read once per request."""
    if not has_app_context() or "settings" not in g:
        values: dict[str, str] = dict(ask(_SETTINGS).all())  # type: ignore[arg-type]
        if not has_app_context():
            return values
        g.settings = values
    loaded: dict[str, str] = g.settings
    return loaded


def forget_settings() -> None:
    """Read the settings anew at the next question (after a change, or in a long-running command)."""
    g.pop("settings", None)


def is_demo() -> bool:
    """Return whether this deployment holds demo data."""
    return settings().get(DEMO) == "yes"


def now() -> datetime:
    """Return the moment the work reckons with, in UTC."""
    real = datetime.now(UTC)
    if is_demo():
        return real + timedelta(seconds=int(settings().get(OFFSET, "0")))
    return real


def today() -> date:
    """Return the day in Vietnam."""
    return now().astimezone(ZONE).date()


def start_of(day: date) -> datetime:
    """Return the first moment of a day in Vietnam, in UTC."""
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


def set_demo_clock(moment: datetime) -> None:
    """Make it `moment` (with a time zone) in demo data; refused in a real installation."""
    if not is_demo():
        raise Refused("Đồng hồ chỉ chỉnh được trong dữ liệu minh họa.")
    # Rounded up: a deadline's own first second must not still be the second before it.
    offset = math.ceil((moment - datetime.now(UTC)).total_seconds())
    put_setting(OFFSET, str(offset))
    forget_settings()


def put_setting(key: str, value: str) -> None:
    """Store a setting of the deployment (province or steward scope)."""
    changed = {"value": value, "changed_at": datetime.now(UTC)}
    db.session.execute(
        insert(Setting).values(key=key, **changed).on_conflict_do_update(index_elements=["key"], set_=changed)
    )
