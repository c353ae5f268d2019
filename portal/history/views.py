"""The room of past results: its pages, and the import of a file."""

from __future__ import annotations

from . import import_views, pages
from .blueprint import blueprint

__all__ = ["blueprint", "import_views", "pages"]
