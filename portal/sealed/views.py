"""Pages of signed papers: what is there, sending a scan, signing with a certificate file, the file itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, render_template, request

from portal.dossiers.blueprint import dossier_here
from portal.dossiers.models import Dossier
from portal.dossiers.signature import short_hash
from portal.dossiers.tracking import state_of
from portal.evidence.checks import MAX_BYTES
from portal.evidence.store import store
from portal.papers.answering import in_sight, read, rendered
from portal.papers.district import file_name, office_at_filing
from portal.papers.shelf import KINDS
from portal.web import back_to, download, takes
from tenants.access import found, may, signed_in
from tenants.database import db
from tenants.refusal import Refused
from tenants.rights import Right, refusal

from . import operations, rules
from .models import SignedPaper
from .queries import signed_paper, signed_papers

blueprint = Blueprint("sealed", __name__)
blueprint.add_app_template_global(lambda: KINDS, "paper_kinds")
blueprint.add_app_template_global(datetime.fromisoformat, "moment_of")
blueprint.add_app_template_global(signed_papers)


@blueprint.get("/ho-so/<int:dossier_id>/ban-da-ky")
@may(Right.SEE_DOSSIER)
def index(dossier_id: int) -> Any:
    """The papers to sign and stamp, and what is there of each."""
    return _index(dossier_here(dossier_id), 200)


def _index(dossier: Dossier, status: int, faults: tuple[str, ...] = (), at: str = "") -> Any:
    may_add = dossier.state in operations.OPEN and not refusal(signed_in(), Right.FILL_DOSSIER)
    page = render_template(
        "sealed/index.html",
        dossier=dossier,
        state_words=state_of(dossier),
        code=short_hash(dossier),
        kinds=[KINDS[name] for name in operations.SIGNED_KINDS],
        there=signed_papers(dossier),
        may_add=may_add,
        may_sign=may_add and not refusal(signed_in(), Right.SIGN_DOSSIER),
        faults=faults,
        at=at,
        max_bytes=MAX_BYTES,
        largest_certificate=rules.LARGEST_CERTIFICATE,
    )
    return page, status


def _pdf(dossier: Dossier, name: str) -> bytes:
    kind = operations.kind_of(name)
    sheet, content = read(dossier.tenant_id, dossier.id)
    page: Any = found(kind.page(sheet, content, office_at_filing(sheet)))
    return rendered(page, name)


@blueprint.post("/ho-so/<int:dossier_id>/ban-da-ky/<name>")
@takes(MAX_BYTES + 64 * 1024)
@may(Right.FILL_DOSSIER)
def keep(dossier_id: int, name: str) -> Any:
    """Keep the scan of a signed paper, or a file that was signed digitally elsewhere."""
    dossier, file = dossier_here(dossier_id), request.files.get("file")
    try:
        operations.kind_of(name)
        if file is None or not file.filename:
            raise Refused("Xin chọn tệp quét hoặc tệp đã ký số.", 422)
        row = operations.keep(signed_in(), dossier, name, file.filename, file.read(), _pdf(dossier, name))
    except Refused as refused:
        return _again(dossier_id, name, refused)
    said = (
        "Đã nhận tệp ký số; chữ ký khớp nội dung."
        if row.kind == "digital"
        else "Đã nhận bản quét; mã ở chân trang khớp."
    )
    if row.unread:
        said += f" Trang {', '.join(map(str, row.unread))} không đọc được mã; nơi tiếp nhận sẽ xem bằng mắt."
    return back_to("sealed.index", said, dossier_id=dossier_id)


@blueprint.post("/ho-so/<int:dossier_id>/ban-da-ky/<name>/ky-so")
@takes(rules.LARGEST_CERTIFICATE + 64 * 1024)
@may(Right.SIGN_DOSSIER)
def sign(dossier_id: int, name: str) -> Any:
    """Sign a paper with the certificate file of the unit."""
    dossier, file = dossier_here(dossier_id), request.files.get("certificate")
    try:
        operations.kind_of(name)
        certificate = file.read() if file is not None else b""
        password = request.form.get("password", "")[:200]
        operations.sign(signed_in(), dossier, name, certificate, password, _pdf(dossier, name))
    except Refused as refused:
        return _again(dossier_id, name, refused)
    return back_to("sealed.index", f"Đã ký số {KINDS[name].title}.", dossier_id=dossier_id)


@blueprint.post("/ho-so/<int:dossier_id>/ban-da-ky/<name>/bo")
@may(Right.FILL_DOSSIER)
def remove(dossier_id: int, name: str) -> Any:
    """Take a signed paper back."""
    operations.remove(signed_in(), dossier_here(dossier_id), name)
    return back_to("sealed.index", "Đã bỏ bản đã ký.", dossier_id=dossier_id)


def _again(dossier_id: int, name: str, refused: Refused) -> Any:
    if refused.status in (403, 404):
        raise refused
    db.session.rollback()
    return _index(dossier_here(dossier_id), refused.status, (refused.sentence,), name)


@blueprint.get("/ban-da-ky/<int:tenant_id>/<int:paper_id>")
@may(Right.READ_PAPERS)
def show(tenant_id: int, paper_id: int) -> Response:
    """Give a signed paper as it was sent."""
    row: SignedPaper = found(signed_paper(tenant_id, paper_id))
    in_sight(found(db.session.get(Dossier, (row.tenant_id, row.dossier_id))))
    with store().open(row.tenant_id, row.sha256) as file:
        content = file.read()
    kinds = {b"%PDF": ("pdf", "application/pdf"), b"\x89PNG": ("png", "image/png")}
    ending, media_type = kinds.get(content[:4], ("jpg", "image/jpeg"))
    name = file_name("Da-ky", KINDS[row.paper].stem, row.dossier_id)
    return download(content, f"{name}.{ending}", media_type, inline=True)
