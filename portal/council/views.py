"""The district's pages of its council: who belongs to it, its meetings, beginning one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import render_template, request

from portal import clock
from portal.cycle.queries import current_cycle, years
from portal.web import back_to, listing, paginate
from tenants.access import may, signed_in, tenant_here
from tenants.database import db
from tenants.places import Tenant
from tenants.refusal import Conflict, Refused
from tenants.rights import Right, refusal

from . import meeting_views, operations, paper_views, queries, rules
from .blueprint import blueprint, seen
from .forms import (
    BLANK_ROWS,
    CouncilForm,
    TypedMember,
    codes_in,
    member_faults,
    typed_members,
)
from .models import Council

__all__ = ["blueprint", "meeting_views", "paper_views"]


@blueprint.get("/huyen/hoi-dong")
@may(Right.SEE_DISTRICT)
def index() -> Any:
    """The council, its meetings, and what waits to be discussed."""
    tenant_id = tenant_here()
    council = queries.council_of(tenant_id)
    open_years = [year for year in years() if year <= clock.today().year][:3]
    return render_template(
        "council/index.html",
        council=council,
        members=rules.members_of(council.members) if council else (),
        page=paginate(queries.meetings(tenant_id), listing(["latest"]).number),
        waiting=[(year, count) for year in open_years if (count := queries.count_waiting(tenant_id, year))],
        begun={year: queries.open_meeting(tenant_id, year) for year in open_years},
        may_run=not refusal(signed_in(), Right.RUN_COUNCIL),
        cycle=current_cycle(),
        rules=rules,
    )


@blueprint.get("/huyen/hoi-dong/thanh-vien")
@may(Right.RUN_COUNCIL)
def members() -> Any:
    """Who belongs to the council, to be written."""
    return _members()


def _members(
    form: CouncilForm | None = None, rows: Sequence[TypedMember] | None = None, status: int = 200
) -> Any:
    tenant_id = tenant_here()
    council = queries.council_of(tenant_id)
    if form is None:
        form, rows = _shown(council)
    known = queries.staff(tenant_id)
    blanks = [TypedMember()] * BLANK_ROWS
    page = render_template(
        "council/members.html",
        council=council,
        form=form,
        rows=[*(rows or ()), *blanks],
        accounts=[(str(number), name) for number, name in known],
        rules=rules,
    )
    return page, status


def _shown(council: Council | None) -> tuple[CouncilForm, list[TypedMember]]:
    if council is None:
        tenant = db.session.get_one(Tenant, tenant_here())
        name = f"Hội đồng thẩm định “Đơn vị học tập” {tenant.name[:1].lower()}{tenant.name[1:]}"
        first = [TypedMember(duty="chair"), TypedMember(duty="secretary")]
        return CouncilForm(formdata=None, data={"version": "0", "name": name}), first
    found = rules.members_of(council.members)
    codes = queries.codes_of(council.tenant_id, {unit for one in found for unit in one.unit_ids})
    rows = [
        TypedMember(
            one.name,
            one.office,
            one.duty,
            str(one.account_id or ""),
            ", ".join(codes[unit] for unit in one.unit_ids if unit in codes),
        )
        for one in found
    ]
    data = {"version": str(council.version), "name": council.name, "number": council.number}
    return CouncilForm(
        formdata=None, data=data | {"dated": council.dated, "quorum": str(council.quorum)}
    ), rows


@blueprint.post("/huyen/hoi-dong/thanh-vien")
@may(Right.RUN_COUNCIL)
def found() -> Any:
    """Keep the council as typed."""
    form, rows, tenant_id = CouncilForm(), typed_members(request.form), tenant_here()
    units = queries.units_by_code(tenant_id, {code for one in rows for code in codes_in(one.codes)})
    accounts = [number for number, _ in queries.staff(tenant_id)]
    good = form.validate()
    faults = member_faults(rows, accounts, units)
    if not good or faults:
        form.form_errors.extend(faults)
        return _members(form, rows, 422)
    try:
        operations.found(signed_in(), form.founded(rows, units), form.seen)
    except Refused as refused:
        db.session.rollback()
        form.form_errors.append(refused.sentence)
        if isinstance(refused, Conflict):
            now = queries.council_of(tenant_id)
            form.version.data = str(now.version if now else 0)
        return _members(form, rows, refused.status)
    return back_to("council.index", "Đã lưu hội đồng, tổ thẩm định.")


@blueprint.post("/huyen/hoi-dong/ket-thuc")
@may(Right.RUN_COUNCIL)
def end() -> Any:
    """End the running council."""
    operations.end(signed_in(), seen())
    return back_to("council.index", "Đã kết thúc hoạt động của hội đồng, tổ thẩm định.")


@blueprint.post("/huyen/hoi-dong/hop")
@may(Right.RUN_COUNCIL)
def begin() -> Any:
    """Begin a meeting on a year's dossiers, or go on with the one that is open."""
    typed = request.form.get("year", "")
    if not (typed.isascii() and typed.isdigit() and len(typed) == 4):
        raise Refused("Xin chọn năm đánh giá.", 422)
    row = operations.begin(signed_in(), int(typed))
    return back_to("council.meeting", "Cuộc họp đã mở, chương trình đã xếp.", meeting_id=row.id)
