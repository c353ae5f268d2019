"""Plans of administrative reform: which places change, into what, which unit goes where, and what carrying out did.

A plan is the province's; it is prepared by the province and carried out by the steward. `journal` keeps what carrying
out changed beyond the owner of rows, so that the way back is its exact inverse.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Date, DateTime, Identity, Index, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Base
from tenants.owned import Wall

from .rules import STEPS, Kind, State

_PREPARED = (
    "kind, effective_on, document_number, document_dated, document_issuer, sources, places, goes_to, recode,"
    " back_days, state, fault, confirmed_at, confirmed_by, reason, back_asked_at, back_asked_by, back_reason, version"
)
_STEPS = ", ".join(f"('{came}', '{to}')" for came, to in STEPS)
# The province prepares and asks; that something was carried out or undone is written by the steward alone.
_STEPS_ONLY = f"""
create or replace function refuse_reform_jump() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
begin
  if current_user = 'portal_province' then
    if old.state <> new.state and (old.state, new.state) not in ({_STEPS}) then
      raise exception 'no step from % to %', old.state, new.state using errcode = 'PT409';
    end if;
    if old.state <> 'draft' and (new.kind, new.effective_on, new.document_number, new.document_dated,
        new.document_issuer, new.sources, new.places, new.goes_to, new.recode, new.back_days)
        is distinct from (old.kind, old.effective_on, old.document_number, old.document_dated,
        old.document_issuer, old.sources, old.places, old.goes_to, old.recode, old.back_days) then
      raise exception 'a confirmed plan stays as it is' using errcode = 'PT409';
    end if;
  end if;
  return new;
end $$;
create or replace trigger reform_steps before update on reform
  for each row execute function refuse_reform_jump();
"""
# What the province may know of work under way at a place without reading it: how many jobs are not ended.
_BUSY = """
create or replace function jobs_under_way(place int) returns bigint language sql stable
  security definer set search_path = public, pg_temp
  as $$ select count(*) from job j where j.tenant_id = place and j.ended_at is null $$;
revoke execute on function jobs_under_way(int) from public;
grant execute on function jobs_under_way(int) to portal_province, portal_steward;
"""
# How many rows of tables belong to each unit of some places: numbers for the preview, and never what stands in them.
_TALLY = """
create or replace function rows_of_units(places int[], tables text[])
  returns table (kept_in text, unit bigint, many bigint) language plpgsql stable
  security definer set search_path = public, pg_temp as $$
declare one text;
begin
  foreach one in array tables loop
    return query execute format('select %L::text, t.unit_id::bigint, count(*) from %I t'
      ' where t.tenant_id = any ($1) and t.unit_id is not null group by t.unit_id', one, one) using places;
  end loop;
end $$;
revoke execute on function rows_of_units(int[], text[]) from public;
grant execute on function rows_of_units(int[], text[]) to portal_province, portal_steward;
"""


class Reform(Base):
    """One change of places, by one legal document, from one day on.

    `sources`: ids of the places that change. `places`: the places after it (`rules.Successor` as JSON). `goes_to`:
    which unit goes to which of them (`rules.Rule` as JSON). `recode`: units whose code is taken there get the old
    place's code before theirs. `fault`: why the last try to carry it out was refused. `back_days`: for how many days
    after carrying out there is a way back.
    """

    __tablename__ = "reform"
    __wall__ = Wall(
        shared=True,
        grants={"province": f"select, insert, update ({_PREPARED})"},
        statements=(_STEPS_ONLY, _BUSY, _TALLY),
    )
    __table_args__ = (
        CheckConstraint(f"kind in ({', '.join(repr(kind.value) for kind in Kind)})", name="kind"),
        CheckConstraint(f"state in ({', '.join(repr(state.value) for state in State)})", name="state"),
        CheckConstraint("back_days between 0 and 365", name="back_days"),
        CheckConstraint(
            "state in ('draft', 'dropped') or (confirmed_at is not null and reason <> '')", name="confirmed"
        ),
        CheckConstraint(
            "(state in ('done', 'back_asked', 'undone')) = (carried_out_at is not null and journal is not null)",
            name="carried_out",
        ),
        CheckConstraint("(state = 'undone') = (undone_at is not null)", name="undone"),
        Index("ix_reform_state", "state", "effective_on"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    kind: Mapped[Kind] = mapped_column(String(10))
    state: Mapped[State] = mapped_column(String(10), default=State.DRAFT)
    effective_on: Mapped[date] = mapped_column(Date)
    document_number: Mapped[str] = mapped_column(String(60))
    document_dated: Mapped[date] = mapped_column(Date)
    document_issuer: Mapped[str] = mapped_column(String(200))
    sources: Mapped[list[int]] = mapped_column(JSONB)
    places: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    goes_to: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    recode: Mapped[bool] = mapped_column(default=False)
    back_days: Mapped[int] = mapped_column(default=30)
    fault: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    created_by: Mapped[str] = mapped_column(String(200))
    confirmed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    confirmed_by: Mapped[str] = mapped_column(String(200), default="")
    reason: Mapped[str] = mapped_column(default="")
    carried_out_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    back_asked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    back_asked_by: Mapped[str] = mapped_column(String(200), default="")
    back_reason: Mapped[str] = mapped_column(default="")
    undone_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    moved: Mapped[int] = mapped_column(BigInteger, default=0)
    journal: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), deferred=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    @property
    def basis(self) -> str:
        """The legal document in one line: "Nghị quyết số 1/NQ-HĐND ngày 01/06/2025 của …"."""
        return f"{self.document_number} ngày {self.document_dated:%d/%m/%Y} của {self.document_issuer}"
