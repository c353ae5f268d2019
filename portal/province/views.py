"""The province's pages: live and official figures, the districts' reports, the places, the demo clock."""

from __future__ import annotations

from . import (
    compare_views,
    file_views,
    indicator_views,
    leader_views,
    overview,
    places,
    receipt,
    receipt_list,
    unit_views,
)
from .blueprint import blueprint

__all__ = [
    "blueprint",
    "compare_views",
    "file_views",
    "indicator_views",
    "leader_views",
    "overview",
    "places",
    "receipt",
    "receipt_list",
    "unit_views",
]
