"""Pages to take in at a glance: the leader's page for a phone, and the map of districts as tiles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for

from portal import clock
from portal.cycle.models import Cycle
from portal.cycle.queries import cycle_of, years
from portal.cycle.rules import is_late
from portal.figures.annex import Line as IndicatorLine
from portal.figures.outcomes import by_indicator
from portal.figures.rules import ZERO
from tenants.access import found, may
from tenants.rights import Right

from . import comparing, queries, sources, summary
from .asked import (
    OFFICIAL,
    PUBLIC,
    kinds_offered,
    official_asked,
    part_asked,
    part_values,
    part_words,
    shown_cycle,
)
from .blueprint import blueprint
from .measures import MEASURES, SHARES, Measure
from .sources import EVERYTHING
from .tiles import tile_map
from .unit_views import rows_url

BRIEF = ("units", "submitted", "level_1", "level_2", "in_force_share")
MOST = 5
LATE_SHOWN = 6
TILES_OPEN = 40
"""Up to how many districts the leader's page shows the tiles unfolded."""


@dataclass(frozen=True, slots=True)
class Reason:
    """An indicator that units miss: how many of how many, the main reason, and where these units are."""

    code: str
    title: str
    missed: int
    judged: int
    reason: str
    url: str


@blueprint.get("/tinh/tom-tat")
@may(Right.SEE_PROVINCE)
def brief() -> Any:
    """Tell a year in one look: six numbers against last year, the districts, who is late, what is missed most."""
    cycle = shown_cycle()
    if cycle is None:
        return render_template("province/no_year.html")
    year = summary.overview(cycle, official=False)
    before = _year_before(cycle)
    chosen = {one.key: one for one in MEASURES}
    numbers = [
        (one, rows_url(cycle.year, one.measure.figure, EVERYTHING))
        for one in comparing.by_measure(before, year.total, [chosen[key] for key in BRIEF])
    ]
    late = [line for line in year.lines if line.standing and line.standing.overdue]
    shade = SHARES[0] if is_late(cycle.decide_before, clock.now()) else SHARES[1]
    return render_template(
        "province/brief.html",
        year=year,
        numbers=numbers,
        earlier=cycle.year - 1 if before else None,
        late=late[:LATE_SHOWN],
        late_all=len(late),
        due=is_late(cycle.report_before, clock.now()),
        reasons=_reasons(cycle.year),
        map=tile_map(year.lines, shade),
        unfolded=len(year.lines) <= TILES_OPEN,
        years=years(),
        now=clock.now(),
    )


def _year_before(cycle: Cycle) -> summary.Line | None:
    """Return the sum of the year before, None where the portal does not have that year."""
    if cycle_of(cycle.year - 1) is None:
        return None
    tenants = queries.places_in(cycle.year - 1)
    sums = sources.live(cycle.year - 1, EVERYTHING, [tenant.id for tenant in tenants]).by_place()
    line = summary.added(summary.by_district(sums, tenants, {}))
    return None if line.counts == ZERO else line


def _reasons(year: int) -> list[Reason]:
    """Return the indicators most units were found to miss, the most frequent first."""

    def number(line: IndicatorLine, key: str) -> int:
        value = line.values.get(key)
        return value if isinstance(value, int) else 0

    lines = [line for line in by_indicator(year).lines if number(line, "missed")]
    return [
        Reason(
            line.key,
            line.label,
            number(line, "missed"),
            number(line, "judged"),
            str(line.values.get("reason") or ""),
            rows_url(year, "missed", EVERYTHING, indicator=line.key),
        )
        for line in sorted(lines, key=lambda line: -number(line, "missed"))[:MOST]
    ]


@blueprint.get("/tinh/ban-do-o")
@may(Right.SEE_PROVINCE)
def tiles() -> Any:
    """Show the districts as tiles in the order of their names, shaded by a share, live or official."""
    cycle, official, part = found(shown_cycle()), official_asked(), part_asked()
    year = summary.overview(cycle, official=official, part=part)
    shade = _chosen(SHARES, request.args.get("to", ""))
    return render_template(
        "province/tiles.html",
        year=year,
        map=tile_map(year.lines, shade),
        shade=shade,
        shades=[(one.key, one.short) for one in SHARES],
        url_of=lambda line: url_for(
            "province.district",
            tenant_id=line.tenant_id,
            nam=cycle.year,
            ban=OFFICIAL if official else None,
        ),
        part=part_words(part),
        part_values=part_values(part),
        kinds=kinds_offered(),
        public=PUBLIC,
        years=years(),
        now=clock.now(),
    )


def _chosen(known: Sequence[Measure], key: str) -> Measure:
    return next((one for one in known if one.key == key), known[0])
