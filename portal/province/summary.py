"""The province's figures of a year as lines: one a district or a kind, and their sum; live and official kept apart."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, select

from portal import clock, words
from portal.cycle.models import Cycle
from portal.cycle.queries import calendar_of, cycle_of
from portal.figures.rules import ZERO, Counts, share, total
from portal.reports.models import DistrictReport, ReportAnswer
from tenants.database import db
from tenants.places import Tenant, Tier

from . import sources
from .measures import MEASURES, Measure
from .queries import followers_of_closed, places, places_in, reporting_in, successor_ids
from .rules import Ground, Sending, Standing, standing, taken_over_by
from .sources import EVERYTHING, Figures, Part, Source


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

    def cells(self, columns: Iterable[Measure], rows: Rows) -> Iterator[tuple[str, str, str, str]]:
        """Return key, text, address and title of each column; `rows` tells what opens a figure, "" for nothing."""
        # One address for the line, into which each figure is put: a table has hundreds of them.
        address = rows(self, ANY)
        for one in columns:
            url = address.replace(f"so={ANY}", f"so={one.figure}") if self.number(one.figure) else ""
            yield one.key, self.text(one), url, one.title.lower()


Rows = Callable[[Line, str], str]
ANY = "figure"
"""Stands for the figure in an address that holds for all of a line's figures."""


@dataclass(frozen=True, slots=True)
class Overview:
    """A year of the province: one line per district and the sum of exactly these lines.

    `official`: figures of accepted reports only, `accepted` of the `reporting` places that owe one. `other`: the sum of the same figures
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
    reporting: int
    waiting: int
    overdue: int
    other: Line | None = None
    other_places: int = 0
    as_of: datetime | None = None

    @property
    def agrees(self) -> bool:
        """Whether both grounds add up to the same, every figure of them."""
        return self.other is None or (self.other.counts, self.other.appraised) == (
            self.total.counts,
            self.total.appraised,
        )


SORTS = ("name", *(one.key for one in MEASURES), "report")


def added(lines: Iterable[Line], name: str = "Cộng") -> Line:
    """Add lines up; a line without figures adds nothing, and lines that all have none have no sum."""
    every = list(lines)
    known = [line for line in every if line.counts is not None]
    if every and not known:
        return Line(name, None)
    appraised = [line.appraised for line in known if line.appraised is not None]
    sum_of = total(line.counts for line in known if line.counts is not None)
    return Line(name, sum_of, sum(appraised) if appraised or not known else None)


def sendings(year: int) -> dict[int, list[Sending]]:
    """Return every report sent for a year with its answer, by district; one statement."""
    found: dict[int, list[Sending]] = {}
    for row in db.session.execute(_sent(), {"year": year}):
        found.setdefault(row[0], []).append(Sending(*row))
    return found


@cache
def _sent() -> Select[Any]:
    return (
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
        .where(DistrictReport.year == bindparam("year"), DistrictReport.state == "sent")
        .order_by(DistrictReport.tenant_id, DistrictReport.edition)
    )


def standings(cycle: Cycle, tenants: Iterable[Tenant]) -> dict[int, Standing]:
    """Return where the report of each district stands now."""
    sent, calendar, at = sendings(cycle.year), calendar_of(cycle), clock.now()
    return {tenant.id: standing(sent.get(tenant.id, ()), calendar, at) for tenant in tenants}


def accepted_of(where: Mapping[int, Standing]) -> dict[int, int]:
    """Return the accepted report of each district that has one."""
    return {key: s.accepted.report_id for key, s in where.items() if s.accepted is not None}


def overview(
    cycle: Cycle, *, official: bool, part: Part = EVERYTHING, ground: Ground | None = None
) -> Overview:
    """Return the year over all districts, live or official; the number of statements does not grow.

    `ground` None: live figures by the places of today, official ones by the places that reported.
    """
    tenants, followers = places_in(cycle.year), followers_of_closed()
    # Who was there at the end of the year and still is owes its report; others are asked about.
    last = date(cycle.year, 12, 31)
    apart = followers or any(one.valid_to or one.valid_from > last for one in tenants)
    reporting = reporting_in(cycle.year) if apart else tenants
    ground = ground or (Ground.FORMER if official else Ground.PRESENT)
    where = standings(cycle, reporting)
    accepted = accepted_of(where)
    reported = sources.official(cycle.year, part, accepted).by_place() if official else {}

    def lines_by(chosen: Ground) -> tuple[tuple[Line, ...], datetime | None]:
        if not official:
            return _live(cycle.year, part, tenants, where, chosen, reformed=bool(followers))
        folded = followers if chosen is Ground.PRESENT else {}
        return _official(reporting, where, accepted, reported, folded), None

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
        reporting=len(reporting),
        waiting=sum(s.code == "waiting" for s in where.values()),
        overdue=sum(s.overdue for s in where.values()),
        other=added(others) if followers else None,
        other_places=len(others),
        as_of=as_of,
    )


def provincial_standings(year: int) -> tuple[list[Tenant], dict[int, Standing]]:
    """Return the places that recognise units of provincial level in a year, and where their reports stand."""
    tenants = places_in(year, Tier.PROVINCE)
    cycle = cycle_of(year, tenants[0].id) if tenants else None
    return ([], {}) if cycle is None else (tenants, standings(cycle, tenants))


def provincial(year: int, part: Part, *, official: bool) -> tuple[Line, ...]:
    """Return the places that recognise units of provincial level, one line each, for a year opened to them.

    They are no districts: their lines are shown apart and are part of no district's sum.
    """
    tenants, where = provincial_standings(year)
    accepted = accepted_of(where)
    if official:
        reported = sources.official(year, part, accepted).by_place()
        return by_district(reported, tenants, where, known=accepted)
    return tuple(
        line
        for tenant in tenants
        for line in by_district(sources.live_by_kind(year, part, tenant.id).by_place(), [tenant], where)
    )


def _live(
    year: int,
    part: Part,
    tenants: Sequence[Tenant],
    where: Mapping[int, Standing],
    ground: Ground,
    *,
    reformed: bool,
) -> tuple[tuple[Line, ...], datetime | None]:
    former = ground is Ground.FORMER
    there = {tenant.id: tenant for tenant in (places(Tier.DISTRICT) if reformed else tenants)}
    source = sources.counted(year, part, former=True) if former else sources.live(year, part, list(there))
    sums = source.by_place()
    counting = {place for place in there if sums.get(place, (ZERO, 0)) != (ZERO, 0)}
    shown = {tenant.id for tenant in tenants} | counting
    if reformed:
        # A place that is no more, or took everything over from others, has no line where nothing counts for it.
        gone = successor_ids() if former else {place for place in shown if there[place].valid_to}
        shown -= gone - counting
    return by_district(sums, _by_name(there[place] for place in shown), where), source.as_of


def _official(
    tenants: Sequence[Tenant],
    where: Mapping[int, Standing],
    accepted: Collection[int],
    reported: Mapping[int, Figures],
    followers: Mapping[int, Sequence[int]],
) -> tuple[Line, ...]:
    """Lines of accepted reports; with `followers` those of a closed place stand under who took all of it over."""
    known = {tenant.id: tenant for tenant in (*tenants, *(places() if followers else ()))}
    sums: dict[int, Figures] = {}
    nothing: Figures = (ZERO, None)
    for tenant_id in accepted:
        place = taken_over_by(tenant_id, followers)
        own = reported.get(tenant_id, nothing)[0]
        sums[place] = (sums.get(place, nothing)[0] + own, None)
    own_places = {tenant.id for tenant in tenants if taken_over_by(tenant.id, followers) == tenant.id}
    shown = _by_name(known[place] for place in sums.keys() | own_places)
    return by_district(sums, shown, where, known=sums)


def _by_name(tenants: Iterable[Tenant]) -> list[Tenant]:
    return sorted(tenants, key=lambda tenant: (tenant.name_sort, tenant.id))


def by_district(
    sums: Mapping[int, Figures],
    tenants: Iterable[Tenant],
    where: Mapping[int, Standing],
    known: Collection[int] | None = None,
) -> tuple[Line, ...]:
    """Return one line per district; one that is not `known` (None: all are) has no figures at all."""
    return tuple(
        Line(
            tenant.name,
            *(sums.get(tenant.id, (ZERO, 0)) if known is None or tenant.id in known else (None, None)),
            tenant.id,
            tenant.name_sort,
            standing=where.get(tenant.id),
        )
        for tenant in tenants
    )


def by_kind(source: Source, tenant_id: int | None = None) -> list[Line]:
    """Return one line per kind of unit there is, in the order of Biểu 01."""
    sums = source.by_kind()
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
