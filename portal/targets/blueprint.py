"""The blueprint of the targets' pages, shared by its two modules of views."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("targets", __name__)
