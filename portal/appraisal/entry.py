"""A dossier that came on paper, by post or through the public-service portal, typed in by an officer.

One compact page is read and saved as a whole, by the same verbs the unit's own form uses; either
everything typed is saved or nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal import clock, words
from portal.dossiers.content import Content
from portal.dossiers.forms import TypedCount, ratio_text
from portal.dossiers.models import Dossier, State
from portal.dossiers.operations import (
    Given,
    add_team_member,
    editable,
    enter_for_unit,
    locked,
    may_fill,
    remove_team_member,
    save_answer,
    save_headcounts,
    save_texts,
)
from portal.dossiers.queries import Sheet, open_sheet
from portal.dossiers.rules import Answer, Indicator, Kind, impossible
from portal.typed import line
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused

from .forms import Form, day_of, number_of, presence_of, ratio_of, text_of, version_of

MOST_TEAM = 60


@dataclass(frozen=True, slots=True)
class Entered:
    """The whole page as typed, read into values; `faults` are sentences about what cannot be read."""

    texts: dict[str, Any]
    signed_by: str
    received_on: date | None
    counts: dict[str, int | None]
    answers: dict[int, Given]
    team: list[tuple[str, str, str]]
    versions: dict[str, int]
    faults: list[str] = field(default_factory=list)


def stored(sheet: Sheet) -> dict[str, str]:
    """Return every field of the page by its name, as it stands in the database."""
    d = sheet.dossier
    fields = {
        "level": str(d.requested_level or ""),
        "signed_by": d.signed_by or sheet.unit.head_name,
        "letter_number": d.letter_number,
        "letter_date": words.day(d.letter_date) if d.letter_date else "",
        "team_number": d.team_number,
        "team_date": words.day(d.team_date) if d.team_date else "",
        "team": "\n".join(f"{m.full_name}, {m.title}" if m.title else m.full_name for m in sheet.team),
        "strengths": d.strengths,
        "weaknesses": d.weaknesses,
        "plan": d.plan,
        "received_on": words.day(clock.today()),
        "version": str(d.version),
    }
    ratio_only = d.ratio_only
    for code in sheet.asked_counts:
        count = sheet.headcounts[code]
        fields[f"head-{code}"] = TypedCount.stored(count, ratio_only=ratio_only).text
        fields[f"version-head-{code}"] = str(count.version)
    for indicator_id, row in sheet.answers.items():
        fields[f"yes-{indicator_id}"] = {True: "yes", False: "no", None: ""}[row.yes]
        fields[f"part-{indicator_id}"] = ratio_text(row.part) if ratio_only else _text(row.part)
        fields[f"grade-{indicator_id}"] = _text(row.grade)
        fields[f"why-{indicator_id}"] = row.explanation
        fields[f"version-{indicator_id}"] = str(row.version)
    return fields


def _text(value: int | None) -> str:
    return "" if value is None else str(value)


def read(form: Form, sheet: Sheet) -> Entered:
    """Read the page over the indicators that apply to the unit."""
    faults: list[str] = []
    ratio_only = sheet.dossier.ratio_only
    read_head = presence_of if ratio_only else number_of
    counts = {
        code: read_head(form, f"head-{code}", words.HEADCOUNTS[code].name, faults)
        for code in sheet.asked_counts
    }
    level = form.get("level", "")
    texts = {
        "requested_level": int(level) if level in ("1", "2") else None,
        "letter_number": line(form.get("letter_number", ""))[:60],
        "letter_date": day_of(form, "letter_date", "Ngày của Tờ trình", faults),
        "team_number": line(form.get("team_number", ""))[:60],
        "team_date": day_of(form, "team_date", "Ngày quyết định thành lập Tổ", faults),
        "strengths": text_of(form, "strengths"),
        "weaknesses": text_of(form, "weaknesses"),
        "plan": text_of(form, "plan"),
    }
    return Entered(
        texts=texts,
        signed_by=line(form.get("signed_by", ""))[:200],
        received_on=day_of(form, "received_on", "Ngày nhận hồ sơ", faults),
        counts=counts,
        answers={i.id: _read_answer(form, i, faults, ratio_only) for i in applying(sheet)},
        team=_read_team(form, faults),
        versions={name: version_of(form, name) for name in form if name.startswith("version")},
        faults=faults,
    )


def applying(sheet: Sheet) -> list[Indicator]:
    """Return the indicators of the page: those that concern the unit by kind and ownership."""
    profile = sheet.profile()
    bare = type(profile)(profile.kind, profile.public, {})
    return [i for i in sheet.indicators if i.applies.applies(bare)[0]]


def _read_answer(form: Form, indicator: Indicator, faults: list[str], ratio_only: bool) -> Given:
    name, part, grade, yes = str(indicator.id), None, None, None
    if indicator.kind is Kind.SHARE:
        read_part = ratio_of if ratio_only else number_of
        part = read_part(form, f"part-{name}", f"Chỉ tiêu {indicator.code}", faults)
    elif indicator.kind is Kind.GRADED:
        typed = form.get(f"grade-{name}", "")
        grade = int(typed) if typed in {str(n + 1) for n in range(len(indicator.grades))} else None
    else:
        yes = {"yes": True, "no": False}.get(form.get(f"yes-{name}", ""))
    return Given(yes, part, grade, text_of(form, f"why-{name}"), version_of(form, f"version-{name}"))


def _read_team(form: Form, faults: list[str]) -> list[tuple[str, str, str]]:
    """Read the team, one person a line: "Họ tên, chức vụ"; the first one chairs."""
    found: list[tuple[str, str, str]] = []
    for one in text_of(form, "team", 20_000).splitlines():
        name, _, title = one.partition(",")
        name = line(name)[:200]
        if not name:
            continue
        if any(name.casefold() == known.casefold() for known, _, _ in found):
            faults.append(f"Tổ đánh giá: “{name}” ghi hai lần.")
        found.append((name, line(title)[:200], "member" if found else "chair"))
    if len(found) > MOST_TEAM:
        faults.append(f"Tổ đánh giá có tối đa {MOST_TEAM} người.")
    return found


def save(actor: Identity, dossier: Dossier, entered: Entered) -> Sheet:
    """Save the page as a whole; raises `Refused` for what cannot be read or be, `Conflict` when overtaken."""
    may_fill(actor, dossier)
    sheet = open_sheet(locked(dossier.tenant_id, dossier.id))
    editable(sheet)
    if entered.faults:
        raise Refused(" ".join(entered.faults), 422)
    _overtaken(sheet, entered)
    save_texts(actor, dossier, **entered.texts)
    changed = {i: given for i, given in entered.answers.items() if _value(given) != _value(sheet.answers[i])}
    # Counts that fall go first, then the head-counts, then the rest, so that no part exceeds its whole
    # on the way between two states that are each possible.
    falls = {i for i, g in changed.items() if g.part is None or g.part <= (sheet.answers[i].part or 0)}
    _save_answers(actor, dossier, sheet, {i: g for i, g in changed.items() if i in falls})
    sheet = open_sheet(dossier)
    versions = {code: row.version for code, row in sheet.headcounts.items()}
    sheet = save_headcounts(actor, dossier, entered.counts, versions)
    _save_answers(actor, dossier, sheet, {i: g for i, g in changed.items() if i not in falls})
    _save_team(actor, dossier, entered.team)
    return open_sheet(dossier)


def file(actor: Identity, dossier: Dossier, entered: Entered) -> Dossier:
    """Save the page and file the dossier for the unit; raises `Refused` naming everything that lacks."""
    sheet = save(actor, dossier, entered)
    lacking = lacks(sheet, entered.signed_by)
    if lacking:
        raise Refused(" ".join(lacking), 422)
    return enter_for_unit(actor, dossier, entered.signed_by, entered.received_on)


def lacks(sheet: Sheet, signed_by: str) -> list[str]:
    """Return what a typed-in dossier lacks before it can be filed, beyond what the step table asks."""
    found = []
    if sheet.dossier.requested_level is None:
        found.append("Chưa chọn mức độ đề nghị ghi trong Tờ trình.")
    if not signed_by.strip():
        found.append("Chưa ghi họ tên thủ trưởng đã ký Tờ trình.")
    return found


def _overtaken(sheet: Sheet, entered: Entered) -> None:
    """Refuse where somebody else changed, since the page was opened, what the page would change."""
    for code, value in entered.counts.items():
        row = sheet.headcounts[code]
        if value != row.value and entered.versions.get(f"version-head-{code}") != row.version:
            who = row.changed_by or "Người khác"
            now = TypedCount.stored(row).text if not sheet.dossier.ratio_only else "giá trị khác"
            raise Conflict(f"{who} vừa sửa {words.HEADCOUNTS[code].inline} thành {now}.", row)
    codes = {row.id: row.code for row in sheet.catalogue}
    for indicator_id, given in entered.answers.items():
        answer = sheet.answers[indicator_id]
        if _value(given) != _value(answer) and given.version != answer.version:
            who = answer.changed_by or "Người khác"
            raise Conflict(f"{who} vừa sửa chỉ tiêu {codes[indicator_id]}.", answer)
    texts = {name: getattr(sheet.dossier, name) for name in entered.texts}
    if texts != entered.texts and entered.versions.get("version") != sheet.dossier.version:
        raise Conflict("Có người vừa sửa phần thông tin chung, Tổ đánh giá của hồ sơ này.", sheet.dossier)


def _value(row: Any) -> tuple[object, ...]:
    return row.yes, row.part, row.grade, row.explanation


def _save_answers(actor: Identity, dossier: Dossier, sheet: Content, answers: Mapping[int, Given]) -> None:
    for indicator in sheet.indicators:
        given = answers.get(indicator.id)
        if given is None:
            continue
        fault = impossible(indicator, sheet.profile(), Answer(given.yes, given.part, given.grade))
        if fault:
            raise Refused(fault, 422)
        version = sheet.answers[indicator.id].version
        sheet = save_answer(
            actor,
            dossier,
            indicator.id,
            Given(given.yes, given.part, given.grade, given.explanation, version),
        )


def _save_team(actor: Identity, dossier: Dossier, team: list[tuple[str, str, str]]) -> None:
    stands = {m.id: (m.full_name, m.title, m.duty) for m in open_sheet(dossier).team}
    if list(stands.values()) == team:
        return
    for member_id, content in stands.items():
        if content not in team:
            remove_team_member(actor, dossier, member_id)
    for content in team:
        if content not in stands.values():
            add_team_member(actor, dossier, *content)


def can_enter(dossier: Dossier) -> bool:
    """Return whether an officer may go on typing a dossier in."""
    return dossier.channel != "portal" and dossier.state == State.DRAFT
