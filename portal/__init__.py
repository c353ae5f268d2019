"""The work: one folder per noun of the field, and the program that opens them to the web (`app.py`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal.config import Settings
    from tenants.access import GuardedFlask

__all__ = ["create_app"]


def create_app(settings: Settings | None = None) -> GuardedFlask:
    """Build the program from its settings (read from the environment when none are given).

    Raises `WrongSetting` with a sentence for a wrong or missing setting.
    """
    from portal.app import build  # dear: what only reads settings or starts the database goes without

    return build(settings)
