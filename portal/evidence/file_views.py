"""One file: a look at it, what its paper says of itself, every use of it, and opening it in each scope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, Any

from flask import abort, render_template, request

from portal.dossiers.models import Dossier
from portal.dossiers.queries import dossier_of, open_sheet
from portal.web import back_to, download
from tenants.access import found, may, place_here, signed_in, tenant_here
from tenants.database import db
from tenants.people import DISTRICT_ROLES
from tenants.refusal import Conflict, Refused
from tenants.rights import Right

from . import operations
from .blueprint import blueprint
from .contents import CHUNK
from .documents import tied_words
from .forms import EvidenceForm, NotedForm
from .library_views import standing
from .linking import open_dossiers
from .models import Evidence
from .photos import SHOWN_AS_PICTURE
from .queries import evidence_of, handed_over, uses
from .store import store


@dataclass(frozen=True, slots=True)
class Choice:
    """An indicator of an open dossier that takes files now, and whether this one is tied to it."""

    id: int
    code: str
    title: str
    tied: bool
    proves: bool


def _choices(file: Evidence, dossier: Dossier) -> list[Choice]:
    sheet = open_sheet(dossier)
    applying = {f.indicator.id for f in sheet.unit_side().findings if f.applies}
    return [
        Choice(
            row.id,
            row.code,
            row.title,
            any(one.id == file.id for one in sheet.evidence[row.id]),
            file.kind in row.proved_by,
        )
        for row in sheet.catalogue
        if row.id in applying and sheet.unlocked(row.id)
    ]


@blueprint.get("/minh-chung/<int:evidence_id>")
@may(Right.FILL_DOSSIER)
def show(evidence_id: int) -> Any:
    """One file: what it says of itself, where it is used, and a look at it."""
    file = found(evidence_of(tenant_here(), evidence_id))
    return _show(file, _form(file, sent=False), file.version, None, 200)


def _form(file: Evidence, *, sent: bool) -> NotedForm:
    """Return the form of what may still be said of a file: less once a signature covers it."""
    kind = NotedForm if operations.signed_year(file) else EvidenceForm
    return kind() if sent else kind(formdata=None, obj=file)


def _show(file: Evidence, form: NotedForm, version: int, theirs: Evidence | None, status: int) -> Any:
    used = uses(file.tenant_id, [file.id])[file.id]
    page = render_template(
        "evidence/show.html",
        file=file,
        form=form,
        version=version,
        theirs=theirs,
        used=used,
        signed=next((use for use in used if operations.covered(use.state)), None),
        kind=preview_kind(file),
        in_force=standing(file),
        places=[
            (dossier, _choices(file, dossier)) for dossier in open_dossiers(file.tenant_id, file.unit_id)
        ],
    )
    return page, status


@blueprint.post("/minh-chung/<int:evidence_id>")
@may(Right.FILL_DOSSIER)
def describe(evidence_id: int) -> Any:
    """Save what a file says of itself."""
    file = found(evidence_of(tenant_here(), evidence_id))
    form = _form(file, sent=True)
    version = request.form.get("version", "")
    number = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0
    try:
        if not form.validate():
            raise Refused("", 422)
        tied = operations.describe(signed_in(), file, number, form.particulars(file))
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        db.session.rollback()
        file = found(evidence_of(tenant_here(), evidence_id))
        if refused.sentence:
            form.form_errors.append(refused.sentence)
        theirs = file if isinstance(refused, Conflict) else None
        return _show(file, form, file.version, theirs, refused.status)
    sentence = f"Đã lưu thông tin minh chứng. {tied_words(tied)}".strip()
    return back_to("evidence.show", sentence, evidence_id=evidence_id)


@blueprint.post("/minh-chung/<int:evidence_id>/chi-tieu")
@may(Right.FILL_DOSSIER)
def place(evidence_id: int) -> Any:
    """Tie a file to the indicators ticked and untie it from those no longer ticked, as the page showed them."""
    file = found(evidence_of(tenant_here(), evidence_id))
    dossier_id = _numbers("dossier")
    dossier = found(dossier_of(tenant_here(), dossier_id[0]) if dossier_id else None)
    shown, ticked = set(_numbers("shown")), set(_numbers("tick"))
    added, dropped = operations.rearrange(
        signed_in(), dossier, file, sorted(ticked - shown), sorted(shown - ticked)
    )
    said = [f"gắn thêm vào {added} chỉ tiêu"] if added else []
    said += [f"bỏ khỏi {dropped} chỉ tiêu"] if dropped else []
    sentence = (
        f"Hồ sơ năm {dossier.year}: đã {', '.join(said)}."
        if said
        else "Không có gì thay đổi: chưa chọn khác đi."
    )
    return back_to("evidence.show", sentence, "ok" if said else "info", evidence_id=evidence_id)


def _numbers(name: str) -> list[int]:
    given = request.form.getlist(name)[:200]
    return [int(one) for one in given if one.isascii() and one.isdigit() and len(one) < 12]


@blueprint.post("/minh-chung/<int:evidence_id>/xoa")
@may(Right.FILL_DOSSIER)
def remove(evidence_id: int) -> Any:
    """Take a file out of the library."""
    file = found(evidence_of(tenant_here(), evidence_id))
    title = file.title
    operations.remove(signed_in(), file)
    return back_to("evidence.library", f"Đã xóa “{title}” khỏi kho.")


def preview_kind(file: Evidence) -> str:
    """Return how a page can show a file: "picture", "pdf", or "" for only downloading it."""
    if file.media_type in SHOWN_AS_PICTURE:
        return "picture"
    return "pdf" if file.media_type == "application/pdf" else ""


def _file_in_sight(tenant_id: int, evidence_id: int) -> Evidence:
    """Return a file of the scope acted in, or answer 404; the district's sight begins when a dossier is filed."""
    file: Evidence = found(evidence_of(tenant_id, evidence_id))
    if place_here().role in DISTRICT_ROLES and not handed_over(file):
        abort(404)
    return file


@blueprint.get("/minh-chung/<int:tenant_id>/<int:evidence_id>/tai", endpoint="download")
@may(Right.READ_EVIDENCE)
def save_copy(tenant_id: int, evidence_id: int) -> Any:
    """A file as an attachment, to whoever may see it in the scope acted in."""
    return sent_out(_file_in_sight(tenant_id, evidence_id), inline=False)


@blueprint.get("/minh-chung/<int:tenant_id>/<int:evidence_id>/xem")
@may(Right.READ_EVIDENCE)
def preview(tenant_id: int, evidence_id: int) -> Any:
    """A PDF or a picture to look at inside a page; nothing else is ever shown inline."""
    file = _file_in_sight(tenant_id, evidence_id)
    if not preview_kind(file):
        abort(404)
    return sent_out(file, inline=True)


def sent_out(file: Evidence, *, inline: bool) -> Any:
    """Answer with a file; who may have it is asked before."""
    content: bytes | IO[bytes] = store().open(file.tenant_id, file.sha256)
    if file.size <= CHUNK and not isinstance(content, bytes):
        with content:
            content = content.read()
    return download(content, file.file_name, file.media_type, inline=inline, size=file.size)
