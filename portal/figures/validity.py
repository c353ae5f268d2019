"""Biểu 05: the recognitions in force at the end of a year's decisions, until when, who may raise, who lost one.

The same units as column 22 of Biểu 01, by the same conditions; and what became of those of the year before (R12).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    distinct,
    extract,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import distinct_on

from portal.cycle.queries import tier_at
from portal.dossiers.models import State
from portal.recognition.models import Recognition
from portal.registration.models import Registration
from portal.units.models import Unit
from portal.units.queries import NAMED
from tenants.database import db

from .annex import Annex, bieu_05, by_kind
from .behind import rows_behind
from .queries import (
    conditions,
    cut_off_day,
    earlier_recognitions,
    last_day,
    open_on,
    registered_in,
    reported_until,
    standing_dossiers,
    within,
    worked_out,
)

FIGURES = (
    "in_force", "held_1", "held_2", "expires_1", "expires_2", "expires_3", "expires_later", "may_raise", "revoked",
)  # fmt: skip
FATES = ("stays", "again", "expired", "revoked", "closed", "other")
"""What became of a recognition that counted the year before."""


def _of_year(year: int, tenant_id: int | None) -> Subquery:
    """The last recognition each dossier of the year led to."""
    statement = (
        select(
            Recognition.tenant_id,
            Recognition.dossier_id,
            Recognition.valid_to,
            Recognition.may_raise_from,
        )
        .where(Recognition.year == year)
        .ext(distinct_on(Recognition.tenant_id, Recognition.dossier_id))
        .order_by(Recognition.tenant_id, Recognition.dossier_id, Recognition.id.desc())
    )
    if tenant_id is not None:
        statement = statement.where(Recognition.tenant_id == tenant_id)
    return statement.subquery("of_year")


def _standing_with_term(year: int, tenant_id: int | None) -> CTE:
    """The dossier that stands for each unit, with what the last recognition it led to says of its term.

    Joined before the units are: joined beside them, a plan without statistics compares every unit with every pair.
    """
    standing = standing_dossiers(year, reported_until(year), tenant_id)
    given = worked_out(_of_year(year, tenant_id))
    d, g = standing.c, given.c
    rows = select(standing, g.valid_to, g.may_raise_from).outerjoin(
        given, and_(g.tenant_id == d.tenant_id, g.dossier_id == d.id)
    )
    return worked_out(rows.subquery("held"))


class _Held:
    """The tables a year's recognitions are read from, and the conditions of each figure."""

    def __init__(self, year: int, decide_before: date, tenant_id: int | None) -> None:
        self.tenant_id, self.year = tenant_id, year
        self.dossier = _standing_with_term(year, tenant_id)
        self.earlier = worked_out(earlier_recognitions(year, reported_until(year), tenant_id))
        d, e = self.dossier.c, self.earlier.c
        which = conditions(self.dossier, self.earlier, decide_before, cut_off_day(year))
        self.now = and_(d.state.is_not(None), d.state == State.DECIDED)
        held = or_(which["level_1"], which["level_2"], which["still_valid"])
        in_force = and_(held, ~func.coalesce(which["revoked"], false()))
        self.level = case((self.now, d.decided_level), else_=e.level)
        self.valid_to = case((self.now, d.valid_to), else_=e.valid_to)
        may_raise_from = case((self.now, d.may_raise_from), else_=e.may_raise_from)
        ends = extract("year", self.valid_to)
        lost = and_(
            ~func.coalesce(self.now, false()),
            e.revoked,
            e.valid_from <= decide_before,
            e.valid_to >= decide_before,
            open_on(cut_off_day(year)),
        )
        self.which: Mapping[str, ColumnElement[bool]] = {
            "in_force": in_force,
            "held_1": and_(in_force, self.level == 1),
            "held_2": and_(in_force, self.level == 2),
            "expires_1": and_(in_force, ends <= year + 1),
            "expires_2": and_(in_force, ends == year + 2),
            "expires_3": and_(in_force, ends == year + 3),
            "expires_later": and_(in_force, func.coalesce(ends > year + 3, true())),
            "may_raise": and_(in_force, self.level == 1, may_raise_from <= decide_before),
            "revoked": or_(which["revoked"], lost),
        }
        self.fate = case(
            (~open_on(cut_off_day(year)), "closed"),
            (func.coalesce(self.now, false()), "again"),
            (which["still_valid"], "stays"),
            (e.revoked, "revoked"),
            (func.coalesce(e.valid_to < decide_before, false()), "expired"),
            else_="other",
        )

    def frame(self, statement: Any) -> Any:
        """Join what the conditions look at."""
        d, e = self.dossier.c, self.earlier.c
        joined = (
            statement.select_from(Unit)
            .outerjoin(self.dossier, and_(d.tenant_id == Unit.tenant_id, d.unit_id == Unit.id))
            .outerjoin(self.earlier, and_(e.tenant_id == Unit.tenant_id, e.unit_id == Unit.id))
            .outerjoin(Registration, registered_in(self.year))
        )
        return joined.where(within(self.tenant_id))


def validity(year: int, *, tenant_id: int | None = None) -> Annex:
    """Return Biểu 05 of what the scope sees: every row of Biểu 01; two statements. A year not opened has zeros."""
    decide_before = last_day(year, tenant_id)
    found: dict[tuple[str, bool], dict[str, int]] = {}
    if decide_before is not None:
        held = _Held(year, decide_before, tenant_id)
        numbers = (func.count(distinct(Unit.id)).filter(held.which[name]).label(name) for name in FIGURES)
        statement = held.frame(select(Unit.kind, Unit.public, *numbers)).group_by(Unit.kind, Unit.public)
        for row in db.session.execute(statement):
            key = (str(row[0]), bool(row[1]))
            values = dict(zip(FIGURES, row[2:], strict=True))
            found[key] = {name: found.get(key, {}).get(name, 0) + int(values[name]) for name in FIGURES}

    def values(kinds: tuple[str, ...], public: bool | None) -> dict[str, int]:
        rows = [
            one
            for (kind, own), one in found.items()
            if (not kinds or kind in kinds) and public in (None, own)
        ]
        return {name: sum(one[name] for one in rows) for name in FIGURES}

    return bieu_05(year).of(by_kind(values, tier_at(tenant_id)))


def units_behind(
    year: int, figure: str, *, tenant_id: int | None, kinds: Iterable[str] = (), public: bool | None = None
) -> Select[tuple[object, ...]]:
    """Return the statement of the units behind a figure of Biểu 05, by name, ready for `paginate`.

    Each row has tenant_id, unit_id, code, name, kind, public, commune, dossier_id, level and valid_to.
    """
    decide_before = last_day(year, tenant_id) or date.min
    held = _Held(year, decide_before, tenant_id)
    statement = held.frame(
        select(
            *NAMED,
            held.dossier.c.id.label("dossier_id"),
            held.level.label("level"),
            held.valid_to.label("valid_to"),
        )
    ).where(held.which[figure] if decide_before > date.min else ~true())
    if chosen := list(kinds):
        statement = statement.where(Unit.kind.in_(chosen))
    if public is not None:
        statement = statement.where(Unit.public.is_(public))
    return statement.order_by(Unit.name_sort, Unit.tenant_id, Unit.id)


@dataclass(frozen=True, slots=True)
class Fates:
    """What became, until the end of a year's decisions, of the units recognised the year before.

    `units` by fate (`FATES`); `joined`: units in column 21 that were not recognised the year before.
    """

    counts: Mapping[str, int]
    joined: int


def fates(year: int, *, tenant_id: int) -> Fates | None:
    """Return what became of the units in column 22 of the year before; None where one of the years was not opened."""
    decide_before = last_day(year, tenant_id)
    if decide_before is None or last_day(year - 1, tenant_id) is None:
        return None
    before = rows_behind(year - 1, "in_force", tenant_id=tenant_id).order_by(None).subquery("before")
    held = _Held(year, decide_before, tenant_id)
    was = Unit.id.in_(select(before.c.unit_id))
    rows = db.session.execute(
        held.frame(select(held.fate.label("fate"), was.label("was"), func.count(distinct(Unit.id)))).group_by(
            "fate", "was"
        )
    ).all()
    counts = {fate: sum(int(n) for name, old, n in rows if name == fate and old) for fate in FATES}
    return Fates(counts, sum(int(n) for name, old, n in rows if name == "stays" and not old))


def units_of_fate(year: int, fate: str, *, tenant_id: int) -> Select[tuple[object, ...]]:
    """Return the statement of the units of one fate, as `units_behind` gives them; "joined" as in `Fates`."""
    decide_before = last_day(year, tenant_id) or date.min
    held = _Held(year, decide_before, tenant_id)
    before = rows_behind(year - 1, "in_force", tenant_id=tenant_id).order_by(None).subquery("before")
    was = Unit.id.in_(select(before.c.unit_id))
    condition = and_(held.fate == "stays", ~was) if fate == "joined" else and_(held.fate == fate, was)
    statement = held.frame(
        select(
            *NAMED,
            held.dossier.c.id.label("dossier_id"),
            held.level.label("level"),
            held.valid_to.label("valid_to"),
        )
    ).where(condition)
    return statement.order_by(Unit.name_sort, Unit.tenant_id, Unit.id)
