"""Live figures kept ready for the province, and the marks that say whose are to be counted anew.

Triggers leave a mark wherever something changes that a figure counts; marks are only ever added, so that nobody
waits for anybody, and the worker takes away exactly those it has counted (`keeping.py`).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import DateTime, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Base
from tenants.owned import TenantOwned, Wall

# A draft counts nowhere, so that saving an answer leaves no mark.
_MARKING = """
create or replace function mark_dossier_figures() returns trigger language plpgsql
  security definer set search_path = public, pg_temp as $$
begin
  if (tg_op = 'INSERT' or old.state = 'draft') and (tg_op = 'DELETE' or new.state = 'draft') then return null; end if;
  if tg_op <> 'DELETE' then insert into figure_mark (tenant_id, year) values (new.tenant_id, new.year); end if;
  if tg_op = 'DELETE' or tg_op = 'UPDATE' and old.tenant_id <> new.tenant_id then
    insert into figure_mark (tenant_id, year) values (old.tenant_id, old.year);
  end if;
  return null;
end $$;
create or replace trigger dossier_marks_figures after insert or delete
  or update of tenant_id, state, requested_level, self_level, decided_level, submitted_at, late on dossier
  for each row execute function mark_dossier_figures();
create or replace function mark_figures_of_year() returns trigger language plpgsql
  security definer set search_path = public, pg_temp as $$
begin
  if tg_op <> 'DELETE' then insert into figure_mark (tenant_id, year) values (new.tenant_id, new.year); end if;
  if tg_op = 'DELETE' or tg_op = 'UPDATE' and old.tenant_id <> new.tenant_id then
    insert into figure_mark (tenant_id, year) values (old.tenant_id, old.year);
  end if;
  return null;
end $$;
create or replace trigger registration_marks_figures after insert or delete or update of tenant_id, target
  on registration for each row execute function mark_figures_of_year();
create or replace trigger recognition_marks_figures after insert or delete
  or update of tenant_id, state, level, valid_from, valid_to, revoked_on
  on recognition for each row execute function mark_figures_of_year();
create or replace function mark_figures_of_all_years() returns trigger language plpgsql
  security definer set search_path = public, pg_temp as $$
begin
  if tg_op <> 'DELETE' then insert into figure_mark (tenant_id, year) values (new.tenant_id, 0); end if;
  if tg_op = 'DELETE' or tg_op = 'UPDATE' and old.tenant_id <> new.tenant_id then
    insert into figure_mark (tenant_id, year) values (old.tenant_id, 0);
  end if;
  return null;
end $$;
create or replace trigger unit_marks_figures after insert or delete
  or update of tenant_id, kind, public, opened_on, closed_on
  on unit for each row execute function mark_figures_of_all_years();
create or replace trigger further_decision_marks_figures after insert or delete
  or update of tenant_id, state, outcome
  on further_decision for each row execute function mark_figures_of_all_years();
create or replace function mark_figures_of_dossier() returns trigger language plpgsql
  security definer set search_path = public, pg_temp as $$
declare changed record;
begin
  if tg_op = 'DELETE' then changed := old; else changed := new; end if;
  insert into figure_mark (tenant_id, year) values (changed.tenant_id, coalesce(
    (select d.year from dossier d where d.tenant_id = changed.tenant_id and d.id = changed.dossier_id), 0));
  return null;
end $$;
create or replace trigger visit_marks_figures after insert or delete or update of tenant_id, state, held_from
  on visit for each row execute function mark_figures_of_dossier();
"""


class FigureMark(TenantOwned, Base):
    """Something changed that a tenant's figures count, from a year on (0: in all years); `at` is real time."""

    __tablename__ = "figure_mark"
    __wall__ = Wall(
        grants={"province": "select", "work": "select, insert, delete"},
        statements=(_MARKING,),
    )
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenant.id"], onupdate="CASCADE"),
        Index("ix_figure_mark_at", "at"),
    )

    year: Mapped[int]
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class FigureSummary(TenantOwned, Base):
    """The live figures of a tenant and year as they stood at `counted_at`.

    `total` holds every figure of `rules.Counts`, `kinds` the same by kind as a report's snapshot does, `appraised`
    the dossiers whose appraisal is concluded by kind of unit. They were counted for the registry of the day `cut_off`
    and with decisions due before `decide_before`; for other days they say nothing.
    """

    __tablename__ = "figure_summary"
    __wall__ = Wall(grants={"province": "select", "work": "select, insert, update, delete"})
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenant.id"], onupdate="CASCADE"),
        UniqueConstraint("tenant_id", "year"),
        Index("ix_figure_summary_year", "year", "tenant_id"),
    )

    year: Mapped[int] = mapped_column(ForeignKey("cycle.year"))
    cut_off: Mapped[date]
    decide_before: Mapped[date]
    total: Mapped[dict[str, int]] = mapped_column(JSONB)
    kinds: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    appraised: Mapped[dict[str, int]] = mapped_column(JSONB)
    counted_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
