"""All pages of the room: lists, intake, the appraisal desk and the entry of dossiers filed off the portal."""

from __future__ import annotations

from . import (
    assign_views,
    base_views,
    blind_views,
    clean_views,
    desk_views,
    entry_views,
    intake_views,
    list_views,
    proposal_views,
    supplement_views,
)
from .blueprint import blueprint

__all__ = [
    "assign_views",
    "base_views",
    "blind_views",
    "blueprint",
    "clean_views",
    "desk_views",
    "entry_views",
    "intake_views",
    "list_views",
    "proposal_views",
    "supplement_views",
]
