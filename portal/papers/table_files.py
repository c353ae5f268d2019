"""A list of the portal to take along as XLSX or CSV: the one place that answers with such a file."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response, abort

from portal import clock, web, words
from portal.papers.office import SPECIMEN
from portal.papers.sheets import Sheet, sheet_csv, sheet_xlsx
from tenants.access import signed_in

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA = {"xlsx": XLSX, "csv": "text/csv"}


def marks() -> dict[str, Any]:
    """Return what every list as a file carries: who made it when, the mark of a demo."""
    place = signed_in().place
    name = place.tenant_name if place else ""
    return {
        "subtitle": f"{name}, lúc {words.moment(clock.now())}",
        "specimen": SPECIMEN if clock.is_demo() else None,
    }


def file_of(ext: str, sheet: Sheet, name: str) -> Response:
    """Answer with a list as it is now, as XLSX or CSV; 404 for any other ending."""
    return frozen_file_of(ext, sheet, name, clock.now())


def frozen_file_of(ext: str, sheet: Sheet, name: str, made: datetime | None = None) -> Response:
    """Answer with a table that no longer changes, dated `made`: the same bytes at any time."""
    if ext not in MEDIA:
        abort(404)
    content = sheet_xlsx(sheet, made) if ext == "xlsx" else sheet_csv(sheet)
    return web.download(content, f"{name}.{ext}", MEDIA[ext])
