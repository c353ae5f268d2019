"""What the Department concluded on what a rule found; rows of its own, which no district reads."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Identity, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Base
from tenants.owned import Wall

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
