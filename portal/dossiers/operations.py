"""The unit's verbs on its dossier: start, fill in, sign, submit, withdraw, answer a supplement request.

One shape: allowed? → possible now? → write → trail → notices. Every verb first locks the dossier's row,
so that two people at once, a double click and a retry end in one orderly story. `take` carries out a row
of the step table; the district's verbs use it too.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.exc import IntegrityError

from portal import clock, words
from portal.catalogue.queries import indicators_of
from portal.cycle.queries import calendar_of, cycle_of
from portal.cycle.rules import is_late, not_yet_open
from portal.notices.operations import tell_district, tell_unit
from portal.trail.operations import record
from portal.units.models import Unit
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused
from tenants.rights import Right, refusal

from . import rules
from .models import Answer, Dossier, Headcount, State, TeamMember
from .queries import Sheet, dossier_of, live_dossier, open_sheet
from .steps import STEP_OF, Act, refusal_from


@dataclass(frozen=True, slots=True)
class Given:
    """One indicator as typed: the value of its kind, the explanation, and the version the page showed."""

    yes: bool | None = None
    part: int | None = None
    grade: int | None = None
    explanation: str = ""
    version: int = 0


def must(actor: Identity, right: Right, row: Any = None) -> None:
    """Raise `Refused` (403) with its sentence where the right is missing."""
    sentence = refusal(actor, right, row)
    if sentence:
        raise Refused(sentence, 403)


def locked(tenant_id: int, dossier_id: int) -> Dossier:
    """Return a dossier held for this transaction; raises `Refused` (404) for one the scope cannot see."""
    dossier = dossier_of(tenant_id, dossier_id, lock=True)
    if dossier is None:
        raise Refused("Không tìm thấy hồ sơ này.", 404)
    return dossier


def start_dossier(
    actor: Identity, unit: Unit, year: int, *, channel: str = "portal", channel_code: str = ""
) -> Dossier:
    """Open a unit's dossier for a year, or return the live one; a double click makes one dossier.

    Raises `Refused` where the year is not open or the unit did not exist in it.
    """
    must(actor, Right.FILL_DOSSIER if channel == "portal" else Right.ENTER_FOR_UNIT)
    cycle = cycle_of(year)
    if cycle is None:
        raise Refused(f"Sở chưa mở năm đánh giá {year}.")
    closed = not_yet_open(calendar_of(cycle), clock.now())
    if closed:
        raise Refused(closed)
    if unit.opened_on > date(year, 12, 31) or (unit.closed_on and unit.closed_on < date(year, 12, 31)):
        raise Refused(f"Đơn vị không hoạt động tại ngày 31/12/{year} nên không lập hồ sơ năm này.")
    existing = live_dossier(unit.tenant_id, unit.id, year)
    if existing is not None:
        return existing
    dossier = Dossier(
        tenant_id=unit.tenant_id,
        unit_id=unit.id,
        year=year,
        version_id=cycle.version_id,
        channel=channel,
        channel_code=channel_code,
        created_at=clock.now(),
        created_by=actor.account_id,
    )
    try:
        with db.session.begin_nested():
            db.session.add(dossier)
            db.session.flush()
    except IntegrityError:
        again = live_dossier(unit.tenant_id, unit.id, year)
        if again is None:
            raise
        return again
    add_blank_content(dossier)
    record(
        actor,
        "start",
        f"đã lập hồ sơ năm {year}.",
        tenant_id=unit.tenant_id,
        unit_id=unit.id,
        dossier_id=dossier.id,
    )
    return dossier


def add_blank_content(dossier: Dossier) -> None:
    """Add the empty rows of a new dossier: one answer per indicator, one per head-count it needs."""
    catalogue = indicators_of(dossier.version_id)
    key = {"tenant_id": dossier.tenant_id, "unit_id": dossier.unit_id, "dossier_id": dossier.id}
    bases = {row.base for row in catalogue if row.base}
    db.session.add_all(Headcount(**key, code=code) for code in words.HEADCOUNTS if code in bases)
    db.session.add_all(Answer(**key, indicator_id=row.id) for row in catalogue)
    db.session.flush()


def editable(sheet: Sheet, *, indicator_id: int | None = None, part: str = "") -> None:
    """Raise `Refused` with the reason where the unit's content cannot be changed now."""
    state = State(sheet.dossier.state)
    if sheet.unlocked(indicator_id, part):
        return
    if state is State.SIGNED:
        raise Refused("Hồ sơ đã ký. Bấm “Mở lại để sửa”; chữ ký khi đó không còn giá trị và cần ký lại.")
    if state is State.SUPPLEMENT_REQUESTED:
        raise Refused("Chỉ những điểm huyện yêu cầu bổ sung mới sửa được; mục này không có trong yêu cầu.")
    name = words.DOSSIER_STATES[state.value].unit_name
    raise Refused(f"Hồ sơ đang ở trạng thái “{name}” nên không sửa được nữa.")


def may_fill(actor: Identity, dossier: Dossier) -> None:
    """Ask who may write the unit's content: the unit, or the officer for a dossier filed off the portal."""
    own = refusal(actor, Right.FILL_DOSSIER)
    if own and (dossier.channel == "portal" or refusal(actor, Right.ENTER_FOR_UNIT)):
        raise Refused(own, 403)


def save_answer(actor: Identity, dossier: Dossier, indicator_id: int, given: Given) -> Sheet:
    """Save one indicator and what follows from it; returns the sheet as it then stands.

    Raises `Conflict` with the other's answer when somebody saved after the page was loaded, and
    `Refused` for an impossible figure or a locked dossier. Nothing is saved then.
    """
    may_fill(actor, dossier)
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    answer = sheet.answers.get(indicator_id)
    indicator = next((i for i in sheet.indicators if i.id == indicator_id), None)
    if answer is None or indicator is None:
        raise Refused("Chỉ tiêu này không có trong bộ tiêu chí của hồ sơ.", 404)
    editable(sheet, indicator_id=indicator_id)
    wanted = (given.yes, given.part, given.grade, given.explanation)
    stands = (answer.yes, answer.part, answer.grade, answer.explanation)
    if wanted == stands:
        return sheet
    if given.version != answer.version:
        raise Conflict(
            f"{answer.changed_by or 'Người khác'} vừa sửa chỉ tiêu {indicator.code}. Xin chọn nội dung giữ lại.",
            answer,
        )
    fault = rules.impossible(
        indicator, sheet.profile(), rules.Answer(given.yes, given.part, given.grade, given.explanation)
    )
    if fault:
        raise Refused(fault, 422)
    answer.yes, answer.part, answer.grade, answer.explanation = wanted
    answer.changed_at, answer.changed_by = clock.now(), actor.full_name
    restate(sheet)
    return sheet


def save_headcounts(
    actor: Identity, dossier: Dossier, values: dict[str, int | None], versions: dict[str, int]
) -> Sheet:
    """Save the base figures; every share that rests on them is judged anew.

    Raises `Refused` where a figure would be smaller than a part already entered, `Conflict` when
    somebody changed a figure meanwhile.
    """
    may_fill(actor, dossier)
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    editable(sheet, part="headcount")
    for code, value in values.items():
        row = sheet.headcounts.get(code)
        if row is None or row.value == value:
            continue
        if versions.get(code) != row.version:
            raise Conflict(f"{row.changed_by or 'Người khác'} vừa sửa {words.HEADCOUNTS[code].inline}.", row)
        row.value, row.changed_by = value, actor.full_name
    profile, answers = sheet.profile(), sheet.given()
    for indicator in sheet.indicators:
        fault = rules.impossible(indicator, profile, answers.get(indicator.id, rules.Answer()))
        if fault:
            raise Refused(fault, 422)
    restate(sheet)
    return sheet


def restate(sheet: Sheet) -> None:
    """Store what the rules now say of the unit's answers, for lists and figures."""
    assessment = sheet.unit_side()
    for finding in assessment.findings:
        answer = sheet.answers[finding.indicator.id]
        met_1, met_2 = finding.outcomes[1].value, finding.outcomes[2].value
        if (answer.met_1, answer.met_2) != (met_1, met_2):
            answer.met_1, answer.met_2 = met_1, met_2
    sheet.dossier.self_level = assessment.level
    db.session.flush()


def save_texts(actor: Identity, dossier: Dossier, version: int, **texts: Any) -> Dossier:
    """Save the free texts and particulars of the papers: requested level, team decision, letter number, …"""
    may_fill(actor, dossier)
    dossier = locked(dossier.tenant_id, dossier.id)
    part = "team_member" if "team_number" in texts else "letter"
    editable(open_sheet(dossier), part=part)
    if all(getattr(dossier, name) == value for name, value in texts.items()):
        return dossier
    if version != dossier.version:
        raise Conflict("Có người vừa sửa phần này. Xin xem lại nội dung mới rồi lưu lại.", dossier)
    for name, value in texts.items():
        setattr(dossier, name, value)
    db.session.flush()
    return dossier


def add_team_member(actor: Identity, dossier: Dossier, full_name: str, title: str, duty: str) -> TeamMember:
    """Add a person to the self-assessment team."""
    may_fill(actor, dossier)
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    editable(sheet, part="team_member")
    if not full_name.strip():
        raise Refused("Xin nhập họ tên thành viên Tổ đánh giá.", 422)
    if any(m.full_name.casefold() == full_name.strip().casefold() for m in sheet.team):
        raise Refused(f"“{full_name.strip()}” đã có trong Tổ đánh giá.", 422)
    if len(sheet.team) >= 60:
        raise Refused("Tổ đánh giá có tối đa 60 người.", 422)
    member = TeamMember(
        tenant_id=dossier.tenant_id,
        unit_id=dossier.unit_id,
        dossier_id=dossier.id,
        full_name=full_name.strip(),
        title=title.strip(),
        duty=duty,
    )
    db.session.add(member)
    db.session.flush()
    return member


def remove_team_member(actor: Identity, dossier: Dossier, member_id: int) -> None:
    """Take a person off the team; one already gone is no error."""
    may_fill(actor, dossier)
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    editable(sheet, part="team_member")
    member = next((m for m in sheet.team if m.id == member_id), None)
    if member is not None:
        db.session.delete(member)
        db.session.flush()


def take(
    actor: Identity, sheet: Sheet, act: Act, *, number: str = "", detail: dict[str, Any] | None = None
) -> None:
    """Carry out one row of the step table on a locked dossier.

    Raises `Refused` with the sentence of the missing right, the wrong state, or everything that is lacking.
    """
    step, dossier = STEP_OF[act], sheet.dossier
    must(actor, step.right, dossier)
    if State(dossier.state) not in step.came:
        raise Refused(refusal_from(step, State(dossier.state)))
    facts = sheet.facts(clock.now())
    faults = [fault for check in step.needs if (fault := check(facts)) is not None and fault.stops]
    if faults:
        raise Refused(" ".join(fault.sentence for fault in faults))
    dossier.state = step.to
    filled = {"unit": sheet.unit.name, "year": dossier.year, "number": number or dossier.receipt_number}
    record(
        actor,
        f"dossier.{act.value}",
        step.done.format(**filled),
        tenant_id=dossier.tenant_id,
        unit_id=dossier.unit_id,
        dossier_id=dossier.id,
        detail=detail,
        inner=step.inner,
    )
    if step.unit_notice:
        path = f"/ho-so/{dossier.id}"
        tell_unit(dossier.tenant_id, dossier.unit_id, step.unit_notice.format(**filled), path)
    if step.district_notice:
        path = f"/huyen/ho-so/{dossier.id}"
        tell_district(dossier.tenant_id, step.district_notice.format(**filled), path, dossier.unit_id)


def canonical(sheet: Sheet) -> dict[str, Any]:
    """Return what a signature covers, as plain values in a fixed order: all that the papers print."""
    d, unit = sheet.dossier, sheet.unit
    codes = {row.id: row.code for row in sheet.catalogue}
    of_unit = "code name kind public address commune superior symbol head_title".split()
    return {
        "unit": {name: getattr(unit, name) for name in of_unit},
        "year": d.year,
        "requested_level": d.requested_level,
        "letter": [d.letter_number, d.letter_date.isoformat() if d.letter_date else None],
        "thresholds": {
            i.code: [[t.level, t.value, t.confirmed, t.illustrative] for _, t in sorted(i.thresholds.items())]
            for i in sheet.indicators
        },
        "team": {
            "number": d.team_number,
            "date": d.team_date.isoformat() if d.team_date else None,
            "members": [[m.full_name, m.title, m.duty] for m in sheet.team],
        },
        "texts": [d.strengths, d.weaknesses, d.plan],
        "headcounts": {code: row.value for code, row in sorted(sheet.headcounts.items())},
        "answers": {
            codes[i]: {
                "value": [row.yes, row.part, row.grade],
                "explanation": row.explanation,
                "outcomes": [row.met_1, row.met_2],
                "evidence": sorted(
                    [e.sha256, e.title, e.number, e.issuer, e.issued_on.isoformat() if e.issued_on else ""]
                    for e in sheet.evidence[i]
                ),
            }
            for i, row in sorted(sheet.answers.items(), key=lambda item: codes[item[0]])
        },
    }


def _freeze(sheet: Sheet, actor: Identity) -> None:
    content = canonical(sheet)
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    sheet.dossier.frozen = content
    sheet.dossier.content_hash = hashlib.sha256(text.encode()).hexdigest()
    sheet.dossier.signed_at = clock.now()
    sheet.dossier.signed_by = actor.full_name


def short_hash(dossier: Dossier) -> str:
    """Return the code in the footer of the papers: the first 12 hex digits of the content hash."""
    return dossier.content_hash[:12].upper()


def sign(actor: Identity, dossier: Dossier, seen_version: int | None = None) -> Dossier:
    """Sign: freeze the content under its hash. `seen_version` guards against signing unseen changes."""
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    if seen_version is not None and sheet.dossier.version != seen_version:
        raise Conflict("Hồ sơ vừa được sửa sau khi trang này mở. Xin xem lại rồi ký.")
    restate(sheet)
    _freeze(sheet, actor)
    take(actor, sheet, Act.SIGN, number=short_hash(sheet.dossier))
    db.session.flush()
    return sheet.dossier


def unsign(actor: Identity, dossier: Dossier) -> Dossier:
    """Open a signed dossier again; the signature is void."""
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    take(actor, sheet, Act.UNSIGN)
    sheet.dossier.signed_at, sheet.dossier.signed_by = None, ""
    sheet.dossier.content_hash, sheet.dossier.frozen = "", None
    db.session.flush()
    return sheet.dossier


def submit(actor: Identity, dossier: Dossier) -> Dossier:
    """File the dossier: receipt number and time. Filing again what is filed returns the same receipt."""
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    if sheet.dossier.state == State.SUBMITTED and sheet.dossier.receipt_number:
        must(actor, Right.SUBMIT_DOSSIER)
        return sheet.dossier
    _receive(sheet, actor)
    take(actor, sheet, Act.SUBMIT)
    db.session.flush()
    return sheet.dossier


def enter_for_unit(actor: Identity, dossier: Dossier, signed_by: str) -> Dossier:
    """File a dossier that came on paper, by post or through the public-service portal."""
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    if sheet.dossier.channel == "portal":
        raise Refused("Hồ sơ này do đơn vị lập trên cổng nên chỉ đơn vị nộp được.")
    restate(sheet)
    _freeze(sheet, actor)
    sheet.dossier.signed_by = signed_by.strip() or sheet.unit.head_name or sheet.unit.name
    _receive(sheet, actor)
    take(actor, sheet, Act.ENTER)
    db.session.flush()
    return sheet.dossier


def _receive(sheet: Sheet, actor: Identity) -> None:
    dossier = sheet.dossier
    dossier.submitted_at = clock.now()
    dossier.submitted_by = actor.full_name
    dossier.late = is_late(sheet.cycle.submit_before, dossier.submitted_at)
    dossier.receipt_number = f"HS-{dossier.year}-{dossier.id:06d}"


def withdraw(actor: Identity, dossier: Dossier) -> Dossier:
    """Withdraw the dossier; a new one may be started while the year is open."""
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    take(actor, sheet, Act.WITHDRAW)
    db.session.flush()
    return sheet.dossier


def close_unreached(actor: Identity, dossier: Dossier, reason: str) -> Dossier:
    """End the year with "self-assessed, not reached"; the unit is counted so in the district's report."""
    if not reason.strip():
        raise Refused("Xin ghi lý do và hướng cải tiến ngắn gọn.", 422)
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    sheet.dossier.closed_reason = reason.strip()
    take(actor, sheet, Act.CLOSE_UNREACHED)
    db.session.flush()
    return sheet.dossier


def answer_point(actor: Identity, dossier: Dossier, point_id: int, text: str) -> None:
    """Answer one point of the open supplement request."""
    must(actor, Right.FILL_DOSSIER)
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    point = next((p for p in sheet.open_points() if p.id == point_id), None)
    if point is None:
        raise Refused("Điểm bổ sung này không còn mở.")
    if not text.strip():
        raise Refused("Xin ghi phần trả lời cho điểm này.", 422)
    point.answer, point.answered_at = text.strip(), clock.now()
    db.session.flush()


def send_supplement(actor: Identity, dossier: Dossier) -> Dossier:
    """Send the answered request back; the head thereby signs the changed content anew."""
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    request = sheet.open_request
    restate(sheet)
    take(actor, sheet, Act.ANSWER_SUPPLEMENT)
    if request is not None:
        request.answered_at, request.answered_by = clock.now(), actor.full_name
    _freeze(sheet, actor)
    db.session.flush()
    return sheet.dossier
