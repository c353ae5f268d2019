"""The list of the districts' reports: who has sent, late by how much; to print, to take along, to remind from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, abort, render_template, request

from portal import clock
from portal.cycle.models import Cycle
from portal.cycle.queries import years
from portal.papers.documents import sheet_pdf
from portal.papers.table_files import file_of, marks
from portal.reports.queries import waiting_reopenings
from portal.web import Listing, back_to, download, listing, page_of
from portal.words import fold
from tenants.access import found, may, signed_in
from tenants.places import Tenant
from tenants.rights import Right, refusal

from . import queries, reminding, sheets, summary
from .asked import shown_cycle
from .blueprint import blueprint
from .rules import STANDINGS, TERMS, Standing, late_words

SORTS = ("name", "sent", "late", "state")
ORDER = {code: place for place, code in enumerate(STANDINGS)}
Lines = list[tuple[Tenant, Standing]]


def _asked(year: int) -> Listing:
    return listing(SORTS, filters={"state": list(STANDINGS), "han": list(TERMS), "nam": [str(year)]})


def _lines(cycle: Cycle, asked: Listing) -> tuple[Lines, Lines]:
    """Return every district with its standing, and those the list asks for in its order; equal ones by name."""
    places = queries.reporting_in(cycle.year)
    where = summary.standings(cycle, places)
    every = [(place, where[place.id]) for place in places]
    chosen = [
        (place, one)
        for place, one in every
        if asked.filters["state"] in ("", one.code)
        and asked.filters["han"] in ("", one.term)
        and fold(asked.q) in fold(place.name)
    ]
    keys: dict[str, Callable[[tuple[Tenant, Standing]], float]] = {
        "sent": lambda line: (
            line[1].latest.sent_at.timestamp() if line[1].latest and line[1].latest.sent_at else 0
        ),
        "late": lambda line: line[1].days_late,
        "state": lambda line: ORDER[line[1].code],
    }
    down = asked.direction == "desc"
    if asked.sort == "name":
        return every, chosen[::-1] if down else chosen
    return every, sorted(chosen, key=keys[asked.sort], reverse=down)


@blueprint.get("/tinh/bao-cao", endpoint="reports")
@may(Right.SEE_PROVINCE)
def reports_list() -> Any:
    """List where the report of each district stands: sent when, in time or late by how much, answered how."""
    cycle = shown_cycle()
    if cycle is None:
        return render_template("province/no_year.html")
    asked = _asked(cycle.year)
    every, chosen = _lines(cycle, asked)
    own, where = summary.provincial_standings(cycle.year)
    names = {place.id: place.name for place in (*(place for place, _ in every), *own)}
    identity = signed_in()
    return render_template(
        "province/reports.html",
        cycle=cycle,
        years=years(),
        page=page_of(chosen, asked.number, 25),
        tally={code: sum(one.code == code for _, one in every) for code in STANDINGS},
        names=STANDINGS,
        terms=list(TERMS.items()),
        districts=len(every),
        own=[(place, where[place.id]) for place in own],
        overdue=sum(one.overdue for _, one in every),
        late_words=late_words,
        listing=asked,
        reminded=reminding.reminded(identity.place.tenant_id, cycle.year) if identity.place else {},
        receives=refusal(identity, Right.RECEIVE_REPORT) is None,
        asking=[(row, names.get(row.tenant_id, "")) for row, _ in waiting_reopenings(cycle.year)],
    )


@blueprint.get("/tinh/bao-cao/danh-sach.<ext>")
@may(Right.SEE_PROVINCE)
def receipt_file(ext: str) -> Response:
    """The list as it is asked for, to print (PDF) or to take along (XLSX, CSV)."""
    cycle: Cycle = found(shown_cycle())
    asked, own = _asked(cycle.year), marks()
    _, chosen = _lines(cycle, asked)
    lines = [queries.ReceiptLine.of(place.name, one) for place, one in chosen]
    kept = [TERMS.get(asked.filters["han"], ""), STANDINGS.get(asked.filters["state"], "")]
    said = "; ".join(part for part in (own["subtitle"], *kept) if part)
    sheet = sheets.receipt_sheet(cycle.year, lines, own["specimen"], said)
    name = f"bao-cao-huyen-{cycle.year}"
    if ext == "pdf":
        return download(sheet_pdf(sheet, clock.now(), 11), f"{name}.pdf", "application/pdf", inline=True)
    return file_of(ext, sheet, name)


@blueprint.post("/tinh/bao-cao/nhac")
@may(Right.RECEIVE_REPORT)
def remind() -> Any:
    """Remind the districts whose report is overdue."""
    year = request.form.get("year", "")
    cycle = queries.cycle_shown(year)
    if cycle is None or str(cycle.year) != year:
        abort(404)
    many = reminding.remind(signed_in(), cycle.year)
    return back_to(
        "province.reports",
        f"Đã nhắc {many} huyện; mỗi huyện được nhắc nhiều nhất một lần một ngày.",
        nam=cycle.year,
    )
