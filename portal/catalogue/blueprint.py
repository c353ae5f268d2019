"""The blueprint of the catalogue's room; its pages stand in the modules that `views` gathers."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("catalogue", __name__)
