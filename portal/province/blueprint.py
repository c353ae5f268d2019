"""The blueprint of the province's room; its pages stand in the modules that `views` gathers."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("province", __name__)
