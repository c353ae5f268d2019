"""Pages of the figures: all districts, one district by kind, the units behind a figure, and a dossier to read."""

from __future__ import annotations

from typing import Any

from flask import abort, current_app, render_template, request

from portal import clock, words
from portal.cycle.countdown import countdown
from portal.cycle.models import Cycle
from portal.cycle.queries import calendar_of, own_days, years
from portal.papers.sheets import sheet_xlsx
from portal.papers.table_files import XLSX
from portal.reform.queries import followings
from portal.tiers import speak_of
from portal.web import download, listing, paginate
from portal.words import fold
from tenants.access import found, may, signed_in
from tenants.places import Tenant, Tier
from tenants.rights import Right, refusal

from . import dossier_sheet, queries, sheets, summary, units
from .blueprint import blueprint
from .rules import STANDINGS, Ground

OFFICIAL = "chinh-thuc"
ALL_KINDS = "tat-ca"


def shown_cycle(tenant_id: int | None = None) -> Cycle | None:
    """Return the year the page is about, from its address: the districts', or that of one place."""
    return queries.cycle_shown(request.args.get("nam", ""), tenant_id)


def _spoken_of(tenant_id: int) -> Tenant:
    """Return the place a page is about, and have the page speak as its officers do."""
    place: Tenant = found(queries.place(tenant_id))
    speak_of(place.tier)
    return place


@blueprint.get("/tinh")
@may(Right.SEE_PROVINCE)
def overview() -> Any:
    """Show a year over all districts: live figures, or those of accepted reports, never both in one table."""
    cycle = shown_cycle()
    if cycle is None:
        return render_template("province/no_year.html")
    official = request.args.get("ban") == OFFICIAL
    asked = listing(
        summary.SORTS,
        filters={
            "ban": [OFFICIAL],
            "state": list(STANDINGS),
            "nam": [str(cycle.year)],
            "dia-ban": list(Ground),
        },
    )
    year = summary.overview(cycle, official=official, ground=_ground())
    lines = [
        line
        for line in summary.ordered(year.lines, asked.sort, asked.direction)
        if fold(asked.q) in fold(line.name)
        and asked.filters["state"] in ("", line.standing.code if line.standing else "")
    ]
    return render_template(
        "province/overview.html",
        year=year,
        lines=lines,
        foot=summary.added(lines),
        own=summary.provincial(cycle.year, official=official),
        listing=asked,
        years=years(),
        states=list(STANDINGS.items()),
        countdown=countdown(calendar_of(cycle), clock.now(), own_days()),
        now=clock.now(),
        compiles=refusal(signed_in(), Right.COMPILE_REPORT) is None,
    )


def _ground() -> Ground | None:
    """Return by which places the page is asked for, None where the address does not say."""
    asked = request.args.get("dia-ban", "")
    return Ground(asked) if asked in list(Ground) else None


@blueprint.get("/tinh/so-lieu.xlsx")
@may(Right.SEE_PROVINCE)
def overview_sheet() -> Any:
    """Hand out a year over all districts as a workbook: live or official, and it says which."""
    cycle = found(shown_cycle())
    official = request.args.get("ban") == OFFICIAL
    sheet = sheets.overview_sheet(
        summary.overview(cycle, official=official, ground=_ground()), clock.now(), demo=clock.is_demo()
    )
    kind = "chinh-thuc" if official else "tam-tinh"
    return download(sheet_xlsx(sheet, clock.now()), f"don-vi-hoc-tap-{cycle.year}-{kind}.xlsx", XLSX)


@blueprint.get("/tinh/huyen/<int:tenant_id>")
@may(Right.SEE_PROVINCE)
def district(tenant_id: int) -> Any:
    """Show one district's live figures by kind of unit, and where its report stands."""
    place, cycle = _spoken_of(tenant_id), found(shown_cycle(tenant_id))
    lines = summary.by_kind(cycle.year, tenant_id)
    return render_template(
        "province/district.html",
        place=place,
        cycle=cycle,
        lines=lines,
        as_of=lines[0].as_of if lines else None,
        total=summary.added(lines),
        report=summary.standings(cycle, [place])[tenant_id],
        followed=followings([tenant_id]) if place.valid_to else [],
        years=years(tenant_id),
    )


@blueprint.get("/tinh/huyen/<int:tenant_id>/<kind>")
@may(Right.SEE_PROVINCE)
def kind(tenant_id: int, kind: str) -> Any:
    """List the units of a district of one kind, or of all, that stand behind a figure."""
    place, cycle = _spoken_of(tenant_id), found(shown_cycle(tenant_id))
    if kind != ALL_KINDS and kind not in words.kinds_of(place.tier):
        abort(404)
    chosen = None if kind == ALL_KINDS else kind
    asked = listing(units.SORTS, filters={"so": list(units.FIGURES), "nam": [str(cycle.year)]})
    statement = units.behind(cycle.year, asked, tenant_id=tenant_id, kind=chosen)
    return render_template(
        "province/kind.html",
        place=place,
        cycle=cycle,
        kind=kind,
        kind_text=words.kind_name(kind) if chosen else "Mọi loại hình",
        page=paginate(statement, asked.number),
        listing=asked,
        figures=list(units.FIGURES.items()),
        reached=units.reached,
    )


@blueprint.get("/tinh/don-vi")
@may(Right.SEE_PROVINCE)
def units_everywhere() -> Any:
    """Find units over all districts by name or code, and list those behind a figure of the province."""
    cycle = found(shown_cycle())
    former = _ground() is Ground.FORMER
    places = queries.places(Tier.DISTRICT) if former else queries.places_in(cycle.year)
    asked = listing(
        units.SORTS,
        filters={
            "nam": [str(cycle.year)],
            "so": list(units.FIGURES),
            "huyen": [str(place.id) for place in places],
            "loai": list(words.DISTRICT_KINDS),
            "dia-ban": list(Ground),
        },
    )
    district_id = int(asked.filters["huyen"]) if asked.filters["huyen"] else None
    statement = units.behind(
        cycle.year, asked, tenant_id=district_id, kind=asked.filters["loai"] or None, former=former
    )
    return render_template(
        "province/units.html",
        cycle=cycle,
        names={place.id: place.name for place in places},
        page=paginate(statement, asked.number),
        listing=asked,
        figures=list(units.FIGURES.items()),
        kinds=[(code, known.name) for code, known in words.DISTRICT_KINDS.items()],
        reached=units.reached,
    )


@blueprint.get("/tinh/ho-so/<int:tenant_id>/<int:dossier_id>")
@may(Right.SEE_PROVINCE)
def dossier(tenant_id: int, dossier_id: int) -> Any:
    """Show a dossier to read: answers, findings, evidence, papers; nothing can be changed here."""
    place = _spoken_of(tenant_id)
    return render_template(
        "province/dossier.html",
        place=place,
        view=found(dossier_sheet.view_of(tenant_id, dossier_id)),
        paper_endpoints=current_app.view_functions,
    )
