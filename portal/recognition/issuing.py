"""Issuing a decision under its number and date: recognitions, results, opened findings, notices.

All lines are checked together; what is read does not grow with them.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.appraisal.models import Finding, HeadcountFinding
from portal.catalogue.models import CriteriaVersion
from portal.council.queries import agreed_items
from portal.dossiers.gathering import facts_of
from portal.dossiers.models import Dossier, State
from portal.dossiers.operations import must, take_all
from portal.dossiers.queries import Sheet, open_sheets
from portal.dossiers.steps import STEP_OF, Act
from portal.further.models import FurtherDecision
from portal.notices.operations import tell_district
from portal.notices.rules import Kind
from portal.powers.rules import title_fault
from portal.register import operations as register
from portal.register.models import RegisterEntry
from portal.trail.operations import record
from portal.words import ZONE, day
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Refused
from tenants.rights import Right, refusal

from . import rules
from .drafting import locked_draft
from .models import Decision, DecisionLine, Recognition

_MOST_NAMED = 5


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
    decision = locked_draft(decision, version)
    number, signer, signer_title = (
        " ".join(number.split()),
        " ".join(signer.split()),
        " ".join(signer_title.split()),
    )
    lines = _deciding_lines(decision)
    dossiers = _locked_dossiers(lines)
    _check_head(decision, number, dated, signer, signer_title, dossiers)
    if fault := title_fault(actor, signer_title):
        raise Refused(fault, 422)
    assert dated is not None
    sheets = open_sheets(list(dossiers.values()))
    _check_lines(actor, lines, sheets, dated)
    terms = _terms(dossiers)
    for outcome in (0, 1, 2):
        decided = [sheets[line.dossier_id] for line in lines if line.outcome == outcome]
        values = {"decided_level": outcome, "decided_at": clock.now()}
        take_all(actor, decided, Act.DECIDE, number=f"số {number} ngày {day(dated)}", values=values)
    given = _recognitions(decision, lines, sheets, terms, number, dated)
    replace_earlier(decision.tenant_id, {row["unit_id"]: (row["level"], row["valid_to"]) for row in given})
    if given:
        db.session.execute(insert(Recognition), given, execution_options={"render_nulls": True})
    _show_findings(lines)
    register.follow(decision.tenant_id, [row["unit_id"] for row in given])
    try:
        with db.session.begin_nested():
            decision.number, decision.dated = number, dated
            decision.signer, decision.signer_title = signer, signer_title
            decision.state, decision.issued_at, decision.issued_by = (
                "issued",
                clock.now(),
                actor.acting_name[:200],
            )
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
    """Raise `Refused` for a number, date, signer or legal base that cannot stand."""
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
    if fault := rules.unfinished_fault(decision.legal_bases):
        raise Refused(fault)
    if len(number) > 60 or len(signer) > 200 or len(signer_title) > 200:
        raise Refused("Số quyết định dài tối đa 60 ký tự; tên và chức vụ tối đa 200 ký tự.", 422)
    if (held := met_last(decision.tenant_id, list(dossiers))) is not None and dated < held:
        raise Refused(f"Ngày quyết định ({day(dated)}) trước ngày họp của Hội đồng ({day(held)}).", 422)
    ends = [d.appraised_at.astimezone(ZONE).date() for d in dossiers.values() if d.appraised_at]
    if fault := rules.date_faults(dated, clock.today(), max(ends, default=None)):
        raise Refused(fault, 422)
    if number_taken(decision.tenant_id, number, dated, decision_id=decision.id):
        raise Refused(_number_taken(number), 422)


def met_last(tenant_id: int, dossier_ids: Sequence[int]) -> date | None:
    """Return the last day on which the council agreed to any of these dossiers as they stand, None without one."""
    agreed = agreed_items(tenant_id)
    last = db.session.scalar(select(func.max(agreed.c.held_at)).where(agreed.c.dossier_id.in_(dossier_ids)))
    return last.astimezone(ZONE).date() if last else None


def number_taken(
    tenant_id: int, number: str, dated: date, *, decision_id: int = 0, further_id: int = 0
) -> bool:
    """Say whether a number stands on another decision of the district and year, first or further.

    Whoever issues in the district waits here for who came first, so that two cannot take one number.
    """
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"decision number:{tenant_id}"))))
    for table, own in ((Decision, decision_id), (FurtherDecision, further_id)):
        used = select(table.id).where(
            table.tenant_id == tenant_id,
            table.id != own,
            table.state == "issued",
            func.lower(table.number) == number.lower(),
            func.extract("year", table.dated) == dated.year,
        )
        if db.session.scalar(used.limit(1)) is not None:
            return True
    return False


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
        facts = replace(facts_of(sheet, at), proposed_level=line.outcome)
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
) -> list[dict[str, Any]]:
    """Return the rows of the recognitions that the lines give."""
    reached = [line for line in lines if line.outcome]
    codes = fresh_codes(len(reached))
    given = []
    for line, code in zip(reached, codes, strict=True):
        sheet = sheets[line.dossier_id]
        days = rules.validity(terms[sheet.dossier.version_id], dated, line.outcome)
        given.append(
            {
                "tenant_id": line.tenant_id,
                "unit_id": line.unit_id,
                "dossier_id": line.dossier_id,
                "decision_id": decision.id,
                "year": decision.year,
                "level": line.outcome,
                "code": code,
                "unit_name": sheet.unit.name,
                "issuer": decision.issuer,
                "decision_number": number,
                "decided_on": dated,
                "valid_from": days.valid_from,
                "valid_to": days.valid_to,
                "may_raise_from": days.may_raise_from,
            }
        )
    return given


def fresh_codes(count: int) -> list[str]:
    """Return certificate codes under which nothing is published, in whatever district."""
    codes: set[str] = set()
    while len(codes) < count:
        drawn = {rules.code_of(secrets.randbits(rules.CODE_BITS)) for _ in range(count - len(codes))}
        taken = db.session.scalars(select(RegisterEntry.code).where(RegisterEntry.code.in_(drawn)))
        codes |= drawn - set(taken)
    return list(codes)


def replace_earlier(tenant_id: int, given: Mapping[int, tuple[int, date]]) -> None:
    """Mark what units held before as replaced where a recognition about to be given supersedes it.

    `given`: level and last day of what each unit is given, by unit.
    """
    held = db.session.scalars(
        select(Recognition).where(
            Recognition.tenant_id == tenant_id,
            Recognition.unit_id.in_(given),
            Recognition.state == "in_force",
        )
    )
    for row in held:
        level, valid_to = given[row.unit_id]
        if rules.supersedes(level, valid_to, row.level, row.valid_to):
            row.state = "replaced"


def bring_back(taken: Recognition, dated: date) -> list[Recognition]:
    """Put back in force what a recognition had replaced, after it was taken on a day; returns what came back.

    Only the last result of another year, whose own validity still runs on that day, and which nothing that stays in
    force takes the place of.
    """
    rows = db.session.scalars(
        select(Recognition)
        .where(Recognition.tenant_id == taken.tenant_id, Recognition.unit_id == taken.unit_id)
        .order_by(Recognition.decided_on.desc(), Recognition.id.desc())
    ).all()
    held = [row for row in rows if row.state == "in_force"]
    seen: set[int] = {taken.dossier_id}
    back: list[Recognition] = []
    for row in rows:
        last = row.dossier_id not in seen
        seen.add(row.dossier_id)
        if not last or row.state != "replaced" or row.valid_to < dated or row.decided_on > taken.decided_on:
            continue
        if not any(rules.supersedes(one.level, one.valid_to, row.level, row.valid_to) for one in held + back):
            row.state = "in_force"
            back.append(row)
    return back


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
        f"Quyết định số {decision.number} ngày {day(decision.dated)}: công nhận {tally[1]} đơn vị mức độ 1, "  # type: ignore[arg-type]
        f"{tally[2]} đơn vị mức độ 2, không công nhận {tally[0]} đơn vị"
    )
    record(
        actor,
        "decision.issue",
        f"đã ban hành {said}.",
        tenant_id=decision.tenant_id,
        detail={"decision": decision.id, "lines": len(lines)},
    )
    tell_district(
        decision.tenant_id, f"Đã ban hành {said}.", f"/huyen/quyet-dinh/{decision.id}", kind=Kind.DECISION
    )
