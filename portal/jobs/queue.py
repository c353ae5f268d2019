"""The worker's side of the queue, in the worker's scope: take a job, show life, let it go, end it.

Every change but the taking asks for the lease of one's own turn, so that a worker that was slow or thought dead
can no longer write anything. Claims are made one after the other; everything else is not locked.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, text, update
from sqlalchemy.orm import aliased

from portal.notices.operations import tell_person
from portal.notices.rules import Kind
from tenants import signin
from tenants.database import db
from tenants.scope import Scope, ScopeKind, acting_in

from . import rules
from .models import Job
from .result import Result
from .rules import State
from .wanted import Wanted

WORK = Scope(ScopeKind.WORK)
PATH = "/viec-dang-chay"
GIVEN_UP = "Việc này đã làm dừng chương trình nhiều lần nên không chạy lại nữa. Xin báo người quản trị."
_ONE_AT_A_TIME = 0x6A6F62


@dataclass(frozen=True, slots=True)
class Held:
    """A job in one's hands, as plain values; `lease` proves it."""

    tenant_id: int
    id: int
    kind: str
    subject: int
    account_id: int
    membership_id: int
    attempts: int
    asked_at: datetime
    lease: str
    terms: Mapping[str, Any] = field(default_factory=dict)

    @property
    def wanted(self) -> Wanted:
        """What was asked for."""
        return Wanted(self.tenant_id, self.subject, self.terms)


def claim() -> Held | None:
    """Take the next job: of the place whose last turn is longest ago, of it the one that has waited longest for one.

    A job whose worker shows no life any more is taken up again, unless it has been lost too often.
    """
    with acting_in(WORK):
        db.session.execute(text(f"select pg_advisory_xact_lock({_ONE_AT_A_TIME})"))
        now = signin.now()
        _give_up_lost(now)
        other = aliased(Job)
        turn = select(func.max(other.begun_at)).where(other.tenant_id == Job.tenant_id).scalar_subquery()
        running = (
            select(func.count())
            .where(other.tenant_id == Job.tenant_id, other.state == State.RUNNING, other.lease_until > now)
            .scalar_subquery()
        )
        job = db.session.scalar(
            select(Job)
            .where(_due(Job, now), running < rules.MOST_RUNNING)
            .order_by(turn.asc().nulls_first(), Job.begun_at.asc().nulls_first(), Job.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if job is None:
            return None
        job.state, job.lease = State.RUNNING.value, secrets.token_hex(16)
        job.begun_at, job.lease_until = now, now + rules.LEASE
        job.attempts += 1
        return Held(
            job.tenant_id,
            job.id,
            job.kind,
            job.subject,
            job.account_id,
            job.membership_id,
            job.attempts,
            job.asked_at,
            job.lease,
            dict(job.terms),
        )


def _due(job: Any, now: datetime) -> ColumnElement[bool]:
    return or_(
        and_(job.state == State.WAITING, job.due_at <= now),
        and_(job.state == State.RUNNING, job.lease_until <= now),
    )


def _give_up_lost(now: datetime) -> None:
    """End what killed its worker every time, and what was cancelled while nobody held it."""
    lost = (Job.state == State.RUNNING, Job.lease_until <= now)
    free = {"lease": "", "lease_until": None, "ended_at": now}
    db.session.execute(
        update(Job)
        .where(*lost, Job.cancel_asked)
        .values(state=State.CANCELLED.value, **free)
        .execution_options(synchronize_session=False)
    )
    given_up = db.session.execute(
        update(Job)
        .where(*lost, Job.attempts >= rules.MOST_ATTEMPTS)
        .values(state=State.FAILED.value, error=GIVEN_UP, **free)
        .returning(Job.tenant_id, Job.account_id, Job.title)
        .execution_options(synchronize_session=False)
    )
    for tenant_id, account_id, title in given_up.all():
        _tell(tenant_id, account_id, f"Chưa làm được “{title}”. {GIVEN_UP}")


def renew(held: Held, **progress: int) -> str:
    """Show life and say how far the job is (`done`, `total`); returns "" or why to stop: "cancelled", "lost"."""
    now = signin.now()
    with acting_in(WORK):
        row = db.session.execute(
            update(Job)
            .where(*_mine(held))
            .values(lease_until=now + rules.LEASE, **progress)
            .returning(Job.cancel_asked)
            .execution_options(synchronize_session=False)
        ).first()
    if row is None:
        return "lost"
    return "cancelled" if row[0] else ""


def others_wait(held: Held) -> bool:
    """Return whether another job is due: of another place, or a later one of the same."""
    with acting_in(WORK):
        waits = exists().where(Job.id != held.id, Job.state == State.WAITING, Job.due_at <= signin.now())
        return bool(db.session.scalar(select(waits)))


def holds(held: Held) -> str:
    """Return "" while a job is one's own, else why to stop; keeps it so until the transaction ends.

    For work that writes: asked in its transaction, in the scope of who asked, before that is committed.
    """
    called_off = db.session.scalar(select(Job.cancel_asked).where(*_mine(held)).with_for_update())
    return "lost" if called_off is None else "cancelled" if called_off else ""


def _mine(held: Held) -> tuple[ColumnElement[bool], ...]:
    return Job.tenant_id == held.tenant_id, Job.id == held.id, Job.lease == held.lease


def _change(held: Held, said: str = "", *also: ColumnElement[bool], **values: Any) -> bool:
    """Let a job go with these values; returns False where the turn was no longer one's own.

    `said`: a sentence for who asked, with `{title}`, left in the same transaction: one notice for one end.
    """
    with acting_in(WORK):
        title = db.session.scalar(
            update(Job)
            .where(*_mine(held), *also)
            .values(lease="", lease_until=None, **values)
            .returning(Job.title)
            .execution_options(synchronize_session=False)
        )
        if title is not None and said:
            _tell(held.tenant_id, held.account_id, said.replace("{title}", title))
        return title is not None


def _tell(tenant_id: int, account_id: int, sentence: str) -> None:
    tell_person(tenant_id, account_id, sentence, PATH, Kind.JOB)


def put_back(held: Held) -> bool:
    """Let a job wait for its next turn; this one counts for nothing."""
    return _change(held, state=State.WAITING.value, due_at=signin.now(), attempts=held.attempts - 1)


def try_later(held: Held, reason: str) -> bool:
    """Let a job rest after a failure, or end it when it has failed too often."""
    if not rules.tries_again(held.attempts):
        return fail(held, reason)
    due = signin.now() + rules.pause_after(held.attempts)
    return _change(held, state=State.WAITING.value, due_at=due, error=reason)


def fail(held: Held, reason: str, *, tell: bool = True) -> bool:
    """End a job with the sentence why it could not be done; `tell` it to who asked."""
    said = f"Chưa làm được “{{title}}”. {reason}" if tell else ""
    return _change(held, said, state=State.FAILED.value, ended_at=signin.now(), error=reason)


def cancel(held: Held) -> bool:
    """End a job that its district no longer wants."""
    return _change(held, state=State.CANCELLED.value, ended_at=signin.now())


def finish(held: Held, result: Result, sha256: str = "", size: int = 0) -> bool:
    """End a job with its result; one cancelled at the last moment has no file, what was written stays written."""
    now = signin.now()
    file: dict[str, Any] = {}
    wanted = (~Job.cancel_asked,) if sha256 else ()
    if sha256:
        file = {
            "sha256": sha256,
            "size": size,
            "file_name": result.file_name[:200],
            "media_type": result.media_type,
            "expires_at": now + rules.KEPT,
        }
    kept = f"; tệp giữ {rules.KEPT.days} ngày." if sha256 else "."
    said = f"Đã làm xong “{{title}}”{kept}" + (f" {result.told}" if result.told else "")
    return _change(
        held,
        said,
        *wanted,
        state=State.DONE.value,
        ended_at=now,
        error="",
        done=Job.total,
        told=result.told,
        **({"path": result.page} if result.page else {}),
        **file,
    )


def clear(drop: Callable[[int, str], None]) -> int:
    """Drop the results that are past their time and forget old jobs; returns how many results.

    The content goes before its row forgets it, so that nothing stays behind. A district is left alone while a job
    of it runs: the same content may be on its way again.
    """
    now = signin.now()
    with acting_in(WORK):
        busy = aliased(Job)
        past = db.session.execute(
            select(Job.tenant_id, Job.id, Job.sha256).where(
                Job.sha256 != "",
                Job.expires_at <= now,
                ~exists().where(busy.tenant_id == Job.tenant_id, busy.state == State.RUNNING),
            )
        ).all()
    for tenant_id, job_id, sha256 in past:
        if not kept(tenant_id, sha256):
            drop(tenant_id, sha256)
        with acting_in(WORK):
            db.session.execute(
                update(Job)
                .where(Job.tenant_id == tenant_id, Job.id == job_id)
                .values(sha256="", size=0)
                .execution_options(synchronize_session=False)
            )
    with acting_in(WORK):
        db.session.execute(
            delete(Job)
            .where(Job.ended_at <= now - rules.REMEMBERED)
            .execution_options(synchronize_session=False)
        )
    return len(past)


def kept(tenant_id: int, sha256: str) -> bool:
    """Return whether a result of this content can still be fetched by somebody."""
    with acting_in(WORK):
        live = exists().where(Job.tenant_id == tenant_id, Job.sha256 == sha256, Job.expires_at > signin.now())
        return bool(db.session.scalar(select(live)))


def is_active(folder: str) -> bool:
    """Return whether the job that a folder ("tenant-job") belongs to is not over."""
    tenant_id, _, job_id = folder.partition("-")
    if not (tenant_id.isdigit() and job_id.isdigit()):
        return True
    with acting_in(WORK):
        found = exists().where(
            Job.tenant_id == int(tenant_id), Job.id == int(job_id), Job.state.in_(rules.ACTIVE)
        )
        return bool(db.session.scalar(select(found)))
