"""Biểu 07: members and learners by kind of unit, as filed and where the district corrected them.

Units that tell no number of people are counted in one line and bring no number. Each value stands beside the unit's
own and the signed one, so that rule R10 can compare the three.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Select,
    and_,
    case,
    cast,
    distinct,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from portal.appraisal.models import Finding, HeadcountFinding
from portal.catalogue.models import CatalogueIndicator
from portal.cycle.queries import tier_at
from portal.dossiers.models import Answer, Dossier, Headcount, State
from portal.dossiers.states import UNFILED
from portal.units.kinds import SENSITIVE_KINDS
from portal.units.models import Unit
from portal.units.queries import NAMED
from tenants.database import db

from .annex import BIEU_07, Annex, Line, by_kind
from .queries import reported_until, standing_dossiers, worked_out

HEADS = {"members": "members", "learners": "learners"}
SHARES = {
    "H.2.5": "excellent",
    "H.3.1": "citizens",
    "H.2.2": "trained",
    "H.3.1b": "learner_citizens",
    "T.2.5": "excellent",
    "T.3.1a": "citizens",
    "T.2.2": "trained",
    "T.3.1b": "learner_citizens",
}
"""Which column of people an indicator fills, by its key over the versions of either tier."""
AMOUNTS = ("members", "excellent", "citizens", "trained", "learners", "learner_citizens")
FIGURES = ("units", *AMOUNTS)
DISCREET = "gop"
_JUDGED = (State.APPRAISED, State.DECIDED)


def _filed(year: int, tenant_id: int | None) -> CTE:
    """The filed dossier of each unit, with whether its numbers of people are never told."""
    d = standing_dossiers(year, reported_until(year), tenant_id)
    rows = (
        select(
            Unit.tenant_id,
            Unit.id.label("unit_id"),
            Unit.kind,
            Unit.public,
            d.c.id.label("dossier_id"),
            d.c.state.in_(_JUDGED).label("judged"),
            Dossier.frozen,
            or_(Unit.sensitive, Unit.kind.in_(SENSITIVE_KINDS), Dossier.ratio_only).label("discreet"),
        )
        .select_from(Unit)
        .join(d, and_(d.c.tenant_id == Unit.tenant_id, d.c.unit_id == Unit.id))
        .join(Dossier, and_(Dossier.tenant_id == d.c.tenant_id, Dossier.id == d.c.id))
        .where(d.c.state.not_in(UNFILED))
        .subquery("filed")
    )
    return worked_out(rows)


def _values(filed: CTE) -> CTE:
    """Every number of people: what counts, what the unit filed, and what stands in the signed content."""
    f = filed.c
    told = ~f.discreet
    heads = (
        select(
            f.tenant_id,
            f.unit_id,
            Headcount.code.label("what"),
            func.coalesce(case((f.judged, HeadcountFinding.value)), Headcount.value).label("value"),
            Headcount.value.label("own"),
            case(
                (f.frozen.is_(None), Headcount.value),
                else_=cast(f.frozen["headcounts"][Headcount.code].astext, Integer),
            ).label("signed"),
        )
        .select_from(filed)
        .join(Headcount, and_(Headcount.tenant_id == f.tenant_id, Headcount.dossier_id == f.dossier_id))
        .outerjoin(
            HeadcountFinding,
            and_(
                HeadcountFinding.tenant_id == Headcount.tenant_id,
                HeadcountFinding.dossier_id == Headcount.dossier_id,
                HeadcountFinding.code == Headcount.code,
            ),
        )
        .where(told, Headcount.code.in_(HEADS.values()))
    )
    named = case({key: literal(name) for key, name in SHARES.items()}, value=CatalogueIndicator.key)
    unproven = Finding.verdict.in_(("not_enough_evidence", "not_applicable"))
    shares = (
        select(
            f.tenant_id,
            f.unit_id,
            named.label("what"),
            case(
                (and_(f.judged, Finding.verdict == "corrected"), Finding.part),
                (and_(f.judged, unproven), 0),
                else_=Answer.part,
            ).label("value"),
            Answer.part.label("own"),
            case(
                (f.frozen.is_(None), Answer.part),
                else_=cast(f.frozen["answers"][CatalogueIndicator.code]["value"][1].astext, Integer),
            ).label("signed"),
        )
        .select_from(filed)
        .join(Answer, and_(Answer.tenant_id == f.tenant_id, Answer.dossier_id == f.dossier_id))
        .join(CatalogueIndicator, CatalogueIndicator.id == Answer.indicator_id)
        .outerjoin(
            Finding,
            and_(
                Finding.tenant_id == Answer.tenant_id,
                Finding.dossier_id == Answer.dossier_id,
                Finding.indicator_id == Answer.indicator_id,
            ),
        )
        .where(told, CatalogueIndicator.key.in_(SHARES))
    )
    return worked_out(union_all(heads, shares).subquery("amount"))


@dataclass(frozen=True, slots=True)
class Drift:
    """A column of Biểu 07 whose filed numbers are not those of the signed content, for rule R10."""

    figure: str
    filed: int
    signed: int


def people(year: int, *, tenant_id: int | None = None) -> tuple[Annex, tuple[Drift, ...]]:
    """Return Biểu 07 of what the scope sees and the columns that disagree with the signed dossiers; one statement."""
    filed = _filed(year, tenant_id)
    amount = _values(filed)
    f, a = filed.c, amount.c

    def added(column: Any, name: str) -> Any:
        return func.coalesce(func.sum(column).filter(a.what == name), 0)

    statement = (
        select(
            f.kind,
            f.public,
            f.discreet,
            func.count(distinct(f.unit_id)),
            *(added(a.value, name) for name in AMOUNTS),
            *(added(a.own, name) for name in AMOUNTS),
            *(added(a.signed, name) for name in AMOUNTS),
        )
        .select_from(filed)
        .outerjoin(amount, and_(a.tenant_id == f.tenant_id, a.unit_id == f.unit_id))
        .group_by(f.kind, f.public, f.discreet)
    )
    rows = [(row[0], row[1], row[2], [int(n) for n in row[3:]]) for row in db.session.execute(statement)]
    told = [(kind, public, numbers) for kind, public, discreet, numbers in rows if not discreet]
    hidden = sum(numbers[0] for _, _, discreet, numbers in rows if discreet)

    def values(kinds: tuple[str, ...], public: bool | None) -> Mapping[str, int | None]:
        if kinds and SENSITIVE_KINDS.issuperset(kinds):
            return dict.fromkeys(FIGURES)
        inside = [n for kind, own, n in told if (not kinds or kind in kinds) and public in (None, own)]
        found = {name: sum(n[at] for n in inside) for at, name in enumerate(FIGURES)}
        return found if kinds else found | {"units": found["units"] + hidden}

    lines = by_kind(values, tier_at(tenant_id))
    no_people: dict[str, int | None] = dict.fromkeys(AMOUNTS)
    aggregated = Line(DISCREET, "", "Đơn vị không công bố số người (gộp)", {"units": hidden, **no_people})
    most = len(AMOUNTS)
    drift = tuple(
        Drift(name, own, signed)
        for at, name in enumerate(AMOUNTS, 1)
        for own in (sum(n[at + most] for _, _, n in told),)
        for signed in (sum(n[at + 2 * most] for _, _, n in told),)
        if own != signed
    )
    return BIEU_07.of([*lines[:-1], aggregated, lines[-1]]), drift


def units_behind(
    year: int,
    figure: str,
    *,
    tenant_id: int | None,
    kinds: Iterable[str] = (),
    public: bool | None = None,
    row: str = "",
) -> Select[tuple[object, ...]]:
    """Return the statement of the units behind a figure of Biểu 07, by name, ready for `paginate`.

    Each row has tenant_id, unit_id, code, name, kind, public, commune, dossier_id and amount (None: told of nobody).
    `row`: the key of the line; "drift" gives the units whose filed number is not the signed one.
    """
    filed = _filed(year, tenant_id)
    f = filed.c
    columns = (
        *NAMED,
        f.dossier_id,
    )
    joined = and_(Unit.tenant_id == f.tenant_id, Unit.id == f.unit_id)
    if figure == "units":
        statement = select(*columns, null().label("amount")).join(filed, joined)
        if row != "total":
            statement = statement.where(f.discreet if row == DISCREET else ~f.discreet)
    else:
        amount = _values(filed)
        a = amount.c
        mine = and_(a.tenant_id == f.tenant_id, a.unit_id == f.unit_id, a.what == figure)
        statement = select(*columns, a.value.label("amount")).join(filed, joined).join(amount, mine)
        statement = statement.where(_counts(a, row))
    if chosen := list(kinds):
        statement = statement.where(Unit.kind.in_(chosen))
    if public is not None:
        statement = statement.where(Unit.public.is_(public))
    return statement.order_by(Unit.name_sort, Unit.tenant_id, Unit.id)


def _counts(a: Any, row: str) -> ColumnElement[bool]:
    return a.own.is_distinct_from(a.signed) if row == "drift" else a.value.is_not(None)  # type: ignore[no-any-return]
