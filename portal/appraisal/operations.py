"""The district's verbs on a dossier: take in, ask for supplements, judge, correct, propose, reopen.

Every verb locks the dossier's row first, so that two officers at once end in one orderly story; what the
second one saw is compared with what stands there, and a difference is a `Conflict` that shows both.
Nothing of the appraisal is told to the unit before the decision (trail entries are inner).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from portal import clock, words
from portal.dossiers.models import Dossier, State
from portal.dossiers.operations import locked, must, take
from portal.dossiers.queries import Sheet, open_sheet
from portal.dossiers.rules import Answer, Assessment, Indicator, Kind, Profile, impossible
from portal.dossiers.steps import STEP_OF, Act, refusal_from
from portal.trail.operations import record
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused
from tenants.rights import Right

from . import rules
from .models import VERDICTS, Finding, HeadcountFinding, SupplementPoint, SupplementRequest

MOST_PEOPLE = 1_000_000


@dataclass(frozen=True, slots=True)
class PointAsked:
    """One point to ask for: an indicator or a part (`words.DOSSIER_PARTS`), and the reason."""

    reason: str
    indicator_id: int | None = None
    part: str = ""


# ---- intake ----


def accept(actor: Identity, dossier: Dossier, late_reason: str = "") -> Dossier:
    """Take a complete dossier in; a late one only with a reason (Circular 24/2023, Article 10)."""
    sheet = _at_intake(actor, dossier, Act.ACCEPT)
    row = sheet.dossier
    if row.late and not late_reason.strip():
        raise Refused("Hồ sơ nộp sau hạn: xin ghi lý do chấp nhận.", 422)
    row.accepted_at, row.accepted_by = clock.now(), actor.full_name
    if row.late:
        row.late_reason = late_reason.strip()
    take(actor, sheet, Act.ACCEPT, detail={"late_reason": row.late_reason} if row.late else None)
    db.session.flush()
    return row


def refuse_late(actor: Identity, dossier: Dossier, reason: str) -> Dossier:
    """Turn a late dossier away, with the reason the unit will read."""
    sheet = _at_intake(actor, dossier, Act.REFUSE_LATE)
    if not sheet.dossier.late:
        raise Refused("Hồ sơ nộp đúng hạn nên không thể từ chối vì quá hạn.")
    if not reason.strip():
        raise Refused("Xin ghi lý do không nhận hồ sơ nộp quá hạn.", 422)
    sheet.dossier.late_reason = reason.strip()
    take(actor, sheet, Act.REFUSE_LATE, detail={"reason": reason.strip()})
    db.session.flush()
    return sheet.dossier


def request_supplement(
    actor: Identity, dossier: Dossier, points: Sequence[PointAsked], answer_by: date, note: str = ""
) -> SupplementRequest:
    """Ask once for everything that lacks; only these points unlock for the unit.

    `answer_by`: the first day that is too late, after today and before decisions are due. Raises `Refused` for
    an empty list, a point without reason, an unknown or doubled target, a day that cannot be.
    """
    sheet = _at_intake(actor, dossier, Act.REQUEST_SUPPLEMENT)
    _check_points(sheet, points)
    if answer_by <= clock.today():
        raise Refused("Hạn bổ sung phải sau hôm nay.", 422)
    if answer_by >= sheet.cycle.decide_before:
        last = words.day(sheet.cycle.decide_before)
        raise Refused(f"Hạn bổ sung phải trước ngày {last}, hạn ra quyết định công nhận.", 422)
    codes = {row.id: row.code for row in sheet.catalogue}
    labels = [codes.get(point.indicator_id or 0) or point.part for point in points]
    detail = {"points": labels, "answer_by": answer_by.isoformat()}
    take(actor, sheet, Act.REQUEST_SUPPLEMENT, detail=detail)
    key = {
        "tenant_id": sheet.dossier.tenant_id,
        "unit_id": sheet.dossier.unit_id,
        "dossier_id": sheet.dossier.id,
    }
    request = SupplementRequest(
        **key, sent_at=clock.now(), sent_by=actor.full_name, answer_by=answer_by, note=note.strip()
    )
    db.session.add(request)
    db.session.flush()
    db.session.add_all(
        SupplementPoint(
            **key,
            request_id=request.id,
            indicator_id=point.indicator_id,
            part=point.part,
            reason=point.reason.strip(),
        )
        for point in points
    )
    db.session.flush()
    return request


def _at_intake(actor: Identity, dossier: Dossier, act: Act) -> Sheet:
    """Lock a dossier for intake: the right, then the state; says who was faster."""
    must(actor, Right.RECEIVE_DOSSIER, dossier)
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    row = sheet.dossier
    if row.state == State.ACCEPTED and row.accepted_at:
        raise Conflict(f"{row.accepted_by} đã tiếp nhận hồ sơ này lúc {words.moment(row.accepted_at)}.", row)
    request = sheet.open_request
    if row.state == State.SUPPLEMENT_REQUESTED and request:
        raise Conflict(f"{request.sent_by} đã yêu cầu bổ sung lúc {words.moment(request.sent_at)}.", request)
    _possible(sheet, act)
    return sheet


def _check_points(sheet: Sheet, points: Sequence[PointAsked]) -> None:
    applying = {f.indicator.id for f in sheet.unit_side().findings if f.applies}
    codes = {row.id: row.code for row in sheet.catalogue}
    seen: set[tuple[int | None, str]] = set()
    if not points:
        raise Refused("Chưa chọn điểm nào cần bổ sung.", 422)
    for point in points:
        target = (point.indicator_id, point.part)
        if (point.indicator_id is None) == (not point.part):
            raise Refused("Mỗi điểm bổ sung gắn với một chỉ tiêu hoặc một phần của hồ sơ.", 422)
        if point.part and point.part not in words.DOSSIER_PARTS:
            raise Refused("Phần hồ sơ cần bổ sung không có trong danh sách.", 422)
        if point.indicator_id is not None and point.indicator_id not in applying:
            raise Refused("Có điểm bổ sung gắn với chỉ tiêu không áp dụng cho đơn vị này.", 422)
        label = words.DOSSIER_PARTS.get(point.part) or f"chỉ tiêu {codes.get(point.indicator_id or 0, '')}"
        if target in seen:
            raise Refused(f"Điểm bổ sung “{label}” bị ghi hai lần.", 422)
        if not point.reason.strip():
            raise Refused(f"Xin ghi lý do cần bổ sung: {label}.", 422)
        seen.add(target)


# ---- appraisal ----


def judge(
    actor: Identity,
    dossier: Dossier,
    indicator_id: int,
    verdict: str,
    *,
    yes: bool | None = None,
    part: int | None = None,
    grade: int | None = None,
    reason_code: str = "",
    reason: str = "",
    version: int = 0,
) -> Sheet:
    """Store the district's verdict on one indicator and what follows from it; returns the sheet as it stands.

    `version`: of the finding the page showed, 0 when it showed none. Raises `Conflict` with the other's
    finding when somebody judged meanwhile, `Refused` for a missing reason or an impossible figure.
    """
    sheet = _under_appraisal(actor, dossier)
    indicator = _indicator(sheet, indicator_id)
    if verdict not in VERDICTS:
        raise Refused("Xin chọn kết luận thẩm định.", 422)
    corrected = verdict == "corrected"
    kept: tuple[bool | None, int | None, int | None] = (
        yes if corrected and indicator.kind is Kind.YES_NO else None,
        part if corrected and indicator.kind is Kind.SHARE else None,
        grade if corrected and indicator.kind is Kind.GRADED else None,
    )
    code, text = ("", "") if verdict == "agreed" else (reason_code, reason.strip())
    wanted = (verdict, *kept, code, text)
    finding = sheet.findings.get(indicator_id)
    if finding is not None and wanted == _content(finding):
        return sheet
    if version != (finding.version if finding is not None else 0):
        who = finding.changed_by if finding is not None else "Người khác"
        raise Conflict(f"{who} vừa thẩm định chỉ tiêu {indicator.code}. Xin chọn nội dung giữ lại.", finding)
    _check_verdict(sheet, indicator, verdict, kept, code, text)
    if finding is None:
        finding = _new_finding(sheet, indicator_id)
    _write(finding, wanted, actor)
    restate(sheet)
    _note(actor, sheet, f"đã thẩm định chỉ tiêu {indicator.code}: {rules.VERDICT_WORDS[verdict].lower()}.")
    return sheet


def correct_headcount(
    actor: Identity,
    dossier: Dossier,
    code: str,
    value: int,
    reason: str,
    *,
    version: int = 0,
    parts: Mapping[int, int] | None = None,
) -> tuple[rules.Change, ...]:
    """Correct a base figure; every indicator that rests on it is recalculated. Returns what changed.

    `parts`: new counts by indicator id for shares that would exceed the corrected figure. The unit's own
    figure as `value` takes the correction back. Raises `Refused` naming each share that would exceed it.
    """
    sheet = _under_appraisal(actor, dossier)
    own = sheet.headcounts.get(code)
    if own is None:
        raise Refused("Hồ sơ này không có số liệu nền đó.", 422)
    name = words.HEADCOUNTS[code].inline
    row = sheet.headcount_findings.get(code)
    current = row.value if row is not None else own.value
    if value == current and (row is None or row.reason == reason.strip()):
        return ()
    if version != (row.version if row is not None else 0):
        who = row.changed_by if row is not None else "Người khác"
        raise Conflict(f"{who} vừa hiệu chỉnh {name}. Xin xem lại rồi lưu lại.", row)
    if not 0 <= value <= MOST_PEOPLE:
        raise Refused(f"Số hiệu chỉnh phải từ 0 đến {words.number(MOST_PEOPLE)}.", 422)
    if not reason.strip() and value != own.value:
        raise Refused(f"Xin ghi lý do hiệu chỉnh {name}.", 422)
    before = sheet.district_side()
    why = reason.strip() or f"Lấy lại {name} theo số của đơn vị."
    _fit_parts(sheet, actor, code, value, why, parts or {})
    if value == own.value:
        if row is not None:
            db.session.delete(row)
            del sheet.headcount_findings[code]
    else:
        if row is None:
            row = sheet.headcount_findings[code] = HeadcountFinding(**_key(sheet), code=code)
        row.value, row.reason = value, reason.strip()
        row.changed_at, row.changed_by = clock.now(), actor.full_name
        db.session.add(row)
    restate(sheet)
    changed = rules.changes(before, sheet.district_side())
    detail = {"code": code, "before": current, "after": value, "reason": why}
    sentence = f"đã hiệu chỉnh {name} từ {_number(current)} thành {_number(value)}: {why}"
    _note(actor, sheet, sentence, detail | {"indicators": [change.indicator.code for change in changed]})
    return changed


def _fit_parts(
    sheet: Sheet, actor: Identity, code: str, value: int, reason: str, parts: Mapping[int, int]
) -> None:
    """Lower the counts that would exceed a corrected figure, or refuse naming them."""
    above = exceeding(sheet, code, value)
    stuck = [f"{i.code} ({_number(part)})" for i, part in above if not 0 <= parts.get(i.id, -1) <= value]
    if stuck:
        raise Refused(
            f"Số đạt của chỉ tiêu {', '.join(stuck)} lớn hơn số hiệu chỉnh {_number(value)}. "
            f"Xin nhập lại số đạt của các chỉ tiêu này (từ 0 đến {_number(value)}).",
            422,
        )
    for indicator, _part in above:
        finding = sheet.findings.get(indicator.id) or _new_finding(sheet, indicator.id)
        _write(finding, ("corrected", None, parts[indicator.id], None, "headcount", reason), actor)


def exceeding(sheet: Sheet, code: str, value: int) -> list[tuple[Indicator, int]]:
    """Return the shares of a head-count whose count, as the district sees it, is above a new value."""
    found = []
    for indicator in sheet.indicators:
        finding = sheet.findings.get(indicator.id)
        if indicator.base != code or (finding is not None and finding.verdict == "not_applicable"):
            continue
        part = effective(sheet, indicator).part
        if part is not None and part > value:
            found.append((indicator, part))
    return found


def effective(sheet: Sheet, indicator: Indicator) -> Answer:
    """Return the answer on an indicator as the district sees it: its own value, or the unit's."""
    finding = sheet.findings.get(indicator.id)
    if finding is not None and finding.verdict == "corrected":
        return Answer(finding.yes, finding.part, finding.grade)
    own = sheet.answers.get(indicator.id)
    return Answer(own.yes, own.part, own.grade) if own is not None else Answer()


def agree_with_rest(
    actor: Identity, dossier: Dossier, indicator_ids: Collection[int] | None = None
) -> tuple[str, ...]:
    """Agree with the unit on every applying indicator nobody has judged yet; returns their codes.

    `indicator_ids` limits it to what the page showed; one that somebody judged meanwhile is left as it is.
    """
    sheet = _under_appraisal(actor, dossier)
    agreed = []
    for indicator in unjudged(sheet):
        if indicator_ids is not None and indicator.id not in indicator_ids:
            continue
        _write(_new_finding(sheet, indicator.id), ("agreed", None, None, None, "", ""), actor)
        agreed.append(indicator.code)
    if not agreed:
        raise Refused("Không còn chỉ tiêu nào chờ kết luận trong danh sách đã chọn.")
    restate(sheet)
    _note(actor, sheet, f"đã đồng ý với đơn vị ở chỉ tiêu {', '.join(agreed)}.", {"indicators": agreed})
    return tuple(agreed)


def unjudged(sheet: Sheet) -> list[Indicator]:
    """Return the applying indicators without the district's verdict, in the catalogue's order."""
    side = sheet.district_side()
    return [f.indicator for f in side.findings if f.applies and f.indicator.id not in sheet.findings]


# ---- proposal ----


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
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    row = sheet.dossier
    if row.state == State.APPRAISED and row.appraised_at:
        raise Conflict(f"{row.appraised_by} đã chốt đề xuất lúc {words.moment(row.appraised_at)}.", row)
    _possible(sheet, Act.PROPOSE)
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


# ---- shared steps ----


def _possible(sheet: Sheet, act: Act) -> None:
    """Raise `Refused` with its sentence where the state does not allow an act."""
    step, state = STEP_OF[act], State(sheet.dossier.state)
    if state not in step.came:
        raise Refused(refusal_from(step, state))


def _under_appraisal(actor: Identity, dossier: Dossier) -> Sheet:
    """Lock a dossier for appraisal: the right (never of one's own unit), then the state."""
    must(actor, Right.APPRAISE, dossier)
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    if sheet.dossier.state != State.ACCEPTED:
        name = words.DOSSIER_STATES[sheet.dossier.state].name
        raise Refused(f"Hồ sơ đang ở trạng thái “{name}” nên không thẩm định được lúc này.")
    return sheet


def _indicator(sheet: Sheet, indicator_id: int) -> Indicator:
    found = next((i for i in sheet.indicators if i.id == indicator_id), None)
    if found is None:
        raise Refused("Chỉ tiêu này không có trong bộ tiêu chí của hồ sơ.", 404)
    applies, why_not = found.applies.applies(_profile_without_rulings(sheet))
    if not applies:
        raise Refused(f"Chỉ tiêu {found.code}: {why_not}", 422)
    return found


def _profile_without_rulings(sheet: Sheet) -> Profile:
    profile = sheet.district_profile()
    return Profile(profile.kind, profile.public, profile.headcounts)


def _check_verdict(
    sheet: Sheet,
    indicator: Indicator,
    verdict: str,
    value: tuple[bool | None, int | None, int | None],
    code: str,
    text: str,
) -> None:
    own = sheet.answers[indicator.id]
    unit_value = (own.yes, own.part, own.grade)
    if verdict == "corrected" and value == (None, None, None):
        raise Refused(f"Chỉ tiêu {indicator.code}: xin nhập kết quả theo thẩm định.", 422)
    if verdict == "corrected" and value == unit_value:
        raise Refused(f"Chỉ tiêu {indicator.code}: kết quả giống đơn vị, xin chọn “Đồng ý với đơn vị”.", 422)
    if verdict != "agreed" and code not in rules.REASONS:
        raise Refused(f"Chỉ tiêu {indicator.code}: xin chọn lý do khác với đơn vị.", 422)
    if verdict != "agreed" and not text:
        raise Refused(f"Chỉ tiêu {indicator.code}: xin nói rõ lý do khác với đơn vị.", 422)
    if verdict != "not_applicable":
        judged = Answer(*(value if verdict == "corrected" else unit_value))
        if (judged.part or 0) > MOST_PEOPLE:
            raise Refused(f"Chỉ tiêu {indicator.code}: số đạt quá lớn.", 422)
        fault = impossible(indicator, _profile_without_rulings(sheet), judged)
        if fault:
            raise Refused(fault, 422)


def _content(finding: Finding) -> tuple[object, ...]:
    return (
        finding.verdict,
        finding.yes,
        finding.part,
        finding.grade,
        finding.reason_code,
        finding.reason,
    )


def _new_finding(sheet: Sheet, indicator_id: int) -> Finding:
    # Not pending before it is written: a query in between would flush a row that is not whole.
    finding = sheet.findings[indicator_id] = Finding(**_key(sheet), indicator_id=indicator_id)
    return finding


def _write(finding: Finding, content: tuple[object, ...], actor: Identity) -> None:
    names = ("verdict", "yes", "part", "grade", "reason_code", "reason")
    for name, value in zip(names, content, strict=True):
        setattr(finding, name, value)
    finding.changed_at, finding.changed_by = clock.now(), actor.full_name
    db.session.add(finding)


def restate(sheet: Sheet) -> None:
    """Store what the rules say of the district's findings, for lists, figures and the decision."""
    side = sheet.district_side()
    for indicator_id, finding in sheet.findings.items():
        outcomes = side.finding(indicator_id).outcomes
        met_1, met_2 = outcomes[1].value, outcomes[2].value
        if (finding.met_1, finding.met_2) != (met_1, met_2):
            finding.met_1, finding.met_2 = met_1, met_2
    sheet.dossier.appraised_level = side.level
    db.session.flush()


def _note(actor: Identity, sheet: Sheet, sentence: str, detail: dict[str, object] | None = None) -> None:
    record(actor, "appraisal", sentence, **_key(sheet), detail=detail, inner=True)


def _key(sheet: Sheet) -> dict[str, int]:
    dossier = sheet.dossier
    return {"tenant_id": dossier.tenant_id, "unit_id": dossier.unit_id, "dossier_id": dossier.id}


def _number(value: int | None) -> str:
    return "–" if value is None else words.number(value)
