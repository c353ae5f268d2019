"""Pages of the figures: all districts, and the kinds of unit in all or one of them."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for

from portal import clock
from portal.cycle.countdown import countdown
from portal.cycle.models import Cycle
from portal.cycle.queries import calendar_of, cycles, own_days
from portal.papers.sheets import Sheet
from portal.reform.queries import followings
from portal.web import listing, page_of
from portal.words import fold
from tenants.access import found, may, signed_in
from tenants.places import Tenant, Tier
from tenants.rights import Right, refusal

from . import queries, sheets, sources, summary
from .asked import (
    OFFICIAL,
    PUBLIC,
    ground_asked,
    kinds_offered,
    official_asked,
    part_asked,
    part_filters,
    part_of,
    part_values,
    part_words,
)
from .blueprint import blueprint
from .measures import measures
from .rules import STANDINGS, Ground, Standing
from .sources import Part
from .unit_views import rows_url

DISTRICTS_A_PAGE = 40


@blueprint.get("/tinh")
@may(Right.SEE_PROVINCE)
def overview() -> Any:
    """Show a year over all districts: live figures, or those of accepted reports, never both in one table."""
    opened = cycles()
    cycle = queries.cycle_among(opened, request.args.get("nam", ""))
    if cycle is None:
        return render_template("province/no_year.html")
    official = official_asked()
    asked = listing(
        summary.SORTS,
        filters={
            "ban": [OFFICIAL],
            "state": list(STANDINGS),
            "nam": [str(cycle.year)],
            "dia-ban": list(Ground),
            **part_filters(),
        },
    )
    part = part_of(asked.filters["loai"], asked.filters["cong"])
    year = summary.overview(cycle, official=official, part=part, ground=ground_asked())
    former = year.other is not None and year.ground is Ground.FORMER
    lines = [
        line
        for line in summary.ordered(year.lines, asked.sort, asked.direction)
        if fold(asked.q) in fold(line.name)
        and asked.filters["state"] in ("", line.standing.code if line.standing else "")
    ]

    def rows(line: summary.Line, figure: str) -> str:
        return _rows(cycle, official, part, figure, line.tenant_id, line.standing, former=former)

    def own_rows(line: summary.Line, figure: str) -> str:
        return _rows(cycle, official, part, figure, line.tenant_id, line.standing)

    return render_template(
        "province/overview.html",
        year=year,
        page=page_of(lines, asked.number, DISTRICTS_A_PAGE),
        foot=summary.added(lines),
        own=() if part.kind else summary.provincial(cycle.year, part, official=official),
        own_rows=own_rows,
        counted=sum(line.counts is not None for line in lines),
        narrowed=len(lines) < len(year.lines),
        listing=asked,
        columns=measures(official=official),
        rows=rows,
        part=part_words(part),
        part_values=part_values(part),
        kinds=kinds_offered(),
        public=PUBLIC,
        years=[one.year for one in opened],
        states=list(STANDINGS.items()),
        countdown=countdown(calendar_of(cycle), clock.now(), own_days()),
        now=clock.now(),
        compiles=refusal(signed_in(), Right.COMPILE_REPORT) is None,
    )


def _rows(
    cycle: Cycle,
    official: bool,
    part: Part,
    figure: str,
    tenant_id: int | None = None,
    where: Standing | None = None,
    *,
    former: bool = False,
) -> str:
    """Return the address of what stands behind a figure: units, the accepted report, or the kinds that add up to it."""
    if not official:
        return rows_url(cycle.year, figure, part, tenant_id, former=former)
    if tenant_id is None:
        return url_for("province.kinds", nam=cycle.year, ban=OFFICIAL, **part_values(part))
    if where is None or where.accepted is None:
        return ""
    return url_for(
        "province.report", tenant_id=tenant_id, report_id=where.accepted.report_id, _anchor="bieu-01"
    )


@blueprint.get("/tinh/loai-hinh")
@may(Right.SEE_PROVINCE)
def kinds() -> Any:
    """Show the whole province by kind of unit, live or official."""
    return _by_kind(None)


@blueprint.get("/tinh/huyen/<int:tenant_id>")
@may(Right.SEE_PROVINCE)
def district(tenant_id: int) -> Any:
    """Show one district by kind of unit, live or as its accepted report has it, and where its report stands."""
    place: Tenant = found(queries.place(tenant_id))
    return _by_kind(place)


def _source(
    cycle: Cycle, place: Tenant | None, part: Part, *, official: bool
) -> tuple[sources.Source, dict[int, Standing], dict[int, int]]:
    """Return the figures of the province or of a place, where reports stand, and which are accepted."""
    owing = queries.reporting_in(cycle.year, Tier(cycle.tier))
    where = summary.standings(cycle, [one for one in owing if place is None or one.id == place.id])
    accepted = summary.accepted_of(where)
    if official:
        return sources.official(cycle.year, part, accepted), where, accepted
    return sources.live_by_kind(cycle.year, part, place.id if place else None), where, accepted


def _by_kind(place: Tenant | None) -> str:
    opened = cycles(place.id if place else None)
    cycle: Cycle = found(queries.cycle_among(opened, request.args.get("nam", "")))
    official, part = official_asked(), part_asked(place)
    tenant_id = place.id if place else None
    source, where, accepted = _source(cycle, place, part, official=official)
    lines = summary.by_kind(source, tenant_id)
    standing = where.get(place.id) if place else None

    def rows(line: summary.Line, figure: str) -> str:
        inside = Part(line.kind or part.kind, part.public)
        if official and not place:
            return url_for("province.overview", nam=cycle.year, ban=OFFICIAL, **part_values(inside))
        return _rows(cycle, official, inside, figure, tenant_id, standing)

    return render_template(
        "province/kinds.html",
        place=place,
        cycle=cycle,
        official=official,
        lines=lines,
        total=summary.added(lines),
        columns=measures(official=official),
        rows=rows,
        part=part_words(part, place),
        part_values=part_values(part),
        chosen=part_values(part)["cong"],
        public=PUBLIC,
        report=standing,
        followed=followings([place.id]) if place and place.valid_to else [],
        accepted=len(accepted),
        districts=len(where),
        years=[one.year for one in opened],
        as_of=source.as_of,
        now=clock.now(),
    )


def kinds_file_sheet(cycle: Cycle, place: Tenant | None) -> Sheet:
    """Return the table by kind that the address asks for as a sheet."""
    official, part = official_asked(), part_asked(place)
    source, _where, _accepted = _source(cycle, place, part, official=official)
    return sheets.kinds_sheet(
        cycle.year,
        summary.by_kind(source),
        place.name if place else "",
        part_words(part, place),
        source.as_of or clock.now(),
        official=official,
        demo=clock.is_demo(),
    )


def districts_file_sheet(cycle: Cycle) -> Sheet:
    """Return the table of the districts that the address asks for as a sheet."""
    part = part_asked()
    year = summary.overview(cycle, official=official_asked(), part=part, ground=ground_asked())
    return sheets.overview_sheet(year, part_words(part), year.as_of or clock.now(), demo=clock.is_demo())
