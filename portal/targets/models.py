"""A district's targets of a year: goals of its own, beside the law and never in place of it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    String,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Base
from tenants.owned import OWN_TENANT, TenantOwned, Wall

from .ready import READY
from .rules import Counting, Measure

_COUNTINGS = ", ".join(f"'{counting}'" for counting in Counting)
_READY = ", ".join(f"'{one.code}'" for one in READY)


class DistrictTarget(TenantOwned, Base):
    """One target: what is counted, of what, the goal in whole percent, until when.

    `counting`, `indicator_key`, `least`, `kinds` are the measure (`rules.Measure`). `ready`: which of the ready-made
    targets it was taken from ("": the district's own). A retired target stays for the record.
    """

    __tablename__ = "district_target"
    __wall__ = Wall(
        grants={
            "unit": "select",
            "district": "select, insert, update (title, counting, indicator_key, least, kinds, goal, due_on, note,"
            " changed_at, changed_by, retired_at, retired_by, retired_reason, version)",
            "province": "select",
        },
        rows={"unit": f"{OWN_TENANT} and retired_at is null"},
    )
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenant.id"], onupdate="CASCADE"),
        CheckConstraint(f"ready in ('', {_READY})", name="ready"),
        CheckConstraint(f"counting in ({_COUNTINGS})", name="counting"),
        CheckConstraint("(counting = 'recognised') = (indicator_key = '')", name="indicator"),
        CheckConstraint("counting <> 'recognised' or least in (1, 2)", name="level"),
        CheckConstraint("counting <> 'people' or least is null", name="people"),
        CheckConstraint("goal between 1 and 100", name="goal"),
        CheckConstraint("retired_at is null or retired_reason <> ''", name="retired"),
        Index("ix_district_target_year", "tenant_id", "year", "id"),
        Index(
            "uq_district_target_ready",
            "tenant_id",
            "year",
            "ready",
            unique=True,
            postgresql_where=text("ready <> '' and retired_at is null"),
        ),
        Index(
            "uq_district_target_title",
            "tenant_id",
            "year",
            "title",
            unique=True,
            postgresql_where=text("retired_at is null"),
        ),
    )

    year: Mapped[int] = mapped_column(ForeignKey("cycle.year"))
    ready: Mapped[str] = mapped_column(String(20), default="")
    title: Mapped[str] = mapped_column(String(300))
    counting: Mapped[str] = mapped_column(String(10))
    indicator_key: Mapped[str] = mapped_column(String(20))
    least: Mapped[int | None] = mapped_column(SmallInteger)
    kinds: Mapped[list[str]] = mapped_column(JSONB, default=list)
    goal: Mapped[int] = mapped_column(SmallInteger)
    due_on: Mapped[date]
    note: Mapped[str] = mapped_column(default="")
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_by: Mapped[str] = mapped_column(String(200), default="")
    retired_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    retired_by: Mapped[str] = mapped_column(String(200), default="")
    retired_reason: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    @property
    def measure(self) -> Measure:
        """What the target counts, as the rules take it."""
        return Measure(Counting(self.counting), self.indicator_key, self.least, frozenset(self.kinds))
