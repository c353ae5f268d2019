"""The blueprint of the district's desk; the pages stand in the `…_views` modules."""

from __future__ import annotations

from flask import Blueprint, current_app, request, url_for

from portal.cycle.models import Cycle
from portal.cycle.queries import current_cycle, cycle_of
from tenants.access import found

blueprint = Blueprint("appraisal", __name__)


def chosen_cycle() -> Cycle:
    """Return the year the address asks for (`nam`), the current one without; 404 for an unknown year."""
    asked = request.args.get("nam", "")
    if asked.isascii() and asked.isdigit() and len(asked) == 4:
        cycle: Cycle = found(cycle_of(int(asked)))
        return cycle
    current: Cycle = found(current_cycle())
    return current


def link(endpoint: str, **values: object) -> str:
    """Return the address of another room's page, or "" where that room has no such page."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""  # type: ignore[arg-type]
