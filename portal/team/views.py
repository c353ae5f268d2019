"""All pages of the room: assignments and guests, minutes, the people of the unit, a guest's own page."""

from __future__ import annotations

from . import assignment_views, guest_views, minutes_views, staff_views
from .blueprint import blueprint

__all__ = ["assignment_views", "blueprint", "guest_views", "minutes_views", "staff_views"]
