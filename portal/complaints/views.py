"""The pages of complaints: the unit's beside its result, the district's list and each case."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from flask import Blueprint, render_template, request

from portal import clock
from portal.cycle.rules import days_left
from portal.dossiers.blueprint import dossier_here
from portal.dossiers.models import Dossier
from portal.dossiers.results import Outcome, outcome_of
from portal.evidence.checks import ACCEPT, ALLOWED, MAX_BYTES
from portal.evidence.store import store
from portal.further.models import FurtherDecision
from portal.further.queries import in_effect
from portal.web import back_to, download, listing, paginate, takes
from portal.words import ZONE
from tenants.access import found, may, signed_in, tenant_here
from tenants.database import db
from tenants.refusal import Refused
from tenants.rights import Right, refusal
from tenants.scope import ScopeKind, current_scope

from . import operations, queries, rules
from .forms import AnswerForm, ReasonForm, SendForm
from .models import Complaint

blueprint = Blueprint("complaints", __name__)
MOST_AT_ONCE = 45 * 1024 * 1024


def _decided(dossier_id: int) -> tuple[Dossier, Outcome]:
    """Return a decided dossier of the unit with its outcome, or answer 404."""
    dossier = dossier_here(dossier_id)
    return dossier, found(outcome_of(dossier))


@blueprint.get("/ho-so/<int:dossier_id>/khieu-nai")
@may(Right.SEE_DOSSIER)
def of_dossier(dossier_id: int) -> Any:
    """What a unit may complain of and until when; its complaints and their answers."""
    return _of_dossier(dossier_id)


def _of_dossier(dossier_id: int, form: SendForm | None = None, status: int = 200) -> Any:
    dossier, outcome = _decided(dossier_id)
    complaints = queries.of_dossier(dossier.tenant_id, dossier.id)
    against = queries.standing(dossier, outcome.decision, outcome.line)
    told = against.told
    is_open = any(one.state in rules.OPEN for one in complaints)
    late = rules.too_late(told, clock.today())
    page = render_template(
        "complaints/of_dossier.html",
        dossier=dossier,
        outcome=outcome,
        complaints=complaints,
        files=queries.files_of(complaints),
        told=told,
        against=against,
        is_open=is_open,
        late=late,
        may_send=not refusal(signed_in(), Right.COMPLAIN),
        form=form or SendForm(formdata=None, against=against.number),
        upload={"accept": ACCEPT, "allowed": ALLOWED, "max_bytes": MAX_BYTES, "most": operations.MOST_FILES},
        rules=rules,
    )
    return page, status


def _sent() -> Iterator[tuple[str, bytes]]:
    """Yield the files of the request, none read further than what may be kept."""
    for file in request.files.getlist("file"):
        if file.filename:
            yield file.filename, file.stream.read(MAX_BYTES + 1)


@blueprint.post("/ho-so/<int:dossier_id>/khieu-nai")
@may(Right.COMPLAIN)
@takes(MOST_AT_ONCE)
def send(dossier_id: int) -> Any:
    """Send a complaint with its files."""
    dossier, _ = _decided(dossier_id)
    form = SendForm()
    if not form.validate_on_submit():
        return _of_dossier(dossier_id, form, 422)
    try:
        operations.send(
            signed_in(),
            dossier,
            grounds=form.grounds.data or [],
            body=form.body.data or "",
            wish=form.wish.data or "",
            files=_sent(),
            seen=form.against.data or None,
        )
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        db.session.rollback()
        form.form_errors.append(refused.sentence)
        return _of_dossier(dossier_id, form, refused.status)
    return back_to("complaints.of_dossier", "Đã gửi khiếu nại.", dossier_id=dossier_id)


def _of_unit(dossier_id: int, complaint_id: int) -> Complaint:
    dossier = dossier_here(dossier_id)
    rows = queries.of_dossier(dossier.tenant_id, dossier.id)
    row: Complaint = found(next((one for one in rows if one.id == complaint_id), None))
    return row


def _reason_of() -> ReasonForm:
    form = ReasonForm()
    if not form.validate():
        raise Refused(next(iter(form.errors.values()))[0], 422)
    return form


@blueprint.post("/ho-so/<int:dossier_id>/khieu-nai/<int:complaint_id>/rut")
@may(Right.COMPLAIN)
def withdraw(dossier_id: int, complaint_id: int) -> Any:
    """Take a complaint back."""
    complaint, form = _of_unit(dossier_id, complaint_id), _reason_of()
    operations.withdraw(signed_in(), complaint, form.reason.data or "", form.seen)
    return back_to("complaints.of_dossier", "Đã rút khiếu nại.", "wait", dossier_id=dossier_id)


@blueprint.get("/khieu-nai/<int:tenant_id>/<int:complaint_id>/tep/<int:file_id>")
@may(Right.READ_EVIDENCE)
def file(tenant_id: int, complaint_id: int, file_id: int) -> Any:
    """A file of a complaint, to whoever may see the complaint in the scope acted in."""
    row = found(queries.file_of(tenant_id, complaint_id, file_id))
    with store().open(row.tenant_id, row.sha256) as content:
        return download(content.read(), row.file_name, row.media_type)


@blueprint.get("/huyen/khieu-nai")
@may(Right.SEE_DISTRICT)
def index() -> Any:
    """The district's complaints: open ones first, by the day their answer is due."""
    tenant_id = tenant_here()
    asked = listing(queries.SORTS, filters={"state": ("open", *rules.STATES)})
    statement = queries.listed(
        tenant_id,
        q=asked.q,
        state=asked.filters["state"],
        sort=asked.sort,
        descending=asked.direction == "desc",
    )
    counts = queries.counts(tenant_id)
    return render_template(
        "complaints/index.html",
        page=paginate(statement, asked.number),
        listing=asked,
        tabs=[
            ("Tất cả", asked.url(state=""), sum(counts.values()), not asked.filters["state"]),
            *(
                (
                    rules.STATES[key][0],
                    asked.url(state=key),
                    counts.get(key, 0),
                    asked.filters["state"] == key,
                )
                for key in rules.STATES
            ),
        ],
        rules=rules,
        term=term_of,
    )


def term_of(complaint: Complaint) -> tuple[str, str]:
    """Say how long the answer of an open complaint may still take, with its tone."""
    if complaint.due_on is None or complaint.state != "accepted":
        return "", "na"
    left = days_left(complaint.due_on, clock.now())
    if left < 0:
        return f"quá hạn {-left} ngày", "no"
    return (f"còn {left} ngày", "wait" if left <= 7 else "na") if left else ("hôm nay là ngày cuối", "wait")


@blueprint.get("/huyen/khieu-nai/<int:complaint_id>")
@may(Right.SEE_DISTRICT)
def show(complaint_id: int) -> Any:
    """One complaint with all it is about, and what may be done with it."""
    return _show(complaint_id)


def _show(complaint_id: int, form: AnswerForm | None = None, status: int = 200) -> Any:
    case = found(queries.case_of(tenant_here(), complaint_id))
    version = str(case.complaint.version)
    page = render_template(
        "complaints/show.html",
        case=case,
        complaint=case.complaint,
        files=queries.files_of([case.complaint])[case.complaint.id],
        closed=refusal(signed_in(), Right.HANDLE_COMPLAINT, case),
        may_further=not refusal(signed_in(), Right.DRAFT_DECISION),
        form=form or AnswerForm(formdata=None, version=version),
        version=version,
        rules=rules,
        term=term_of(case.complaint),
    )
    return page, status


def _here(complaint_id: int) -> Complaint:
    return found(queries.case_of(tenant_here(), complaint_id)).complaint  # type: ignore[no-any-return]


def _handled(complaint_id: int, act: Callable[..., Complaint], said: str) -> Any:
    complaint, form = _here(complaint_id), _reason_of()
    act(signed_in(), complaint, form.reason.data or "", form.seen)
    return back_to("complaints.show", said, complaint_id=complaint_id)


@blueprint.post("/huyen/khieu-nai/<int:complaint_id>/thu-ly")
@may(Right.HANDLE_COMPLAINT)
def accept(complaint_id: int) -> Any:
    """Accept a complaint for handling."""
    return _handled(complaint_id, operations.accept, "Đã thụ lý khiếu nại và báo cho đơn vị.")


@blueprint.post("/huyen/khieu-nai/<int:complaint_id>/gia-han")
@may(Right.HANDLE_COMPLAINT)
def extend(complaint_id: int) -> Any:
    """Take the longer term for a complex case."""
    return _handled(complaint_id, operations.extend, "Đã kéo dài thời hạn và báo cho đơn vị.")


@blueprint.post("/huyen/khieu-nai/<int:complaint_id>/khong-thu-ly")
@may(Right.HANDLE_COMPLAINT)
def decline(complaint_id: int) -> Any:
    """Say why a complaint is not taken up."""
    return _handled(complaint_id, operations.decline, "Đã báo đơn vị không thụ lý khiếu nại.")


@blueprint.post("/huyen/khieu-nai/<int:complaint_id>/tra-loi")
@may(Right.HANDLE_COMPLAINT)
def answer(complaint_id: int) -> Any:
    """Answer a complaint."""
    complaint, form = _here(complaint_id), AnswerForm()
    if not form.validate_on_submit():
        return _show(complaint_id, form, 422)
    try:
        operations.answer(
            signed_in(),
            complaint,
            form.outcome.data,
            form.text.data or "",
            form.number.data or "",
            form.seen,
        )
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        db.session.rollback()
        form.form_errors.append(refused.sentence)
        return _show(complaint_id, form, refused.status)
    return back_to("complaints.show", "Đã trả lời khiếu nại và báo cho đơn vị.", complaint_id=complaint_id)


def waiting_complaints() -> int:
    """Return how many complaints of the district wait for acceptance or an answer; 0 in any other scope."""
    scope = current_scope()
    if scope is None or scope.kind is not ScopeKind.DISTRICT:
        return 0
    counts = queries.counts(scope.tenant_id)
    return sum(counts.get(state, 0) for state in rules.OPEN)


def complaint_beside(dossier: Dossier, outcome: Outcome | None) -> dict[str, Any] | None:
    """Return what the page of a result says of complaining: the last complaint, or until when there may be one."""
    if outcome is None:
        return None
    last = next(iter(queries.of_dossier(dossier.tenant_id, dossier.id)), None)
    against = queries.standing(dossier, outcome.decision, outcome.line)
    told = against.told
    return {
        "last": last
        if last is None or last.further_id == against.further_id or last.state in rules.OPEN
        else None,
        "state": rules.STATES[last.state] if last else None,
        "late": rules.too_late(told, clock.today()),
        "until": rules.last_day_to_complain(told),
    }


def complaint_last(further: FurtherDecision) -> date | None:
    """Return the last day to complain of a further decision by which the result stands; None once past or replaced."""
    last = in_effect(further.tenant_id, further.dossier_id)
    if last is None or last.id != further.id or last.issued_at is None:
        return None
    until = rules.last_day_to_complain(last.issued_at.astimezone(ZONE).date())
    return until if clock.today() <= until else None


blueprint.add_app_template_global(complaint_last)
blueprint.add_app_template_global(waiting_complaints)
blueprint.add_app_template_global(complaint_beside)
