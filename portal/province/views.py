"""The province's pages: live and official figures, the districts' reports, the places, the demo clock."""

from __future__ import annotations

from . import overview, places, receipt, receipt_list
from .blueprint import blueprint

__all__ = ["blueprint", "overview", "places", "receipt", "receipt_list"]
