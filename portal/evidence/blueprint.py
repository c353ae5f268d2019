"""The room's blueprint, its place, and which of its addresses take large bodies."""

from __future__ import annotations

from flask import Blueprint

from tenants.access import signed_in
from tenants.identity import Place

from .carrying import left_to_ask
from .sending import let_files_in

blueprint = Blueprint("evidence", __name__)
let_files_in(blueprint, "evidence.upload", "evidence.add")
blueprint.add_app_template_global(left_to_ask, "files_to_carry")


def here() -> Place:
    """Return the place acted in."""
    return signed_in().here
