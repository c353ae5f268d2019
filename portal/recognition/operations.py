"""The verbs of a decision: draft it from what was appraised, set its lines, hold some back, issue it.

Every verb first locks the decision, so that two people at once end in one orderly story. Issuing checks
all lines together, reads a number of times that does not grow with them, and gives the recognitions.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time

from sqlalchemy import func, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import flag_modified

from portal import clock
from portal.appraisal.models import Finding, HeadcountFinding
from portal.catalogue.models import CriteriaVersion
from portal.cycle.queries import cycle_of
from portal.dossiers.models import Dossier, State
from portal.dossiers.operations import must, take
from portal.dossiers.queries import Sheet, open_sheets
from portal.dossiers.steps import STEP_OF, Act
from portal.notices.operations import tell_district
from portal.trail.operations import record
from portal.words import ZONE, day
from tenants.database import db
from tenants.identity import Identity
from tenants.places import Tenant
from tenants.refusal import Conflict, Refused
from tenants.rights import Right, refusal

from . import rules
from .models import Decision, DecisionLine, Recognition
from .queries import decision_of, draft_of, line_of, undrafted

_MOST_NAMED = 5
SEEN_CHANGED = "Dự thảo vừa được sửa sau khi trang này mở. Xin xem lại danh sách rồi thực hiện lại."


def draft_decision(actor: Identity, year: int) -> Decision:
    """Draft the decision of a year from every appraised dossier, or bring the open draft up to date.

    Lines whose dossier is no longer appraised leave the draft; those above a lowered proposal fall back to
    it. Raises `Refused` where there is nothing to decide.
    """
    must(actor, Right.DRAFT_DECISION)
    assert actor.place is not None
    tenant_id = actor.place.tenant_id
    if cycle_of(year) is None:
        raise Refused(f"Sở chưa mở năm đánh giá {year}.", 404)
    # One draft a year: whoever comes second waits here and finds the first one's draft.
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"decision:{tenant_id}:{year}"))))
    decision = draft_of(tenant_id, year)
    dossiers = list(db.session.scalars(undrafted(tenant_id, year)))
    if decision is None:
        if not dossiers:
            raise Refused(f"Chưa có hồ sơ năm {year} nào đã chốt đề xuất thẩm định để đưa vào quyết định.")
        decision = _new_decision(actor, tenant_id, year)
    else:
        decision = _locked(decision)
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
        legal_bases=rules.default_bases(tenant.office),
        created_at=clock.now(),
        created_by=actor.full_name,
    )
    db.session.add(decision)
    db.session.flush()
    return decision


def _add_lines(decision: Decision, sheets: dict[int, Sheet]) -> None:
    for sheet in sheets.values():
        outcome = sheet.dossier.proposed_level or 0
        db.session.add(
            DecisionLine(
                tenant_id=decision.tenant_id,
                unit_id=sheet.dossier.unit_id,
                dossier_id=sheet.dossier.id,
                decision_id=decision.id,
                outcome=outcome,
                reason=reason_for(sheet, outcome),
            )
        )


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


def _locked(decision: Decision, version: int | None = None) -> Decision:
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
    decision = _locked(decision, version)
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
    decision = _locked(decision, version)
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
    decision = _locked(decision, version)
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
    decision = _locked(decision, version)
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
    decision = _locked(decision, version)
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
    decision = _locked(decision, version)
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


def issue(
    actor: Identity,
    decision: Decision,
    number: str,
    dated: date | None,
    signer: str,
    signer_title: str,
    version: int | None = None,
) -> Decision:
    """Issue a decision under its number and date: recognitions, results and notices follow (Articles 5, 10).

    `version` is what the leader saw; a draft changed since is a `Conflict`. Raises `Refused` naming every
    line that stands in the way; nothing is issued then.
    """
    must(actor, Right.ISSUE_DECISION)
    decision = _locked(decision, version)
    number, signer, signer_title = (
        " ".join(number.split()),
        " ".join(signer.split()),
        " ".join(signer_title.split()),
    )
    lines = _deciding_lines(decision)
    dossiers = _locked_dossiers(lines)
    _check_head(decision, number, dated, signer, signer_title, dossiers)
    assert dated is not None
    sheets = open_sheets(list(dossiers.values()))
    _check_lines(actor, lines, sheets, dated)
    terms = _terms(dossiers)
    with db.session.no_autoflush:
        for line in lines:
            dossier = sheets[line.dossier_id].dossier
            dossier.decided_level, dossier.decided_at = line.outcome, clock.now()
            take(actor, sheets[line.dossier_id], Act.DECIDE, number=f"số {number} ngày {day(dated)}")
    given = _recognitions(decision, lines, sheets, terms, number, dated)
    _replace_earlier(given)
    db.session.add_all(given)
    _show_findings(lines)
    db.session.flush()
    try:
        with db.session.begin_nested():
            decision.number, decision.dated = number, dated
            decision.signer, decision.signer_title = signer, signer_title
            decision.state, decision.issued_at, decision.issued_by = "issued", clock.now(), actor.full_name
            db.session.flush()
    except IntegrityError as error:
        if "uq_decision_number" in str(error.orig):
            raise Refused(_number_taken(number), 422) from error
        raise
    _tell(actor, decision, lines)
    return decision


def _deciding_lines(decision: Decision) -> list[DecisionLine]:
    lines = db.session.scalars(
        select(DecisionLine)
        .where(
            DecisionLine.tenant_id == decision.tenant_id,
            DecisionLine.decision_id == decision.id,
            ~DecisionLine.held_back,
        )
        .order_by(DecisionLine.dossier_id)
    ).all()
    if not lines:
        raise Refused("Quyết định chưa có đơn vị nào: mọi hồ sơ đang được để lại.")
    return list(lines)


def _locked_dossiers(lines: Sequence[DecisionLine]) -> dict[int, Dossier]:
    rows = db.session.scalars(
        select(Dossier)
        .where(Dossier.tenant_id == lines[0].tenant_id, Dossier.id.in_([line.dossier_id for line in lines]))
        .order_by(Dossier.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {dossier.id: dossier for dossier in rows}


def _number_taken(number: str) -> str:
    return f"Số quyết định {number} đã dùng cho một quyết định khác trong năm. Xin kiểm tra lại số."


def _check_head(
    decision: Decision,
    number: str,
    dated: date | None,
    signer: str,
    signer_title: str,
    dossiers: dict[int, Dossier],
) -> None:
    """Raise `Refused` for a number, date or signer that cannot stand."""
    missing = [
        name
        for name, value in (
            ("số quyết định", number),
            ("ngày quyết định", dated),
            ("người ký", signer),
            ("chức vụ người ký", signer_title),
        )
        if not value
    ]
    if missing or dated is None:
        raise Refused(f"Xin nhập {', '.join(missing)}.", 422)
    if len(number) > 60 or len(signer) > 200 or len(signer_title) > 200:
        raise Refused("Số quyết định dài tối đa 60 ký tự; tên và chức vụ tối đa 200 ký tự.", 422)
    ends = [d.appraised_at.astimezone(ZONE).date() for d in dossiers.values() if d.appraised_at]
    if fault := rules.date_faults(dated, clock.today(), max(ends, default=None)):
        raise Refused(fault, 422)
    taken = db.session.scalar(
        select(Decision.id).where(
            Decision.tenant_id == decision.tenant_id,
            Decision.id != decision.id,
            func.lower(Decision.number) == number.lower(),
            func.extract("year", Decision.dated) == dated.year,
        )
    )
    if taken is not None:
        raise Refused(_number_taken(number), 422)


def _check_lines(
    actor: Identity, lines: Sequence[DecisionLine], sheets: dict[int, Sheet], dated: date
) -> None:
    """Ask right, state and every check of the step for all lines; raises `Refused` naming what fails."""
    step = STEP_OF[Act.DECIDE]
    at = datetime.combine(dated, time(), ZONE).astimezone(UTC)
    faults: list[str] = []
    for line in lines:
        sheet = sheets[line.dossier_id]
        dossier = sheet.dossier
        if sentence := refusal(actor, step.right, dossier):
            raise Refused(f"{sheet.unit.name}: {sentence}", 403)
        if State(dossier.state) not in step.came:
            faults.append(f"{sheet.unit.name}: hồ sơ đã mở lại hoặc đã có quyết định; xin cập nhật dự thảo.")
            continue
        if wrong := rules.line_fault(
            line.outcome, dossier.proposed_level, dossier.requested_level, line.reason
        ):
            faults.append(f"{sheet.unit.name}: {wrong}.")
            continue
        facts = replace(sheet.facts(at), proposed_level=line.outcome)
        found = [fault for check in step.needs if (fault := check(facts)) is not None and fault.stops]
        faults += [f"{sheet.unit.name}: {fault.sentence}" for fault in found]
    if faults:
        more = f" Và {len(faults) - _MOST_NAMED} điều khác." if len(faults) > _MOST_NAMED else ""
        raise Refused("Chưa ban hành được. " + " ".join(faults[:_MOST_NAMED]) + more)


def _terms(dossiers: dict[int, Dossier]) -> dict[int, rules.Term]:
    versions = {dossier.version_id for dossier in dossiers.values()}
    rows = db.session.execute(
        select(CriteriaVersion.id, CriteriaVersion.settings).where(CriteriaVersion.id.in_(versions))
    )
    return {number: rules.term_of(settings) for number, settings in rows}


def _recognitions(
    decision: Decision,
    lines: Sequence[DecisionLine],
    sheets: dict[int, Sheet],
    terms: dict[int, rules.Term],
    number: str,
    dated: date,
) -> list[Recognition]:
    reached = [line for line in lines if line.outcome]
    codes = _fresh_codes(decision.tenant_id, len(reached))
    given = []
    for line, code in zip(reached, codes, strict=True):
        sheet = sheets[line.dossier_id]
        days = rules.validity(terms[sheet.dossier.version_id], dated, line.outcome)
        given.append(
            Recognition(
                tenant_id=line.tenant_id,
                unit_id=line.unit_id,
                dossier_id=line.dossier_id,
                decision_id=decision.id,
                year=decision.year,
                level=line.outcome,
                code=code,
                unit_name=sheet.unit.name,
                issuer=decision.issuer,
                decision_number=number,
                decided_on=dated,
                valid_from=days.valid_from,
                valid_to=days.valid_to,
                may_raise_from=days.may_raise_from,
            )
        )
    return given


def _fresh_codes(tenant_id: int, count: int) -> list[str]:
    """Return certificate codes that no recognition of the tenant bears."""
    codes: set[str] = set()
    while len(codes) < count:
        drawn = {rules.code_of(secrets.randbits(rules.CODE_BITS)) for _ in range(count - len(codes))}
        taken = db.session.scalars(
            select(Recognition.code).where(Recognition.tenant_id == tenant_id, Recognition.code.in_(drawn))
        )
        codes |= drawn - set(taken)
    return list(codes)


def _replace_earlier(given: Sequence[Recognition]) -> None:
    """Mark what the same units held before as replaced where the new recognition supersedes it."""
    if not given:
        return
    new = {(row.tenant_id, row.unit_id): row for row in given}
    held = db.session.scalars(
        select(Recognition).where(
            tuple_(Recognition.tenant_id, Recognition.unit_id).in_(list(new)), Recognition.state == "in_force"
        )
    )
    for row in held:
        fresh = new[(row.tenant_id, row.unit_id)]
        if rules.supersedes(fresh.level, fresh.valid_to, row.level, row.valid_to):
            row.state = "replaced"


def _show_findings(lines: Sequence[DecisionLine]) -> None:
    """Open the district's findings to the units they are about."""
    numbers = [line.dossier_id for line in lines]
    for table in (Finding, HeadcountFinding):
        db.session.execute(
            update(table)
            .where(table.tenant_id == lines[0].tenant_id, table.dossier_id.in_(numbers))
            .values(shown_to_unit=True)
            .execution_options(synchronize_session=False)
        )


def _tell(actor: Identity, decision: Decision, lines: Sequence[DecisionLine]) -> None:
    tally = {outcome: sum(line.outcome == outcome for line in lines) for outcome in (0, 1, 2)}
    said = (
        f"Quyết định số {decision.number} ngày {day(decision.dated)}: mức độ 1 {tally[1]}, "  # type: ignore[arg-type]
        f"mức độ 2 {tally[2]}, không công nhận {tally[0]}"
    )
    record(
        actor,
        "decision.issue",
        f"đã ban hành {said}.",
        tenant_id=decision.tenant_id,
        detail={"decision": decision.id, "lines": len(lines)},
    )
    tell_district(decision.tenant_id, f"Đã ban hành {said}.", f"/huyen/quyet-dinh/{decision.id}")
