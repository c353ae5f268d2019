"""A unit's roster of a year: whom it counts for which indicator, until the names are erased.

The names are the unit's alone: no other scope has any grant on their table, not even the steward. What
leaves the unit are counts, and those stand in the dossier.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.dossiers.models import InDossier, dossier_key
from tenants.database import Base
from tenants.identity import NOBODY
from tenants.owned import OWN_UNIT, UnitOwned, Wall

# No reader of its roster is a guest of the unit (somebody invited for one indicator), nor who only looks at the pages
# of somebody of the unit (tenants.identity.NOBODY); asked once a statement.
OF_THE_UNIT = f"{OWN_UNIT} and (select not only_a_guest() and coalesce(app_account(), 0) <> {NOBODY})"


class Roster(InDossier, Base):
    """What was read from a unit's file: the counts, when the names are erased, when they were.

    `wholes` by head-count code, `parts` by indicator code. The file itself is kept nowhere.
    """

    __tablename__ = "roster"
    __wall__ = Wall(
        grants={"unit": "select, insert, update (taken_at, taken_by, erase_on, erased_at), delete"},
        rows={"unit": OF_THE_UNIT},
    )
    __table_args__ = (
        dossier_key(ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "unit_id", "dossier_id"),
        UniqueConstraint("tenant_id", "unit_id", "id"),
        Index("ix_roster_erase", "tenant_id", "erase_on"),
    )

    read_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    read_by: Mapped[str] = mapped_column(String(200))
    wholes: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    parts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    erase_on: Mapped[date]
    erased_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    taken_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    taken_by: Mapped[str] = mapped_column(String(200), default="")


class RosterPerson(UnitOwned, Base):
    """One person of a roster: a name or any other label, and the codes the person is counted for."""

    __tablename__ = "roster_person"
    __wall__ = Wall(grants={"unit": "select, insert, delete"}, rows={"unit": OF_THE_UNIT}, steward="")
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "unit_id", "roster_id"],
            ["roster.tenant_id", "roster.unit_id", "roster.id"],
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        CheckConstraint("label <> ''", name="label"),
        Index("ix_roster_person", "tenant_id", "roster_id", "sheet", "line"),
    )

    roster_id: Mapped[int] = mapped_column(BigInteger)
    sheet: Mapped[str] = mapped_column(String(30))
    line: Mapped[int]
    label: Mapped[str] = mapped_column(String(200))
    marks: Mapped[list[Any]] = mapped_column(JSONB, default=list)
