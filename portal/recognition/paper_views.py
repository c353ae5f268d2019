"""The submission to the chairman as PDF and DOCX: what was laid before him, or a preview of what would be."""

from __future__ import annotations

from datetime import datetime

from flask import Response, abort

from portal.papers import building_council, documents_council
from portal.papers.district import file_name, office_that_issued
from portal.papers.views import answered, office_scope
from tenants.access import found, may
from tenants.rights import Right
from tenants.scope import ScopeKind

from . import queries, submitting
from .blueprint import blueprint


@blueprint.get("/van-ban/to-trinh/<int:tenant_id>/<int:decision_id>.<ext>")
@may(Right.READ_PAPERS)
def submission(tenant_id: int, decision_id: int, ext: str) -> Response:
    """Show the submission to the district, one that was made to the province as well; a unit has no sight of it."""
    reader = office_scope(ext)
    row = found(queries.decision_of(tenant_id, decision_id))
    laid = row.submission
    if laid is None and (row.state == "issued" or reader is not ScopeKind.DISTRICT):
        abort(404)
    bodies = office_that_issued(tenant_id, row.issuer)
    if laid is None:
        data = building_council.submission(submitting.said_now(row), bodies)
    else:
        at = datetime.fromisoformat(laid["at"])
        data = building_council.submission(laid["content"], bodies, laid["head"], at)
    name = file_name("" if laid else "Du-thao", "To-trinh", data.letterhead.number or row.id, row.year)
    page = documents_council.submission(data)
    return answered(page, name, ext)
