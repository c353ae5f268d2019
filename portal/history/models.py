"""Results from before the portal, on their own scale, and a unit's dispute of one that was entered wrongly."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Base
from tenants.owned import UnitOwned, Wall


class PastResult(UnitOwned, Base):
    """What a decision before the portal said of a unit: points and band, or a level, never one made of the other.

    Points follow Circular 22/2020 (0 to 100, two decimals); levels follow Circular 24/2023. `batch_id`: the
    file it came from, None for one that was typed.
    """

    __tablename__ = "past_result"
    __wall__ = Wall(
        grants={
            "unit": "select",
            "district": "select, insert, update (points, band, level, decision_number, decided_on, issuer, note,"
            " entered_at, entered_by, withdrawn_at, version)",
            "province": "select",
        }
    )
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "unit_id"], ["unit.tenant_id", "unit.id"], onupdate="CASCADE"),
        ForeignKeyConstraint(["tenant_id", "batch_id"], ["import_batch.tenant_id", "import_batch.id"]),
        UniqueConstraint("tenant_id", "unit_id", "id"),
        CheckConstraint("points between 0 and 100", name="points"),
        CheckConstraint("level in (0, 1, 2)", name="level"),
        CheckConstraint("(points is null) <> (level is null)", name="one_scale"),
        CheckConstraint("level is null or band = ''", name="band_of_points"),
        Index(
            "uq_past_result_year",
            "tenant_id",
            "unit_id",
            "year",
            unique=True,
            postgresql_where=text("withdrawn_at is null"),
        ),
        Index("ix_past_result_batch", "tenant_id", "batch_id", "id"),
    )

    year: Mapped[int] = mapped_column(SmallInteger)
    version_id: Mapped[int] = mapped_column(ForeignKey("criteria_version.id"))
    points: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    band: Mapped[str] = mapped_column(String(40), default="")
    level: Mapped[int | None] = mapped_column(SmallInteger)
    decision_number: Mapped[str] = mapped_column(String(60), default="")
    decided_on: Mapped[date | None]
    issuer: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(default="")
    entered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    entered_by: Mapped[str] = mapped_column(String(200))
    withdrawn_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    batch_id: Mapped[int | None] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class PastResultDispute(UnitOwned, Base):
    """A unit says that a past result was entered wrongly; the district answers, by correcting it or not."""

    __tablename__ = "past_result_dispute"
    __wall__ = Wall(
        grants={
            "unit": "select, insert",
            "district": "select, update (answer, corrected, answered_at, answered_by)",
            "province": "select",
        }
    )
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "unit_id", "past_result_id"],
            ["past_result.tenant_id", "past_result.unit_id", "past_result.id"],
            onupdate="CASCADE",
        ),
        CheckConstraint("claim <> ''", name="claim"),
        CheckConstraint("(answered_at is null) = (corrected is null)", name="answered"),
        CheckConstraint("answered_at is null or answer <> ''", name="answer"),
        Index(
            "uq_past_result_dispute_open",
            "tenant_id",
            "unit_id",
            "past_result_id",
            unique=True,
            postgresql_where=text("answered_at is null"),
        ),
    )

    past_result_id: Mapped[int] = mapped_column(BigInteger)
    claim: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    made_by: Mapped[str] = mapped_column(String(200))
    answer: Mapped[str] = mapped_column(default="")
    corrected: Mapped[bool | None]
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    answered_by: Mapped[str] = mapped_column(String(200), default="")
