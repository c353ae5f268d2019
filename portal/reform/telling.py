"""Which reports of past years have told of the units that a place would hold after a reform, and which have not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import BigInteger, String, case, column, distinct, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from portal.figures.queries import open_on
from portal.reports.models import DistrictReport
from portal.reports.queries import told
from portal.units.models import Unit
from tenants.database import db
from tenants.places import Tenant


@dataclass(frozen=True, slots=True)
class HalfTold:
    """A year of which a place (by its key in the plan) would hold so many units reported, so many not, and whose these are."""

    year: int
    key: str
    told: int
    untold: int
    names: tuple[str, ...]


def half_told(
    goes: Mapping[int, str], standing: Mapping[int, str], sources: Sequence[int]
) -> Iterator[HalfTold]:
    """Return the years of which a place would hold both kinds; as many statements as years that were reported.

    `goes`: the key of the place each unit goes to; `standing`: the key of each place that is there already.
    """
    given = (
        func.unnest(literal(list(goes), ARRAY(BigInteger)), literal(list(goes.values()), ARRAY(String)))
        .table_valued(column("id", BigInteger), column("key", String), name="given")
        .render_derived()
    )
    own = case(standing, value=Unit.tenant_id) if standing else None
    key = func.coalesce(given.c.key, own).label("key")
    years = select(DistrictReport.year).where(DistrictReport.state == "sent").distinct()
    for year in db.session.scalars(years.order_by(DistrictReport.year)).all():
        # Units that went the same way are asked about once (an offset keeps the question outside).
        ways = (
            select(key, Unit.tenant_id, Unit.came_through, func.count().label("units"))
            .select_from(Unit)
            .outerjoin(given, given.c.id == Unit.id)
            .where(Unit.tenant_id.in_([*sources, *standing]), open_on(date(year, 12, 31)), key.is_not(None))
            .group_by(key, Unit.tenant_id, Unit.came_through)
            .offset(0)
            .subquery()
        )
        is_told = told(year, ways.c.tenant_id, ways.c.came_through)
        rows = db.session.execute(
            select(
                ways.c.key,
                func.coalesce(func.sum(ways.c.units).filter(is_told), 0),
                func.coalesce(func.sum(ways.c.units).filter(~is_told), 0),
                func.array_agg(distinct(Tenant.name)).filter(~is_told),
            )
            .join(Tenant, Tenant.id == ways.c.tenant_id)
            .group_by(ways.c.key)
            .order_by(ways.c.key)
        )
        for to, many, others, names in rows:
            if many and others:
                yield HalfTold(year, to, int(many), int(others), tuple(names))
