"""The page of the indicators: Biểu 06 over the province or a district, every figure with its units."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from portal import clock, words
from portal.cycle.models import Cycle
from portal.cycle.queries import cycles
from portal.figures.annex import Field, Line
from portal.figures.outcomes import by_indicator
from portal.papers.forms import annex_form
from portal.papers.office import SPECIMEN
from portal.papers.sheets import Sheet
from tenants.access import found, may
from tenants.places import Tenant, Tier
from tenants.rights import Right

from . import queries
from .asked import place_asked
from .blueprint import blueprint
from .sheets import PROVISIONAL
from .sources import EVERYTHING
from .unit_views import rows_url


@blueprint.get("/tinh/chi-tieu")
@may(Right.SEE_PROVINCE)
def indicators() -> Any:
    """Show how the units came out at each indicator, by themselves and by the districts' findings."""
    place = place_asked()
    tenant_id = place.id if place else None
    opened = cycles(tenant_id)
    cycle: Cycle = found(queries.cycle_among(opened, request.args.get("nam", "")))

    def rows(line: Line, one: Field) -> str:
        if not one.opens or not line.values.get(one.key):
            return ""
        return rows_url(cycle.year, one.key, EVERYTHING, tenant_id, indicator=line.key)

    return render_template(
        "province/indicators.html",
        cycle=cycle,
        place=place,
        places=queries.places_in(cycle.year, Tier(cycle.tier)),
        annex=by_indicator(cycle.year, tenant_id=tenant_id),
        url_of=rows,
        years=[one.year for one in opened],
        now=clock.now(),
    )


def indicators_file_sheet(cycle: Cycle, place: Tenant | None) -> Sheet:
    """Return Biểu 06 of the province or a district as a sheet, as it stands now."""
    name = place.name if place else "Toàn tỉnh"
    when = f"{PROVISIONAL}. {name}, tính đến lúc {words.moment(clock.now())}."
    annex = by_indicator(cycle.year, tenant_id=place.id if place else None)
    return annex_form(annex, cycle.year, when, SPECIMEN if clock.is_demo() else None)
