"""The district's verdicts: judge an indicator, agree with the rest.

What an officer saw is compared with what stands; a difference is a `Conflict` that shows both. Nothing of
it is told to the unit before the decision (trail entries are inner). Of several appraisers each writes verdicts
of his own first (`panels.py`); then the responsible one writes the findings.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from portal import clock, words
from portal.dossiers.models import Dossier, State
from portal.dossiers.operations import locked, must
from portal.dossiers.queries import Sheet, open_sheet
from portal.dossiers.rules import Answer, Assessment, Indicator, Kind, Profile, impossible
from portal.trail.operations import record
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused
from tenants.rights import Right

from . import panels, rules
from .models import VERDICTS, Finding
from .panels import Panel
from .seats import Appraiser, AppraiserVerdict

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
    common_reason: str = "",
    version: int = 0,
) -> Sheet:
    """Store a verdict on one indicator and what follows from it; returns the sheet as the person sees it.

    The verdict is the district's finding, or, of one of several who judge apart, the person's own.
    `version`: of the finding the page showed, 0 when it showed none. `common_reason`: why it is concluded so where
    the appraisers differed. Raises `Conflict` with the other's finding when somebody judged meanwhile, `Refused`
    for a missing reason or an impossible figure.
    """
    sheet, panel = under_appraisal(actor, dossier)
    seat = panel.mine(actor) if panel.apart else None
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
    common = common_reason.strip() if panel.concluding else ""
    wanted = (verdict, *kept, code, text)
    finding = sheet.findings.get(indicator_id)
    if finding is not None and (*wanted, common) == (*_content(finding), _common_of(finding)):
        return sheet
    if version != (finding.version if finding is not None else 0):
        who = finding.changed_by if finding is not None else "Người khác"
        raise Conflict(f"{who} vừa thẩm định chỉ tiêu {indicator.code}. Xin chọn nội dung giữ lại.", finding)
    check_verdict(sheet, indicator, verdict, kept, code, text)
    if panel.concluding and not common and differ(panels.verdicts_of(dossier, panel.seats), indicator_id):
        raise Refused(
            f"Chỉ tiêu {indicator.code}: những người thẩm định kết luận khác nhau, xin ghi lý do chọn kết luận chung.",
            422,
        )
    if finding is None:
        finding = new_finding(sheet, indicator_id, seat)
    if isinstance(finding, Finding):
        finding.common_reason = common
    write(finding, wanted, actor)
    if seat is not None:
        return _noted(sheet, seat)
    restate(sheet)
    note(actor, sheet, f"đã thẩm định chỉ tiêu {indicator.code}: {rules.VERDICT_WORDS[verdict].lower()}.")
    return sheet


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
    sheet, panel = under_appraisal(actor, dossier)
    if panel.concluding:
        raise Refused("Mọi người đã nộp kết quả: xin lấy các kết luận giống nhau ở trang đối chiếu.")
    agreed = agree_in(actor, sheet, panel.mine(actor) if panel.apart else None, indicator_ids)
    if not agreed:
        raise Refused("Không còn chỉ tiêu nào chờ kết luận trong danh sách đã chọn.")
    return agreed


def agree_in(
    actor: Identity, sheet: Sheet, seat: Appraiser | None = None, indicator_ids: Collection[int] | None = None
) -> tuple[str, ...]:
    """Agree on a sheet whose dossier is held for this transaction; as `agree_with_rest`, but none is no fault."""
    agreed = []
    for indicator in unjudged(sheet):
        if indicator_ids is not None and indicator.id not in indicator_ids:
            continue
        write(new_finding(sheet, indicator.id, seat), ("agreed", None, None, None, "", ""), actor)
        agreed.append(indicator.code)
    if seat is not None:
        _noted(sheet, seat)
    elif agreed:
        restate(sheet)
        note(actor, sheet, f"đã đồng ý với đơn vị ở chỉ tiêu {', '.join(agreed)}.", {"indicators": agreed})
    return tuple(agreed)


def unjudged(sheet: Sheet, side: Assessment | None = None) -> list[Indicator]:
    """Return the applying indicators without the district's verdict, in the catalogue's order; `side`: if known."""
    findings = (side or sheet.district_side()).findings
    return [f.indicator for f in findings if f.applies and f.indicator.id not in sheet.findings]


def under_appraisal(actor: Identity, dossier: Dossier) -> tuple[Sheet, Panel]:
    """Lock a dossier for appraisal: the right, no conflict of interest, the state, the person's turn on the panel.

    Of one of several who judge apart the sheet holds the person's own verdicts in place of findings.
    """
    must(actor, Right.APPRAISE, dossier)
    row = locked(dossier.tenant_id, dossier.id)
    if row.state != State.ACCEPTED:
        name = words.DOSSIER_STATES[row.state].name
        raise Refused(f"Hồ sơ đang ở trạng thái “{name}” nên không thẩm định được lúc này.")
    if why := panels.conflict_of(actor, row):
        raise Refused(why, 403)
    panel = panels.panel_of(row)
    if why := panel.refusal(actor):
        raise Refused(why)
    sheet = open_sheet(row)
    return (panels.as_noted(sheet, panel.mine(actor)) if panel.apart else sheet), panel


def differ(verdicts: panels.Verdicts, indicator_id: int) -> bool:
    """Return whether the appraisers' verdicts on an indicator are not the same."""
    return len({value_of(of[indicator_id]) for of in verdicts.values() if indicator_id in of}) > 1


def value_of(row: Finding | AppraiserVerdict) -> tuple[object, ...]:
    """Return what a verdict says of the indicator, without the reasons."""
    return (row.verdict, row.yes, row.part, row.grade)


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


def check_verdict(
    sheet: Sheet,
    indicator: Indicator,
    verdict: str,
    value: tuple[bool | None, int | None, int | None],
    code: str,
    text: str,
) -> None:
    """Raise `Refused` with what a verdict lacks, or where its figure is impossible."""
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


def _content(finding: Finding | AppraiserVerdict) -> tuple[object, ...]:
    return (
        finding.verdict,
        finding.yes,
        finding.part,
        finding.grade,
        finding.reason_code,
        finding.reason,
    )


def new_finding(sheet: Sheet, indicator_id: int, seat: Appraiser | None = None) -> Finding | AppraiserVerdict:
    """Return a new row of the sheet: a finding, or a verdict of the seat's own; it is not pending yet."""
    # Not pending before it is written: a query in between would flush a row that is not whole.
    row: Finding | AppraiserVerdict = Finding(**key_of(sheet), indicator_id=indicator_id)
    if seat is not None:
        own = {"appraiser_id": seat.id, "account_id": seat.account_id}
        row = AppraiserVerdict(**key_of(sheet), **own, indicator_id=indicator_id)
    sheet.findings[indicator_id] = row  # type: ignore[assignment]
    return row


def _noted(sheet: Sheet, seat: Appraiser) -> Sheet:
    """Count what one of several has judged; what it says stays in the person's own rows."""
    db.session.flush()
    seat.judged = len(sheet.findings)
    db.session.flush()
    return sheet


def _common_of(row: Finding | AppraiserVerdict) -> str:
    return row.common_reason if isinstance(row, Finding) else ""


def write(finding: Finding | AppraiserVerdict, content: tuple[object, ...], actor: Identity) -> None:
    """Write a verdict with its value and reasons, and who gave it when."""
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


def note(actor: Identity, sheet: Sheet, sentence: str, detail: dict[str, object] | None = None) -> None:
    """Write an act of the desk into the record, which the unit does not see."""
    record(actor, "appraisal", sentence, **key_of(sheet), detail=detail, inner=True)


def key_of(sheet: Sheet) -> dict[str, int]:
    """Return the columns that place a row under a dossier."""
    dossier = sheet.dossier
    return {"tenant_id": dossier.tenant_id, "unit_id": dossier.unit_id, "dossier_id": dossier.id}
