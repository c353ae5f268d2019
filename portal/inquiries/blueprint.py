"""The one blueprint of the room, shared by its pages for the public, the district, the unit and the Department."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("inquiries", __name__)
