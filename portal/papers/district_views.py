"""The district's decisions and report and the Department's report to open, take along as DOCX, or as tables."""

from __future__ import annotations

from flask import Response, abort
from sqlalchemy import select

from portal.compilation import queries as compilation
from portal.compilation.models import ProvincialReport
from portal.papers import district
from portal.papers.table_files import frozen_file_of
from portal.papers.views import blueprint, given, shown
from portal.recognition.models import Decision, DecisionLine
from portal.recognition.queries import decision_of
from portal.reports.models import DistrictReport
from portal.reports.queries import report_of
from tenants.access import found, may, signed_in
from tenants.database import db
from tenants.rights import Right
from tenants.scope import Scope, ScopeKind, current_scope, enter


@blueprint.get("/van-ban/quyet-dinh/<int:tenant_id>/<int:decision_id>.pdf")
@may(Right.READ_PAPERS)
def decision(tenant_id: int, decision_id: int) -> Response:
    """Show a decision with its annexes: a draft to its district, an issued one to the units it names as well."""
    row = _whole(found(decision_of(tenant_id, decision_id)))
    return shown(district.decision_paper(row), district.decision_name(row))


@blueprint.get("/van-ban/quyet-dinh/<int:tenant_id>/<int:decision_id>.docx")
@may(Right.READ_PAPERS)
def decision_word(tenant_id: int, decision_id: int) -> Response:
    """Give a decision with its annexes as DOCX, to whom its PDF is shown."""
    row = _whole(found(decision_of(tenant_id, decision_id)))
    return given(district.decision_paper(row), district.decision_name(row))


@blueprint.get("/van-ban/quyet-dinh/<int:tenant_id>/<int:decision_id>/danh-sach.<ext>")
@may(Right.READ_PAPERS)
def decision_table(tenant_id: int, decision_id: int, ext: str) -> Response:
    """Give the annex lists of a decision as a table."""
    row = _whole(found(decision_of(tenant_id, decision_id)))
    sheet = district.annex_sheet(district.decision_data(row))
    return frozen_file_of(ext, sheet, f"Danh-sach-{district.decision_name(row)}")


def _whole(row: Decision) -> Decision:
    """Return a decision with all its lines readable; 404 for a unit it does not name.

    A unit sees no other unit's rows, yet the paper it is handed lists them all. Once the unit's own scope
    has shown that the decision is issued and names it, the paper is read in the district's scope.
    """
    scope = current_scope()
    if scope is None or scope.kind is not ScopeKind.UNIT:
        return row
    key = (row.tenant_id, row.id)
    found(
        db.session.scalar(
            select(DecisionLine.id).where(
                DecisionLine.tenant_id == key[0],
                DecisionLine.decision_id == key[1],
                ~DecisionLine.held_back,
            )
        )
    )
    enter(Scope(ScopeKind.DISTRICT, scope.tenant_id, 0, signed_in().account_id, writes=False))
    return found(decision_of(*key))  # type: ignore[no-any-return]


@blueprint.get("/van-ban/bao-cao/<int:tenant_id>/<int:report_id>.pdf")
@may(Right.READ_PAPERS)
def district_report(tenant_id: int, report_id: int) -> Response:
    """Show a district's report: a preview with live figures until it is locked and sent."""
    _must_reach(DistrictReport)
    return shown(*district.report_paper(found(report_of(tenant_id, report_id))))


@blueprint.get("/van-ban/bao-cao/<int:tenant_id>/<int:report_id>.docx")
@may(Right.READ_PAPERS)
def report_word(tenant_id: int, report_id: int) -> Response:
    """Give a district's report with its tables as DOCX."""
    _must_reach(DistrictReport)
    return given(*district.report_paper(found(report_of(tenant_id, report_id))))


@blueprint.get("/van-ban/bao-cao-tinh/<int:report_id>.pdf")
@may(Right.READ_PAPERS)
def provincial(report_id: int) -> Response:
    """Show the provincial report: a preview until it is signed."""
    return shown(*_compiled(report_id))


@blueprint.get("/van-ban/bao-cao-tinh/<int:report_id>.docx")
@may(Right.READ_PAPERS)
def provincial_word(report_id: int) -> Response:
    """Give the provincial report with its tables as DOCX."""
    return given(*_compiled(report_id))


def _compiled(report_id: int) -> tuple[district.Page, str]:
    _must_reach(ProvincialReport)
    return district.compiled_paper(found(compilation.report_of(report_id)), signed_in().place.tenant_id)  # type: ignore[union-attr]


def _must_reach(model: type[DistrictReport] | type[ProvincialReport]) -> None:
    """Answer 404 to a scope that the wall gives no access to a table at all."""
    scope = current_scope()
    if scope is None or scope.kind.value not in model.__wall__.grants:
        abort(404)
