"""The Department's report on a year, edition by edition, from the district reports it has accepted."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Identity, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Base
from tenants.owned import Wall

_SIGNED = """
create or replace function refuse_signed_provincial_report() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
begin
  if current_user = 'portal_steward' then return coalesce(new, old); end if;
  if old.state in ('signed', 'table') and (tg_op = 'DELETE' or to_jsonb(new) <> to_jsonb(old)) then
    raise exception 'a signed provincial report is never changed' using errcode = 'PT409';
  end if;
  if tg_op = 'UPDATE' and new.state <> old.state and (old.state, new.state) not in
      (('draft', 'locked'), ('locked', 'draft'), ('locked', 'signed')) then
    raise exception 'a provincial report is locked before it is signed' using errcode = 'PT409';
  end if;
  if tg_op = 'UPDATE' and old.state = 'locked' and new.state <> 'draft' and (
      new.snapshot is distinct from old.snapshot or new.narrative is distinct from old.narrative
      or new.explanations is distinct from old.explanations) then
    raise exception 'a locked provincial report is not changed' using errcode = 'PT409';
  end if;
  return coalesce(new, old);
end $$;
create or replace trigger provincial_report_signed before update or delete on provincial_report
  for each row execute function refuse_signed_provincial_report();
"""


class ProvincialReport(Base):
    """An edition of the Department's report on a year; `amendment` counts those that follow a signed one.

    `snapshot` holds the tables as they were added up from `accepted` of `districts` reports, `narrative` the words by
    section, `explanations` why a rule does not hold. State `table`: compiled before there was a report around it.
    """

    __tablename__ = "provincial_report"
    __wall__ = Wall(shared=True, grants={"province": "select, insert, update"}, statements=(_SIGNED,))
    __table_args__ = (
        UniqueConstraint("year", "edition"),
        CheckConstraint("state in ('draft','locked','signed','table')", name="state"),
        CheckConstraint("state in ('draft','table') or locked_at is not null", name="locked"),
        CheckConstraint("state <> 'signed' or (signed_at is not null and signer <> '')", name="signed"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("cycle.year"))
    edition: Mapped[int]
    amendment: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(10), default="draft")
    accepted: Mapped[int]
    districts: Mapped[int]
    snapshot: Mapped[dict[str, Any]] = mapped_column(JSONB)
    narrative: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    explanations: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    number: Mapped[str] = mapped_column(String(60), default="")
    dated: Mapped[date | None]
    signer: Mapped[str] = mapped_column(String(200), default="")
    signer_title: Mapped[str] = mapped_column(String(200), default="")
    compiled_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    compiled_by: Mapped[str] = mapped_column(String(200))
    locked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    locked_by: Mapped[str] = mapped_column(String(200), default="")
    signed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    signed_by: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
