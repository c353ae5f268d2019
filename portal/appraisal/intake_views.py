"""Intake: the page of one dossier with its checklist, taking it in, turning it away, asking for supplements."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import abort, render_template, request

from portal import clock, words
from portal.cycle.queries import own_days
from portal.cycle.rules import add_working_days, time_left
from portal.dossiers.blueprint import dossier_here, sheet_here
from portal.dossiers.models import Dossier, State
from portal.dossiers.queries import Sheet, open_sheet
from portal.dossiers.states import UNFILED
from portal.trail.queries import of_dossier
from portal.web import back_to
from tenants.access import may, signed_in
from tenants.database import db
from tenants.refusal import Refused
from tenants.rights import Right, refusal

from . import operations, supplements
from .blueprint import blueprint
from .completeness import TICK_WORDS, Line, Tick, checklist
from .forms import ExtensionGiven, SupplementGiven, point_rows, read_extension, read_supplement, text_of
from .intake_facts import facts_of
from .queries import next_in

WORKING_DAYS_TO_ANSWER = 5
# What was typed, apart from the steps of the dossier: folded away on the page.
TYPING = frozenset(
    "answer headcounts texts team link_evidence unlink_evidence remove_evidence evidence appraisal".split()
)


@blueprint.get("/huyen/ho-so/<int:dossier_id>")
@may(Right.SEE_DISTRICT)
def intake(dossier_id: int) -> str:
    """Show a dossier: its checklist, papers, supplements and trail, and what can be done now."""
    return page(dossier_here(dossier_id))


def page(
    dossier: Dossier, *, late_reason: str = "", fault: str = "", extension: ExtensionGiven | None = None
) -> str:
    """Show a dossier at intake, with what was refused and what had been typed."""
    sheet = open_sheet(dossier)
    if dossier.state in UNFILED:
        return render_template("appraisal/not_filed.html", sheet=sheet, dossier=dossier)
    lines = checklist(facts_of(sheet))
    trail = of_dossier(dossier.tenant_id, dossier.id, 100)
    actor = signed_in()
    return render_template(
        "appraisal/intake.html",
        sheet=sheet,
        dossier=dossier,
        lines=lines,
        tick_words=TICK_WORDS,
        incomplete=sum(line.tick is Tick.INCOMPLETE for line in lines),
        look=sum(line.tick is Tick.LOOK for line in lines),
        steps=[entry for entry in trail if entry.act not in TYPING],
        typing=[entry for entry in trail if entry.act in TYPING],
        codes={row.id: f"{row.code} {row.title}" for row in sheet.catalogue},
        parts=words.DOSSIER_PARTS,
        left=time_left(sheet.cycle.decide_before, clock.now()),
        next_id=next_in(State.SUBMITTED, dossier.tenant_id, dossier.year, actor, dossier),
        may_receive=not refusal(actor, Right.RECEIVE_DOSSIER),
        may_appraise=not refusal(actor, Right.APPRAISE, dossier),
        channel=words.CHANNELS.get(dossier.channel, dossier.channel),
        late_reason=late_reason,
        fault=fault,
        extension=extension or ExtensionGiven(None, "", "", None),
        leaves=supplements.leaves_of(dossier.tenant_id, dossier.id) if sheet.requests else [],
        typed=request.form,
        may_allow=not refusal(actor, Right.ALLOW_SUPPLEMENT, dossier),
        overdue=sheet.open_request is not None and clock.today() >= sheet.open_request.answer_by,
    )


@blueprint.post("/huyen/ho-so/<int:dossier_id>/tiep-nhan")
@may(Right.RECEIVE_DOSSIER)
def accept(dossier_id: int) -> Any:
    """Take the dossier in; a late one with its reason."""
    dossier, reason = dossier_here(dossier_id), text_of(request.form, "late_reason", 1_000)
    try:
        operations.accept(signed_in(), dossier, reason)
    except Refused as refused:
        return _refused(dossier_id, refused, reason)
    return back_to("appraisal.intake", "Đã tiếp nhận hồ sơ; đơn vị được báo ngay.", dossier_id=dossier_id)


@blueprint.post("/huyen/ho-so/<int:dossier_id>/tu-choi")
@may(Right.RECEIVE_DOSSIER)
def refuse(dossier_id: int) -> Any:
    """Turn a late dossier away."""
    dossier, reason = dossier_here(dossier_id), text_of(request.form, "late_reason", 1_000)
    try:
        operations.refuse_late(signed_in(), dossier, reason)
    except Refused as refused:
        return _refused(dossier_id, refused, reason)
    return back_to("appraisal.intake", "Đã ghi không nhận hồ sơ vì quá hạn.", dossier_id=dossier_id)


def _refused(dossier_id: int, refused: Refused, reason: str) -> tuple[str, int]:
    if refused.status == 403:
        abort(403, refused.sentence)
    db.session.rollback()
    return page(dossier_here(dossier_id), late_reason=reason, fault=refused.sentence), refused.status


@blueprint.post("/huyen/ho-so/<int:dossier_id>/gia-han")
@may(Right.RECEIVE_DOSSIER)
def extend(dossier_id: int) -> Any:
    """Give the unit longer to answer the open supplement request."""
    dossier, given = dossier_here(dossier_id), read_extension(request.form)
    if given.faults or given.answer_by is None:
        return page(dossier, fault=" ".join(given.faults), extension=given), 422
    try:
        operations.extend_supplement(signed_in(), dossier, given.answer_by, given.reason, given.seen)
    except Refused as refused:
        if refused.status == 403:
            raise
        db.session.rollback()
        return page(dossier_here(dossier_id), fault=refused.sentence, extension=given), refused.status
    said = f"Đã gia hạn bổ sung đến trước ngày {words.day(given.answer_by)}; đơn vị được báo ngay."
    return back_to("appraisal.intake", said, dossier_id=dossier_id)


@blueprint.get("/huyen/ho-so/<int:dossier_id>/bo-sung")
@may(Right.RECEIVE_DOSSIER)
def supplement(dossier_id: int) -> str:
    """Show the form of the one supplement request, with the points the checklist suggests."""
    dossier = dossier_here(dossier_id)
    if dossier.state in UNFILED:
        abort(404)
    sheet = open_sheet(dossier)
    day = min(_suggested_day(), sheet.cycle.decide_before - timedelta(days=1))
    given = SupplementGiven(_blank(sheet), day, words.day(day), "")
    return _supplement_page(sheet, given)


def _suggested_day() -> date:
    """Return the first day too late when the unit is to have some whole working days after today."""
    return add_working_days(clock.today(), WORKING_DAYS_TO_ANSWER, own_days()) + timedelta(days=1)


def _blank(sheet: Sheet) -> Any:
    lines: tuple[Line, ...] = checklist(facts_of(sheet))
    applying = [f.indicator for f in sheet.unit_side().findings if f.applies]
    asks = [ask for line in lines for ask in line.asks]
    return point_rows([(i.id, i.code, i.title) for i in applying], asks)


def _supplement_page(sheet: Sheet, given: SupplementGiven, faults: list[str] | None = None) -> str:
    values = {row.id: row for row in sheet.catalogue}
    return render_template(
        "appraisal/supplement.html",
        sheet=sheet,
        dossier=sheet.dossier,
        given=given,
        rows=given.rows,
        values=values,
        faults=faults or [],
        locked=_closed(sheet),
        working_days=WORKING_DAYS_TO_ANSWER,
        suggested=_suggested_day(),
        again=_again(sheet),
    )


def _again(sheet: Sheet) -> dict[str, int]:
    """Return, by the name of its line, how often each thing has been asked for already."""
    return {
        f"part-{part}" if part else f"indicator-{number}": times
        for (number, part), times in supplements.times_asked(sheet).items()
    }


def _closed(sheet: Sheet) -> str:
    """Return the sentence why nothing can be asked for now, or ""."""
    waiting = supplements.open_leave(sheet.dossier.tenant_id, sheet.dossier.id) if sheet.requests else None
    if waiting is not None and sheet.dossier.state == State.SUBMITTED:
        when = words.moment(waiting.asked_at)
        return f"{waiting.asked_by} đã trình lãnh đạo lúc {when}; hồ sơ này đang chờ lãnh đạo trả lời."
    if sheet.dossier.state != State.SUBMITTED:
        name = words.DOSSIER_STATES[sheet.dossier.state].name
        return f"Hồ sơ đang ở trạng thái “{name}” nên không yêu cầu bổ sung được."
    return ""


@blueprint.post("/huyen/ho-so/<int:dossier_id>/bo-sung")
@may(Right.RECEIVE_DOSSIER)
def ask_supplement(dossier_id: int) -> Any:
    """Show the request as the unit will read it, or send it."""
    dossier = dossier_here(dossier_id)
    if dossier.state in UNFILED:
        abort(404)
    sheet = open_sheet(dossier)
    if closed := _closed(sheet):
        given = read_supplement(request.form, _blank(sheet))
        return _supplement_page(sheet, given, [closed]), 409
    given = read_supplement(request.form, _blank(sheet), again=bool(sheet.requests))
    if given.faults or given.answer_by is None:
        return _supplement_page(sheet, given, given.faults), 422
    if request.form.get("act") != "send":
        if request.form.get("act") == "edit":
            return _supplement_page(sheet, given)
        return render_template(
            "appraisal/supplement_preview.html",
            sheet=sheet,
            dossier=dossier,
            given=given,
            again=_again(sheet),
        )
    actor, further = signed_in(), bool(sheet.requests)
    try:
        if further:
            supplements.ask_leave(actor, dossier, given.points, given.answer_by, given.why, given.note)
        else:
            operations.request_supplement(actor, dossier, given.points, given.answer_by, given.note)
    except Refused as refused:
        if refused.status == 403:
            raise
        db.session.rollback()
        sheet = sheet_here(dossier_id)
        return _supplement_page(sheet, given, [refused.sentence]), refused.status
    said = f"Đã gửi yêu cầu bổ sung {len(given.points)} điểm; đơn vị được báo ngay."
    if further:
        said = "Đã trình lãnh đạo; yêu cầu gửi tới đơn vị khi lãnh đạo cho phép."
    return back_to("appraisal.intake", said, dossier_id=dossier_id)
