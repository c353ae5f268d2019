"""The pages of the room of units."""

from __future__ import annotations

from . import import_pages, pages
from .blueprint import blueprint

__all__ = ["blueprint", "import_pages", "pages"]
