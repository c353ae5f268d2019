"""The province's figures, live and official, kept apart: each has its own source and they are never added.

Live figures are counted now over every district and are provisional. Official figures are the snapshots of
reports the Department has accepted; a district without one has no official figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, select

from portal import clock, words
from portal.cycle.models import Cycle
from portal.cycle.queries import calendar_of
from portal.dossiers.models import Dossier, State
from portal.figures import queries as figures
from portal.figures.rules import ZERO, Counts, total
from portal.figures.tables import Key, counts_from_json
from portal.reports.models import DistrictReport, ReportAnswer
from portal.units.models import Unit
from tenants.database import db
from tenants.places import Tenant

from .queries import followers_of_closed, places, places_in, successor_ids
from .rules import Ground, Sending, Standing, standing, taken_over_by


@dataclass(frozen=True, slots=True)
class Line:
    """One district, one kind, or a sum of them: the counts, and how many are appraised.

    `counts` is None for a district that has no official figures.
    """

    name: str
    counts: Counts | None
    appraised: int | None = None
    tenant_id: int | None = None
    name_sort: str = ""
    kind: str = ""
    standing: Standing | None = None

    def value(self, key: str) -> int:
        """Return a figure to sort by; what is not there comes before 0."""
        if key == "appraised":
            return -1 if self.appraised is None else self.appraised
        return -1 if self.counts is None else int(getattr(self.counts, key))


@dataclass(frozen=True, slots=True)
class Overview:
    """A year of the province: one line per district and the sum of exactly these lines.

    `official`: figures of accepted reports only, `accepted` of `districts` of them. `other`: the sum of the same figures
    by the other ground, counted by itself; None in a province that no reform has changed.
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


def appraised(year: int, *, tenant_id: int | None = None, former: bool = False) -> dict[tuple[int, str], int]:
    """Count the dossiers whose appraisal is concluded, by district and kind; one statement."""
    place = figures.ground(former=former)
    statement = (
        select(place, Unit.kind, func.count())
        .select_from(Dossier)
        .join(Unit, and_(Unit.tenant_id == Dossier.tenant_id, Unit.id == Dossier.unit_id))
        .where(Dossier.year == year, Dossier.state.in_((State.APPRAISED, State.DECIDED)))
        .group_by(place, Unit.kind)
    )
    if tenant_id is not None:
        statement = statement.where(Dossier.tenant_id == tenant_id)
    return {(tenant, kind): number for tenant, kind, number in db.session.execute(statement)}


def overview(cycle: Cycle, *, official: bool, ground: Ground | None = None) -> Overview:
    """Return the year over all districts, live or official; the number of statements does not grow.

    `ground` None: live figures by the places of today, official ones by the places that reported.
    """
    year, tenants, followers = cycle.year, places_in(cycle.year), followers_of_closed()
    ground = ground or (Ground.FORMER if official else Ground.PRESENT)
    where = standings(cycle, tenants)
    accepted = {key: s.accepted.report_id for key, s in where.items() if s.accepted is not None}
    reported = figures.by_tenant(official_counts(year, accepted)) if official else {}

    def lines_by(chosen: Ground) -> tuple[Line, ...]:
        if not official:
            return _live(year, tenants, where, chosen, reformed=bool(followers))
        return _official(tenants, where, accepted, reported, followers if chosen is Ground.PRESENT else {})

    lines = lines_by(ground)
    another = Ground.PRESENT if ground is Ground.FORMER else Ground.FORMER
    others = lines_by(another) if followers else ()
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
    )


def _live(
    year: int, tenants: Sequence[Tenant], where: Mapping[int, Standing], ground: Ground, *, reformed: bool
) -> tuple[Line, ...]:
    former = ground is Ground.FORMER
    by_place = figures.by_tenant(figures.counts(year, former=former))
    concluded: dict[int, int] = {}
    for (tenant_id, _kind), number in appraised(year, former=former).items():
        concluded[tenant_id] = concluded.get(tenant_id, 0) + number
    there = {tenant.id: tenant for tenant in tenants}
    if reformed:
        there |= {tenant.id: tenant for tenant in places() if tenant.id in by_place or tenant.id in concluded}
    shown = sorted(there.values(), key=lambda tenant: (tenant.name_sort, tenant.id))
    if reformed:
        # A place that is no more, or took everything over from others, has no line where nothing counts for it.
        gone = successor_ids() if former else {tenant.id for tenant in shown if tenant.valid_to}
        shown = [tenant for tenant in shown if tenant.id not in gone or tenant.id in by_place]
    return tuple(
        _line(tenant, by_place.get(tenant.id, ZERO), concluded.get(tenant.id, 0), where.get(tenant.id))
        for tenant in shown
    )


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
    sums: dict[str, Counts] = {}
    for (_tenant, kind, _public), counts in figures.counts(year, tenant_id=tenant_id).items():
        sums[kind] = sums.get(kind, ZERO) + counts
    concluded = appraised(year, tenant_id=tenant_id)
    return [
        Line(words.kind_name(kind), sums[kind], concluded.get((tenant_id, kind), 0), tenant_id, kind=kind)
        for kind in sorted(sums, key=words.kind_order)
    ]
