"""The queue of jobs: who asked for what in which place, how far it is, and where its result lies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

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
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Base
from tenants.owned import OWN_TENANT, OWN_UNIT, TenantOwned, Wall

from .rules import State

_OF_THE_PLACE = f"{OWN_TENANT} and unit_id is null"
_ASKED_BY_ONESELF = "account_id = app_account() and state = 'waiting'"
_ASKING = "select, insert, update (state, cancel_asked, ended_at, ended_by)"


class Job(TenantOwned, Base):
    """One job: a `kind` (see batches/) on a `subject` (a decision's id, a year), asked for by a person in a place.

    `unit_id`: the unit the person acted for, None for a district or the province. `terms`: what else was asked for,
    `key` its short form: one job at a time for the same. `told`: how it ended, beside its file; `path`: the page
    that shows what became of it.
    `mark` is the state of what it is made of when it was asked for. `due_at`, the lease and `expires_at` are real
    time, what people are shown is the portal's. `lease` names the turn in which a worker holds the job; only who
    holds the latest one may write progress or the result.
    """

    __tablename__ = "job"
    __wall__ = Wall(
        grants={
            **dict.fromkeys(("unit", "district", "province"), _ASKING),
            "work": "select, update, delete",
        },
        rows={"unit": OWN_UNIT, "district": _OF_THE_PLACE, "province": _OF_THE_PLACE},
        writes={"province": _OF_THE_PLACE},
        inserts={
            "unit": f"{OWN_UNIT} and {_ASKED_BY_ONESELF}",
            "district": f"{_OF_THE_PLACE} and {_ASKED_BY_ONESELF}",
            "province": f"{_OF_THE_PLACE} and {_ASKED_BY_ONESELF}",
        },
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
            "unit_id",
            "kind",
            "subject",
            "key",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("state in ('waiting', 'running')"),
        ),
        Index("ix_job_queue", "due_at", postgresql_where=text("state in ('waiting', 'running')")),
        Index("ix_job_ended", "ended_at", postgresql_where=text("ended_at is not null")),
    )

    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(20))
    subject: Mapped[int] = mapped_column(BigInteger)
    terms: Mapped[Mapping[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    key: Mapped[str] = mapped_column(String(64), default="", server_default="")
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
    told: Mapped[str] = mapped_column(default="", server_default="")
    path: Mapped[str] = mapped_column(String(300), default="", server_default="")
    sha256: Mapped[str] = mapped_column(String(64), default="", info={"kept_for_a_time": True})
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    file_name: Mapped[str] = mapped_column(String(200), default="")
    media_type: Mapped[str] = mapped_column(String(100), default="")
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
