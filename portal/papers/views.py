"""The papers to open in the browser or to take along: made anew from the data at every request.

A PDF takes 0.05 to 0.2 s, a DOCX about 0.01 s. The scope of the reader decides what there is: a paper of a
row out of it is 404 like an unknown one.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile

from flask import Blueprint, Response, abort, current_app
from pypdf import PdfWriter
from sqlalchemy import select

from portal import clock, web
from portal.dossiers.models import Dossier
from portal.dossiers.queries import Sheet, dossier_of, open_sheet
from portal.dossiers.states import UNFILED
from portal.papers import building_decision, building_province, building_report, documents, word
from portal.papers.content import Content, content_of
from portal.papers.documents import Page
from portal.papers.office import Office, office_of
from portal.papers.pdf import PaperFailed
from portal.papers.shelf import KINDS, Kind
from portal.province.queries import compilation, compiled_sheet
from portal.recognition.lines import decision_sheet
from portal.recognition.models import Decision, DecisionLine
from portal.recognition.queries import decision_of
from portal.reports.models import DistrictReport, ProvincialReport
from portal.reports.queries import report_of, report_sheet
from portal.units.models import Unit
from tenants.access import found, may, signed_in
from tenants.database import db
from tenants.places import Tenant, TenantKind
from tenants.refusal import Refused
from tenants.rights import Right
from tenants.scope import Scope, ScopeKind, current_scope, enter

blueprint = Blueprint("papers", __name__)


def office(tenant_id: int) -> Office:
    """Return a tenant's bodies as papers name them; 404 for an unknown one."""
    tenant = found(db.session.get(Tenant, tenant_id))
    site = current_app.extensions["settings"].public_url or ""
    return office_of(tenant, demo=clock.is_demo(), site=site)


def sensitive_units(tenant_id: int) -> set[int]:
    """Return the units of a tenant whose head-counts are never printed."""
    return set(db.session.scalars(select(Unit.id).where(Unit.tenant_id == tenant_id, Unit.sensitive)))


def file_name(*parts: object) -> str:
    """Return a file's name without marks, spaces and ending: "Mau-01-AL-TH-07-2026"."""
    letters = unicodedata.normalize("NFD", " ".join(str(part) for part in parts))
    bare = "".join(c for c in letters if not unicodedata.combining(c)).replace("đ", "d").replace("Đ", "D")
    return re.sub(r"[^A-Za-z0-9]+", "-", bare).strip("-")[:120]


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


@blueprint.get("/van-ban/<int:tenant_id>/<int:dossier_id>/<name>.pdf")
@may(Right.READ_PAPERS)
def document(tenant_id: int, dossier_id: int, name: str) -> Response:
    """Show a paper of a dossier: a preview before the signature, the signed content after it."""
    kind: Kind = found(KINDS.get(name))
    sheet, content = read(tenant_id, dossier_id)
    page: Page = found(kind.page(sheet, content, office(tenant_id)))
    return shown(page, file_of(kind, content))


@blueprint.get("/van-ban/<int:tenant_id>/<int:dossier_id>/<name>.docx")
@may(Right.READ_PAPERS)
def editable(tenant_id: int, dossier_id: int, name: str) -> Response:
    """Give a paper of a dossier as DOCX, of those people correct by hand."""
    kind: Kind = found(KINDS.get(name))
    if not kind.editable:
        abort(404)
    sheet, content = read(tenant_id, dossier_id)
    page: Page = found(kind.page(sheet, content, office(tenant_id)))
    return web.download(page.docx(), f"{file_of(kind, content)}.docx", word.MEDIA_TYPE)


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
    bodies = office(tenant_id)
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


@blueprint.get("/van-ban/quyet-dinh/<int:tenant_id>/<int:decision_id>.pdf")
@may(Right.READ_PAPERS)
def decision(tenant_id: int, decision_id: int) -> Response:
    """Show a decision with its annexes: a draft to its district, an issued one to the units it names as well."""
    row = _whole(found(decision_of(tenant_id, decision_id)))
    sheet = decision_sheet(row)
    paper = building_decision.decision(sheet, office(tenant_id), sensitive_units(tenant_id))
    name = (
        file_name("Quyet-dinh", sheet.number, sheet.dated.year)
        if sheet.issued and sheet.dated
        else file_name("Du-thao-quyet-dinh", sheet.decision_id, sheet.year)
    )
    return shown(documents.decision(paper), name)


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
    sheet = report_sheet(found(report_of(tenant_id, report_id)))
    own = office(tenant_id)
    paper = building_report.district_report(sheet, own, _department(), sensitive_units(tenant_id))
    name = file_name(
        "" if paper.signed else "Du-thao", "Bao-cao", own.place, sheet.year, f"lan-{sheet.edition}"
    )
    return shown(documents.district_report(paper), name)


@blueprint.get("/van-ban/bao-cao-tinh/<int:report_id>.pdf")
@may(Right.READ_PAPERS)
def provincial(report_id: int) -> Response:
    """Show the provincial table as it was compiled."""
    _must_reach(ProvincialReport)
    sheet = compiled_sheet(found(compilation(report_id)))
    paper = building_province.provincial_report(sheet, office(signed_in().place.tenant_id))  # type: ignore[union-attr]
    name = file_name("Tong-hop", sheet.province, sheet.year, f"{sheet.accepted}-tren-{sheet.districts}")
    return shown(documents.provincial_report(paper), name)


def _must_reach(model: type[DistrictReport] | type[ProvincialReport]) -> None:
    """Answer 404 to a scope that the wall gives no access to a table at all."""
    scope = current_scope()
    if scope is None or scope.kind.value not in model.__wall__.grants:
        abort(404)


def _department() -> str:
    """Return the Department with the name of its province, as papers address it."""
    tenant = db.session.scalar(select(Tenant).where(Tenant.kind == TenantKind.PROVINCE).order_by(Tenant.id))
    return office_of(tenant, demo=False).full_name if tenant else "Sở Giáo dục và Đào tạo"


from . import pages  # noqa: E402, F401  (the unit's own page of its papers, on the same blueprint)
