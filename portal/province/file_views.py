"""Every table of the province's figures as a file, with the choices of its page."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, abort, request

from portal.cycle.models import Cycle
from portal.papers.sheets import Sheet
from portal.papers.table_files import file_of
from tenants.access import found, may
from tenants.places import Tenant
from tenants.rights import Right

from .asked import OFFICIAL, official_asked, place_asked, shown_cycle
from .blueprint import blueprint
from .compare_views import compared_file_sheet
from .indicator_views import indicators_file_sheet
from .overview import districts_file_sheet, kinds_file_sheet

SHEETS: dict[str, Callable[[Cycle, Tenant | None], Sheet]] = {
    "huyen": lambda cycle, _place: districts_file_sheet(cycle),
    "loai-hinh": kinds_file_sheet,
    "chi-tieu": indicators_file_sheet,
    "so-sanh": compared_file_sheet,
}
"""The tables that can be taken along, by their name in the address."""


@blueprint.get("/tinh/so-lieu.<ext>")
@may(Right.SEE_PROVINCE)
def figures_file(ext: str) -> Response:
    """Hand out a table of the figures as a file, with the choices of its page; it says whether it is official."""
    place, name = place_asked(), request.args.get("bang", "huyen")
    if name not in SHEETS:
        abort(404)
    cycle: Cycle = found(shown_cycle(place))
    sheet = SHEETS[name](cycle, place)
    kind = OFFICIAL if official_asked() else "tam-tinh"
    return file_of(ext, sheet, f"don-vi-hoc-tap-{name}-{cycle.year}-{kind}")
