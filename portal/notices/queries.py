"""Reading notices in the scope of a place: what the acting person has in its inbox (of the province, the person's own)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, DateTime, Integer, Select, String, bindparam, exists, func, or_, select

from portal import clock
from tenants.database import ask, db
from tenants.identity import Identity, Place
from tenants.people import UNIT_ROLES, Account

from .models import MailChoice, Notice, NoticeRead
from .rules import NEWS, Kind, Pace


@dataclass(frozen=True, slots=True)
class News:
    """A notice as one person sees it."""

    id: int
    kind: Kind
    sentence: str
    path: str
    sent_at: datetime
    read: bool


def _mine(place: Place) -> tuple[ColumnElement[bool], ...]:
    return _of(place.tenant_id, _audience(place))


def _audience(place: Place) -> str:
    return "unit" if place.role in UNIT_ROLES else "district"


def _of(tenant: Any, audience: Any) -> tuple[ColumnElement[bool], ...]:
    return Notice.tenant_id == tenant, Notice.audience.in_((audience, "person"))


def _unread(since: Any = None) -> tuple[ColumnElement[bool], ...]:
    me: ColumnElement[int] = func.app_account()
    marked = exists().where(
        NoticeRead.tenant_id == Notice.tenant_id,
        NoticeRead.notice_id == Notice.id,
        NoticeRead.account_id == me,
    )
    return (
        Notice.sent_at >= (clock.now() - NEWS if since is None else since),
        or_(Notice.by_account.is_(None), Notice.by_account != me),
        ~marked,
    )


def _is_unread() -> ColumnElement[bool]:
    first, *others = _unread()
    for other in others:
        first = first & other
    return first


def inbox(place: Place, *, kind: str = "", unread_only: bool = False) -> Select[Any]:
    """Return the select of a place's notices, each with whether the person has it unread; the newest first."""
    statement = select(Notice, _is_unread().label("unread")).where(*_mine(place))
    if kind:
        statement = statement.where(Notice.kind == kind)
    if unread_only:
        statement = statement.where(*_unread())
    return statement.order_by(Notice.sent_at.desc(), Notice.id.desc())


def as_news(rows: Iterable[Any]) -> list[News]:
    """Turn rows of `inbox` into what pages show."""
    return [
        News(one.id, Kind(one.kind), one.sentence, one.path, one.sent_at, not unread) for one, unread in rows
    ]


def latest(place: Place, limit: int = 20) -> list[News]:
    """Return the newest notices of a place, the person's unread ones first."""
    newest = inbox(place).order_by(None)
    ordered = newest.order_by(_is_unread().desc(), Notice.sent_at.desc(), Notice.id.desc())
    return as_news(db.session.execute(ordered.limit(limit)))


def unread(place: Place) -> int:
    """Return how many notices of a place the acting person has not read."""
    asked = {"tenant": place.tenant_id, "audience": _audience(place), "since": clock.now() - NEWS}
    return int(ask(_count_unread(), asked).scalar_one())


@cache  # on every page
def _count_unread() -> Select[tuple[int]]:
    mine = _of(bindparam("tenant", type_=Integer), bindparam("audience", type_=String))
    fresh = _unread(bindparam("since", type_=DateTime(timezone=True)))
    return select(func.count()).select_from(Notice).where(*mine, *fresh)


def told(place: Place) -> int:
    """Return how many notices there are in the person's inbox of a place."""
    return int(db.session.scalar(select(func.count()).select_from(Notice).where(*_mine(place))) or 0)


def unread_by_kind(place: Place) -> dict[str, int]:
    """Return how many notices of a place the acting person has not read, by kind."""
    statement = select(Notice.kind, func.count()).where(*_mine(place), *_unread()).group_by(Notice.kind)
    return dict(db.session.execute(statement).all())


def unread_numbers(place: Place) -> list[int]:
    """Return the numbers of the notices of a place that the acting person has not read."""
    return list(db.session.scalars(select(Notice.id).where(*_mine(place), *_unread())))


def notice_of(place: Place, notice_id: int) -> Notice | None:
    """Return a notice of the person's inbox, or None."""
    return db.session.scalar(select(Notice).where(*_mine(place), Notice.id == notice_id))


@dataclass(frozen=True, slots=True)
class MailWish:
    """How a person wants mail: the pace, an own address, and the one the administrator wrote."""

    pace: str
    address: str
    of_account: str


def mail_wish(me: Identity) -> MailWish:
    """Return how the acting person wants mail (a daily digest, where nothing was chosen)."""
    chosen = db.session.get(MailChoice, me.account_id)
    email = db.session.scalar(select(Account.email).where(Account.id == me.account_id)) or ""
    return MailWish(chosen.pace if chosen else Pace.DAILY.value, chosen.address if chosen else "", email)
