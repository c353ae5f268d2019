"""A district's own side of a year: its dates and plan, longer terms of single units, what it publishes of it.

Nothing here is later than what the province opened; a longer term of a unit ends before decisions are due.
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
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Base
from tenants.owned import ALL_ROWS, OWN_TENANT, TenantOwned, UnitOwned, Wall

_WITHDRAWN = """
create or replace function refuse_withdrawn_extension() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
begin
  if current_user = 'portal_district' and old.withdrawn_at is not null then
    raise exception 'a withdrawn extension stays so' using errcode = 'PT409';
  end if;
  return new;
end $$;
create or replace trigger filing_extension_withdrawn before update on filing_extension
  for each row execute function refuse_withdrawn_extension();
"""


class DistrictYear(TenantOwned, Base):
    """A district's year. The dates are first days too late, None where the province's stands.

    `sha256`, `size`, `media_type`, `file_name`: the plan document in the store ("" and 0: none). The rest is what
    its units and the public are told: where dossiers are taken, who answers, an office's own telephone and address.
    """

    __tablename__ = "district_year"
    __wall__ = Wall(
        grants={"unit": "select", "district": "select, insert, update", "province": "select"},
        rows={"unit": OWN_TENANT},
    )
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenant.id"], onupdate="CASCADE"),
        UniqueConstraint("tenant_id", "year"),
        CheckConstraint("(sha256 = '') = (size = 0)", name="file"),
    )

    year: Mapped[int] = mapped_column(ForeignKey("cycle.year"))
    submit_before: Mapped[date | None]
    decide_before: Mapped[date | None]
    report_before: Mapped[date | None]
    plan_number: Mapped[str] = mapped_column(String(60), default="")
    plan_dated: Mapped[date | None]
    where_to: Mapped[str] = mapped_column(String(500), default="")
    contact: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")
    email: Mapped[str] = mapped_column(String(200), default="")
    sha256: Mapped[str] = mapped_column(String(64), default="")
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    media_type: Mapped[str] = mapped_column(String(100), default="")
    file_name: Mapped[str] = mapped_column(String(300), default="")
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_by: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class FilingExtension(UnitOwned, Base):
    """A longer term for one unit to file in a year, with its reason. `until`: the first day too late.

    It stands until it is withdrawn; both stay on record.
    """

    __tablename__ = "filing_extension"
    __wall__ = Wall(
        grants={
            "unit": "select",
            "district": "select, insert, update (withdrawn_at, withdrawn_by, withdraw_reason)",
            "province": "select",
        },
        inserts={"district": f"{OWN_TENANT} and withdrawn_at is null"},
        statements=(_WITHDRAWN,),
    )
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "unit_id"], ["unit.tenant_id", "unit.id"], onupdate="CASCADE"),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("withdrawn_at is null or withdraw_reason <> ''", name="withdrawn"),
        Index(
            "uq_filing_extension_standing",
            "tenant_id",
            "unit_id",
            "year",
            unique=True,
            postgresql_where=text("withdrawn_at is null"),
        ),
        Index("ix_filing_extension_year", "tenant_id", "year", "id"),
    )

    year: Mapped[int] = mapped_column(ForeignKey("cycle.year"))
    until: Mapped[date]
    reason: Mapped[str]
    given_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    given_by: Mapped[str] = mapped_column(String(200))
    withdrawn_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    withdrawn_by: Mapped[str] = mapped_column(String(200), default="")
    withdraw_reason: Mapped[str] = mapped_column(default="")


class YearNotice(Base):
    """What a district published of a year, word for word: anybody reads it, and nothing else has to be read for it."""

    __tablename__ = "year_notice"
    __wall__ = Wall(
        grants={
            "public": "select",
            "unit": "select",
            "district": "select, insert, update",
            "province": "select",
        },
        rows=dict.fromkeys(("unit", "district"), ALL_ROWS),
        writes={"district": OWN_TENANT},
    )

    tenant_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    place: Mapped[str] = mapped_column(String(200))
    place_sort: Mapped[str] = mapped_column(String(400))
    office: Mapped[str] = mapped_column(String(300))
    chair: Mapped[str] = mapped_column(String(300))
    basis: Mapped[str] = mapped_column(String(300))
    plan: Mapped[str] = mapped_column(String(200), default="")
    opens_on: Mapped[date]
    submit_before: Mapped[date]
    decide_before: Mapped[date]
    where_to: Mapped[str] = mapped_column(String(500))
    contact: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str] = mapped_column(String(30), default="")
    email: Mapped[str] = mapped_column(String(200), default="")
    published_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
