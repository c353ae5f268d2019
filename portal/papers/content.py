"""What a unit's papers may say: the content the head signed, or the draft as it stands now.

Both come as the same plain values (dossiers.operations.canonical), so that a signed paper prints nothing
but what its code vouches for, whatever has been changed since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any

from portal import words
from portal.activities.rules import Held
from portal.dossiers import rules
from portal.dossiers.operations import canonical, short_hash
from portal.dossiers.queries import Sheet
from portal.papers.data import Evidence, Team, TeamMember
from portal.papers.office import SPECIMEN, Office

DUTIES = {"chair": "Tổ trưởng", "deputy": "Tổ phó", "secretary": "Thư ký", "member": "Thành viên"}


@dataclass(frozen=True, slots=True)
class Group:
    """A criterion with its indicators: (id, legal wording) in the order of the catalogue."""

    number: int
    title: str
    wordings: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A dossier's content with the rules' findings on it; `signed` says whether `code` vouches for it."""

    year: int
    unit: Mapping[str, Any]
    head_name: str
    sensitive: bool
    signed: bool
    code: str | None
    signed_at: datetime | None
    channel: str
    requested_level: int | None
    letter_number: str
    letter_day: date | None
    strengths: str
    weaknesses: str
    plan: str
    team: Team | None
    own_words: Mapping[str, str]
    letterhead: Mapping[str, str]
    headcounts: Mapping[str, int | None]
    groups: tuple[Group, ...]
    answers: Mapping[int, rules.Answer]
    evidence: Mapping[int, tuple[Evidence, ...]]
    assessment: rules.Assessment
    activities: tuple[Held, ...] = ()

    @property
    def day(self) -> date | None:
        """The day the papers bear: that of the letter, else of the signature."""
        if self.letter_day or self.signed_at is None:
            return self.letter_day
        return self.signed_at.astimezone(words.ZONE).date()

    def mark(self, office: Office) -> str | None:
        """The marks of a demo installation and of a dossier that the office typed in for the unit."""
        typed = "BẢN NHẬP HỘ" if self.channel != "portal" and self.signed else None
        return " · ".join(mark for mark in (office.specimen and SPECIMEN, typed) if mark) or None


def content_of(sheet: Sheet) -> Content:
    """Return what the papers of a dossier say: its frozen content once signed, its draft before."""
    d = sheet.dossier
    now = canonical(sheet)
    frozen = d.frozen if d.content_hash else None
    said = {**now, **(frozen or {})}
    unit = {**now["unit"], **said["unit"]}
    indicators = _as_asked(sheet, said["thresholds"])
    texts = (*said["texts"], "", "", "")
    answers, evidence = _answers(sheet, said["answers"])
    counts = said["headcounts"]
    # Said only where there is something to say, so it is not to be filled in from today's draft.
    covered = frozen or now
    waived = frozenset(row.id for row in sheet.catalogue if row.code in covered.get("waived", ()))
    ratio_only = covered.get("figures") == "ratio"
    profile = rules.Profile(unit["kind"], unit["public"], counts, waived, ratio_only)
    return Content(
        year=d.year,
        unit=unit,
        head_name=d.signed_by if d.content_hash else sheet.unit.head_name,
        sensitive=ratio_only or sheet.unit.sensitive or words.UNIT_KINDS[unit["kind"]].sensitive,
        signed=bool(d.content_hash),
        code=short_hash(d) or None,
        signed_at=d.signed_at if d.content_hash else None,
        channel=d.channel,
        requested_level=said["requested_level"],
        letter_number=said["letter"][0],
        letter_day=_day(said["letter"][1]),
        strengths=texts[0],
        weaknesses=texts[1],
        plan=texts[2],
        team=_team(said["team"]),
        own_words=(frozen or now).get("own_words", {}),
        letterhead=(frozen or now).get("letterhead", {}),
        headcounts=counts,
        groups=_groups(sheet),
        answers=answers,
        evidence=evidence,
        assessment=rules.assess(indicators, profile, answers),
        activities=tuple(
            Held(kind, people, minutes) for _, kind, _, _, people, minutes, _ in covered.get("activities", ())
        ),
    )


def _groups(sheet: Sheet) -> tuple[Group, ...]:
    return tuple(
        Group(criterion.number, criterion.title, tuple((row.id, row.wording) for row in rows))
        for criterion, rows in groupby(sheet.catalogue, key=lambda row: row.criterion)
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _as_asked(sheet: Sheet, thresholds: Mapping[str, Sequence[Sequence[Any]]]) -> list[rules.Indicator]:
    """The indicators with the thresholds that stood when the content was signed."""
    return [
        replace(one, thresholds={row[0]: rules.Threshold(*row) for row in thresholds[one.code]})
        if one.code in thresholds
        else one
        for one in sheet.indicators
    ]


def _team(said: Mapping[str, Any]) -> Team | None:
    if not (said["number"] or said["date"] or said["members"]):
        return None
    members = tuple(
        TeamMember(name=name, title=title, task=DUTIES.get(duty, duty))
        for name, title, duty in said["members"]
    )
    return Team(decision_number=said["number"] or None, decision_day=_day(said["date"]), members=members)


def _answers(
    sheet: Sheet, said: Mapping[str, Any]
) -> tuple[dict[int, rules.Answer], dict[int, tuple[Evidence, ...]]]:
    answers: dict[int, rules.Answer] = {}
    evidence: dict[int, tuple[Evidence, ...]] = {}
    for row in sheet.catalogue:
        one = said.get(row.code)
        if one is None:
            continue
        evidence[row.id] = tuple(
            Evidence(
                title=e[1], number=e[2] or None, day=_day(e[4]) if len(e) > 4 else None, issuer=e[3] or None
            )
            for e in sorted(one["evidence"], key=lambda e: e[1:])
        )
        yes, part, grade = one["value"]
        answers[row.id] = rules.Answer(yes, part, grade, one["explanation"], len(evidence[row.id]))
    return answers, evidence
