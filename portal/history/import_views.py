"""Pages of a file of past results: send it, read the dry run, confirm or drop it; what was imported, undo."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_wtf.file import FileField

from portal.jobs import files
from portal.jobs.batches.imports import PAST
from portal.papers.table_files import XLSX
from portal.typed import VietnameseForm
from portal.units.reading import MOST_BYTES
from portal.web import back_to, download, page_number, page_of, paginate, takes
from tenants.access import found, may, signed_in, tenant_here
from tenants.refusal import Refused
from tenants.rights import Right

from . import importing
from .blueprint import blueprint
from .columns import LABELS
from .planning import Plan, labels_of, plan_of
from .queries import imported, imports_of
from .template import template

PER_PAGE = 50
ACTS = ("bad", "new", "different", "same")


class PastFileForm(VietnameseForm):
    """A workbook of past results."""

    file = FileField("Tệp kết quả cũ")


def _begin(form: PastFileForm, status: int) -> Any:
    page = render_template(
        "history/import.html",
        form=form,
        most_bytes=MOST_BYTES,
        page=paginate(imports_of(tenant_here()), page_number()),
    )
    return page, status


@blueprint.get("/huyen/ket-qua-cu/nhap")
@may(Right.KEEP_HISTORY)
def import_begin() -> Any:
    """Show how to import past results, and what was imported."""
    return _begin(PastFileForm(formdata=None), 200)


@blueprint.get("/huyen/ket-qua-cu/nhap/tep-mau.xlsx")
@may(Right.KEEP_HISTORY)
def import_template() -> Any:
    """Give the template to fill in."""
    return download(template(), "Kết quả các năm trước - tệp mẫu.xlsx", XLSX)


@blueprint.post("/huyen/ket-qua-cu/nhap")
@may(Right.KEEP_HISTORY)
@takes(MOST_BYTES + 64 * 1024)
def import_read() -> Any:
    """Read a file; no result is written."""
    form, sent = PastFileForm(), request.files.get("file")
    try:
        if not form.validate():
            raise Refused("Xin gửi lại tệp.", 422)
        content = sent.read() if sent else b""
        name = (sent.filename if sent else "") or ""
        batch = files.take_in(signed_in(), PAST, name, content, importing.read_batch)
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        form.file.errors = [refused.sentence]
        return _begin(form, refused.status)
    return back_to("history.import_show", batch_id=batch.id)


@blueprint.get("/huyen/ket-qua-cu/nhap/<int:batch_id>")
@may(Right.KEEP_HISTORY)
def import_show(batch_id: int) -> Any:
    """Show what a file would do, row by row; of one that was written, its results."""
    batch = found(importing.batch_of(tenant_here(), batch_id))
    job = files.under_way(signed_in(), PAST, batch)
    if files.waits(batch, job):
        begin = url_for("history.import_begin")
        trail = [("Danh mục đơn vị", url_for("units.index")), ("Nhập kết quả các năm trước", begin)]
        return files.page_of_job(
            batch, job, trail=trail, drop=url_for("history.import_drop", batch_id=batch_id)
        )
    if batch.state != "read":
        page = paginate(imported(tenant_here(), batch.id), page_number(), PER_PAGE)
        return render_template("history/import_done.html", batch=batch, page=page)
    plan: Plan = plan_of(batch)
    counts = plan.counts
    asked = request.args.get("xem", "")
    shown = asked if asked in ACTS else next((act for act in ACTS if counts[act]), "new")
    return render_template(
        "history/import_show.html",
        batch=batch,
        counts=counts,
        shown=shown,
        page=page_of(plan.only(shown), page_number(), PER_PAGE),
        labels=LABELS,
        labels_of=labels_of,
    )


@blueprint.post("/huyen/ket-qua-cu/nhap/<int:batch_id>")
@may(Right.KEEP_HISTORY)
def import_confirm(batch_id: int) -> Any:
    """Write what the dry run showed, a long file by a job."""
    if files.write_beside(signed_in(), PAST, found(importing.batch_of(tenant_here(), batch_id))):
        return back_to("history.import_show", batch_id=batch_id)
    counts = importing.confirm_batch(signed_in(), tenant_here(), batch_id).counts
    return back_to("history.import_show", f"Đã ghi {counts['new']} kết quả.", batch_id=batch_id)


@blueprint.post("/huyen/ket-qua-cu/nhap/<int:batch_id>/bo")
@may(Right.KEEP_HISTORY)
def import_drop(batch_id: int) -> Any:
    """Throw a file away."""
    importing.drop_batch(signed_in(), tenant_here(), batch_id)
    return back_to("history.import_begin", "Đã bỏ tệp; chưa có kết quả nào được ghi.")


@blueprint.post("/huyen/ket-qua-cu/nhap/<int:batch_id>/hoan-tac")
@may(Right.KEEP_HISTORY)
def import_undo(batch_id: int) -> Any:
    """Undo a whole import."""
    number = importing.undo_batch(signed_in(), tenant_here(), batch_id)
    return back_to("history.import_show", f"Đã hoàn tác: rút {number} kết quả.", batch_id=batch_id)
