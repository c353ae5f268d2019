"""The one blueprint of the room, shared by its public pages and those of the unit and the district."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("register", __name__)
