"""Dossiers filed off the portal: choose the unit and the channel, type everything in on one page, file it."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template, request
from sqlalchemy import Select, and_, or_, select

from portal import clock, web, words
from portal.cycle.models import Cycle
from portal.cycle.queries import years
from portal.cycle.rules import time_left
from portal.dossiers.blueprint import dossier_here
from portal.dossiers.models import ENDED, Dossier
from portal.dossiers.operations import start_dossier
from portal.dossiers.queries import Sheet, open_sheet
from portal.dossiers.wording import asked as asked_levels
from portal.evidence import operations as evidence
from portal.spelling import escaped
from portal.typed import line, lines
from portal.units.models import Unit
from portal.web import back_to
from tenants.access import found, may, signed_in
from tenants.database import db
from tenants.refusal import Refused
from tenants.rights import Right

from . import entry
from .blueprint import blueprint, chosen_cycle, link
from .desk import files_of
from .progress import open_units
from .queries import KIND_ORDER, name_like

CHANNELS = tuple((code, name) for code, name in words.CHANNELS.items() if code != "portal")
ALL = "all"
MOST_UPLOAD = 64 * 1024 * 1024


def _units(cycle: Cycle, asked: web.Listing) -> Select[Any]:
    place = signed_in().here
    live = and_(
        Dossier.tenant_id == Unit.tenant_id,
        Dossier.unit_id == Unit.id,
        Dossier.year == cycle.year,
        Dossier.state.not_in(ENDED),
    )
    statement = (
        select(
            Unit.id, Unit.name, Unit.kind, Unit.commune, Unit.code,
            Dossier.id.label("dossier_id"), Dossier.state, Dossier.channel,
        )
        .outerjoin(Dossier, live)
        .where(open_units(place.tenant_id, cycle.year))
    )  # fmt: skip
    if asked.q:
        by_code = Unit.code.ilike(escaped(asked.q))
        statement = statement.where(or_(name_like(asked.q), by_code))
    if asked.filters["kind"]:
        statement = statement.where(Unit.kind == asked.filters["kind"])
    return statement.order_by(KIND_ORDER, Unit.name_sort, Unit.id)


@blueprint.get("/huyen/nhap-ho")
@may(Right.ENTER_FOR_UNIT)
def enter() -> str:
    """Choose the unit whose dossier came off the portal, then the channel."""
    cycle = chosen_cycle()
    filters = {"kind": tuple(words.UNIT_KINDS), "nam": [str(year) for year in years()]}
    asked = web.listing(("name",), filters=filters)
    return render_template(
        "appraisal/enter.html",
        cycle=cycle,
        listing=asked,
        page=web.paginate(_units(cycle, asked), asked.number),
        kinds=[(kind.code, kind.short) for kind in web.kinds_here().values()],
        years=[(str(year), str(year)) for year in years()],
    )


def _unit(unit_id: int) -> Unit:
    place = signed_in().here
    unit: Unit = found(db.session.get(Unit, (place.tenant_id, unit_id)))
    return unit


@blueprint.get("/huyen/nhap-ho/don-vi/<int:unit_id>")
@may(Right.ENTER_FOR_UNIT)
def channel(unit_id: int) -> str:
    """Ask how the unit's dossier came."""
    return _channel_page(_unit(unit_id), chosen_cycle())


def _channel_page(unit: Unit, cycle: Cycle, *, channel: str = "", code: str = "", fault: str = "") -> str:
    return render_template(
        "appraisal/channel.html",
        unit=unit,
        cycle=cycle,
        channels=CHANNELS,
        channel=channel,
        code=code,
        fault=fault,
    )


@blueprint.post("/huyen/nhap-ho/don-vi/<int:unit_id>")
@may(Right.ENTER_FOR_UNIT)
def start(unit_id: int) -> Any:
    """Open the dossier of a unit for typing in, or go on with the one already begun."""
    unit, cycle = _unit(unit_id), chosen_cycle()
    came, code = request.form.get("channel", ""), line(request.form.get("code", ""))[:60]
    fault = ""
    if came not in dict(CHANNELS):
        fault = "Xin chọn hình thức nộp."
    elif came == "public_service" and not code:
        fault = "Xin ghi mã hồ sơ trên cổng dịch vụ công."
    if fault:
        return _channel_page(unit, cycle, channel=came, code=code, fault=fault), 422
    try:
        dossier = start_dossier(signed_in(), unit, cycle.year, channel=came, channel_code=code)
    except Refused as refused:
        if refused.status == 403:
            raise
        return _channel_page(unit, cycle, channel=came, code=code, fault=refused.sentence), refused.status
    if not entry.can_enter(dossier):
        state = words.DOSSIER_STATES[dossier.state].name
        fault = (
            f"Đơn vị đã có hồ sơ năm {cycle.year} trên cổng (trạng thái “{state}”) nên không nhập hộ được."
        )
        if dossier.channel == "portal":
            fault += " Đề nghị đơn vị nộp bản đó, hoặc rút rồi nhập bản giấy ở đây."
        return _channel_page(unit, cycle, channel=came, code=code, fault=fault), 409
    return back_to("appraisal.entry", dossier_id=dossier.id)


@blueprint.get("/huyen/nhap-ho/<int:dossier_id>", endpoint="entry")
@may(Right.ENTER_FOR_UNIT)
def entry_page(dossier_id: int) -> Any:
    """Show the compact page of a dossier that is being typed in."""
    dossier = dossier_here(dossier_id)
    if dossier.channel == "portal":
        abort(404)
    if not entry.can_enter(dossier):
        return back_to("appraisal.intake", dossier_id=dossier_id)
    sheet = open_sheet(dossier)
    return _page(sheet, entry.stored(sheet))


def _page(sheet: Sheet, fields: dict[str, str], faults: list[str] | None = None) -> str:
    side = sheet.unit_side()
    rows = {row.id: row for row in sheet.catalogue}
    indicators = entry.applying(sheet)
    return render_template(
        "appraisal/entry.html",
        sheet=sheet,
        dossier=sheet.dossier,
        fields=fields,
        faults=faults or [],
        indicators=indicators,
        rows=rows,
        asked={i.id: asked_levels(i) for i in indicators},
        heads=[(code, words.HEADCOUNTS[code]) for code in sheet.asked_counts],
        side=side,
        channel=words.CHANNELS[sheet.dossier.channel],
        left=time_left(sheet.cycle.submit_before, clock.now()),
        files={i.id: files_of(sheet, i.id, link) for i in indicators},
        scans=_scans(sheet),
    )


def _scans(sheet: Sheet) -> list[Any]:
    seen = {f.id: f for i in entry.applying(sheet) for f in files_of(sheet, i.id, link)}
    return list(seen.values())


@blueprint.post("/huyen/nhap-ho/<int:dossier_id>")
@may(Right.ENTER_FOR_UNIT)
def save_entry(dossier_id: int) -> Any:
    """Save the page, and file the dossier when that was asked."""
    dossier = dossier_here(dossier_id)
    if dossier.channel == "portal":
        abort(404)
    entered = entry.read(request.form, open_sheet(dossier))
    filing = request.form.get("act") == "file"
    try:
        if filing:
            entry.file(signed_in(), dossier, entered)
        else:
            entry.save(signed_in(), dossier, entered)
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        db.session.rollback()
        dossier = dossier_here(dossier_id)
        if not entry.can_enter(dossier):
            raise
        sheet = open_sheet(dossier)
        typed = {
            name: lines(value)[:20_000]
            for name, value in request.form.items()
            if not name.startswith("version")
        }
        faults = entered.faults or [refused.sentence]
        return _page(sheet, entry.stored(sheet) | typed, faults), refused.status
    if filing:
        said = f"Đã ghi nhận hồ sơ, số tiếp nhận {dossier.receipt_number}. Đơn vị xem được hồ sơ và phiếu tiếp nhận."
        return back_to("appraisal.intake", said, dossier_id=dossier_id)
    return back_to("appraisal.entry", "Đã lưu.", dossier_id=dossier_id)


@blueprint.post("/huyen/nhap-ho/<int:dossier_id>/tep")
@may(Right.ENTER_FOR_UNIT)
@web.takes(MOST_UPLOAD)
def scan(dossier_id: int) -> Any:
    """Attach scans of the paper dossier as evidence, to one indicator or to all that apply."""
    dossier = dossier_here(dossier_id)
    if dossier.channel == "portal":
        abort(404)
    sheet = open_sheet(dossier)
    indicators, wanted = entry.applying(sheet), request.form.get("indicator", ALL)
    chosen = [i for i in indicators if wanted in (ALL, str(i.id))]
    files = [(file.filename or "", file.read()) for file in request.files.getlist("file") if file.filename]
    if not files or not chosen:
        raise Refused("Xin chọn tệp quét của hồ sơ giấy.", 422)
    taken = evidence.add_to_indicator(signed_in(), dossier, chosen[0].id, files)
    for indicator in chosen[1:]:
        for file in taken.good:
            evidence.link(signed_in(), dossier, indicator.id, file.id)
    said = " ".join([f"Đã gắn {len(taken.good)} tệp." if taken.good else "", *taken.refused]).strip()
    return back_to("appraisal.entry", said, "no" if taken.refused else "ok", dossier_id=dossier_id)
