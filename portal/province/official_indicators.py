"""Biểu 06 of the province from accepted reports: the tables they were accepted with, added up; nothing is counted here."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import select

from portal.cycle.models import Cycle
from portal.figures.annex import BIEU_06, Annex, Field, Line
from portal.figures.outcomes import FIGURES
from portal.reports.models import DistrictReport
from tenants.database import db
from tenants.places import Tenant, Tier

from .queries import reporting_in
from .summary import accepted_of, standings

SUMS = tuple(one for one in BIEU_06.fields if one.key in FIGURES)
"""The columns that add up; the main reason of a district is its own."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """One accepted report: whose, which, and its Biểu 06 by indicator (None: it was locked before there was one)."""

    place: Tenant
    report_id: int
    lines: dict[str, Line] | None


@dataclass(frozen=True, slots=True)
class OfficialIndicators:
    """What accepted reports say by indicator: the reports, and how many owe one."""

    reports: tuple[Accepted, ...]
    of: int

    @property
    def told(self) -> tuple[Accepted, ...]:
        """The reports that have the table."""
        return tuple(one for one in self.reports if one.lines is not None)

    @property
    def silent(self) -> tuple[str, ...]:
        """Whose accepted report has no such table."""
        return tuple(one.place.name for one in self.reports if one.lines is None)

    def table(self) -> Annex:
        """Return the table added up over the reports; of one report word for word, with its reasons."""
        told = self.told
        # All reports of a year follow one catalogue, whose order is theirs.
        ordered = list({key: line for one in told for key, line in (one.lines or {}).items()}.values())
        if len(told) == 1:
            return BIEU_06.of(ordered)
        sums = [
            Line(line.key, line.order, line.label, self._sum(line.key, SUMS, told), line.role)
            for line in ordered
        ]
        return replace(BIEU_06, fields=SUMS).of(sums)

    def by_place(self, code: str) -> Annex | None:
        """Return one indicator's row of every report, with their sum; None for an indicator no report has."""
        told = [one for one in self.told if code in (one.lines or {})]
        if not told:
            return None
        name = (told[0].lines or {})[code].label
        lines = [
            Line(str(one.place.id), str(place), one.place.name, (one.lines or {})[code].values)
            for place, one in enumerate(told, 1)
        ]
        total = Line("total", "", "Cộng", self._sum(code, SUMS, tuple(told)), "total")
        return replace(BIEU_06, name=f"Chỉ tiêu {code}. {name}", first="Huyện").of([*lines, total])

    @staticmethod
    def _sum(code: str, fields: tuple[Field, ...], told: tuple[Accepted, ...]) -> dict[str, int | str | None]:
        rows = [line for one in told if (line := (one.lines or {}).get(code)) is not None]
        return {one.key: sum(int(line.values.get(one.key) or 0) for line in rows) for one in fields}


def official_indicators(cycle: Cycle, place: Tenant | None) -> OfficialIndicators:
    """Return what the accepted reports of a year say by indicator: of all who owe one, or of one place."""
    places = [place] if place else reporting_in(cycle.year, Tier(cycle.tier))
    accepted = accepted_of(standings(cycle, places))
    statement = select(DistrictReport.tenant_id, DistrictReport.snapshot["bieu_06"]).where(
        DistrictReport.year == cycle.year, DistrictReport.id.in_(accepted.values())
    )
    kept = dict(map(tuple, db.session.execute(statement))) if accepted else {}
    return OfficialIndicators(
        tuple(
            Accepted(
                one,
                accepted[one.id],
                None
                if kept.get(one.id) is None
                else {line.key: line for line in map(Line.from_json, kept[one.id])},
            )
            for one in places
            if one.id in accepted
        ),
        len(places),
    )
