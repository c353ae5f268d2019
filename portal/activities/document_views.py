"""Plan, internal rules and budget of a year: typed documents that prove their indicators of themselves."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import abort, render_template

from portal import words
from portal.catalogue.models import CatalogueIndicator
from portal.cycle.models import Cycle
from portal.dossiers.queries import live_dossier
from portal.evidence.checks import ACCEPT, ALLOWED, MAX_BYTES
from portal.evidence.documents import Particulars, add_document
from portal.evidence.keeping import Taken
from portal.evidence.sending import Sent, let_files_in
from portal.units.own import own_unit
from portal.web import back_to
from tenants.access import may, signed_in
from tenants.database import db
from tenants.refusal import Refused
from tenants.rights import Right

from . import queries, wording
from .blueprint import blueprint
from .forms import DocumentForm
from .list_views import cycle_here
from .years import running_cycles, year_links

let_files_in(blueprint, "activities.add_document_of")
LASTING = "regulation"


def proved_by(rows: list[CatalogueIndicator], kind: str) -> list[CatalogueIndicator]:
    """Return which of these indicators a kind of document proves."""
    return [row for row in rows if kind in row.proved_by]


@blueprint.get("/trong-nam/van-ban")
@may(Right.FILL_DOSSIER)
def documents() -> Any:
    """The year's plan, regulation and budget, each with what it proves and the way to add it."""
    return _page(cycle_here(), {}, 200)


def _page(cycle: Cycle, typed: dict[str, DocumentForm], status: int) -> Any:
    unit = own_unit(signed_in())
    applying = queries.applying(unit, cycle)
    asked = {kind: proved_by(applying, kind) for kind in wording.DOCUMENTS}
    forms = {
        kind: typed.get(kind)
        or DocumentForm(formdata=None, prefix=f"{kind}-", data={"issuer": unit.name[:200]})
        for kind in wording.DOCUMENTS
    }
    page = render_template(
        "activities/documents.html",
        cycle=cycle,
        years=year_links(running_cycles(), cycle),
        unit=unit,
        forms=forms,
        typed=typed,
        names=wording.DOCUMENTS,
        lasting=LASTING,
        asked=asked,
        held=queries.documents_of(unit.tenant_id, unit.id, cycle.year),
        dossier=live_dossier(unit.tenant_id, unit.id, cycle.year),
        upload={"accept": ACCEPT, "allowed": ALLOWED, "max_bytes": MAX_BYTES},
    )
    return page, status


@blueprint.post("/trong-nam/van-ban/<kind>")
@may(Right.FILL_DOSSIER)
def add_document_of(kind: str) -> Any:
    """Keep a document of the year and tie it to the indicators it proves."""
    if kind not in wording.DOCUMENTS:
        abort(404)
    cycle, unit, actor = cycle_here(), own_unit(signed_in()), signed_in()
    form = DocumentForm(prefix=f"{kind}-")
    try:
        if not form.validate():
            raise Refused("", 422)
        sent = Sent(actor, unit.tenant_id)
        file = next(iter(sent), None)
        if file is None:
            raise Refused("Chưa chọn tệp văn bản. Xin chọn tệp rồi gửi.", 422)
        if isinstance(file, Refused):
            raise file
        added = add_document(actor, unit.tenant_id, unit.id, file, _particulars(kind, cycle.year, form))
        sent.settle(Taken(known=[added.file]) if added.known else Taken(kept=[added.file]))
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        db.session.rollback()
        if refused.sentence:
            form.form_errors.append(refused.sentence)
        return _page(cycle_here(), {kind: form}, refused.status)
    if added.tied or live_dossier(unit.tenant_id, unit.id, cycle.year):
        said = added.sentence
    else:
        said = f"{added.sentence} Văn bản tự gắn vào chỉ tiêu khi lập hồ sơ năm {cycle.year}."
    return back_to("activities.documents", said, nam=cycle.year, _anchor=kind)


def _particulars(kind: str, year: int, form: DocumentForm) -> Particulars:
    """Return what the paper says; a plan and a budget hold for their year, a regulation until another replaces it."""
    issued_on = form.issued_on.day
    whole_year = kind != LASTING
    return Particulars(
        title=form.title.data or f"{words.DOCUMENT_KINDS[kind]} số {form.number.data}",
        kind=kind,
        number=form.number.data or "",
        issued_on=issued_on,
        issuer=form.issuer.data or "",
        valid_from=date(year, 1, 1) if whole_year else issued_on,
        valid_until=date(year, 12, 31) if whole_year else None,
    )
