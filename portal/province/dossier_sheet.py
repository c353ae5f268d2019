"""A dossier as the province reads it: answers, findings, evidence; head-counts of sensitive units are left out.

Nothing is judged here: outcomes and sentences come from the rules, on the unit's answers and on the
district's findings. Of a sensitive unit neither counts nor shares are told, for a share of few people
gives their number away.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for

from portal import words
from portal.appraisal.desk import File, files_of
from portal.appraisal.models import Finding as DistrictFinding
from portal.catalogue.models import CatalogueIndicator
from portal.dossiers.models import State
from portal.dossiers.queries import Sheet, dossier_of, open_sheet
from portal.dossiers.rules import Answer, Assessment, Finding, Indicator, Kind, Outcome
from portal.further.queries import result_of
from portal.recognition.models import Decision, DecisionLine
from portal.trail.models import TrailEntry
from portal.trail.queries import of_dossier
from portal.words import StateWords
from tenants.database import db

HIDDEN = "không hiển thị"
VERDICTS = {
    "agreed": "Đồng ý với đơn vị",
    "corrected": "Xác định khác",
    "not_enough_evidence": "Chưa đủ minh chứng",
    "not_applicable": "Không áp dụng",
}
JUDGED = (State.ACCEPTED, State.APPRAISED, State.DECIDED)


@dataclass(frozen=True, slots=True)
class Side:
    """What one side says of an indicator: the value in words, and the outcome at each level."""

    value: str
    outcomes: tuple[tuple[int, StateWords], ...]
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class IndicatorView:
    """One indicator: the law's words, the unit's side, the district's side (None before it judged), the files."""

    row: CatalogueIndicator
    unit: Side
    district: Side | None
    verdict: str
    reason: str
    explanation: str
    applies: bool
    why_not: str
    mark: str
    files: tuple[File, ...]


@dataclass(frozen=True, slots=True)
class HeadcountView:
    """A base figure of the unit and, where the district corrected it, the district's."""

    name: str
    value: str
    corrected: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DossierView:
    """Everything the province's page of a dossier shows."""

    sheet: Sheet
    sensitive: bool
    state: StateWords
    unit_side: Assessment
    district_side: Assessment | None
    headcounts: tuple[HeadcountView, ...]
    criteria: tuple[tuple[int, str, tuple[IndicatorView, ...]], ...]
    decision: Decision | None
    trail: tuple[TrailEntry, ...]


def view_of(tenant_id: int, dossier_id: int) -> DossierView | None:
    """Return a dossier for reading, or None; a fixed number of statements."""
    dossier = dossier_of(tenant_id, dossier_id)
    if dossier is None:
        return None
    sheet = open_sheet(dossier)
    sensitive = sheet.unit.discreet or dossier.ratio_only
    unit_side = sheet.unit_side()
    district_side = sheet.district_side() if sheet.findings or dossier.state in JUDGED else None
    decided = dossier.decided_level is not None
    name = result_of(dossier) if decided else words.DOSSIER_STATES[dossier.state]
    return DossierView(
        sheet=sheet,
        sensitive=sensitive,
        state=name,
        unit_side=unit_side,
        district_side=district_side,
        headcounts=_headcounts(sheet, sensitive),
        criteria=_criteria(sheet, unit_side, district_side, sensitive),
        decision=_decision(tenant_id, dossier_id),
        trail=_trail(tenant_id, dossier_id, sensitive),
    )


def _trail(tenant_id: int, dossier_id: int, sensitive: bool) -> tuple[TrailEntry, ...]:
    """Return what was done; of a sensitive unit only the steps, for other sentences may name figures."""
    entries = of_dossier(tenant_id, dossier_id, limit=30)
    return tuple(entry for entry in entries if not sensitive or entry.act.startswith("dossier."))


def _decision(tenant_id: int, dossier_id: int) -> Decision | None:
    line = (
        db.session.query(DecisionLine.decision_id)
        .filter_by(tenant_id=tenant_id, dossier_id=dossier_id, held_back=False)
        .scalar_subquery()
    )
    return (
        db.session.query(Decision)
        .filter(Decision.tenant_id == tenant_id, Decision.id == line, Decision.state == "issued")
        .one_or_none()
    )


def _headcounts(sheet: Sheet, sensitive: bool) -> tuple[HeadcountView, ...]:
    found = []
    for code, row in sheet.headcounts.items():
        corrected = sheet.headcount_findings.get(code)
        value = "–" if row.value is None else words.number(row.value)
        found.append(
            HeadcountView(
                words.HEADCOUNTS[code].name,
                HIDDEN if sensitive else value,
                "" if corrected is None else HIDDEN if sensitive else words.number(corrected.value),
                "" if corrected is None or sensitive else corrected.reason,
            )
        )
    return tuple(found)


def _criteria(
    sheet: Sheet, unit_side: Assessment, district_side: Assessment | None, sensitive: bool
) -> tuple[tuple[int, str, tuple[IndicatorView, ...]], ...]:
    rules = {indicator.id: indicator for indicator in sheet.indicators}
    groups: dict[int, tuple[str, list[IndicatorView]]] = {}
    for row in sheet.catalogue:
        own = unit_side.finding(row.id)
        theirs = district_side.finding(row.id) if district_side else None
        view = _indicator(sheet, row, rules[row.id], own, theirs, sensitive)
        groups.setdefault(row.criterion.number, (row.criterion.title, []))[1].append(view)
    return tuple((number, title, tuple(views)) for number, (title, views) in groups.items())


def _indicator(
    sheet: Sheet,
    row: CatalogueIndicator,
    rule: Indicator,
    own: Finding,
    theirs: Finding | None,
    sensitive: bool,
) -> IndicatorView:
    level = sheet.dossier.requested_level or 1
    answer = sheet.answers.get(row.id)
    finding = sheet.findings.get(row.id)
    given = Answer(answer.yes, answer.part, answer.grade) if answer else Answer()
    judged = given
    if finding is not None and finding.verdict == "corrected":
        judged = Answer(finding.yes, finding.part, finding.grade)
    applies = theirs.applies if theirs else own.applies
    illustrative = any(rule.threshold(level).illustrative for level in own.outcomes)
    open_ones = any(rule.threshold(level).in_force is None for level in own.outcomes)
    mark = "ngưỡng chưa được Sở xác nhận" if open_ones else ""
    return IndicatorView(
        row=row,
        unit=_side(rule, own, given, level, sensitive),
        district=_side(rule, theirs, judged, level, sensitive) if theirs and finding else None,
        verdict=VERDICTS[finding.verdict] if finding else "",
        reason=_reason(finding, rule, sensitive),
        explanation=_explanation(answer.explanation if answer else "", rule, sensitive),
        applies=applies,
        why_not=(theirs or own).why_not,
        mark=mark or ("số liệu minh họa, Sở chưa xác nhận" if illustrative else ""),
        files=tuple(files_of(sheet, row.id, url_for)),
    )


def _explanation(text: str, rule: Indicator, sensitive: bool) -> str:
    return HIDDEN if text and sensitive and rule.kind is Kind.SHARE else text


def _reason(finding: DistrictFinding | None, rule: Indicator, sensitive: bool) -> str:
    if finding is None or finding.verdict == "agreed":
        return ""
    return HIDDEN if sensitive and rule.kind is Kind.SHARE else finding.reason


def _side(rule: Indicator, finding: Finding, answer: Answer, level: int, sensitive: bool) -> Side:
    outcomes = tuple((level, words.OUTCOMES[finding.outcomes[level]]) for level in sorted(finding.outcomes))
    share = rule.kind is Kind.SHARE
    plain = not share and finding.outcomes[level] is Outcome.MET
    sentence = "" if plain or (sensitive and share) else finding.sentences[level]
    return Side(_value(rule, finding, answer, sensitive), outcomes, sentence)


def _value(rule: Indicator, finding: Finding, answer: Answer, sensitive: bool) -> str:
    if not finding.applies:
        return "Không áp dụng"
    if rule.kind is Kind.GRADED:
        return rule.grades[answer.grade - 1] if answer.grade else "Chưa nhập"
    if rule.kind is Kind.YES_NO:
        return "Chưa nhập" if answer.yes is None else "Có" if answer.yes else "Không"
    if finding.part is None:
        return "Chưa nhập"
    if sensitive:
        return HIDDEN.capitalize()
    whole = "–" if finding.whole is None else words.number(finding.whole)
    return f"{words.number(finding.part)}/{whole} = {finding.percent_text or '–'}"
