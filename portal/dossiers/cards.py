"""A dossier as its form shows it: one card per indicator, the head-counts, what is locked and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from flask import url_for

from portal import words
from portal.activities.models import Activity
from portal.addresses import numbered
from portal.appraisal.models import SupplementPoint
from portal.catalogue.copies import KeptIndicator
from portal.evidence.models import Evidence
from portal.waivers.models import Waiver, WaiverState
from portal.waivers.wording import STATES as WAIVER_STATES
from portal.words import StateWords
from tenants.refusal import Refused

from .content import Content
from .forms import Typed, TypedCount
from .models import Answer
from .operations import editable
from .queries import Sheet
from .rules import Assessment, Finding
from .wording import Asked, answer_words, asked, outcome_words, text_of, value_words, why_applies

_SAID_BY_THE_WORD = frozenset({"Chưa nhập.", "Đạt mức độ 1.", "Đạt mức độ 2."})


@dataclass(frozen=True, slots=True)
class Clash:
    """Two people changed the same thing: both texts, who wrote the stored one and when, and its version."""

    mine: str
    theirs: str
    who: str
    when: str
    version: int


@dataclass(frozen=True, slots=True)
class Card:
    """One indicator on the form. `lock` is the sentence why it cannot be changed ("": it can)."""

    row: KeptIndicator
    finding: Finding
    answer: Answer
    typed: Typed
    asked: tuple[Asked, ...]
    why: str
    lock: str
    files: tuple[Evidence, ...]
    point: SupplementPoint | None = None
    fault: str = ""
    clash: Clash | None = None
    at_work: bool = False
    activities: tuple[Activity, ...] = ()
    waiver: Waiver | None = None
    asking: tuple[str, str] = ("", "")

    @property
    def id(self) -> int:
        """Database id of the indicator."""
        return self.row.id

    @property
    def anchor(self) -> str:
        """Name of the card in the address of the page."""
        return f"chi-tieu-{self.row.code}"

    @property
    def word(self) -> tuple[str, str]:
        """Word and tone of the outcome."""
        return outcome_words(self.finding)

    @property
    def value(self) -> str:
        """The stored value in words."""
        return answer_words(self.finding, self.answer)

    @property
    def typed_words(self) -> str:
        """What was typed, as one text."""
        return typed_text(self.finding, self.typed)

    @property
    def urgent(self) -> bool:
        """Whether the card is what the person works on now, or what the district asked for."""
        return bool(self.fault or self.clash or self.point or self.at_work or self.asking[1])

    @property
    def waiver_words(self) -> StateWords | None:
        """The state of the request that the indicator does not apply, where there is one."""
        return WAIVER_STATES[self.waiver.state] if self.waiver else None

    @property
    def may_ask(self) -> bool:
        """Whether the unit may ask the district now to rule the indicator not applicable."""
        return not self.lock and (self.waiver is None or self.waiver.state in ("refused", "revoked"))

    @property
    def open(self) -> bool:
        """Whether the card shows its inputs at once: something is to be done here."""
        return self.urgent or self.word[1] != "ok" or self.finding.needs_document

    @property
    def sentences(self) -> list[str]:
        """What the rules say beyond the word of the outcome, once where both levels say the same."""
        return [s for s in dict.fromkeys(self.finding.sentences.values()) if s not in _SAID_BY_THE_WORD]

    @property
    def marks(self) -> dict[int, int | None]:
        """The thresholds in percent, for the bar of a share."""
        thresholds = {level: self.finding.indicator.threshold(level).value for level in (1, 2)}
        return {} if len(set(thresholds.values())) == 1 and None in thresholds.values() else thresholds


@dataclass
class Entry:
    """What one request typed and could not save: texts by indicator, faults, clashes.

    `asking`: the reason typed to ask for "not applicable", with the sentence why it was not sent.
    """

    typed: dict[int, Typed] = field(default_factory=dict)
    faults: dict[int, str] = field(default_factory=dict)
    clashes: dict[int, Clash] = field(default_factory=dict)
    asking: dict[int, tuple[str, str]] = field(default_factory=dict)


NOTHING_TYPED = Entry()


def cards(sheet: Sheet, assessment: Assessment, entry: Entry = NOTHING_TYPED) -> list[Card]:
    """Return the cards of a dossier in the order of the catalogue."""
    findings = {finding.indicator.id: finding for finding in assessment.findings}
    points = {p.indicator_id: p for p in sheet.open_points() if p.indicator_id}
    waivers = {w.indicator_id: w for w in sheet.waivers if w.state != WaiverState.WITHDRAWN}
    return [
        Card(
            row=row,
            finding=findings[row.id],
            answer=sheet.answers[row.id],
            typed=entry.typed.get(row.id)
            or Typed.stored(
                findings[row.id].indicator, sheet.answers[row.id], ratio_only=sheet.dossier.ratio_only
            ),
            asked=asked(findings[row.id].indicator),
            why=why_applies(findings[row.id].indicator, sheet.unit.kind, sheet.unit.public),
            lock=lock_of(sheet, indicator_id=row.id),
            files=tuple(sheet.evidence[row.id]),
            point=points.get(row.id),
            fault=entry.faults.get(row.id, ""),
            clash=entry.clashes.get(row.id),
            activities=tuple(
                one for one in sheet.activities if any(p.indicator_id == row.id for p in one.proofs)
            ),
            waiver=waivers.get(row.id),
            asking=entry.asking.get(row.id, ("", "")),
        )
        for row in sheet.catalogue
        if row.id in sheet.answers
    ]


def saved_card(content: Content, assessment: Assessment, indicator_id: int) -> Card:
    """Return the card of an indicator just saved: what it says of the answer, not what it asks for."""
    row = next(one for one in content.catalogue if one.id == indicator_id)
    finding = next(one for one in assessment.findings if one.indicator.id == indicator_id)
    answer = content.answers[indicator_id]
    typed = Typed.stored(finding.indicator, answer, ratio_only=content.dossier.ratio_only)
    files = tuple(content.evidence[indicator_id])
    return Card(row, finding, answer, typed, asked=(), why="", lock="", files=files)


def by_criterion(rows: list[Card]) -> list[tuple[int, str, list[Card]]]:
    """Return cards under the number and title of their criterion."""
    return [
        (criterion.number, criterion.title, list(own))
        for criterion, own in groupby(rows, key=lambda card: card.row.criterion)
    ]


def lock_of(sheet: Sheet, *, indicator_id: int | None = None, part: str = "") -> str:
    """Return the sentence why an indicator or a part cannot be changed now, "" where it can."""
    try:
        editable(sheet, indicator_id=indicator_id, part=part)
    except Refused as refusal:
        return refusal.sentence
    return ""


def typed_text(finding: Finding, typed: Typed) -> str:
    """Return what was typed as one text: the value in words where it means one, then the explanation."""
    try:
        given = typed.given(finding.indicator, ratio_only=finding.ratio_only)
        value = value_words(
            finding.indicator,
            given.yes,
            given.part,
            given.grade,
            finding.whole,
            ratio_only=finding.ratio_only,
        )
    except ValueError:
        value = typed.value
    return text_of(value, typed.explanation)


def clash_of(finding: Finding, typed: Typed, answer: Answer) -> Clash:
    """Lay what was typed beside what somebody else stored meanwhile."""
    return Clash(
        typed_text(finding, typed),
        text_of(answer_words(finding, answer), answer.explanation),
        answer.changed_by or "người khác",
        hour(answer.changed_at),
        answer.version,
    )


def hour(at: datetime | None) -> str:
    """Return a moment as people say it while they work: "14:32", with the day unless it is clear."""
    return f"{at.astimezone(words.ZONE):%H:%M %d/%m}" if at else ""


@dataclass(frozen=True, slots=True)
class Count:
    """One base figure on the form; `some` and `none` say what it means that there are any, or not."""

    typed: TypedCount
    name: str
    none: str
    some: str = ""
    clash: Clash | None = None


def counts(
    sheet: Sheet, typed: Mapping[str, TypedCount] | None = None, clashes: Mapping[str, Clash] | None = None
) -> list[Count]:
    """Return the base figures the unit is asked for, in their order."""
    ratio_only = sheet.dossier.ratio_only
    return [
        Count(
            (typed or {}).get(code) or TypedCount.stored(sheet.headcounts[code], ratio_only=ratio_only),
            words.HEADCOUNTS[code].name,
            words.HEADCOUNTS[code].none,
            words.HEADCOUNTS[code].some,
            (clashes or {}).get(code),
        )
        for code in sheet.asked_counts
    ]


class UnitAddresses:
    """Where the forms of a dossier are sent; another room that shows them brings its own."""

    def __init__(self, dossier_id: int) -> None:
        self.dossier_id = dossier_id
        self.parts = url_for("evidence.begin_parts")
        # Every card has these: asking that it does not apply, saving it, sending files for it, opening one.
        self.ask_waiver = numbered("waivers.ask", "indicator_id", dossier_id=dossier_id)
        self.answer = numbered("dossiers.save_answer", "indicator_id", dossier_id=dossier_id)
        self.upload = numbered("evidence.upload", "indicator_id", dossier_id=dossier_id)
        self.file_of = numbered("evidence.show", "evidence_id")

    def page(self) -> str:
        """The form itself."""
        return url_for("dossiers.show", dossier_id=self.dossier_id)

    def withdraw_waiver(self, waiver_id: int) -> str:
        """Taking such a request back."""
        return url_for("waivers.withdraw", dossier_id=self.dossier_id, waiver_id=waiver_id)

    def headcounts(self) -> str:
        """Saving the base figures."""
        return url_for("dossiers.save_headcounts", dossier_id=self.dossier_id)

    def part(self, name: str) -> str:
        """Saving a part (`to`, `nhan-dinh`, `to-trinh`)."""
        return url_for("dossiers.save_part", dossier_id=self.dossier_id, part=name)

    def member(self) -> str:
        """Adding a member of the team."""
        return url_for("dossiers.add_member", dossier_id=self.dossier_id)

    def no_member(self, member_id: int) -> str:
        """Taking a member off the team."""
        return url_for("dossiers.remove_member", dossier_id=self.dossier_id, member_id=member_id)

    def assignments(self) -> str:
        """Who in the team has what."""
        return url_for("team.assignments", dossier_id=self.dossier_id)

    def unlink(self, indicator_id: int, evidence_id: int) -> str:
        """Untying a file."""
        return url_for(
            "evidence.unlink",
            dossier_id=self.dossier_id,
            indicator_id=indicator_id,
            evidence_id=evidence_id,
        )

    def choose(self, indicator_id: int) -> str:
        """Choosing a file from the library."""
        return url_for("evidence.library", cho=f"{self.dossier_id}-{indicator_id}")

    def file(self, file: Evidence) -> str:
        """Opening a file."""
        return self.file_of(file.id)
