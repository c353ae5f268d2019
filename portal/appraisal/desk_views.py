"""The appraisal desk: one indicator at a time beside its evidence, base figures, agreement, proposal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import abort, render_template, request, url_for

from portal import words
from portal.dossiers.blueprint import dossier_here, sheet_here
from portal.dossiers.forms import ratio_text
from portal.dossiers.models import Dossier, State
from portal.dossiers.queries import Sheet, open_sheet
from portal.dossiers.wording import ILLUSTRATIVE, asked
from portal.waivers.wording import STATES as WAIVER_STATES
from portal.web import back_to
from tenants.access import may, require, signed_in
from tenants.database import db
from tenants.refusal import Conflict, Refused
from tenants.rights import Right, refusal

from . import operations, panels, queries, rules
from .blueprint import blueprint, link
from .desk import (
    BASE,
    PROPOSAL,
    Desk,
    effect_of,
    files_of,
    side_items,
    state_of,
    unit_answer,
)
from .forms import VerdictGiven, read_verdict
from .judging import differ
from .last_year import headcounts_last_year, value_last_year
from .models import Finding
from .peers import peers, said_of

AT_DESK = (State.ACCEPTED, State.APPRAISED, State.DECIDED)


def desk_dossier(dossier_id: int) -> Dossier:
    """Return a dossier that can stand on the desk; 403 for one of the person's own unit."""
    dossier = dossier_here(dossier_id)
    if not refusal(signed_in(), Right.APPRAISE):
        require(Right.APPRAISE, dossier)
    if dossier.state not in AT_DESK:
        abort(404)
    return dossier


@blueprint.get("/huyen/ho-so/<int:dossier_id>/tham-dinh")
@may(Right.SEE_DISTRICT)
def desk(dossier_id: int) -> str:
    """Show the desk at the indicator the address names, or at the first one without a verdict."""
    return page(open_sheet(desk_dossier(dossier_id)), request.args.get("chi-tieu", ""))


def page(sheet: Sheet, chosen: str, **more: Any) -> str:
    """Render the desk; `more` holds what was typed, faults and conflicts."""
    dossier, actor = sheet.dossier, signed_in()
    panel = panels.panel_of(dossier)
    seat = panel.mine(actor)
    if panel.apart:
        sheet = panels.as_noted(sheet, seat)
    at = Desk(sheet, chosen)
    may_judge, barred = dossier.state == State.ACCEPTED and not refusal(actor, Right.APPRAISE, dossier), ""
    may_propose, conflict = not refusal(actor, Right.PROPOSE, dossier), ""
    if may_judge:
        conflict = panels.conflict_of(actor, dossier)
        barred = conflict or panel.refusal(actor)
        may_judge = not barred
    next_id = queries.next_in(State.ACCEPTED, dossier.tenant_id, dossier.year, actor, dossier)
    shared: dict[str, Any] = {
        "sheet": sheet,
        "dossier": dossier,
        "at": at,
        "items": side_items(at),
        "may_judge": may_judge,
        "barred": barred,
        "panel": panel,
        "seat": seat,
        "may_assign": dossier.state == State.ACCEPTED and not refusal(actor, Right.ASSIGN_APPRAISER),
        "may_propose": may_propose,
        "may_close": may_propose and dossier.state == State.ACCEPTED and not conflict,
        "next_url": url_for("appraisal.desk", dossier_id=next_id) if next_id else "",
        "verdict_words": rules.VERDICT_WORDS,
        "reasons": rules.REASONS,
        "value_text": rules.value_text,
        "base_words": operations.base_words,
        "waiver_states": WAIVER_STATES,
        "illustrative": ILLUSTRATIVE,
    }
    if at.chosen == BASE:
        return render_template("appraisal/desk_base.html", **shared | _base_values(at) | more)
    if at.chosen == PROPOSAL:
        return render_template("appraisal/desk_proposal.html", **shared | _proposal_values(at) | more)
    several = verdicts_here(at, panel)
    return render_template("appraisal/desk.html", **shared | several | _indicator_values(at) | more)


def verdicts_here(at: Desk, panel: panels.Panel) -> dict[str, Any]:
    """Return what each of several appraisers noted on the chosen indicator, once all have handed in."""
    if not panel.concluding:
        return {"noted": [], "differ": False}
    found = panels.verdicts_of(at.sheet.dossier, panel.seats)
    chosen = at.indicator.id
    noted = [(one, verdict_text(at.sheet, at.indicator, found[one.id].get(chosen))) for one in panel.seats]
    return {"noted": noted, "differ": differ(found, chosen)}


def _indicator_values(at: Desk) -> dict[str, Any]:
    sheet, indicator = at.sheet, at.indicator
    finding = sheet.findings.get(indicator.id)
    answer = sheet.answers[indicator.id]
    files = files_of(sheet, indicator.id, link)
    wanted = request.args.get("tep", "")
    shown = next((f for f in files if str(f.id) == wanted and f.preview_url), None)
    return {
        "indicator": indicator,
        "row": at.row,
        "asked": asked(indicator),
        "answer": answer,
        "unit_value": rules.value_text(
            indicator, unit_answer(answer), at.unit_whole, ratio_only=sheet.dossier.ratio_only
        ),
        "unit_state": rules.standing(at.unit_side.finding(indicator.id), sheet.dossier.requested_level),
        "finding": finding,
        "district_state": state_of(at, indicator),
        "whole": at.district_whole,
        "given": _given(finding, answer, sheet.dossier.ratio_only),
        "last_year": value_last_year(sheet, at.row.key),
        "peers": said_of(peers(sheet, indicator), indicator),
        "files": files,
        "shown": shown or next((f for f in files if f.preview_url), None),
        "faults": [],
        "conflict": None,
    }


def _given(finding: Finding | None, answer: Any, ratio_only: bool) -> VerdictGiven:
    """Return what the form shows before anybody types: the stored verdict, or the unit's own value."""
    corrected = finding is not None and finding.verdict == "corrected"
    source = finding if corrected else answer
    return VerdictGiven(
        verdict=finding.verdict if finding else "agreed",
        yes=source.yes,
        part=source.part,
        grade=source.grade,
        reason_code=finding.reason_code if finding else "",
        reason=finding.reason if finding else "",
        common_reason=getattr(finding, "common_reason", ""),
        version=finding.version if finding else 0,
        part_text=ratio_text(source.part) if ratio_only else "" if source.part is None else str(source.part),
    )


def _base_values(at: Desk) -> dict[str, Any]:
    return {
        "heads": words.HEADCOUNTS,
        "last_year": headcounts_last_year(at.sheet),
        "changes": at.base_changes,
        "typed": {},
        "faults": [],
        "preview": None,
        "stuck": [],
        "conflict": None,
    }


def _proposal_values(at: Desk) -> dict[str, Any]:
    return {
        "proposal": operations.proposal_of(at.sheet, at.side),
        "unjudged": at.unjudged,
        "differences": at.differences,
        "note_text": at.sheet.dossier.proposal_note,
        "illustrates": any(t.illustrative for i in at.sheet.indicators for t in i.thresholds.values()),
        "faults": [],
    }


@blueprint.post("/huyen/ho-so/<int:dossier_id>/tham-dinh/<int:indicator_id>")
@may(Right.APPRAISE)
def judge(dossier_id: int, indicator_id: int) -> Any:
    """Store a verdict and go on to the next indicator without one."""
    dossier = desk_dossier(dossier_id)
    sheet = panels.sheet_for(signed_in(), dossier)
    indicator = next((i for i in sheet.indicators if i.id == indicator_id), None)
    if indicator is None or indicator_id not in sheet.answers:
        abort(404)
    own = sheet.answers[indicator_id]
    given = read_verdict(
        request.form, indicator, (own.yes, own.part, own.grade), ratio_only=dossier.ratio_only
    )
    before = sheet.district_side()
    if given.faults:
        return page(sheet, indicator.code, given=given, faults=list(given.faults)), 422
    try:
        after = operations.judge(signed_in(), dossier, indicator_id, given.verdict, **given.values())
    except Conflict as conflict:
        return _conflict(dossier_id, indicator.code, given, conflict)
    except Refused as refused:
        return again(dossier_id, indicator.code, refused, given=given)
    said = f"Đã lưu {indicator.code}. {rules.effect(before, after.district_side(), dossier.requested_level)}"
    return back_to("appraisal.desk", said, dossier_id=dossier_id, **next_place(after, indicator.code))


def next_place(sheet: Sheet, code: str) -> dict[str, str]:
    """Return the address part of the next indicator without a verdict after one, or of the proposal."""
    left = [indicator.code for indicator in operations.unjudged(sheet)]
    order = [indicator.code for indicator in sheet.indicators]
    later = [one for one in left if order.index(one) > order.index(code)]
    return {"chi-tieu": (later or left or [PROPOSAL])[0]}


def again(dossier_id: int, chosen: str, refused: Refused, **typed: Any) -> tuple[str, int]:
    """Show the desk again with what was typed and the sentence."""
    if refused.status in (403, 404):
        raise refused
    db.session.rollback()
    sheet = sheet_here(dossier_id)
    if sheet.dossier.state not in AT_DESK:
        raise refused
    return page(sheet, chosen, faults=[refused.sentence], **typed), refused.status


def _conflict(dossier_id: int, chosen: str, given: VerdictGiven, conflict: Conflict) -> tuple[str, int]:
    """Show both verdicts; the form keeps the typed one and now knows the stored one's version."""
    db.session.rollback()
    sheet = panels.sheet_for(signed_in(), dossier_here(dossier_id))
    indicator = Desk(sheet, chosen).indicator
    finding = sheet.findings.get(indicator.id)
    mine = Finding(**given.values() | {"verdict": given.verdict})
    both = {
        "sentence": conflict.sentence,
        "mine": verdict_text(sheet, indicator, mine),
        "theirs": verdict_text(sheet, indicator, finding),
        "who": finding.changed_by if finding else "người khác",
        "when": words.moment(finding.changed_at) if finding else "",
    }
    given = replace(given, version=finding.version if finding else 0)
    return page(sheet, chosen, given=given, conflict=both), 409


def verdict_text(sheet: Sheet, indicator: Any, finding: Any) -> str:
    """Write a verdict with its value and reasons, over several lines."""
    if finding is None:
        return "Chưa có kết luận."
    text = rules.VERDICT_WORDS.get(finding.verdict, "Chưa chọn kết luận")
    if finding.verdict == "corrected":
        whole = sheet.district_profile().headcounts.get(indicator.base or "")
        ratio_only = sheet.dossier.ratio_only
        text += f": {rules.value_text(indicator, unit_answer(finding), whole, ratio_only=ratio_only)}"
    if finding.reason_code in rules.REASONS:
        text += f"\n{rules.REASONS[finding.reason_code]}"
    return f"{text}\n{finding.reason}" if finding.reason else text


@blueprint.get("/huyen/ho-so/<int:dossier_id>/tham-dinh/<int:indicator_id>/anh-huong")
@may(Right.APPRAISE)
def effect(dossier_id: int, indicator_id: int) -> Any:
    """Say what the verdict being typed would do to the level; nothing is stored."""
    sheet = panels.sheet_for(signed_in(), desk_dossier(dossier_id))
    indicator = next((i for i in sheet.indicators if i.id == indicator_id), None)
    if indicator is None or indicator_id not in sheet.answers:
        abort(404)
    own = sheet.answers[indicator_id]
    given = read_verdict(
        request.args, indicator, (own.yes, own.part, own.grade), ratio_only=sheet.dossier.ratio_only
    )
    try:
        said = effect_of(sheet, indicator_id, given.verdict, given.yes, given.part, given.grade)
    except Refused as refused:
        said = refused.sentence
    return render_template("appraisal/_effect.html", said=given.faults[0] if given.faults else said)
