"""The blueprint of the guidance pages, shared by its modules of views."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("guidance", __name__)
