"""Complaints of a unit against the result of its dossier, and the files it sent with them.

What was sent never changes; the result stays as it was decided whatever becomes of the complaint.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.dossiers.models import InDossier, dossier_key
from tenants.database import Base
from tenants.owned import OWN_UNIT, UnitOwned, Wall

from .rules import OUTCOMES, STATES

# Who may lead a complaint from which state to which; a complaint that has ended stays as it is.
_MOVES = """
create or replace function refuse_complaint_jump() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
begin
  if current_user not in ('portal_unit', 'portal_district') then return new; end if;
  if old.state not in ('sent', 'accepted') then
    raise exception 'a complaint in state % has ended', old.state using errcode = 'PT409';
  end if;
  if (current_user::text, old.state, new.state) not in (
      ('portal_unit', 'sent', 'withdrawn'), ('portal_unit', 'accepted', 'withdrawn'),
      ('portal_district', 'sent', 'accepted'), ('portal_district', 'sent', 'declined'),
      ('portal_district', 'accepted', 'accepted'), ('portal_district', 'accepted', 'answered')) then
    raise exception 'no step from % to % for %', old.state, new.state, current_user using errcode = 'PT409';
  end if;
  return new;
end $$;
create or replace trigger complaint_moves before update on complaint
  for each row execute function refuse_complaint_jump();
"""
_DECIDED = """
create or replace function refuse_baseless_complaint() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
begin
  if current_user <> 'portal_steward' and not exists (select from decision d join decision_line l
        on l.tenant_id = d.tenant_id and l.decision_id = d.id and l.dossier_id = new.dossier_id
      where d.tenant_id = new.tenant_id and d.id = new.decision_id and d.state = 'issued'
        and not l.held_back)
      or current_user <> 'portal_steward' and new.further_id is not null and not exists (select from further_decision f
        where f.tenant_id = new.tenant_id and f.unit_id = new.unit_id and f.id = new.further_id
          and f.dossier_id = new.dossier_id and f.state = 'issued') then
    raise exception 'a complaint is against an issued decision' using errcode = 'PT409';
  end if;
  return new;
end $$;
create or replace trigger complaint_decided before insert on complaint
  for each row execute function refuse_baseless_complaint();
"""
_FILES_OPEN = """
create or replace function refuse_late_complaint_file() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
begin
  if current_user <> 'portal_steward' and not exists (select from complaint c
      where c.tenant_id = new.tenant_id and c.id = new.complaint_id and c.state = 'sent') then
    raise exception 'files come with the complaint' using errcode = 'PT409';
  end if;
  return new;
end $$;
create or replace trigger complaint_file_open before insert on complaint_file
  for each row execute function refuse_late_complaint_file();
"""
_STATES = ", ".join(f"'{state}'" for state in STATES)
_OUTCOMES = ", ".join(f"'{outcome}'" for outcome in OUTCOMES)


class Complaint(InDossier, Base):
    """One complaint. `told_on`: the day the unit learned of the decision, from which its time runs.

    `further_id`: the further decision it is against, where that is what stands; else it is against the first one.
    `due_on`: the last day for the answer, once accepted; `handler_id` the account that accepted it.
    """

    __tablename__ = "complaint"
    __wall__ = Wall(
        grants={
            "unit": "select, insert, update (state, ended_at, ended_by, end_reason, version)",
            "district": "select, update (state, accepted_at, accepted_by, handler_id, due_on, complex_reason,"
            " ended_at, ended_by, end_reason, outcome, answer, answer_number, version)",
            "province": "select",
        },
        inserts={"unit": f"{OWN_UNIT} and state = 'sent' and accepted_at is null and ended_at is null"},
        statements=(_MOVES, _DECIDED),
    )
    __table_args__ = (
        dossier_key(),
        ForeignKeyConstraint(
            ["tenant_id", "decision_id"], ["decision.tenant_id", "decision.id"], onupdate="CASCADE"
        ),
        UniqueConstraint("tenant_id", "unit_id", "id"),
        CheckConstraint(f"state in ({_STATES})", name="state"),
        CheckConstraint(f"outcome in ('', {_OUTCOMES})", name="outcome"),
        CheckConstraint("state not in ('accepted','answered') or accepted_at is not null", name="accepted"),
        CheckConstraint("state in ('sent','accepted') or ended_at is not null", name="ended"),
        CheckConstraint("(state = 'answered') = (outcome <> '')", name="answered"),
        CheckConstraint("state not in ('answered') or answer <> ''", name="answer"),
        CheckConstraint("state not in ('declined','withdrawn') or end_reason <> ''", name="end_reason"),
        Index(
            "uq_complaint_open",
            "tenant_id",
            "unit_id",
            "dossier_id",
            unique=True,
            postgresql_where=text("state in ('sent','accepted')"),
        ),
        Index("ix_complaint_list", "tenant_id", "state", "due_on", "id"),
        Index("ix_complaint_dossier", "tenant_id", "dossier_id", "id"),
    )

    decision_id: Mapped[int] = mapped_column(BigInteger)
    further_id: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(10), default="sent")
    grounds: Mapped[list[str]] = mapped_column(JSONB)
    body: Mapped[str]
    wish: Mapped[str] = mapped_column(default="")
    told_on: Mapped[date]
    sent_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    sent_by: Mapped[str] = mapped_column(String(200))
    accepted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    accepted_by: Mapped[str] = mapped_column(String(200), default="")
    handler_id: Mapped[int | None] = mapped_column(BigInteger)
    due_on: Mapped[date | None]
    complex_reason: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_by: Mapped[str] = mapped_column(String(200), default="")
    end_reason: Mapped[str] = mapped_column(default="")
    outcome: Mapped[str] = mapped_column(String(20), default="")
    answer: Mapped[str] = mapped_column(default="")
    answer_number: Mapped[str] = mapped_column(String(60), default="")
    version: Mapped[int] = mapped_column(default=1)

    files: Mapped[list[ComplaintFile]] = relationship(viewonly=True, order_by="ComplaintFile.id")

    __mapper_args__ = {"version_id_col": version}


class ComplaintFile(UnitOwned, Base):
    """A file sent with a complaint: its content by SHA-256 in the store of evidence."""

    __tablename__ = "complaint_file"
    __wall__ = Wall(
        grants={"unit": "select, insert", "district": "select", "province": "select"},
        statements=(_FILES_OPEN,),
    )
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "unit_id", "complaint_id"],
            ["complaint.tenant_id", "complaint.unit_id", "complaint.id"],
            onupdate="CASCADE",
        ),
        UniqueConstraint("tenant_id", "complaint_id", "sha256"),
        CheckConstraint("size > 0", name="size"),
    )

    complaint_id: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(100))
    file_name: Mapped[str] = mapped_column(String(300))
