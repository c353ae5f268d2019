"""The papers to open in the browser or to take along: made anew from the data at every request.

A PDF takes 0.05 to 0.2 s, a DOCX about 0.01 s. The scope of the reader decides what there is: a paper of a
row out of it is 404 like an unknown one.
"""

from __future__ import annotations

import io
import zipfile

from flask import Response

from portal import web
from portal.papers.answering import file_of, given, read, rendered, shown
from portal.papers.content import Content
from portal.papers.district import file_name, office_at_filing
from portal.papers.documents import Page
from portal.papers.shelf import KINDS, Kind
from tenants.access import found, may
from tenants.rights import Right

from . import district_views, pages, text_views
from .blueprint import blueprint

__all__ = ["blueprint", "district_views", "pages", "text_views"]


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
    from pypdf import PdfWriter

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
