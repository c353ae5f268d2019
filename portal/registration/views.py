"""The pages of the room of registrations."""

from __future__ import annotations

from . import district_views, own_views
from .blueprint import blueprint

__all__ = ["blueprint", "district_views", "own_views"]
