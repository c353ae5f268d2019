"""The blueprint of registration; the pages stand in the `…_views` modules."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("registration", __name__)
