"""Reading what the public page says: the criteria in use, and sums of what accepted reports published. Public scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Integer, Select, cast, func, select

from portal import clock, words
from portal.catalogue.copies import KeptIndicator
from portal.catalogue.kept import indicators_of
from portal.catalogue.models import CriteriaVersion
from portal.catalogue.ruling import as_rule
from portal.catalogue.wording import ALWAYS, NEVER, ThresholdLine, for_whom, matrix, threshold_line
from portal.cycle.models import Cycle
from portal.open_data.models import PublishedFigure
from portal.units.kinds import DISTRICT_KINDS
from tenants.database import db
from tenants.places import Tenant, Tier


def version_in_use() -> tuple[CriteriaVersion, int] | None:
    """Return the districts' criteria of the latest year that has begun, with that year; None before the first one."""
    row = db.session.execute(
        select(CriteriaVersion, Cycle.year)
        .join(Cycle, Cycle.version_id == CriteriaVersion.id)
        .where(Cycle.opens_on <= clock.today(), Cycle.tier == Tier.DISTRICT)
        .order_by(Cycle.year.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


@dataclass(frozen=True, slots=True)
class Explained:
    """An indicator for a reader: its row, whom it is for, when it is for the chosen kind ("" : always), what is asked."""

    row: KeptIndicator
    whom: str
    when: str
    lines: Sequence[ThresholdLine]


def explained(version_id: int, kind: str) -> list[tuple[str, list[Explained]]]:
    """Return the criteria of a version with their indicators; for a kind of unit only those it may have to meet."""
    found: dict[str, list[Explained]] = {}
    for row in indicators_of(version_id):
        rule = as_rule(row)
        cell = matrix([rule], [kind])[0][1][0] if kind else None
        if cell is NEVER:
            continue
        one = Explained(
            row,
            for_whom(rule, tuple(DISTRICT_KINDS)),
            cell.text if cell and cell is not ALWAYS else "",
            [threshold_line(row, threshold) for threshold in row.thresholds],
        )
        found.setdefault(f"Tiêu chí {row.criterion.number}. {row.criterion.title}", []).append(one)
    return list(found.items())


@dataclass(frozen=True, slots=True)
class Sum:
    """Units of some group in a year: how many there were, how many were recognised at each level, in how many places.

    `tier`: whose units they are, where a sum is of one tier; those of the districts and the province's are never added.
    """

    key: str
    tier: str
    places: int
    units: int
    level_1: int
    level_2: int

    @property
    def recognised(self) -> int:
        """Units recognised in the year at either level."""
        return self.level_1 + self.level_2


def _sums() -> Select[tuple[int, int, int, int]]:
    def added(name: str) -> object:
        return func.sum(cast(PublishedFigure.counts[name].as_string(), Integer))

    return select(  # type: ignore[call-overload, no-any-return]
        func.count(PublishedFigure.tenant_id.distinct()),
        added("units"),
        added("level_1"),
        added("level_2"),
    ).join(Tenant, Tenant.id == PublishedFigure.tenant_id)


def by_year() -> list[Sum]:
    """Return the published figures of every year, the latest first, its districts before the units of the province."""
    keys = PublishedFigure.year, Tenant.tier
    rows = db.session.execute(
        _sums().add_columns(*keys).group_by(*keys).order_by(PublishedFigure.year.desc(), Tenant.tier)
    )
    return [Sum(str(year), tier, *map(int, counts)) for *counts, year, tier in rows]


def by_kind(year: int) -> list[Sum]:
    """Return the published figures of a year by kind of unit, in the order of Biểu 01."""
    keys = PublishedFigure.kind, Tenant.tier
    rows = db.session.execute(_sums().add_columns(*keys).where(PublishedFigure.year == year).group_by(*keys))
    found = [Sum(str(kind), tier, *map(int, counts)) for *counts, kind, tier in rows]
    return sorted(found, key=lambda one: (one.tier, words.kind_order(one.key)))
