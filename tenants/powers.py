"""The right to decide, which takes two people to give, and what a holder of a role delegates for a time.

A proposal and a delegation give nothing by themselves: the membership that names one does, and the wall lets it in
only where the proposal was confirmed by a second person, or the delegation is of one's own.
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
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from .database import Base
from .owned import OWN_TENANT, OWN_UNIT, TenantOwned, Wall
from .people import Role

_ANSWERED_BY_ANOTHER = """
create or replace function refuse_lone_answer() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
begin
  if current_user in ('portal_district', 'portal_province') and (old.answered_at is not null
      or new.answered_by is distinct from app_account()
      or new.confirmed and not may_confirm(new.tenant_id, new.role, new.account_id, new.proposed_by)) then
    raise exception 'the right to decide is confirmed by a second person' using errcode = 'PT409';
  end if;
  return new;
end $$;
create or replace trigger role_proposal_answered before update on role_proposal
  for each row execute function refuse_lone_answer();
"""
_PROPOSED_BY_ME = "tenant_id = app_tenant() and proposed_by = app_account() and answered_at is null"


class RoleProposal(TenantOwned, Base):
    """That one person wants another (or the same) to hold the right to decide; a second person answers, once."""

    __tablename__ = "role_proposal"
    __wall__ = Wall(
        grants=dict.fromkeys(
            ("district", "province"), "select, insert, update (answered_by, answered_at, confirmed)"
        ),
        writes={"province": "true"},
        inserts={
            "district": f"{_PROPOSED_BY_ME} and role = 'district_leader'"
            " and holds(app_account(), tenant_id, 'district_admin')",
            "province": f"{_PROPOSED_BY_ME} and role = 'province_admin'"
            " and holds(app_account(), tenant_id, 'province_admin')",
        },
        statements=(_ANSWERED_BY_ANOTHER,),
    )
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),
        CheckConstraint("role in ('district_leader', 'province_admin')", name="role"),
        CheckConstraint("(answered_at is null) = (confirmed is null)", name="answered"),
        CheckConstraint("(answered_at is null) = (answered_by is null)", name="answered_by"),
        CheckConstraint(
            "confirmed is not true or (answered_by <> proposed_by and answered_by <> account_id)", name="two"
        ),
        CheckConstraint("reason <> ''", name="reason"),
        Index(
            "uq_role_proposal_open",
            "tenant_id",
            "account_id",
            "role",
            unique=True,
            postgresql_where=text("answered_at is null"),
        ),
        Index("ix_role_proposal_account", "account_id", "tenant_id"),
    )

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    role: Mapped[Role] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(500))
    proposed_by: Mapped[int] = mapped_column(BigInteger)
    proposed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    answered_by: Mapped[int | None] = mapped_column(BigInteger)
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    confirmed: Mapped[bool | None]


class Delegation(TenantOwned, Base):
    """What a holder of a role delegates: by which document, why, and which rights (none named: the whole role).

    To whom, from when and until when stand in the one membership that names it; it gives nothing once the giver
    no longer holds the role.
    """

    __tablename__ = "delegation"
    __wall__ = Wall(
        grants={
            "signin": "select",
            "unit": "select, insert",
            "district": "select, insert",
            "province": "select",
        },
        rows={"unit": OWN_UNIT},
        inserts={
            "unit": OWN_UNIT + " and giver_id = app_account()",
            "district": OWN_TENANT + " and giver_id = app_account() and unit_id is null",
        },
    )
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),
        CheckConstraint("role in ('district_leader', 'district_officer', 'unit_head')", name="role"),
        CheckConstraint("(unit_id is not null) = (role = 'unit_head')", name="unit_role_has_unit"),
        CheckConstraint("document <> '' and reason <> ''", name="stated"),
        Index("ix_delegation_giver", "tenant_id", "giver_id"),
    )

    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    giver_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    role: Mapped[Role] = mapped_column(String(20))
    rights: Mapped[list[str]] = mapped_column(JSONB, default=list)
    document: Mapped[str] = mapped_column(String(100))
    dated: Mapped[date]
    reason: Mapped[str] = mapped_column(String(500))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
