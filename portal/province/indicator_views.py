"""The page of the indicators: Biểu 06 over the province or a district, live with its units or official with its reports."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for

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
from .asked import OFFICIAL, official_asked, place_asked
from .blueprint import blueprint
from .official_indicators import OfficialIndicators, official_indicators
from .sheets import OFFICIAL as OFFICIAL_FIGURES
from .sheets import PROVISIONAL
from .sources import EVERYTHING
from .unit_views import rows_url


@blueprint.get("/tinh/chi-tieu")
@may(Right.SEE_PROVINCE)
def indicators() -> Any:
    """Show how the units came out at each indicator, by themselves and by the districts' findings.

    Official figures are the tables of accepted reports: a sum opens the districts' rows, a row its report.
    """
    place = place_asked()
    tenant_id = place.id if place else None
    opened = cycles(tenant_id)
    cycle: Cycle = found(queries.cycle_among(opened, request.args.get("nam", "")))
    official = official_indicators(cycle, place) if official_asked() else None
    if official is not None:
        return _official_page(cycle, place, official)

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
        official=None,
        url_of=rows,
        years=[one.year for one in opened],
        now=clock.now(),
    )


def _official_page(cycle: Cycle, place: Tenant | None, official: OfficialIndicators) -> str:
    reports = {str(one.place.id): one.report_id for one in official.told}
    code = request.args.get("ct", "")
    by_place = official.by_place(code) if code and place is None else None

    def opens(line: Line, one: Field) -> str:
        if one.kind == "text" or not line.values.get(one.key) or line.role == "total":
            return ""
        if by_place is None and place is None:
            return url_for("province.indicators", nam=cycle.year, ban=OFFICIAL, ct=line.key)
        owner = str(place.id) if place else line.key
        row = (line.key if place else code).replace(".", "-")
        return url_for(
            "province.report",
            tenant_id=int(owner),
            report_id=reports[owner],
            _anchor=f"bieu-06-dong-{row}",
        )

    return render_template(
        "province/indicators.html",
        cycle=cycle,
        place=place,
        places=queries.reporting_in(cycle.year, Tier(cycle.tier)),
        annex=by_place or official.table(),
        by_place=by_place is not None,
        official=official,
        url_of=opens,
        years=[one.year for one in cycles(place.id if place else None)],
        now=clock.now(),
    )


def indicators_file_sheet(cycle: Cycle, place: Tenant | None) -> Sheet:
    """Return Biểu 06 of the province or a district as a sheet: as it stands now, or of the accepted reports."""
    name = place.name if place else "Toàn tỉnh"
    if official_asked():
        official = official_indicators(cycle, place)
        when = f"{OFFICIAL_FIGURES}. {name}, {len(official.told)}/{official.of} báo cáo."
        return annex_form(official.table(), cycle.year, when, SPECIMEN if clock.is_demo() else None)
    when = f"{PROVISIONAL}. {name}, tính đến lúc {words.moment(clock.now())}."
    annex = by_indicator(cycle.year, tenant_id=place.id if place else None)
    return annex_form(annex, cycle.year, when, SPECIMEN if clock.is_demo() else None)
