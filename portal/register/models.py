"""The public register: what everybody may know of a recognition, in a table that nothing else has to be read for.

A row holds the words as they were published, so that a certificate can be verified without a tenant's rows
and after the tenant is gone. It carries no figure of people, and no unit's number.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, DateTime, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Base
from tenants.owned import ALL_ROWS, OWN_TENANT, Wall

# What is published is what was decided: asked when the transaction ends, so that verbs may write in any order.
_FOUNDED = """
create or replace function refuse_unfounded_entry() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
begin
  if current_user <> 'portal_steward' and not exists (select from recognition r
      where r.tenant_id = new.tenant_id and r.code = new.code and r.level = new.level and r.state = new.state
        and r.year = new.year and r.decision_number = new.decision_number and r.decided_on = new.decided_on
        and r.issuer = new.issuer and r.valid_from = new.valid_from and r.valid_to = new.valid_to
        and (new.masked or r.unit_name = new.unit_name)) then
    raise exception 'the register says only what was decided' using errcode = 'PT409';
  end if;
  return null;
end $$;
drop trigger if exists register_entry_founded on register_entry;
create constraint trigger register_entry_founded after insert or update on register_entry
  deferrable initially deferred for each row execute function refuse_unfounded_entry();
"""


class RegisterEntry(Base):
    """One recognition as published. `tenant_id` says who may write it and names nothing that must exist.

    `subject` is the code of the unit's first entry, by which its entries are one story. `masked`: the unit's
    name is not published. `place`: as published; `origin_tenant_id`: that place, once the unit has gone to another.
    `state_on`: the day of a revocation or replacement; `replaced_by`: the newer code.
    """

    __tablename__ = "register_entry"
    __wall__ = Wall(
        grants={
            "public": "select",
            "unit": "select",
            "district": "select, insert, update (state, state_on, replaced_by, masked, unit_name, name_sort,"
            " name_folded, commune)",
            "province": "select",
        },
        rows=dict.fromkeys(("unit", "district"), ALL_ROWS),
        writes={"district": OWN_TENANT},
        statements=(_FOUNDED,),
    )
    __table_args__ = (
        CheckConstraint("level in (1, 2)", name="level"),
        CheckConstraint("state in ('in_force','revoked','replaced')", name="state"),
        CheckConstraint("(state = 'in_force') = (state_on is null)", name="state_has_day"),
        CheckConstraint("valid_to > valid_from", name="validity"),
        Index("ix_register_entry_code", "code"),
        Index("ix_register_entry_subject", "subject"),
        Index("ix_register_entry_name", "name_sort", "year", "code"),
        Index("ix_register_entry_place", "place"),
        Index(
            "ix_register_entry_search",
            "name_folded",
            postgresql_using="gin",
            postgresql_ops={"name_folded": "gin_trgm_ops"},
        ),
    )

    tenant_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    subject: Mapped[str] = mapped_column(String(20))
    masked: Mapped[bool] = mapped_column(default=False)
    unit_name: Mapped[str] = mapped_column(String(300))
    name_sort: Mapped[str] = mapped_column(String(600, collation="C"))
    name_folded: Mapped[str]
    kind: Mapped[str] = mapped_column(String(30))
    place: Mapped[str] = mapped_column(String(200))
    commune: Mapped[str] = mapped_column(String(100), default="")
    tier: Mapped[str] = mapped_column(String(20))
    year: Mapped[int]
    level: Mapped[int] = mapped_column(SmallInteger)
    decision_number: Mapped[str] = mapped_column(String(60))
    decided_on: Mapped[date]
    issuer: Mapped[str] = mapped_column(String(200))
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    state: Mapped[str] = mapped_column(String(10), default="in_force")
    state_on: Mapped[date | None]
    replaced_by: Mapped[str] = mapped_column(String(20), default="")
    origin_tenant_id: Mapped[int | None]
    published_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
