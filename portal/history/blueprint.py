"""The blueprint of the room of past results."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("history", __name__)
