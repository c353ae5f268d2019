"""Notices in the portal, who has read them, how each person wants mail, and the letters that are sent.

A notice is written in the transaction of what it tells; the worker (scope `work`) takes it up after the commit
and makes a letter for each person who wants one. Nobody else reads letters.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Base
from tenants.owned import OWN_TENANT, TenantOwned, Wall

_FOR_UNIT = "audience = 'unit' and unit_id = app_unit()"
_MINE = "account_id = app_account()"
_READERS = ("unit", "district", "province")
_SERVES_HERE = (
    "exists (select from membership m where m.account_id = notice.account_id and m.tenant_id = app_tenant())"
)
_ASKED_FOR = (
    "audience = 'person' and kind = 'job' and exists (select from job j where j.tenant_id = notice.tenant_id"
    " and j.account_id = notice.account_id)"
)


class Notice(TenantOwned, Base):
    """A notice to a unit, to the staff of a district, or to one person (`audience`).

    `kind`: see `rules.Kind`. `by_account`: who caused it; to that person it is no news. `taken_up_at`: when the
    worker made letters of it; the worker itself tells people only how their jobs ended.
    """

    __tablename__ = "notice"
    __wall__ = Wall(
        grants={
            "unit": "select, insert",
            "district": "select, insert",
            "province": "select, insert",
            "work": "select, insert, update (taken_up_at)",
        },
        rows={
            "unit": f"{OWN_TENANT} and case audience when 'person' then {_MINE} else {_FOR_UNIT} end",
            "district": f"{OWN_TENANT} and case audience when 'person' then {_MINE} else true end",
            "province": f"{OWN_TENANT} and audience = 'person' and {_MINE}",
        },
        inserts={
            "unit": f"{OWN_TENANT} and case audience when 'person' then {_SERVES_HERE} else unit_id = app_unit() end",
            "district": f"{OWN_TENANT} and case audience when 'person' then {_SERVES_HERE} else true end",
            "province": "case audience when 'unit' then kind = 'guidance' else true end",
            "work": _ASKED_FOR,
        },
    )
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),
        ForeignKeyConstraint(["tenant_id", "unit_id"], ["unit.tenant_id", "unit.id"], onupdate="CASCADE"),
        CheckConstraint("audience in ('unit','district','person')", name="audience"),
        CheckConstraint("audience <> 'unit' or unit_id is not null", name="unit_known"),
        CheckConstraint("(audience = 'person') = (account_id is not null)", name="person_known"),
        Index("ix_notice_unit", "tenant_id", "unit_id", "id"),
        Index("ix_notice_inbox", "tenant_id", "audience", "unit_id", "sent_at"),
        Index("ix_notice_fresh", "sent_at"),
        Index("ix_notice_waiting", "id", postgresql_where="taken_up_at is null"),
    )

    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    audience: Mapped[str] = mapped_column(String(10))
    account_id: Mapped[int | None] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(20), server_default="step")
    sentence: Mapped[str]
    path: Mapped[str] = mapped_column(String(300), default="")
    sent_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    by_account: Mapped[int | None] = mapped_column(BigInteger)
    taken_up_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class NoticeRead(TenantOwned, Base):
    """That one person has read one notice."""

    __tablename__ = "notice_read"
    __wall__ = Wall(
        grants={**dict.fromkeys(_READERS, "select, insert"), "work": "select"},
        rows=dict.fromkeys(_READERS, f"{OWN_TENANT} and {_MINE}"),
        inserts=dict.fromkeys(
            _READERS,
            f"{OWN_TENANT} and {_MINE} and exists (select from notice n"
            " where n.tenant_id = notice_read.tenant_id and n.id = notice_read.notice_id)",
        ),
    )
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "notice_id"], ["notice.tenant_id", "notice.id"], onupdate="CASCADE"
        ),
        UniqueConstraint("tenant_id", "notice_id", "account_id"),
    )

    notice_id: Mapped[int] = mapped_column(BigInteger)
    account_id: Mapped[int] = mapped_column(BigInteger)
    read_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class MailChoice(Base):
    """How a person wants mail (`rules.Pace`), and an address of the person's own choosing ("": the account's)."""

    __tablename__ = "mail_choice"
    __wall__ = Wall(
        grants={
            **dict.fromkeys(
                ("unit", "district", "province"), "select, insert, update (pace, address, changed_at)"
            ),
            "work": "select",
        },
        rows=dict.fromkeys(("unit", "district", "province"), _MINE),
        writes={"province": _MINE},
    )
    __table_args__ = (CheckConstraint("pace in ('now','daily','none')", name="pace"),)

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True, autoincrement=False)
    pace: Mapped[str] = mapped_column(String(10), default="daily")
    address: Mapped[str] = mapped_column(String(200), default="")
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Letter(Base):
    """One mail to one person: a notice at once (`notice_id`) or the digest of a day (`day`).

    `content` holds what the templates need. A letter waits until `next_at`; it is sent, refused by the mail
    server for good, or given up after `rules.GIVE_UP` of trying. All times are real ones.
    """

    __tablename__ = "letter"
    __wall__ = Wall(grants={"work": "select, insert, update, delete"})
    __table_args__ = (
        CheckConstraint("(notice_id is null) <> (day is null)", name="one_reason"),
        CheckConstraint("state in ('waiting','sent','refused','given_up')", name="state"),
        Index("uq_letter_notice", "account_id", "notice_id", unique=True),
        Index("uq_letter_day", "account_id", "day", unique=True),
        Index("ix_letter_waiting", "next_at", "id", postgresql_where="state = 'waiting'"),
        Index("ix_letter_made", "made_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    notice_id: Mapped[int | None] = mapped_column(BigInteger)
    day: Mapped[date | None]
    address: Mapped[str] = mapped_column(String(200))
    subject: Mapped[str] = mapped_column(String(300))
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    message_id: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    tries: Mapped[int] = mapped_column(SmallInteger, default=0)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    next_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    settled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    answer: Mapped[str] = mapped_column(String(500), default="")


class Reminder(TenantOwned, Base):
    """That a rule of the calendar reminded a unit (or, without one, the district) of a subject, for a date: once."""

    __tablename__ = "reminder"
    __wall__ = Wall(grants={"unit": "select, insert", "district": "select, insert"})
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),
        ForeignKeyConstraint(["tenant_id", "unit_id"], ["unit.tenant_id", "unit.id"], onupdate="CASCADE"),
        UniqueConstraint(
            "tenant_id", "rule", "unit_id", "subject", "due_on", postgresql_nulls_not_distinct=True
        ),
    )

    rule: Mapped[str] = mapped_column(String(30))
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    subject: Mapped[str] = mapped_column(String(60))
    due_on: Mapped[date]
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
