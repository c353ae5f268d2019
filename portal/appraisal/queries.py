"""Reading for the district's desk: the queue of a year, its counts, what comes next.

Every list takes one or two queries however many dossiers there are; rows come as plain columns, without
the frozen content.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Integer, Select, and_, bindparam, case, func, or_, select, tuple_

from portal import words
from portal.dossiers.models import Dossier, State
from portal.units.models import Unit
from portal.web import Listing
from tenants.database import db
from tenants.identity import Identity

from . import panels
from .seats import Appraiser

QUEUE_STATES = (
    State.SUBMITTED,
    State.SUPPLEMENT_REQUESTED,
    State.ACCEPTED,
    State.APPRAISED,
    State.DECIDED,
    State.REFUSED_LATE,
)
SORTS = ("filed", "name", "kind", "receipt", "level", "self", "state")
# How far dossiers have come at least: what the checklist of the 31 days counts.
REACHED: dict[str, tuple[State, ...]] = {
    "da-nhan": (State.ACCEPTED, State.APPRAISED, State.DECIDED),
    "da-tham-dinh": (State.APPRAISED, State.DECIDED),
}
REACHED_WORDS = {"da-nhan": "Đã tiếp nhận", "da-tham-dinh": "Đã thẩm định"}
FILTERS: dict[str, Sequence[str]] = {
    "state": (*QUEUE_STATES, State.DRAFT, *REACHED),
    "kind": tuple(words.UNIT_KINDS),
    "level": ("1", "2"),
    "late": ("yes", "no"),
    "channel": tuple(words.CHANNELS),
}
MINE, NOBODY = "toi", "chua"
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


def given_to(chosen: str, actor: Identity) -> Any:
    """Return the condition that a dossier was given to somebody: an account's number, `MINE`, or `NOBODY`."""
    seat = select(Appraiser.id).where(
        Appraiser.tenant_id == Dossier.tenant_id,
        Appraiser.dossier_id == Dossier.id,
        Appraiser.removed_at.is_(None),
    )
    if chosen == NOBODY:
        return ~seat.exists()
    account = actor.account_id if chosen == MINE else int(chosen)
    return seat.where(Appraiser.account_id == account).exists()


def appraisers(tenant_id: int, year: int) -> list[tuple[int, str]]:
    """Return who was given dossiers of a year, by name."""
    rows = db.session.execute(_appraisers(), {"tenant": tenant_id, "year": year})
    return [(number, name) for number, name in rows]


@cache
def _appraisers() -> Select[Any]:
    return (
        select(Appraiser.account_id, func.max(Appraiser.full_name))
        .join(Dossier, and_(Dossier.tenant_id == Appraiser.tenant_id, Dossier.id == Appraiser.dossier_id))
        .where(
            Appraiser.tenant_id == bindparam("tenant", type_=Integer),
            Dossier.year == bindparam("year", type_=Integer),
            Appraiser.removed_at.is_(None),
        )
        .group_by(Appraiser.account_id)
        .order_by(func.max(Appraiser.full_name), Appraiser.account_id)
    )


def states_of(chosen: str) -> Sequence[str]:
    """Return the states a filter by state means: one, or all from a step on."""
    return REACHED.get(chosen, (chosen,))


def queue(tenant_id: int, year: int, asked: Listing, actor: Identity | None = None) -> Select[Any]:
    """Return the dossiers of a year that are the office's work, filtered and in a total order.

    `actor`: whose work the filter by appraiser means by "mine".
    """
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
        statement = statement.where(Dossier.state.in_(states_of(chosen["state"])))
    if chosen.get("kind"):
        statement = statement.where(Unit.kind == chosen["kind"])
    if chosen.get("level"):
        statement = statement.where(Dossier.requested_level == int(chosen["level"]))
    if chosen.get("late"):
        statement = statement.where(Dossier.late.is_(chosen["late"] == "yes"))
    if chosen.get("channel"):
        statement = statement.where(Dossier.channel == chosen["channel"])
    if chosen.get("nguoi") and actor is not None:
        statement = statement.where(given_to(chosen["nguoi"], actor))
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
    rows = db.session.execute(_counts(), {"tenant": tenant_id, "year": year})
    return {(state, kind): number for state, kind, number in rows}


@cache
def _counts() -> Select[Any]:
    return (
        select(Dossier.state, Unit.kind, func.count())
        .join(Unit, _ON_UNIT)
        .where(
            Dossier.tenant_id == bindparam("tenant", type_=Integer),
            Dossier.year == bindparam("year", type_=Integer),
            _IN_QUEUE,
        )
        .group_by(Dossier.state, Unit.kind)
    )


def next_in(
    state: State, tenant_id: int, year: int, actor: Identity, after: Dossier | None = None
) -> int | None:
    """Return the next dossier of a state in the order of filing, from the first again after the last.

    Dossiers of units in which the person holds a role are passed over: somebody else judges them. On the appraisal
    desk the person's own come before those given to nobody, and those of others are passed over.
    """
    own = [p.unit_id for p in actor.places if p.tenant_id == tenant_id and p.unit_id is not None]
    statement = select(Dossier.id).where(
        Dossier.tenant_id == tenant_id,
        Dossier.year == year,
        Dossier.state == state,
        Dossier.unit_id.not_in(own),
    )
    first: list[Any] = []
    if state is State.ACCEPTED:
        free, mine = panels.free_for(actor)
        statement, first = statement.where(free), [mine.desc()]
    if after is None or after.submitted_at is None:
        return db.session.scalar(statement.order_by(*first, Dossier.submitted_at, Dossier.id).limit(1))
    place = tuple_(Dossier.submitted_at, Dossier.id)
    later = place > tuple_(after.submitted_at, after.id)
    return db.session.scalar(
        statement.where(Dossier.id != after.id)
        .order_by(*first, later.desc(), Dossier.submitted_at, Dossier.id)
        .limit(1)
    )
