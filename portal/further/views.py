"""The district's pages of further decisions: the list, preparing one, the hearing, the issue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import render_template, request

from portal import clock
from portal.evidence.checks import ACCEPT, ALLOWED, MAX_BYTES
from portal.powers.queries import signs_as
from portal.recognition.forms import SigningForm
from portal.typed import VersionedForm
from portal.web import back_to, listing, paginate, takes
from tenants.access import found, may, signed_in, tenant_here
from tenants.database import db
from tenants.places import Tenant
from tenants.refusal import Refused
from tenants.rights import Right, refusal

from . import operations, queries, rules, unit_views
from .blueprint import blueprint, case_here
from .forms import DropForm, RevokeForm, TellForm, prepare_form
from .issuing import issue as issue_decision
from .models import FurtherDecision
from .operations import Prepared
from .queries import Case

__all__ = ["blueprint", "unit_views"]

MOST_AT_ONCE = MAX_BYTES + 1024 * 1024
UPLOAD = {"accept": ACCEPT, "allowed": ALLOWED, "max_bytes": MAX_BYTES}


@blueprint.get("/huyen/quyet-dinh-sau")
@may(Right.SEE_DISTRICT)
def index() -> Any:
    """The district's further decisions: what waits first, then the latest."""
    tenant_id = tenant_here()
    asked = listing(queries.SORTS, filters={"state": tuple(rules.STATES), "kind": tuple(rules.KINDS)})
    chosen = asked.filters
    statement = queries.listed(
        tenant_id,
        q=asked.q,
        state=chosen["state"],
        kind=chosen["kind"],
        sort=asked.sort,
        descending=asked.direction == "desc",
    )
    counts = queries.counts(tenant_id)
    return render_template(
        "further/index.html",
        page=paginate(statement, asked.number),
        listing=asked,
        tabs=[
            ("Tất cả", asked.url(state=""), sum(counts.values()), not chosen["state"]),
            *(
                (name, asked.url(state=state), counts.get(state, 0), chosen["state"] == state)
                for state, (name, _) in rules.STATES.items()
            ),
        ],
        rules=rules,
    )


@blueprint.get("/huyen/quyet-dinh/<int:decision_id>/don-vi/<int:line_id>/sau/<kind>")
@may(Right.DRAFT_DECISION)
def new(decision_id: int, line_id: int, kind: str) -> Any:
    """Begin a further decision on one unit's result."""
    return _new(decision_id, line_id, kind)


def _new(decision_id: int, line_id: int, slug: str, form: RevokeForm | None = None, status: int = 200) -> Any:
    kind = found(rules.SLUGS.get(slug))
    standing = found(queries.standing_of(tenant_here(), decision_id, line_id))
    complaints = queries.citable(standing.tenant_id, standing.dossier.id)
    if form is None:
        cited = request.args.get("khieu-nai", "")
        cited = cited if cited in {str(one.id) for one in complaints} else ""
        ground = "complaint" if cited and kind == "correct" else None
        form = prepare_form(kind, complaints, formdata=None, version="0", complaint=cited, ground=ground)
    open_one = next(
        (
            one
            for one in queries.of_dossier(standing.tenant_id, standing.dossier.id)
            if one.state in rules.OPEN
        ),
        None,
    )
    page = render_template(
        "further/new.html",
        kind=kind,
        slug=slug,
        held=standing,
        form=form,
        complaints=complaints,
        open_one=open_one,
        nothing=kind == "revoke" and standing.level == 0,
        upload=UPLOAD,
        rules=rules,
    )
    return page, status


def _sent(form: RevokeForm) -> Prepared:
    """Return what a valid form says, its file read no further than what may be kept."""
    file = request.files.get("file")
    sent = (file.filename, file.stream.read(MAX_BYTES + 1)) if file and file.filename else None
    return Prepared(
        outcome=form.level,
        ground=form.ground.data,
        reason=form.reason.data or "",
        legal_basis=form.legal_basis.data or "",
        complaint_id=form.complaint_id,
        file=sent,
    )


@blueprint.post("/huyen/quyet-dinh/<int:decision_id>/don-vi/<int:line_id>/sau/<kind>")
@may(Right.DRAFT_DECISION)
@takes(MOST_AT_ONCE)
def create(decision_id: int, line_id: int, kind: str) -> Any:
    """Keep what was prepared as a draft."""
    known = found(rules.SLUGS.get(kind))
    standing = found(queries.standing_of(tenant_here(), decision_id, line_id))
    form = prepare_form(known, queries.citable(standing.tenant_id, standing.dossier.id))
    if not form.validate_on_submit():
        return _new(decision_id, line_id, kind, form, 422)
    try:
        row = operations.prepare(signed_in(), tenant_here(), decision_id, line_id, known, _sent(form))
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        db.session.rollback()
        form.form_errors.append(refused.sentence)
        return _new(decision_id, line_id, kind, form, refused.status)
    return back_to("further.show", "Đã lưu dự thảo.", further_id=row.id)


@blueprint.get("/huyen/quyet-dinh-sau/<int:further_id>")
@may(Right.SEE_DISTRICT)
def show(further_id: int) -> Any:
    """One further decision: what it changes, the hearing, what may be done next."""
    return _show(case_here(further_id))


def _show(case: Case, status: int = 200, **forms: Any) -> Any:
    row, identity = case.further, signed_in()
    version, is_open = str(row.version), row.state in rules.OPEN
    may_draft = is_open and not refusal(identity, Right.DRAFT_DECISION)
    hears = rules.must_hear(row.before, row.outcome)
    ready = row.state == "heard" or (row.state == "draft" and not hears)
    closed = refusal(identity, Right.ISSUE_DECISION, row)
    complaints = queries.citable(row.tenant_id, row.dossier_id) if may_draft else []
    shown: dict[str, Any] = dict.fromkeys(("form", "tell", "drop", "sign"))
    if may_draft and row.state == "draft":
        shown["form"] = prepare_form(
            row.kind,
            complaints,
            formdata=None,
            version=version,
            ground=row.ground,
            reason=row.reason,
            legal_basis=row.legal_basis,
            complaint=str(row.complaint_id or ""),
            outcome=str(row.outcome),
        )
        shown["tell"] = TellForm(formdata=None, version=version) if hears else None
    if may_draft:
        shown["drop"] = DropForm(formdata=None, version=version)
    if ready and not closed:
        tenant = db.session.get_one(Tenant, row.tenant_id)
        shown["sign"] = SigningForm(
            formdata=None,
            version=version,
            dated=clock.today(),
            signer=identity.full_name,
            signer_title=signs_as(identity, tenant.chair_title),
        )
    shown |= {name: form for name, form in forms.items() if shown[name] is not None}
    page = render_template(
        "further/show.html",
        case=case,
        row=row,
        hears=hears,
        ready=ready,
        is_open=is_open,
        may_draft=may_draft,
        leader=refusal(identity, Right.ISSUE_DECISION) is None,
        closed=closed,
        overdue=row.state == "hearing"
        and row.answer_by
        and not rules.silence_fault(row.answer_by, clock.today()),
        amended=rules.reports_sentence(queries.reports_touched(row, case.dossier.year)),
        others=[one for one in queries.of_dossier(row.tenant_id, row.dossier_id) if one.id != row.id],
        complaints=complaints,
        upload=UPLOAD,
        rules=rules,
        **shown,
    )
    return page, status


def _acted(
    further_id: int, name: str, form: VersionedForm, act: Callable[[FurtherDecision], Any], said: str
) -> Any:
    """Let a form do its act; refused, the page comes again with the sentence and everything typed."""
    case = case_here(further_id)
    if not form.validate_on_submit():
        return _show(case, 422, **{name: form})
    try:
        act(case.further)
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        db.session.rollback()
        form.form_errors.append(refused.sentence)
        again = case_here(further_id)
        if again.further.state not in rules.OPEN:
            raise
        return _show(again, refused.status, **{name: form})
    return back_to("further.show", said, further_id=further_id)


@blueprint.post("/huyen/quyet-dinh-sau/<int:further_id>")
@may(Right.DRAFT_DECISION)
@takes(MOST_AT_ONCE)
def save(further_id: int) -> Any:
    """Write a draft again."""
    row = case_here(further_id).further
    form = prepare_form(row.kind, queries.citable(row.tenant_id, row.dossier_id))
    return _acted(
        further_id,
        "form",
        form,
        lambda one: operations.save(signed_in(), one, _sent(form), form.seen),
        "Đã lưu dự thảo.",
    )


@blueprint.post("/huyen/quyet-dinh-sau/<int:further_id>/bao-don-vi")
@may(Right.DRAFT_DECISION)
def tell(further_id: int) -> Any:
    """Tell the unit what is intended and until when it may answer."""
    form = TellForm()
    return _acted(
        further_id,
        "tell",
        form,
        lambda one: operations.tell(signed_in(), one, form.answer_by.day, form.seen),
        "Đã báo đơn vị.",
    )


@blueprint.post("/huyen/quyet-dinh-sau/<int:further_id>/khong-tra-loi")
@may(Right.DRAFT_DECISION)
def silence(further_id: int) -> Any:
    """Record that the unit did not answer."""
    form = VersionedForm()
    if not form.validate():
        raise Refused(next(iter(form.errors.values()))[0], 422)
    operations.record_silence(signed_in(), case_here(further_id).further, form.seen)
    return back_to("further.show", "Đã ghi nhận đơn vị không trả lời.", further_id=further_id)


@blueprint.post("/huyen/quyet-dinh-sau/<int:further_id>/bo")
@may(Right.DRAFT_DECISION)
def drop(further_id: int) -> Any:
    """Drop what was intended."""
    form = DropForm()
    return _acted(
        further_id,
        "drop",
        form,
        lambda one: operations.drop(signed_in(), one, form.drop_reason.data or "", form.seen),
        "Đã bỏ dự thảo.",
    )


@blueprint.post("/huyen/quyet-dinh-sau/<int:further_id>/ban-hanh")
@may(Right.ISSUE_DECISION)
def issue(further_id: int) -> Any:
    """Issue the further decision under the number and day typed."""
    form = SigningForm()
    return _acted(
        further_id,
        "sign",
        form,
        lambda one: issue_decision(
            signed_in(),
            one,
            form.number.data or "",
            form.dated.data,
            form.signer.data or "",
            form.signer_title.data or "",
            form.seen,
        ),
        f"Đã ban hành quyết định số {form.number.data}.",
    )
