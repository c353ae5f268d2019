"""Pages of the district's own log: the list with its totals, one activity, its file, the list as a file."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, abort, render_template, request

from portal import clock, web, words
from portal.appraisal.blueprint import chosen_cycle
from portal.cycle.models import Cycle
from portal.cycle.queries import cycle_of, years
from portal.evidence.checks import ACCEPT, ALLOWED, MAX_BYTES
from portal.evidence.store import store
from portal.papers.sheets import Column, Kind, Sheet
from portal.papers.table_files import file_of, marks
from portal.web import Listing, back_to, office_here, takes
from tenants.access import found, may, signed_in, tenant_here
from tenants.database import db
from tenants.refusal import Conflict, Refused
from tenants.rights import Right, refusal

from . import operations, queries, rules, wording
from .forms import OutreachForm
from .models import DistrictActivity

blueprint = Blueprint("outreach", __name__)


def _here(outreach_id: int) -> DistrictActivity:
    one: DistrictActivity = found(queries.activity_of(tenant_here(), outreach_id))
    return one


def _may_log() -> bool:
    return refusal(signed_in(), Right.LOG_OUTREACH) is None


def _asked() -> Listing:
    filters = {"loai": rules.KINDS, "thang": rules.MONTHS, "nam": [str(year) for year in years()]}
    asked = web.listing(queries.SORTS, filters=filters)
    if "direction" not in request.args and asked.sort == "ngay":
        return Listing(asked.q, asked.sort, "desc", asked.filters, asked.number)
    return asked


@blueprint.get("/huyen/hoat-dong-cua-huyen")
@may(Right.SEE_DISTRICT)
def index() -> Any:
    """What the district itself did in a year, and what it comes to by kind."""
    cycle, asked = chosen_cycle(), _asked()
    kind = asked.filters["loai"]
    of_all_kinds = replace(asked, filters={**asked.filters, "loai": ""})
    sums = queries.sums_of(tenant_here(), cycle.year, of_all_kinds)
    return render_template(
        "outreach/index.html",
        cycle=cycle,
        listing=asked,
        page=web.paginate(queries.log_of(tenant_here(), cycle.year, asked), asked.number),
        sums=sums,
        whole=rules.whole(sums),
        shown=rules.whole(sums, [kind] if kind else rules.KINDS),
        kinds=wording.KINDS,
        months=[(month, f"Tháng {month}") for month in rules.MONTHS],
        years=[(str(year), str(year)) for year in years()],
        narrowed=bool(asked.q or kind or asked.filters["thang"]),
        may_log=_may_log(),
    )


@blueprint.get("/huyen/hoat-dong-cua-huyen/xuat.<ext>")
@may(Right.SEE_DISTRICT)
def export(ext: str) -> Response:
    """Give the filtered list with its totals as a file."""
    cycle, asked = chosen_cycle(), _asked()
    columns = (
        Column("Ngày", Kind.DATE, 12),
        Column("Loại hoạt động", width=28),
        Column("Nội dung, chủ đề", width=50),
        Column("Địa điểm", width=30),
        Column("Số người tham gia", Kind.INTEGER, 12),
        Column("Số, ký hiệu văn bản", width=20),
        Column("Ghi chú, kết quả", width=50),
        Column("Tệp", width=30),
    )
    rows = [
        (
            one.held_on,
            wording.KINDS[one.kind],
            one.topic,
            one.place,
            one.participants,
            one.document_number,
            one.note,
            one.file_name,
        )
        for one in db.session.scalars(queries.log_of(tenant_here(), cycle.year, asked))
    ]
    number, people = rules.whole(queries.sums_of(tenant_here(), cycle.year, asked))
    totals = (None, "", f"Cộng {words.number(number)} hoạt động", "", people, "", "", "")
    title = office_here(f"Hoạt động của huyện năm {cycle.year}")
    return file_of(ext, Sheet(title, columns, rows, totals, **marks()), f"Hoat-dong-cua-huyen-{cycle.year}")


@blueprint.get("/huyen/hoat-dong-cua-huyen/them")
@may(Right.LOG_OUTREACH)
def add() -> Any:
    """An empty activity of the year."""
    cycle, today = chosen_cycle(), clock.today()
    return _edit(OutreachForm.showing(None, today if today.year == cycle.year else None), cycle, None)


@blueprint.post("/huyen/hoat-dong-cua-huyen/them")
@may(Right.LOG_OUTREACH)
def create() -> Any:
    """Write an activity down."""
    cycle, form = chosen_cycle(), OutreachForm()
    try:
        if not form.validate():
            raise Refused("", 422)
        one = operations.log(signed_in(), tenant_here(), cycle.year, form.details())
    except Refused as refused:
        return _again(form, cycle, None, refused)
    return back_to("outreach.show", "Đã ghi. Có thể gắn một tệp ở bên cạnh.", outreach_id=one.id)


@blueprint.get("/huyen/hoat-dong-cua-huyen/<int:outreach_id>")
@may(Right.SEE_DISTRICT)
def show(outreach_id: int) -> Any:
    """One activity: to read, and for who may, to change and give its file."""
    one = _here(outreach_id)
    return _edit(OutreachForm.showing(one), found(cycle_of(one.year)), one)


@blueprint.post("/huyen/hoat-dong-cua-huyen/<int:outreach_id>")
@may(Right.LOG_OUTREACH)
def change(outreach_id: int) -> Any:
    """Save an activity."""
    cycle, form = found(cycle_of(_here(outreach_id).year)), OutreachForm()
    text = form.version.data or ""
    version = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    try:
        if not form.validate():
            raise Refused("", 422)
        operations.change(signed_in(), tenant_here(), outreach_id, version, form.details())
    except Refused as refused:
        return _again(form, cycle, outreach_id, refused)
    return back_to("outreach.show", "Đã lưu hoạt động.", outreach_id=outreach_id)


def _again(form: OutreachForm, cycle: Cycle, outreach_id: int | None, refused: Refused) -> Any:
    """Show the form again with everything typed and what stands in the way."""
    if refused.status in (403, 404):
        raise refused
    db.session.rollback()
    one = _here(outreach_id) if outreach_id else None
    if refused.sentence:
        form.form_errors.append(refused.sentence)
    theirs = one if isinstance(refused, Conflict) else None
    if theirs is not None:
        form.version.data = str(theirs.version)
    return _edit(form, cycle, one, theirs=theirs), refused.status


def _edit(
    form: OutreachForm,
    cycle: Cycle,
    one: DistrictActivity | None,
    *,
    theirs: DistrictActivity | None = None,
    faults: tuple[str, ...] = (),
) -> str:
    return render_template(
        "outreach/edit.html",
        form=form,
        cycle=cycle,
        one=one,
        theirs=theirs,
        faults=faults,
        kinds=wording.KINDS,
        may_log=_may_log(),
        upload={"accept": ACCEPT, "allowed": ALLOWED, "max_bytes": MAX_BYTES},
    )


@blueprint.post("/huyen/hoat-dong-cua-huyen/<int:outreach_id>/xoa")
@may(Right.LOG_OUTREACH)
def remove(outreach_id: int) -> Any:
    """Take an activity out of the log."""
    one = _here(outreach_id)
    topic, year = one.topic, one.year
    operations.remove(signed_in(), tenant_here(), outreach_id)
    return back_to("outreach.index", f"Đã xóa hoạt động “{topic}”.", nam=year)


@blueprint.get("/huyen/hoat-dong-cua-huyen/<int:outreach_id>/tep")
@may(Right.SEE_DISTRICT)
def file(outreach_id: int) -> Response:
    """Give the file of an activity."""
    one = _here(outreach_id)
    if not one.sha256:
        abort(404)
    with store().open(one.tenant_id, one.sha256) as content:
        return web.download(content.read(), one.file_name, one.media_type)


@blueprint.post("/huyen/hoat-dong-cua-huyen/<int:outreach_id>/tep")
@may(Right.LOG_OUTREACH)
@takes(MAX_BYTES + 64 * 1024)
def attach(outreach_id: int) -> Any:
    """Take the file of an activity in."""
    one, sent = _here(outreach_id), request.files.get("file")
    cycle = found(cycle_of(one.year))
    try:
        if sent is None or not sent.filename:
            raise Refused("Xin chọn tệp để gửi.", 422)
        operations.attach(signed_in(), tenant_here(), outreach_id, sent.filename, sent.read())
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        db.session.rollback()
        one = _here(outreach_id)
        return _edit(OutreachForm.showing(one), cycle, one, faults=(refused.sentence,)), refused.status
    return back_to("outreach.show", "Đã gắn tệp.", outreach_id=outreach_id)


@blueprint.post("/huyen/hoat-dong-cua-huyen/<int:outreach_id>/tep/bo")
@may(Right.LOG_OUTREACH)
def detach(outreach_id: int) -> Any:
    """Take the file from an activity."""
    _here(outreach_id)
    operations.detach(signed_in(), tenant_here(), outreach_id)
    return back_to("outreach.show", "Đã bỏ tệp.", outreach_id=outreach_id)
