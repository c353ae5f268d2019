"""The log of what a district itself did in a year to carry out the assessment of Learning Units."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Base
from tenants.owned import TenantOwned, Wall

from .rules import KINDS, MOST_PARTICIPANTS

_KINDS = ", ".join(f"'{kind}'" for kind in KINDS)


class DistrictActivity(TenantOwned, Base):
    """One activity of a district on a day of a year; of a document the day is the one it bears.

    `sha256`, `file_name`, `media_type`, `size`: its one file in the store ("" and 0: none). `name_folded`:
    topic, place and document number without accents, for search.
    """

    __tablename__ = "district_activity"
    __wall__ = Wall(
        grants={"district": "select, insert, update, delete", "province": "select"},
    )
    __table_args__ = (
        CheckConstraint(f"kind in ({_KINDS})", name="kind"),
        CheckConstraint("extract(year from held_on) = year", name="inside_the_year"),
        CheckConstraint(f"participants between 0 and {MOST_PARTICIPANTS}", name="participants"),
        CheckConstraint("(sha256 = '') = (size = 0)", name="file"),
        Index("ix_district_activity_year", "tenant_id", "year", "held_on", "id"),
    )

    tenant_id: Mapped[int] = mapped_column(
        ForeignKey("tenant.id"), primary_key=True, sort_order=-20, autoincrement=False
    )
    year: Mapped[int] = mapped_column(ForeignKey("cycle.year"))
    held_on: Mapped[date]
    kind: Mapped[str] = mapped_column(String(20))
    topic: Mapped[str] = mapped_column(String(300))
    place: Mapped[str] = mapped_column(String(200), default="")
    participants: Mapped[int] = mapped_column(default=0)
    document_number: Mapped[str] = mapped_column(String(100), default="")
    note: Mapped[str] = mapped_column(default="")
    name_folded: Mapped[str] = mapped_column(default="")
    sha256: Mapped[str] = mapped_column(String(64), default="")
    file_name: Mapped[str] = mapped_column(String(200), default="")
    media_type: Mapped[str] = mapped_column(String(100), default="")
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_by: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
