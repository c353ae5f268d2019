"""The district's pages of registrations: who registered for what, until when changes are taken, one unit's history."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, url_for

from portal import web, words
from portal.appraisal.blueprint import chosen_cycle
from portal.appraisal.progress import STAGE_WORDS, funnel
from portal.cycle.models import Cycle
from portal.cycle.queries import years
from portal.jobs.later import later
from portal.papers.sheets import Column, Kind, Sheet
from portal.papers.table_files import file_of, marks, streamed
from portal.units.queries import unit_of
from portal.web import Listing, back_to
from tenants.access import found, may, signed_in, tenant_here
from tenants.database import db
from tenants.refusal import Refused
from tenants.rights import Right, refusal

from . import operations, queries, wording
from .blueprint import blueprint
from .forms import TermForm, typed_number


def _asked() -> Listing:
    return web.listing(queries.SORTS, filters={**queries.FILTERS, "nam": [str(year) for year in years()]})


@blueprint.get("/huyen/dang-ky")
@may(Right.SEE_DISTRICT)
def district() -> Any:
    """The units of the district by what they registered for."""
    return _page(chosen_cycle(), None)


def _page(cycle: Cycle, form: TermForm | None, status: int = 200) -> Any:
    asked, tenant_id = _asked(), tenant_here()
    term = queries.term_of_year(tenant_id, cycle.year)
    counted = queries.standings(tenant_id, cycle.year, asked.filters["kind"])
    whole = queries.standings(tenant_id, cycle.year) if asked.filters["kind"] else counted
    standing = asked.filters["standing"]
    if form is None:
        form = TermForm(formdata=None, data={"closes_before": term.closes_before if term else None})
    form.version.data = str(term.version if term else 0)
    page = render_template(
        "registration/district.html",
        cycle=cycle,
        listing=asked,
        page=web.paginate(queries.listed(tenant_id, cycle.year, asked), asked.number),
        tabs=[
            ("Tất cả", asked.url(standing=""), sum(counted.values()), not standing),
            *(
                (known.name, asked.url(standing=name), counted[name], name == standing)
                for name, known in wording.STANDINGS.items()
                if counted[name] or name == standing
            ),
        ],
        kinds=[(kind.code, kind.short) for kind in web.kinds_here().values()],
        years=[(str(year), str(year)) for year in years()],
        total=funnel(tenant_id, cycle.year)[1],
        counted=whole,
        standings=wording.STANDINGS,
        stages=STAGE_WORDS,
        term=term,
        form=form,
        closed=operations.may_change(tenant_id, cycle),
        may_close=not refusal(signed_in(), Right.CLOSE_REGISTRATION),
    )
    return page, status


@blueprint.post("/huyen/dang-ky/han")
@may(Right.CLOSE_REGISTRATION)
def term() -> Any:
    """Say until when registrations of the year are taken."""
    cycle, form = chosen_cycle(), TermForm()
    if not form.validate():
        return _page(cycle, form, 422)
    try:
        operations.close_on(signed_in(), cycle.year, form.closes_before.day, typed_number(form.version.data))
    except Refused as refused:
        if refused.status not in (409, 422):
            raise
        db.session.rollback()
        form.closes_before.errors = [refused.sentence]
        return _page(cycle, form, refused.status)
    day = form.closes_before.day
    said = f"Nhận đăng ký trước ngày {words.day(day)}." if day else "Nhận đăng ký đến khi hết hạn nộp hồ sơ."
    return back_to("registration.district", said, nam=cycle.year)


@blueprint.get("/huyen/dang-ky/don-vi/<int:unit_id>")
@may(Right.SEE_DISTRICT)
def of_unit(unit_id: int) -> Any:
    """One unit's registration of the year with every change."""
    cycle = chosen_cycle()
    unit = found(unit_of(tenant_here(), unit_id))
    return render_template(
        "registration/unit.html",
        cycle=cycle,
        unit=unit,
        row=queries.registration_of(unit.tenant_id, unit.id, cycle.year),
        history=queries.history_of(unit.tenant_id, unit.id, cycle.year),
        changes=wording.CHANGES,
        targets=wording.TARGETS,
        target_name=wording.target_name,
        back=url_for("registration.district", nam=cycle.year),
    )


@blueprint.get("/huyen/dang-ky/xuat.<ext>")
@may(Right.SEE_DISTRICT)
@later("Đăng ký xây dựng Đơn vị học tập")
def district_file(ext: str) -> Response:
    """Give the filtered list as a file."""
    cycle, asked = chosen_cycle(), _asked()
    columns = (
        Column("Mã đơn vị", width=12),
        Column("Đơn vị", width=42),
        Column("Loại hình", width=30),
        Column("Xã, phường", width=18),
        Column("Đăng ký", width=22),
        Column("Chờ xác nhận", width=16),
        Column("Ngày xác nhận", Kind.DATE, 14),
        Column("Người xác nhận", width=36),
        Column("Tiến độ hồ sơ", width=22),
        Column("Điện thoại", width=16),
    )
    rows = streamed(
        queries.listed(tenant_here(), cycle.year, asked),
        lambda row: (
            row.code,
            row.name,
            words.kind_name(row.kind),
            row.commune,
            wording.STANDINGS[row.standing].name,
            wording.target_name(row.proposed) if row.proposed else "",
            row.confirmed_at.astimezone(words.ZONE).date() if row.confirmed_at else None,
            row.confirmed_by or "",
            STAGE_WORDS[row.stage].name,
            row.phone,
        ),
    )
    sheet = Sheet(f"Đăng ký xây dựng Đơn vị học tập năm {cycle.year}", columns, rows, **marks())
    return file_of(ext, sheet, f"Dang-ky-{cycle.year}")
