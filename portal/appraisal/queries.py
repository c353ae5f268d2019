"""Reading for the district's desk: the queue of a year, its counts, what comes next, last year, the peers.

Every list takes one or two queries however many dossiers there are; rows come as plain columns, without
the frozen content.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select, tuple_

from portal import words
from portal.dossiers.models import Answer, Dossier, Headcount, State
from portal.dossiers.queries import Sheet, live_dossier, open_sheet
from portal.dossiers.rules import Indicator, Kind
from portal.units.models import Unit
from portal.web import Listing
from tenants.database import db
from tenants.identity import Identity

from . import rules
from .operations import effective

QUEUE_STATES = (
    State.SUBMITTED,
    State.SUPPLEMENT_REQUESTED,
    State.ACCEPTED,
    State.APPRAISED,
    State.DECIDED,
    State.REFUSED_LATE,
)
SORTS = ("filed", "name", "kind", "receipt", "level", "self", "state")
FILTERS: dict[str, Sequence[str]] = {
    "state": (*QUEUE_STATES, State.DRAFT),
    "kind": tuple(words.UNIT_KINDS),
    "level": ("1", "2"),
    "late": ("yes", "no"),
    "channel": tuple(words.CHANNELS),
}
KIND_ORDER = case({code: place for place, code in enumerate(words.UNIT_KINDS)}, value=Unit.kind, else_=99)
_STATE_ORDER = case(
    {state.value: place for place, state in enumerate((State.DRAFT, *QUEUE_STATES))},
    value=Dossier.state,
    else_=99,
)
# A dossier that the office is typing in from paper is work of the office; a unit's own draft is not.
_IN_QUEUE = or_(
    Dossier.state.in_(QUEUE_STATES), and_(Dossier.state == State.DRAFT, Dossier.channel != "portal")
)
_ON_UNIT = and_(Unit.tenant_id == Dossier.tenant_id, Unit.id == Dossier.unit_id)


def name_like(q: str) -> Any:
    """Return the condition of a search by a unit's name, accents optional."""
    folded = words.fold(q).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return Unit.name_folded.like(f"%{folded}%", escape="\\")


def queue(tenant_id: int, year: int, asked: Listing) -> Select[Any]:
    """Return the dossiers of a year that are the office's work, filtered and in a total order."""
    statement = (
        select(
            Dossier.id,
            Dossier.state,
            Dossier.receipt_number,
            Dossier.submitted_at,
            Dossier.requested_level,
            Dossier.self_level,
            Dossier.proposed_level,
            Dossier.late,
            Dossier.channel,
            Dossier.unit_id,
            Unit.name,
            Unit.kind,
            Unit.code,
            Unit.commune,
        )
        .join(Unit, _ON_UNIT)
        .where(Dossier.tenant_id == tenant_id, Dossier.year == year, _IN_QUEUE)
    )
    chosen = asked.filters
    if chosen.get("state"):
        statement = statement.where(Dossier.state == chosen["state"])
    if chosen.get("kind"):
        statement = statement.where(Unit.kind == chosen["kind"])
    if chosen.get("level"):
        statement = statement.where(Dossier.requested_level == int(chosen["level"]))
    if chosen.get("late"):
        statement = statement.where(Dossier.late.is_(chosen["late"] == "yes"))
    if chosen.get("channel"):
        statement = statement.where(Dossier.channel == chosen["channel"])
    if asked.q:
        receipt = func.lower(Dossier.receipt_number).contains(asked.q.lower(), autoescape=True)
        statement = statement.where(or_(name_like(asked.q), receipt))
    order = {
        "filed": Dossier.submitted_at,
        "name": Unit.name_sort,
        "kind": KIND_ORDER,
        "receipt": Dossier.receipt_number,
        "level": Dossier.requested_level,
        "self": Dossier.self_level,
        "state": _STATE_ORDER,
    }[asked.sort]
    first = order.desc().nulls_last() if asked.direction == "desc" else order.asc().nulls_first()
    return statement.order_by(first, Unit.name_sort, Dossier.id)


def counts(tenant_id: int, year: int) -> dict[tuple[str, str], int]:
    """Return how many dossiers of the queue there are, by state and kind of unit."""
    rows = db.session.execute(
        select(Dossier.state, Unit.kind, func.count())
        .join(Unit, _ON_UNIT)
        .where(Dossier.tenant_id == tenant_id, Dossier.year == year, _IN_QUEUE)
        .group_by(Dossier.state, Unit.kind)
    )
    return {(state, kind): number for state, kind, number in rows}


def next_in(
    state: State, tenant_id: int, year: int, actor: Identity, after: Dossier | None = None
) -> int | None:
    """Return the next dossier of a state in the order of filing, from the first again after the last.

    Dossiers of units in which the person holds a role are passed over: somebody else judges them.
    """
    own = [p.unit_id for p in actor.places if p.tenant_id == tenant_id and p.unit_id is not None]
    statement = select(Dossier.id).where(
        Dossier.tenant_id == tenant_id,
        Dossier.year == year,
        Dossier.state == state,
        Dossier.unit_id.not_in(own),
    )
    if after is None or after.submitted_at is None:
        return db.session.scalar(statement.order_by(Dossier.submitted_at, Dossier.id).limit(1))
    place = tuple_(Dossier.submitted_at, Dossier.id)
    later = place > tuple_(after.submitted_at, after.id)
    return db.session.scalar(
        statement.where(Dossier.id != after.id)
        .order_by(later.desc(), Dossier.submitted_at, Dossier.id)
        .limit(1)
    )


def previous_sheet(sheet: Sheet) -> Sheet | None:
    """Return the same unit's dossier of the year before, or None."""
    dossier = sheet.dossier
    before = live_dossier(dossier.tenant_id, dossier.unit_id, dossier.year - 1)
    return open_sheet(before) if before is not None and before.submitted_at else None


def value_in(sheet: Sheet, key: str) -> str:
    """Return the value of an indicator, by its key in the catalogue, as the district saw it ("" for none)."""
    row = next((row for row in sheet.catalogue if row.key == key), None)
    indicator = next((i for i in sheet.indicators if row is not None and i.id == row.id), None)
    if indicator is None:
        return ""
    whole = sheet.district_profile().headcounts.get(indicator.base or "")
    ratio_only = sheet.dossier.ratio_only or sheet.unit.discreet
    return rules.value_text(indicator, effective(sheet, indicator), whole, ratio_only=ratio_only)


@dataclass(frozen=True, slots=True)
class Peers:
    """What the other filed dossiers of the same kind of unit say on one indicator, summed.

    `part` and `whole` leave out the units that tell ratios only; the other numbers count them.
    """

    units: int
    part: int
    whole: int
    met_1: int
    met_2: int


def peers(sheet: Sheet, indicator: Indicator) -> Peers:
    """Sum an indicator over the district's other filed dossiers of the same year and kind of unit."""
    dossier, unit = sheet.dossier, sheet.unit
    people = Dossier.ratio_only.is_(False)
    whole = func.sum(Headcount.value).filter(people) if indicator.kind is Kind.SHARE else func.count()
    statement = (
        select(
            func.count(),
            func.coalesce(func.sum(Answer.part).filter(people), 0),
            func.coalesce(whole, 0),
            func.count().filter(Answer.met_1 == "met"),
            func.count().filter(Answer.met_2 == "met"),
        )
        .select_from(Answer)
        .join(Dossier, and_(Dossier.tenant_id == Answer.tenant_id, Dossier.id == Answer.dossier_id))
        .join(Unit, _ON_UNIT)
        .where(
            Answer.tenant_id == dossier.tenant_id,
            Answer.indicator_id == indicator.id,
            Answer.met_1 != "not_applicable",
            Dossier.year == dossier.year,
            Dossier.state.in_(QUEUE_STATES),
            Dossier.id != dossier.id,
            Unit.kind == unit.kind,
        )
    )
    if indicator.kind is Kind.SHARE:
        statement = statement.join(
            Headcount,
            and_(
                Headcount.tenant_id == Answer.tenant_id,
                Headcount.dossier_id == Answer.dossier_id,
                Headcount.code == indicator.base,
            ),
        )
    units, part, total, met_1, met_2 = db.session.execute(statement).one()
    return Peers(units, int(part), int(total), met_1, met_2)
