"""Reading a district's year, the longer terms of its units, and what districts have published."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    CompoundSelect,
    Select,
    bindparam,
    cast,
    collate,
    exists,
    null,
    or_,
    select,
    tuple_,
)

from portal.cycle.models import Cycle
from portal.units.models import Unit
from tenants.database import db
from tenants.places import Tenant

from .models import DistrictYear, FilingExtension, YearNotice


def district_year(tenant_id: int, year: int, *, lock: bool = False) -> DistrictYear | None:
    """Return what a district set of a year, or None; `lock` holds it for the transaction."""
    statement = select(DistrictYear).where(DistrictYear.tenant_id == tenant_id, DistrictYear.year == year)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(statement)


def tighter_dates(year: int) -> list[tuple[Tenant, DistrictYear]]:
    """Return the districts that set a date of their own in a year, with what they set, by name."""
    dates = (DistrictYear.submit_before, DistrictYear.decide_before, DistrictYear.report_before)
    rows = db.session.execute(
        select(Tenant, DistrictYear)
        .join(DistrictYear, DistrictYear.tenant_id == Tenant.id)
        .where(DistrictYear.year == year, or_(*(column.is_not(None) for column in dates)))
        .order_by(collate(Tenant.name_sort, "C"), Tenant.id)
    )
    return [(tenant, own) for tenant, own in rows]


def terms(units: Iterable[tuple[int, int, int]]) -> dict[tuple[int, int, int], date]:
    """Return, by (tenant, unit, year), the first day too late to file where it is not the province's; one statement."""
    wanted = set(units)
    if not wanted:
        return {}
    years = {(tenant, year) for tenant, _, year in wanted}
    rows = db.session.execute(_terms(), {"years": list(years), "units": list(wanted)}).all()
    own = {(tenant, year): due for tenant, unit, year, due in rows if unit is None}
    longer = {(tenant, unit, year): due for tenant, unit, year, due in rows if unit is not None}
    found = {key: longer.get(key) or own.get((key[0], key[2])) for key in wanted}
    return {key: due for key, due in found.items() if due is not None}


@cache  # with every dossier that is read
def _terms() -> CompoundSelect[Any]:
    own = select(
        DistrictYear.tenant_id, cast(null(), BigInteger), DistrictYear.year, DistrictYear.submit_before
    ).where(
        tuple_(DistrictYear.tenant_id, DistrictYear.year).in_(bindparam("years", expanding=True)),
        DistrictYear.submit_before.is_not(None),
    )
    of_unit = tuple_(FilingExtension.tenant_id, FilingExtension.unit_id, FilingExtension.year)
    return own.union_all(
        select(
            FilingExtension.tenant_id, FilingExtension.unit_id, FilingExtension.year, FilingExtension.until
        ).where(of_unit.in_(bindparam("units", expanding=True)), FilingExtension.withdrawn_at.is_(None))
    )


def terms_of_district(
    tenant_id: int, years: Iterable[int]
) -> tuple[dict[int, date], dict[tuple[int, int], date]]:
    """Return a district's own first days too late by year, and those of its units by (unit, year); two statements."""
    running = list(years)
    own = db.session.execute(
        select(DistrictYear.year, DistrictYear.submit_before).where(
            DistrictYear.tenant_id == tenant_id,
            DistrictYear.year.in_(running),
            DistrictYear.submit_before.is_not(None),
        )
    )
    longer = db.session.execute(
        select(FilingExtension.unit_id, FilingExtension.year, FilingExtension.until).where(
            FilingExtension.tenant_id == tenant_id,
            FilingExtension.year.in_(running),
            FilingExtension.withdrawn_at.is_(None),
        )
    )
    return (
        {year: due for year, due in own if due is not None},
        {(unit, year): until for unit, year, until in longer},
    )


def with_term(cycle: Cycle, due: date | None) -> Cycle:
    """Return a year as it is to whoever files before another day; never stored."""
    if due is None or due == cycle.submit_before:
        return cycle
    return Cycle(
        year=cycle.year,
        tier=cycle.tier,
        version_id=cycle.version_id,
        opens_on=cycle.opens_on,
        submit_before=due,
        decide_before=cycle.decide_before,
        report_before=cycle.report_before,
    )


def cycle_for(cycle: Cycle, tenant_id: int, unit_id: int = 0) -> Cycle:
    """Return a year as it is to a district (0) or to one of its units."""
    return with_term(cycle, terms([(tenant_id, unit_id, cycle.year)]).get((tenant_id, unit_id, cycle.year)))


def extensions(tenant_id: int, year: int) -> Select[tuple[FilingExtension, Unit]]:
    """Return the statement of a year's longer terms, those that stand first, ready for `paginate`."""
    return (
        select(FilingExtension, Unit)
        .join(Unit, (Unit.tenant_id == FilingExtension.tenant_id) & (Unit.id == FilingExtension.unit_id))
        .where(FilingExtension.tenant_id == tenant_id, FilingExtension.year == year)
        .order_by(FilingExtension.withdrawn_at.is_not(None), FilingExtension.id.desc())
    )


def extension_of(tenant_id: int, extension_id: int, *, lock: bool = False) -> FilingExtension | None:
    """Return a longer term of a district, or None."""
    statement = select(FilingExtension).where(
        FilingExtension.tenant_id == tenant_id, FilingExtension.id == extension_id
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(statement)


def standing_extension(tenant_id: int, unit_id: int, year: int) -> FilingExtension | None:
    """Return the longer term a unit has in a year, or None."""
    return db.session.scalar(
        select(FilingExtension).where(
            FilingExtension.tenant_id == tenant_id,
            FilingExtension.unit_id == unit_id,
            FilingExtension.year == year,
            FilingExtension.withdrawn_at.is_(None),
        )
    )


def published(tenant_id: int, year: int) -> YearNotice | None:
    """Return what a district published of a year, or None."""
    return db.session.get(YearNotice, (tenant_id, year))


def all_published() -> Select[tuple[YearNotice]]:
    """Return the statement of everything published, the latest year first, ready for `paginate`.

    A place that was closed before its last day of filing takes no dossiers; what it published is told no more.
    """
    closed_before = exists().where(
        Tenant.id == YearNotice.tenant_id, Tenant.valid_to <= YearNotice.submit_before
    )
    return (
        select(YearNotice)
        .where(~closed_before)
        .order_by(YearNotice.year.desc(), YearNotice.place_sort, YearNotice.tenant_id)
    )
