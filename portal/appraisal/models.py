"""The district's work on a dossier: supplement requests and the finding on each indicator."""

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
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.dossiers.guards import FINDING_DECIDED, decided_with_dossier
from portal.dossiers.models import InDossier, dossier_key
from tenants.database import Base
from tenants.owned import OWN_TENANT, OWN_UNIT, Wall

_ANSWERED = """
create or replace function refuse_answered_supplement() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
declare request_number bigint := (to_jsonb(old)->>tg_argv[0])::bigint;
begin
  if current_user in ('portal_unit', 'portal_district') and exists (select from supplement_request r
      where r.tenant_id = old.tenant_id and r.unit_id = old.unit_id and r.id = request_number
        and (r.answered_at is not null or r.lapsed_at is not null)) then
    raise exception 'an answered supplement request is closed' using errcode = 'PT409';
  end if;
  return new;
end $$;
create or replace trigger supplement_request_answered before update on supplement_request
  for each row execute function refuse_answered_supplement('id');
"""
_POINT_ANSWERED = """
create or replace trigger supplement_point_answered before update on supplement_point
  for each row execute function refuse_answered_supplement('request_id')
"""

VERDICTS = ("agreed", "corrected", "not_enough_evidence", "not_applicable")


class SupplementRequest(InDossier, Base):
    """The one list of everything a dossier lacks; only its points unlock (product.md, rule 6).

    It ends when the unit answers, or lapses: the district closes it after its term, with a reason.
    """

    __tablename__ = "supplement_request"
    __wall__ = Wall(
        grants={
            "unit": "select, update (answered_at, answered_by)",
            "district": "select, insert, update (answer_by, lapsed_at, lapsed_by, lapse_reason)",
            "province": "select",
        },
        statements=(_ANSWERED,),
    )
    __table_args__ = (
        dossier_key(),
        UniqueConstraint("tenant_id", "unit_id", "id"),
        CheckConstraint("answered_at is null or lapsed_at is null", name="one_end"),
        CheckConstraint("lapsed_at is null or lapse_reason <> ''", name="lapse_reason"),
        Index("ix_supplement_request", "tenant_id", "dossier_id"),
    )

    sent_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    sent_by: Mapped[str] = mapped_column(String(200))
    answer_by: Mapped[date]
    note: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    answered_by: Mapped[str] = mapped_column(String(200), default="")
    lapsed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    lapsed_by: Mapped[str] = mapped_column(String(200), default="")
    lapse_reason: Mapped[str] = mapped_column(default="")

    points: Mapped[list[SupplementPoint]] = relationship(viewonly=True, order_by="SupplementPoint.id")


class SupplementPoint(InDossier, Base):
    """One point of a request: an indicator (or a part of the dossier), the reason, the unit's answer."""

    __tablename__ = "supplement_point"
    __wall__ = Wall(
        grants={
            "unit": "select, update (answer, answered_at)",
            "district": "select, insert",
            "province": "select",
        },
        statements=(_POINT_ANSWERED,),
    )
    __table_args__ = (
        dossier_key(),
        ForeignKeyConstraint(
            ["tenant_id", "unit_id", "request_id"],
            ["supplement_request.tenant_id", "supplement_request.unit_id", "supplement_request.id"],
            onupdate="CASCADE",
        ),
        CheckConstraint("(indicator_id is not null) <> (part <> '')", name="one_target"),
        Index("ix_supplement_point", "tenant_id", "request_id"),
    )

    request_id: Mapped[int] = mapped_column(BigInteger)
    indicator_id: Mapped[int | None] = mapped_column(ForeignKey("indicator.id"))
    part: Mapped[str] = mapped_column(String(30), default="")
    reason: Mapped[str]
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


_LEAVE_RULED = """
create or replace function refuse_ruled_leave() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
begin
  if current_user = 'portal_district' and old.granted is not null then
    raise exception 'the leader has ruled on this' using errcode = 'PT409';
  end if;
  return new;
end $$;
create or replace trigger supplement_leave_ruled before update on supplement_leave
  for each row execute function refuse_ruled_leave();
"""


class SupplementLeave(InDossier, Base):
    """An officer's wish to ask for supplements once more, and the leader's ruling with its sentence.

    `points` holds `[indicator id or null, part, reason]` each; the unit learns of it only once it is granted
    and thereby sent. `reason`: why once more.
    """

    __tablename__ = "supplement_leave"
    __wall__ = Wall(
        grants={
            "district": "select, insert, update (granted, ruling, ruled_at, ruled_by, answer_by)",
            "province": "select",
        },
        inserts={"district": f"{OWN_TENANT} and granted is null and ruled_at is null"},
        statements=(_LEAVE_RULED,),
    )
    __table_args__ = (
        dossier_key(),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("(granted is null) = (ruled_at is null)", name="ruled"),
        CheckConstraint("granted is null or ruling <> ''", name="ruling"),
        Index(
            "uq_supplement_leave_open",
            "tenant_id",
            "unit_id",
            "dossier_id",
            unique=True,
            postgresql_where=text("granted is null"),
        ),
        Index("ix_supplement_leave", "tenant_id", "dossier_id"),
    )

    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    asked_by: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str]
    points: Mapped[list[list[Any]]] = mapped_column(JSONB)
    answer_by: Mapped[date]
    note: Mapped[str] = mapped_column(default="")
    granted: Mapped[bool | None]
    ruling: Mapped[str] = mapped_column(default="")
    ruled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ruled_by: Mapped[str] = mapped_column(String(200), default="")


class Finding(InDossier, Base):
    """The district's verdict on one indicator; the unit sees it once the decision is issued.

    `verdict`: agreed with the unit, corrected (then `yes`, `part` or `grade` hold the district's value),
    not enough evidence, or not applicable. A verdict that differs needs a reason. `common_reason`: why it was
    concluded so where several appraisers differed; for the staff.
    """

    __tablename__ = "finding"
    __wall__ = Wall(
        grants={"unit": "select", "district": "select, insert, update, delete", "province": "select"},
        rows={"unit": OWN_UNIT + " and shown_to_unit"},
        statements=(
            FINDING_DECIDED,
            decided_with_dossier(
                "finding",
                "indicator_id, verdict, yes, part, grade, reason_code, reason, met_1, met_2, common_reason",
            ),
        ),
    )
    __table_args__ = (
        dossier_key(),
        UniqueConstraint("tenant_id", "dossier_id", "indicator_id"),
        CheckConstraint(f"verdict in {VERDICTS}", name="verdict"),
        CheckConstraint("verdict = 'agreed' or reason <> ''", name="reason"),
    )

    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id"))
    verdict: Mapped[str] = mapped_column(String(20))
    yes: Mapped[bool | None]
    part: Mapped[int | None]
    grade: Mapped[int | None] = mapped_column(SmallInteger)
    reason_code: Mapped[str] = mapped_column(String(40), default="")
    reason: Mapped[str] = mapped_column(default="")
    common_reason: Mapped[str] = mapped_column(default="")
    met_1: Mapped[str] = mapped_column(String(20), default="missing")
    met_2: Mapped[str] = mapped_column(String(20), default="missing")
    shown_to_unit: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_by: Mapped[str] = mapped_column(String(200))

    __mapper_args__ = {"version_id_col": version}


class HeadcountFinding(InDossier, Base):
    """A base figure as the district corrected it, with the reason; all that depends on it follows."""

    __tablename__ = "headcount_finding"
    __wall__ = Wall(
        grants={"unit": "select", "district": "select, insert, update, delete", "province": "select"},
        rows={"unit": OWN_UNIT + " and shown_to_unit"},
        statements=(decided_with_dossier("headcount_finding", "code, value, reason"),),
    )
    __table_args__ = (
        dossier_key(),
        UniqueConstraint("tenant_id", "dossier_id", "code"),
        CheckConstraint("value between 0 and 1000000", name="value"),
        CheckConstraint("reason <> ''", name="reason"),
    )

    code: Mapped[str] = mapped_column(String(30))
    value: Mapped[int]
    reason: Mapped[str]
    shown_to_unit: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_by: Mapped[str] = mapped_column(String(200))

    __mapper_args__ = {"version_id_col": version}
