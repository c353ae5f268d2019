"""Pages of the random re-check: the draw and its sheets for the Department, what was found for the district."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template, request
from sqlalchemy import and_, select

from portal.cycle.models import Cycle
from portal.cycle.queries import years
from portal.province import dossier_sheet
from portal.province.queries import cycle_shown, places_in
from portal.typed import line, lines
from portal.units.models import Unit
from portal.web import back_to, listing, paginate
from tenants.access import found, may, signed_in
from tenants.database import db
from tenants.refusal import Refused
from tenants.rights import Right, refusal

from . import rechecking, sampling
from .blueprint import blueprint
from .models import Recheck
from .sampling import RESULTS, Sampled

STATES = {"cho": "Chưa gửi", "gui": "Đã gửi, chờ trả lời", "xong": "Huyện đã trả lời"}


def _sheets(year: int | None = None) -> Any:
    statement = select(Recheck, Unit.name, Unit.code, Unit.kind).join(
        Unit, and_(Unit.tenant_id == Recheck.tenant_id, Unit.id == Recheck.unit_id)
    )
    return statement.where(Recheck.year == year) if year else statement


def _state(row: Recheck) -> str:
    if row.sent_at is None:
        return "cho"
    return "xong" if row.answered_at else "gui"


@blueprint.get("/tinh/kiem-tra-lai")
@may(Right.SEE_PROVINCE)
def rechecks() -> Any:
    """The draw of a year, its sheets, and how often the Department does not agree."""
    return _rechecks(cycle_shown(request.args.get("nam", "")))


def _rechecks(cycle: Cycle | None, fault: str = "", typed: str = "", status: int = 200) -> Any:
    if cycle is None:
        return render_template("province/no_year.html")
    names = {place.id: place.name for place in places_in(cycle.year)}
    asked = listing(("name",), filters={"nam": [str(cycle.year)], "huyen": [str(key) for key in names]})
    statement = _sheets(cycle.year)
    district = asked.filters["huyen"]
    if district:
        statement = statement.where(Recheck.tenant_id == int(district))
    sent = db.session.scalars(
        select(Recheck).where(Recheck.year == cycle.year, Recheck.sent_at.is_not(None))
    ).all()
    by_district: dict[int, list[Recheck]] = {}
    for row in sent:
        by_district.setdefault(row.tenant_id, []).append(row)

    def rate(rows: Any) -> Sampled:
        return Sampled(len(rows), sum(bool(row.differing) for row in rows))

    page = render_template(
        "quality/rechecks.html",
        cycle=cycle,
        years=years(),
        draw=rechecking.drawn(cycle.year),
        page=paginate(statement.order_by(Recheck.tenant_id, Unit.name_sort, Recheck.id), asked.number),
        listing=asked,
        names=names,
        total=rate(sent),
        rates=[(names.get(key, "–"), rate(rows)) for key, rows in by_district.items()],
        state_of=_state,
        states=STATES,
        sampling=sampling,
        pool_shown=request.args.get("mau") == "1",
        fault=fault,
        typed=typed,
        watches=refusal(signed_in(), Right.WATCH_QUALITY) is None,
    )
    return page, status


@blueprint.post("/tinh/kiem-tra-lai")
@may(Right.WATCH_QUALITY)
def draw() -> Any:
    """Draw the year's share."""
    cycle, given = cycle_shown(request.args.get("nam", "")), line(request.form.get("share", ""))
    if cycle is None or str(cycle.year) != request.args.get("nam"):
        abort(404)
    bare = given.replace("%", "").strip()
    try:
        whole = int(bare) if bare.isascii() and bare.isdigit() and len(bare) < 4 else 0
        count = rechecking.draw(signed_in(), cycle, whole)
    except Refused as refused:
        db.session.rollback()
        return _rechecks(cycle_shown(str(cycle.year)), refused.sentence, given[:20], refused.status)
    return back_to("quality.rechecks", f"Đã bốc thăm {count} hồ sơ.", nam=cycle.year)


@blueprint.get("/tinh/kiem-tra-lai/<int:recheck_id>")
@may(Right.SEE_PROVINCE)
def recheck(recheck_id: int) -> Any:
    """One sheet: both sides of every indicator, and the Department's."""
    return _recheck(found(rechecking.recheck_of(recheck_id)))


def _recheck(row: Recheck, typed: dict[str, Any] | None = None, fault: str = "", status: int = 200) -> Any:
    view = found(dossier_sheet.view_of(row.tenant_id, row.dossier_id))
    kept = {int(key): (one["result"], one["reason"]) for key, one in row.verdicts.items()}
    page = render_template(
        "quality/recheck.html",
        row=row,
        view=view,
        results=RESULTS,
        given=typed["verdicts"] if typed else kept,
        note_text=typed["note"] if typed else row.note,
        fault=fault,
        state_of=_state,
        states=STATES,
        writes=row.sent_at is None and refusal(signed_in(), Right.WATCH_QUALITY) is None,
    )
    return page, status


@blueprint.post("/tinh/kiem-tra-lai/<int:recheck_id>")
@may(Right.WATCH_QUALITY)
def fill(recheck_id: int) -> Any:
    """Keep the sheet, or send it; what was typed stays where it cannot be kept."""
    row = found(rechecking.recheck_of(recheck_id))
    view = found(dossier_sheet.view_of(row.tenant_id, row.dossier_id))
    offered = {i.row.id: (i.row.code, i.row.title) for _, _, rows in view.criteria for i in rows if i.applies}
    verdicts = {
        key: (request.form.get(f"result-{key}", ""), lines(request.form.get(f"reason-{key}", "")))
        for key in offered
    }
    note, version = lines(request.form.get("note", "")), request.form.get("version", "")
    send = request.form.get("act") == "send"
    try:
        if not (version.isascii() and version.isdigit() and len(version) < 10):
            raise Refused("Trang thiếu thông tin phiên bản. Xin tải lại trang rồi gửi lại.", 422)
        rechecking.fill(signed_in(), row, offered, verdicts, note, int(version), send=send)
    except Refused as refused:
        db.session.rollback()
        again = found(rechecking.recheck_of(recheck_id))
        if again.sent_at is not None:
            raise
        return _recheck(again, {"verdicts": verdicts, "note": note}, refused.sentence, refused.status)
    said = "Đã gửi huyện." if send else "Đã lưu phiếu."
    return back_to("quality.recheck", said, recheck_id=recheck_id)


@blueprint.get("/huyen/kiem-tra-lai")
@may(Right.SEE_DISTRICT)
def told() -> Any:
    """What the Department found when it looked again, and the district's answers."""
    return _told()


def _told(typed: dict[str, Any] | None = None, status: int = 200) -> Any:
    asked = listing(("sent",))
    statement = _sheets().order_by(Recheck.sent_at.desc(), Recheck.id.desc())
    page = render_template(
        "quality/told.html",
        page=paginate(statement, asked.number),
        results=RESULTS,
        typed=typed or {},
        answers=refusal(signed_in(), Right.ANSWER_RECHECK) is None,
    )
    return page, status


@blueprint.post("/huyen/kiem-tra-lai/<int:recheck_id>")
@may(Right.ANSWER_RECHECK)
def answer(recheck_id: int) -> Any:
    """Keep the district's answer."""
    row, text = found(rechecking.recheck_of(recheck_id)), lines(request.form.get("answer", ""))
    try:
        rechecking.answer(signed_in(), row, text)
    except Refused as refused:
        db.session.rollback()
        return _told({"id": recheck_id, "answer": text, "fault": refused.sentence}, refused.status)
    return back_to("quality.told", "Đã gửi trả lời cho Sở.")
