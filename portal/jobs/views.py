"""What is under way for a unit, a district, the province: asking, progress, calling off, fetching the result."""

from __future__ import annotations

from typing import IO, Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for

from portal import words
from portal.evidence.contents import CHUNK
from portal.evidence.store import results_store
from portal.web import LAST_ROW, back_to, download, office_here, page_number, paginate
from tenants import signin
from tenants.access import found, may, place_here, signed_in
from tenants.identity import Identity
from tenants.refusal import Refused
from tenants.rights import Right, refusal
from tenants.scope import ScopeKind, current_scope

from . import operations, peak, queries, rules
from .batches import BATCHES
from .later import LATER, LONGEST_ADDRESS
from .models import Job
from .rules import State
from .wanted import Wanted

blueprint = Blueprint("jobs", __name__)

STATES: dict[str, tuple[str, str]] = {
    State.WAITING: ("Đang chờ", "wait"),
    State.RUNNING: ("Đang làm", "go"),
    State.DONE: ("Xong", "ok"),
    State.FAILED: ("Chưa làm được", "no"),
    State.CANCELLED: ("Đã hủy", "na"),
}


TITLES = {
    ScopeKind.UNIT: "Các việc của đơn vị",
    ScopeKind.DISTRICT: "Các việc của huyện",
    ScopeKind.PROVINCE: "Các việc của Sở",
}
TAKEN = "Đã nhận việc. Có thể rời trang này; kết quả hiện ở đây và trong thông báo khi làm xong."


@blueprint.get("/viec-dang-chay")
@may(Right.RUN_BATCHES)
def index() -> str:
    """Show the jobs of the place with their progress, and what can be asked for."""
    me, now, place = signed_in(), signin.now(), place_here()
    ends = peak.until()
    scope = current_scope()
    assert scope is not None
    return render_template(
        "jobs/index.html",
        title=office_here(TITLES[scope.kind]),
        page=paginate(queries.jobs_of(place), page_number()),
        activity=queries.activity(place),
        offers=queries.offers(place),
        level=scope.kind.value,
        states=STATES,
        active=rules.ACTIVE,
        percent=rules.percent,
        days_left=lambda job: rules.days_left(job.expires_at, now) if job.sha256 and job.expires_at else 0,
        inner=lambda job: job.kind in BATCHES and BATCHES[job.kind].inner,
        may_cancel=lambda job: operations.may_cancel(me, job),
        may_fetch=lambda job: may_fetch(me, job),
        kept=rules.KEPT.days,
        put_off=peak.PUT_OFF.format(until=words.moment(ends)) if ends else "",
    )


@blueprint.get("/huyen/viec-dang-chay")
@may(Right.RUN_BATCHES)
def moved() -> Any:
    """Lead on from the address that notices named before units and the province had jobs."""
    return redirect(url_for("jobs.index"), 301)


@blueprint.post("/viec-dang-chay")
@may(Right.RUN_BATCHES)
def ask() -> Any:
    """Ask for a job, or join the one that makes the same."""
    kind, typed, address = (request.form.get(name, "") for name in ("kind", "subject", "address"))
    if kind == LATER:
        return answer(*operations.ask(signed_in(), LATER, terms={"address": address[: LONGEST_ADDRESS + 1]}))
    subject = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 11 else 0
    if not 0 < subject <= LAST_ROW:
        raise Refused("Xin chọn một việc trong danh sách.", 422)
    return answer(*operations.ask(signed_in(), kind, subject))


def answer(job: Job, new: bool) -> Any:
    """Lead who asked for a job to the list of jobs, and say whether it was begun."""
    if new:
        return back_to("jobs.index", TAKEN)
    if job.state == State.DONE:
        return back_to(
            "jobs.index", "Tệp này đã có và nội dung chưa đổi; xin tải về ở dòng bên dưới.", "info"
        )
    return back_to(
        "jobs.index",
        f"{job.asked_by} đã yêu cầu việc này lúc {words.moment(job.asked_at)}; dùng chung một kết quả.",
        "info",
    )


@blueprint.post("/viec-dang-chay/<int:job_id>/huy")
@may(Right.RUN_BATCHES)
def cancel(job_id: int) -> Any:
    """Call a job off."""
    job = operations.cancel(signed_in(), job_id)
    done = job.state == State.CANCELLED
    return back_to("jobs.index", "Đã hủy." if done else "Đang hủy; việc dừng sau bước đang làm.")


def may_fetch(me: Identity, job: Job) -> str | None:
    """Return the sentence why a person may not have the result of a job, or None."""
    batch = BATCHES.get(job.kind)
    if batch is None:
        return None
    if batch.personal and job.account_id != me.account_id:
        return f"Tệp này lập theo yêu cầu của {job.asked_by}; chỉ người đó tải được."
    try:
        right = batch.right_for(Wanted(job.tenant_id, job.subject, job.terms))
    except Refused as gone:  # a list that an update of the program took away
        return gone.sentence
    return refusal(me, right)


@blueprint.get("/viec-dang-chay/<int:job_id>/tep")
@may(Right.RUN_BATCHES)
def result(job_id: int) -> Response:
    """Give the result of a job, as long as it is kept."""
    job: Job = found(queries.job_of(place_here(), job_id))
    sentence = may_fetch(signed_in(), job)
    if sentence:
        abort(403, sentence)
    if job.state != State.DONE or (job.kind in BATCHES and BATCHES[job.kind].inner):
        raise Refused("Việc này không có tệp để tải.", 409)
    if not job.sha256 or job.expires_at is None or job.expires_at <= signin.now():
        raise Refused(f"Tệp chỉ được giữ {rules.KEPT.days} ngày và đã được xóa. Xin yêu cầu lập lại.", 410)
    content: bytes | IO[bytes] = results_store().open(job.tenant_id, job.sha256)
    if job.size <= CHUNK and not isinstance(content, bytes):
        with content:
            content = content.read()
    return download(content, job.file_name, job.media_type, size=job.size)


def jobs_under_way() -> int:
    """Return how many jobs of the place are under way, for links on other pages; 0 for who has none."""
    me, scope = signed_in(), current_scope()
    if scope is None or scope.kind not in TITLES or refusal(me, Right.RUN_BATCHES):
        return 0
    return queries.activity(place_here()).active


blueprint.add_app_template_global(jobs_under_way)
