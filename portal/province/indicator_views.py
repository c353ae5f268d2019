"""The page of the indicators (Biểu 06 over the province or a district), and every table of figures as a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, abort, render_template, request

from portal import clock, words
from portal.cycle.models import Cycle
from portal.cycle.queries import years
from portal.figures.annex import Field, Line
from portal.figures.outcomes import by_indicator
from portal.papers.forms import annex_form
from portal.papers.office import SPECIMEN
from portal.papers.sheets import Sheet
from portal.papers.table_files import file_of
from tenants.access import found, may
from tenants.places import Tenant
from tenants.rights import Right

from . import queries
from .asked import OFFICIAL, official_asked, shown_cycle
from .blueprint import blueprint
from .overview import districts_file_sheet, kinds_file_sheet
from .sheets import PROVISIONAL
from .sources import EVERYTHING
from .unit_views import rows_url


def place_asked() -> Tenant | None:
    """Return the district the address asks for, None for the province; 404 for one that does not exist."""
    wanted = request.args.get("huyen", "")
    if not wanted:
        return None
    known = wanted.isascii() and wanted.isdigit() and len(wanted) < 10
    return found(queries.place(int(wanted)) if known else None)  # type: ignore[no-any-return]


@blueprint.get("/tinh/chi-tieu")
@may(Right.SEE_PROVINCE)
def indicators() -> Any:
    """Show how the units came out at each indicator, by themselves and by the districts' findings."""
    place, cycle = place_asked(), found(shown_cycle())
    tenant_id = place.id if place else None

    def rows(line: Line, one: Field) -> str:
        if not one.opens or not line.values.get(one.key):
            return ""
        return rows_url(cycle.year, one.key, EVERYTHING, tenant_id, indicator=line.key)

    return render_template(
        "province/indicators.html",
        cycle=cycle,
        place=place,
        places=queries.places_in(cycle.year),
        annex=by_indicator(cycle.year, tenant_id=tenant_id),
        url_of=rows,
        years=years(),
        now=clock.now(),
    )


def _indicators_sheet(cycle: Cycle, place: Tenant | None) -> Sheet:
    name = place.name if place else "Toàn tỉnh"
    when = f"{PROVISIONAL}. {name}, tính đến lúc {words.moment(clock.now())}."
    annex = by_indicator(cycle.year, tenant_id=place.id if place else None)
    return annex_form(annex, cycle.year, when, SPECIMEN if clock.is_demo() else None)


SHEETS: dict[str, Callable[[Cycle, Tenant | None], Sheet]] = {
    "huyen": lambda cycle, _place: districts_file_sheet(cycle),
    "loai-hinh": kinds_file_sheet,
    "chi-tieu": _indicators_sheet,
}
"""The tables that can be taken along, by their name in the address."""


@blueprint.get("/tinh/so-lieu.<ext>")
@may(Right.SEE_PROVINCE)
def figures_file(ext: str) -> Response:
    """Hand out a table of the figures as a file, with the choices of its page; it says whether it is official."""
    place, cycle, name = place_asked(), found(shown_cycle()), request.args.get("bang", "huyen")
    if name not in SHEETS:
        abort(404)
    sheet = SHEETS[name](cycle, place)
    kind = OFFICIAL if official_asked() else "tam-tinh"
    return file_of(ext, sheet, f"don-vi-hoc-tap-{name}-{cycle.year}-{kind}")
