"""The front page of the room: where the unit's year stands, and what comes next."""

from __future__ import annotations

from typing import Any

from flask import render_template

from portal.dossiers.queries import live_dossier
from portal.registration import queries as registration
from portal.registration.wording import TARGETS
from tenants.access import may, signed_in
from tenants.rights import Right

from .blueprint import blueprint
from .years import chosen, running_cycles


@blueprint.get("/trong-nam")
@may(Right.FILL_DOSSIER)
def index() -> Any:
    """Registration, documents and activities of a year, and the next step."""
    place = signed_in().place
    assert place is not None
    assert place.unit_id is not None
    cycles = running_cycles()
    cycle = chosen(cycles)
    if cycle is None:
        return render_template("activities/index.html", cycle=None)
    return render_template(
        "activities/index.html",
        cycle=cycle,
        cycles=cycles,
        row=registration.registration_of(place.tenant_id, place.unit_id, cycle.year),
        targets=TARGETS,
        dossier=live_dossier(place.tenant_id, place.unit_id, cycle.year),
    )
