"""Pages of a district's targets: the year's table, one target with the units behind it, setting and retiring, export."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

from flask import Response, abort, render_template, request

from portal import clock, web, words
from portal.appraisal.blueprint import chosen_cycle
from portal.catalogue.kept import indicators_of
from portal.cycle.models import Cycle
from portal.cycle.queries import cycle_of, years
from portal.papers.table_files import file_of, marks
from portal.spelling import fold
from portal.web import Listing, Page, back_to
from tenants.access import found, may, signed_in, tenant_here
from tenants.database import db
from tenants.refusal import Refused
from tenants.rights import Right, refusal

from . import operations, own_views, queries, wording
from .blueprint import blueprint
from .forms import RetireForm, TargetForm
from .models import DistrictTarget
from .queries import Line, UnitRow
from .ready import DAYS, READY_BY_CODE, SOURCE
from .rules import Standing
from .tables import form_04, units_sheet

PER_PAGE = 25
__all__ = ["blueprint", "own_views"]


def _target(target_id: int) -> DistrictTarget:
    row: DistrictTarget = found(queries.target_of(tenant_here(), target_id))
    return row


def _version() -> int:
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _may_set() -> bool:
    return not refusal(signed_in(), Right.SET_TARGETS)


@blueprint.get("/huyen/muc-tieu")
@may(Right.SEE_DISTRICT)
def index() -> Any:
    """The targets of a year with their values so far, and the ready-made ones that can be adopted."""
    cycle = chosen_cycle()
    targets = queries.targets_of(tenant_here(), cycle.year)
    lines, _ = queries.reckoned(targets, cycle)
    return render_template(
        "targets/index.html",
        cycle=cycle,
        lines=lines,
        ready=queries.not_adopted(targets, cycle),
        retired=queries.targets_of(tenant_here(), cycle.year, retired=True),
        may_set=_may_set(),
        wording=wording,
        today=clock.today(),
        source=SOURCE,
        days=DAYS,
        years=[(year, year == cycle.year) for year in years()],
    )


@blueprint.post("/huyen/muc-tieu/nhan")
@may(Right.SET_TARGETS)
def adopt() -> Any:
    """Adopt one ready-made target, or all that are not there yet."""
    cycle = chosen_cycle()
    code = request.form.get("mau", "")
    codes = list(READY_BY_CODE) if code == "tat-ca" else [code]
    made = operations.adopt(signed_in(), cycle.year, codes)
    said = f"Đã nhận {len(made)} mục tiêu." if made else "Mục tiêu này đã có trong năm."
    return back_to("targets.index", said, "ok" if made else "info", nam=cycle.year)


@blueprint.get("/huyen/muc-tieu/bieu-04.<ext>")
@may(Right.SEE_DISTRICT)
def table_04(ext: str) -> Response:
    """Give Biểu 04 of the year as a file."""
    cycle = chosen_cycle()
    lines, made = queries.reckoned(queries.targets_of(tenant_here(), cycle.year), cycle)
    return file_of(ext, form_04(cycle.year, lines, made, marks()), f"Bieu-04-{cycle.year}")


@blueprint.route("/huyen/muc-tieu/moi", methods=["GET", "POST"])
@may(Right.SET_TARGETS)
def new() -> Any:
    """Set a target of the district's own."""
    cycle = chosen_cycle()
    if request.method == "GET":
        return _edit(cycle, TargetForm.showing(None, date(cycle.year, 12, 31)), None, 200)
    form = TargetForm().offer(wording.offered(indicators_of(cycle.version_id)))
    try:
        if not form.validate():
            raise Refused("", 422)
        row = operations.add(signed_in(), cycle.year, form.wish())
    except Refused as refused:
        status = _again(form, refused)
        return _edit(chosen_cycle(), form, None, status)
    return back_to("targets.show", "Đã đặt mục tiêu.", target_id=row.id)


@blueprint.route("/huyen/muc-tieu/<int:target_id>/sua", methods=["GET", "POST"])
@may(Right.SET_TARGETS)
def edit(target_id: int) -> Any:
    """Change a target in force."""
    row = _target(target_id)
    cycle = found(cycle_of(row.year))
    if request.method == "GET":
        return _edit(cycle, TargetForm.showing(row, row.due_on), row, 200)
    form = TargetForm().offer(wording.offered(indicators_of(cycle.version_id)))
    try:
        if not form.validate():
            raise Refused("", 422)
        operations.change(signed_in(), row, form.wish(), _version())
    except Refused as refused:
        status = _again(form, refused)
        row = _target(target_id)
        return _edit(found(cycle_of(row.year)), form, row, status)
    return back_to("targets.show", "Đã lưu mục tiêu.", target_id=target_id)


def _edit(cycle: Cycle, form: TargetForm, row: DistrictTarget | None, status: int) -> Any:
    indicators = indicators_of(cycle.version_id)
    form.offer(wording.offered(indicators))
    laws = [(one.code, one.title, wording.of_law(one)) for one in indicators]
    page = render_template(
        "targets/edit.html", cycle=cycle, form=form, target=row, laws=laws, wording=wording
    )
    return page, status


def _again(form: Any, refused: Refused) -> int:
    """Keep what was typed and put the refusal's sentence over it; returns the status of the page."""
    if refused.status in (403, 404):
        raise refused
    db.session.rollback()
    if refused.sentence:
        form.form_errors.append(refused.sentence)
    return refused.status


@blueprint.get("/huyen/muc-tieu/<int:target_id>")
@may(Right.SEE_DISTRICT)
def show(target_id: int) -> Any:
    """One target: how it is reckoned, the years, the forecast, and the units behind it."""
    return _show(_target(target_id), RetireForm(formdata=None), 200)


def _show(target: DistrictTarget, form: RetireForm, status: int) -> Any:
    cycle = found(cycle_of(target.year))
    lines, made = queries.reckoned([target], cycle)
    line, asked = lines[0], _asked()
    kinds = {part.kind for part in line.reckoning.parts} if line.reckoning else set()
    counts = {tab: len(queries.behind(line, made, tab)) for tab in queries.TABS}
    names = {
        "duoi": "Dưới mục tiêu",
        "chua-co": wording.standing_words(target.counting, Standing.WAITING).name,
        "ty-le": "Chỉ báo tỷ lệ",
        "dat": "Đạt mức mục tiêu",
        "co-so": "Đã có số",
        "tat-ca": "Tất cả",
    }
    tab = asked.filters["loc"] or "duoi"
    page = render_template(
        "targets/show.html",
        cycle=cycle,
        target=target,
        line=line,
        listing=asked,
        page=_page(_rows(line, made, asked), asked.number),
        tabs=[
            (names[key], asked.url(loc=key), counts[key], key == tab)
            for key in queries.TABS
            if key == tab or key in ("duoi", "tat-ca") or (counts[key] and key != "co-so")
        ],
        kind_options=[(kind.code, kind.short) for kind in words.UNIT_KINDS.values() if kind.code in kinds],
        law=wording.of_law(line.indicator),
        wording=wording,
        form=form,
        may_set=_may_set() and target.retired_at is None,
        today=clock.today(),
    )
    return page, status


def _asked() -> Listing:
    asked = web.listing(("thieu",), filters={"loc": queries.TABS, "kind": list(words.UNIT_KINDS)})
    return Listing(asked.q, "", "", asked.filters, asked.number)


def _rows(line: Line, made: Any, asked: Listing) -> list[UnitRow]:
    rows = queries.behind(line, made, asked.filters["loc"] or "duoi")
    sought, kind = fold(asked.q).split(), asked.filters["kind"]
    return [
        row
        for row in rows
        if (not kind or row.unit.kind == kind) and all(word in row.unit.name_folded for word in sought)
    ]


def _page(rows: list[UnitRow], number: int) -> Page:
    number = min(number, max(1, math.ceil(len(rows) / PER_PAGE)))
    return Page(rows[(number - 1) * PER_PAGE : number * PER_PAGE], len(rows), number, PER_PAGE)


@blueprint.get("/huyen/muc-tieu/<int:target_id>/xuat.<ext>")
@may(Right.SEE_DISTRICT)
def units_file(target_id: int, ext: str) -> Response:
    """Give the filtered list of units behind a target as a file."""
    target = _target(target_id)
    lines, made = queries.reckoned([target], found(cycle_of(target.year)))
    if lines[0].reckoning is None:
        abort(404)
    sheet = units_sheet(lines[0], _rows(lines[0], made, _asked()), marks())
    return file_of(ext, sheet, f"Muc-tieu-{target.year}-{target.id}")


@blueprint.post("/huyen/muc-tieu/<int:target_id>/thoi")
@may(Right.SET_TARGETS)
def retire(target_id: int) -> Any:
    """Retire a target, with the reason."""
    row, form = _target(target_id), RetireForm()
    year = row.year
    try:
        if not form.validate():
            raise Refused("", 422)
        operations.retire(signed_in(), row, form.reason.data or "", _version())
    except Refused as refused:
        status = _again(form, refused)
        return _show(_target(target_id), form, status)
    return back_to("targets.index", "Đã thôi mục tiêu; nội dung vẫn được lưu.", nam=year)
