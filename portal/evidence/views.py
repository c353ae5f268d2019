"""The pages of evidence: the library, one file, files for an indicator, files in parts, last year's files."""

from __future__ import annotations

from . import carry_views, file_views, indicator_views, library_views, part_views
from .blueprint import blueprint

__all__ = ["blueprint", "carry_views", "file_views", "indicator_views", "library_views", "part_views"]
