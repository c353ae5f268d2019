"""The province's figures, live and official, kept apart: each has its own source and they are never added.

Live figures are counted over every district as things stand and are provisional. Official figures are the snapshots of
reports the Department has accepted; a district without one has no official figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select

from portal import clock, words
from portal.cycle.models import Cycle
from portal.cycle.queries import calendar_of, cycle_of
from portal.figures import kept
from portal.figures import queries as figures
from portal.figures.rules import ZERO, Counts, total
from portal.figures.tables import Key, counts_from_json
from portal.reports.models import DistrictReport, ReportAnswer
from tenants.database import db
from tenants.places import Tenant, Tier

from .queries import followers_of_closed, places, places_in, successor_ids
from .rules import Ground, Sending, Standing, standing, taken_over_by


@dataclass(frozen=True, slots=True)
class Line:
    """One district, one kind, or a sum of them: the counts, and how many are appraised.

    `counts` is None for a district that has no official figures. `as_of`: see `Overview`.
    """

    name: str
    counts: Counts | None
    appraised: int | None = None
    tenant_id: int | None = None
    name_sort: str = ""
    kind: str = ""
    standing: Standing | None = None
    as_of: datetime | None = None

    def value(self, key: str) -> int:
        """Return a figure to sort by; what is not there comes before 0."""
        if key == "appraised":
            return -1 if self.appraised is None else self.appraised
        return -1 if self.counts is None else int(getattr(self.counts, key))


@dataclass(frozen=True, slots=True)
class Overview:
    """A year of the province: one line per district and the sum of exactly these lines.

    `official`: figures of accepted reports only, `accepted` of `districts` of them. `other`: the sum of the same figures
    by the other ground, counted by itself; None in a province that no reform has changed. `as_of`:
    when live figures were counted, where that was before this moment.
    """

    cycle: Cycle
    official: bool
    ground: Ground
    lines: tuple[Line, ...]
    total: Line
    accepted: int
    districts: int
    waiting: int
    overdue: int
    other: Line | None = None
    other_places: int = 0

    @property
    def agrees(self) -> bool:
        """Whether both grounds add up to the same, every figure of them."""
        return self.other is None or (self.other.counts, self.other.appraised) == (
            self.total.counts,
            self.total.appraised,
        )

    as_of: datetime | None = None


SORTS = (
    "name",
    "units",
    "registered",
    "submitted",
    "late",
    "appraised",
    "level_1",
    "level_2",
    "refused",
    "report",
)


def added(lines: Iterable[Line], name: str = "Cộng") -> Line:
    """Add lines up; a line without figures adds nothing."""
    known = [line for line in lines if line.counts is not None]
    appraised = [line.appraised for line in known if line.appraised is not None]
    sum_of = total(line.counts for line in known if line.counts is not None)
    return Line(name, sum_of, sum(appraised) if appraised or not known else None)


def sendings(year: int) -> dict[int, list[Sending]]:
    """Return every report sent for a year with its answer, by district; one statement."""
    statement = (
        select(
            DistrictReport.tenant_id,
            DistrictReport.id,
            DistrictReport.edition,
            DistrictReport.sent_at,
            DistrictReport.late,
            func.coalesce(ReportAnswer.verdict, ""),
            func.coalesce(func.jsonb_array_length(ReportAnswer.points), 0),
            ReportAnswer.answered_at,
            func.coalesce(ReportAnswer.answered_by, ""),
        )
        .outerjoin(
            ReportAnswer,
            and_(
                ReportAnswer.tenant_id == DistrictReport.tenant_id,
                ReportAnswer.report_id == DistrictReport.id,
            ),
        )
        .where(DistrictReport.year == year, DistrictReport.state == "sent")
        .order_by(DistrictReport.tenant_id, DistrictReport.edition)
    )
    found: dict[int, list[Sending]] = {}
    for row in db.session.execute(statement):
        found.setdefault(row[0], []).append(Sending(*row))
    return found


def standings(cycle: Cycle, tenants: Iterable[Tenant]) -> dict[int, Standing]:
    """Return where the report of each district stands now."""
    sent, calendar, at = sendings(cycle.year), calendar_of(cycle), clock.now()
    return {tenant.id: standing(sent.get(tenant.id, ()), calendar, at) for tenant in tenants}


def official_counts(year: int, accepted: Mapping[int, int]) -> dict[Key, Counts]:
    """Return the counts of accepted snapshots; `accepted` maps a district to its accepted report."""
    if not accepted:
        return {}
    statement = select(DistrictReport.tenant_id, DistrictReport.snapshot["counts"]).where(
        DistrictReport.year == year, DistrictReport.id.in_(accepted.values())
    )
    found: dict[Key, Counts] = {}
    for tenant_id, data in db.session.execute(statement):
        found |= counts_from_json(tenant_id, data)
    return found


def overview(cycle: Cycle, *, official: bool, ground: Ground | None = None) -> Overview:
    """Return the year over all districts, live or official; the number of statements does not grow.

    `ground` None: live figures by the places of today, official ones by the places that reported.
    """
    year, tenants, followers = cycle.year, places_in(cycle.year), followers_of_closed()
    ground = ground or (Ground.FORMER if official else Ground.PRESENT)
    where = standings(cycle, tenants)
    accepted = {key: s.accepted.report_id for key, s in where.items() if s.accepted is not None}
    reported = figures.by_tenant(official_counts(year, accepted)) if official else {}

    def lines_by(chosen: Ground) -> tuple[tuple[Line, ...], datetime | None]:
        if not official:
            return _live(year, tenants, where, chosen, reformed=bool(followers))
        folded = followers if chosen is Ground.PRESENT else {}
        return _official(tenants, where, accepted, reported, folded), None

    lines, as_of = lines_by(ground)
    another = Ground.PRESENT if ground is Ground.FORMER else Ground.FORMER
    others = lines_by(another)[0] if followers else ()
    return Overview(
        cycle=cycle,
        official=official,
        ground=ground,
        lines=lines,
        total=added(lines),
        accepted=len(accepted),
        districts=len(lines),
        waiting=sum(s.code == "waiting" for s in where.values()),
        overdue=sum(s.overdue for s in where.values()),
        other=added(others) if followers else None,
        other_places=len(others),
        as_of=as_of,
    )


def provincial(year: int, *, official: bool) -> tuple[Line, ...]:
    """Return the places that recognise units of provincial level, one line each, for a year opened to them.

    They are no districts: their lines are shown apart and are part of no district's sum.
    """
    tenants = places_in(year, Tier.PROVINCE)
    cycle = cycle_of(year, tenants[0].id) if tenants else None
    if cycle is None:
        return ()
    where = standings(cycle, tenants)
    if official:
        accepted = {key: s.accepted.report_id for key, s in where.items() if s.accepted is not None}
        return _official(
            tenants, where, accepted, figures.by_tenant(official_counts(year, accepted)), followers={}
        )
    live = {tenant.id: kept.by_kind(year, tenant.id) for tenant in tenants}
    return tuple(
        _line(
            tenant,
            total(live[tenant.id].counts.values()),
            sum(live[tenant.id].appraised.values()),
            where[tenant.id],
        )
        for tenant in tenants
    )


def _live(
    year: int, tenants: Sequence[Tenant], where: Mapping[int, Standing], ground: Ground, *, reformed: bool
) -> tuple[tuple[Line, ...], datetime | None]:
    former = ground is Ground.FORMER
    there = {tenant.id: tenant for tenant in (places(Tier.DISTRICT) if reformed else tenants)}
    live = kept.former_totals(year) if former else kept.totals(year, list(there))
    part = {tenant.id for tenant in tenants}
    part |= {place for place in there if live.counts.get(place, ZERO) != ZERO or live.appraised.get(place)}
    shown = sorted(
        (tenant for tenant in there.values() if tenant.id in part),
        key=lambda tenant: (tenant.name_sort, tenant.id),
    )
    if reformed:
        # A place that is no more, or took everything over from others, has no line where nothing counts for it.
        gone = successor_ids() if former else {tenant.id for tenant in shown if tenant.valid_to}
        shown = [t for t in shown if t.id not in gone or live.counts.get(t.id, ZERO) != ZERO]
    lines = (
        _line(t, live.counts.get(t.id, ZERO), live.appraised.get(t.id, 0), where.get(t.id)) for t in shown
    )
    return tuple(lines), live.as_of


def _official(
    tenants: Sequence[Tenant],
    where: Mapping[int, Standing],
    accepted: Mapping[int, int],
    reported: Mapping[int, Counts],
    followers: Mapping[int, Sequence[int]],
) -> tuple[Line, ...]:
    """Lines of accepted reports; with `followers` those of a closed place stand under who took all of it over."""
    known = {tenant.id: tenant for tenant in (*tenants, *(places() if followers else ()))}
    sums: dict[int, Counts] = {}
    for tenant_id in accepted:
        place = taken_over_by(tenant_id, followers)
        sums[place] = sums.get(place, ZERO) + reported.get(tenant_id, ZERO)
    shown = [
        tenant
        for tenant in known.values()
        if tenant.id in sums or (tenant in tenants and taken_over_by(tenant.id, followers) == tenant.id)
    ]
    return tuple(
        _line(tenant, sums.get(tenant.id), None, where.get(tenant.id))
        for tenant in sorted(shown, key=lambda tenant: (tenant.name_sort, tenant.id))
    )


def _line(tenant: Tenant, counts: Counts | None, concluded: int | None, where: Standing | None) -> Line:
    return Line(tenant.name, counts, concluded, tenant.id, tenant.name_sort, standing=where)


def ordered(lines: Sequence[Line], key: str, direction: str) -> list[Line]:
    """Return lines in the order asked for; equal ones by name."""
    by_name = sorted(lines, key=lambda line: (line.name_sort, line.tenant_id or 0))
    down = direction == "desc"
    if key == "name":
        return by_name[::-1] if down else by_name
    if key == "report":
        return sorted(by_name, key=lambda line: line.standing.code if line.standing else "", reverse=down)
    return sorted(by_name, key=lambda line: line.value(key), reverse=down)


def by_kind(year: int, tenant_id: int) -> list[Line]:
    """Return a district's live figures, one line per kind of unit it has, in the order of Biểu 01."""
    live = kept.by_kind(year, tenant_id)
    sums: dict[str, Counts] = {}
    for (_tenant, kind, _public), counts in live.counts.items():
        sums[kind] = sums.get(kind, ZERO) + counts
    return [
        Line(
            words.kind_name(kind),
            sums[kind],
            live.appraised.get(kind, 0),
            tenant_id,
            kind=kind,
            as_of=live.as_of,
        )
        for kind in sorted(sums, key=words.kind_order)
    ]
