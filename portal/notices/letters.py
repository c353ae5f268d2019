"""Making letters of notices, after the commit, in the worker's scope: at once, or the digest of a day.

Two workers never make a letter twice: notices are taken under a lock that the other passes over, and a person
has one letter a notice and one digest a day by the table's own keys.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from email.utils import make_msgid
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select, union, update
from sqlalchemy.dialects.postgresql import insert

from portal import clock, words
from portal.units.models import Unit
from tenants import signin
from tenants.database import db
from tenants.people import DISTRICT_ROLES, UNIT_ROLES, Account, Membership, Role
from tenants.places import Tenant
from tenants.placing import on_day

from . import rules, wording
from .models import Letter, MailChoice, Notice, NoticeRead
from .rules import Pace

BATCH = 200
_PORTAL = "Cổng Đơn vị học tập"


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody a notice is for, where it can be mailed to, and how the person wants mail."""

    account_id: int
    address: str
    pace: str


def take_up(domain: str) -> int:
    """Make letters of the notices nobody has taken up yet; returns how many notices were looked at.

    `domain`: what stands behind the @ of a letter's own number. An old notice is left to the digest.
    """
    notices = list(
        db.session.scalars(
            select(Notice)
            .where(Notice.taken_up_at.is_(None))
            .order_by(Notice.id)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
    )
    if not notices:
        return 0
    fresh = [one for one in notices if clock.now() - one.sent_at <= rules.STALE]
    readers, places = _readers(fresh), _places(fresh)
    letters = [
        _letter(reader, [_item(one, places)], domain, notice_id=one.id, kind=one.kind)
        for one in fresh
        for reader in readers[one.id]
        if rules.at_once(one.kind, reader.pace)
    ]
    _add(letters)
    db.session.execute(
        update(Notice).where(Notice.id.in_([one.id for one in notices])).values(taken_up_at=signin.now())
    )
    return len(notices)


def _for_whom(*which: ColumnElement[bool]) -> Select[Any]:
    """Return the select of notices with everybody they are for; who caused one is not told of it."""
    of_unit = _serving(which, "unit", UNIT_ROLES).where(Membership.unit_id == Notice.unit_id)
    of_district = _serving(which, "district", DISTRICT_ROLES)
    of_person = select(Notice.id, Notice.account_id).where(Notice.audience == "person", *which)
    told = union(of_unit, of_district, of_person).subquery("told")
    address = case((MailChoice.address != "", MailChoice.address), else_=Account.email)
    return (
        select(Notice, Account.id, address, func.coalesce(MailChoice.pace, Pace.DAILY.value))
        .select_from(told)
        .join(Notice, Notice.id == told.c.id)
        .join(Account, Account.id == told.c.account_id)
        .outerjoin(MailChoice, MailChoice.account_id == Account.id)
        .where(
            address != "",
            Notice.by_account.is_distinct_from(Account.id),
            or_(Account.disabled_at.is_(None), Notice.audience == "person"),
        )
    )


def _serving(which: Iterable[ColumnElement[bool]], audience: str, roles: frozenset[Role]) -> Select[Any]:
    """Return the select of notices of an audience with those who serve at their place today."""
    return (
        select(Notice.id, Membership.account_id)
        .join(Membership, Membership.tenant_id == Notice.tenant_id)
        .where(
            Notice.audience == audience,
            Membership.role.in_(sorted(roles)),
            on_day(signin.today()),
            *which,
        )
    )


def _readers(notices: Sequence[Notice]) -> dict[int, list[Reader]]:
    found: dict[int, list[Reader]] = defaultdict(list)
    if notices:
        wanted = _for_whom(Notice.id.in_([one.id for one in notices])).order_by(Notice.id, Account.id)
        for notice, account_id, address, pace in db.session.execute(wanted):
            found[notice.id].append(Reader(account_id, address, pace))
    return found


def _places(notices: Iterable[Notice]) -> dict[tuple[int, int], str]:
    """Return what the places of notices are called, by tenant and unit (0: the district itself)."""
    notices = list(notices)
    tenants = {one.tenant_id for one in notices}
    names = {
        (number, 0): name
        for number, name in db.session.execute(select(Tenant.id, Tenant.name).where(Tenant.id.in_(tenants)))
    }
    units = {one.unit_id for one in notices if one.audience == "unit"}
    rows = select(Unit.tenant_id, Unit.id, Unit.name).where(Unit.tenant_id.in_(tenants), Unit.id.in_(units))
    return names | {(tenant_id, unit_id): name for tenant_id, unit_id, name in db.session.execute(rows)}


def _item(one: Notice, places: dict[tuple[int, int], str]) -> dict[str, str]:
    unit_id = one.unit_id if one.audience == "unit" else 0
    return {
        "place": places.get((one.tenant_id, unit_id or 0), ""),
        "kind": wording.KINDS[one.kind][0],
        "sentence": one.sentence,
        "path": one.path or "/thong-bao",
        "at": words.moment(one.sent_at),
    }


def _letter(
    reader: Reader,
    items: list[dict[str, str]],
    domain: str,
    *,
    notice_id: int | None = None,
    kind: str = "",
    day: date | None = None,
    more: int = 0,
) -> dict[str, Any]:
    if day is None:
        subject = f"{wording.KINDS[kind][1]}: {items[0]['place']}"
    else:
        subject = f"{len(items) + more} thông báo chưa đọc, sáng {words.day(day)}"
    return {
        "account_id": reader.account_id,
        "address": reader.address.strip(),
        "notice_id": notice_id,
        "day": day,
        "subject": f"{subject} · {_PORTAL}"[:300],
        "content": {"items": items, "more": more, "digest": day is not None, "always": kind in rules.ALWAYS},
        "message_id": make_msgid(domain=domain),
        "state": "waiting",
        "tries": 0,
        "made_at": signin.now(),
        "next_at": signin.now(),
        "answer": "",
    }


def _add(letters: Sequence[dict[str, Any]]) -> None:
    writable = [letter for letter in letters if rules.is_address(letter["address"])]
    if writable:
        db.session.execute(insert(Letter.__table__).on_conflict_do_nothing().inline(), writable)  # type: ignore[arg-type]


def make_digests(domain: str) -> int:
    """Make this morning's digest for everybody who wants one and has news; returns for how many persons.

    A digest lists all that is unread; it is sent only where something came since the person's last one.
    """
    end = rules.digest_end(clock.now())
    if end is None:
        return 0
    today = end.date()
    had_one = exists().where(Letter.account_id == Account.id, Letter.day == today)
    read = exists().where(
        NoticeRead.tenant_id == Notice.tenant_id,
        NoticeRead.notice_id == Notice.id,
        NoticeRead.account_id == Account.id,
    )
    wanted = (
        _for_whom(Notice.sent_at < end, Notice.sent_at >= end - rules.REMEMBERED)
        .where(
            func.coalesce(MailChoice.pace, Pace.DAILY.value) == Pace.DAILY.value,
            Account.disabled_at.is_(None),
            ~had_one,
            ~read,
        )
        .order_by(Account.id, Notice.sent_at.desc(), Notice.id.desc())
    )
    # What was mailed at once is listed while it is unread, but is no reason for another mail.
    mailed = exists().where(Letter.account_id == Account.id, Letter.notice_id == Notice.id)
    unread: dict[Reader, list[Notice]] = defaultdict(list)
    told: set[tuple[int, int]] = set()
    for notice, account_id, address, pace, was_mailed in db.session.execute(wanted.add_columns(mailed)):
        unread[Reader(account_id, address, pace)].append(notice)
        if was_mailed:
            told.add((account_id, notice.id))
    if not unread:
        return 0
    last = _last_digests([reader.account_id for reader in unread])
    places = _places(one for notices in unread.values() for one in notices)
    letters = []
    for reader, notices in unread.items():
        begin = rules.digest_begin(end, last.get(reader.account_id))
        if any(one.sent_at >= begin and (reader.account_id, one.id) not in told for one in notices):
            items = [_item(one, places) for one in notices[: rules.MOST_IN_DIGEST]]
            letters.append(_letter(reader, items, domain, day=today, more=len(notices) - len(items)))
    _add(letters)
    return len(letters)


def _last_digests(accounts: Sequence[int]) -> dict[int, date]:
    rows = (
        select(Letter.account_id, func.max(Letter.day))
        .where(Letter.account_id.in_(accounts), Letter.day.is_not(None))
        .group_by(Letter.account_id)
    )
    return dict(db.session.execute(rows).all())
