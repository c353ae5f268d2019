"""The units behind a figure: the whole list as one statement, and one page of it.

A page is read in two steps of one statement: which units it shows, then what it tells of these few. What a
figure's condition does not ask is not joined to find them. The statements of a page are built once for each
combination of figure, filters and order, and sent with the values asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    and_,
    bindparam,
    case,
    false,
    func,
    or_,
    select,
    true,
)

from portal.cycle.models import Cycle
from portal.registration.models import Registration
from portal.spelling import escaped
from portal.units.models import Unit
from portal.units.queries import NAMED
from portal.web import Page, Paged, one_page, page_through
from portal.words import fold

from . import rules
from .queries import (
    JUDGED,
    conditions,
    cut_off_day,
    earlier_recognition,
    earlier_recognitions,
    last_day,
    registered_in,
    reported_until,
    standing_dossier,
    standing_dossiers,
    within,
)

COMBINED = {"recognised": ("level_1", "level_2"), "in_force": ("level_1", "level_2", "still_valid")}
LISTED = (*rules.FIGURES, *COMBINED)
"""Figures whose rows can be opened."""
OF_THE_REGISTRY = ("units",)
OF_REGISTRATIONS = ("registered", "registered_1", "registered_2", "registered_keep")
OF_EARLIER_YEARS = ("still_valid", "in_force")
A_PAGE = 25


def _condition(which: dict[str, ColumnElement[bool]], figure: str) -> ColumnElement[bool]:
    condition = or_(*(which[name] for name in COMBINED.get(figure, (figure,))))
    if figure == "in_force":
        # A revoked renewal leaves what was in force before it, where that still runs.
        return and_(
            condition,
            or_(~func.coalesce(which["revoked"], false()), func.coalesce(which["still_valid"], false())),
        )
    return condition


def _told(d: Any, e: Any, which: dict[str, ColumnElement[bool]]) -> list[ColumnElement[Any]]:
    """Return what a list tells of a unit beside its name."""
    return [
        d.id.label("dossier_id"),
        d.state,
        d.requested_level,
        d.self_level,
        d.decided_level,
        d.submitted_at,
        d.late,
        case((e.revoked, None), else_=e.level).label("earlier_level"),
        e.valid_to,
        Registration.target,
        func.coalesce(which["revoked"], false()).label("revoked"),
    ]


def rows_behind(
    year: int,
    figure: str,
    *,
    tenant_id: int | None = None,
    kind: str | None = None,
    kinds: Iterable[str] = (),
    public: bool | None = None,
    former: bool = False,
) -> Select[tuple[object, ...]]:
    """Return the statement of the units behind a figure, in the order of their names, whole.

    Each row has tenant_id, unit_id, code, name, kind, public, sensitive, commune, dossier_id, state, requested_level,
    self_level, decided_level, submitted_at, late, earlier_level and valid_to (of an earlier recognition), target (of the registration)
    and revoked (of a recognition of the year).
    Raises KeyError for a figure that does not exist; a year not opened has no rows.
    """
    decide_before = last_day(year, tenant_id) or date.min
    own, until = None if former else tenant_id, reported_until(year)
    dossier, earlier = standing_dossiers(year, until, own), earlier_recognitions(year, until, own)
    which = conditions(dossier, earlier, decide_before, cut_off_day(year))
    d, e = dossier.c, earlier.c
    condition = _condition(which, figure)
    statement = (
        select(*NAMED, Unit.sensitive, *_told(d, e, which))
        .select_from(Unit)
        .outerjoin(dossier, and_(d.tenant_id == Unit.tenant_id, d.unit_id == Unit.id))
        .outerjoin(earlier, and_(e.tenant_id == Unit.tenant_id, e.unit_id == Unit.id))
        .outerjoin(Registration, registered_in(year))
        .where(condition if decide_before > date.min else ~true(), within(tenant_id, former=former))
        .order_by(Unit.name_sort, Unit.tenant_id, Unit.id)
    )
    chosen = [kind] if kind else list(kinds)
    if chosen:
        statement = statement.where(Unit.kind.in_(chosen))
    if public is not None:
        statement = statement.where(Unit.public.is_(public))
    return statement


SORTS = {"name": Unit.name_sort, "code": Unit.code, "commune": Unit.commune}
"""By what a list of units can be ordered."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which units a page is about; `judged`: only of dossiers whose appraisal is concluded."""

    figure: str
    tenant_id: int | None = None
    kinds: tuple[str, ...] = ()
    public: bool | None = None
    former: bool = False
    judged: bool = False
    q: str = ""
    sort: str = "name"
    down: bool = False


def page_behind(cycle: Cycle, wanted: Wanted, number: int) -> Page:
    """Return a page of the units behind a figure of a year, its rows as `rows_behind` tells them; one statement."""
    paged = _paged(
        wanted.figure,
        one_place=wanted.tenant_id is not None,
        of_kinds=bool(wanted.kinds),
        public=wanted.public,
        former=wanted.former,
        judged=wanted.judged,
        searched=bool(wanted.q),
        sort=wanted.sort,
        down=wanted.down,
    )
    return page_through(
        paged,
        number,
        year=cycle.year,
        until=reported_until(cycle.year),
        decide_before=cycle.decide_before,
        cut_off=cut_off_day(cycle.year),
        tenant=wanted.tenant_id,
        kinds=list(wanted.kinds),
        named=f"%{escaped(fold(wanted.q))}%",
        coded=f"%{escaped(wanted.q)}%",
    )


@lru_cache(128)
def _paged(
    figure: str,
    *,
    one_place: bool,
    of_kinds: bool,
    public: bool | None,
    former: bool,
    judged: bool,
    searched: bool,
    sort: str,
    down: bool,
) -> Paged:
    year, until, place = bindparam("year"), bindparam("until"), bindparam("tenant")
    own = place if one_place and not former else None
    found = select(Unit.tenant_id, Unit.id).select_from(Unit)
    # Of the few that a search finds each is looked up; of all of a place the year is read once.
    dossier: FromClause
    earlier: FromClause
    if searched:
        dossier = standing_dossier(year, until, Unit.tenant_id, Unit.id)
        earlier = earlier_recognition(year, until, Unit.tenant_id, Unit.id)
    else:
        dossier, earlier = standing_dossiers(year, until, own), earlier_recognitions(year, until, own)
    d, e = dossier.c, earlier.c
    which = conditions(dossier, earlier, bindparam("decide_before"), bindparam("cut_off"))
    if figure not in (*OF_THE_REGISTRY, *OF_REGISTRATIONS):
        found = found.outerjoin(dossier, and_(d.tenant_id == Unit.tenant_id, d.unit_id == Unit.id))
    if figure in OF_EARLIER_YEARS:
        found = found.outerjoin(earlier, and_(e.tenant_id == Unit.tenant_id, e.unit_id == Unit.id))
    if figure in (*OF_REGISTRATIONS, "unregistered"):
        found = found.outerjoin(Registration, registered_in(year))
    found = found.where(_condition(which, figure), within(place if one_place else None, former=former))
    if of_kinds:
        found = found.where(Unit.kind.in_(bindparam("kinds", expanding=True)))
    if public is not None:
        found = found.where(Unit.public.is_(public))
    if judged:
        found = found.where(d.state.in_(JUDGED))
    if searched:
        by_name = Unit.name_folded.like(bindparam("named"), escape="\\")
        found = found.where(or_(by_name, Unit.code.ilike(bindparam("coded"), escape="\\")))
    by = SORTS[sort]
    ordered = found.order_by(by.desc() if down else by.asc(), Unit.name_sort, Unit.tenant_id, Unit.id)
    return Paged(_of_these(one_page(ordered, A_PAGE), sort, down=down), A_PAGE)


def _of_these(units: Select[Any], sort: str, *, down: bool) -> Select[Any]:
    """Return what a list tells of the units a statement finds, in the same order."""
    shown, year, until = units.subquery("shown"), bindparam("year"), bindparam("until")
    dossier = standing_dossier(year, until, Unit.tenant_id, Unit.id)
    earlier = earlier_recognition(year, until, Unit.tenant_id, Unit.id)
    which = conditions(dossier, earlier, bindparam("decide_before"), bindparam("cut_off"))
    by = SORTS[sort]
    return (
        select(*NAMED, Unit.sensitive, *_told(dossier.c, earlier.c, which), shown.c.of_all)
        .select_from(shown)
        .join(Unit, and_(Unit.tenant_id == shown.c.tenant_id, Unit.id == shown.c.id))
        .outerjoin(dossier, true())
        .outerjoin(earlier, true())
        .outerjoin(Registration, registered_in(year))
        .order_by(by.desc() if down else by.asc(), Unit.name_sort, Unit.tenant_id, Unit.id)
    )
