"""On-site checks: what a district plans for a year and why, one visit with its minutes, its checklist and photos.

Minutes are frozen before anybody signs; both sides sign the same hash, and a change takes every signature away.
"""

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
from sqlalchemy.orm import Mapped, mapped_column

from portal.dossiers.models import InDossier, dossier_key
from tenants.database import Base
from tenants.owned import OWN_TENANT, OWN_UNIT, TenantOwned, UnitOwned, Wall

from .rules import LOOKING, OPEN, RESULTS, STATES, USUAL_YEARS, Flag

_STATES = ", ".join(f"'{state}'" for state in STATES)
_OPEN = ", ".join(f"'{state}'" for state in OPEN)
_LOOKING = ", ".join(f"'{state}'" for state in LOOKING)
_RESULTS = ", ".join(f"'{result}'" for result in RESULTS)
_FLAGS = ", ".join(f"'{flag}'" for flag in Flag)

_MINUTES = ("frozen", "content_hash", "opinion", "opinion_at", "opinion_by")
_WORDS = ("frozen", "content_hash", "opinion")
_DISTRICT_SIGNS = ("district_signed_at", "district_signed_by")
_UNIT_SIGNS = ("unit_signed_at", "unit_signed_by")
_SCHEDULE = ("starts_at", "venue", "purpose", "team", "lead_account", "lead_name")
_LETTER = ("number", "dated", "signer", "signer_title", "told_at", "told_by")
_HELD = ("held_from", "held_until", "present", "summary", "requests")
_ENDED = ("refused_at", "refused_by", "refused_reason", "cancelled_at", "cancelled_by", "cancelled_reason")
_SHARED = ("state", "version", "closed_at", *_MINUTES, *_DISTRICT_SIGNS, *_UNIT_SIGNS)


def _changed(columns: tuple[str, ...]) -> str:
    return f"({', '.join(f'new.{c}' for c in columns)}) is distinct from ({', '.join(f'old.{c}' for c in columns)})"


_STEPS = f"""
create or replace function refuse_visit_jump() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
begin
  if current_user not in ('portal_unit', 'portal_district') then return new; end if;
  if (current_user::text, old.state, new.state) not in (
      ('portal_unit', 'minutes', 'minutes'), ('portal_unit', 'minutes', 'closed'),
      ('portal_district', 'planned', 'planned'), ('portal_district', 'planned', 'told'),
      ('portal_district', 'told', 'told'), ('portal_district', 'told', 'planned'),
      ('portal_district', 'planned', 'minutes'), ('portal_district', 'told', 'minutes'),
      ('portal_district', 'planned', 'cancelled'), ('portal_district', 'told', 'cancelled'),
      ('portal_district', 'minutes', 'minutes'), ('portal_district', 'minutes', 'told'),
      ('portal_district', 'minutes', 'planned'),
      ('portal_district', 'minutes', 'closed')) then
    raise exception 'no step from % to % for %', old.state, new.state, current_user using errcode = 'PT409';
  end if;
  if {_changed(_WORDS)} and old.content_hash <> ''
      and (new.district_signed_at is not null or new.unit_signed_at is not null) then
    raise exception 'changed minutes are signed by nobody' using errcode = 'PT409';
  end if;
  if current_user = 'portal_district' and (
      (new.unit_signed_at is not null and {_changed(_UNIT_SIGNS)})
      or (new.opinion <> old.opinion)) then
    raise exception 'the unit alone signs and speaks for itself' using errcode = 'PT409';
  end if;
  if current_user = 'portal_unit' and (
      (new.district_signed_at is not null and {_changed(_DISTRICT_SIGNS)})
      or new.frozen - 'opinion' <> old.frozen - 'opinion') then
    raise exception 'the minutes are the district''s words' using errcode = 'PT409';
  end if;
  return new;
end $$;
create or replace trigger visit_steps before update on visit
  for each row execute function refuse_visit_jump();
"""

_LOOKED = f"""
create or replace function refuse_late_look() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
declare row_of jsonb := to_jsonb(case when tg_op = 'DELETE' then old else new end);
begin
  if current_user = 'portal_district' and not exists (select from visit v
      where v.tenant_id = (row_of->>'tenant_id')::int and v.id = (row_of->>'visit_id')::bigint
        and v.state in ({_LOOKING})) then
    raise exception 'the minutes of this visit are written' using errcode = 'PT409';
  end if;
  return coalesce(new, old);
end $$;
"""


# The province counts visits that are under way, and reads what was seen once the minutes are closed.
_CLOSED = "exists (select from visit v where v.tenant_id = {0}.tenant_id and v.id = {0}.visit_id and v.state = 'closed')"


def _looking(table: str) -> str:
    return (
        f"create or replace trigger {table}_open before insert or update on {table}"
        " for each row execute function refuse_late_look()"
    )


class VisitPlan(TenantOwned, Base):
    """A district's plan of a year: its own setting, and the draw with its seed.

    `drawn`: the codes of the units there were (`pool`) and of those drawn (`chosen`).
    """

    __tablename__ = "visit_plan"
    __wall__ = Wall(
        grants={
            "district": "select, insert, update (years, share, seed, drawn, drawn_at, drawn_by, version)",
            "province": "select",
        }
    )
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenant.id"], onupdate="CASCADE"),
        UniqueConstraint("tenant_id", "year"),
        CheckConstraint("years between 1 and 20", name="years"),
        CheckConstraint("share is null or share between 1 and 100", name="share"),
        CheckConstraint(
            "(seed = '') = (drawn_at is null) and (seed = '' or share is not null)", name="drawn"
        ),
    )

    year: Mapped[int] = mapped_column(ForeignKey("cycle.year"))
    years: Mapped[int] = mapped_column(SmallInteger, default=USUAL_YEARS)
    share: Mapped[int | None] = mapped_column(SmallInteger)
    seed: Mapped[str] = mapped_column(String(40), default="")
    drawn: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    drawn_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    drawn_by: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class VisitChoice(UnitOwned, Base):
    """What an officer chose for a unit: put on the list, taken off it, a flag dismissed or raised again.

    Rows are only added; the last one on a matter counts. `sentence`: the flag as it was when it was dismissed,
    so that other figures raise it anew.
    """

    __tablename__ = "visit_choice"
    __wall__ = Wall(grants={"district": "select, insert", "province": "select"})
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "unit_id"], ["unit.tenant_id", "unit.id"], onupdate="CASCADE"),
        CheckConstraint("act in ('add', 'remove', 'dismiss', 'restore')", name="act"),
        CheckConstraint(f"flag in ('', {_FLAGS})", name="flag"),
        CheckConstraint("(act in ('add', 'remove')) = (flag = '')", name="of_flag"),
        CheckConstraint("reason <> ''", name="reason"),
        Index("ix_visit_choice_year", "tenant_id", "year", "id"),
    )

    year: Mapped[int] = mapped_column(ForeignKey("cycle.year"))
    act: Mapped[str] = mapped_column(String(10))
    flag: Mapped[str] = mapped_column(String(20), default="")
    sentence: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(String(1000))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    by: Mapped[str] = mapped_column(String(200))


class Visit(InDossier, Base):
    """One visit to a unit about its dossier.

    `team`: members as `rules.Member` keeps them; `lead_account` signs for the district. `number` to `signer_title`:
    the letter. `held_from`, `held_until`: when it took place. `frozen`: the minutes as signed, with `content_hash`.
    """

    __tablename__ = "visit"
    __wall__ = Wall(
        grants={
            "unit": f"select, update ({', '.join(_SHARED)})",
            "district": f"select, insert, update ({', '.join((*_SHARED, *_SCHEDULE, *_LETTER, *_HELD, *_ENDED))})",
            "province": "select",
        },
        rows={"unit": f"{OWN_UNIT} and coalesce(told_at, held_from) is not null"},
        inserts={"district": f"{OWN_TENANT} and state = 'planned' and frozen is null and opinion = ''"},
        statements=(_STEPS,),
    )
    __table_args__ = (
        dossier_key(),
        UniqueConstraint("tenant_id", "unit_id", "id"),
        CheckConstraint(f"state in ({_STATES})", name="state"),
        CheckConstraint("state <> 'told' or told_at is not null", name="told"),
        CheckConstraint(
            "state not in ('minutes', 'closed') or (frozen is not null and content_hash <> '' and held_from is not null)",
            name="minutes",
        ),
        CheckConstraint("held_until is null or held_until >= held_from", name="held"),
        CheckConstraint(
            "state in ('minutes', 'closed') or (district_signed_at is null and unit_signed_at is null)",
            name="signed",
        ),
        CheckConstraint(
            "state <> 'closed' or (district_signed_at is not null and closed_at is not null"
            " and (unit_signed_at is not null or (refused_at is not null and refused_reason <> '')))",
            name="closed",
        ),
        CheckConstraint(
            "state <> 'cancelled' or (cancelled_at is not null and cancelled_reason <> '' and held_from is null)",
            name="cancelled",
        ),
        Index(
            "uq_visit_open",
            "tenant_id",
            "unit_id",
            "dossier_id",
            unique=True,
            postgresql_where=text(f"state in ({_OPEN})"),
        ),
        Index("ix_visit_list", "tenant_id", "starts_at", "id"),
        Index("ix_visit_dossier", "tenant_id", "dossier_id", "id"),
    )

    state: Mapped[str] = mapped_column(String(10), default="planned")
    starts_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    venue: Mapped[str] = mapped_column(String(300))
    purpose: Mapped[str] = mapped_column(default="")
    team: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    lead_account: Mapped[int] = mapped_column(BigInteger)
    lead_name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    created_by: Mapped[str] = mapped_column(String(200), default="")
    number: Mapped[str] = mapped_column(String(60), default="")
    dated: Mapped[date | None]
    signer: Mapped[str] = mapped_column(String(200), default="")
    signer_title: Mapped[str] = mapped_column(String(200), default="")
    told_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    told_by: Mapped[str] = mapped_column(String(200), default="")
    held_from: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    held_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    present: Mapped[str] = mapped_column(default="")
    summary: Mapped[str] = mapped_column(default="")
    requests: Mapped[str] = mapped_column(default="")
    frozen: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    content_hash: Mapped[str] = mapped_column(String(64), default="")
    opinion: Mapped[str] = mapped_column(default="")
    opinion_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    opinion_by: Mapped[str] = mapped_column(String(200), default="")
    district_signed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    district_signed_by: Mapped[str] = mapped_column(String(200), default="")
    unit_signed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    unit_signed_by: Mapped[str] = mapped_column(String(200), default="")
    refused_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    refused_by: Mapped[str] = mapped_column(String(200), default="")
    refused_reason: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    cancelled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    cancelled_by: Mapped[str] = mapped_column(String(200), default="")
    cancelled_reason: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


def _visit_key() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["tenant_id", "unit_id", "visit_id"],
        ["visit.tenant_id", "visit.unit_id", "visit.id"],
        onupdate="CASCADE",
    )


class VisitCheck(UnitOwned, Base):
    """What the team saw of one indicator: found, not found, not looked at, and its note."""

    __tablename__ = "visit_check"
    __wall__ = Wall(
        grants={
            "district": "select, insert, update (result, note, version, changed_at, changed_by)",
            "province": "select",
        },
        rows={"province": _CLOSED.format("visit_check")},
        statements=(_LOOKED, _looking("visit_check")),
    )
    __table_args__ = (
        _visit_key(),
        UniqueConstraint("tenant_id", "unit_id", "visit_id", "indicator_id"),
        CheckConstraint(f"result in ({_RESULTS})", name="result"),
    )

    visit_id: Mapped[int] = mapped_column(BigInteger)
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id"))
    result: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_by: Mapped[str] = mapped_column(String(200), default="")

    __mapper_args__ = {"version_id_col": version}


class VisitPhoto(UnitOwned, Base):
    """A photo taken on the visit: its content by SHA-256 in the evidence store.

    `client_id` is made by the phone before the photo is sent, so that a photo sent twice is one photo.
    """

    __tablename__ = "visit_photo"
    __wall__ = Wall(
        grants={"district": "select, insert, update (removed_at, removed_by)", "province": "select"},
        rows={"province": _CLOSED.format("visit_photo")},
        statements=(_LOOKED, _looking("visit_photo")),
    )
    __table_args__ = (
        _visit_key(),
        UniqueConstraint("tenant_id", "unit_id", "visit_id", "client_id"),
        CheckConstraint("size > 0", name="size"),
    )

    visit_id: Mapped[int] = mapped_column(BigInteger)
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id"))
    client_id: Mapped[str] = mapped_column(String(80))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(100))
    file_name: Mapped[str] = mapped_column(String(300))
    sent_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    sent_by: Mapped[str] = mapped_column(String(200), default="")
    removed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    removed_by: Mapped[str] = mapped_column(String(200), default="")
