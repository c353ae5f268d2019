"""Requests that an indicator does not apply to a unit, and the district's rulings on them.

A unit never switches an indicator off itself: it asks, the district rules (product.md, U-08). The database
keeps the order of states as well.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.dossiers.models import InDossier, dossier_key
from tenants.database import Base
from tenants.owned import OWN_UNIT, Wall


class WaiverState(StrEnum):
    """Where a request stands; the words are in wording.STATES."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    REVOKED = "revoked"
    WITHDRAWN = "withdrawn"


_RULED = "('granted', 'refused', 'revoked')"
_STEPS = """
create or replace function refuse_waiver_jump() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
begin
  if current_user in ('portal_unit', 'portal_district') and (current_user::text, old.state, new.state) not in (
      ('portal_unit', 'asked', 'withdrawn'), ('portal_district', 'asked', 'granted'),
      ('portal_district', 'asked', 'refused'), ('portal_district', 'granted', 'revoked')) then
    raise exception 'no step from % to % for %', old.state, new.state, current_user using errcode = 'PT409';
  end if;
  return new;
end $$;
create or replace trigger waiver_steps before update on waiver
  for each row execute function refuse_waiver_jump();
"""


class Waiver(InDossier, Base):
    """One request of a unit for one indicator: the reason, and the district's ruling with its own."""

    __tablename__ = "waiver"
    __wall__ = Wall(
        grants={
            "unit": "select, insert, update (state, version)",
            "district": "select, update (state, ruling, ruled_at, ruled_by, version)",
            "province": "select",
        },
        writes={"unit": f"{OWN_UNIT} and state in ('asked', 'withdrawn') and (select not only_a_guest())"},
        inserts={
            "unit": f"{OWN_UNIT} and state = 'asked' and ruled_at is null and (select not only_a_guest())"
        },
        statements=(_STEPS,),
    )
    __table_args__ = (
        dossier_key(ondelete="CASCADE"),
        CheckConstraint("state in ('asked', 'granted', 'refused', 'revoked', 'withdrawn')", name="state"),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint(f"(state in {_RULED}) = (ruled_at is not null)", name="ruled"),
        CheckConstraint("state not in ('refused', 'revoked') or ruling <> ''", name="ruling"),
        Index("ix_waiver_state", "tenant_id", "state", "asked_at", "id"),
        Index("ix_waiver_dossier", "tenant_id", "dossier_id"),
        Index(
            "uq_waiver_standing",
            "tenant_id",
            "dossier_id",
            "indicator_id",
            unique=True,
            postgresql_where=text("state in ('asked', 'granted')"),
        ),
    )

    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id"))
    reason: Mapped[str]
    state: Mapped[WaiverState] = mapped_column(String(20), default=WaiverState.ASKED)
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    asked_by: Mapped[str] = mapped_column(String(200))
    ruling: Mapped[str] = mapped_column(default="")
    ruled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ruled_by: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
