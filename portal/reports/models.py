"""The district's yearly report, the Department's answer to it, and the requests to amend what was accepted."""

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
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Base
from tenants.owned import ALL_ROWS, OWN_TENANT, TenantOwned, Wall

_SENT = """
create or replace function refuse_sent_report() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
begin
  if current_user = 'portal_steward' then return coalesce(new, old); end if;
  if old.state = 'sent' and (tg_op = 'DELETE' or to_jsonb(new) <> to_jsonb(old)) then
    raise exception 'a sent report is never changed' using errcode = 'PT409';
  end if;
  if tg_op = 'UPDATE' and new.state = 'sent' and old.state = 'draft' then
    raise exception 'a report is locked before it is sent' using errcode = 'PT409';
  end if;
  if tg_op = 'UPDATE' and old.state = 'locked' and new.state <> 'draft' and (
      new.snapshot is distinct from old.snapshot or new.narrative is distinct from old.narrative
      or new.explanations is distinct from old.explanations) then
    raise exception 'a locked report is not changed' using errcode = 'PT409';
  end if;
  return coalesce(new, old);
end $$;
create or replace trigger district_report_sent before update or delete on district_report
  for each row execute function refuse_sent_report();
"""

_FOLLOWS = """
create or replace function refuse_report_beside_another() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
begin
  if current_user = 'portal_steward' then return new; end if;
  if exists (
    select from district_report r
    left join report_answer a on a.tenant_id = r.tenant_id and a.report_id = r.id
    where r.tenant_id = new.tenant_id and r.year = new.year and r.edition = new.edition - 1
      and a.verdict is distinct from 'returned' and not exists (
        select from report_reopening o where o.tenant_id = r.tenant_id and o.report_id = r.id and o.granted)
  ) then
    raise exception 'what was sent is followed only after a return, or by leave' using errcode = 'PT409';
  end if;
  return new;
end $$;
create or replace trigger district_report_follows before insert on district_report
  for each row execute function refuse_report_beside_another();
"""
# A place may ask whether a report of another one has told of its units: an answer, and no row of that place. Of others'
# units, or of ways that none of its own came, it is told nothing.
_TOLD = """
create or replace function unit_told(at_place int, stays jsonb, asked int, today date) returns boolean
  language sql stable security definer set search_path = public, pg_temp as $$
  select exists (
    select from district_report r
    where r.year = asked and r.state = 'sent'
      and (session_user <> 'portal_web' or at_place = app_tenant()
        and exists (select from unit u where u.tenant_id = at_place and u.came_through = stays))
      and not (
        exists (select from tenant t where t.id = r.tenant_id and t.valid_to <= today)
        and exists (select from report_answer a
          where a.tenant_id = r.tenant_id and a.report_id = r.id and a.verdict = 'returned'))
      and (
        (r.tenant_id = at_place and r.sent_at >= coalesce((stays -> -1 ->> 'until')::timestamptz, '-infinity'))
        or exists (select from jsonb_to_recordset(stays) as s (place int, since timestamptz, until timestamptz)
          where s.place = r.tenant_id and r.sent_at < s.until and r.sent_at >= coalesce(s.since, '-infinity'))))
$$;
revoke execute on function unit_told(int, jsonb, int, date) from public;
grant execute on function unit_told(int, jsonb, int, date) to portal_district, portal_province, portal_steward;
"""


class DistrictReport(TenantOwned, Base):
    """The report of a district for a year, sending `edition` (1 first, 2 after a return, …).

    `amendment` counts the editions that amend an accepted one (0: none does). `snapshot` holds the figures as they were when the report was locked (tables as JSON), `narrative`
    the words the officer wrote, by section. What the Department answered stands in `ReportAnswer`.
    """

    __tablename__ = "district_report"
    __wall__ = Wall(
        grants={"district": "select, insert, update", "province": "select"},
        inserts={"district": OWN_TENANT + " and state = 'draft'"},
        statements=(_SENT, _FOLLOWS, _TOLD),
    )
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenant.id"], onupdate="CASCADE"),
        UniqueConstraint("tenant_id", "year", "edition"),
        CheckConstraint("state in ('draft','locked','sent')", name="state"),
        CheckConstraint("state = 'draft' or (snapshot is not null and locked_at is not null)", name="locked"),
        CheckConstraint("state <> 'sent' or (sent_at is not null and signer <> '')", name="sent"),
        Index("ix_district_report_year", "year", "state", "tenant_id"),
    )

    year: Mapped[int] = mapped_column(ForeignKey("cycle.year"))
    edition: Mapped[int] = mapped_column(default=1)
    amendment: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(10), default="draft")
    narrative: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    explanations: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    snapshot: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    number: Mapped[str] = mapped_column(String(60), default="")
    dated: Mapped[date | None]
    signer: Mapped[str] = mapped_column(String(200), default="")
    signer_title: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    locked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    locked_by: Mapped[str] = mapped_column(String(200), default="")
    sent_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    sent_by: Mapped[str] = mapped_column(String(200), default="")
    late: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class ReportAnswer(TenantOwned, Base):
    """The Department's answer to one sent report: accepted, or returned with points. Written by the province."""

    __tablename__ = "report_answer"
    __wall__ = Wall(
        grants={"district": "select", "province": "select, insert"},
        inserts={
            "province": "exists (select from district_report r where r.tenant_id = report_answer.tenant_id"
            " and r.id = report_answer.report_id and r.state = 'sent')"
        },
    )
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "report_id"],
            ["district_report.tenant_id", "district_report.id"],
            onupdate="CASCADE",
        ),
        UniqueConstraint("tenant_id", "report_id"),
        CheckConstraint("verdict in ('accepted','returned')", name="verdict"),
        CheckConstraint(
            "verdict = 'accepted' or jsonb_array_length(points) > 0", name="returned_with_points"
        ),
    )

    report_id: Mapped[int] = mapped_column(BigInteger)
    verdict: Mapped[str] = mapped_column(String(10))
    points: Mapped[list[dict[str, str]]] = mapped_column(JSONB, default=list)
    answered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    answered_by: Mapped[str] = mapped_column(String(200))


_ANSWERED = """
create or replace function refuse_answered_reopening() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
begin
  if current_user <> 'portal_steward' and old.answered_at is not null then
    raise exception 'a request to reopen is answered once' using errcode = 'PT409';
  end if;
  return new;
end $$;
create or replace trigger report_reopening_answered before update on report_reopening
  for each row execute function refuse_answered_reopening();
"""


class ReportReopening(TenantOwned, Base):
    """A district's reasoned request to amend a report the Department has accepted, and the Department's answer.

    `granted`: None while it waits. A refused request may be followed by another, a granted one by an edition.
    """

    __tablename__ = "report_reopening"
    __wall__ = Wall(
        grants={
            "district": "select, insert",
            "province": "select, update (granted, answer, answered_at, answered_by)",
        },
        writes={"province": ALL_ROWS},
        inserts={
            "district": OWN_TENANT
            + " and granted is null and answered_at is null and exists (select from report_answer a"
            " where a.tenant_id = report_reopening.tenant_id and a.report_id = report_reopening.report_id"
            " and a.verdict = 'accepted')"
        },
        statements=(_ANSWERED,),
    )
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "report_id"],
            ["district_report.tenant_id", "district_report.id"],
            onupdate="CASCADE",
        ),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("(granted is null) = (answered_at is null)", name="answered"),
        CheckConstraint("granted is null or granted or answer <> ''", name="refused_with_reason"),
        Index(
            "uq_report_reopening_open",
            "tenant_id",
            "report_id",
            unique=True,
            postgresql_where=text("granted is distinct from false"),
        ),
        Index("ix_report_reopening_waiting", "tenant_id", "id", postgresql_where=text("granted is null")),
    )

    report_id: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    asked_by: Mapped[str] = mapped_column(String(200))
    granted: Mapped[bool | None]
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    answered_by: Mapped[str] = mapped_column(String(200), default="")
