"""The blueprint of the room of reforms."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("reform", __name__)
