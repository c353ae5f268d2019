"""The room's blueprint, and which of its addresses take large bodies."""

from __future__ import annotations

from flask import Blueprint

from .carrying import left_to_ask
from .sending import let_files_in

blueprint = Blueprint("evidence", __name__)
let_files_in(blueprint, "evidence.upload", "evidence.add")
blueprint.add_app_template_global(left_to_ask, "files_to_carry")
