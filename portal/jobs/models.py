"""The queue of jobs: who asked for what, how far it is, and where its result lies."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Base
from tenants.owned import OWN_TENANT, TenantOwned, Wall

from .rules import State

_ASKED_BY_ONESELF = f"{OWN_TENANT} and account_id = app_account() and state = 'waiting'"


class Job(TenantOwned, Base):
    """One job: a `kind` (see batches/) on a `subject` (a decision's id, a year), asked for by a person in a place.

    `mark` is the state of what it is made of when it was asked for. `due_at`, the lease and `expires_at` are real
    time, what people are shown is the portal's. `lease` names the turn in which a worker holds the job; only who
    holds the latest one may write progress or the result.
    """

    __tablename__ = "job"
    __wall__ = Wall(
        grants={
            "district": "select, insert, update (state, cancel_asked, ended_at, ended_by)",
            "work": "select, update, delete",
        },
        inserts={"district": _ASKED_BY_ONESELF},
    )
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenant.id"], onupdate="CASCADE"),
        ForeignKeyConstraint(
            ["tenant_id", "membership_id"], ["membership.tenant_id", "membership.id"], onupdate="CASCADE"
        ),
        CheckConstraint(f"state in ({', '.join(repr(state.value) for state in State)})", name="state"),
        CheckConstraint("(state = 'running') = (lease <> '')", name="held"),
        CheckConstraint("(state in ('waiting', 'running')) = (ended_at is null)", name="ended"),
        CheckConstraint("(lease = '') = (lease_until is null)", name="lease"),
        CheckConstraint("sha256 = '' or (state = 'done' and expires_at is not null)", name="result"),
        Index(
            "uq_job_active",
            "tenant_id",
            "kind",
            "subject",
            unique=True,
            postgresql_where=text("state in ('waiting', 'running')"),
        ),
        Index("ix_job_queue", "due_at", postgresql_where=text("state in ('waiting', 'running')")),
        Index("ix_job_ended", "ended_at", postgresql_where=text("ended_at is not null")),
    )

    kind: Mapped[str] = mapped_column(String(20))
    subject: Mapped[int] = mapped_column(BigInteger)
    title: Mapped[str] = mapped_column(String(300))
    mark: Mapped[str] = mapped_column(String(64))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    membership_id: Mapped[int] = mapped_column(BigInteger)
    asked_by: Mapped[str] = mapped_column(String(200))
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    state: Mapped[str] = mapped_column(String(10), default=State.WAITING.value)
    due_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    attempts: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    begun_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    lease: Mapped[str] = mapped_column(String(32), default="")
    lease_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    cancel_asked: Mapped[bool] = mapped_column(default=False)
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_by: Mapped[str] = mapped_column(String(200), default="")
    error: Mapped[str] = mapped_column(default="")
    sha256: Mapped[str] = mapped_column(String(64), default="", info={"kept_for_a_time": True})
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    file_name: Mapped[str] = mapped_column(String(200), default="")
    media_type: Mapped[str] = mapped_column(String(100), default="")
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
