"""The minutes of a meeting as PDF and DOCX: closed ones say what was frozen, open ones what is typed."""

from __future__ import annotations

from flask import Response, abort

from portal.papers import building_council, documents_council
from portal.papers.answering import answered, office_scope
from portal.papers.district import file_name, office
from portal.words import ZONE
from tenants.access import found, may
from tenants.rights import Right
from tenants.scope import ScopeKind

from . import closing, queries
from .blueprint import blueprint


@blueprint.get("/van-ban/bien-ban-hoi-dong/<int:tenant_id>/<int:meeting_id>.<ext>")
@may(Right.READ_PAPERS)
def minutes(tenant_id: int, meeting_id: int, ext: str) -> Response:
    """Show the minutes to the district, closed ones to the province as well; a unit has no sight of them."""
    reader = office_scope(ext)
    row, council = found(queries.meeting_of(tenant_id, meeting_id))
    if row.state != "closed" and reader is not ScopeKind.DISTRICT:
        abort(404)
    content = row.frozen or closing.content_of(row, council, closing.rows_of(row))
    data = building_council.council_minutes(content, office(tenant_id), row.content_hash, row.closed_at)
    on = row.held_at.astimezone(ZONE).date() if row.held_at else ""
    name = file_name("" if row.frozen else "Du-thao", "Bien-ban-hop-hoi-dong", row.year, on)
    page = documents_council.council_minutes(data)
    return answered(page, name, ext)
