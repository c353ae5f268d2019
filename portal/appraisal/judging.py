"""The district's verdicts: judge an indicator, correct a base figure, agree with the rest.

What an officer saw is compared with what stands; a difference is a `Conflict` that shows both. Nothing of
it is told to the unit before the decision (trail entries are inner).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from portal import clock, words
from portal.dossiers.models import Dossier, State
from portal.dossiers.operations import locked, must
from portal.dossiers.queries import Sheet, open_sheet
from portal.dossiers.rules import RATIO_WHOLE, Answer, Indicator, Kind, Profile, impossible
from portal.trail.operations import record
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused
from tenants.rights import Right

from . import rules
from .models import VERDICTS, Finding, HeadcountFinding

MOST_PEOPLE = 1_000_000


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
    if sheet.dossier.ratio_only and value not in (0, RATIO_WHOLE):
        raise Refused("Đơn vị không cung cấp số người: chỉ hiệu chỉnh được là có hay không có.", 422)
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
    was, now = base_words(sheet, current), base_words(sheet, value)
    sentence = f"đã hiệu chỉnh {name} từ {was} thành {now}: {why}"
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
    found: list[tuple[Indicator, int]] = []
    if sheet.dossier.ratio_only:
        return found
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
    return replace(sheet.district_profile(), waived=frozenset())


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


def base_words(sheet: Sheet, value: int | None) -> str:
    """Say a base figure of a dossier: the number, or whether there are any where it tells ratios only."""
    if sheet.dossier.ratio_only and value is not None:
        return "có" if value else "không có"
    return _number(value)


def _number(value: int | None) -> str:
    return "–" if value is None else words.number(value)
