"""What the Department concluded on what a rule found, which no district reads; its random re-check of dossiers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.dossiers.models import InDossier, dossier_key
from tenants.database import Base
from tenants.owned import ALL_ROWS, OWN_TENANT, Wall

from .rules import Rule

_RULES = ", ".join(f"'{rule}'" for rule in Rule)


class AnomalyVerdict(Base):
    """A conclusion on what a rule found: dismissed, found true after asking, or taken up again.

    Rows are only added; the last one on a sentence counts. `sentence`: what was found as it was then, so that other
    figures raise it anew.
    """

    __tablename__ = "anomaly_verdict"
    __wall__ = Wall(shared=True, grants={"province": "select, insert"})
    __table_args__ = (
        CheckConstraint(f"rule in ({_RULES})", name="rule"),
        CheckConstraint("act in ('dismiss', 'hit', 'reopen')", name="act"),
        CheckConstraint("reason <> ''", name="reason"),
        Index("ix_anomaly_verdict", "year", "rule", "subject", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("cycle.year"))
    rule: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(64))
    sentence: Mapped[str]
    act: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(1000))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    by: Mapped[str] = mapped_column(String(200))


_SENT = """
create or replace function refuse_sent_recheck() returns trigger language plpgsql
  set search_path = public, pg_temp as $$
begin
  if current_user = 'portal_province' and old.sent_at is not null then
    raise exception 'a re-check that was sent is not changed' using errcode = 'PT409';
  end if;
  if current_user = 'portal_district' and (old.sent_at is null or old.answered_at is not null) then
    raise exception 'a re-check is answered once' using errcode = 'PT409';
  end if;
  return new;
end $$;
create or replace trigger recheck_sent before update on recheck
  for each row execute function refuse_sent_recheck();
"""


class RecheckDraw(Base):
    """The draw of a year, which is made once: the share, the seed, and the list it was drawn from.

    `pool`: [tenant_id, kind, level, code] of every dossier that could be drawn.
    """

    __tablename__ = "recheck_draw"
    __wall__ = Wall(shared=True, grants={"province": "select, insert"})
    __table_args__ = (
        UniqueConstraint("year"),
        CheckConstraint("share between 1 and 100", name="share"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("cycle.year"))
    share: Mapped[int]
    seed: Mapped[str] = mapped_column(String(40))
    pool: Mapped[list[list[Any]]] = mapped_column(JSONB)
    drawn_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    drawn_by: Mapped[str] = mapped_column(String(200))


class Recheck(InDossier, Base):
    """The Department's second look at a recognised dossier; the district reads it once it is sent, and answers once.

    `verdicts`: by indicator id its code, title, `result` (see `sampling.RESULTS`) and reason. It changes no recognition.
    """

    __tablename__ = "recheck"
    __wall__ = Wall(
        grants={
            "district": "select, update (answer, answered_at, answered_by, version)",
            "province": "select, insert, update (verdicts, note, changed_at, changed_by, sent_at, sent_by, version)",
        },
        rows={"district": f"{OWN_TENANT} and sent_at is not null"},
        writes={"province": ALL_ROWS},
        inserts={"province": "sent_at is null and answered_at is null and answer = ''"},
        statements=(_SENT,),
    )
    __table_args__ = (
        dossier_key(),
        UniqueConstraint("tenant_id", "dossier_id"),
        CheckConstraint("answered_at is null or sent_at is not null", name="answered"),
        CheckConstraint("level in (1, 2)", name="level"),
        Index("ix_recheck_year", "year", "tenant_id", "id"),
    )

    year: Mapped[int] = mapped_column(ForeignKey("cycle.year"))
    level: Mapped[int]
    verdicts: Mapped[dict[str, dict[str, str]]] = mapped_column(JSONB, default=dict)
    note: Mapped[str] = mapped_column(default="")
    changed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    changed_by: Mapped[str] = mapped_column(String(200), default="")
    sent_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    sent_by: Mapped[str] = mapped_column(String(200), default="")
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    answered_by: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    @property
    def differing(self) -> list[dict[str, str]]:
        """The indicators on which the Department does not agree, by code."""
        found = [one for one in self.verdicts.values() if one["result"] != "agree"]
        return sorted(found, key=lambda one: [int(n) if n.isdigit() else 0 for n in one["code"].split(".")])
