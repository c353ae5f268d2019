"""The front page of the room: where the unit's year stands, and what comes next."""

from __future__ import annotations

from typing import Any

from flask import render_template

from portal import clock
from portal.cycle.rules import is_late
from portal.dossiers.queries import live_dossier
from portal.dossiers.tracking import state_of
from portal.registration.wording import TARGETS
from portal.units.own import own_unit
from tenants.access import may, signed_in
from tenants.rights import Right, refusal

from . import queries, wording
from .blueprint import blueprint
from .rules import duration
from .standing import standing_of
from .tying import closed
from .years import chosen, running_cycles, year_links


@blueprint.get("/trong-nam")
@may(Right.FILL_DOSSIER)
def index() -> Any:
    """Registration, documents and activities of a year, and the next step."""
    cycles = running_cycles()
    cycle = chosen(cycles)
    if cycle is None:
        return render_template("activities/index.html", cycle=None)
    unit = own_unit(signed_in())
    dossier = live_dossier(unit.tenant_id, unit.id, cycle.year)
    standing = standing_of(unit, cycle, dossier)
    past = is_late(cycle.submit_before, clock.now())
    confirms = refusal(signed_in(), Right.CONFIRM_REGISTRATION) is None
    return render_template(
        "activities/index.html",
        cycle=cycle,
        years=year_links(cycles, cycle),
        stands=standing,
        tasks=[] if past else standing.tasks(confirms=confirms),
        past=past,
        latest=queries.latest(unit.tenant_id, unit.id, cycle.year, 5),
        targets=TARGETS,
        kinds=wording.KINDS,
        documents=wording.DOCUMENTS,
        duration=duration,
        dossier=dossier,
        dossier_state=state_of(dossier) if dossier else None,
        closed=closed(cycle, dossier),
    )
