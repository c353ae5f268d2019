"""The blueprint of the team's pages, and how they read a row's number."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("team", __name__)


def whole(text: str | None) -> int | None:
    """Return a row's number as a form sends it, None for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else None
