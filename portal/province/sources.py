"""Where the province's figures come from: counted now, or read from accepted reports; the two are never added.

Live figures are counted over every district and are provisional. Official figures are the snapshots of reports the
Department has accepted; a district without one has none.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import and_, func, select

from portal import words
from portal.dossiers.models import Dossier, State
from portal.figures import queries as figures
from portal.figures.rules import ZERO, Counts
from portal.figures.tables import Key, counts_from_json
from portal.reports.models import DistrictReport
from portal.units.models import Unit
from tenants.database import db

JUDGED = (State.APPRAISED, State.DECIDED)
"""The states of a dossier whose appraisal is concluded."""
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
            if self.kind in (known.code, known.group.partition(".")[0])
        )

    def holds(self, key: Key) -> bool:
        """Whether units counted under a key belong to the part."""
        _tenant, kind, public = key
        return (not self.kind or kind in self.kinds) and self.public in (None, public)


EVERYTHING = Part()


@dataclass(frozen=True, slots=True)
class Source:
    """Counts by (tenant, kind, public), and how many dossiers are appraised (None: official figures do not say)."""

    counts: Mapping[Key, Counts]
    appraised: Mapping[Key, int] | None = None

    def of(self, part: Part) -> Source:
        """Return the figures of a part of the units."""
        if part == EVERYTHING:
            return self
        appraised = self.appraised
        return Source(
            {key: value for key, value in self.counts.items() if part.holds(key)},
            None if appraised is None else {key: n for key, n in appraised.items() if part.holds(key)},
        )

    def within(self, tenants: Collection[int]) -> Source:
        """Return the figures of some districts."""
        appraised = self.appraised
        return Source(
            {key: value for key, value in self.counts.items() if key[0] in tenants},
            None if appraised is None else {key: n for key, n in appraised.items() if key[0] in tenants},
        )

    def grouped(self, by: Callable[[Key], Group]) -> dict[Group, tuple[Counts, int | None]]:
        """Add up by what `by` makes of a key: the counts, and how many are appraised."""
        sums: dict[Group, Counts] = {}
        for key, value in self.counts.items():
            sums[by(key)] = sums.get(by(key), ZERO) + value
        judged: dict[Group, int] = {}
        for key, number in (self.appraised or {}).items():
            judged[by(key)] = judged.get(by(key), 0) + number
        return {
            group: (value, None if self.appraised is None else judged.get(group, 0))
            for group, value in sums.items()
        }


def live(year: int, *, tenant_id: int | None = None) -> Source:
    """Return the figures of a year as they are now; three statements."""
    return Source(figures.counts(year, tenant_id=tenant_id), _appraised(year, tenant_id))


def official(year: int, accepted: Mapping[int, int]) -> Source:
    """Return the figures of accepted snapshots; `accepted` maps a district to its accepted report."""
    return Source(official_counts(year, accepted))


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


def _appraised(year: int, tenant_id: int | None) -> dict[Key, int]:
    """Count the dossiers whose appraisal is concluded, by district, kind and public or not."""
    statement = (
        select(Dossier.tenant_id, Unit.kind, Unit.public, func.count())
        .join(Unit, and_(Unit.tenant_id == Dossier.tenant_id, Unit.id == Dossier.unit_id))
        .where(Dossier.year == year, Dossier.state.in_(JUDGED))
        .group_by(Dossier.tenant_id, Unit.kind, Unit.public)
    )
    if tenant_id is not None:
        statement = statement.where(Dossier.tenant_id == tenant_id)
    return {(tenant, kind, public): number for tenant, kind, public, number in db.session.execute(statement)}
