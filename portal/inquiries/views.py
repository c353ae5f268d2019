"""All pages of the room on its blueprint."""

from __future__ import annotations

from . import district_views, public_views, term_views, unit_views
from .blueprint import blueprint

__all__ = ["blueprint", "district_views", "public_views", "term_views", "unit_views"]
