"""The papers to open in the browser or to take along: made anew from the data at every request.

A PDF takes 0.05 to 0.2 s, a DOCX about 0.01 s. The scope of the reader decides what there is: a paper of a
row out of it is 404 like an unknown one.
"""

from __future__ import annotations

import io
import zipfile

from flask import Blueprint, Response, abort, current_app
from pypdf import PdfWriter

from portal import web
from portal.dossiers.models import Dossier
from portal.dossiers.queries import Sheet, dossier_of, open_sheet
from portal.dossiers.states import UNFILED
from portal.papers import word
from portal.papers.content import Content, content_of
from portal.papers.district import file_name, office_at_filing
from portal.papers.documents import Page
from portal.papers.pdf import PaperFailed
from portal.papers.shelf import KINDS, Kind
from tenants.access import found, may
from tenants.refusal import Refused
from tenants.rights import Right
from tenants.scope import ScopeKind, current_scope

blueprint = Blueprint("papers", __name__)


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


@blueprint.get("/van-ban/<int:tenant_id>/<int:dossier_id>/<name>.pdf")
@may(Right.READ_PAPERS)
def document(tenant_id: int, dossier_id: int, name: str) -> Response:
    """Show a paper of a dossier: a preview before the signature, the signed content after it."""
    kind: Kind = found(KINDS.get(name))
    sheet, content = read(tenant_id, dossier_id)
    page: Page = found(kind.page(sheet, content, office_at_filing(sheet)))
    return shown(page, file_of(kind, content))


@blueprint.get("/van-ban/<int:tenant_id>/<int:dossier_id>/<name>.docx")
@may(Right.READ_PAPERS)
def editable(tenant_id: int, dossier_id: int, name: str) -> Response:
    """Give a paper of a dossier as DOCX, of those people correct by hand."""
    kind: Kind = found(KINDS.get(name))
    sheet, content = read(tenant_id, dossier_id)
    page: Page = found(kind.page(sheet, content, office_at_filing(sheet)))
    return given(page, file_of(kind, content))


@blueprint.get("/van-ban/<int:tenant_id>/<int:dossier_id>/ca-bo.pdf")
@may(Right.READ_PAPERS)
def joined(tenant_id: int, dossier_id: int) -> Response:
    """Show the whole set of a dossier as one PDF, to be printed at once; each paper is a bookmark."""
    content, papers = _whole_set(tenant_id, dossier_id)
    name = file_name("Ca-bo", content.unit["code"], content.year)
    book = PdfWriter()
    for kind, page in papers:
        book.append(io.BytesIO(rendered(page, kind.stem)), outline_item=kind.title)
    book.add_metadata({"/Title": f"Hồ sơ năm {content.year} - {content.unit['name']}"})
    target = io.BytesIO()
    book.write(target)
    return web.download(target.getvalue(), f"{name}.pdf", "application/pdf", inline=True)


@blueprint.get("/van-ban/<int:tenant_id>/<int:dossier_id>/ca-bo.zip")
@may(Right.READ_PAPERS)
def packed(tenant_id: int, dossier_id: int) -> Response:
    """Give the whole set of a dossier as DOCX files in one ZIP."""
    content, papers = _whole_set(tenant_id, dossier_id)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for kind, page in papers:
            entry = zipfile.ZipInfo(f"{file_of(kind, content)}.docx", (1980, 1, 1, 0, 0, 0))
            package.writestr(entry, page.docx())
    name = file_name("Ca-bo", content.unit["code"], content.year)
    return web.download(target.getvalue(), f"{name}.zip", "application/zip")


def _whole_set(tenant_id: int, dossier_id: int) -> tuple[Content, list[tuple[Kind, Page]]]:
    sheet, content = read(tenant_id, dossier_id)
    bodies = office_at_filing(sheet)
    papers = [(kind, kind.page(sheet, content, bodies)) for kind in KINDS.values() if kind.in_set]
    return content, [(kind, page) for kind, page in papers if page is not None]


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


from . import district_views, pages, text_views  # noqa: E402, F401  (the district's papers, the unit's page, the wordings)
