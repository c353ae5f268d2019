"""The blueprint of the room "Trong năm"; the pages stand in the `…_views` modules."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("activities", __name__)
