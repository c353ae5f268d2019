"""Where the province's figures come from: live ones, or those of accepted reports; the two are never added.

Live figures are of every district as things stand and are provisional: kept ready, or counted now where only a part
of the units is meant. Official figures are the snapshots of reports the Department has accepted; a district without
one has none.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select

from portal import words
from portal.figures import kept
from portal.figures import queries as figures
from portal.figures.rules import ZERO, Counts
from portal.figures.tables import Key, counts_from_json
from portal.reports.models import DistrictReport
from tenants.database import db

Figures = tuple[Counts, int | None]
"""The counts, and how many dossiers are appraised (None: official figures do not say)."""
Group = TypeVar("Group", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Part:
    """Which units a table is about: a kind or a group of kinds ("": all), public or not (None: both)."""

    kind: str = ""
    public: bool | None = None

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of unit inside; none means all."""
        return tuple(
            known.code
            for known in words.UNIT_KINDS.values()
            if self.kind == known.code or known.group.startswith(f"{self.kind}.")
        )

    def of(self, counts: Mapping[Key, Counts]) -> Mapping[Key, Counts]:
        """Return the counts of the units inside."""
        if self == EVERYTHING:
            return counts
        kinds = self.kinds
        return {
            key: value
            for key, value in counts.items()
            if (not self.kind or key[1] in kinds) and self.public in (None, key[2])
        }


EVERYTHING = Part()


@dataclass(frozen=True, slots=True)
class Source:
    """Counts by (tenant, kind, public), and by (tenant, kind) how many dossiers are appraised (None: official
    figures do not say).

    `as_of`: when they were counted, where that was before this moment.
    """

    counts: Mapping[Key, Counts]
    appraised: Mapping[tuple[int, str], int] | None = None
    as_of: datetime | None = None

    def by_place(self) -> dict[int, Figures]:
        """Add up by district."""
        judged = None if self.appraised is None else ((key[0], n) for key, n in self.appraised.items())
        return _added(((key[0], value) for key, value in self.counts.items()), judged)

    def by_kind(self) -> dict[str, Figures]:
        """Add up by kind of unit."""
        judged = None if self.appraised is None else ((key[1], n) for key, n in self.appraised.items())
        return _added(((key[1], value) for key, value in self.counts.items()), judged)


def _added(
    counts: Iterable[tuple[Group, Counts]], appraised: Iterable[tuple[Group, int]] | None
) -> dict[Group, Figures]:
    sums: dict[Group, Counts] = {}
    for group, value in counts:
        sums[group] = sums.get(group, ZERO) + value
    judged: dict[Group, int] = {}
    for group, number in appraised or ():
        judged[group] = judged.get(group, 0) + number
    return {
        group: (value, None if appraised is None else judged.get(group, 0)) for group, value in sums.items()
    }


def counted(
    year: int, part: Part = EVERYTHING, *, tenant_id: int | None = None, former: bool = False
) -> Source:
    """Count the figures of a year now; three statements. `former`: by the places before any reform."""
    return Source(
        part.of(figures.counts(year, tenant_id=tenant_id, former=former)),
        figures.appraised(year, tenant_id=tenant_id, kinds=part.kinds, public=part.public, former=former),
    )


def live(year: int, part: Part, tenants: Collection[int]) -> Source:
    """Return the live figures of districts; of all their units these are kept sums, whose keys name no kind."""
    if part != EVERYTHING:
        return counted(year, part)
    sums = kept.totals(year, tenants)
    return Source(
        {(tenant_id, "", False): value for tenant_id, value in sums.counts.items()},
        {(tenant_id, ""): number for tenant_id, number in sums.appraised.items()},
        sums.as_of,
    )


def live_by_kind(year: int, part: Part, tenant_id: int | None) -> Source:
    """Return the live figures of a district, or of the province (None), by kind; kept ones of all units of a district."""
    if part != EVERYTHING or tenant_id is None:
        return counted(year, part, tenant_id=tenant_id)
    sums = kept.by_kind(year, tenant_id)
    return Source(
        sums.counts, {(tenant_id, kind): number for kind, number in sums.appraised.items()}, sums.as_of
    )


def official(year: int, part: Part, accepted: Mapping[int, int]) -> Source:
    """Return the figures of accepted snapshots; `accepted` maps a district to its accepted report."""
    return Source(part.of(official_counts(year, accepted)))


def official_counts(year: int, accepted: Mapping[int, int]) -> dict[Key, Counts]:
    """Return the counts of accepted snapshots by district, kind and public or not; one statement."""
    if not accepted:
        return {}
    statement = select(DistrictReport.tenant_id, DistrictReport.snapshot["counts"]).where(
        DistrictReport.year == year, DistrictReport.id.in_(accepted.values())
    )
    found: dict[Key, Counts] = {}
    for tenant_id, data in db.session.execute(statement):
        found |= counts_from_json(tenant_id, data)
    return found
