"""The catalogue's pages: reading and governing the versions, drafting, and the trial of a change."""

from __future__ import annotations

from . import drafting_views, pages, trial_views
from .blueprint import blueprint

__all__ = ["blueprint", "drafting_views", "pages", "trial_views"]
