"""What a unit did in a year to learn and to let others learn, which indicators it proves and by which files.

The log stands before any dossier of the year is started. Once the year's dossier is signed its papers name the
log, so the database lets nothing of it be changed; while supplements are asked for, only what proves an
indicator that was asked for.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.dossiers.states import State
from portal.evidence.models import Evidence
from tenants.database import Base
from tenants.owned import FOLLOWS_ITS_UNIT, UnitOwned, Wall

from .rules import KINDS, MOST_MINUTES, MOST_PARTICIPANTS

FREE = (State.DRAFT, State.WITHDRAWN, State.REFUSED_LATE)
"""States in which a dossier leaves its year's log open."""
_KINDS = ", ".join(f"'{kind}'" for kind in KINDS)
_FREE = ", ".join(f"'{state}'" for state in FREE)

_LOG_FROZEN = f"""
create or replace function refuse_signed_activity() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
declare
  content jsonb := to_jsonb(case when tg_op = 'DELETE' then old else new end);
  activity_id bigint := coalesce(content->>'activity_id', content->>'id')::bigint;
  of_year int;
begin
  {FOLLOWS_ITS_UNIT}
  if current_user = 'portal_steward' then return coalesce(new, old); end if;
  of_year := coalesce((content->>'year')::int, (select a.year from activity a
    where a.tenant_id = (content->>'tenant_id')::int and a.id = activity_id));
  if exists (select from dossier d
      where d.tenant_id = (content->>'tenant_id')::int and d.unit_id = (content->>'unit_id')::bigint
        and d.year = of_year and d.state not in ({_FREE})
        and (d.state <> 'supplement_requested' or not exists (
          select from supplement_point p join supplement_request r
            on r.tenant_id = p.tenant_id and r.unit_id = p.unit_id and r.id = p.request_id
          where p.tenant_id = d.tenant_id and p.dossier_id = d.id and r.answered_at is null
            and r.lapsed_at is null
            and p.indicator_id is not null
            and p.indicator_id = coalesce((content->>'indicator_id')::int, p.indicator_id)))) then
    raise exception 'the log of a signed year is frozen' using errcode = 'PT409';
  end if;
  return coalesce(new, old);
end $$;
"""  # noqa: S608  (the states of our own table of steps)


def _frozen(table: str) -> str:
    return (
        f"create or replace trigger {table}_frozen before insert or delete or update on {table}"
        " for each row execute function refuse_signed_activity()"
    )


def _of_activity() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["tenant_id", "unit_id", "activity_id"],
        ["activity.tenant_id", "activity.unit_id", "activity.id"],
        onupdate="CASCADE",
        ondelete="CASCADE",
    )


class Activity(UnitOwned, Base):
    """One activity of a unit on a day of the year. `minutes`: how long it lasted (0: not said).

    `links`: web addresses as text. `name_folded`: topic, organiser and description without accents, for search.
    """

    __tablename__ = "activity"
    __wall__ = Wall(
        grants={
            "unit": "select, insert, delete, update (held_on, kind, topic, organiser, participants, minutes,"
            " description, links, name_folded, changed_at, changed_by, version)",
            "district": "select",
            "province": "select",
        },
        statements=(_LOG_FROZEN, _frozen("activity")),
    )
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "unit_id"], ["unit.tenant_id", "unit.id"], onupdate="CASCADE"),
        UniqueConstraint("tenant_id", "unit_id", "id"),
        CheckConstraint(f"kind in ({_KINDS})", name="kind"),
        CheckConstraint("extract(year from held_on) = year", name="inside_the_year"),
        CheckConstraint(f"participants between 0 and {MOST_PARTICIPANTS}", name="participants"),
        CheckConstraint(f"minutes between 0 and {MOST_MINUTES}", name="minutes"),
        Index("ix_activity_unit", "tenant_id", "unit_id", "year", "held_on", "id"),
        Index("ix_activity_year", "year", "tenant_id", "kind", "held_on", "id"),
        Index(
            "ix_activity_search",
            "name_folded",
            postgresql_using="gin",
            postgresql_ops={"name_folded": "gin_trgm_ops"},
        ),
    )

    year: Mapped[int] = mapped_column(ForeignKey("cycle.year"))
    held_on: Mapped[date]
    kind: Mapped[str] = mapped_column(String(20))
    topic: Mapped[str] = mapped_column(String(300))
    organiser: Mapped[str] = mapped_column(String(200), default="")
    participants: Mapped[int] = mapped_column(default=0)
    minutes: Mapped[int] = mapped_column(default=0)
    description: Mapped[str] = mapped_column(default="")
    links: Mapped[list[str]] = mapped_column(JSONB, default=list)
    name_folded: Mapped[str] = mapped_column(default="")
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_by: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[int] = mapped_column(default=1)

    proofs: Mapped[list[ActivityProof]] = relationship(viewonly=True, order_by="ActivityProof.indicator_id")
    files: Mapped[list[ActivityFile]] = relationship(viewonly=True, order_by="ActivityFile.id")

    __mapper_args__ = {"version_id_col": version}


class ActivityProof(UnitOwned, Base):
    """An activity proves an indicator of its year's catalogue version."""

    __tablename__ = "activity_proof"
    __wall__ = Wall(
        grants={"unit": "select, insert, delete", "district": "select", "province": "select"},
        statements=(_frozen("activity_proof"),),
    )
    __table_args__ = (
        _of_activity(),
        UniqueConstraint("tenant_id", "activity_id", "indicator_id"),
    )

    activity_id: Mapped[int] = mapped_column(BigInteger)
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id"))


class ActivityFile(UnitOwned, Base):
    """A file of the unit's library belongs to an activity."""

    __tablename__ = "activity_file"
    __wall__ = Wall(
        grants={"unit": "select, insert, delete", "district": "select", "province": "select"},
        statements=(_frozen("activity_file"),),
    )
    __table_args__ = (
        _of_activity(),
        ForeignKeyConstraint(
            ["tenant_id", "unit_id", "evidence_id"],
            ["evidence.tenant_id", "evidence.unit_id", "evidence.id"],
            onupdate="CASCADE",
        ),
        UniqueConstraint("tenant_id", "activity_id", "evidence_id"),
        Index("ix_activity_file_evidence", "tenant_id", "unit_id", "evidence_id"),
    )

    activity_id: Mapped[int] = mapped_column(BigInteger)
    evidence_id: Mapped[int] = mapped_column(BigInteger)

    evidence: Mapped[Evidence] = relationship(viewonly=True)
