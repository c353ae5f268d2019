"""Reading registrations: one unit's with its history, and a district's units by where they stand."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, case, func, select

from portal import clock, words
from portal.appraisal.progress import Stage, furthest, open_units, registered_in
from portal.appraisal.queries import KIND_ORDER, name_like
from portal.recognition.models import Recognition
from portal.units.models import Unit
from portal.web import Listing
from tenants.database import db

from .models import Registration, RegistrationChange, RegistrationTerm
from .rules import Held
from .wording import STANDINGS

SORTS = ("name", "kind", "standing", "day")
FILTERS = {"kind": tuple(words.UNIT_KINDS), "standing": tuple(STANDINGS)}


def registration_of(tenant_id: int, unit_id: int, year: int, *, lock: bool = False) -> Registration | None:
    """Return a unit's registration of a year, or None; `lock` holds it until the transaction ends."""
    statement = select(Registration).where(
        Registration.tenant_id == tenant_id, Registration.unit_id == unit_id, Registration.year == year
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(statement)


def history_of(tenant_id: int, unit_id: int, year: int) -> list[RegistrationChange]:
    """Return every change of a unit's registration of a year, the latest first."""
    return list(
        db.session.scalars(
            select(RegistrationChange)
            .where(
                RegistrationChange.tenant_id == tenant_id,
                RegistrationChange.unit_id == unit_id,
                RegistrationChange.year == year,
            )
            .order_by(RegistrationChange.id.desc())
        )
    )


def term_of_year(tenant_id: int, year: int) -> RegistrationTerm | None:
    """Return what a district said about until when it takes registrations of a year, or None."""
    return db.session.scalar(
        select(RegistrationTerm).where(RegistrationTerm.tenant_id == tenant_id, RegistrationTerm.year == year)
    )


def held_by(tenant_id: int, unit_id: int) -> Held | None:
    """Return the recognition a unit holds today, the highest and longest where there are several."""
    today = clock.today()
    row = db.session.execute(
        select(Recognition.level, Recognition.decided_on, Recognition.valid_to, Recognition.may_raise_from)
        .where(
            Recognition.tenant_id == tenant_id,
            Recognition.unit_id == unit_id,
            Recognition.state == "in_force",
            Recognition.valid_from <= today,
            Recognition.valid_to >= today,
        )
        .order_by(Recognition.level.desc(), Recognition.valid_to.desc(), Recognition.id.desc())
        .limit(1)
    ).first()
    return Held(*row) if row else None


def _standing(place: Any) -> Any:
    """Return where a unit stands, as a key of `wording.STANDINGS`."""
    assessed = place >= list(Stage).index(Stage.SIGNED)
    return case(
        (Registration.target.is_not(None), Registration.target),
        (assessed, "unregistered"),
        (Registration.proposed.is_not(None), "waiting"),
        else_="none",
    )


def standings(tenant_id: int, year: int, kind: str = "") -> dict[str, int]:
    """Count a district's units by where they stand with their registration, every standing named."""
    reached = furthest(year)
    place = func.coalesce(reached.c.place, 0)
    standing = _standing(place).label("standing")
    statement = (
        select(standing, func.count())
        .select_from(Unit)
        .outerjoin(reached, and_(reached.c.tenant_id == Unit.tenant_id, reached.c.unit_id == Unit.id))
        .outerjoin(Registration, registered_in(year))
        .where(open_units(tenant_id, year))
        .group_by(standing)
    )
    if kind:
        statement = statement.where(Unit.kind == kind)
    found = {str(name): int(count) for name, count in db.session.execute(statement)}
    return {name: found.get(name, 0) for name in STANDINGS}


def listed(tenant_id: int, year: int, asked: Listing) -> Select[Any]:
    """Return a district's units with their registrations of a year as a reader asked, in a total order."""
    reached = furthest(year)
    place = func.coalesce(reached.c.place, 0)
    standing = _standing(place)
    stage = case({n: s.value for n, s in enumerate(Stage)}, value=place)
    statement = (
        select(
            Unit.id,
            Unit.code,
            Unit.name,
            Unit.kind,
            Unit.commune,
            Unit.phone,
            standing.label("standing"),
            Registration.target,
            Registration.proposed,
            Registration.confirmed_at,
            Registration.confirmed_by,
            stage.label("stage"),
        )
        .select_from(Unit)
        .outerjoin(reached, and_(reached.c.tenant_id == Unit.tenant_id, reached.c.unit_id == Unit.id))
        .outerjoin(Registration, registered_in(year))
        .where(open_units(tenant_id, year))
    )
    if asked.filters.get("kind"):
        statement = statement.where(Unit.kind == asked.filters["kind"])
    if asked.filters.get("standing"):
        statement = statement.where(standing == asked.filters["standing"])
    if asked.q:
        statement = statement.where(name_like(asked.q))
    order = {
        "name": Unit.name_sort,
        "kind": KIND_ORDER,
        "standing": case({name: n for n, name in enumerate(STANDINGS)}, value=standing),
        "day": Registration.confirmed_at,
    }[asked.sort]
    first = order.desc() if asked.direction == "desc" else order.asc()
    return statement.order_by(first.nulls_last(), Unit.name_sort, Unit.id)
