"""Tables that carry a year's lessons on: requirements of the district, the unit's replies, its plan to improve."""

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

from portal.appraisal.models import Finding  # noqa: F401  (its guard of decided findings serves requirements)
from portal.dossiers.guards import decided_with_dossier, frozen_with_dossier
from portal.dossiers.models import InDossier, dossier_key, in_unit
from tenants.database import Base
from tenants.owned import OWN_UNIT, Wall

# A unit reads what is asked of it for next time once the decision on the dossier is issued.
_DECIDED = (
    OWN_UNIT + " and exists (select from dossier d where d.tenant_id = requirement.tenant_id"
    " and d.id = requirement.dossier_id and d.state = 'decided')"
)


class Requirement(InDossier, Base):
    """What the district asks a unit to mend by its next dossier, on one indicator or as a whole."""

    __tablename__ = "requirement"
    __wall__ = Wall(
        grants={"unit": "select", "district": "select, insert, delete", "province": "select"},
        rows={"unit": _DECIDED},
        statements=(decided_with_dossier("requirement", "indicator_id, wording"),),
    )
    __table_args__ = (
        dossier_key(),
        UniqueConstraint("tenant_id", "unit_id", "id"),
        CheckConstraint("wording <> ''", name="wording"),
        Index("ix_requirement_unit", "tenant_id", "unit_id", "dossier_id"),
    )

    indicator_id: Mapped[int | None] = mapped_column(ForeignKey("indicator.id"))
    wording: Mapped[str]
    set_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    set_by: Mapped[str] = mapped_column(String(200))


class RequirementReply(InDossier, Base):
    """What a unit says, in a later dossier, that it did about a requirement."""

    __tablename__ = "requirement_reply"
    __wall__ = Wall(
        grants=in_unit("reply, changed_at, changed_by"),
        statements=(frozen_with_dossier("requirement_reply"),),
    )
    __table_args__ = (
        dossier_key(ondelete="CASCADE"),
        ForeignKeyConstraint(
            ["tenant_id", "unit_id", "requirement_id"],
            ["requirement.tenant_id", "requirement.unit_id", "requirement.id"],
            onupdate="CASCADE",
        ),
        UniqueConstraint("tenant_id", "dossier_id", "requirement_id"),
    )

    requirement_id: Mapped[int] = mapped_column(BigInteger)
    reply: Mapped[str] = mapped_column(default="")
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_by: Mapped[str] = mapped_column(String(200), default="")


class ImprovementAction(InDossier, Base):
    """One measure of a unit's plan to improve after a year: what, who, until when, and when it was done."""

    __tablename__ = "improvement_action"
    __wall__ = Wall(
        grants={
            "unit": "select, insert, delete, update (measure, responsible, due_on, done_on, version)",
            "district": "select",
            "province": "select",
        }
    )
    __table_args__ = (
        dossier_key(ondelete="CASCADE"),
        CheckConstraint("measure <> ''", name="measure"),
        Index("ix_improvement_action_unit", "tenant_id", "unit_id", "dossier_id"),
    )

    indicator_id: Mapped[int | None] = mapped_column(ForeignKey("indicator.id"))
    measure: Mapped[str]
    responsible: Mapped[str] = mapped_column(String(200), default="")
    due_on: Mapped[date | None]
    done_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
