"""Reading the district's own log: one activity, a year filtered and ordered, sums by kind, the year's documents."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, case, extract, func, select

from portal.web import Listing
from portal.words import fold
from tenants.database import db

from .models import DistrictActivity
from .rules import KINDS, Kind

SORTS = ("ngay", "loai", "nguoi")
_ORDER = {
    "ngay": DistrictActivity.held_on,
    "loai": case({kind: place for place, kind in enumerate(KINDS)}, value=DistrictActivity.kind),
    "nguoi": DistrictActivity.participants,
}


def activity_of(tenant_id: int, outreach_id: int, *, lock: bool = False) -> DistrictActivity | None:
    """Return an activity of a district, or None; `lock` holds it."""
    statement = select(DistrictActivity).where(
        DistrictActivity.tenant_id == tenant_id, DistrictActivity.id == outreach_id
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(statement)


def log_of(tenant_id: int, year: int, asked: Listing) -> Select[Any]:
    """Return a district's activities of a year as a reader asked, in a total order."""
    order = _ORDER[asked.sort]
    return (
        select(DistrictActivity)
        .where(*_within(tenant_id, year, asked))
        .order_by(
            order.desc() if asked.direction == "desc" else order.asc(),
            DistrictActivity.held_on.desc(),
            DistrictActivity.id.desc(),
        )
    )


def _within(tenant_id: int, year: int, asked: Listing | None) -> list[Any]:
    found: list[Any] = [DistrictActivity.tenant_id == tenant_id, DistrictActivity.year == year]
    if asked is None:
        return found
    if asked.filters.get("loai"):
        found.append(DistrictActivity.kind == asked.filters["loai"])
    if asked.filters.get("thang"):
        found.append(extract("month", DistrictActivity.held_on) == int(asked.filters["thang"]))
    for word in fold(asked.q).split():
        found.append(DistrictActivity.name_folded.contains(word, autoescape=True))
    return found


def sums_of(tenant_id: int, year: int, asked: Listing | None = None) -> dict[str, tuple[int, int]]:
    """Return by kind how many activities and how many took part, in the order of the kinds; none are left out."""
    rows = db.session.execute(
        select(DistrictActivity.kind, func.count(), func.coalesce(func.sum(DistrictActivity.participants), 0))
        .where(*_within(tenant_id, year, asked))
        .group_by(DistrictActivity.kind)
    )
    found = {str(kind): (int(number), int(people)) for kind, number, people in rows}
    return {kind: found[kind] for kind in KINDS if kind in found}


def documents_of(tenant_id: int, year: int, most: int) -> list[DistrictActivity]:
    """Return the guiding documents a district issued in a year, the earliest first."""
    return list(
        db.session.scalars(
            select(DistrictActivity)
            .where(*_within(tenant_id, year, None), DistrictActivity.kind == Kind.GUIDANCE)
            .order_by(DistrictActivity.held_on, DistrictActivity.id)
            .limit(most)
        )
    )
