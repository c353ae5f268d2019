"""What a person does with jobs: ask for one, call it off."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError

from portal import clock, words
from portal.dossiers.taking import must
from portal.trail.operations import record
from tenants import signin
from tenants.database import db
from tenants.identity import Identity
from tenants.people import Role
from tenants.refusal import Refused

from . import queries, rules
from .batches import BATCHES
from .models import Job
from .rules import State


def ask(actor: Identity, kind: str, subject: int) -> tuple[Job, bool]:
    """Return the job of a kind on a subject, and whether it was begun for this asking.

    A job on its way serves everybody of the district who asks for the same, and so does a finished one as long as
    nothing has changed and its file is kept. Raises `Refused`.
    """
    batch = BATCHES.get(kind)
    if batch is None:
        raise Refused("Xin chọn một việc trong danh sách.", 422)
    must(actor, batch.right)
    assert actor.place is not None
    tenant_id = actor.place.tenant_id
    described = batch.describe(tenant_id, subject)
    known = queries.serving(tenant_id, kind, subject, described.mark)
    if known is not None:
        return known, False
    if queries.waiting(tenant_id) >= rules.MOST_WAITING:
        raise Refused(
            f"Đang có {words.number(rules.MOST_WAITING)} việc chờ. Xin đợi bớt hoặc hủy việc không cần nữa."
        )
    now = clock.now()
    job = Job(
        tenant_id=tenant_id,
        kind=kind,
        subject=subject,
        title=described.title[:300],
        mark=described.mark,
        account_id=actor.account_id,
        membership_id=actor.place.membership_id,
        asked_by=actor.full_name,
        asked_at=now,
        due_at=signin.now(),
    )
    try:
        with db.session.begin_nested():
            db.session.add(job)
            db.session.flush()
    except IntegrityError:  # a colleague asked for the same at the same moment
        other = queries.serving(tenant_id, kind, subject, described.mark)
        if other is None:
            raise
        return other, False
    record(actor, "job_ask", f"đã yêu cầu lập “{described.title}”.", tenant_id=tenant_id)
    return job, True


def cancel(actor: Identity, tenant_id: int, job_id: int) -> Job:
    """Call a job off: one that waits at once, one under way at its next step. Raises `Refused`."""
    job = queries.job_of(tenant_id, job_id, lock=True)
    if job is None:
        raise Refused("Không tìm thấy việc này.", 404)
    if job.account_id != actor.account_id and (
        actor.place is None or actor.place.role is not Role.DISTRICT_ADMIN
    ):
        raise Refused(f"Việc này do {job.asked_by} yêu cầu; người đó hoặc người quản trị mới hủy được.", 403)
    if job.state not in rules.ACTIVE:
        raise Refused("Việc này đã kết thúc nên không còn gì để hủy.")
    if job.cancel_asked:
        return job
    now = signin.now()
    job.cancel_asked, job.ended_by = True, actor.full_name
    if job.state == State.WAITING:
        job.ended_at, job.state = now, State.CANCELLED.value
    record(actor, "job_cancel", f"đã hủy “{job.title}”.", tenant_id=tenant_id)
    db.session.flush()
    return job
