"""What a person does with jobs: ask for one, call it off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.exc import IntegrityError

from portal import clock, words
from portal.dossiers.taking import must
from portal.trail.operations import record
from tenants import signin
from tenants.database import db
from tenants.identity import Identity
from tenants.people import Role
from tenants.refusal import Refused
from tenants.rights import Right

from . import queries, rules
from .batches import BATCHES
from .models import Job
from .rules import State
from .wanted import Wanted

HEADS = frozenset({Role.UNIT_HEAD, Role.DISTRICT_ADMIN, Role.PROVINCE_ADMIN})
_HEAD = "quản trị (thủ trưởng đơn vị)"


def ask(
    actor: Identity, kind: str, subject: int = 0, terms: Mapping[str, Any] | None = None
) -> tuple[Job, bool]:
    """Return the job of a kind on a subject, with its `terms`, and whether it was begun for this asking.

    A job on its way serves everybody of the place who asks for the same, and so does a finished one as long as
    nothing has changed and its file is kept. Raises `Refused`.
    """
    batch = BATCHES.get(kind)
    if batch is None:
        raise Refused("Xin chọn một việc trong danh sách.", 422)
    place, wanted = actor.here, Wanted(actor.here.tenant_id, subject, terms or {})
    must(actor, Right.RUN_BATCHES)
    must(actor, batch.right_for(wanted))
    described = batch.describe(wanted)
    key = wanted.key(actor.account_id if batch.personal else 0)
    known = queries.serving(place, kind, subject, key, described.mark)
    if known is not None:
        return known, False
    most = rules.MOST_WAITING_OF_UNIT if place.unit_id else rules.MOST_WAITING
    if queries.waiting(place) >= most:
        raise Refused(f"Đang có {words.number(most)} việc chờ. Xin đợi bớt hoặc hủy việc không cần nữa.")
    now = clock.now()
    job = Job(
        tenant_id=place.tenant_id,
        unit_id=place.unit_id,
        kind=kind,
        subject=subject,
        terms=dict(wanted.terms),
        key=key,
        title=described.title[:300],
        path=described.path,
        mark=described.mark,
        account_id=actor.account_id,
        membership_id=place.membership_id,
        asked_by=actor.full_name,
        asked_at=now,
        due_at=signin.now(),
    )
    try:
        with db.session.begin_nested():
            db.session.add(job)
            db.session.flush()
    except IntegrityError:  # a colleague asked for the same at the same moment
        other = queries.serving(place, kind, subject, key, described.mark)
        if other is None:
            raise
        return other, False
    record(
        actor,
        "job_ask",
        f"đã yêu cầu “{described.title}”.",
        tenant_id=place.tenant_id,
        unit_id=place.unit_id,
    )
    return job, True


def cancel(actor: Identity, job_id: int) -> Job:
    """Call a job off: one that waits at once, one under way at its next step. Raises `Refused`."""
    job = queries.job_of(actor.here, job_id, lock=True)
    if job is None:
        raise Refused("Không tìm thấy việc này.", 404)
    if not may_cancel(actor, job):
        raise Refused(f"Việc này do {job.asked_by} yêu cầu; người đó hoặc {_HEAD} mới hủy được.", 403)
    if job.state not in rules.ACTIVE:
        raise Refused("Việc này đã kết thúc nên không còn gì để hủy.")
    if job.cancel_asked:
        return job
    now = signin.now()
    job.cancel_asked, job.ended_by = True, actor.full_name
    if job.state == State.WAITING:
        job.ended_at, job.state = now, State.CANCELLED.value
    record(actor, "job_cancel", f"đã hủy “{job.title}”.", tenant_id=job.tenant_id, unit_id=job.unit_id)
    db.session.flush()
    return job


def may_cancel(actor: Identity, job: Job) -> bool:
    """Return whether a job is a person's to call off: one's own, or one of the place one heads."""
    return job.account_id == actor.account_id or (actor.place is not None and actor.place.role in HEADS)
