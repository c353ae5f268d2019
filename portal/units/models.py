"""The registry of units: the schools, offices, communes and enterprises that file dossiers."""

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
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Base
from tenants.owned import OWN_TENANT, TenantOwned, Wall
from tenants.people import Membership
from tenants.powers import Delegation

from .kinds import SENSITIVE_KINDS, UNIT_KINDS

# Where a unit came from is written by reforms alone: what reports of other places have told of follows from it.
_CAME = """
create or replace function refuse_own_origin() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
declare was_there record;
begin
  if current_user = 'portal_district' then
    if tg_op = 'INSERT' then
      select '[]'::jsonb as came_through, null::int as origin_tenant_id into was_there;
    else
      was_there := old;
    end if;
    if new.came_through <> was_there.came_through
        or new.origin_tenant_id is distinct from was_there.origin_tenant_id then
      raise exception 'where a unit came from is not its place''s to say' using errcode = 'PT409';
    end if;
  end if;
  return new;
end $$;
create or replace trigger unit_came before insert or update on unit
  for each row execute function refuse_own_origin();
"""
_KINDS = ", ".join(f"'{kind}'" for kind in UNIT_KINDS)


class Unit(TenantOwned, Base):
    """One unit of a district (Circular 24/2023, Article 2), from the day it opened to the day it closed.

    Its papers are headed by `superior` over `superior_second` over its name, parted as in `name_lines`, and
    dated in `date_place`; `authority` holds the lines above the signer's title ("KT. HIỆU TRƯỞNG").
    `origin_tenant_id`: the first of the places it came through, which are in `came_through`, the first one first:
    `place`, and the moments `since` (None: from its beginning) and `until` which it belonged there.
    """

    __tablename__ = "unit"
    __wall__ = Wall(
        grants={
            "unit": "select, update (address, phone, email, head_name, head_title, superior, symbol,"
            " superior_second, name_lines, date_place, authority, version)",
            "district": "select, insert, update",
            "province": "select",
            "work": "select",
        },
        rows={"unit": OWN_TENANT + " and id = app_unit()"},
        statements=(_CAME,),
    )
    __table_args__ = (
        CheckConstraint(f"kind in ({_KINDS})", name="kind"),
        CheckConstraint("closed_on is null or closed_on >= opened_on", name="dates"),
        UniqueConstraint("tenant_id", "code"),
        Index("ix_unit_sort", "tenant_id", "name_sort", "id"),
        Index("ix_unit_kind", "tenant_id", "kind", "public"),
        Index(
            "ix_unit_search",
            "name_folded",
            postgresql_using="gin",
            postgresql_ops={"name_folded": "gin_trgm_ops"},
        ),
        # A search looks for a word in names and in codes; without both it reads every unit.
        Index("ix_unit_search_code", "code", postgresql_using="gin", postgresql_ops={"code": "gin_trgm_ops"}),
    )

    tenant_id: Mapped[int] = mapped_column(
        ForeignKey("tenant.id", onupdate="CASCADE"), primary_key=True, sort_order=-20, autoincrement=False
    )
    code: Mapped[str] = mapped_column(String(30))
    name: Mapped[str] = mapped_column(String(300))
    name_sort: Mapped[str] = mapped_column(String(600, collation="C"))
    name_folded: Mapped[str] = mapped_column(String(300))
    kind: Mapped[str] = mapped_column(String(30))
    public: Mapped[bool] = mapped_column(default=True)
    sensitive: Mapped[bool] = mapped_column(default=False)
    commune: Mapped[str] = mapped_column(String(100), default="")
    superior: Mapped[str] = mapped_column(String(200), default="")
    symbol: Mapped[str] = mapped_column(String(30), default="")
    superior_second: Mapped[str] = mapped_column(String(200), default="")
    name_lines: Mapped[str] = mapped_column(String(300), default="")
    date_place: Mapped[str] = mapped_column(String(100), default="")
    authority: Mapped[str] = mapped_column(String(200), default="")
    address: Mapped[str] = mapped_column(String(300), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")
    email: Mapped[str] = mapped_column(String(200), default="")
    head_name: Mapped[str] = mapped_column(String(200), default="")
    head_title: Mapped[str] = mapped_column(String(100), default="")
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]
    origin_tenant_id: Mapped[int | None]
    came_through: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default="[]")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    @property
    def discreet(self) -> bool:
        """Whether its numbers of people are never told: marked so, or of a kind that always is."""
        return self.sensitive or self.kind in SENSITIVE_KINDS


class DistinctUnits(TenantOwned, Base):
    """Two entries with the same name that somebody said are two units, with the reason."""

    __tablename__ = "distinct_units"
    __wall__ = Wall(grants={"district": "select, insert", "province": "select"})
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "first_id"], ["unit.tenant_id", "unit.id"], onupdate="CASCADE"),
        ForeignKeyConstraint(
            ["tenant_id", "second_id"],
            ["unit.tenant_id", "unit.id"],
            name="fk_distinct_units_second",
            onupdate="CASCADE",
        ),
        UniqueConstraint("tenant_id", "first_id", "second_id"),
        CheckConstraint("reason <> ''", name="reason"),
    )

    first_id: Mapped[int] = mapped_column(BigInteger)
    second_id: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str]
    marked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    marked_by: Mapped[str] = mapped_column(String(200))


class ImportBatch(TenantOwned, Base):
    """An uploaded sheet read by a dry run: what each row would do, until somebody confirms it.

    `content`: the file itself while a job has still to read it (`sent`).
    `kind`: whose rows they are (units, past results); `stored`: how many rows were written once it was done.
    """

    __tablename__ = "import_batch"
    __wall__ = Wall(grants={"district": "select, insert, update, delete"})
    __table_args__ = (
        CheckConstraint("state in ('sent','read','done','dropped','undone')", name="state"),
        CheckConstraint("(state = 'sent') = (content is not null)", name="sent"),
        Index("ix_import_batch_kind", "tenant_id", "kind", "id"),
    )

    kind: Mapped[str] = mapped_column(String(20))
    file_name: Mapped[str] = mapped_column(String(300))
    state: Mapped[str] = mapped_column(String(10), default="read")
    rows: Mapped[list[Any]] = mapped_column(JSONB)
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    created_by: Mapped[int] = mapped_column(BigInteger)
    stored: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    done_by: Mapped[str] = mapped_column(String(200), default="")
    undone_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    undone_by: Mapped[str] = mapped_column(String(200), default="")


# A role in a unit, and what its head delegates, name a unit of their own district; `tenants` does not know units, so
# it is said here.
for placed in (Membership.__table__, Delegation.__table__):
    assert isinstance(placed, Table)
    placed.append_constraint(
        ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["unit.tenant_id", "unit.id"],
            name=f"fk_{placed.name}_unit",
            onupdate="CASCADE",
        )
    )
