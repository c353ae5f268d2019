"""Files in parts, as `uploads.js` sends them: begun, asked how far they are, continued at an offset, given up.

Answers are small JSON: `received` of `size` bytes, or the `sentence` why not. Only the form that names the whole
upload in its field `sent` makes a file of it.
"""

from __future__ import annotations

from typing import Any

from flask import jsonify, request, url_for

from portal.web import back_to
from tenants.access import found, may, place_here, signed_in, tenant_here
from tenants.refusal import Refused
from tenants.rights import Right

from . import parts
from .blueprint import blueprint
from .models import EvidenceUpload

OFFSET = "Upload-Offset"


def _state(upload: EvidenceUpload, status: int = 200) -> tuple[Any, int]:
    answer = jsonify(
        id=upload.id,
        url=url_for("evidence.part", upload_id=upload.id),
        received=upload.received,
        size=upload.size,
    )
    answer.headers[OFFSET] = str(upload.received)
    return answer, status


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 12 else -1


@blueprint.post("/minh-chung/gui")
@may(Right.FILL_DOSSIER)
def begin_parts() -> Any:
    """Begin a file, or find where the same file stopped."""
    place = place_here()
    assert place.unit_id is not None
    name, mark = request.form.get("name", "")[:500], request.form.get("mark", "")[:400]
    size = _number(request.form.get("size"))
    if not name or not mark or size < 0:
        return jsonify(sentence="Trình duyệt gửi thiếu tên hoặc kích thước của tệp. Xin tải lại trang."), 422
    try:
        return _state(parts.begin(signed_in(), place.tenant_id, place.unit_id, name, size, mark), 201)
    except Refused as refused:
        return jsonify(sentence=refused.sentence), refused.status


def _own(upload_id: int) -> EvidenceUpload:
    upload: EvidenceUpload = found(parts.upload_of(signed_in(), tenant_here(), upload_id))
    return upload


@blueprint.get("/minh-chung/gui/<int:upload_id>")
@may(Right.FILL_DOSSIER)
def part(upload_id: int) -> Any:
    """How much of a file has come."""
    return _state(_own(upload_id))


@blueprint.patch("/minh-chung/gui/<int:upload_id>")
@may(Right.FILL_DOSSIER)
def add_part(upload_id: int) -> Any:
    """Take bytes at an offset; where that is not where the file stands, say where it stands (409)."""
    upload = _own(upload_id)
    offset, before = _number(request.headers.get(OFFSET)), upload.received
    try:
        received = parts.add_part(signed_in(), upload, offset, request.get_data())
    except Refused as refused:
        return jsonify(sentence=refused.sentence), refused.status
    moved = offset == before and received > before
    return _state(upload, 200 if moved else 409)


@blueprint.post("/minh-chung/gui/<int:upload_id>/bo")
@may(Right.FILL_DOSSIER)
def drop_parts(upload_id: int) -> Any:
    """Give up a file that was not sent to its end."""
    upload = _own(upload_id)
    name = upload.file_name
    parts.drop(signed_in(), upload)
    return back_to("evidence.library", f"Đã bỏ tệp gửi dở “{name}”.")
