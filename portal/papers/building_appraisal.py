"""The data set of the appraisal sheet, from the findings of a dossier and what visits saw.

For the district and the Department: a unit reads the findings in its dossier once the decision is issued. The
Department reads no sheet of a unit whose figures it may not know.
"""

from __future__ import annotations

from datetime import date, datetime

from portal import words
from portal.appraisal import panels, rules
from portal.appraisal.operations import effective, proposal_of
from portal.appraisal.panels import Panel
from portal.dossiers.models import State
from portal.dossiers.queries import Sheet
from portal.dossiers.rules import Answer, Assessment, Indicator, Kind, Profile
from portal.papers.building import particulars
from portal.papers.content import Content
from portal.papers.data import Signature
from portal.papers.data_appraisal import AppraisalSheet, AppraisedBy, Corrected, Judged
from portal.papers.office import Office
from portal.visits.queries import Observation, observations_of
from tenants.scope import ScopeKind, current_scope

CLOSED = (State.APPRAISED, State.DECIDED)
_OWN_VALUE = ("agreed", "corrected")


def appraisal_sheet(sheet: Sheet, content: Content, office: Office) -> AppraisalSheet | None:
    """Return Phiếu thẩm định of a dossier, a preview until the appraisal is closed; None where nothing is found yet.

    While several appraise apart there is none: nobody reads another's verdicts.
    """
    d = sheet.dossier
    if d.state not in (State.ACCEPTED, *CLOSED) or not _in_sight(content):
        return None
    closed, panel = d.state in CLOSED, panels.panel_of(d)
    if (panel.apart and not closed) or not (sheet.findings or sheet.headcount_findings):
        return None
    side, seen = sheet.district_side(), observations_of(d)
    supported = proposal_of(sheet, side)
    level = d.proposed_level if closed else supported.level
    return AppraisalSheet(
        letterhead=office.letterhead(
            f"{d.receipt_number}/TĐ" if d.receipt_number else None, _day(d.appraised_at)
        ),
        signature=Signature(title="Người thẩm định", signer_name=d.appraised_by or None),
        year=d.year,
        tier=office.tier,
        specimen=content.mark(office),
        signed=closed,
        issued=d.appraised_at if closed else None,
        unit=particulars(content, office),
        receipt_number=d.receipt_number or None,
        received_day=_day(d.submitted_at),
        requested_level=d.requested_level,
        dossier_code=content.code or "",
        judged=tuple(_judged(sheet, side, one, seen.get(one.id), content) for one in sheet.indicators),
        corrected=_corrected(sheet, content),
        visits=tuple(sorted({words.day(one.held_from) for one in seen.values()})),
        proposed=words.RESULTS[level].name if level is not None else None,
        because=_because(side, supported, content) if supported.level == level else "",
        note=d.proposal_note if closed else "",
        appraisers=_appraisers(sheet, panel),
        closed_by=d.appraised_by if closed else "",
        closed_at=words.moment(d.appraised_at) if closed and d.appraised_at else "",
        office=office.office,
    )


def _because(side: Assessment, supported: rules.Proposal, content: Content) -> str:
    """The explanation of a proposal; of a unit whose numbers of people are never printed the indicators alone."""
    if not content.sensitive or supported.level is None:
        return supported.sentence
    wanted = content.requested_level or max(side.verdicts)
    gaps = [gap.indicator.code for gap in side.verdicts[wanted].gaps] if supported.level < wanted else []
    said = f"Chưa đạt mức độ {wanted} ở chỉ tiêu {', '.join(gaps)}." if gaps else ""
    return f"Đạt mức độ {supported.level}. {said}".strip() if supported.level else said


def _in_sight(content: Content) -> bool:
    scope = current_scope()
    if scope is None or scope.kind not in (ScopeKind.DISTRICT, ScopeKind.PROVINCE):
        return False
    return scope.kind is ScopeKind.DISTRICT or not content.sensitive


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone(words.ZONE).date() if moment else None


def _judged(
    sheet: Sheet, side: Assessment, indicator: Indicator, look: Observation | None, content: Content
) -> Judged:
    found, now = sheet.findings.get(indicator.id), side.finding(indicator.id)
    own = sheet.answers.get(indicator.id)
    given = Answer(own.yes, own.part, own.grade) if own else Answer()
    verdict, kept = None, found is not None and found.verdict in _OWN_VALUE and now.applies
    if found is not None or not now.applies:
        verdict = rules.standing(now, sheet.dossier.requested_level)[0]
    return Judged(
        code=indicator.code,
        title=indicator.title,
        unit_value=_value(sheet, indicator, given, sheet.profile(), content),
        value=_value(sheet, indicator, effective(sheet, indicator), sheet.district_profile(), content)
        if kept
        else "–",
        verdict=verdict,
        agreed=rules.VERDICT_WORDS[found.verdict] if found and kept else "",
        reason=_reason(found.reason_code, found.reason) if found else _why_not(now.why_not),
        seen=f"{words.day(look.held_from)}: {'. '.join(part for part in (look.words[0], look.note) if part)}"
        if look
        else "",
    )


def _reason(code: str, text: str) -> str:
    return ": ".join(part for part in (rules.REASONS.get(code, ""), text) if part)


def _why_not(sentence: str) -> str:
    said = sentence.removeprefix("Không áp dụng: ")
    return said[:1].upper() + said[1:]


def _value(sheet: Sheet, indicator: Indicator, answer: Answer, profile: Profile, content: Content) -> str:
    """An answer in words; of a unit whose numbers of people are never printed the share alone."""
    whole = profile.headcounts.get(indicator.base or "")
    hidden = content.sensitive and not sheet.dossier.ratio_only
    if not indicator.applies.applies(profile)[0] or (hidden and indicator.kind is Kind.SHARE and not whole):
        return "–"
    return rules.value_text(indicator, answer, whole, ratio_only=content.sensitive)


def _corrected(sheet: Sheet, content: Content) -> tuple[Corrected, ...]:
    def said(value: int | None) -> str:
        if value is None:
            return "–"
        return ("có" if value else "không có") if content.sensitive else words.number(value)

    return tuple(
        Corrected(
            name=name.name,
            before=said(sheet.headcounts[code].value if code in sheet.headcounts else None),
            after=said(sheet.headcount_findings[code].value),
            reason=sheet.headcount_findings[code].reason,
        )
        for code, name in words.HEADCOUNTS.items()
        if code in sheet.headcount_findings
    )


def _appraisers(sheet: Sheet, panel: Panel) -> tuple[AppraisedBy, ...]:
    """Who sits on the dossier; where nobody was given it, who wrote its findings."""
    rows = (*sheet.findings.values(), *sheet.headcount_findings.values())
    wrote: dict[str, datetime] = {}
    for row in sorted(rows, key=lambda row: row.changed_at):
        wrote[row.changed_by] = row.changed_at
    if not panel.seats:
        return tuple(
            AppraisedBy(name=name, duty="Người thẩm định", day=_day(at))
            for name, at in sorted(wrote.items(), key=lambda one: one[1])
        )
    return tuple(
        AppraisedBy(
            name=seat.full_name,
            duty="Người chịu trách nhiệm" if seat.responsible and panel.blind else "Người thẩm định",
            day=_day(wrote.get(seat.full_name) or seat.handed_in_at),
        )
        for seat in panel.seats
    )
