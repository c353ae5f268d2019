"""The one blueprint of the room: papers of units and districts, the wordings."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("papers", __name__)
