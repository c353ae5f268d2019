"""Tables of a unit's dossier for one year: the dossier, its head-counts, answers and team.

The database keeps the invariants as well: at most one live dossier for a unit and year, a state only
with who and when, and no change to what was signed, except at the points a supplement request unlocks.
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
    SmallInteger,
    String,
    UniqueConstraint,
    event,
    inspect,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tenants.database import Base
from tenants.owned import OWN_TENANT, OWN_UNIT, UnitOwned, Wall

from .guards import (
    CONTENT_FROZEN,
    DISTRICT_COLUMNS,
    NEW_BY_DISTRICT,
    NEW_BY_UNIT,
    OUTCOME_FROZEN,
    STEPS_ONLY,
    UNIT_COLUMNS,
    frozen_with_dossier,
)
from .states import State


def in_unit(columns: str = "") -> dict[str, str]:
    """Return the grants of a table of a dossier's content: unit and district write, the province reads.

    `columns`: those that may be changed; what a row belongs to never changes.
    """
    writes = "select, insert, delete" + (f", update ({columns})" if columns else "")
    return {"unit": writes, "district": writes, "province": "select"}


ENDED = (State.WITHDRAWN, State.REFUSED_LATE)
_STATES = ", ".join(f"'{state}'" for state in State)


class InDossier(UnitOwned):
    """A row of one dossier; the composite key keeps it under its own tenant and unit."""

    dossier_id: Mapped[int] = mapped_column(BigInteger, sort_order=-12)


def dossier_key(**kwargs: Any) -> ForeignKeyConstraint:
    """Return the composite foreign key of a row that belongs to a dossier."""
    return ForeignKeyConstraint(
        ["tenant_id", "unit_id", "dossier_id"],
        ["dossier.tenant_id", "dossier.unit_id", "dossier.id"],
        onupdate="CASCADE",
        **kwargs,
    )


class Dossier(UnitOwned, Base):
    """A unit's dossier for one assessment year.

    `requested_level`: the level asked for at signing (1 or 2). `self_level`: what the rules give on
    the unit's own answers (0 none, None provisional). `appraised_level`: the same on the district's.
    `frozen` is the canonical content at signing and `content_hash` its SHA-256 (hex). `ratio_only`: the unit
    tells no number of people; its head-counts are 0 or `measures.RATIO_WHOLE`, its parts hundredths of a percent.
    """

    __tablename__ = "dossier"
    __wall__ = Wall(
        grants={
            "unit": f"select, insert, update ({', '.join(UNIT_COLUMNS)})",
            "district": f"select, insert, update ({', '.join(DISTRICT_COLUMNS)})",
            "province": "select",
        },
        inserts={"unit": f"{OWN_UNIT} and {NEW_BY_UNIT}", "district": f"{OWN_TENANT} and {NEW_BY_DISTRICT}"},
        statements=(CONTENT_FROZEN, STEPS_ONLY),
    )
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "unit_id"], ["unit.tenant_id", "unit.id"], onupdate="CASCADE"),
        UniqueConstraint("tenant_id", "unit_id", "id"),
        CheckConstraint(f"state in ({_STATES})", name="state"),
        CheckConstraint("requested_level in (1, 2)", name="requested_level"),
        CheckConstraint(
            "state in ('draft','withdrawn','closed_unreached') or (signed_at is not null and content_hash <> '')",
            name="signed",
        ),
        CheckConstraint(
            "state in ('draft','signed','withdrawn','closed_unreached') or submitted_at is not null",
            name="submitted",
        ),
        CheckConstraint(
            "state not in ('accepted','appraised','decided') or accepted_at is not null", name="accepted"
        ),
        CheckConstraint(
            "state not in ('appraised','decided') or (appraised_at is not null and proposed_level is not null)",
            name="appraised",
        ),
        CheckConstraint("(state = 'decided') = (decided_level is not null)", name="decided"),
        Index(
            "uq_dossier_live",
            "tenant_id",
            "unit_id",
            "year",
            unique=True,
            postgresql_where=text("state not in ('withdrawn', 'refused_late')"),
        ),
        Index("ix_dossier_queue", "tenant_id", "year", "state", "submitted_at", "id"),
        Index("ix_dossier_year", "year", "state", "tenant_id"),
    )

    year: Mapped[int] = mapped_column(ForeignKey("cycle.year"))
    version_id: Mapped[int] = mapped_column(ForeignKey("criteria_version.id"))
    state: Mapped[State] = mapped_column(String(20), default=State.DRAFT)
    version: Mapped[int] = mapped_column(default=1)

    requested_level: Mapped[int | None] = mapped_column(SmallInteger)
    self_level: Mapped[int | None] = mapped_column(SmallInteger)
    appraised_level: Mapped[int | None] = mapped_column(SmallInteger)
    proposed_level: Mapped[int | None] = mapped_column(SmallInteger)
    decided_level: Mapped[int | None] = mapped_column(SmallInteger)

    team_number: Mapped[str] = mapped_column(String(60), default="")
    team_date: Mapped[date | None]
    strengths: Mapped[str] = mapped_column(default="")
    weaknesses: Mapped[str] = mapped_column(default="")
    ratio_only: Mapped[bool] = mapped_column(default=False)
    plan: Mapped[str] = mapped_column(default="")
    letter_number: Mapped[str] = mapped_column(String(60), default="")
    letter_date: Mapped[date | None]

    channel: Mapped[str] = mapped_column(String(20), default="portal")
    channel_code: Mapped[str] = mapped_column(String(60), default="")

    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    created_by: Mapped[int | None] = mapped_column(BigInteger)
    signed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    signed_by: Mapped[str] = mapped_column(String(200), default="")
    content_hash: Mapped[str] = mapped_column(String(64), default="")
    # All that was signed, some 10 kB: read where it is asked for, never with a list.
    frozen: Mapped[dict[str, Any] | None] = mapped_column(JSONB, deferred=True)
    submitted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    submitted_by: Mapped[str] = mapped_column(String(200), default="")
    receipt_number: Mapped[str] = mapped_column(String(40), default="")
    late: Mapped[bool] = mapped_column(default=False)
    late_reason: Mapped[str] = mapped_column(default="")
    accepted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    accepted_by: Mapped[str] = mapped_column(String(200), default="")
    appraised_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    appraised_by: Mapped[str] = mapped_column(String(200), default="")
    proposal_note: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    closed_reason: Mapped[str] = mapped_column(default="")

    answers: Mapped[list[Answer]] = relationship(viewonly=True)
    headcounts: Mapped[list[Headcount]] = relationship(viewonly=True)
    team: Mapped[list[TeamMember]] = relationship(viewonly=True, order_by="TeamMember.id")

    __mapper_args__ = {"version_id_col": version}


class Headcount(InDossier, Base):
    """A base figure of the dossier at 31/12: `members`, `learners` or `language_posts`."""

    __tablename__ = "headcount"
    __wall__ = Wall(
        grants=in_unit("value, version, changed_by"),
        statements=(frozen_with_dossier("headcount"),),
    )
    __table_args__ = (
        dossier_key(ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "dossier_id", "code"),
        CheckConstraint("value between 0 and 1000000", name="value"),
    )

    code: Mapped[str] = mapped_column(String(30))
    value: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)
    changed_by: Mapped[str] = mapped_column(String(200), default="")

    __mapper_args__ = {"version_id_col": version}


class Answer(InDossier, Base):
    """The unit's own answer on one indicator. `met_1`, `met_2`: the rule's outcome, stored for figures."""

    __tablename__ = "answer"
    __wall__ = Wall(
        grants=in_unit("yes, part, grade, explanation, met_1, met_2, version, changed_at, changed_by"),
        statements=(frozen_with_dossier("answer", "yes, part, grade, explanation"), OUTCOME_FROZEN),
    )
    __table_args__ = (
        dossier_key(ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "dossier_id", "indicator_id"),
        CheckConstraint("part between 0 and 1000000", name="part"),
        CheckConstraint("grade between 0 and 10", name="grade"),
    )

    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id"))
    yes: Mapped[bool | None]
    part: Mapped[int | None]
    grade: Mapped[int | None] = mapped_column(SmallInteger)
    explanation: Mapped[str] = mapped_column(default="")
    met_1: Mapped[str] = mapped_column(String(20), default="missing")
    met_2: Mapped[str] = mapped_column(String(20), default="missing")
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    changed_by: Mapped[str] = mapped_column(String(200), default="")

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}


@event.listens_for(Answer, "before_insert")
@event.listens_for(Answer, "before_update")
def _count_writing(_mapper: Any, _connection: Any, answer: Answer) -> None:
    """Count the versions of what was written: when only the outcome moves, a page open elsewhere stays current."""
    state = inspect(answer)
    if state.transient or state.pending:
        answer.version = answer.version or 1
    elif any(state.attrs[name].history.has_changes() for name in ("yes", "part", "grade", "explanation")):
        answer.version += 1


class TeamMember(InDossier, Base):
    """A member of the unit's self-assessment team (Circular 24/2023, Article 10(1)(a)).

    `account_id`: the account of the unit by which the member works on the portal, if there is one.
    """

    __tablename__ = "team_member"
    __wall__ = Wall(
        grants=in_unit("full_name, title, duty, account_id"), statements=(frozen_with_dossier("team_member"),)
    )
    __table_args__ = (
        dossier_key(ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "unit_id", "dossier_id", "id"),
        Index("ix_team_member", "tenant_id", "dossier_id"),
    )

    full_name: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(200), default="")
    duty: Mapped[str] = mapped_column(String(20), default="member")
    account_id: Mapped[int | None] = mapped_column(BigInteger)
