"""The district's council, its meetings and what they say to each dossier.

A closed meeting never changes: the database refuses it. What it said stands in `frozen`, under its hash.
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
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.dossiers.models import InDossier, dossier_key
from tenants.database import Base
from tenants.owned import FOLLOWS_ITS_UNIT, OWN_TENANT, TenantOwned, Wall

_CLOSED = """
create or replace function refuse_closed_meeting() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
begin
  if current_user <> 'portal_steward' and old.state = 'closed' then
    raise exception 'the minutes of a meeting are closed' using errcode = 'PT409';
  end if;
  return coalesce(new, old);
end $$;
create or replace trigger council_meeting_closed before update or delete on council_meeting
  for each row execute function refuse_closed_meeting();
"""
_ITEM_CLOSED = f"""
create or replace function refuse_closed_item() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
begin
  {FOLLOWS_ITS_UNIT}
  if current_user <> 'portal_steward' and exists (select from council_meeting m
      where m.state = 'closed' and ((m.tenant_id = old.tenant_id and m.id = old.meeting_id)
        or (m.tenant_id = new.tenant_id and m.id = new.meeting_id))) then
    raise exception 'the minutes of a meeting are closed' using errcode = 'PT409';
  end if;
  return coalesce(new, old);
end $$;
create or replace trigger council_item_closed before insert or update or delete on council_item
  for each row execute function refuse_closed_item();
"""


class Council(TenantOwned, Base):
    """A council or appraisal team founded by a decision of the district; at most one of a district is not ended.

    `members`: what `rules.Member` stores. `quorum`: the least number of members present, the district's own setting.
    """

    __tablename__ = "council"
    __wall__ = Wall(
        grants={
            "district": "select, insert, update (name, number, dated, quorum, members, ended_on, ended_by, version)",
            "province": "select",
        }
    )
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenant.id"], onupdate="CASCADE"),
        CheckConstraint("quorum > 0", name="quorum"),
        CheckConstraint("(ended_on is null) = (ended_by = '')", name="ended"),
        Index("uq_council_running", "tenant_id", unique=True, postgresql_where=text("ended_on is null")),
    )

    name: Mapped[str] = mapped_column(String(200))
    number: Mapped[str] = mapped_column(String(60))
    dated: Mapped[date]
    quorum: Mapped[int] = mapped_column(SmallInteger)
    members: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    created_by: Mapped[str] = mapped_column(String(200))
    ended_on: Mapped[date | None]
    ended_by: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Meeting(TenantOwned, Base):
    """A meeting on the appraised dossiers of one year; a district has at most one open for a year.

    `members` are those of the council on the day the meeting was begun, with who was there; `presiding` and `scribe`
    are their numbers. The block is voted once: `block_…`. `frozen`: everything the closed minutes say.
    """

    __tablename__ = "council_meeting"
    __wall__ = Wall(
        grants={"district": "select, insert, update, delete", "province": "select"},
        inserts={"district": OWN_TENANT + " and state = 'draft'"},
        statements=(_CLOSED,),
    )
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "council_id"], ["council.tenant_id", "council.id"], onupdate="CASCADE"
        ),
        CheckConstraint("state in ('draft','closed')", name="state"),
        CheckConstraint("block_outcome in ('','agreed','deferred')", name="block_outcome"),
        CheckConstraint(
            "(state = 'closed') = (frozen is not null and content_hash <> '' and closed_at is not null)",
            name="closed",
        ),
        Index(
            "uq_council_meeting_open",
            "tenant_id",
            "council_id",
            "year",
            unique=True,
            postgresql_where=text("state = 'draft'"),
        ),
        Index("ix_council_meeting_council", "tenant_id", "council_id"),
    )

    council_id: Mapped[int] = mapped_column(BigInteger)
    year: Mapped[int] = mapped_column(ForeignKey("cycle.year"))
    state: Mapped[str] = mapped_column(String(10), default="draft")
    held_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    venue: Mapped[str] = mapped_column(String(200), default="")
    members: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    presiding: Mapped[int | None]
    scribe: Mapped[int | None]
    discussion: Mapped[str] = mapped_column(default="")
    conclusion: Mapped[str] = mapped_column(default="")
    block_agree: Mapped[int | None] = mapped_column(SmallInteger)
    block_against: Mapped[int | None] = mapped_column(SmallInteger)
    block_abstain: Mapped[int | None] = mapped_column(SmallInteger)
    block_outcome: Mapped[str] = mapped_column(String(10), default="")
    block_note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    created_by: Mapped[str] = mapped_column(String(200))
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    closed_by: Mapped[str] = mapped_column(String(200), default="")
    frozen: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), deferred=True)
    content_hash: Mapped[str] = mapped_column(String(64), default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Item(InDossier, Base):
    """One dossier on the agenda of a meeting: in the block, or discussed singly for `reasons` or at a member's wish.

    `proposed_level` and `appraised_at` are those of the appraisal the meeting looks at; another appraisal since is
    another matter. `abstaining`: members present who have a role in the unit. Items of the block take over its votes
    when the meeting is closed.
    """

    __tablename__ = "council_item"
    __wall__ = Wall(
        grants={"district": "select, insert, update, delete", "province": "select"},
        statements=(_ITEM_CLOSED,),
    )
    __table_args__ = (
        dossier_key(),
        ForeignKeyConstraint(
            ["tenant_id", "meeting_id"],
            ["council_meeting.tenant_id", "council_meeting.id"],
            onupdate="CASCADE",
        ),
        UniqueConstraint("tenant_id", "unit_id", "meeting_id", "dossier_id"),
        CheckConstraint("outcome in ('','agreed','changed','deferred')", name="outcome"),
        CheckConstraint("proposed_level in (0, 1, 2)", name="proposed_level"),
        CheckConstraint("(taken_by = '') = (taken_why = '')", name="taken_with_reason"),
        CheckConstraint("outcome <> 'changed' or note <> ''", name="changed_with_reason"),
        Index("ix_council_item_meeting", "tenant_id", "meeting_id", "singly"),
        Index("ix_council_item_dossier", "tenant_id", "dossier_id"),
    )

    meeting_id: Mapped[int] = mapped_column(BigInteger)
    proposed_level: Mapped[int] = mapped_column(SmallInteger)
    appraised_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    singly: Mapped[bool] = mapped_column(default=False)
    reasons: Mapped[list[str]] = mapped_column(JSONB, default=list)
    taken_by: Mapped[str] = mapped_column(String(200), default="")
    taken_why: Mapped[str] = mapped_column(default="")
    agree: Mapped[int | None] = mapped_column(SmallInteger)
    against: Mapped[int | None] = mapped_column(SmallInteger)
    abstain: Mapped[int | None] = mapped_column(SmallInteger)
    abstaining: Mapped[list[str]] = mapped_column(JSONB, default=list)
    outcome: Mapped[str] = mapped_column(String(10), default="")
    note: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
