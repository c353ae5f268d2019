"""The unit's page of a further decision on its result, its answer; the paper and the evidence; what other pages show."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, render_template

from portal import clock
from portal.dossiers.models import Dossier
from portal.evidence.store import store
from portal.papers.answering import given, shown
from portal.papers.district import further_paper
from portal.reports.models import DistrictReport
from portal.reports.queries import latest_edition
from portal.units.models import Unit
from portal.web import back_to, download
from portal.words import StateWords
from tenants.access import found, may, signed_in
from tenants.database import db
from tenants.refusal import Refused
from tenants.rights import Right, refusal
from tenants.scope import ScopeKind, current_scope

from . import operations, queries, rules
from .blueprint import blueprint, case_here
from .forms import HearingForm
from .models import FurtherDecision


@blueprint.get("/ket-qua/quyet-dinh-sau/<int:further_id>")
@may(Right.SEE_DOSSIER)
def own(further_id: int) -> Any:
    """What the district intends or has decided on the unit's result, and the unit's answer."""
    return _own(further_id)


def _own(further_id: int, form: HearingForm | None = None, status: int = 200) -> Any:
    case = case_here(further_id)
    row = case.further
    late = row.answer_by is not None and clock.today() > row.answer_by
    page = render_template(
        "further/own.html",
        case=case,
        row=row,
        late=late,
        closed=refusal(signed_in(), Right.ANSWER_HEARING),
        form=form or HearingForm(formdata=None, version=str(row.version)),
        rules=rules,
    )
    return page, status


@blueprint.post("/ket-qua/quyet-dinh-sau/<int:further_id>")
@may(Right.ANSWER_HEARING)
def answer(further_id: int) -> Any:
    """Send the unit's answer."""
    case, form = case_here(further_id), HearingForm()
    if not form.validate_on_submit():
        return _own(further_id, form, 422)
    try:
        operations.answer(signed_in(), case.further, form.text.data or "", form.seen)
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        db.session.rollback()
        form.form_errors.append(refused.sentence)
        return _own(further_id, form, refused.status)
    return back_to("further.own", "Đã gửi ý kiến của đơn vị.", further_id=further_id)


@blueprint.get("/van-ban/quyet-dinh-sau/<int:tenant_id>/<int:further_id>.pdf")
@may(Right.READ_PAPERS)
def paper(tenant_id: int, further_id: int) -> Response:
    """Show a further decision: a draft to its district alone, an issued one to its unit and the province as well."""
    return shown(*further_paper(_readable(tenant_id, further_id)))


@blueprint.get("/van-ban/quyet-dinh-sau/<int:tenant_id>/<int:further_id>.docx")
@may(Right.READ_PAPERS)
def paper_word(tenant_id: int, further_id: int) -> Response:
    """Give a further decision as DOCX, to whom its PDF is shown."""
    return given(*further_paper(_readable(tenant_id, further_id)))


def _readable(tenant_id: int, further_id: int) -> queries.Case:
    case: queries.Case = found(queries.case_of(tenant_id, further_id))
    scope = current_scope()
    in_district = scope is not None and scope.kind is ScopeKind.DISTRICT
    if case.further.state != "issued" and not in_district:
        abort(404)
    return case


@blueprint.get("/van-ban/quyet-dinh-sau/<int:tenant_id>/<int:further_id>/minh-chung")
@may(Right.READ_EVIDENCE)
def file(tenant_id: int, further_id: int) -> Response:
    """The evidence of a further decision, to whoever sees the decision in the scope acted in."""
    row = found(queries.case_of(tenant_id, further_id)).further
    if not row.file_sha256:
        abort(404)
    with store().open(row.tenant_id, row.file_sha256) as content:
        return download(content.read(), row.file_name, row.file_type)


def further_of(dossier: Dossier) -> list[FurtherDecision]:
    """Return the further decisions on a dossier that the scope sees, for the pages of its result."""
    return queries.of_dossier(dossier.tenant_id, dossier.id)


def further_words(row: FurtherDecision, year: int) -> dict[str, Any]:
    """Return how a further decision is said on other pages: its sentence, state word and tone."""
    word, tone = rules.STATES[row.state]
    return {
        "sentence": rules.change_sentence(row.kind, row.before, row.outcome, year),
        "word": word,
        "tone": tone,
    }


def further_of_unit() -> dict[int, list[FurtherDecision]]:
    """Return the issued further decisions on the unit acted in, by dossier; {} outside a unit."""
    scope = current_scope()
    if scope is None or scope.kind is not ScopeKind.UNIT:
        return {}
    return queries.of_unit(scope.tenant_id, scope.unit_id)


def waiting_further() -> int:
    """Return how many further decisions of the district are open; 0 in any other scope."""
    scope = current_scope()
    if scope is None or scope.kind is not ScopeKind.DISTRICT:
        return 0
    counts = queries.counts(scope.tenant_id)
    return sum(counts.get(state, 0) for state in rules.OPEN)


def further_result(dossier: Dossier) -> StateWords:
    """Return the words of a decided dossier's result as it stands today."""
    return queries.result_of(dossier)


def amending(report: DistrictReport) -> list[tuple[FurtherDecision, Unit]]:
    """Return the further decisions for which a sent report is to be amended; none where a later edition exists."""
    latest = latest_edition(report.tenant_id, report.year)
    return queries.changes_since(report) if latest is not None and latest[0].id == report.id else []


for _shown in (amending, further_of, further_result, further_words, further_of_unit, waiting_further):
    blueprint.add_app_template_global(_shown)
