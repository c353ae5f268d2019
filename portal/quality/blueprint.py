"""The blueprint of the quality pages, shared by its modules of views."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("quality", __name__)
