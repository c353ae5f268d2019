"""The district's pages of decisions: the list, one decision with its lines, one unit's line, the issue."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from portal import clock, words
from portal.cycle.queries import current_cycle, cycle_of, years
from portal.dossiers.queries import dossier_of, open_sheet
from portal.dossiers.results import comparison
from portal.papers.office import title_of_head
from portal.powers.queries import signs_as
from portal.typed import VersionedForm
from portal.web import back_to, kinds_here, listing, paginate
from tenants.access import found, may, signed_in, tenant_here
from tenants.database import db
from tenants.places import Tenant
from tenants.refusal import Refused
from tenants.rights import Right, refusal

from . import lines, operations, paper_views, queries, rules, unit_views
from .blueprint import blueprint
from .forms import BasesForm, HoldForm, LineForm, SigningForm, lines_of
from .models import Decision
from .submitting import differs

__all__ = ["blueprint", "paper_views", "unit_views"]


def decision_here(decision_id: int) -> Decision:
    """Return a decision of the district, or answer 404."""
    row: Decision = found(queries.decision_of(tenant_here(), decision_id))
    return row


@blueprint.get("/huyen/quyet-dinh")
@may(Right.SEE_DISTRICT)
def index() -> Any:
    """All decisions, and what waits to be drafted."""
    tenant_id = tenant_here()
    rows = queries.decisions(tenant_id)
    cycle = current_cycle()
    open_years = [year for year in years() if year <= clock.today().year]
    waiting = {year: queries.waiting(tenant_id, year) for year in open_years[:3]}
    return render_template(
        "recognition/index.html",
        decisions=rows,
        tallies=queries.tallies(tenant_id, [row.id for row in rows]),
        waiting=[(year, count) for year, count in waiting.items() if count],
        cycle=cycle,
        may_draft=not refusal(signed_in(), Right.DRAFT_DECISION),
    )


@blueprint.post("/huyen/quyet-dinh")
@may(Right.DRAFT_DECISION)
def draft() -> Any:
    """Draft a year's decision, or bring the draft up to date."""
    typed = request.form.get("year", "")
    if not (typed.isascii() and typed.isdigit() and len(typed) == 4):
        raise Refused("Xin chọn năm đánh giá.", 422)
    decision = operations.draft_decision(signed_in(), int(typed))
    return back_to("recognition.show", "Dự thảo quyết định đã cập nhật.", decision_id=decision.id)


@blueprint.get("/huyen/quyet-dinh/<int:decision_id>")
@may(Right.SEE_DISTRICT)
def show(decision_id: int) -> Any:
    """One decision: what deserves a look first, its lines, and (for the leader) number and date."""
    return _show(decision_here(decision_id))


def _show(
    decision: Decision,
    form: SigningForm | None = None,
    bases: BasesForm | None = None,
    laying: SigningForm | None = None,
) -> Any:
    identity = signed_in()
    asked = listing(
        lines.SORTS,
        filters={
            "exception": tuple(lines.EXCEPTIONS),
            "outcome": ("0", "1", "2"),
            "kind": tuple(words.UNIT_KINDS),
        },
    )
    chosen = asked.filters
    raised = lines.raised(decision)
    statement = lines.lines_of(
        decision,
        flagged=raised,
        q=asked.q,
        sort=asked.sort,
        descending=asked.direction == "desc",
        exception=chosen["exception"],
        outcome=int(chosen["outcome"]) if chosen["outcome"] else None,
        kind=chosen["kind"],
    )
    page = paginate(statement, asked.number)
    tenant = db.session.get_one(Tenant, decision.tenant_id)
    cycle = found(cycle_of(decision.year))
    draft_open = decision.state == "draft"
    may_issue = draft_open and not refusal(identity, Right.ISSUE_DECISION)
    may_draft = draft_open and not refusal(identity, Right.DRAFT_DECISION)
    if may_issue and form is None:
        form = SigningForm(
            formdata=None,
            version=str(decision.version),
            dated=clock.today(),
            signer=identity.full_name,
            signer_title=signs_as(identity, tenant.chair_title),
        )
    if may_draft and bases is None:
        bases = BasesForm(formdata=None, version=str(decision.version), bases="\n".join(decision.legal_bases))
    if may_draft and laying is None:
        laying = laying_form(decision, tenant)
    faults = [
        error for one in (form, bases, laying) if one is not None and one.errors for error in one.errors
    ]
    return render_template(
        "recognition/show.html",
        decision=decision,
        tally=queries.tallies(decision.tenant_id, [decision.id])[decision.id],
        exceptions=[
            (key, lines.EXCEPTIONS[key], n) for key, n in lines.exceptions_of(decision, raised).items()
        ],
        raised=raised,
        lines=[lines.LineRow(*row) for row in page.items],
        page=page,
        listing=asked,
        cycle=cycle,
        late=rules.late_sentence(decision.dated or clock.today(), cycle.decide_before),
        unfinished=rules.unfinished(decision.legal_bases),
        waiting=queries.waiting(decision.tenant_id, decision.year) if draft_open else 0,
        form=form,
        bases=bases,
        laying=laying,
        laid=decision.submission,
        laid_differs=draft_open and differs(decision),
        met=lines.agreed_by_council(decision),
        may_issue=may_issue,
        may_draft=may_draft,
        illustrative=queries.illustrative(cycle.version_id),
        tabs=_tabs(decision, asked),
        kinds=[(code, kind.short) for code, kind in kinds_here().items()],
        exception_options=list(lines.EXCEPTIONS.items()),
    ), (422 if faults else 200)


def laying_form(decision: Decision, tenant: Tenant) -> SigningForm:
    """Return the form by which a draft is laid before the chairman, filled with what was said last."""
    head = (decision.submission or {}).get("head", {})
    return SigningForm(
        formdata=None,
        version=str(decision.version),
        number=head.get("number", ""),
        dated=clock.today(),
        signer=head.get("signer", ""),
        signer_title=head.get("signer_title") or title_of_head(tenant.office),
    )


def _tabs(decision: Decision, asked: Any) -> list[tuple[str, str, int, bool]]:
    tally = queries.tallies(decision.tenant_id, [decision.id])[decision.id]
    chosen = asked.filters["outcome"]
    return [
        ("Tất cả", asked.url(outcome="", exception=""), tally.deciding + tally.held, not chosen),
        ("Mức độ 1", asked.url(outcome="1"), tally.level_1, chosen == "1"),
        ("Mức độ 2", asked.url(outcome="2"), tally.level_2, chosen == "2"),
        ("Không công nhận", asked.url(outcome="0"), tally.refused, chosen == "0"),
    ]


@blueprint.post("/huyen/quyet-dinh/<int:decision_id>/ban-hanh")
@may(Right.ISSUE_DECISION)
def issue(decision_id: int) -> Any:
    """Issue the decision under the number and date typed."""
    decision, form = decision_here(decision_id), SigningForm()
    if not form.validate_on_submit():
        return _show(decision, form)
    try:
        operations.issue(
            signed_in(),
            decision,
            form.number.data or "",
            form.dated.data,
            form.signer.data or "",
            form.signer_title.data or "",
            form.seen,
        )
    except Refused as refused:
        return _refused(decision_id, refused, form=form)
    cycle = found(cycle_of(decision.year))
    late = rules.late_sentence(form.dated.data, cycle.decide_before) if form.dated.data else ""
    said = f"Đã ban hành quyết định số {form.number.data}. {late}".strip()
    return back_to("recognition.show", said, decision_id=decision_id)


def _refused(decision_id: int, refused: Refused, **forms: Any) -> Any:
    """Show the decision again with everything typed and the sentence; nothing of the attempt stays."""
    db.session.rollback()
    decision = decision_here(decision_id)
    if decision.state != "draft":
        raise refused
    for form in forms.values():
        form.form_errors.append(refused.sentence)
    page, _ = _show(decision, **forms)
    return page, refused.status


@blueprint.post("/huyen/quyet-dinh/<int:decision_id>/trinh")
@may(Right.DRAFT_DECISION)
def lay_before(decision_id: int) -> Any:
    """Lay the draft before the chairman under the number and day of the submission."""
    decision, form = decision_here(decision_id), SigningForm()
    if not form.validate_on_submit():
        return _show(decision, laying=form)
    try:
        operations.lay_before(
            signed_in(),
            decision,
            form.number.data or "",
            form.dated.data,
            form.signer.data or "",
            form.signer_title.data or "",
            form.seen,
        )
    except Refused as refused:
        return _refused(decision_id, refused, laying=form)
    return back_to("recognition.show", f"Đã trình, Tờ trình số {form.number.data}.", decision_id=decision_id)


@blueprint.post("/huyen/quyet-dinh/<int:decision_id>/can-cu")
@may(Right.DRAFT_DECISION)
def legal_bases(decision_id: int) -> Any:
    """Save the legal bases."""
    decision, form = decision_here(decision_id), BasesForm()
    if not form.validate_on_submit():
        return _show(decision, bases=form)
    try:
        operations.set_legal_bases(signed_in(), decision, lines_of(form.bases.data or ""), form.seen)
    except Refused as refused:
        return _refused(decision_id, refused, bases=form)
    return back_to("recognition.show", "Đã lưu căn cứ.", decision_id=decision_id)


@blueprint.post("/huyen/quyet-dinh/<int:decision_id>/bo")
@may(Right.DRAFT_DECISION)
def discard(decision_id: int) -> Any:
    """Drop the draft."""
    operations.discard(signed_in(), decision_here(decision_id), _seen())
    return back_to("recognition.index", "Đã bỏ dự thảo. Hồ sơ vẫn ở trạng thái đã thẩm định.")


def _seen() -> int | None:
    form = VersionedForm()
    if not form.validate():
        raise Refused(next(iter(form.errors.values()))[0], 422)
    return form.seen


@blueprint.get("/huyen/quyet-dinh/<int:decision_id>/don-vi/<int:line_id>")
@may(Right.SEE_DISTRICT)
def line(decision_id: int, line_id: int) -> Any:
    """One unit in the decision: both sides of every indicator, the outcome, holding it back."""
    return _line_page(decision_id, line_id)


def _line_page(
    decision_id: int, line_id: int, form: LineForm | None = None, hold: HoldForm | None = None
) -> Any:
    decision = decision_here(decision_id)
    row = found(queries.line_of(decision.tenant_id, decision_id, line_id))
    sheet = open_sheet(found(dossier_of(row.tenant_id, row.dossier_id)))
    identity, is_draft = signed_in(), decision.state == "draft"
    version = str(decision.version)
    return render_template(
        "recognition/line.html",
        decision=decision,
        line=row,
        sheet=sheet,
        compared=comparison(sheet),
        may_set=is_draft and not refusal(identity, Right.DRAFT_DECISION),
        may_hold=is_draft and not refusal(identity, Right.ISSUE_DECISION, row),
        may_further=not refusal(identity, Right.DRAFT_DECISION),
        form=form or LineForm(formdata=None, outcome=str(row.outcome), reason=row.reason, version=version),
        hold=hold or HoldForm(formdata=None, held_reason=row.held_reason, version=version),
    ), (422 if (form and form.errors) or (hold and hold.errors) else 200)


def _line_refused(decision_id: int, line_id: int, refused: Refused, **forms: Any) -> Any:
    db.session.rollback()
    if decision_here(decision_id).state != "draft":
        raise refused
    for form in forms.values():
        form.form_errors.append(refused.sentence)
    page, _ = _line_page(decision_id, line_id, **forms)
    return page, refused.status


@blueprint.post("/huyen/quyet-dinh/<int:decision_id>/don-vi/<int:line_id>")
@may(Right.DRAFT_DECISION)
def set_line(decision_id: int, line_id: int) -> Any:
    """Save a unit's outcome and reason."""
    decision, form = decision_here(decision_id), LineForm()
    if not form.validate_on_submit():
        return _line_page(decision_id, line_id, form=form)
    try:
        operations.set_line(
            signed_in(), decision, line_id, int(form.outcome.data), form.reason.data or "", form.seen
        )
    except Refused as refused:
        return _line_refused(decision_id, line_id, refused, form=form)
    return back_to("recognition.show", "Đã lưu kết quả của đơn vị.", decision_id=decision_id)


@blueprint.post("/huyen/quyet-dinh/<int:decision_id>/don-vi/<int:line_id>/de-lai")
@may(Right.ISSUE_DECISION)
def hold_back(decision_id: int, line_id: int) -> Any:
    """Keep a unit out of the decision."""
    decision, form = decision_here(decision_id), HoldForm()
    if not form.validate_on_submit():
        return _line_page(decision_id, line_id, hold=form)
    try:
        operations.hold_back(signed_in(), decision, line_id, form.held_reason.data or "", form.seen)
    except Refused as refused:
        return _line_refused(decision_id, line_id, refused, hold=form)
    return back_to("recognition.show", "Đã để đơn vị lại cho quyết định sau.", decision_id=decision_id)


@blueprint.post("/huyen/quyet-dinh/<int:decision_id>/don-vi/<int:line_id>/dua-lai")
@may(Right.ISSUE_DECISION)
def release(decision_id: int, line_id: int) -> Any:
    """Take a unit held back into the decision again."""
    operations.release(signed_in(), decision_here(decision_id), line_id, _seen())
    return back_to("recognition.show", "Đã đưa đơn vị trở lại quyết định.", decision_id=decision_id)


@blueprint.post("/huyen/quyet-dinh/<int:decision_id>/don-vi/<int:line_id>/rut")
@may(Right.DRAFT_DECISION)
def remove_line(decision_id: int, line_id: int) -> Any:
    """Take a unit out of the draft."""
    operations.remove_line(signed_in(), decision_here(decision_id), line_id, _seen())
    return back_to("recognition.show", "Đã rút đơn vị khỏi dự thảo.", decision_id=decision_id)
