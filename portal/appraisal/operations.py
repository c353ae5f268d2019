"""The district's verbs on a dossier; all names are offered here.

Intake stands in `intake.py`, verdicts in `judging.py`, base figures in `base_figures.py`; here the appraisal is closed with a proposal and
opened again. Every verb locks the dossier's row first, so that two officers at once end in one orderly story.
"""

from __future__ import annotations

from portal import clock, words
from portal.dossiers.models import Dossier, State
from portal.dossiers.operations import locked, must, take
from portal.dossiers.queries import Sheet, open_sheet
from portal.dossiers.rules import Assessment
from portal.dossiers.steps import Act
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused
from tenants.rights import Right

from . import panels, rules
from .base_figures import base_words, correct_headcount, exceeding
from .intake import PointAsked, accept, extend_supplement, possible, refuse_late, request_supplement
from .judging import MOST_PEOPLE, agree_with_rest, effective, judge, restate, unjudged

__all__ = [
    "MOST_PEOPLE", "PointAsked", "accept", "agree_with_rest", "base_words", "close", "correct_headcount", "effective",
    "exceeding", "extend_supplement", "judge", "proposal_of", "propose", "refuse_late", "reopen", "request_supplement", "restate", "unjudged",
]  # fmt: skip


def proposal_of(sheet: Sheet, side: Assessment | None = None) -> rules.Proposal:
    """Return what the district's findings support for a dossier."""
    return rules.proposal(
        side or sheet.district_side(),
        sheet.dossier.requested_level,
        may_raise_from=sheet.may_raise_from,
        decide_before=sheet.cycle.decide_before,
    )


def propose(actor: Identity, dossier: Dossier, note: str = "", *, seen_level: int | None = None) -> Dossier:
    """Close the appraisal with the highest level the district's findings support, at most the one asked for.

    `seen_level`: the level the page named; another result meanwhile is a `Conflict`. Raises `Refused`
    with the reason where verdicts are missing or a threshold is not confirmed.
    """
    must(actor, Right.PROPOSE, dossier)
    row = locked(dossier.tenant_id, dossier.id)
    if row.state == State.APPRAISED and row.appraised_at:
        raise Conflict(f"{row.appraised_by} đã chốt đề xuất lúc {words.moment(row.appraised_at)}.", row)
    if why := panels.conflict_of(actor, row):
        raise Refused(why, 403)
    return close(actor, open_sheet(row), note, seen_level)


def close(actor: Identity, sheet: Sheet, note: str = "", seen_level: int | None = None) -> Dossier:
    """Close the appraisal of a dossier that is held for this transaction; raises as `propose`."""
    row = sheet.dossier
    possible(sheet, Act.PROPOSE)
    if left := unjudged(sheet):
        codes = ", ".join(indicator.code for indicator in left)
        raise Refused(f"Còn {len(left)} chỉ tiêu chưa có kết luận thẩm định: {codes}.")
    restate(sheet)
    supported = proposal_of(sheet)
    if supported.level is None:
        raise Refused(supported.sentence)
    if seen_level is not None and supported.level != seen_level:
        raise Conflict(f"Kết quả thẩm định vừa thay đổi. {supported.sentence} Xin xem lại rồi chốt.")
    row.proposed_level, row.proposal_note = supported.level, note.strip()
    row.appraised_at, row.appraised_by = clock.now(), actor.full_name
    try:
        take(actor, sheet, Act.PROPOSE, detail={"level": supported.level, "note": note.strip()})
    except Refused:
        db.session.expire(row)
        raise
    db.session.flush()
    return row


def reopen(actor: Identity, dossier: Dossier, reason: str = "") -> Dossier:
    """Open a closed appraisal again before the decision; the proposal is taken back."""
    must(actor, Right.PROPOSE, dossier)
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    row = sheet.dossier
    detail = {"reason": reason.strip(), "proposed_level": row.proposed_level}
    take(actor, sheet, Act.REOPEN_APPRAISAL, detail=detail)
    row.proposed_level, row.appraised_at, row.appraised_by = None, None, ""
    db.session.flush()
    return row
