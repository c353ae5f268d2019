"""Reading for the district's desk: the queue of a year, its counts, what comes next.

Every list takes one or two queries however many dossiers there are; rows come as plain columns, without
the frozen content.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Integer, Select, and_, bindparam, case, func, or_, select, tuple_

from portal import words
from portal.dossiers.models import Dossier, State
from portal.spelling import escaped
from portal.units.models import Unit
from portal.web import Listing, Page, Paged, one_page, page_through
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
_SEAT = select(Appraiser.id).where(
    Appraiser.tenant_id == Dossier.tenant_id,
    Appraiser.dossier_id == Dossier.id,
    Appraiser.removed_at.is_(None),
)
A_PAGE = 25
_ON_UNIT = and_(Unit.tenant_id == Dossier.tenant_id, Unit.id == Dossier.unit_id)


def name_like(q: str) -> Any:
    """Return the condition of a search by a unit's name, accents optional."""
    return Unit.name_folded.like(f"%{escaped(words.fold(q))}%", escape="\\")


def given_to(chosen: str, actor: Identity) -> Any:
    """Return the condition that a dossier was given to somebody: an account's number, `MINE`, or `NOBODY`."""
    if chosen == NOBODY:
        return ~_SEAT.exists()
    account = actor.account_id if chosen == MINE else int(chosen)
    return _SEAT.where(Appraiser.account_id == account).exists()


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


def queue_page(tenant_id: int, year: int, asked: Listing, actor: Identity) -> Page:
    """Return a page of the dossiers of a year that are the office's work, filtered and in a total order; one statement.

    `actor`: whose work the filter by appraiser means by "mine".
    """
    return page_through(_queue_paged(*_shape(asked)), asked.number, **_values(tenant_id, year, asked, actor))


def queue(tenant_id: int, year: int, asked: Listing, actor: Identity) -> Sequence[Any]:
    """Return all of them."""
    return db.session.execute(_queue(*_shape(asked)), _values(tenant_id, year, asked, actor)).all()


def _shape(asked: Listing) -> tuple[str, str, frozenset[str]]:
    """Return order and direction of a list, and which of its filters are used; of two how."""
    used = {name for name in ("state", "kind", "level", "channel") if asked.filters.get(name)}
    if asked.filters.get("late"):
        used.add(f"late:{asked.filters['late']}")
    if asked.filters.get("nguoi"):
        used.add("unassigned" if asked.filters["nguoi"] == NOBODY else "assigned")
    if asked.q:
        used.add("q")
    return asked.sort, asked.direction, frozenset(used)


def _values(tenant_id: int, year: int, asked: Listing, actor: Identity) -> dict[str, Any]:
    chosen = asked.filters
    given = chosen.get("nguoi", "")
    return {
        "tenant": tenant_id,
        "year": year,
        "states": list(states_of(chosen.get("state", ""))),
        "kind": chosen.get("kind", ""),
        "level": int(chosen.get("level") or 0),
        "channel": chosen.get("channel", ""),
        "account": actor.account_id if given == MINE else int(given) if given.isdigit() else 0,
        "named": f"%{escaped(words.fold(asked.q))}%",
        "receipt": f"%{escaped(asked.q.lower())}%",
    }


@lru_cache(64)
def _queue_paged(sort: str, direction: str, used: frozenset[str]) -> Paged:
    return Paged(one_page(_queue(sort, direction, used), A_PAGE), A_PAGE)


@lru_cache(64)
def _queue(sort: str, direction: str, used: frozenset[str]) -> Select[Any]:
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
        .where(
            Dossier.tenant_id == bindparam("tenant", type_=Integer),
            Dossier.year == bindparam("year", type_=Integer),
            _IN_QUEUE,
        )
    )
    receipt = func.lower(Dossier.receipt_number).like(bindparam("receipt"), escape="\\")
    by_name = Unit.name_folded.like(bindparam("named"), escape="\\")
    conditions = {
        "state": Dossier.state.in_(bindparam("states", expanding=True)),
        "kind": Unit.kind == bindparam("kind"),
        "level": Dossier.requested_level == bindparam("level"),
        "late:yes": Dossier.late.is_(True),
        "late:no": Dossier.late.is_(False),
        "channel": Dossier.channel == bindparam("channel"),
        "unassigned": ~_SEAT.exists(),
        "assigned": _SEAT.where(Appraiser.account_id == bindparam("account")).exists(),
        "q": or_(by_name, receipt),
    }
    statement = statement.where(*(condition for name, condition in conditions.items() if name in used))
    order = {
        "filed": Dossier.submitted_at,
        "name": Unit.name_sort,
        "kind": KIND_ORDER,
        "receipt": Dossier.receipt_number,
        "level": Dossier.requested_level,
        "self": Dossier.self_level,
        "state": _STATE_ORDER,
    }[sort]
    first = order.desc().nulls_last() if direction == "desc" else order.asc().nulls_first()
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
