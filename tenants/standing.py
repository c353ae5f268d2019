"""Who a person is and where they stand today: by the session of a request, or without one for work done after it.

All of it reads in the sign-in scope. An administrator who looks at somebody's pages is that person to the program,
and nobody to the database (`Identity.scope`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Date, Select, bindparam, select, update

from .database import ask, db
from .identity import Identity, Place, Seer
from .people import Account, Credential, Membership, SigninSession
from .placing import in_force, named, places_of
from .refusal import Refused
from .rights import may_look
from .scope import Scope, ScopeKind, acting_in
from .signin import SESSION_IDLE, digest, now, today

LOOK_LIFE = timedelta(minutes=15)


def identify(token: str) -> Identity | None:
    """Return the person behind a session token, with the places in force today, or None."""
    day, at = today(), now()
    rows = ask(_session(), {"token": digest(token), "day": day}).all()
    if not rows:
        return None
    found = rows[0]
    if found.expires_at <= at or found.last_seen_at + SESSION_IDLE <= at:
        return None
    places = places_of(rows, day)
    if found.last_seen_at < at - timedelta(minutes=5):
        # In a transaction of its own, held no longer than this: the person's next request notes it too.
        with acting_in(Scope(ScopeKind.SIGNIN)):
            _note(token, last_seen_at=at)
    chosen = tuple(p for p in places if p.membership_id == found.membership_id)
    identity = Identity(
        found.account_id,
        found.login,
        found.full_name,
        places,
        next(iter(chosen or places), None),
        token,
        found.totp_confirmed_at is not None,
    )
    if found.seen_membership_id and found.seen_until and found.seen_until > at:
        return _seen(identity, found.seen_membership_id, found.seen_until) or identity
    return identity


@cache  # every request asks this, and building it costs more than asking
def _session() -> Select[Any]:
    return named(
        select(
            SigninSession.account_id,
            SigninSession.membership_id,
            SigninSession.expires_at,
            SigninSession.last_seen_at,
            SigninSession.seen_membership_id,
            SigninSession.seen_until,
            Account.login,
            Account.full_name,
            Credential.totp_confirmed_at,
        )
        .join(Account, Account.id == SigninSession.account_id)
        .join(Credential, Credential.account_id == Account.id)
        .outerjoin(Membership, (Membership.account_id == Account.id) & in_force(bindparam("day", type_=Date)))
        .where(SigninSession.token_sha256 == bindparam("token"), Account.disabled_at.is_(None))
        .order_by(Membership.id)
    )


def _note(token: str, **values: datetime | int | None) -> None:
    db.session.execute(
        update(SigninSession).where(SigninSession.token_sha256 == digest(token)).values(**values)
    )


def _seen(seer: Identity, membership_id: int, until: datetime) -> Identity | None:
    """Return the person an administrator looks at, None where either no longer stands where it began."""
    account_id = db.session.scalar(select(Membership.account_id).where(Membership.id == membership_id))
    seen = standing_of(account_id, membership_id) if account_id else None
    if seen is None or seen.place is None or may_look(seer, seen.place):
        return None
    by = Seer(seer.account_id, seer.full_name, until)
    return replace(seen, token=seer.token, totp=True, seer=by)


def standing_of(account_id: int, membership_id: int) -> Identity | None:
    """Return the person acting in one of the person's places, None where place or person is no longer in force.

    For work that is done after a request, with the rights of the moment it is done. Reads in the sign-in scope;
    every place in force is there, as `Identity.holds_unit` asks for them all.
    """
    day = today()
    rows = db.session.execute(
        named(
            select(Account)
            .join(Membership, Membership.account_id == Account.id)
            .where(Account.id == account_id, Account.disabled_at.is_(None), in_force(day))
            .order_by(Membership.id)
        )
    ).all()
    places = places_of(rows, day)
    place = next((one for one in places if one.membership_id == membership_id), None)
    if place is None:
        return None
    account = rows[0][0]
    return Identity(account.id, account.login, account.full_name, places, place, "")


def look(token: str, membership_id: int) -> datetime:
    """Let the person of a session look at somebody's pages for a quarter of an hour; returns until when."""
    until = now() + LOOK_LIFE
    _note(token, seen_membership_id=membership_id, seen_until=until)
    return until


def stop_looking(token: str) -> None:
    """Let the person of a session be at home again."""
    _note(token, seen_membership_id=None, seen_until=None)


def choose_place(identity: Identity, membership_id: int) -> Place:
    """Act in another of the person's places from now on; raises `Refused` for a place not theirs."""
    for place in identity.places:
        if place.membership_id == membership_id:
            _note(identity.token, membership_id=membership_id)
            return place
    raise Refused("Anh/chị không có vai trò còn hiệu lực ở nơi này.")
