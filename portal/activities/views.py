"""The pages of the room "Trong năm"."""

from __future__ import annotations

from . import year_views
from .blueprint import blueprint

__all__ = ["blueprint", "year_views"]
