"""Reading the trail of a dossier, of one kind of act at a place, and the heads of the seals."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    bindparam,
    exists,
    func,
    select,
    text,
    true,
)

from tenants.database import db
from tenants.places import Tenant

from .models import TrailEntry, TrailSeal
from .sealing import LONGEST

# What moves a dossier, beside the rows of the step table; the rest is typing.
_MOVES = ("start", "ask_signature", "answer_point")


def here_or_before(tenant_id: int | ColumnElement[int]) -> ColumnElement[bool]:
    """Return the condition of entries written at a place or at one whose work it took over."""
    return TrailEntry.tenant_id == func.any(func.here_or_before(tenant_id))


def of_dossier(tenant_id: int, dossier_id: int, limit: int = 100, *, moves: bool = False) -> list[TrailEntry]:
    """Return the latest entries of a dossier that the scope may see, newest first; `moves` leaves out typing."""
    asked = {"tenant": tenant_id, "dossier": dossier_id, "limit": limit}
    return list(db.session.scalars(_of_dossier(moves), asked))


@cache
def _of_dossier(moves: bool) -> Select[tuple[TrailEntry]]:
    statement = select(TrailEntry).where(
        here_or_before(bindparam("tenant", type_=Integer)),
        TrailEntry.dossier_id == bindparam("dossier", type_=BigInteger),
    )
    if moves:
        statement = statement.where(TrailEntry.act.in_(_MOVES) | TrailEntry.act.startswith("dossier."))
    return statement.order_by(TrailEntry.id.desc()).limit(bindparam("limit", type_=Integer))


def of_acts(tenant_id: int, prefix: str, limit: int = 20) -> list[TrailEntry]:
    """Return the latest entries of a place whose act begins with a word such as `catalogue.`, newest first."""
    return list(
        db.session.scalars(
            select(TrailEntry)
            .where(
                TrailEntry.tenant_id == tenant_id,
                TrailEntry.unit_id.is_(None),
                TrailEntry.act.startswith(prefix, autoescape=True),
            )
            .order_by(TrailEntry.id.desc())
            .limit(limit)
        )
    )


def heads(tenant_id: int | None) -> Sequence[Any]:
    """Return of a place (None: of every place) its name, the last seal's number, hash and moment, what waits for one.

    Seals look back from the last round, and so does the count: what is older was sealed or has been slipped in.
    """
    last = (
        select(TrailSeal.number, TrailSeal.hash, TrailSeal.sealed_at)
        .where(TrailSeal.tenant_id == Tenant.id)
        .order_by(TrailSeal.number.desc())
        .limit(1)
        .lateral("last")
    )
    sealed = exists().where(TrailSeal.tenant_id == TrailEntry.tenant_id, TrailSeal.entry_id == TrailEntry.id)
    waiting = (
        select(func.count().label("waiting"))
        .select_from(TrailEntry)
        .where(
            TrailEntry.tenant_id == Tenant.id,
            TrailEntry.real_at >= func.coalesce(last.c.sealed_at - LONGEST, text("'-infinity'::timestamptz")),
            ~sealed,
        )
        .lateral("waiting")
    )
    places = (
        select(Tenant.name, last.c.number, last.c.hash, last.c.sealed_at, waiting.c.waiting)
        .select_from(Tenant)
        .outerjoin(last, true())
        .outerjoin(waiting, true())
        .order_by(Tenant.name_sort)
    )
    return db.session.execute(places if tenant_id is None else places.where(Tenant.id == tenant_id)).all()


def seal_of(tenant_id: int, number: int) -> TrailSeal | None:
    """Return the seal of a number in a place's chain, to compare with one kept on paper."""
    return db.session.scalar(
        select(TrailSeal).where(TrailSeal.tenant_id == tenant_id, TrailSeal.number == number)
    )
