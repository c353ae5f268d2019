"""The appraisal desk as its page shows it: what is chosen, the list at the side, the evidence, what-ifs.

Reads a loaded sheet and asks the database nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from flask import url_for

from portal import words
from portal.dossiers.queries import Sheet
from portal.dossiers.rules import Answer, Assessment, Indicator, impossible
from tenants.refusal import Refused

from . import rules
from .models import Finding, HeadcountFinding
from .operations import unjudged

BASE = "so-lieu-nen"
PROPOSAL = "de-xuat"


class Desk:
    """One dossier on the desk at one place: an indicator by its code, the base figures, or the proposal."""

    def __init__(self, sheet: Sheet, chosen: str = "") -> None:
        self.sheet = sheet
        self.unit_side: Assessment = sheet.unit_side()
        self.side: Assessment = sheet.district_side()
        self.unjudged: list[Indicator] = unjudged(sheet, self.side)
        self.places = [BASE, *(i.code for i in sheet.indicators), PROPOSAL]
        if chosen not in self.places:
            chosen = self.unjudged[0].code if self.unjudged else PROPOSAL
        self.chosen = chosen

    @cached_property
    def indicator(self) -> Indicator:
        """The chosen indicator."""
        return next(i for i in self.sheet.indicators if i.code == self.chosen)

    @cached_property
    def row(self) -> Any:
        """The chosen indicator in the catalogue, with its legal wording."""
        return next(row for row in self.sheet.catalogue if row.code == self.chosen)

    @property
    def unit_whole(self) -> int | None:
        """The whole of the chosen share as the unit gave it."""
        return self.sheet.profile().headcounts.get(self.indicator.base or "")

    @property
    def district_whole(self) -> int | None:
        """The whole of the chosen share as the district sees it."""
        return self.sheet.district_profile().headcounts.get(self.indicator.base or "")

    @property
    def base_changes(self) -> tuple[rules.Change, ...]:
        """What the corrected base figures changed, unit against district."""
        codes = set(self.sheet.headcount_findings)
        found = rules.changes(self.unit_side, self.side)
        return tuple(c for c in found if c.indicator.base in codes or c.indicator.applies.has in codes)

    @property
    def differences(self) -> list[tuple[rules.Change, Finding | None]]:
        """Every indicator on which unit and district differ, with the district's finding."""
        found = {c.indicator.id: c for c in rules.changes(self.unit_side, self.side)}
        return [(found[i.id], self.sheet.findings.get(i.id)) for i in self.sheet.indicators if i.id in found]

    @property
    def judged(self) -> int:
        """How many indicators have the district's verdict."""
        return len(self.sheet.findings)

    @property
    def inapplicable(self) -> list[Indicator]:
        """The indicators that do not concern the unit by the catalogue."""
        return [i for i in self.sheet.indicators if self.why_not(i)]

    def url(self, place: str) -> str:
        """Return the address of the desk at a place."""
        return url_for("appraisal.desk", dossier_id=self.sheet.dossier.id, **{"chi-tieu": place})

    def step(self, by: int) -> str:
        """Return the address of the place before (-1) or after (+1), "" at the ends."""
        at = self.places.index(self.chosen) + by
        return self.url(self.places[at]) if 0 <= at < len(self.places) else ""

    def why_not(self, indicator: Indicator) -> str:
        """Return why an indicator does not concern the unit by the catalogue ("" when it does)."""
        profile = replace(self.sheet.district_profile(), waived=frozenset())
        applies, why = indicator.applies.applies(profile)
        return "" if applies else why


def unit_answer(row: Any) -> Answer:
    """Return a stored answer or finding as the rules take it."""
    return Answer(row.yes, row.part, row.grade)


def state_of(at: Desk, indicator: Indicator) -> tuple[str, str]:
    """Return the word and tone of an indicator in the list at the side."""
    finding = at.sheet.findings.get(indicator.id)
    if finding is None:
        closed = at.why_not(indicator) or indicator.id in at.sheet.waived
        return ("Không áp dụng", "na") if closed else ("Chưa xem", "idle")
    if finding.verdict == "not_applicable":
        return "Không áp dụng", "na"
    if finding.verdict == "not_enough_evidence":
        return "Chưa đủ minh chứng", "wait"
    now = at.side.finding(indicator.id)
    if finding.verdict == "corrected":
        fell = (rules.standing_level(now) or 0) < (
            rules.standing_level(at.unit_side.finding(indicator.id)) or 0
        )
        return ("Khác", "no") if fell else ("Đã sửa", "wait")
    return rules.standing(now, at.sheet.dossier.requested_level)


def side_items(at: Desk) -> list[tuple[str, str, str, str, bool]]:
    """Return the list at the side: base figures, the indicators that concern the unit, the proposal.

    An indicator without a verdict carries no mark, so that what is done stands out.
    """
    corrected = bool(at.sheet.headcount_findings)
    level = at.sheet.dossier.proposed_level
    items = [("Số liệu nền", at.url(BASE), "Đã sửa" if corrected else "", "wait", at.chosen == BASE)]
    for indicator in at.sheet.indicators:
        word, tone = state_of(at, indicator)
        if at.why_not(indicator):
            continue
        # The list says the shortest thing that is true: done and good enough, or what is the matter.
        word = {"idle": "", "ok": "Đạt"}.get(tone, word)
        items.append(
            (
                f"{indicator.code} {indicator.title}",
                at.url(indicator.code),
                word,
                tone,
                indicator.code == at.chosen,
            )
        )
    mark = ("", "idle") if level is None else (words.level_name(level), "ok" if level else "no")
    items.append(("Đề xuất mức độ", at.url(PROPOSAL), *mark, at.chosen == PROPOSAL))
    return items


@dataclass(frozen=True, slots=True)
class ToAgree:
    """An indicator without a verdict, as the page of agreement shows it; `clean`: nothing speaks against it."""

    indicator: Indicator
    value: str
    state: tuple[str, str]
    files: int
    clean: bool


def rows_to_agree(at: Desk) -> list[ToAgree]:
    """Return the indicators that wait for a verdict; clean ones are explained and reach the level asked for."""
    requested = at.sheet.dossier.requested_level
    counts = at.sheet.district_profile().headcounts
    rows = []
    for indicator in at.unjudged:
        finding, answer = at.side.finding(indicator.id), at.sheet.answers[indicator.id]
        files = len(at.sheet.evidence[indicator.id])
        explained = bool(files or answer.explanation.strip())
        clean = explained and (rules.standing_level(finding) or 0) >= (requested or 1)
        whole = counts.get(indicator.base or "")
        value = rules.value_text(
            indicator, unit_answer(answer), whole, ratio_only=at.sheet.dossier.ratio_only
        )
        rows.append(ToAgree(indicator, value, rules.standing(finding, requested), files, clean))
    return rows


@dataclass(frozen=True, slots=True)
class File:
    """A file of evidence on the desk; `preview_url` is "" for what a browser cannot show."""

    id: int
    name: str
    line: str
    ext: str
    size: str
    url: str
    preview_url: str
    is_image: bool


def files_of(sheet: Sheet, indicator_id: int, link: Callable[..., str]) -> list[File]:
    """Return the evidence of an indicator with its particulars and addresses."""
    found = []
    for one in sheet.evidence[indicator_id]:
        key = {"tenant_id": one.tenant_id, "evidence_id": one.id}
        day = words.day(one.issued_on) if one.issued_on else ""
        is_image = one.media_type.startswith("image/")
        shows = is_image or one.media_type == "application/pdf"
        found.append(
            File(
                id=one.id,
                name=one.title or one.file_name,
                line=" · ".join(part for part in (one.number, day, one.issuer) if part),
                ext=one.file_name.rpartition(".")[2][:5],
                size=words.file_size(one.size),
                url=link("evidence.download", **key),
                preview_url=link("evidence.preview", **key) if shows else "",
                is_image=is_image,
            )
        )
    return found


def effect_of(
    sheet: Sheet, indicator_id: int, verdict: str, yes: bool | None, part: int | None, grade: int | None
) -> str:
    """Say what a verdict that is being typed would do to the level; raises `Refused` for an impossible figure."""
    indicator = next(i for i in sheet.indicators if i.id == indicator_id)
    typed = Answer(yes, part, grade)
    if verdict == "corrected":
        fault = impossible(indicator, replace(sheet.district_profile(), waived=frozenset()), typed)
        if fault:
            raise Refused(fault, 422)
    if verdict not in rules.VERDICT_WORDS:
        return ""
    what_if = Finding(verdict=verdict, yes=yes, part=part, grade=grade)
    after = replace(sheet, findings={**sheet.findings, indicator_id: what_if}).district_side()
    now = after.finding(indicator_id)
    word = rules.standing(now, sheet.dossier.requested_level)[0].lower()
    said = f"Chỉ tiêu {indicator.code}: {word}."
    return f"{said} {rules.effect(sheet.district_side(), after, sheet.dossier.requested_level)}"


def changes_with(sheet: Sheet, code: str, value: int, parts: Mapping[int, int]) -> tuple[rules.Change, ...]:
    """List what correcting a base figure, and the counts above it, would change."""
    heads = {**sheet.headcount_findings, code: HeadcountFinding(code=code, value=value)}
    lowered = {i: Finding(verdict="corrected", part=part) for i, part in parts.items()}
    after = replace(sheet, headcount_findings=heads, findings={**sheet.findings, **lowered})
    return rules.changes(sheet.district_side(), after.district_side())
