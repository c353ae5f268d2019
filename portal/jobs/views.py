"""The district's page of what is under way: asking, progress, calling off, fetching the result."""

from __future__ import annotations

from typing import IO, Any

from flask import Blueprint, Response, render_template, request

from portal import words
from portal.evidence.store import CHUNK, results_store
from portal.web import LAST_ROW, back_to, download, page_number, paginate
from tenants import signin
from tenants.access import found, may, require, signed_in
from tenants.people import Role
from tenants.refusal import Refused
from tenants.rights import Right, refusal
from tenants.scope import ScopeKind, current_scope

from . import operations, peak, queries, rules
from .batches import BATCHES
from .models import Job
from .rules import State

blueprint = Blueprint("jobs", __name__)

STATES: dict[str, tuple[str, str]] = {
    State.WAITING: ("Đang chờ", "wait"),
    State.RUNNING: ("Đang làm", "go"),
    State.DONE: ("Xong", "ok"),
    State.FAILED: ("Chưa làm được", "no"),
    State.CANCELLED: ("Đã hủy", "na"),
}


def _here() -> int:
    place = signed_in().place
    assert place is not None
    return place.tenant_id


@blueprint.get("/huyen/viec-dang-chay")
@may(Right.RUN_BATCHES)
def index() -> str:
    """Show the jobs of the district with their progress, and what can be asked for."""
    me, now = signed_in(), signin.now()
    admin = me.place is not None and me.place.role is Role.DISTRICT_ADMIN
    ends = peak.until()
    return render_template(
        "jobs/index.html",
        page=paginate(queries.jobs_of(_here()), page_number()),
        activity=queries.activity(_here()),
        offers=queries.offers(_here()),
        states=STATES,
        active=rules.ACTIVE,
        percent=rules.percent,
        days_left=lambda job: rules.days_left(job.expires_at, now) if job.sha256 and job.expires_at else 0,
        may_cancel=lambda job: admin or job.account_id == me.account_id,
        kept=rules.KEPT.days,
        put_off=peak.PUT_OFF.format(until=words.moment(ends)) if ends else "",
    )


@blueprint.post("/huyen/viec-dang-chay")
@may(Right.RUN_BATCHES)
def ask() -> Any:
    """Ask for a job, or join the one that makes the same."""
    typed = request.form.get("subject", "")
    subject = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 11 else 0
    if not 0 < subject <= LAST_ROW:
        raise Refused("Xin chọn một việc trong danh sách.", 422)
    job, new = operations.ask(signed_in(), request.form.get("kind", ""), subject)
    if new:
        return back_to("jobs.index", "Đã nhận việc. Có thể rời trang này; tệp hiện ở đây khi làm xong.")
    if job.state == State.DONE:
        return back_to(
            "jobs.index", "Tệp này đã có và nội dung chưa đổi; xin tải về ở dòng bên dưới.", "info"
        )
    return back_to(
        "jobs.index",
        f"{job.asked_by} đã yêu cầu việc này lúc {words.moment(job.asked_at)}; dùng chung một tệp.",
        "info",
    )


@blueprint.post("/huyen/viec-dang-chay/<int:job_id>/huy")
@may(Right.RUN_BATCHES)
def cancel(job_id: int) -> Any:
    """Call a job off."""
    job = operations.cancel(signed_in(), _here(), job_id)
    done = job.state == State.CANCELLED
    return back_to("jobs.index", "Đã hủy." if done else "Đang hủy; việc dừng sau bước đang làm.")


@blueprint.get("/huyen/viec-dang-chay/<int:job_id>/tep")
@may(Right.RUN_BATCHES)
def result(job_id: int) -> Response:
    """Give the result of a job, as long as it is kept."""
    job: Job = found(queries.job_of(_here(), job_id))
    batch = BATCHES.get(job.kind)
    if batch is not None:
        require(batch.right, job)
    if job.state != State.DONE:
        raise Refused("Việc này chưa có tệp để tải.", 409)
    if not job.sha256 or job.expires_at is None or job.expires_at <= signin.now():
        raise Refused(f"Tệp chỉ được giữ {rules.KEPT.days} ngày và đã được xóa. Xin yêu cầu lập lại.", 410)
    content: bytes | IO[bytes] = results_store().open(job.tenant_id, job.sha256)
    if job.size <= CHUNK and not isinstance(content, bytes):
        with content:
            content = content.read()
    return download(content, job.file_name, job.media_type, size=job.size)


def jobs_under_way() -> int:
    """Return how many jobs of the district are under way, for links on other pages; 0 in any other scope."""
    scope = current_scope()
    if scope is None or scope.kind is not ScopeKind.DISTRICT or refusal(signed_in(), Right.RUN_BATCHES):
        return 0
    return queries.activity(scope.tenant_id).active


blueprint.add_app_template_global(jobs_under_way)
