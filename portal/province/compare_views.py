"""The page of two years side by side: the figures of the province or a district, and one figure of every district."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template, request, url_for

from portal import clock, words
from portal.cycle.models import Cycle
from portal.cycle.queries import cycle_of, years
from portal.papers.office import SPECIMEN
from portal.papers.sheets import Column, Kind, Sheet
from tenants.access import found, may
from tenants.places import Tenant, Tier
from tenants.rights import Right

from . import queries, sources, summary
from .asked import (
    OFFICIAL,
    PUBLIC,
    kinds_offered,
    official_asked,
    part_asked,
    part_values,
    part_words,
    place_asked,
    shown_cycle,
)
from .blueprint import blueprint
from .comparing import Compared, by_line, by_measure
from .measures import MEASURES, Measure, measures
from .sheets import OFFICIAL as OFFICIAL_FIGURES
from .sheets import PROVISIONAL
from .unit_views import rows_url


@dataclass(frozen=True, slots=True)
class TwoYears:
    """Two years of the same districts: the figures, one chosen figure by district, and how many districts count.

    Official figures are compared over the districts whose reports of both years were accepted, never over others:
    `counted` of the `of` who owe a report of both. `apart`: how many owe one of a single year, as who was founded or
    ended between them, and cannot be compared.
    `as_of`: when live figures were counted, where that was before this moment.
    """

    before: Cycle
    after: Cycle
    official: bool
    figures: list[Compared]
    chosen: Measure
    districts: list[Compared]
    counted: int
    of: int
    apart: int
    as_of: datetime | None


def _earlier(cycle: Cycle, tenant_id: int | None) -> Cycle | None:
    """Return the other year the address asks for, else the latest one before; None where there is none."""
    wanted = request.args.get("voi", "")
    known = [year for year in years(tenant_id) if year != cycle.year]
    if wanted.isascii() and wanted.isdigit() and int(wanted[:5]) in known:
        return cycle_of(int(wanted), tenant_id)
    before = [year for year in known if year < cycle.year]
    return cycle_of(max(before), tenant_id) if before else None


def _sum(lines: Sequence[summary.Line]) -> summary.Line:
    """Return the sum of some districts; of none there is none to tell, which is not 0."""
    return summary.added(lines) if lines else summary.Line("Cộng", None)


def _two_years(cycle: Cycle, place: Tenant | None) -> TwoYears | None:
    """Return what the address asks to compare, the earlier year first; None where there is only one year."""
    other = _earlier(cycle, place.id if place else None)
    if other is None:
        return None
    before, after = sorted((other, cycle), key=lambda one: one.year)
    official, part = official_asked(), part_asked(place)
    known = queries.reporting_in if official else queries.places_in
    tenants = {one: [place] if place else known(one.year) for one in (before, after)}
    everyone = {tenant.id: tenant for one in (before, after) for tenant in tenants[one]}
    owing = {tenant.id for tenant in tenants[before]} & {tenant.id for tenant in tenants[after]}
    if official:
        accepted = {one: summary.accepted_of(summary.standings(one, tenants[one])) for one in (before, after)}
        both = accepted[before].keys() & accepted[after].keys()
        read = {one: sources.official(one.year, part, accepted[one]) for one in (before, after)}
    else:
        both = everyone.keys()
        read = {
            one: sources.live_by_kind(one.year, part, place.id)
            if place
            else sources.live(one.year, part, both)
            for one in (before, after)
        }
    shown = sorted((everyone[key] for key in both), key=lambda tenant: (tenant.name_sort, tenant.id))
    lines = {one: summary.by_district(read[one].by_place(), shown, {}) for one in (before, after)}
    columns = measures(official=official)
    chosen = next((one for one in columns if one.key == request.args.get("so")), MEASURES[-1])
    return TwoYears(
        before,
        after,
        official,
        by_measure(_sum(lines[before]), _sum(lines[after]), columns),
        chosen,
        by_line(lines[before], lines[after], chosen),
        len(shown),
        len(owing) if official else len(everyone),
        len(everyone) - len(owing) if official else 0,
        min((one.as_of for one in read.values() if one.as_of), default=None),
    )


@blueprint.get("/tinh/so-sanh")
@may(Right.SEE_PROVINCE)
def compare() -> Any:
    """Show two years side by side, live with live or official with official."""
    place, official = place_asked(), official_asked()
    cycle, part = found(shown_cycle(place)), part_asked(place)

    def opens(year: int, one: Compared) -> str:
        """Return the address of what stands behind a figure of one of the years."""
        tenant_id = one.after.tenant_id or (place.id if place else None)
        if not official:
            return rows_url(year, one.measure.figure, part, tenant_id)
        return url_for(
            "province.district" if tenant_id else "province.kinds",
            tenant_id=tenant_id,
            nam=year,
            ban=OFFICIAL,
            cong=part_values(part)["cong"],
        )

    return render_template(
        "province/compare.html",
        opens=opens,
        cycle=cycle,
        place=place,
        two=_two_years(cycle, place),
        official=official,
        column_choices=[(one.key, one.title) for one in measures(official=official)],
        place_choices=[(one.id, one.name) for one in queries.places_in(cycle.year, Tier(cycle.tier))],
        year_choices=[(year, year) for year in years(place.id if place else None)],
        part=part_words(part, place),
        part_values=part_values(part),
        kinds=kinds_offered(place),
        public=PUBLIC,
        now=clock.now(),
    )


def compared_file_sheet(cycle: Cycle, place: Tenant | None) -> Sheet:
    """Return the two years the address asks for as a sheet: the figures, then the chosen one by district."""
    two: TwoYears = found(_two_years(cycle, place))
    names = [place.name if place else "Toàn tỉnh", part_words(part_asked(place), place)]
    rows = [_row(one) for one in two.figures]
    if place is None:
        rows += [_row(one, f"{two.chosen.title}: ") for one in two.districts]
    return Sheet(
        title=f"“ĐƠN VỊ HỌC TẬP” NĂM {two.after.year} SO VỚI NĂM {two.before.year}",
        columns=(
            Column("Chỉ số", Kind.TEXT, 52),
            Column(f"Năm {two.before.year}", Kind.TEXT, 14),
            Column(f"Năm {two.after.year}", Kind.TEXT, 14),
            Column("Chênh lệch", Kind.TEXT, 18),
        ),
        rows=rows,
        subtitle=" · ".join(
            said
            for said in (
                OFFICIAL_FIGURES if two.official else PROVISIONAL,
                *names,
                f"{two.counted}/{two.of} huyện",
                f"tính đến lúc {words.moment(two.as_of or clock.now())}",
            )
            if said
        ),
        specimen=SPECIMEN if clock.is_demo() else None,
    )


def _row(one: Compared, of: str = "") -> tuple[str, str, str, str]:
    earlier, later, difference = one.texts
    return (f"{of}{one.name}", earlier, later, difference)
