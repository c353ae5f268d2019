"""The pages of the room, each module registering its own on the one blueprint."""

from __future__ import annotations

from . import announcement_views, entry_views, question_views
from .blueprint import blueprint

__all__ = ["announcement_views", "blueprint", "entry_views", "question_views"]
