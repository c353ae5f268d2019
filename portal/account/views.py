"""The pages of the account room: the entrance, and what signed-in persons keep themselves."""

from __future__ import annotations

from . import own
from .entrance import blueprint

__all__ = ["blueprint", "own"]
