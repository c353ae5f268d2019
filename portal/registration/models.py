"""A unit's registration to build for a year, every change of it, and until when a district takes changes.

A registration is the unit's and the year's, not a dossier's: it stands before any dossier is started and
after one is withdrawn. What the clerk proposes counts once the head has confirmed it.
"""

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
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Base
from tenants.owned import OWN_TENANT, TenantOwned, UnitOwned, Wall

from .rules import CHANGES, TARGETS

_TARGETS = ", ".join(f"'{target}'" for target in TARGETS)
_CHANGES = ", ".join(f"'{change}'" for change in CHANGES)


def unit_key() -> ForeignKeyConstraint:
    """Return the composite foreign key of a row that belongs to a unit."""
    return ForeignKeyConstraint(["tenant_id", "unit_id"], ["unit.tenant_id", "unit.id"], onupdate="CASCADE")


class Registration(UnitOwned, Base):
    """What a unit aims at in a year: `target` once the head confirmed it, `proposed` while it waits for the head.

    A confirmed target stands until the head confirms another or cancels it; None: not registered.
    """

    __tablename__ = "registration"
    __wall__ = Wall(
        grants={
            "unit": "select, insert, update (target, confirmed_at, confirmed_by, proposed, proposed_at,"
            " proposed_by, version)",
            "district": "select",
            "province": "select",
        },
    )
    __table_args__ = (
        unit_key(),
        UniqueConstraint("tenant_id", "unit_id", "year"),
        CheckConstraint(f"target in ({_TARGETS})", name="target"),
        CheckConstraint(f"proposed in ({_TARGETS})", name="proposed"),
        CheckConstraint("(target is null) = (confirmed_at is null)", name="confirmed"),
        CheckConstraint("(proposed is null) = (proposed_at is null)", name="proposed_at"),
        Index("ix_registration_year", "year", "tenant_id", "target"),
    )

    year: Mapped[int] = mapped_column(ForeignKey("cycle.year"))
    target: Mapped[str | None] = mapped_column(String(10))
    confirmed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    confirmed_by: Mapped[str] = mapped_column(String(200), default="")
    proposed: Mapped[str | None] = mapped_column(String(10))
    proposed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    proposed_by: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class RegistrationChange(UnitOwned, Base):
    """One step in the history of a registration; appended, never changed.

    `before`, `after`: the target in force before and after a confirmation or cancellation; for a proposal
    what stood in force and what is proposed. None: not registered.
    """

    __tablename__ = "registration_change"
    __wall__ = Wall(grants={"unit": "select, insert", "district": "select", "province": "select"})
    __table_args__ = (
        unit_key(),
        CheckConstraint(f"act in ({_CHANGES})", name="act"),
        CheckConstraint(f"before in ({_TARGETS})", name="before"),
        CheckConstraint(f"after in ({_TARGETS})", name="after"),
        Index("ix_registration_change", "tenant_id", "unit_id", "year", "id"),
    )

    year: Mapped[int] = mapped_column(ForeignKey("cycle.year"))
    act: Mapped[str] = mapped_column(String(10))
    before: Mapped[str | None] = mapped_column(String(10))
    after: Mapped[str | None] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    by: Mapped[str] = mapped_column(String(200), default="")
    account_id: Mapped[int | None] = mapped_column(BigInteger)
    role: Mapped[str] = mapped_column(String(20), default="")


class RegistrationTerm(TenantOwned, Base):
    """Until when a district takes registrations of a year: `closes_before` is the first day too late, None: open."""

    __tablename__ = "registration_term"
    __wall__ = Wall(
        grants={
            "unit": "select",
            "district": "select, insert, update (closes_before, changed_at, changed_by, version)",
            "province": "select",
        },
        rows={"unit": OWN_TENANT},
    )
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenant.id"], onupdate="CASCADE"),
        UniqueConstraint("tenant_id", "year"),
    )

    year: Mapped[int] = mapped_column(ForeignKey("cycle.year"))
    closes_before: Mapped[date | None]
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_by: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
