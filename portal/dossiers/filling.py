"""The verbs that write a dossier's content: answers, head-counts, texts, the team.

One shape: allowed? → possible now? → write → trail. Nothing typed by somebody else is ever overwritten
unseen: each save names the version its page showed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal import clock, words
from portal.trail.operations import record
from tenants.database import db
from tenants.identity import Identity
from tenants.refusal import Conflict, Refused

from . import rules
from .content import Content
from .models import Dossier, TeamMember
from .queries import Sheet, held_content, open_sheet
from .taking import NO_DOSSIER, editable, locked, may_fill


@dataclass(frozen=True, slots=True)
class Given:
    """One indicator as typed: the value of its kind, the explanation, and the version the page showed."""

    yes: bool | None = None
    part: int | None = None
    grade: int | None = None
    explanation: str = ""
    version: int = 0


def save_answer(actor: Identity, dossier: Dossier, indicator_id: int, given: Given) -> Content:
    """Save one indicator and what follows from it; returns the content as it then stands.

    Raises `Conflict` with the other's answer when somebody saved after the page was loaded, and
    `Refused` for an impossible figure or a locked dossier. Nothing is saved then.
    """
    may_fill(actor, dossier, indicator_id)
    held = held_content(dossier.tenant_id, dossier.id)
    if held is None:
        raise Refused(NO_DOSSIER, 404)
    _put(actor, held, indicator_id, given)
    return held


def put_answer(actor: Identity, held: Content, indicator_id: int, given: Given) -> rules.Assessment:
    """Save one indicator of a dossier already held; returns what the rules then say. Raises as `save_answer` does."""
    may_fill(actor, held.dossier, indicator_id)
    return _put(actor, held, indicator_id, given)


def _put(actor: Identity, content: Content, indicator_id: int, given: Given) -> rules.Assessment:
    answer = content.answers.get(indicator_id)
    indicator = next((i for i in content.indicators if i.id == indicator_id), None)
    if answer is None or indicator is None:
        raise Refused("Chỉ tiêu này không có trong bộ tiêu chí của hồ sơ.", 404)
    editable(content, indicator_id=indicator_id)
    wanted = (given.yes, given.part, given.grade, given.explanation)
    stands = (answer.yes, answer.part, answer.grade, answer.explanation)
    if wanted == stands:
        return content.unit_side()
    if given.version != answer.version:
        raise Conflict(
            f"{answer.changed_by or 'Người khác'} vừa sửa chỉ tiêu {indicator.code}. Xin chọn nội dung giữ lại.",
            answer,
        )
    fault = rules.impossible(
        indicator, content.profile(), rules.Answer(given.yes, given.part, given.grade, given.explanation)
    )
    if fault:
        raise Refused(fault, 422)
    now = clock.now()
    answer.yes, answer.part, answer.grade, answer.explanation = wanted
    answer.changed_at, answer.changed_by = now, actor.full_name
    assessment = restate(content)
    _record(
        actor,
        content.dossier,
        "answer",
        f"đã nhập chỉ tiêu {indicator.code}.",
        {"before": list(stands), "after": list(wanted)},
    )
    return assessment


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
    changed = {code: v for code, v in values.items() if code in sheet.headcounts}
    changed = {code: v for code, v in changed.items() if sheet.headcounts[code].value != v}
    before = {code: sheet.headcounts[code].value for code in changed}
    if sheet.dossier.ratio_only and not set(changed.values()) <= {None, 0, rules.RATIO_WHOLE}:
        raise Refused("Đơn vị không cung cấp số người: chỉ cho biết có hay không có.", 422)
    for code, value in changed.items():
        row = sheet.headcounts[code]
        if versions.get(code) != row.version:
            raise Conflict(f"{row.changed_by or 'Người khác'} vừa sửa {words.HEADCOUNTS[code].inline}.", row)
        row.value, row.changed_by = value, actor.full_name
    if not changed:
        return sheet
    profile, answers = sheet.profile(), sheet.given()
    for indicator in sheet.indicators:
        fault = rules.impossible(indicator, profile, answers.get(indicator.id, rules.Answer()))
        if fault:
            raise Refused(fault, 422)
    restate(sheet)
    names = ", ".join(words.HEADCOUNTS[code].inline for code in changed)
    _record(actor, sheet.dossier, "headcounts", f"đã nhập {names}.", {"before": before, "after": changed})
    return sheet


def restate(content: Content) -> rules.Assessment:
    """Store what the rules now say of the unit's answers, for lists and figures, and return it."""
    assessment = content.unit_side()
    for finding in assessment.findings:
        answer = content.answers[finding.indicator.id]
        met_1, met_2 = finding.outcomes[1].value, finding.outcomes[2].value
        if (answer.met_1, answer.met_2) != (met_1, met_2):
            answer.met_1, answer.met_2 = met_1, met_2
    content.dossier.self_level = assessment.level
    db.session.flush()
    return assessment


# The part of the dossier a column belongs to, as supplement requests name it.
PART_OF = {
    "team_number": "team_member",
    "team_date": "team_member",
    "strengths": "texts",
    "weaknesses": "texts",
    "plan": "texts",
    "requested_level": "letter",
    "letter_number": "letter",
    "letter_date": "letter",
}


def save_texts(
    actor: Identity,
    dossier: Dossier,
    version: int | None = None,
    *,
    seen: Mapping[str, Any] | None = None,
    **texts: Any,
) -> Dossier:
    """Save the free texts and particulars of the papers: requested level, team decision, letter number, …

    `seen` holds what the page showed of these same fields; without it `version` tells whether the page
    was current. Raises `Conflict` with the dossier as it stands where somebody changed them meanwhile.
    """
    may_fill(actor, dossier)
    dossier = locked(dossier.tenant_id, dossier.id)
    sheet = open_sheet(dossier)
    parts = {PART_OF[name] for name in texts}
    for part in parts:
        editable(sheet, part=part)
    stands = {name: getattr(dossier, name) for name in texts}
    if stands == texts:
        return dossier
    current = version in (None, dossier.version) if seen is None else stands == {n: seen[n] for n in texts}
    if not current:
        raise Conflict("Có người vừa sửa phần này. Xin xem cả hai nội dung rồi chọn.", dossier)
    for name, value in texts.items():
        setattr(dossier, name, value)
    db.session.flush()
    names = ", ".join(words.DOSSIER_PARTS[part] for part in sorted(parts))
    changed = [name for name in texts if stands[name] != texts[name]]
    _record(actor, dossier, "texts", f"đã sửa phần {names}.", {"fields": changed})
    return dossier


def _record(actor: Identity, dossier: Dossier, act: str, sentence: str, detail: dict[str, Any]) -> None:
    record(
        actor,
        act,
        sentence,
        tenant_id=dossier.tenant_id,
        unit_id=dossier.unit_id,
        dossier_id=dossier.id,
        detail=detail,
    )


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
    _record(actor, dossier, "team", "đã thêm một thành viên vào Tổ đánh giá.", {})
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
        _record(actor, dossier, "team", "đã bỏ một thành viên khỏi Tổ đánh giá.", {})
