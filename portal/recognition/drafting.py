"""Drafting a decision: from what was appraised, line by line, what is held back, the legal bases.

Every verb first locks the decision, so that two people at once end in one orderly story; every change
gives it a new version, so that nobody issues what they have not seen.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import func, insert, select
from sqlalchemy.orm.attributes import flag_modified

from portal import clock
from portal.cycle.queries import cycle_of
from portal.dossiers.models import Dossier, State
from portal.dossiers.operations import must
from portal.dossiers.queries import Sheet, open_sheets
from portal.papers.speaking import speaker
from portal.trail.operations import record
from portal.words import day
from tenants.database import db
from tenants.identity import Identity
from tenants.places import Tenant
from tenants.refusal import Conflict, Refused
from tenants.rights import Right

from . import rules
from .models import Decision, DecisionLine
from .queries import decision_of, draft_of, line_of, undrafted

SEEN_CHANGED = "Dự thảo vừa được sửa sau khi trang này mở. Xin xem lại danh sách rồi thực hiện lại."


def draft_decision(actor: Identity, year: int, *, only: Collection[int] | None = None) -> Decision:
    """Draft the decision of a year from every appraised dossier, or bring the open draft up to date.

    `only`: add no dossier but these, such as those a meeting of the council agreed to.

    Lines whose dossier is no longer appraised leave the draft; those above a lowered proposal fall back to
    it. Raises `Refused` where there is nothing to decide.
    """
    must(actor, Right.DRAFT_DECISION)
    tenant_id = actor.here.tenant_id
    if cycle_of(year) is None:
        raise Refused(f"Sở chưa mở năm đánh giá {year}.", 404)
    # One draft a year: whoever comes second waits here and finds the first one's draft.
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"decision:{tenant_id}:{year}"))))
    decision = draft_of(tenant_id, year)
    dossiers = list(db.session.scalars(undrafted(tenant_id, year)))
    if only is not None:
        dossiers = [dossier for dossier in dossiers if dossier.id in only]
    if decision is None:
        if not dossiers:
            raise Refused(f"Chưa có hồ sơ năm {year} nào đã chốt đề xuất thẩm định để đưa vào quyết định.")
        decision = _new_decision(actor, tenant_id, year)
    else:
        decision = locked_draft(decision)
        _settle(decision)
    if dossiers:
        _add_lines(decision, open_sheets(dossiers))
        _touch(decision)
        record(
            actor,
            "decision.draft",
            f"đã đưa {len(dossiers)} hồ sơ năm {year} vào dự thảo quyết định.",
            tenant_id=tenant_id,
            detail={"decision": decision.id},
            inner=True,
        )
    db.session.flush()
    return decision


def _new_decision(actor: Identity, tenant_id: int, year: int) -> Decision:
    tenant = db.session.get_one(Tenant, tenant_id)
    decision = Decision(
        tenant_id=tenant_id,
        year=year,
        issuer=f"{tenant.chair_title.capitalize()} {tenant.committee}",
        legal_bases=rules.default_bases(tenant.office, speaker(year, "", None)("circular")),
        created_at=clock.now(),
        created_by=actor.full_name,
    )
    db.session.add(decision)
    db.session.flush()
    return decision


def _add_lines(decision: Decision, sheets: dict[int, Sheet]) -> None:
    rows = [
        {
            "tenant_id": decision.tenant_id,
            "unit_id": sheet.dossier.unit_id,
            "dossier_id": sheet.dossier.id,
            "decision_id": decision.id,
            "outcome": outcome,
            "reason": reason_for(sheet, outcome),
        }
        for sheet in sheets.values()
        for outcome in [sheet.dossier.proposed_level or 0]
    ]
    db.session.execute(insert(DecisionLine), rows)


def reason_for(sheet: Sheet, outcome: int) -> str:
    """Compose why a unit gets less than it asked for, from the district's findings; "" where it does not."""
    if outcome >= (sheet.dossier.requested_level or 1):
        return ""
    gaps = sheet.district_side().verdicts[outcome + 1].gaps
    found = [(gap.indicator.code, gap.sentence) for gap in gaps]
    if not found and outcome == 1 and sheet.may_raise_from:
        return (
            "Đơn vị đang được công nhận mức độ 1; được đề nghị nâng lên mức độ 2 từ ngày "
            f"{day(sheet.may_raise_from)} (12 tháng kể từ ngày ra quyết định)."
        )
    return rules.default_reason(found, sheet.dossier.proposal_note)


def _settle(decision: Decision) -> None:
    """Take lines out whose dossier was reopened, and lower those that exceed a new proposal."""
    rows = db.session.execute(
        select(DecisionLine, Dossier)
        .join(
            Dossier,
            (Dossier.tenant_id == DecisionLine.tenant_id) & (Dossier.id == DecisionLine.dossier_id),
        )
        .where(DecisionLine.tenant_id == decision.tenant_id, DecisionLine.decision_id == decision.id)
    ).all()
    lowered = [
        (li, d) for li, d in rows if d.state == State.APPRAISED and li.outcome > (d.proposed_level or 0)
    ]
    sheets = open_sheets([d for _, d in lowered])
    for line, dossier in lowered:
        line.outcome = dossier.proposed_level or 0
        line.reason = reason_for(sheets[dossier.id], line.outcome)
    gone = [line for line, dossier in rows if dossier.state != State.APPRAISED]
    for line in gone:
        db.session.delete(line)
    if lowered or gone:
        _touch(decision)


def locked_draft(decision: Decision, version: int | None = None) -> Decision:
    """Return a draft held for this transaction; raises `Refused` once it is issued or gone, `Conflict` when it changed."""
    found = decision_of(decision.tenant_id, decision.id, lock=True)
    if found is None:
        raise Refused("Không tìm thấy quyết định này.", 404)
    if found.state == "issued":
        raise Refused(
            f"Quyết định số {found.number} đã được {found.issued_by} ban hành nên không thay đổi được nữa."
        )
    if version is not None and found.version != version:
        raise Conflict(SEEN_CHANGED, found)
    return found


def _touch(decision: Decision) -> None:
    """Give the decision a new version: whoever saw its lines before must look again."""
    flag_modified(decision, "legal_bases")


def _line(decision: Decision, line_id: int) -> DecisionLine:
    line = line_of(decision.tenant_id, decision.id, line_id)
    if line is None:
        raise Refused("Đơn vị này không còn trong dự thảo quyết định.", 404)
    return line


def set_line(
    actor: Identity, decision: Decision, line_id: int, outcome: int, reason: str, version: int | None = None
) -> DecisionLine:
    """Set a unit's outcome (0, 1 or 2) and reason; never above what the appraisal found."""
    must(actor, Right.DRAFT_DECISION)
    decision = locked_draft(decision, version)
    line = _line(decision, line_id)
    dossier = db.session.get_one(Dossier, (line.tenant_id, line.dossier_id))
    if outcome not in (0, 1, 2):
        raise Refused("Xin chọn kết quả: mức độ 1, mức độ 2 hoặc không công nhận.", 422)
    reason = reason.strip()
    if len(reason) > 2000:
        raise Refused("Lý do dài tối đa 2.000 ký tự.", 422)
    if fault := rules.line_fault(outcome, dossier.proposed_level, dossier.requested_level, reason):
        raise Refused(f"{fault[:1].upper()}{fault[1:]}.", 422)
    if (line.outcome, line.reason) != (outcome, reason):
        before = {"outcome": line.outcome, "reason": line.reason}
        line.outcome, line.reason = outcome, reason
        _touch(decision)
        _note(actor, line, "decision.line", "đã sửa kết quả trong dự thảo quyết định.", before)
    db.session.flush()
    return line


def hold_back(
    actor: Identity, decision: Decision, line_id: int, reason: str, version: int | None = None
) -> DecisionLine:
    """Keep a unit out of this decision, with the reason; its dossier stays appraised for a later one."""
    decision = locked_draft(decision, version)
    line = _line(decision, line_id)
    must(actor, Right.ISSUE_DECISION, line)
    reason = reason.strip()
    if not reason:
        raise Refused("Xin ghi lý do để đơn vị này lại cho quyết định sau.", 422)
    if len(reason) > 2000:
        raise Refused("Lý do dài tối đa 2.000 ký tự.", 422)
    line.held_back, line.held_reason = True, reason
    _touch(decision)
    _note(actor, line, "decision.hold", "đã để hồ sơ lại, chưa đưa vào quyết định này.", {"reason": reason})
    db.session.flush()
    return line


def release(actor: Identity, decision: Decision, line_id: int, version: int | None = None) -> DecisionLine:
    """Take a unit held back into the decision again."""
    decision = locked_draft(decision, version)
    line = _line(decision, line_id)
    must(actor, Right.ISSUE_DECISION, line)
    line.held_back, line.held_reason = False, ""
    _touch(decision)
    _note(actor, line, "decision.release", "đã đưa hồ sơ trở lại quyết định.", {})
    db.session.flush()
    return line


def remove_line(actor: Identity, decision: Decision, line_id: int, version: int | None = None) -> None:
    """Take a unit out of the draft; bringing the draft up to date puts it back."""
    must(actor, Right.DRAFT_DECISION)
    decision = locked_draft(decision, version)
    line = _line(decision, line_id)
    _note(actor, line, "decision.remove", "đã rút hồ sơ khỏi dự thảo quyết định.", {"outcome": line.outcome})
    db.session.delete(line)
    _touch(decision)
    db.session.flush()


def _note(actor: Identity, line: DecisionLine, act: str, sentence: str, detail: dict[str, object]) -> None:
    record(
        actor,
        act,
        sentence,
        tenant_id=line.tenant_id,
        unit_id=line.unit_id,
        dossier_id=line.dossier_id,
        detail=detail,
        inner=True,
    )


def set_legal_bases(
    actor: Identity, decision: Decision, lines: Sequence[str], version: int | None = None
) -> Decision:
    """Save the lines of legal bases, one a line; empty ones are left out."""
    must(actor, Right.DRAFT_DECISION)
    decision = locked_draft(decision, version)
    kept = [" ".join(line.split()).rstrip(";.,") for line in lines if line.strip()]
    if not kept:
        raise Refused("Quyết định cần ít nhất một căn cứ.", 422)
    if len(kept) > 20 or any(len(line) > 500 for line in kept):
        raise Refused("Tối đa 20 căn cứ, mỗi căn cứ dài tối đa 500 ký tự.", 422)
    if kept != decision.legal_bases:
        decision.legal_bases = kept
        record(
            actor,
            "decision.bases",
            "đã sửa căn cứ của dự thảo quyết định.",
            tenant_id=decision.tenant_id,
            inner=True,
        )
    db.session.flush()
    return decision


def discard(actor: Identity, decision: Decision, version: int | None = None) -> None:
    """Drop a draft; its dossiers stay appraised."""
    must(actor, Right.DRAFT_DECISION)
    decision = locked_draft(decision, version)
    lines = db.session.scalars(
        select(DecisionLine).where(
            DecisionLine.tenant_id == decision.tenant_id, DecisionLine.decision_id == decision.id
        )
    )
    for line in lines:
        db.session.delete(line)
    db.session.flush()
    db.session.delete(decision)
    record(
        actor,
        "decision.discard",
        f"đã bỏ dự thảo quyết định năm {decision.year}.",
        tenant_id=decision.tenant_id,
        inner=True,
    )
    db.session.flush()
