"""The unit's library of evidence, sending files, and opening one: for unit, district and province."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

from flask import Blueprint, abort, flash, render_template, request
from flask_login import current_user
from werkzeug.exceptions import RequestEntityTooLarge

from portal.dossiers.queries import dossier_of, open_sheet
from portal.dossiers.taking import editable
from portal.web import back_to, download, error_page, listing, paginate
from tenants.access import found, may, signed_in
from tenants.database import db
from tenants.identity import Place
from tenants.people import DISTRICT_ROLES
from tenants.refusal import Conflict, Refused
from tenants.rights import Right

from . import operations
from .checks import ACCEPT, ALLOWED, MAX_BYTES
from .documents import tied_words
from .forms import EvidenceForm
from .models import Evidence
from .operations import Taken
from .photos import SHOWN_AS_PICTURE
from .queries import SORTS, evidence_of, handed_over, uses
from .queries import library as library_select
from .store import CHUNK, store

blueprint = Blueprint("evidence", __name__)

MOST_AT_ONCE = 105 * 1024 * 1024
TOO_LARGE = "Dữ liệu gửi lên quá lớn: mỗi tệp tối đa 20 MB, mỗi lần gửi tối đa 100 MB. Xin gửi làm nhiều lần."
_SENDS_FILES = ("evidence.upload", "evidence.add")


@blueprint.url_value_preprocessor
def _let_files_in(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Raise the size limit where files are sent, and only for somebody who is signed in."""
    if endpoint in _SENDS_FILES and current_user.is_authenticated:
        request.max_content_length = MOST_AT_ONCE


@blueprint.errorhandler(RequestEntityTooLarge)
def _too_large(_error: RequestEntityTooLarge) -> Any:
    return error_page(413, TOO_LARGE)


def _place() -> Place:
    place = signed_in().place
    assert place is not None
    return place


def _sent() -> Iterator[tuple[str, bytes]]:
    """Yield the files of the request one by one, none read further than what may be kept."""
    for file in request.files.getlist("file"):
        if file.filename:
            yield file.filename, file.stream.read(MAX_BYTES + 1)


def _say(taken: Taken, where: str) -> None:
    """Leave one message for what was kept, one for what the unit already had, one for what was refused."""
    if taken.kept:
        flash(f"Đã nhận {len(taken.kept)} tệp{where}.", "ok")
    if taken.known:
        names = "; ".join(f"“{file.title}”" for file in taken.known)
        flash(
            f"Đã có sẵn trong kho nên không lưu lần nữa{', chỉ gắn' + where if where else ''}: {names}.",
            "info",
        )
    if taken.refused:
        flash("Không nhận: " + " ".join(taken.refused), "no")


@blueprint.post("/ho-so/<int:dossier_id>/chi-tieu/<int:indicator_id>/minh-chung")
@may(Right.FILL_DOSSIER)
def upload(dossier_id: int, indicator_id: int) -> Any:
    """Take files in and tie them to an indicator; good ones are kept, bad ones named."""
    dossier = found(dossier_of(_place().tenant_id, dossier_id))
    taken = operations.add_to_indicator(signed_in(), dossier, indicator_id, _sent())
    code = next(row.code for row in open_sheet(dossier).catalogue if row.id == indicator_id)
    _say(taken, f" vào chỉ tiêu {code}")
    return back_to("dossiers.show", dossier_id=dossier_id, _anchor=f"chi-tieu-{code}")


@blueprint.post("/ho-so/<int:dossier_id>/chi-tieu/<int:indicator_id>/minh-chung/<int:evidence_id>/gan")
@may(Right.FILL_DOSSIER)
def link(dossier_id: int, indicator_id: int, evidence_id: int) -> Any:
    """Tie a file of the library to an indicator."""
    dossier = found(dossier_of(_place().tenant_id, dossier_id))
    file = operations.link(signed_in(), dossier, indicator_id, evidence_id)
    return _back_to_card(dossier_id, indicator_id, f"Đã gắn “{file.title}”.")


@blueprint.post("/ho-so/<int:dossier_id>/chi-tieu/<int:indicator_id>/minh-chung/<int:evidence_id>/bo")
@may(Right.FILL_DOSSIER)
def unlink(dossier_id: int, indicator_id: int, evidence_id: int) -> Any:
    """Untie a file; it stays in the library."""
    dossier = found(dossier_of(_place().tenant_id, dossier_id))
    operations.unlink(signed_in(), dossier, indicator_id, evidence_id)
    return _back_to_card(dossier_id, indicator_id, "Đã bỏ minh chứng khỏi chỉ tiêu; tệp vẫn còn trong kho.")


def _back_to_card(dossier_id: int, indicator_id: int, sentence: str) -> Any:
    sheet = open_sheet(found(dossier_of(_place().tenant_id, dossier_id)))
    code = next(row.code for row in sheet.catalogue if row.id == indicator_id)
    return back_to("dossiers.show", sentence, dossier_id=dossier_id, _anchor=f"chi-tieu-{code}")


@blueprint.get("/minh-chung")
@may(Right.FILL_DOSSIER)
def library() -> Any:
    """All files of the unit; with `cho` also the way to tie one to an indicator."""
    place = _place()
    assert place.unit_id is not None
    asked = listing(tuple(SORTS), filters={"cho": (request.args.get("cho", ""),)})
    page = paginate(
        library_select(place.tenant_id, place.unit_id, asked.q, asked.sort, asked.direction), asked.number
    )
    return render_template(
        "evidence/library.html",
        page=page,
        listing=asked,
        uses=uses(place.tenant_id, [file.id for file in page.items]),
        target=_target(asked.filters["cho"]),
        upload={"accept": ACCEPT, "allowed": ALLOWED, "max_bytes": MAX_BYTES},
    )


def _target(text: str) -> dict[str, Any] | None:
    """Return the indicator a file is being chosen for, or None where there is none that is open."""
    dossier_id, _, indicator_id = text.partition("-")
    numbers = [
        part for part in (dossier_id, indicator_id) if part.isascii() and part.isdigit() and len(part) < 12
    ]
    dossier = dossier_of(_place().tenant_id, int(dossier_id)) if len(numbers) == 2 else None
    if dossier is None:
        return None
    sheet = open_sheet(dossier)
    row = next((row for row in sheet.catalogue if row.id == int(indicator_id)), None)
    if row is None:
        return None
    try:
        editable(sheet, indicator_id=row.id)
    except Refused:
        return None
    return {
        "dossier_id": dossier.id,
        "indicator_id": row.id,
        "code": row.code,
        "title": row.title,
        "year": dossier.year,
        "tied": {file.id for file in sheet.evidence[row.id]},
    }


@blueprint.post("/minh-chung")
@may(Right.FILL_DOSSIER)
def add() -> Any:
    """Take files into the library."""
    place = _place()
    assert place.unit_id is not None
    taken = operations.take_in(signed_in(), place.tenant_id, place.unit_id, _sent())
    _say(taken, "")
    return back_to("evidence.library")


@blueprint.get("/minh-chung/<int:evidence_id>")
@may(Right.FILL_DOSSIER)
def show(evidence_id: int) -> Any:
    """One file: what it says of itself, where it is used, and a look at it."""
    file = found(evidence_of(_place().tenant_id, evidence_id))
    return _show(file, EvidenceForm(formdata=None, obj=file), file.version, None, 200)


def _show(file: Evidence, form: EvidenceForm, version: int, theirs: Evidence | None, status: int) -> Any:
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
    )
    return page, status


@blueprint.post("/minh-chung/<int:evidence_id>")
@may(Right.FILL_DOSSIER)
def describe(evidence_id: int) -> Any:
    """Save what a file says of itself."""
    file = found(evidence_of(_place().tenant_id, evidence_id))
    form = EvidenceForm()
    version = request.form.get("version", "")
    number = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0
    try:
        if not form.validate():
            raise Refused("", 422)
        tied = operations.describe(signed_in(), file, number, form.particulars())
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        db.session.rollback()
        file = found(evidence_of(_place().tenant_id, evidence_id))
        if refused.sentence:
            form.form_errors.append(refused.sentence)
        theirs = file if isinstance(refused, Conflict) else None
        return _show(file, form, file.version, theirs, refused.status)
    sentence = f"Đã lưu thông tin minh chứng. {tied_words(tied)}".strip()
    return back_to("evidence.show", sentence, evidence_id=evidence_id)


@blueprint.post("/minh-chung/<int:evidence_id>/xoa")
@may(Right.FILL_DOSSIER)
def remove(evidence_id: int) -> Any:
    """Take a file out of the library."""
    file = found(evidence_of(_place().tenant_id, evidence_id))
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
    if _place().role in DISTRICT_ROLES and not handed_over(file):
        abort(404)
    return file


@blueprint.get("/minh-chung/<int:tenant_id>/<int:evidence_id>/tai", endpoint="download")
@may(Right.READ_EVIDENCE)
def save_copy(tenant_id: int, evidence_id: int) -> Any:
    """A file as an attachment, to whoever may see it in the scope acted in."""
    file = _file_in_sight(tenant_id, evidence_id)
    return _sent_out(file, inline=False)


@blueprint.get("/minh-chung/<int:tenant_id>/<int:evidence_id>/xem")
@may(Right.READ_EVIDENCE)
def preview(tenant_id: int, evidence_id: int) -> Any:
    """A PDF or a picture to look at inside a page; nothing else is ever shown inline."""
    file = _file_in_sight(tenant_id, evidence_id)
    if not preview_kind(file):
        abort(404)
    return _sent_out(file, inline=True)


def _sent_out(file: Evidence, *, inline: bool) -> Any:
    content: bytes | IO[bytes] = store().open(file.tenant_id, file.sha256)
    if file.size <= CHUNK and not isinstance(content, bytes):
        with content:
            content = content.read()
    return download(content, file.file_name, file.media_type, inline=inline, size=file.size)
