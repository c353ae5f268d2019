"""Reading plans, and who took over the work of a place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from tenants.database import db
from tenants.places import FormerName, Succession, Tenant

from .models import Reform


def reforms() -> Select[tuple[Reform]]:
    """Return the statement of all plans, the latest first."""
    return select(Reform).order_by(Reform.id.desc())


def reform_of(reform_id: int) -> Reform | None:
    """Return a plan, or None."""
    return db.session.get(Reform, reform_id)


@dataclass(frozen=True, slots=True)
class Followed:
    """A place whose work went to another one: when, to which, by which document."""

    source_id: int
    source: str
    target_id: int
    target: str
    on_day: date
    basis: str


def followings(places: Iterable[int] = ()) -> list[Followed]:
    """Return who took over from whom, by day: of some places, or of all; one statement."""
    old, new = aliased(Tenant), aliased(Tenant)
    statement = (
        select(Succession.from_id, old.name, Succession.to_id, new.name, Succession.on_day, Succession.basis)
        .join(old, old.id == Succession.from_id)
        .join(new, new.id == Succession.to_id)
        .order_by(Succession.on_day, old.name_sort, new.name_sort, Succession.to_id)
    )
    if wanted := list(places):
        statement = statement.where(Succession.from_id.in_(wanted))
    return [Followed(*row) for row in db.session.execute(statement)]


def successors() -> dict[int, list[Followed]]:
    """Return who took over from each place, by the old place."""
    found: dict[int, list[Followed]] = {}
    for one in followings():
        found.setdefault(one.source_id, []).append(one)
    return found


def former_names() -> dict[int, list[FormerName]]:
    """Return what places were called before, by place, the latest name first."""
    found: dict[int, list[FormerName]] = {}
    for row in db.session.scalars(
        select(FormerName).order_by(FormerName.place_id, FormerName.valid_to.desc())
    ):
        found.setdefault(row.place_id, []).append(row)
    return found
