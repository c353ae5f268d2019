"""Pages of an import: send a file, read the dry run, confirm or drop it."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for

from portal.cycle.queries import tier_at
from portal.jobs import files
from portal.jobs.batches.imports import UNITS
from portal.papers.table_files import XLSX
from portal.web import back_to, download, page_number, page_of, takes
from tenants.access import found, may, signed_in, tenant_here
from tenants.refusal import Refused
from tenants.rights import Right

from . import importing
from .blueprint import blueprint
from .forms import ImportForm
from .pages import in_words
from .reading import MOST_BYTES
from .rules import LABELS
from .template import template

PER_PAGE = 100
SHOWN_FAULTS = 200


@blueprint.get("/huyen/don-vi/nhap")
@may(Right.MANAGE_UNITS)
def import_begin() -> Any:
    """Show how to import a registry."""
    return render_template("units/import.html", form=ImportForm(formdata=None), most_bytes=MOST_BYTES)


@blueprint.get("/huyen/don-vi/nhap/tep-mau.xlsx")
@may(Right.MANAGE_UNITS)
def import_template() -> Any:
    """Give the template to fill in."""
    return download(template(tier_at()), "Danh mục đơn vị - tệp mẫu.xlsx", XLSX)


@blueprint.post("/huyen/don-vi/nhap")
@may(Right.MANAGE_UNITS)
@takes(MOST_BYTES + 64 * 1024)
def import_read() -> Any:
    """Read a file; nothing is written to the registry."""
    form = ImportForm()
    sent = request.files.get("file")
    try:
        if not form.validate():
            raise Refused("Xin gửi lại tệp.", 422)
        content = sent.read() if sent else b""
        name = (sent.filename if sent else "") or ""
        batch = files.take_in(signed_in(), UNITS, name, content, importing.read_batch)
    except Refused as refused:
        form.file.errors = [refused.sentence]
        return render_template("units/import.html", form=form, most_bytes=MOST_BYTES), refused.status
    return back_to("units.import_show", batch_id=batch.id)


@blueprint.get("/huyen/don-vi/nhap/<int:batch_id>")
@may(Right.MANAGE_UNITS)
def import_show(batch_id: int) -> Any:
    """Show what the file would do, row by row, bad rows first."""
    batch = found(importing.batch_of(tenant_here(), batch_id))
    job = files.under_way(signed_in(), UNITS, batch)
    if files.waits(batch, job):
        trail = [
            ("Danh mục đơn vị", url_for("units.index")),
            ("Nhập từ Excel", url_for("units.import_begin")),
        ]
        drop = url_for("units.import_drop", batch_id=batch_id)
        return files.page_of_job(batch, job, trail=trail, drop=drop)
    plan = importing.plan_of(batch) if batch.state == "read" else importing.Plan(())
    doing = [step for step in plan.steps if step.act in ("create", "update")]
    page = page_of(doing, page_number(), PER_PAGE)
    return render_template(
        "units/import_show.html",
        batch=batch,
        counts=plan.counts,
        bad=plan.bad[:SHOWN_FAULTS],
        more_bad=max(0, len(plan.bad) - SHOWN_FAULTS),
        page=page,
        labels=LABELS,
        in_words=in_words,
    )


@blueprint.post("/huyen/don-vi/nhap/<int:batch_id>")
@may(Right.MANAGE_UNITS)
def import_confirm(batch_id: int) -> Any:
    """Write what the dry run showed, a long file by a job."""
    if files.write_beside(signed_in(), UNITS, found(importing.batch_of(tenant_here(), batch_id))):
        return back_to("units.import_show", batch_id=batch_id)
    counts = importing.confirm_batch(signed_in(), tenant_here(), batch_id).counts
    return back_to("units.index", f"Đã nhập xong: thêm {counts['create']}, sửa {counts['update']} đơn vị.")


@blueprint.post("/huyen/don-vi/nhap/<int:batch_id>/bo")
@may(Right.MANAGE_UNITS)
def import_drop(batch_id: int) -> Any:
    """Throw the file away."""
    importing.drop_batch(signed_in(), tenant_here(), batch_id)
    return back_to("units.import_begin", "Đã bỏ tệp; danh mục không thay đổi.")
