"""Notices in the portal: a sentence for a unit or for a district's staff, with a way to what it is about."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Base
from tenants.owned import OWN_UNIT, TenantOwned, Wall


class Notice(TenantOwned, Base):
    """A notice to a unit (`audience` unit) or to the staff of a district (`audience` district)."""

    __tablename__ = "notice"
    __wall__ = Wall(
        grants={
            "unit": "select, insert, update (read_at)",
            "district": "select, insert, update (read_at)",
            "province": "insert",
        },
        rows={"unit": OWN_UNIT + " and audience = 'unit'"},
        inserts={"unit": OWN_UNIT, "province": "audience = 'district'"},
    )
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),
        ForeignKeyConstraint(["tenant_id", "unit_id"], ["unit.tenant_id", "unit.id"], onupdate="CASCADE"),
        CheckConstraint("audience in ('unit','district')", name="audience"),
        CheckConstraint("audience = 'district' or unit_id is not null", name="unit_known"),
        Index("ix_notice_unit", "tenant_id", "unit_id", "id"),
        Index("ix_notice_unread", "tenant_id", "audience", "id", postgresql_where="read_at is null"),
    )

    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    audience: Mapped[str] = mapped_column(String(10))
    sentence: Mapped[str]
    path: Mapped[str] = mapped_column(String(300), default="")
    sent_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    read_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
