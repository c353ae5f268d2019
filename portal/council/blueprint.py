"""The one blueprint of the room: the council, its meetings, the papers."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("council", __name__)
