"""Evidence files of a unit and which indicators of a dossier each of them proves."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.dossiers.models import IN_UNIT, InDossier, dossier_key, frozen_with_dossier
from tenants.database import Base
from tenants.owned import UnitOwned, Wall


class Evidence(UnitOwned, Base):
    """One uploaded file: content by SHA-256 (hex) in the store, particulars as its paper states them."""

    __tablename__ = "evidence"
    __wall__ = Wall(grants=IN_UNIT | {"unit": "select, insert, update", "district": "select, insert, update"})
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "unit_id"], ["unit.tenant_id", "unit.id"], onupdate="CASCADE"),
        UniqueConstraint("tenant_id", "unit_id", "id"),
        CheckConstraint("size > 0", name="size"),
        Index("ix_evidence_hash", "tenant_id", "unit_id", "sha256"),
    )

    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(100))
    file_name: Mapped[str] = mapped_column(String(300))
    title: Mapped[str] = mapped_column(String(300))
    number: Mapped[str] = mapped_column(String(100), default="")
    issued_on: Mapped[date | None]
    issuer: Mapped[str] = mapped_column(String(200), default="")
    uploaded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    uploaded_by: Mapped[str] = mapped_column(String(200), default="")
    removed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class EvidenceLink(InDossier, Base):
    """A file proves an indicator of a dossier."""

    __tablename__ = "evidence_link"
    __wall__ = Wall(grants=IN_UNIT, statements=(frozen_with_dossier("evidence_link"),))
    __table_args__ = (
        dossier_key(ondelete="CASCADE"),
        ForeignKeyConstraint(
            ["tenant_id", "unit_id", "evidence_id"],
            ["evidence.tenant_id", "evidence.unit_id", "evidence.id"],
            onupdate="CASCADE",
        ),
        UniqueConstraint("tenant_id", "dossier_id", "indicator_id", "evidence_id"),
    )

    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id"))
    evidence_id: Mapped[int] = mapped_column(BigInteger)

    evidence: Mapped[Evidence] = relationship(viewonly=True)
