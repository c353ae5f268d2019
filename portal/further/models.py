"""Further decisions on what was decided of a dossier: revoking a recognition, correcting a result.

The first decision and its lines never change. A further one that takes something away is issued only after
the unit was told of the intention and answered, or let its time pass.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.dossiers.models import InDossier, dossier_key
from tenants.database import Base
from tenants.owned import OWN_TENANT, OWN_UNIT, Wall

from .rules import KINDS, OPEN, STATES

_STATES = ", ".join(f"'{state}'" for state in STATES)
_KINDS = ", ".join(f"'{kind}'" for kind in KINDS)
_OPEN = ", ".join(f"'{state}'" for state in OPEN)

# What is asked of the unit, and later decided, is what it was heard on.
_PREPARED = (
    "outcome", "ground", "reason", "legal_basis", "complaint_id", "file_sha256", "file_size", "file_type", "file_name",
    "before", "target_number", "target_dated",
)  # fmt: skip
_TOLD = ("told_at", "told_by", "answer_by", "silent_at", "silent_by")
_ISSUED = ("number", "dated", "signer", "signer_title", "issued_at", "issued_by")
_DROPPED = ("dropped_at", "dropped_by", "drop_reason")
_UNIT = ("state", "answer", "answered_at", "answered_by", "version")
_DISTRICT = ("state", "version", *_PREPARED, *_TOLD, *_ISSUED, *_DROPPED)


def _changed(columns: tuple[str, ...]) -> str:
    return f"({', '.join(f'new.{c}' for c in columns)}) is distinct from ({', '.join(f'old.{c}' for c in columns)})"


_MOVES = f"""
create or replace function refuse_further_jump() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
begin
  if current_user not in ('portal_unit', 'portal_district') then return new; end if;
  if (current_user::text, old.state, new.state) not in (
      ('portal_unit', 'hearing', 'heard'),
      ('portal_district', 'draft', 'draft'), ('portal_district', 'draft', 'hearing'),
      ('portal_district', 'draft', 'issued'), ('portal_district', 'hearing', 'heard'),
      ('portal_district', 'heard', 'issued'), ('portal_district', 'draft', 'dropped'),
      ('portal_district', 'hearing', 'dropped'), ('portal_district', 'heard', 'dropped')) then
    raise exception 'no step from % to % for %', old.state, new.state, current_user using errcode = 'PT409';
  end if;
  if old.state <> 'draft' and {_changed(_PREPARED)} then
    raise exception 'the unit was heard on what stands here' using errcode = 'PT409';
  end if;
  if old.state = 'draft' and new.state = 'issued' and new.outcome < new.before then
    raise exception 'the unit was not heard' using errcode = 'PT409';
  end if;
  return new;
end $$;
create or replace trigger further_decision_moves before update on further_decision
  for each row execute function refuse_further_jump();
"""
_FOUNDED = """
create or replace function refuse_baseless_further() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
begin
  if current_user <> 'portal_steward' and not exists (select from decision d join decision_line l
        on l.tenant_id = d.tenant_id and l.decision_id = d.id and l.dossier_id = new.dossier_id
      where d.tenant_id = new.tenant_id and d.id = new.decision_id and d.state = 'issued'
        and not l.held_back) then
    raise exception 'a further decision follows an issued one' using errcode = 'PT409';
  end if;
  return new;
end $$;
create or replace trigger further_decision_founded before insert on further_decision
  for each row execute function refuse_baseless_further();
"""


class FurtherDecision(InDossier, Base):
    """One further decision. `decision_id`: the first decision on the dossier; `before`: the level in effect until now.

    `target_number`, `target_dated`: the decision it changes, first or further. `outcome`: the level in effect
    after it (0: none). `answer_by`: the last day for the unit's answer. `issuer`: the words of the day.
    """

    __tablename__ = "further_decision"
    __wall__ = Wall(
        grants={
            "unit": f"select, update ({', '.join(_UNIT)})",
            "district": f"select, insert, update ({', '.join(_DISTRICT)})",
            "province": "select",
        },
        rows={"unit": f"{OWN_UNIT} and coalesce(told_at, issued_at) is not null"},
        inserts={"district": f"{OWN_TENANT} and state = 'draft' and told_at is null and issued_at is null"},
        statements=(_MOVES, _FOUNDED),
    )
    __table_args__ = (
        dossier_key(),
        ForeignKeyConstraint(
            ["tenant_id", "decision_id"], ["decision.tenant_id", "decision.id"], onupdate="CASCADE"
        ),
        ForeignKeyConstraint(
            ["tenant_id", "unit_id", "complaint_id"],
            ["complaint.tenant_id", "complaint.unit_id", "complaint.id"],
            onupdate="CASCADE",
        ),
        UniqueConstraint("tenant_id", "unit_id", "id"),
        CheckConstraint(f"kind in ({_KINDS})", name="kind"),
        CheckConstraint(f"state in ({_STATES})", name="state"),
        CheckConstraint("outcome in (0, 1, 2)", name="outcome"),
        CheckConstraint("before in (0, 1, 2) and before <> outcome", name="before"),
        CheckConstraint("kind <> 'revoke' or outcome = 0", name="revoked"),
        CheckConstraint("state <> 'heard' or answered_at is not null or silent_at is not null", name="heard"),
        CheckConstraint("state <> 'hearing' or (told_at is not null and answer_by is not null)", name="told"),
        CheckConstraint(
            "state <> 'issued' or (number <> '' and dated is not null and issued_at is not null)",
            name="issued",
        ),
        CheckConstraint(
            "state <> 'dropped' or (dropped_at is not null and drop_reason <> '')", name="dropped"
        ),
        CheckConstraint("file_sha256 = '' or file_size > 0", name="file"),
        Index(
            "uq_further_decision_open",
            "tenant_id",
            "unit_id",
            "dossier_id",
            unique=True,
            postgresql_where=text(f"state in ({_OPEN})"),
        ),
        Index("ix_further_decision_list", "tenant_id", "state", "id"),
        Index("ix_further_decision_dossier", "tenant_id", "dossier_id", "id"),
    )

    decision_id: Mapped[int] = mapped_column(BigInteger)
    complaint_id: Mapped[int | None] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default="draft")
    before: Mapped[int] = mapped_column(SmallInteger)
    outcome: Mapped[int] = mapped_column(SmallInteger)
    ground: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str]
    legal_basis: Mapped[str]
    target_number: Mapped[str] = mapped_column(String(60))
    target_dated: Mapped[date]
    issuer: Mapped[str] = mapped_column(String(200))
    file_sha256: Mapped[str] = mapped_column(String(64), default="")
    file_size: Mapped[int] = mapped_column(BigInteger, default=0)
    file_type: Mapped[str] = mapped_column(String(100), default="")
    file_name: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    created_by: Mapped[str] = mapped_column(String(200))
    told_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    told_by: Mapped[str] = mapped_column(String(200), default="")
    answer_by: Mapped[date | None]
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    answered_by: Mapped[str] = mapped_column(String(200), default="")
    silent_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    silent_by: Mapped[str] = mapped_column(String(200), default="")
    number: Mapped[str] = mapped_column(String(60), default="")
    dated: Mapped[date | None]
    signer: Mapped[str] = mapped_column(String(200), default="")
    signer_title: Mapped[str] = mapped_column(String(200), default="")
    issued_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    issued_by: Mapped[str] = mapped_column(String(200), default="")
    dropped_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    dropped_by: Mapped[str] = mapped_column(String(200), default="")
    drop_reason: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
