"""The pages of the room "Trong năm"."""

from __future__ import annotations

from . import district_views, document_views, list_views, log_views, year_views
from .blueprint import blueprint

__all__ = ["blueprint", "district_views", "document_views", "list_views", "log_views", "year_views"]
