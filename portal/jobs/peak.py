"""The busy hours of the last evenings: long work waits, so that whoever still files has the machine to themselves.

Switched on for some hours by the operator and over by itself; pages are served as ever.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from portal import clock
from tenants import signin

KEY = "peak_until"
PUT_OFF = "Đang giờ cao điểm nộp hồ sơ: việc mới được nhận nhưng chạy sau {until}."


def until() -> datetime | None:
    """Return when the busy hours end; None outside them (any scope that reads settings)."""
    kept = clock.settings().get(KEY)
    ends = datetime.fromisoformat(kept) if kept else None
    return ends if ends and ends > signin.now() else None


def begin(hours: int) -> datetime:
    """Let long work wait for so many hours from now (steward scope)."""
    ends = signin.now() + timedelta(hours=hours)
    clock.put_setting(KEY, ends.isoformat(timespec="seconds"))
    clock.forget_settings()
    return ends


def end() -> None:
    """Let long work go on (steward scope)."""
    clock.put_setting(KEY, "")
    clock.forget_settings()
