"""The pages of open data: everybody's page and files, the catalogue for machines, the Department's licence.

Files may be kept by whoever asked, but are asked for again each time; one that has not changed is not sent again.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, current_app, jsonify, render_template, request, url_for
from sqlalchemy import select

from portal import clock
from portal.web import back_to, error_page
from tenants import throttle
from tenants.access import may, public, signed_in
from tenants.database import db
from tenants.places import Tenant, TenantKind
from tenants.refusal import Refused
from tenants.rights import Right, refusal
from tenants.scope import Scope, ScopeKind, acting_in

from .catalog import catalog
from .dictionary import TYPES
from .files import MEDIA_TYPES, kept_file, pieces
from .forms import LicenceForm
from .licence import licence
from .operations import set_licence
from .sets import DATA_SETS

blueprint = Blueprint("open_data", __name__)

TYPE_WORDS = {"string": "chữ", "integer": "số nguyên", "boolean": "true, false", "date": "ngày (2027-01-31)"}
TOO_MANY = "Đã tải nhiều tệp trong thời gian ngắn. Xin chờ vài phút rồi tải lại."


def _folder() -> Path:
    folder: Path = current_app.extensions["settings"].data / "open-data"
    return folder


def _updated() -> dict[str, datetime]:
    """Return since when each data set is as it is now; its JSON is made where it was not yet."""
    folder, used = _folder(), licence()
    return {slug: kept_file(folder, one, used, "json").made for slug, one in DATA_SETS.items()}


def _publisher() -> str:
    row = db.session.execute(
        select(Tenant.name, Tenant.office).where(Tenant.kind == TenantKind.PROVINCE)
    ).first()
    return ", ".join(part for part in (row.office, row.name) if part) if row else ""


def _too_many() -> Any:
    with acting_in(Scope(ScopeKind.SIGNIN)):
        held = throttle.admit(throttle.of_open_data(request.remote_addr or ""))
    return None if held is None else error_page(429, TOO_MANY)


@blueprint.get("/du-lieu-mo/")
@public("open data is for everybody")
def index() -> Any:
    """Say which data sets there are, what every column means, and under which licence they may be used."""
    return render_template(
        "open_data/index.html",
        data_sets=DATA_SETS.values(),
        exts=MEDIA_TYPES,
        updated=_updated(),
        licence=licence(),
        publisher=_publisher(),
        type_of=lambda column: TYPE_WORDS[TYPES[column.type]],
        today=clock.today(),
    )


@blueprint.get("/du-lieu-mo/catalog.json")
@public("open data is for everybody")
def machine_catalog() -> Any:
    """Give the catalogue in a form machines read."""
    home = current_app.extensions["settings"].base + url_for("open_data.index")
    answer = jsonify(catalog(home, _publisher(), licence(), _updated()))
    answer.mimetype = "application/ld+json"
    answer.add_etag()
    answer.headers["Cache-Control"] = "public, no-cache"
    return answer.make_conditional(request)


@blueprint.get("/du-lieu-mo/<data_set>.<ext>")
@public("open data is for everybody")
def file(data_set: str, ext: str) -> Any:
    """Give a data set as a file, unless the one who asks has it as it is."""
    known = DATA_SETS.get(data_set)
    if known is None or ext not in MEDIA_TYPES:
        abort(404)
    held = _too_many()
    if held:
        return held
    kept = kept_file(_folder(), known, licence(), ext)
    packed = bool(request.accept_encodings["gzip"])
    answer = Response(pieces(kept.path, packed=packed), content_type=MEDIA_TYPES[ext])
    if packed:
        answer.content_encoding = "gzip"
        answer.content_length = kept.path.stat().st_size
    answer.set_etag(f"{kept.mark}-{'gzip' if packed else 'plain'}")
    answer.last_modified = kept.made
    answer.vary.add("Accept-Encoding")
    answer.headers["Cache-Control"] = "public, no-cache"
    answer.headers["Content-Disposition"] = f'attachment; filename="{data_set}.{ext}"'
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer.make_conditional(request)


@blueprint.get("/tinh/du-lieu-mo")
@may(Right.SEE_PROVINCE)
def manage() -> str:
    """Show the Department what is published of its province, and under which licence."""
    return _page(LicenceForm(formdata=None, data=licence().as_json()))


def _page(form: LicenceForm, fault: str = "") -> str:
    return render_template(
        "open_data/manage.html",
        form=form,
        fault=fault,
        licence=licence(),
        data_sets=DATA_SETS.values(),
        exts=MEDIA_TYPES,
        sets=refusal(signed_in(), Right.SET_LICENCE) is None,
    )


@blueprint.post("/tinh/du-lieu-mo")
@may(Right.SET_LICENCE)
def choose_licence() -> Any:
    """Put another licence in force, by a document."""
    form = LicenceForm()
    if not form.validate():
        return _page(form), 422
    try:
        set_licence(signed_in(), form.name.data or "", form.url.data or "", form.document.data or "")
    except Refused as refused:
        db.session.rollback()
        return _page(form, refused.sentence), refused.status
    return back_to("open_data.manage", "Đã ghi giấy phép. Trang dữ liệu mở dùng ngay giấy phép này.")
