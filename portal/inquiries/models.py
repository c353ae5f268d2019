"""What the public asks or reports of published results, and what a district asks the unit about it.

The public has no grant on any table here: it sends, and reads what was answered, through three functions. What
came from outside is read by the district alone; the unit reads the neutral question that an officer wrote for it.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.dossiers.models import InDossier, dossier_key
from tenants.database import Base
from tenants.owned import ALL_ROWS, OWN_TENANT, TenantOwned, UnitOwned, Wall

from .functions import MOVES, QUESTION_ONCE, RESULTS, SEND, TOLD
from .rules import FEWEST_DAYS, KINDS, MOST_DAYS, OUTCOMES, STATES


def _closed(*values: str) -> str:
    return ", ".join(f"'{value}'" for value in values)


class Inquiry(InDossier, Base):
    """One question or report. `code`: the published result it is about; `dossier_id` the dossier that led to it.

    `receipt`: SHA-256 of the receipt of who asked. `asker`, `contact`, `sender` are erased some time after the end;
    `sender` counts what one place sends on one day. `result`: what is published of the case ("" : nothing).
    """

    __tablename__ = "inquiry"
    __wall__ = Wall(
        grants={
            "district": "select, update (state, handler_id, handler, taken_at, ended_at, ended_by, end_reason,"
            " outcome, answer, result, version)"
        },
        statements=(SEND, TOLD, RESULTS, MOVES),
    )
    __table_args__ = (
        dossier_key(),
        UniqueConstraint("tenant_id", "unit_id", "id"),
        UniqueConstraint("tenant_id", "receipt"),
        CheckConstraint(f"kind in ({_closed(*KINDS)})", name="kind"),
        CheckConstraint(f"state in ({_closed(*STATES)})", name="state"),
        CheckConstraint(f"outcome in ({_closed('', *OUTCOMES)})", name="outcome"),
        CheckConstraint("state <> 'taken' or handler_id is not null", name="taken"),
        CheckConstraint("(state in ('sent','taken')) = (ended_at is null)", name="ended"),
        CheckConstraint("(state = 'answered') = (outcome <> '')", name="answered"),
        CheckConstraint("(state = 'answered') = (answer <> '')", name="answer"),
        CheckConstraint("(state = 'dismissed') = (end_reason <> '')", name="dismissed"),
        CheckConstraint("result = '' or state = 'answered'", name="result"),
        Index("ix_inquiry_list", "tenant_id", "state", "due_on", "id"),
        Index("ix_inquiry_result", "tenant_id", "code", "sent_at"),
        Index("ix_inquiry_receipt", "receipt"),
        Index("ix_inquiry_sender", "sender", "sent_at"),
    )

    code: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(10))
    body: Mapped[str]
    asker: Mapped[str] = mapped_column(String(120), default="")
    contact: Mapped[str] = mapped_column(String(200), default="")
    sender: Mapped[bytes | None] = mapped_column(LargeBinary)
    receipt: Mapped[bytes] = mapped_column(LargeBinary)
    sent_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(10), default="sent")
    handler_id: Mapped[int | None] = mapped_column(BigInteger)
    handler: Mapped[str] = mapped_column(String(200), default="")
    taken_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_by: Mapped[str] = mapped_column(String(200), default="")
    end_reason: Mapped[str] = mapped_column(default="")
    outcome: Mapped[str] = mapped_column(String(20), default="")
    answer: Mapped[str] = mapped_column(default="")
    result: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class InquiryQuestion(UnitOwned, Base):
    """What a district asks the unit for a case, in the officer's own words, and the unit's answer.

    `closed_at`: the case ended; an unanswered question asks nothing any more.
    """

    __tablename__ = "inquiry_question"
    __wall__ = Wall(
        grants={
            "unit": "select, update (reply, replied_at, replied_by)",
            "district": "select, insert, update (closed_at)",
        },
        inserts={"district": f"{OWN_TENANT} and replied_at is null and closed_at is null"},
        statements=(QUESTION_ONCE,),
    )
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "unit_id", "inquiry_id"],
            ["inquiry.tenant_id", "inquiry.unit_id", "inquiry.id"],
            onupdate="CASCADE",
        ),
        CheckConstraint("question <> ''", name="question"),
        CheckConstraint("(replied_at is null) = (reply = '')", name="reply"),
        Index("ix_inquiry_question_unit", "tenant_id", "unit_id", "id"),
        Index("ix_inquiry_question_case", "tenant_id", "inquiry_id", "id"),
    )

    inquiry_id: Mapped[int] = mapped_column(BigInteger)
    year: Mapped[int]
    question: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    asked_by: Mapped[str] = mapped_column(String(200))
    reply: Mapped[str] = mapped_column(default="")
    replied_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    replied_by: Mapped[str] = mapped_column(String(200), default="")
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class InquiryTerm(TenantOwned, Base):
    """Within how many working days a district answers; without a row the Department's number counts."""

    __tablename__ = "inquiry_term"
    __wall__ = Wall(
        grants={
            "public": "select",
            "unit": "select",
            "district": "select, insert, update (days, changed_at, changed_by, version)",
            "province": "select",
        },
        rows=dict.fromkeys(("unit", "district"), ALL_ROWS),
        writes={"district": OWN_TENANT},
    )
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenant.id"], onupdate="CASCADE"),
        UniqueConstraint("tenant_id"),
        CheckConstraint(f"days between {FEWEST_DAYS} and {MOST_DAYS}", name="days"),
    )

    days: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_by: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
