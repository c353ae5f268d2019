"""The province's pages: live and official figures, the districts' reports, the places, the demo clock."""

from __future__ import annotations

from . import indicator_views, overview, places, receipt, unit_views
from .blueprint import blueprint

__all__ = ["blueprint", "indicator_views", "overview", "places", "receipt", "unit_views"]
