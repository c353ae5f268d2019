"""Issuing a further decision: what it gives and takes, what is published, whom it is told.

The first decision, its lines and the dossier stay as they are; what is in effect is read from what follows them.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from portal import clock
from portal.catalogue.models import CriteriaVersion
from portal.dossiers.taking import locked, must
from portal.notices.operations import tell_district, tell_unit
from portal.notices.rules import Kind
from portal.powers.rules import title_fault
from portal.recognition import rules as recognition
from portal.recognition.issuing import bring_back, fresh_codes, number_taken, replace_earlier
from portal.recognition.models import Recognition
from portal.register import operations as register
from portal.reports.queries import latest_edition
from portal.trail.operations import record
from portal.words import ZONE, day
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Refused
from tenants.rights import Right

from . import rules
from .models import FurtherDecision
from .operations import district_page, held, in_force_of, unit_page
from .queries import Case, Standing, reports_touched


def issue(
    actor: Identity,
    row: FurtherDecision,
    number: str,
    dated: date | None,
    signer: str,
    signer_title: str,
    version: int | None = None,
) -> FurtherDecision:
    """Issue a further decision under its number and day; from that day on the result is what it says.

    `version` is what the leader saw; what changed since is a `Conflict`. Raises `Refused` for a unit not heard,
    a number used in the year, a day that cannot be, and a result that no longer stands as it did.
    """
    locked(row.tenant_id, row.dossier_id)
    case = held(row, version, "draft", "heard")
    row = case.further
    must(actor, Right.ISSUE_DECISION, row)
    number, signer, signer_title = (" ".join(text.split()) for text in (number, signer, signer_title))
    if row.state == "draft" and rules.must_hear(row.before, row.outcome):
        raise Refused("Chưa ban hành được: đơn vị chưa được báo và chưa trả lời về dự kiến này.")
    if recognition.unfinished([*row.reason.splitlines(), *row.legal_basis.splitlines()]):
        raise Refused("Lý do hoặc căn cứ còn chỗ “[bổ sung …]”. Xin ghi đủ trước khi ban hành.")
    dated = _checked_head(row, number, dated, signer, signer_title)
    if fault := title_fault(actor, signer_title):
        raise Refused(fault, 422)
    standing = in_force_of(case)
    if (standing.level, standing.number, standing.dated) != (row.before, row.target_number, row.target_dated):
        raise Refused("Kết quả của đơn vị đã thay đổi sau khi soạn. Xin soạn lại quyết định này.")
    row.number, row.dated, row.signer, row.signer_title = number, dated, signer, signer_title
    row.state, row.issued_at, row.issued_by = "issued", clock.now(), actor.acting_name[:200]
    db.session.flush()
    _give_and_take(case, standing, dated)
    db.session.flush()
    back = bring_back(standing.recognition, dated) if standing.recognition is not None else []
    db.session.flush()
    register.follow(row.tenant_id, [row.unit_id])
    _tell(actor, case)
    _tell_back(actor, row, back)
    _tell_amending(case)
    return row


def _checked_head(
    row: FurtherDecision, number: str, dated: date | None, signer: str, signer_title: str
) -> date:
    """Return the day; raises `Refused` for a number, day or signer that cannot stand."""
    named = (
        ("số quyết định", number),
        ("ngày quyết định", dated),
        ("người ký", signer),
        ("chức vụ người ký", signer_title),
    )
    missing = [name for name, value in named if not value]
    if missing or dated is None:
        raise Refused(f"Xin nhập {', '.join(missing)}.", 422)
    if len(number) > 60 or len(signer) > 200 or len(signer_title) > 200:
        raise Refused("Số quyết định dài tối đa 60 ký tự; tên và chức vụ tối đa 200 ký tự.", 422)
    heard_at = row.answered_at or row.silent_at
    heard_on = heard_at.astimezone(ZONE).date() if heard_at else None
    fault = rules.date_fault(dated, clock.today(), row.target_dated) or rules.heard_fault(dated, heard_on)
    if fault:
        raise Refused(fault, 422)
    if number_taken(row.tenant_id, number, dated, further_id=row.id):
        raise Refused(
            f"Số quyết định {number} đã dùng cho một quyết định khác trong năm. Xin kiểm tra lại số.", 422
        )
    return dated


def _give_and_take(case: Case, standing: Standing, dated: date) -> None:
    """Let the recognition follow: revoked, or replaced by a new one under a new code."""
    row, before = case.further, standing.recognition
    if before is not None and before.state == "in_force":
        before.state = "replaced" if row.outcome else "revoked"
        before.revoked_on = None if row.outcome else dated
    if not row.outcome:
        return
    term = recognition.term_of(
        db.session.scalar(
            select(CriteriaVersion.settings).where(CriteriaVersion.id == case.dossier.version_id)
        )
        or {}
    )
    # What was recognised before keeps its term: a correction corrects the level, it does not begin anew.
    since = before.decided_on if before is not None else dated
    if standing.line.outcome and standing.decision.dated is not None:
        since = standing.decision.dated
    days = recognition.validity(term, since, row.outcome)
    given = Recognition(
        tenant_id=row.tenant_id,
        unit_id=row.unit_id,
        dossier_id=row.dossier_id,
        decision_id=row.decision_id,
        further_id=row.id,
        year=case.dossier.year,
        level=row.outcome,
        code=fresh_codes(1)[0],
        unit_name=before.unit_name if before is not None else case.unit.name,
        issuer=row.issuer,
        decision_number=row.number,
        decided_on=dated,
        valid_from=dated,
        valid_to=before.valid_to if before is not None else days.valid_to,
        may_raise_from=days.may_raise_from,
    )
    replace_earlier(given.tenant_id, {given.unit_id: (given.level, given.valid_to)})
    db.session.add(given)


def _tell(actor: Identity, case: Case) -> None:
    row = case.further
    assert row.dated is not None
    what = rules.change_sentence(row.kind, row.before, row.outcome, case.dossier.year)
    said = f"Quyết định số {row.number} ngày {day(row.dated)}: {what[:1].lower()}{what[1:]}"
    record(
        actor,
        "further.issue",
        f"đã ban hành {said[:1].lower()}{said[1:]}.",
        tenant_id=row.tenant_id,
        unit_id=row.unit_id,
        dossier_id=row.dossier_id,
        detail={"further": row.id, "kind": row.kind, "before": row.before, "outcome": row.outcome},
    )
    tell_unit(row.tenant_id, row.unit_id, f"{said}.", unit_page(row), Kind.DECISION)
    tell_district(row.tenant_id, f"{case.unit.name}: {said}.", district_page(row), row.unit_id, Kind.DECISION)


def _tell_back(actor: Identity, row: FurtherDecision, back: list[Recognition]) -> None:
    for one in back:
        sentence = (
            f"Công nhận mức độ {one.level} năm {one.year} (Quyết định số {one.decision_number} ngày {day(one.decided_on)}) "
            f"có hiệu lực trở lại, đến hết ngày {day(one.valid_to)}."
        )
        record(
            actor,
            "further.back",
            f"đã ban hành Quyết định số {row.number}: {sentence[:1].lower()}{sentence[1:]}",
            tenant_id=one.tenant_id,
            unit_id=one.unit_id,
            dossier_id=one.dossier_id,
            detail={"further": row.id, "recognition": one.code},
        )
        tell_unit(one.tenant_id, one.unit_id, sentence, "/ket-qua", Kind.DECISION)


def _tell_amending(case: Case) -> None:
    """Tell the district which sent reports its new decision makes wrong, each with the page to amend it."""
    row = case.further
    for year in reports_touched(row, case.dossier.year):
        latest = latest_edition(row.tenant_id, year)
        if latest is None or latest[0].state != "sent":
            continue
        tell_district(
            row.tenant_id,
            f"Báo cáo năm {year} đã gửi Sở cần điều chỉnh: Quyết định số {row.number} đổi kết quả của {case.unit.name}.",
            f"/huyen/bao-cao/{latest[0].id}",
            row.unit_id,
            Kind.REPORT,
        )
