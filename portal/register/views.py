"""All pages of the room on its blueprint."""

from __future__ import annotations

from . import public_views, unit_views
from .blueprint import blueprint

__all__ = ["blueprint", "public_views", "unit_views"]
