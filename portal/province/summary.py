"""The province's figures of a year as lines: one a district or a kind, and their sum; live and official kept apart."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import and_, func, select

from portal import clock, words
from portal.cycle.models import Cycle
from portal.cycle.queries import calendar_of
from portal.figures.rules import ZERO, Counts, share, total
from portal.reports.models import DistrictReport, ReportAnswer
from tenants.database import db
from tenants.places import Tenant

from . import sources
from .measures import MEASURES, Measure
from .queries import places_in
from .rules import Sending, Standing, standing
from .sources import EVERYTHING, Part, Source


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

    def number(self, figure: str) -> int | None:
        """Return a count, None where there is none to tell."""
        if self.counts is None:
            return None
        return self.appraised if figure == "appraised" else int(getattr(self.counts, figure))

    def share(self, one: Measure) -> Fraction | None:
        """Return a share exactly, None where there is no whole."""
        part, whole = self.number(one.figure), self.number(one.whole)
        return None if part is None or whole is None else share(part, whole)

    def value(self, one: Measure) -> int | Fraction | None:
        """Return the exact value of a column."""
        return self.share(one) if one.is_share else self.number(one.figure)

    def text(self, one: Measure) -> str:
        """Return a column as it is written; "–" where there is nothing to tell."""
        value = self.value(one)
        if isinstance(value, Fraction):
            return words.percent(value.numerator, value.denominator)
        return "–" if value is None else words.number(value)


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


SORTS = ("name", *(one.key for one in MEASURES), "report")


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


def accepted_of(where: Mapping[int, Standing]) -> dict[int, int]:
    """Return the accepted report of each district that has one."""
    return {key: s.accepted.report_id for key, s in where.items() if s.accepted is not None}


def overview(cycle: Cycle, *, official: bool, part: Part = EVERYTHING) -> Overview:
    """Return the year over all districts, live or official; the number of statements does not grow."""
    tenants = places_in(cycle.year)
    where = standings(cycle, tenants)
    accepted = accepted_of(where)
    source = sources.official(cycle.year, accepted) if official else sources.live(cycle.year)
    lines = by_district(source.of(part), tenants, where, accepted if official else None)
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


def by_district(
    source: Source,
    tenants: Sequence[Tenant],
    where: Mapping[int, Standing],
    known: Collection[int] | None = None,
) -> tuple[Line, ...]:
    """Return one line per district; one that is not `known` (None: all are) has no figures at all."""
    sums = source.grouped(lambda key: key[0])
    nothing = (ZERO, None if source.appraised is None else 0)
    return tuple(
        Line(
            tenant.name,
            *(sums.get(tenant.id, nothing) if known is None or tenant.id in known else (None, None)),
            tenant.id,
            tenant.name_sort,
            standing=where.get(tenant.id),
        )
        for tenant in tenants
    )


def by_kind(source: Source, tenant_id: int | None = None) -> list[Line]:
    """Return one line per kind of unit there is, in the order of Biểu 01."""
    sums = source.grouped(lambda key: key[1])
    return [
        Line(words.kind_name(kind), *sums[kind], tenant_id, kind=kind)
        for kind in sorted(sums, key=words.kind_order)
    ]


def ordered(lines: Sequence[Line], key: str, direction: str) -> list[Line]:
    """Return lines in the order asked for, what is not there before 0; equal ones by name."""
    by_name = sorted(lines, key=lambda line: (line.name_sort, line.tenant_id or 0))
    down = direction == "desc"
    if key == "name":
        return by_name[::-1] if down else by_name
    if key == "report":
        return sorted(by_name, key=lambda line: line.standing.code if line.standing else "", reverse=down)
    one = next(one for one in MEASURES if one.key == key)

    def value(line: Line) -> int | Fraction:
        found = line.value(one)
        return -1 if found is None else found

    return sorted(by_name, key=value, reverse=down)
