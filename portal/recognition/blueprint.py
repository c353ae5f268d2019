"""The one blueprint of the room, shared by the district's pages and the unit's."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("recognition", __name__)
