"""How a request for a paper is answered: who may see it, as PDF in the browser or as DOCX to take along.

A PDF takes 0.05 to 0.2 s, a DOCX about 0.01 s. The scope of the reader decides what there is: a paper of a
row out of it is 404 like an unknown one.
"""

from __future__ import annotations

from flask import Response, abort, current_app

from portal import web
from portal.dossiers.models import Dossier
from portal.dossiers.queries import Sheet, dossier_of, open_sheet
from portal.dossiers.states import UNFILED
from portal.papers import word
from portal.papers.content import Content, content_of
from portal.papers.district import file_name
from portal.papers.documents import Page
from portal.papers.pdf import PaperFailed
from portal.papers.shelf import Kind
from tenants.access import found
from tenants.refusal import Refused
from tenants.scope import ScopeKind, current_scope


def rendered(page: Page, name: str) -> bytes:
    """Return a paper as PDF; one that cannot be made whole is not shown at all."""
    try:
        return page.pdf()
    except PaperFailed as reason:
        current_app.logger.exception("paper failed: %s", name)
        raise Refused(
            "Chưa tạo được văn bản này. Xin thử lại; nếu vẫn lỗi, báo cho người quản trị.", 500
        ) from reason


def shown(page: Page, name: str) -> Response:
    """Show a paper in the browser."""
    return web.download(rendered(page, name), f"{name}.pdf", "application/pdf", inline=True)


def given(page: Page, name: str) -> Response:
    """Give a paper as DOCX."""
    return web.download(page.docx(), f"{name}.docx", word.MEDIA_TYPE)


def answered(page: Page, name: str, ext: str) -> Response:
    """Show a paper or give it as DOCX, as its address asks."""
    return shown(page, name) if ext == "pdf" else given(page, name)


def office_scope(ext: str) -> ScopeKind:
    """Return whether the district or the Department reads; 404 for anybody else, and for an unknown ending."""
    scope = current_scope()
    if (
        scope is None
        or scope.kind not in (ScopeKind.DISTRICT, ScopeKind.PROVINCE)
        or ext not in ("pdf", "docx")
    ):
        abort(404)
    return scope.kind


def read(tenant_id: int, dossier_id: int) -> tuple[Sheet, Content]:
    """Return a dossier and what its papers say; 404 for one whose papers the scope may not read."""
    sheet = open_sheet(in_sight(found(dossier_of(tenant_id, dossier_id))))
    return sheet, content_of(sheet)


def file_of(kind: Kind, content: Content) -> str:
    """Return the name of a paper's file without its ending."""
    return file_name(kind.stem, content.unit["code"], content.year)


def in_sight(dossier: Dossier) -> Dossier:
    """Return a dossier whose papers the scope may read; the district's sight begins when it is filed."""
    scope = current_scope()
    of_unit_alone = dossier.state in UNFILED and dossier.channel == "portal"
    if of_unit_alone and scope is not None and scope.kind is ScopeKind.DISTRICT:
        abort(404)
    return dossier
