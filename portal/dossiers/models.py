"""Tables of a unit's dossier for one year: the dossier, its head-counts, answers and team.

The database keeps the invariants as well: at most one live dossier for a unit and year, a state only
with who and when, and no change to what was signed, except at the points a supplement request unlocks.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
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
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tenants.database import Base
from tenants.owned import UnitOwned, Wall

IN_UNIT = {
    "unit": "select, insert, update, delete",
    "district": "select, insert, update, delete",
    "province": "select",
}


class State(StrEnum):
    """The states of a dossier; `steps.py` says how one leads to another."""

    DRAFT = "draft"
    SIGNED = "signed"
    SUBMITTED = "submitted"
    SUPPLEMENT_REQUESTED = "supplement_requested"
    ACCEPTED = "accepted"
    APPRAISED = "appraised"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"
    REFUSED_LATE = "refused_late"
    CLOSED_UNREACHED = "closed_unreached"


ENDED = (State.WITHDRAWN, State.REFUSED_LATE)
_STATES = ", ".join(f"'{state}'" for state in State)

_FROZEN = """
create or replace function refuse_signed_content() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
declare
  content jsonb := to_jsonb(case when tg_op = 'DELETE' then old else new end);
  owner_state text;
begin
  if current_user = 'portal_steward' then return coalesce(new, old); end if;
  select state into owner_state from dossier
    where tenant_id = (content->>'tenant_id')::int and id = (content->>'dossier_id')::bigint;
  if owner_state = 'draft' or owner_state is null then return coalesce(new, old); end if;
  if owner_state = 'supplement_requested' and exists (
      select from supplement_point p join supplement_request r
        on r.tenant_id = p.tenant_id and r.unit_id = p.unit_id and r.id = p.request_id
      where p.tenant_id = (content->>'tenant_id')::int and p.dossier_id = (content->>'dossier_id')::bigint
        and r.answered_at is null
        and coalesce(p.indicator_id::text = content->>'indicator_id', p.part = tg_table_name)) then
    return coalesce(new, old);
  end if;
  raise exception 'content of a dossier in state % is frozen', owner_state using errcode = 'PT409';
end $$;
"""


def frozen_with_dossier(table: str, columns: str = "") -> str:
    """Return the SQL that refuses changes to a table's rows once their dossier is signed.

    While supplements are asked for, only the points of the open request are free. `columns` limits
    the guard on updates to what the unit itself wrote.
    """
    of = f" of {columns}" if columns else ""
    return (
        f"create or replace trigger {table}_frozen before insert or delete or update{of} on {table}"
        " for each row execute function refuse_signed_content()"
    )


class InDossier(UnitOwned):
    """A row of one dossier; the composite key keeps it under its own tenant and unit."""

    dossier_id: Mapped[int] = mapped_column(BigInteger, sort_order=-12)


def dossier_key(**kwargs: Any) -> ForeignKeyConstraint:
    """Return the composite foreign key of a row that belongs to a dossier."""
    return ForeignKeyConstraint(
        ["tenant_id", "unit_id", "dossier_id"],
        ["dossier.tenant_id", "dossier.unit_id", "dossier.id"],
        onupdate="CASCADE",
        **kwargs,
    )


class Dossier(UnitOwned, Base):
    """A unit's dossier for one assessment year.

    `requested_level`: the level asked for at signing (1 or 2). `self_level`: what the rules give on
    the unit's own answers (0 none, None provisional). `appraised_level`: the same on the district's.
    `frozen` is the canonical content at signing and `content_hash` its SHA-256 (hex).
    """

    __tablename__ = "dossier"
    __wall__ = Wall(
        grants=IN_UNIT | {"unit": "select, insert, update", "district": "select, insert, update"},
        statements=(_FROZEN,),
    )
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "unit_id"], ["unit.tenant_id", "unit.id"], onupdate="CASCADE"),
        UniqueConstraint("tenant_id", "unit_id", "id"),
        CheckConstraint(f"state in ({_STATES})", name="state"),
        CheckConstraint("requested_level in (1, 2)", name="requested_level"),
        CheckConstraint("target_level in (1, 2)", name="target_level"),
        CheckConstraint(
            "state in ('draft','withdrawn','closed_unreached') or (signed_at is not null and content_hash <> '')",
            name="signed",
        ),
        CheckConstraint(
            "state in ('draft','signed','withdrawn','closed_unreached') or submitted_at is not null",
            name="submitted",
        ),
        CheckConstraint(
            "state not in ('accepted','appraised','decided') or accepted_at is not null", name="accepted"
        ),
        CheckConstraint(
            "state not in ('appraised','decided') or (appraised_at is not null and proposed_level is not null)",
            name="appraised",
        ),
        CheckConstraint("(state = 'decided') = (decided_level is not null)", name="decided"),
        Index(
            "uq_dossier_live",
            "tenant_id",
            "unit_id",
            "year",
            unique=True,
            postgresql_where=text("state not in ('withdrawn', 'refused_late')"),
        ),
        Index("ix_dossier_queue", "tenant_id", "year", "state", "submitted_at", "id"),
        Index("ix_dossier_year", "year", "state", "tenant_id"),
    )

    year: Mapped[int] = mapped_column(ForeignKey("cycle.year"))
    version_id: Mapped[int] = mapped_column(ForeignKey("criteria_version.id"))
    state: Mapped[State] = mapped_column(String(20), default=State.DRAFT)
    version: Mapped[int] = mapped_column(default=1)

    registered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    target_level: Mapped[int | None] = mapped_column(SmallInteger)
    requested_level: Mapped[int | None] = mapped_column(SmallInteger)
    self_level: Mapped[int | None] = mapped_column(SmallInteger)
    appraised_level: Mapped[int | None] = mapped_column(SmallInteger)
    proposed_level: Mapped[int | None] = mapped_column(SmallInteger)
    decided_level: Mapped[int | None] = mapped_column(SmallInteger)

    team_number: Mapped[str] = mapped_column(String(60), default="")
    team_date: Mapped[date | None]
    strengths: Mapped[str] = mapped_column(default="")
    weaknesses: Mapped[str] = mapped_column(default="")
    plan: Mapped[str] = mapped_column(default="")
    letter_number: Mapped[str] = mapped_column(String(60), default="")
    letter_date: Mapped[date | None]

    channel: Mapped[str] = mapped_column(String(20), default="portal")
    channel_code: Mapped[str] = mapped_column(String(60), default="")

    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    created_by: Mapped[int | None] = mapped_column(BigInteger)
    signed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    signed_by: Mapped[str] = mapped_column(String(200), default="")
    content_hash: Mapped[str] = mapped_column(String(64), default="")
    frozen: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    submitted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    submitted_by: Mapped[str] = mapped_column(String(200), default="")
    receipt_number: Mapped[str] = mapped_column(String(40), default="")
    late: Mapped[bool] = mapped_column(default=False)
    late_reason: Mapped[str] = mapped_column(default="")
    accepted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    accepted_by: Mapped[str] = mapped_column(String(200), default="")
    appraised_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    appraised_by: Mapped[str] = mapped_column(String(200), default="")
    proposal_note: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    closed_reason: Mapped[str] = mapped_column(default="")

    answers: Mapped[list[Answer]] = relationship(viewonly=True)
    headcounts: Mapped[list[Headcount]] = relationship(viewonly=True)
    team: Mapped[list[TeamMember]] = relationship(viewonly=True, order_by="TeamMember.id")

    __mapper_args__ = {"version_id_col": version}


class Headcount(InDossier, Base):
    """A base figure of the dossier at 31/12: `members`, `learners` or `language_posts`."""

    __tablename__ = "headcount"
    __wall__ = Wall(
        grants=IN_UNIT,
        statements=(frozen_with_dossier("headcount"),),
    )
    __table_args__ = (
        dossier_key(ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "dossier_id", "code"),
        CheckConstraint("value between 0 and 1000000", name="value"),
    )

    code: Mapped[str] = mapped_column(String(30))
    value: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)
    changed_by: Mapped[str] = mapped_column(String(200), default="")

    __mapper_args__ = {"version_id_col": version}


class Answer(InDossier, Base):
    """The unit's own answer on one indicator. `met_1`, `met_2`: the rule's outcome, stored for figures."""

    __tablename__ = "answer"
    __wall__ = Wall(
        grants=IN_UNIT, statements=(frozen_with_dossier("answer", "yes, part, grade, explanation"),)
    )
    __table_args__ = (
        dossier_key(ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "dossier_id", "indicator_id"),
        CheckConstraint("part between 0 and 1000000", name="part"),
        CheckConstraint("grade between 0 and 10", name="grade"),
    )

    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id"))
    yes: Mapped[bool | None]
    part: Mapped[int | None]
    grade: Mapped[int | None] = mapped_column(SmallInteger)
    explanation: Mapped[str] = mapped_column(default="")
    met_1: Mapped[str] = mapped_column(String(20), default="missing")
    met_2: Mapped[str] = mapped_column(String(20), default="missing")
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    changed_by: Mapped[str] = mapped_column(String(200), default="")

    __mapper_args__ = {"version_id_col": version}


class TeamMember(InDossier, Base):
    """A member of the unit's self-assessment team (Circular 24/2023, Article 10(1)(a))."""

    __tablename__ = "team_member"
    __wall__ = Wall(grants=IN_UNIT, statements=(frozen_with_dossier("team_member"),))
    __table_args__ = (dossier_key(ondelete="CASCADE"), Index("ix_team_member", "tenant_id", "dossier_id"))

    full_name: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(200), default="")
    duty: Mapped[str] = mapped_column(String(20), default="member")
