"""The pages of the team: assignments, guests, minutes, the people of the unit."""

from __future__ import annotations

from . import minutes_views  # noqa: F401  (the routes, on one blueprint)
from .blueprint import blueprint

__all__ = ["blueprint"]
