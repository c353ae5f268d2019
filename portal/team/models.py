"""The unit's self-assessment team at work: who answers for which indicator, guests, the minutes of its meeting.

Who has what and who was invited is the unit's own affair: neither the district nor the province reads it.
The minutes are part of what the head signs and stay as they were from then on.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

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
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.dossiers.guards import frozen_with_dossier
from portal.dossiers.models import InDossier, TeamMember, dossier_key
from tenants.database import Base
from tenants.owned import Wall


class Assignment(InDossier, Base):
    """A member of the team answers for an indicator until a day of the unit's own choosing."""

    __tablename__ = "assignment"
    __wall__ = Wall(
        grants={
            "unit": "select, insert, update (member_id, due_on, given_at, given_by, version), delete",
        }
    )
    __table_args__ = (
        dossier_key(ondelete="CASCADE"),
        ForeignKeyConstraint(
            ["tenant_id", "unit_id", "dossier_id", "member_id"],
            ["team_member.tenant_id", "team_member.unit_id", "team_member.dossier_id", "team_member.id"],
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        UniqueConstraint("tenant_id", "dossier_id", "indicator_id"),
        Index("ix_assignment_member", "tenant_id", "unit_id", "member_id"),
    )

    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id"))
    member_id: Mapped[int] = mapped_column(BigInteger)
    due_on: Mapped[date | None]
    given_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    given_by: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[int] = mapped_column(default=1)

    member: Mapped[TeamMember] = relationship(viewonly=True)

    __mapper_args__ = {"version_id_col": version}


class Invitation(InDossier, Base):
    """Somebody from outside is let in to a few indicators; the membership says from when until when.

    `membership_id`: the guest's role in the unit (`tenants.people.Membership`), which alone opens the door.
    """

    __tablename__ = "invitation"
    __wall__ = Wall(grants={"unit": "select, insert"})
    __table_args__ = (
        dossier_key(ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "unit_id", "dossier_id", "id"),
        Index("ix_invitation_account", "tenant_id", "unit_id", "account_id"),
    )

    account_id: Mapped[int] = mapped_column(BigInteger)
    membership_id: Mapped[int] = mapped_column(BigInteger)
    full_name: Mapped[str] = mapped_column(String(200))
    organisation: Mapped[str] = mapped_column(String(200), default="")
    invited_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    invited_by: Mapped[str] = mapped_column(String(200), default="")

    indicators: Mapped[list[InvitedIndicator]] = relationship(
        viewonly=True, order_by="InvitedIndicator.indicator_id"
    )


class InvitedIndicator(InDossier, Base):
    """One indicator a guest may fill in; `contributed_at`: when the guest last gave something to it."""

    __tablename__ = "invited_indicator"
    __wall__ = Wall(grants={"unit": "select, insert, update (contributed_at)"})
    __table_args__ = (
        dossier_key(ondelete="CASCADE"),
        ForeignKeyConstraint(
            ["tenant_id", "unit_id", "dossier_id", "invitation_id"],
            ["invitation.tenant_id", "invitation.unit_id", "invitation.dossier_id", "invitation.id"],
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        UniqueConstraint("tenant_id", "invitation_id", "indicator_id"),
        Index("ix_invited_indicator_dossier", "tenant_id", "dossier_id", "indicator_id"),
    )

    invitation_id: Mapped[int] = mapped_column(BigInteger)
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id"))
    contributed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


_WRITTEN = (
    "held_at, venue, chair_id, secretary_id, attendance, opinions, discussion, conclusion,"
    " closed_at, closed_by, frozen, version, changed_at, changed_by"
)


class Minutes(InDossier, Base):
    """The minutes of the team's meeting on the self-assessment; one a dossier.

    `attendance`: member id → [present, reason]; `opinions`: indicator id → [agreed, note]. Closed minutes keep
    in `frozen` everything they say, with the content of the dossier they were closed on.
    """

    __tablename__ = "team_minutes"
    __wall__ = Wall(
        grants={
            "unit": f"select, insert, update ({_WRITTEN})",
            "district": "select",
            "province": "select",
        },
        statements=(frozen_with_dossier("team_minutes"),),
    )
    __table_args__ = (
        dossier_key(ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "unit_id", "dossier_id"),
        CheckConstraint("(closed_at is null) = (frozen is null)", name="closed"),
    )

    held_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    venue: Mapped[str] = mapped_column(String(200), default="")
    chair_id: Mapped[int | None] = mapped_column(BigInteger)
    secretary_id: Mapped[int | None] = mapped_column(BigInteger)
    attendance: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    opinions: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    discussion: Mapped[str] = mapped_column(default="")
    conclusion: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    closed_by: Mapped[str] = mapped_column(String(200), default="")
    frozen: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_by: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
