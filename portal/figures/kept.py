"""Reading the live figures kept ready: the same answer as counting now, as of the moment they were counted.

Where they do not fit the day or the calendar, are not there yet, or wait too long for the worker, everything is
counted now instead: a page is slower then, never wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, select

from portal.cycle.models import Cycle
from tenants import signin
from tenants.database import db
from tenants.places import Tenant

from . import queries
from .models import FigureMark, FigureSummary
from .queries import Key
from .rules import Counts
from .tables import counts_from_json

LONGEST_WAIT = timedelta(minutes=2)
"""How long a change may wait to be counted before pages count for themselves."""


@dataclass(frozen=True)
class Totals:
    """A year's live figures by tenant; `as_of` is the earliest moment any of them was counted, None: just now."""

    counts: Mapping[int, Counts]
    appraised: Mapping[int, int]
    as_of: datetime | None = None


@dataclass(frozen=True)
class ByKind:
    """A tenant's live figures of a year by kind of unit; `as_of` as in `Totals`."""

    counts: Mapping[Key, Counts]
    appraised: Mapping[str, int]
    as_of: datetime | None = None


def totals(year: int, tenants: Collection[int]) -> Totals:
    """Return the live figures of these tenants in a year, kept or counted now."""
    kept = _fitting(year, "tenant_id", "total", "appraised") if tenants else []
    rows = {row.tenant_id: row for row in kept}
    if rows.keys() >= set(tenants):
        return Totals(
            {number: Counts.from_json(rows[number].total) for number in tenants},
            {number: sum(rows[number].appraised.values()) for number in tenants},
            min((rows[number].counted_at for number in tenants), default=None),
        )
    return _counted_now(year)


def _counted_now(year: int) -> Totals:
    concluded: dict[int, int] = {}
    for (tenant_id, _kind), many in queries.appraised(year).items():
        concluded[tenant_id] = concluded.get(tenant_id, 0) + many
    return Totals(queries.by_tenant(queries.counts(year)), concluded)


def by_kind(year: int, tenant_id: int) -> ByKind:
    """Return a tenant's live figures of a year, kept or counted now."""
    for row in _fitting(year, "kinds", "appraised", tenant_id=tenant_id):
        return ByKind(counts_from_json(tenant_id, row.kinds), row.appraised, row.counted_at)
    concluded = queries.appraised(year, tenant_id=tenant_id)
    return ByKind(
        queries.counts(year, tenant_id=tenant_id), {kind: many for (_, kind), many in concluded.items()}
    )


def _fitting(year: int, *columns: str, tenant_id: int | None = None) -> list[Any]:
    """Return the rows kept for a year that hold today, none while changes wait too long."""
    now = signin.now()
    values = {
        "year": year,
        "cut_off": queries.cut_off_day(year),
        "now": now,
        "oldest": now - LONGEST_WAIT,
        "tenant": tenant_id,
    }
    return list(db.session.execute(_kept(*columns, of_one=tenant_id is not None), values))


@cache
def _kept(*columns: str, of_one: bool) -> Select[Any]:
    oldest = select(func.min(FigureMark.at)).scalar_subquery()
    statement = (
        select(*(getattr(FigureSummary, name) for name in columns), FigureSummary.counted_at)
        .join(Tenant, Tenant.id == FigureSummary.tenant_id)
        .join(Cycle, and_(Cycle.year == FigureSummary.year, Cycle.tier == Tenant.tier))
        .where(
            FigureSummary.year == bindparam("year"),
            FigureSummary.cut_off == bindparam("cut_off"),
            FigureSummary.decide_before == Cycle.decide_before,
            func.coalesce(oldest, bindparam("now")) >= bindparam("oldest"),
        )
    )
    return statement.where(FigureSummary.tenant_id == bindparam("tenant")) if of_one else statement
