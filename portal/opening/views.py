"""Pages of a district's year: dates, plan, longer terms of single units; and what everybody may read of it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from sqlalchemy import func, select

from portal import clock
from portal.appraisal.blueprint import chosen_cycle
from portal.cycle.models import Cycle
from portal.cycle.queries import years
from portal.evidence.checks import ACCEPT, ALLOWED, MAX_BYTES
from portal.evidence.store import store
from portal.units.models import Unit
from portal.web import back_to, download, listing, paginate, takes
from tenants.access import found, may, public, signed_in, tenant_here
from tenants.database import db
from tenants.refusal import Conflict, Refused
from tenants.rights import Right, refusal

from . import operations, queries
from .forms import ExtensionForm, YearForm

blueprint = Blueprint("opening", __name__)


@blueprint.get("/huyen/nam-danh-gia")
@may(Right.SEE_DISTRICT)
def year() -> Any:
    """The district's own side of a year: its dates beside the province's, plan, what is published."""
    return _year(chosen_cycle())


def _year(
    cycle: Cycle, form: YearForm | None = None, status: int = 200, *, faults: tuple[str, ...] = ()
) -> Any:
    row = queries.district_year(tenant_here(), cycle.year)
    page = render_template(
        "opening/year.html",
        cycle=cycle,
        years=years(),
        row=row,
        form=form or YearForm.showing(row),
        notice=queries.published(tenant_here(), cycle.year),
        tenant_id=tenant_here(),
        faults=faults,
        may_open=not refusal(signed_in(), Right.OPEN_DISTRICT_YEAR),
        upload={"accept": ACCEPT, "allowed": ALLOWED, "max_bytes": MAX_BYTES},
    )
    return page, status


@blueprint.post("/huyen/nam-danh-gia")
@may(Right.OPEN_DISTRICT_YEAR)
def save() -> Any:
    """Write the district's dates, plan and address."""
    cycle, form = chosen_cycle(), YearForm()
    if not form.validate_on_submit():
        return _year(cycle, form, 422)
    typed = form.version.data or ""
    version = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1
    try:
        operations.set_year(signed_in(), cycle.year, form.details(), version)
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        db.session.rollback()
        form.form_errors.append(refused.sentence)
        if isinstance(refused, Conflict) and (now := queries.district_year(tenant_here(), cycle.year)):
            form.version.data = str(now.version)
        return _year(chosen_cycle(), form, refused.status)
    return back_to("opening.year", "Đã lưu.", nam=cycle.year)


@blueprint.post("/huyen/nam-danh-gia/ke-hoach")
@may(Right.OPEN_DISTRICT_YEAR)
@takes(MAX_BYTES + 64 * 1024)
def attach() -> Any:
    """Take the plan document in."""
    cycle, sent = chosen_cycle(), request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise Refused("Xin chọn tệp kế hoạch để gửi.", 422)
        operations.attach_plan(signed_in(), cycle.year, sent.filename, sent.read())
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        db.session.rollback()
        return _year(chosen_cycle(), status=refused.status, faults=(refused.sentence,))
    return back_to("opening.year", "Đã gắn kế hoạch.", nam=cycle.year)


@blueprint.get("/huyen/nam-danh-gia/ke-hoach")
@may(Right.SEE_DISTRICT)
def plan() -> Response:
    """Give the plan document."""
    row = found(queries.district_year(tenant_here(), chosen_cycle().year))
    if not row.sha256:
        abort(404)
    with store().open(row.tenant_id, row.sha256) as content:
        return download(content.read(), row.file_name, row.media_type)


@blueprint.post("/huyen/nam-danh-gia/cong-bo")
@may(Right.OPEN_DISTRICT_YEAR)
def publish() -> Any:
    """Publish the year's notice, or publish it again as it stands now."""
    cycle = chosen_cycle()
    try:
        operations.publish(signed_in(), cycle.year)
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        db.session.rollback()
        return _year(chosen_cycle(), status=refused.status, faults=(refused.sentence,))
    return back_to("opening.year", "Đã công bố; ai cũng xem được, không cần đăng nhập.", nam=cycle.year)


@blueprint.get("/huyen/gia-han-nop")
@may(Right.SEE_DISTRICT)
def extensions() -> Any:
    """The longer terms given to single units in a year, and the form to give one."""
    code = request.args.get("ma", "")[:30]
    return _extensions(chosen_cycle(), ExtensionForm(formdata=None, code=code))


def _extensions(cycle: Cycle, form: ExtensionForm, status: int = 200) -> Any:
    tenant_id = tenant_here()
    asked = listing(("",))
    page = render_template(
        "opening/extensions.html",
        cycle=cycle,
        due=queries.cycle_for(cycle, tenant_id).submit_before,
        page=paginate(queries.extensions(tenant_id, cycle.year), asked.number),
        form=form,
        may_extend=not refusal(signed_in(), Right.RECEIVE_DOSSIER),
        today=clock.today(),
    )
    return page, status


@blueprint.post("/huyen/gia-han-nop")
@may(Right.RECEIVE_DOSSIER)
def extend() -> Any:
    """Give one unit longer to file."""
    cycle, form = chosen_cycle(), ExtensionForm()
    if not form.validate_on_submit() or form.until.day is None:
        return _extensions(cycle, form, 422)
    unit = db.session.scalar(
        select(Unit).where(
            Unit.tenant_id == tenant_here(), func.lower(Unit.code) == (form.code.data or "").lower()
        )
    )
    try:
        if unit is None:
            raise Refused(f"Không có đơn vị nào mang mã “{form.code.data}” trong danh mục.", 422)
        operations.extend(signed_in(), unit, cycle.year, form.until.day, form.reason.data or "")
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        db.session.rollback()
        form.form_errors.append(refused.sentence)
        return _extensions(chosen_cycle(), form, refused.status)
    return back_to("opening.extensions", "Đã gia hạn; đơn vị được báo ngay.", nam=cycle.year)


@blueprint.post("/huyen/gia-han-nop/<int:extension_id>/thu-hoi")
@may(Right.RECEIVE_DOSSIER)
def withdraw(extension_id: int) -> Any:
    """Take a longer term back."""
    row = operations.withdraw(signed_in(), extension_id, request.form.get("reason", "")[:2_000])
    return back_to("opening.extensions", "Đã thu hồi gia hạn; đơn vị được báo ngay.", nam=row.year)


@blueprint.get("/thu-tuc")
@public("who may file what, where and until when is for everybody")
def notices() -> Any:
    """The districts that have published how to file, by year."""
    return render_template(
        "opening/notices.html",
        page=paginate(queries.all_published(), listing(("",)).number),
        today=clock.today(),
    )


@blueprint.get("/thu-tuc/<int:tenant_id>/<int:nam>")
@public("who may file what, where and until when is for everybody")
def notice(tenant_id: int, nam: int) -> Any:
    """What a district published of a year."""
    return render_template(
        "opening/notice.html", one=found(queries.published(tenant_id, nam)), today=clock.today()
    )
