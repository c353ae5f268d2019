"""The yearly cycle: which catalogue version a year is judged by, and its dates.

A year has one cycle for each tier: the districts' by the criteria of Articles 6 and 7, the provincial units' by
those of Articles 12 and 13, each with dates of its own. Everything else refers to the year.

Deadlines are stored as the first moment that is too late ("trước ngày 15/01" = 15/01 00:00 in
Asia/Ho_Chi_Minh), so that one comparison decides everywhere.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Base
from tenants.owned import SHARED_READING, Wall
from tenants.places import Tier


class AssessmentYear(Base):
    """A year that is opened for some tier; figures count from 01/01 to 31/12 of it."""

    __tablename__ = "cycle"
    __wall__ = Wall(shared=True, grants={**SHARED_READING.grants, "province": "select, insert"})

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class Cycle(Base):
    """One assessment year as the places of a tier have it: by which version, and until when."""

    __tablename__ = "cycle_terms"
    __wall__ = Wall(
        shared=True,
        grants={**SHARED_READING.grants, "province": "select, insert, update"},
    )
    __table_args__ = (
        CheckConstraint("opens_on < submit_before", name="order_submit"),
        CheckConstraint("submit_before < decide_before and decide_before < report_before", name="order"),
    )

    year: Mapped[int] = mapped_column(ForeignKey("cycle.year"), primary_key=True, autoincrement=False)
    tier: Mapped[Tier] = mapped_column(String(10), primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("criteria_version.id"))
    opens_on: Mapped[date]
    submit_before: Mapped[date]
    decide_before: Mapped[date]
    report_before: Mapped[date]


# Whether this is demo data is said when the data is made; no one can turn a real installation's clock.
_DEMO = """
create or replace function refuse_demo_setting() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
begin
  if current_user = 'portal_steward' then return new; end if;
  if new.key = 'demo' or (tg_op = 'UPDATE' and old.key = 'demo') or (new.key = 'demo_clock_offset'
      and not exists (select from setting s where s.key = 'demo' and s.value = 'yes')) then
    raise exception 'only demo data has a demo clock' using errcode = 'PT409';
  end if;
  return new;
end $$;
create or replace trigger setting_demo before insert or update on setting
  for each row execute function refuse_demo_setting();
"""


class Setting(Base):
    """A value of the deployment set inside the product (name of the province, demo clock)."""

    __tablename__ = "setting"
    __wall__ = Wall(
        shared=True,
        grants={**SHARED_READING.grants, "province": "select, insert, update", "work": "select"},
        statements=(_DEMO,),
    )

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str]
    changed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class Holiday(Base):
    """A day of the province beside the national holidays: off for everybody, or a weekend day that is worked."""

    __tablename__ = "holiday"
    __wall__ = Wall(
        shared=True,
        grants={
            "public": "select",
            "unit": "select",
            "district": "select",
            "province": "select, insert, delete",
        },
    )
    __table_args__ = (CheckConstraint("kind in ('off','worked')", name="kind"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(200))
    added_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    added_by: Mapped[str] = mapped_column(String(200))
