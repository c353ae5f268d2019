"""The blueprint of the year's room; its pages stand in the modules that `views` gathers."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("cycle", __name__)
