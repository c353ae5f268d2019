"""The pages of the year: its calendar, and the days the province has off or works."""

from __future__ import annotations

from . import calendar_views, days_views
from .blueprint import blueprint

__all__ = ["blueprint", "calendar_views", "days_views"]
