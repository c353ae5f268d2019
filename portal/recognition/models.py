"""Decisions of the district's chairman and the recognitions they give.

Nothing is recognised before a decision has its number and date. What was issued is never changed: the
database refuses it; a wrong decision is corrected by a further one.
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
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.dossiers.models import dossier_key
from tenants.database import Base
from tenants.owned import FOLLOWS_ITS_UNIT, OWN_TENANT, OWN_UNIT, TenantOwned, UnitOwned, Wall

_ISSUED = f"""
create or replace function refuse_issued_decision() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
begin
  if current_user <> 'portal_steward' and old.state = 'issued' then
    raise exception 'an issued decision is never changed' using errcode = 'PT409';
  end if;
  return coalesce(new, old);
end $$;
create or replace trigger decision_issued before update or delete on decision
  for each row execute function refuse_issued_decision();
create or replace function refuse_issued_line() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
begin
  {FOLLOWS_ITS_UNIT}
  if current_user <> 'portal_steward' and exists (select from decision d
      where d.state = 'issued' and ((d.tenant_id = old.tenant_id and d.id = old.decision_id)
        or (d.tenant_id = new.tenant_id and d.id = new.decision_id))) then
    raise exception 'an issued decision is never changed' using errcode = 'PT409';
  end if;
  return coalesce(new, old);
end $$;
create or replace trigger decision_line_issued before insert or update or delete on decision_line
  for each row execute function refuse_issued_line();
"""  # noqa: S608  (only our own words)

# Asked when the transaction ends, so that an operation may write decision and recognitions in any order.
_BY_DECISION = """
create or replace function refuse_undecided_recognition() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
begin
  if current_user <> 'portal_steward' and not exists (select from decision d join decision_line l
        on l.tenant_id = d.tenant_id and l.decision_id = d.id and l.dossier_id = new.dossier_id
      where d.tenant_id = new.tenant_id and d.id = new.decision_id and d.state = 'issued'
        and (new.further_id is not null or l.outcome = new.level and not l.held_back))
      or current_user <> 'portal_steward' and new.further_id is not null and not exists (select from further_decision f
        where f.tenant_id = new.tenant_id and f.unit_id = new.unit_id and f.id = new.further_id
          and f.dossier_id = new.dossier_id and f.state = 'issued' and f.outcome = new.level) then
    raise exception 'a recognition needs a line of an issued decision' using errcode = 'PT409';
  end if;
  return null;
end $$;
drop trigger if exists recognition_by_decision on recognition;
create constraint trigger recognition_by_decision after insert on recognition
  deferrable initially deferred for each row execute function refuse_undecided_recognition();
create or replace function refuse_baseless_revocation() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
begin
  if current_user <> 'portal_steward' and (old.state = 'revoked' and new.state <> 'revoked'
      or new.state = 'revoked' and not exists (select from further_decision f
        where f.tenant_id = new.tenant_id and f.unit_id = new.unit_id and f.dossier_id = new.dossier_id
          and f.state = 'issued' and f.outcome = 0 and f.dated = new.revoked_on)) then
    raise exception 'a recognition is revoked by a further decision' using errcode = 'PT409';
  end if;
  return null;
end $$;
drop trigger if exists recognition_revoked on recognition;
create constraint trigger recognition_revoked after update on recognition
  deferrable initially deferred for each row execute function refuse_baseless_revocation();
"""


# What was laid before the chairman names every unit with its reason: no unit reads it.
_TOLD = (
    "tenant_id, id, year, state, number, dated, issuer, signer, signer_title, legal_bases, created_at, created_by,"
    " issued_at, issued_by, origin_tenant_id, version"
)


class Decision(TenantOwned, Base):
    """A decision on a list of dossiers of one year: draft, then issued with number and date.

    Issuer, signer and legal bases are kept as the words of that day (product.md, rule 7). `submission`: what the
    office laid before the chairman (tờ trình), as it was then; see `portal.recognition.submitting`.
    `origin_tenant_id`: the place that issued it, in the copy its successor holds (`portal.reform`).
    """

    __tablename__ = "decision"
    __wall__ = Wall(
        grants={
            "unit": f"select ({_TOLD})",
            "district": "select, insert, update, delete",
            "province": "select",
        },
        rows={"unit": OWN_TENANT + " and state = 'issued'"},
        inserts={"district": OWN_TENANT + " and state = 'draft' and origin_tenant_id is null"},
    )
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenant.id"], onupdate="CASCADE"),
        CheckConstraint("state in ('draft','issued')", name="state"),
        CheckConstraint(
            "state = 'draft' or (number <> '' and dated is not null and issued_at is not null)", name="issued"
        ),
        Index(
            "uq_decision_number",
            "tenant_id",
            "number",
            "dated",
            unique=True,
            postgresql_where="number <> '' and origin_tenant_id is null",
        ),
        Index("ix_decision_year", "tenant_id", "year", "id"),
    )

    year: Mapped[int] = mapped_column(ForeignKey("cycle.year"))
    state: Mapped[str] = mapped_column(String(10), default="draft")
    number: Mapped[str] = mapped_column(String(60), default="")
    dated: Mapped[date | None]
    issuer: Mapped[str] = mapped_column(String(200), default="")
    signer: Mapped[str] = mapped_column(String(200), default="")
    signer_title: Mapped[str] = mapped_column(String(200), default="")
    legal_bases: Mapped[list[str]] = mapped_column(JSONB, default=list)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    created_by: Mapped[str] = mapped_column(String(200), default="")
    issued_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    issued_by: Mapped[str] = mapped_column(String(200), default="")
    submission: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), deferred=True)
    origin_tenant_id: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)

    lines: Mapped[list[DecisionLine]] = relationship(viewonly=True, order_by="DecisionLine.id")

    __mapper_args__ = {"version_id_col": version}


class DecisionLine(UnitOwned, Base):
    """One unit in a decision. `outcome`: 0 not recognised, 1 or 2 the level; held back lines do not take part."""

    __tablename__ = "decision_line"
    __wall__ = Wall(
        grants={"unit": "select", "district": "select, insert, update, delete", "province": "select"},
        rows={
            "unit": OWN_UNIT
            + " and exists (select from decision d where d.tenant_id = decision_line.tenant_id"
            + " and d.id = decision_line.decision_id and d.state = 'issued')"
        },
        statements=(_ISSUED,),
    )
    __table_args__ = (
        dossier_key(),
        ForeignKeyConstraint(
            ["tenant_id", "decision_id"], ["decision.tenant_id", "decision.id"], onupdate="CASCADE"
        ),
        UniqueConstraint("tenant_id", "decision_id", "dossier_id"),
        CheckConstraint("outcome in (0, 1, 2)", name="outcome"),
        CheckConstraint("outcome > 0 or reason <> ''", name="refusal_has_reason"),
        CheckConstraint("not held_back or held_reason <> ''", name="held_has_reason"),
        Index("ix_decision_line_dossier", "tenant_id", "dossier_id"),
    )

    dossier_id: Mapped[int] = mapped_column(BigInteger)
    decision_id: Mapped[int] = mapped_column(BigInteger)
    outcome: Mapped[int] = mapped_column(SmallInteger)
    reason: Mapped[str] = mapped_column(default="")
    held_back: Mapped[bool] = mapped_column(default=False)
    held_reason: Mapped[str] = mapped_column(default="")


class Recognition(UnitOwned, Base):
    """A unit's recognition: level, validity and the words of the decision that gave it.

    `valid_from` to `valid_to` (inclusive days) and `may_raise_from` are computed once, at the decision,
    by the rules of the catalogue version (Circular 24/2023, Article 5), and never recomputed. `further_id`:
    the further decision that gave it, where it corrects a first one; `revoked_on`: the day of one that took it.
    """

    __tablename__ = "recognition"
    __wall__ = Wall(
        grants={
            "unit": "select",
            "district": "select, insert, update (state, revoked_on)",
            "province": "select",
        },
        statements=(_BY_DECISION,),
    )
    __table_args__ = (
        dossier_key(),
        ForeignKeyConstraint(
            ["tenant_id", "decision_id"], ["decision.tenant_id", "decision.id"], onupdate="CASCADE"
        ),
        ForeignKeyConstraint(
            ["tenant_id", "unit_id", "further_id"],
            ["further_decision.tenant_id", "further_decision.unit_id", "further_decision.id"],
            onupdate="CASCADE",
        ),
        UniqueConstraint("tenant_id", "code"),
        Index(
            "uq_recognition_first",
            "tenant_id",
            "unit_id",
            "dossier_id",
            unique=True,
            postgresql_where="further_id is null",
        ),
        Index(
            "uq_recognition_further",
            "tenant_id",
            "unit_id",
            "further_id",
            unique=True,
            postgresql_where="further_id is not null",
        ),
        Index("ix_recognition_dossier", "tenant_id", "dossier_id", "id"),
        CheckConstraint("revoked_on is null or state = 'revoked'", name="revoked"),
        CheckConstraint("level in (1, 2)", name="level"),
        CheckConstraint("state in ('in_force','revoked','replaced')", name="state"),
        CheckConstraint("valid_to > valid_from", name="validity"),
        # The latest recognition of each unit, which every figure of a year asks for, without reading a row.
        Index(
            "ix_recognition_latest",
            "tenant_id",
            "unit_id",
            text("valid_to desc"),
            text("id desc"),
            postgresql_include=["year", "level", "state", "revoked_on", "valid_from", "may_raise_from"],
        ),
        Index(
            "ix_recognition_revoked", "tenant_id", "dossier_id", postgresql_where=text("state = 'revoked'")
        ),
        Index("ix_recognition_year", "year", "tenant_id", "level"),
    )

    dossier_id: Mapped[int] = mapped_column(BigInteger)
    decision_id: Mapped[int] = mapped_column(BigInteger)
    year: Mapped[int]
    level: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[str] = mapped_column(String(10), default="in_force")
    code: Mapped[str] = mapped_column(String(20))
    unit_name: Mapped[str] = mapped_column(String(300))
    issuer: Mapped[str] = mapped_column(String(200))
    decision_number: Mapped[str] = mapped_column(String(60))
    decided_on: Mapped[date]
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    may_raise_from: Mapped[date | None]
    further_id: Mapped[int | None] = mapped_column(BigInteger)
    revoked_on: Mapped[date | None]

    decision: Mapped[Decision] = relationship(viewonly=True)
