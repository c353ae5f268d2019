"""Counting a year in whatever the scope sees, in a fixed number of statements; the rows behind a figure: `behind`.

A figure and its list use the same conditions (`conditions`), so that they cannot tell different stories.
The dossier that stands for a unit in a year is the one that was filed, else the live one; a withdrawn
dossier stands for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Lateral,
    Select,
    Subquery,
    and_,
    case,
    distinct,
    func,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from portal import clock
from portal.cycle.models import Cycle
from portal.cycle.queries import of_place, of_same_tier
from portal.dossiers.models import Dossier, State
from portal.dossiers.states import UNFILED
from portal.further.queries import level_in_effect
from portal.recognition.models import Recognition
from portal.registration.models import Registration
from portal.registration.rules import Target
from portal.units.models import Unit
from portal.visits.queries import held_visit
from tenants.database import db

from . import rules
from .rules import Counts

Key = tuple[int, str, bool]
Year = int | ColumnElement[int]
Day = date | ColumnElement[date]
"""A value, or the parameter of a statement that is built once and sent with many values."""

JUDGED = (State.APPRAISED, State.DECIDED)
"""The states of a dossier whose appraisal is concluded."""
_BEYOND_DRAFT = tuple(s for s in State if s not in (State.DRAFT, State.WITHDRAWN))


def cut_off_day(year: int) -> date:
    """Return the day on which the registry is counted: 31/12 of the year, or today before it."""
    return min(date(year, 12, 31), clock.today())


def open_on(day: Day) -> ColumnElement[bool]:
    """Return the condition that a unit is in the registry on a day."""
    return and_(Unit.opened_on <= day, or_(Unit.closed_on.is_(None), Unit.closed_on >= day))


def last_day(year: int, tenant_id: int | None) -> date | None:
    """Return before which day decisions of a year are due, None for a year not opened there."""
    return db.session.scalar(select(Cycle.decide_before).where(Cycle.year == year, of_place(tenant_id)))


def within(tenant_id: int | ColumnElement[int] | None, *, former: bool = False) -> ColumnElement[bool]:
    """Return the condition that a unit is of a place; None: of any place that judges by the same criteria.

    What the Department sums over its districts is never added to what it recognises itself.
    """
    if tenant_id is not None:
        return ground(former=former) == tenant_id
    return of_same_tier(Unit.tenant_id)


def _dossiers(year: Year, until: Day) -> Select[Any]:
    """The dossiers of a year as the one that stands for a unit is told, the first of each unit being it.

    One filed comes before one not filed, one live before one refused.
    """
    return (
        select(
            Dossier.tenant_id,
            Dossier.unit_id,
            Dossier.id,
            Dossier.state,
            Dossier.requested_level,
            Dossier.self_level,
            level_in_effect().label("decided_level"),
            _revoked(until).label("revoked"),
            Dossier.submitted_at,
            Dossier.late,
        )
        .where(Dossier.year == year, Dossier.state != State.WITHDRAWN)
        .order_by(
            Dossier.tenant_id,
            Dossier.unit_id,
            Dossier.submitted_at.is_(None),
            Dossier.state == State.REFUSED_LATE,
            Dossier.id.desc(),
        )
    )


def standing_dossiers(year: Year, until: Day, tenant_id: int | ColumnElement[int] | None) -> Subquery:
    """The dossier that stands for each unit in a year, over all units of a place or of the scope."""
    statement = _dossiers(year, until).ext(distinct_on(Dossier.tenant_id, Dossier.unit_id))
    if tenant_id is not None:
        statement = statement.where(Dossier.tenant_id == tenant_id)
    return statement.subquery("standing")


def standing_dossier(year: Year, until: Day, tenant_id: Any, unit_id: Any) -> Lateral:
    """The same of one unit, to be joined to few of them."""
    of_unit = (Dossier.tenant_id == tenant_id, Dossier.unit_id == unit_id)
    return _dossiers(year, until).where(*of_unit).limit(1).lateral("standing")


def reported_until(year: int) -> date:
    """The last day on which a revocation still changes a year's figures; later ones leave them as they were."""
    return date(year + 1, 12, 31)


def _revoked(until: Day) -> ColumnElement[bool]:
    """Whether the last recognition a dossier led to was revoked in time for the figures of its year."""
    row, after = aliased(Recognition), aliased(Recognition)
    newer = select(after.id).where(
        after.tenant_id == row.tenant_id, after.dossier_id == row.dossier_id, after.id > row.id
    )
    return (
        select(row.id)
        .where(
            row.tenant_id == Dossier.tenant_id,
            row.dossier_id == Dossier.id,
            row.state == "revoked",
            func.coalesce(row.revoked_on, date.min) <= until,
            ~newer.exists(),
        )
        .correlate(Dossier)
        .exists()
    )


def _recognitions(year: Year, until: Day) -> Select[Any]:
    """The recognitions of the years before, the first of each unit being its latest."""
    return (
        select(
            Recognition.tenant_id,
            Recognition.unit_id,
            Recognition.level,
            and_(
                Recognition.state == "revoked", func.coalesce(Recognition.revoked_on, date.min) <= until
            ).label("revoked"),
            (Recognition.state == "in_force").label("held"),
            Recognition.valid_from,
            Recognition.valid_to,
            Recognition.may_raise_from,
        )
        .where(Recognition.year < year)
        .order_by(
            Recognition.tenant_id, Recognition.unit_id, Recognition.valid_to.desc(), Recognition.id.desc()
        )
    )


def earlier_recognitions(year: Year, until: Day, tenant_id: int | ColumnElement[int] | None) -> Subquery:
    """The latest recognition of each unit from the years before, over all units of a place or of the scope."""
    statement = _recognitions(year, until).ext(distinct_on(Recognition.tenant_id, Recognition.unit_id))
    if tenant_id is not None:
        statement = statement.where(Recognition.tenant_id == tenant_id)
    return statement.subquery("earlier")


def earlier_recognition(year: Year, until: Day, tenant_id: Any, unit_id: Any) -> Lateral:
    """The same of one unit, to be joined to few of them."""
    of_unit = (Recognition.tenant_id == tenant_id, Recognition.unit_id == unit_id)
    return _recognitions(year, until).where(*of_unit).limit(1).lateral("earlier")


def worked_out(rows: Subquery) -> CTE:
    """Have a subquery worked out once and kept, where a plan might ask it again for every row it is joined to."""
    return select(rows).cte(f"{rows.name}_once").prefix_with("MATERIALIZED")


def registered_in(year: Year) -> ColumnElement[bool]:
    """Return the condition that joins a unit's registration of a year."""
    return and_(
        Registration.tenant_id == Unit.tenant_id, Registration.unit_id == Unit.id, Registration.year == year
    )


def conditions(
    dossier: FromClause, earlier: FromClause, decide_before: Day, cut_off: Day
) -> dict[str, ColumnElement[bool]]:
    """Return, by figure, which units count; `earlier` is only looked at for `still_valid`, `Registration` is joined."""
    d, e = dossier.c, earlier.c
    assessed = d.state.in_(_BEYOND_DRAFT)
    own = case(
        (d.state == State.CLOSED_UNREACHED, 0),
        else_=func.coalesce(func.least(d.requested_level, d.self_level), 0),
    )
    filed = d.state.not_in(UNFILED)
    decided = d.state == State.DECIDED
    return {
        "units": open_on(cut_off),
        "registered": Registration.target.is_not(None),
        "registered_1": Registration.target == Target.LEVEL_1,
        "registered_2": Registration.target == Target.LEVEL_2,
        "registered_keep": Registration.target == Target.KEEP,
        "unregistered": and_(assessed, Registration.target.is_(None)),
        "self_assessed": assessed,
        "self_1": and_(assessed, own == 1),
        "self_2": and_(assessed, own == 2),
        "self_none": and_(assessed, own == 0),
        "submitted": filed,
        "late": and_(filed, d.late),
        "visited": and_(filed, held_visit(d.tenant_id, d.id)),
        "level_1": and_(decided, d.decided_level == 1),
        "level_2": and_(decided, d.decided_level == 2),
        "refused": and_(decided, d.decided_level == 0),
        "revoked": and_(decided, d.decided_level.in_((1, 2)), d.revoked),
        "pending": and_(filed, d.state != State.DECIDED),
        "still_valid": and_(
            open_on(cut_off),
            or_(d.id.is_(None), d.state != State.DECIDED, and_(d.revoked, e.held)),
            ~e.revoked,
            e.valid_from <= decide_before,
            e.valid_to >= decide_before,
        ),
    }


def ground(*, former: bool) -> ColumnElement[int]:
    """Return the place a unit counts for: the one it belongs to, or (`former`) the one it belonged to first."""
    return func.coalesce(Unit.origin_tenant_id, Unit.tenant_id) if former else Unit.tenant_id.expression


def counts(year: int, *, tenant_id: int | None = None, former: bool = False) -> dict[Key, Counts]:
    """Count a year by (tenant, kind, public or not) over what the scope sees; a year not opened gives {}.

    `former`: by the places before any reform; every unit counts once either way, so both add up to the same.
    Two statements, whatever there is to count. `visited`: filed, and a visit took place (never above `submitted`).
    """
    decide_before = last_day(year, tenant_id)
    if decide_before is None:
        return {}
    until = reported_until(year)
    dossier = standing_dossiers(year, until, tenant_id)
    earlier = earlier_recognitions(year, until, tenant_id)
    which = conditions(dossier, earlier, decide_before, cut_off_day(year))
    place = ground(former=former)
    statement = (
        select(
            place,
            Unit.kind,
            Unit.public,
            *(func.count(distinct(Unit.id)).filter(which[name]).label(name) for name in rules.FIGURES),
        )
        .select_from(Unit)
        .outerjoin(dossier, and_(dossier.c.tenant_id == Unit.tenant_id, dossier.c.unit_id == Unit.id))
        .outerjoin(earlier, and_(earlier.c.tenant_id == Unit.tenant_id, earlier.c.unit_id == Unit.id))
        .outerjoin(Registration, registered_in(year))
        .group_by(place, Unit.kind, Unit.public)
        .where(within(tenant_id))
        .order_by(place, Unit.kind, Unit.public)
    )
    found = {(row[0], row[1], row[2]): Counts(*row[3:]) for row in db.session.execute(statement)}
    return {key: value for key, value in found.items() if value != rules.ZERO}


def appraised(
    year: int,
    *,
    tenant_id: int | None = None,
    kinds: Iterable[str] = (),
    public: bool | None = None,
    former: bool = False,
) -> dict[tuple[int, str], int]:
    """Count the dossiers whose appraisal is concluded, by district and kind; one statement. `former`: as in `counts`."""
    place = ground(former=former)
    statement = (
        select(place, Unit.kind, func.count())
        .select_from(Dossier)
        .join(Unit, and_(Unit.tenant_id == Dossier.tenant_id, Unit.id == Dossier.unit_id))
        .where(Dossier.year == year, Dossier.state.in_(JUDGED), within(tenant_id))
        .group_by(place, Unit.kind)
    )
    if chosen := list(kinds):
        statement = statement.where(Unit.kind.in_(chosen))
    if public is not None:
        statement = statement.where(Unit.public.is_(public))
    return {(tenant, kind): number for tenant, kind, number in db.session.execute(statement)}


def total(rows: Mapping[Key, Counts] | Iterable[Counts]) -> Counts:
    """Add up everything that was counted."""
    return rules.total(rows.values() if isinstance(rows, Mapping) else rows)


def by_tenant(rows: Mapping[Key, Counts]) -> dict[int, Counts]:
    """Add up the counts of each tenant."""
    sums: dict[int, Counts] = {}
    for (tenant_id, _kind, _public), value in rows.items():
        sums[tenant_id] = sums.get(tenant_id, rules.ZERO) + value
    return sums


def registry_size(year: int, *, tenant_id: int | None = None) -> int:
    """Return how many units the registry holds on 31/12 (today before it), counted by itself (rule R8)."""
    statement = select(func.count()).select_from(Unit).where(open_on(cut_off_day(year)), within(tenant_id))
    return int(db.session.scalar(statement) or 0)
