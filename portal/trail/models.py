"""The record of who did what, append-only, and the chain of seals that shows whether it still is what it was.

No role of the program may change or remove an entry or a seal; who owns the database can, and the chain tells
(docs/decisions/0011-sealed-afterwards.md).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Base
from tenants.owned import OWN_TENANT, TenantOwned, Wall

_APPEND_ONLY = """
create or replace function refuse_trail_change() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
begin raise exception 'the trail is append-only' using errcode = 'PT409'; end $$;
create or replace trigger trail_append_only before update or delete on trail_entry
  for each row execute function refuse_trail_change();
"""
_SEALS_APPEND_ONLY = """
create or replace trigger trail_seal_append_only before update or delete on trail_seal
  for each row execute function refuse_trail_change();
"""


# The tenants come first, so that the index gives the rows, and only entries of a place before ask for their unit.
_HERE_OR_BEFORE = "tenant_id = any (here_or_before(app_tenant()))"


class TrailEntry(TenantOwned, Base):
    """One act in one sentence. `unit_id` and `dossier_id` say what it was done to; `inner_act` hides it from units.

    `at` is the portal's time, `real_at` the clock on the wall; `address`: from where a person acted.
    It is no row of the unit's: a unit that goes to another place leaves it untouched under the old one.
    """

    __tablename__ = "trail_entry"
    __wall__ = Wall(
        grants={
            "unit": "select, insert",
            "district": "select, insert",
            "province": "select, insert",
            "work": "select",
        },
        # An entry stays where it was written, also when its unit goes to another place; who has the unit reads it.
        rows={
            "unit": f"{_HERE_OR_BEFORE} and unit_id = app_unit() and not inner_act",
            "district": f"{_HERE_OR_BEFORE} and case when tenant_id = app_tenant() then true else exists"
            " (select from unit u where u.tenant_id = app_tenant() and u.id = trail_entry.unit_id) end",
        },
        # Nobody writes an act in another's name.
        inserts={
            "unit": OWN_TENANT + " and unit_id = app_unit() and account_id = app_account()",
            "district": OWN_TENANT + " and account_id = app_account()",
            # What the province does to a place stands in the place's record.
            "province": "account_id = app_account()",
        },
        statements=(_APPEND_ONLY,),
    )
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),
        Index("ix_trail_dossier", "tenant_id", "dossier_id", "id"),
        Index("ix_trail_unit", "tenant_id", "unit_id", "id"),
        Index("ix_trail_at", "tenant_id", "at", "id"),
        Index("ix_trail_everywhere", "at", "id"),
        Index("ix_trail_real_at", "tenant_id", "real_at"),
    )

    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    dossier_id: Mapped[int | None] = mapped_column(BigInteger)
    act: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    real_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    account_id: Mapped[int | None] = mapped_column(BigInteger)
    actor: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20), default="")
    sentence: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    inner_act: Mapped[bool] = mapped_column(default=False)
    address: Mapped[str] = mapped_column(String(60), default="")


class TrailSeal(TenantOwned, Base):
    """The seal of one entry: SHA-256 of the seal before it and of the entry. `number` counts from 1 in each place."""

    __tablename__ = "trail_seal"
    __wall__ = Wall(
        grants={"district": "select", "province": "select", "work": "select, insert"},
        statements=(_SEALS_APPEND_ONLY,),
        steward="select, insert",
    )
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "entry_id"], ["trail_entry.tenant_id", "trail_entry.id"]),
        UniqueConstraint("tenant_id", "number"),
        UniqueConstraint("tenant_id", "entry_id"),
    )

    number: Mapped[int] = mapped_column(BigInteger)
    entry_id: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
