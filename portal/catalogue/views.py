"""The catalogue's pages: reading and governing the versions, and the trial of a change."""

from __future__ import annotations

from . import pages, trial_views
from .blueprint import blueprint

__all__ = ["blueprint", "pages", "trial_views"]
