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
from portal.cycle.queries import calendar_of, cycle_of
from portal.dossiers.models import Dossier, State
from portal.figures import queries as figures
from portal.figures.rules import ZERO, Counts, total
from portal.figures.tables import Key, counts_from_json
from portal.reports.models import DistrictReport, ReportAnswer
from portal.units.models import Unit
from tenants.database import db
from tenants.places import Tenant, Tier

from .queries import places_in
from .rules import Sending, Standing, standing


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

    `official`: figures of accepted reports only, `accepted` of `districts` of them.
    """

    cycle: Cycle
    official: bool
    lines: tuple[Line, ...]
    total: Line
    accepted: int
    districts: int
    waiting: int
    overdue: int


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


def appraised(year: int, *, tenant_id: int | None = None) -> dict[tuple[int, str], int]:
    """Count the dossiers whose appraisal is concluded, by district and kind; one statement."""
    statement = (
        select(Dossier.tenant_id, Unit.kind, func.count())
        .join(Unit, and_(Unit.tenant_id == Dossier.tenant_id, Unit.id == Dossier.unit_id))
        .where(Dossier.year == year, Dossier.state.in_((State.APPRAISED, State.DECIDED)))
        .group_by(Dossier.tenant_id, Unit.kind)
    )
    if tenant_id is not None:
        statement = statement.where(Dossier.tenant_id == tenant_id)
    return {(tenant, kind): number for tenant, kind, number in db.session.execute(statement)}


def overview(cycle: Cycle, *, official: bool) -> Overview:
    """Return the year over all districts, live or official; the number of statements does not grow."""
    tenants = places_in(cycle.year)
    where = standings(cycle, tenants)
    accepted = {key: s.accepted.report_id for key, s in where.items() if s.accepted is not None}
    year = cycle.year
    lines = _official(year, tenants, where, accepted) if official else _live(year, tenants, where)
    return Overview(
        cycle=cycle,
        official=official,
        lines=lines,
        total=added(lines),
        accepted=len(accepted),
        districts=len(tenants),
        waiting=sum(s.code == "waiting" for s in where.values()),
        overdue=sum(s.overdue for s in where.values()),
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
    accepted = {key: s.accepted.report_id for key, s in where.items() if s.accepted is not None}
    if official:
        return _official(year, tenants, where, accepted)
    return tuple(
        _line(
            tenant,
            total(figures.counts(year, tenant_id=tenant.id).values()),
            sum(appraised(year, tenant_id=tenant.id).values()),
            where[tenant.id],
        )
        for tenant in tenants
    )


def _live(year: int, tenants: Sequence[Tenant], where: Mapping[int, Standing]) -> tuple[Line, ...]:
    by_place = figures.by_tenant(figures.counts(year))
    concluded: dict[int, int] = {}
    for (tenant_id, _kind), number in appraised(year).items():
        concluded[tenant_id] = concluded.get(tenant_id, 0) + number
    return tuple(
        _line(tenant, by_place.get(tenant.id, ZERO), concluded.get(tenant.id, 0), where[tenant.id])
        for tenant in tenants
    )


def _official(
    year: int, tenants: Sequence[Tenant], where: Mapping[int, Standing], accepted: Mapping[int, int]
) -> tuple[Line, ...]:
    by_place = figures.by_tenant(official_counts(year, accepted))
    return tuple(
        _line(
            tenant, by_place.get(tenant.id, ZERO) if tenant.id in accepted else None, None, where[tenant.id]
        )
        for tenant in tenants
    )


def _line(tenant: Tenant, counts: Counts | None, concluded: int | None, where: Standing) -> Line:
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
