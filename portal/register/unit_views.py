"""What a recognised unit gets in hand: its certificate, the poster, and the page from which it publishes."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, render_template, request, url_for

from portal.dossiers.queries import dossier_of
from portal.papers.answering import answered, shown
from portal.papers.district import file_name, office_that_issued
from portal.recognition.models import Recognition
from portal.web import back_to
from tenants.access import found, may, signed_in
from tenants.refusal import Refused
from tenants.rights import Right, refusal

from . import certificates, operations, queries
from .blueprint import blueprint
from .models import RegisterEntry
from .wording import publication_text


def address_of(endpoint: str, code: str) -> str:
    """Return the public address of a page of a code, as it is printed and put into a QR."""
    site = current_app.extensions["settings"].public_url or request.url_root.rstrip("/")
    return f"{site}{url_for(endpoint, code=code)}"


def _recognition(tenant_id: int, recognition_id: int) -> Recognition:
    row: Recognition = found(queries.recognition_of(tenant_id, recognition_id))
    if row.state == "revoked":
        raise Refused("Kết quả công nhận này đã bị thu hồi nên không cấp giấy chứng nhận và áp phích.")
    return row


@blueprint.get("/van-ban/giay-chung-nhan/<int:tenant_id>/<int:recognition_id>.<any(pdf, docx):ext>")
@may(Right.READ_PAPERS)
def certificate(tenant_id: int, recognition_id: int, ext: str) -> Response:
    """The certificate of a recognition, to the unit, its district and the province: to print, or as a text."""
    row = _recognition(tenant_id, recognition_id)
    address = address_of("register.verify", row.code)
    issuer = office_that_issued(tenant_id, row.issuer)
    paper = certificates.published(row, queries.given_by(row), issuer, address)
    return answered(certificates.certificate(paper), file_name("Giay-chung-nhan", row.code), ext)


@blueprint.get("/van-ban/ap-phich/<int:tenant_id>/<int:recognition_id>.pdf")
@may(Right.READ_PAPERS)
def poster(tenant_id: int, recognition_id: int) -> Response:
    """The poster of a recognition, under the name by which it is published."""
    row = _recognition(tenant_id, recognition_id)
    entry = queries.entry_of(row.code)
    name = entry.unit_name if entry else ""
    address = address_of("register.result", row.code)
    paper = certificates.published(
        row, queries.given_by(row), office_that_issued(tenant_id, row.issuer), address, name
    )
    return shown(certificates.poster(paper), file_name("Ap-phich", row.code))


@blueprint.get("/ho-so/<int:dossier_id>/cong-bo")
@may(Right.SEE_DOSSIER)
def publication(dossier_id: int) -> Any:
    """Everything a unit needs to publish its result: link, ready text, poster, certificate."""
    place = signed_in().here
    dossier = found(dossier_of(place.tenant_id, dossier_id))
    row = queries.of_dossier(place.tenant_id, dossier_id)
    entry = queries.entry_of(row.code) if row else None
    if row is None or entry is None or row.state == "revoked":
        return back_to(
            "dossiers.show",
            "Kết quả này đã bị thu hồi nên không còn để công bố."
            if row is not None and row.state == "revoked"
            else "Hồ sơ này chưa có kết quả công nhận để công bố.",
            "info",
            dossier_id=dossier_id,
        )
    address = address_of("register.result", row.code)
    return render_template(
        "register/publication.html",
        dossier=dossier,
        row=row,
        entry=entry,
        address=address,
        qr=certificates.qr(address),
        text=publication_text(entry, address),
    )


@blueprint.post("/huyen/cong-khai/<int:recognition_id>/neu-ten")
@may(Right.ISSUE_DECISION)
def show_name(recognition_id: int) -> Any:
    """Let a sensitive unit be named in public, under the document that allows it."""
    place = signed_in().here
    row = found(queries.recognition_of(place.tenant_id, recognition_id))
    operations.show_name(signed_in(), row, request.form.get("document", ""))
    line = queries.line_of(row)
    return back_to(
        "recognition.line",
        "Tên đơn vị đã được nêu trong sổ công khai.",
        decision_id=row.decision_id,
        line_id=line,
    )


def in_register(tenant_id: int, dossier_id: int) -> tuple[Recognition, RegisterEntry, bool] | None:
    """Return, for the card of a decided dossier, its recognition, what is published, whether one may name it."""
    row = queries.of_dossier(tenant_id, dossier_id)
    entry = queries.entry_of(row.code) if row else None
    if row is None or entry is None:
        return None
    return row, entry, entry.masked and not refusal(signed_in(), Right.ISSUE_DECISION, row)


blueprint.add_app_template_global(in_register)
