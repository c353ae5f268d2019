"""Giving the open points of a supplement request the content that was signed last, where the unit never answered.

What was changed there and not signed never counted. The caller stands in for the unit (`tenants.scope.standing_in`),
so the database allows exactly the rows the unit itself may still write: those of the open points.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from sqlalchemy import delete, select

from portal import words
from portal.activities.models import Activity, ActivityProof
from portal.evidence.keeping import folded
from portal.evidence.models import Evidence, EvidenceLink
from tenants.database import db

from .filling import restate
from .models import Answer, TeamMember
from .queries import Sheet, open_sheet
from .signature import canonical

_TEXTS = ("strengths", "weaknesses", "plan")
_OF_ACTIVITY = ("held_on", "kind", "topic", "organiser", "participants", "minutes")


def put_back(sheet: Sheet) -> list[str]:
    """Put the open points of a locked dossier back to what its head signed; returns the labels of what differed."""
    frozen = sheet.dossier.frozen
    if frozen is None:
        return []
    before = canonical(sheet)
    codes = {row.id: row.code for row in sheet.catalogue}
    asked = {point.indicator_id for point in sheet.open_points() if point.indicator_id is not None}
    parts = {point.part for point in sheet.open_points() if point.part}
    for indicator_id in sorted(asked):
        signed = frozen["answers"].get(codes[indicator_id])
        if signed is not None:
            _answer(sheet.answers[indicator_id], signed)
            _files(sheet, indicator_id, signed["evidence"])
    if asked:
        _log(sheet, frozen.get("activities", []), asked)
    for part in parts:
        {"headcount": _headcounts, "team_member": _team, "texts": _own_words, "letter": _letter}[part](
            sheet, frozen
        )
    for point in sheet.open_points():
        point.answer, point.answered_at = "", None
    db.session.flush()
    restate(open_sheet(sheet.dossier))
    return _differed(before, frozen, {codes[i] for i in asked}, parts)


def _differed(now: dict[str, Any], frozen: dict[str, Any], codes: set[str], parts: set[str]) -> list[str]:
    def value(content: dict[str, Any], code: str) -> Any:
        row = content["answers"].get(code) or {}
        return {name: row.get(name) for name in ("value", "explanation", "evidence")}

    of_part = {
        "headcount": ("headcounts",),
        "team_member": ("team",),
        "texts": ("texts", "own_words"),
        "letter": ("requested_level", "letter"),
    }
    found = [f"chỉ tiêu {code}" for code in sorted(codes) if value(now, code) != value(frozen, code)]
    found += [
        words.DOSSIER_PARTS[part].lower()
        for part in sorted(parts)
        if any(now.get(name) != frozen.get(name) for name in of_part[part])
    ]
    if codes and now.get("activities") != frozen.get("activities"):
        found.append("nhật ký hoạt động")
    return found


def _answer(answer: Answer, signed: dict[str, Any]) -> None:
    answer.yes, answer.part, answer.grade = signed["value"]
    answer.explanation = signed["explanation"]


def _files(sheet: Sheet, indicator_id: int, signed: list[list[str]]) -> None:
    d = sheet.dossier
    wanted = {row[0]: row for row in signed}
    tied = {file.sha256: file for file in sheet.evidence[indicator_id]}
    extra = [file.id for sha256, file in tied.items() if sha256 not in wanted]
    if extra:
        db.session.execute(
            delete(EvidenceLink).where(
                EvidenceLink.tenant_id == d.tenant_id,
                EvidenceLink.dossier_id == d.id,
                EvidenceLink.indicator_id == indicator_id,
                EvidenceLink.evidence_id.in_(extra),
            )
        )
    known = _kept(sheet, set(wanted) - set(tied)) | tied
    for sha256, (_, title, number, issuer, issued_on) in wanted.items():
        file = known.get(sha256)
        if file is None:
            continue
        stands = (title, number, issuer, date.fromisoformat(issued_on) if issued_on else None)
        if (file.title, file.number, file.issuer, file.issued_on) != stands:
            file.title, file.number, file.issuer, file.issued_on = stands
            file.name_folded = folded(file)
        if sha256 not in tied:
            file.removed_at = None
            key = {"tenant_id": d.tenant_id, "unit_id": d.unit_id, "dossier_id": d.id}
            db.session.add(EvidenceLink(**key, indicator_id=indicator_id, evidence_id=file.id))
    db.session.flush()


def _kept(sheet: Sheet, hashes: set[str]) -> dict[str, Evidence]:
    """Return files of the unit's library by their hash; of several with one hash the one that still stands there."""
    rows = db.session.scalars(
        select(Evidence)
        .where(
            Evidence.tenant_id == sheet.dossier.tenant_id,
            Evidence.unit_id == sheet.dossier.unit_id,
            Evidence.sha256.in_(hashes),
        )
        .order_by(Evidence.removed_at.asc().nulls_last(), Evidence.id)
    )
    return {file.sha256: file for file in rows}


def _headcounts(sheet: Sheet, frozen: dict[str, Any]) -> None:
    for code, value in frozen["headcounts"].items():
        if code in sheet.headcounts:
            sheet.headcounts[code].value = value


def _team(sheet: Sheet, frozen: dict[str, Any]) -> None:
    d, team = sheet.dossier, frozen["team"]
    d.team_number = team["number"]
    d.team_date = date.fromisoformat(team["date"]) if team["date"] else None
    missing = Counter(tuple(member) for member in team["members"])
    for member in sheet.team:
        stands = (member.full_name, member.title, member.duty)
        if missing[stands]:
            missing[stands] -= 1
        else:
            db.session.delete(member)
    key = {"tenant_id": d.tenant_id, "unit_id": d.unit_id, "dossier_id": d.id}
    for name, title, duty in missing.elements():
        db.session.add(TeamMember(**key, full_name=name, title=title, duty=duty))


def _own_words(sheet: Sheet, frozen: dict[str, Any]) -> None:
    for name, text in zip(_TEXTS, frozen["texts"], strict=True):
        setattr(sheet.dossier, name, text)
    signed = frozen.get("own_words", {})
    for block, row in sheet.own_words.items():
        row.text = signed.get(block, "")


def _letter(sheet: Sheet, frozen: dict[str, Any]) -> None:
    d = sheet.dossier
    d.requested_level, (d.letter_number, day) = frozen["requested_level"], frozen["letter"]
    d.letter_date = date.fromisoformat(day) if day else None


def _log(sheet: Sheet, signed: list[list[Any]], asked: set[int]) -> None:
    """Put the year's log back: what was altered gets its signed values, what was added goes, what went comes again."""
    ids = {row.code: row.id for row in sheet.catalogue}
    known = set(ids.values())
    missing = [(row[:6], {ids[code] for code in row[6] if code in ids}) for row in signed]
    extra: list[Activity] = []
    for one in sheet.activities:
        proven = {proof.indicator_id for proof in one.proofs if proof.indicator_id in known}
        if (_fields(one), proven) in missing:
            missing.remove((_fields(one), proven))
        else:
            extra.append(one)
    for fields, proven in missing:
        near = max(extra, key=lambda one: _alike(_fields(one), fields), default=None)
        if near is not None and _alike(_fields(near), fields) >= 2:
            extra.remove(near)
        else:
            near = Activity(
                tenant_id=sheet.dossier.tenant_id,
                unit_id=sheet.dossier.unit_id,
                year=sheet.dossier.year,
                changed_at=sheet.dossier.signed_at,
                changed_by=sheet.dossier.signed_by,
            )
        _write(near, fields)
        db.session.add(near)
        db.session.flush()
        _proofs(near, proven, asked)
    for one in extra:
        db.session.delete(one)
    db.session.flush()


def _fields(one: Activity) -> list[Any]:
    return [
        one.held_on.isoformat(), one.kind, one.topic, one.organiser, one.participants, one.minutes
    ]  # fmt: skip


def _alike(some: list[Any], others: list[Any]) -> int:
    """Return in how many of day, topic, organiser and kind two activities agree; day and topic tell most."""
    weights = (2, 1, 2, 1)
    return sum(w for w, a, b in zip(weights, some[:4], others[:4], strict=True) if a == b)


def _write(one: Activity, fields: list[Any]) -> None:
    values = dict(zip(_OF_ACTIVITY, fields, strict=True))
    values["held_on"] = date.fromisoformat(fields[0])
    for name, value in values.items():
        if getattr(one, name) != value:
            setattr(one, name, value)
    one.name_folded = words.fold(" ".join((one.topic, one.organiser, one.description or "")))


def _proofs(one: Activity, proven: set[int], asked: set[int]) -> None:
    stands = {
        proof.indicator_id: proof
        for proof in db.session.scalars(
            select(ActivityProof).where(
                ActivityProof.tenant_id == one.tenant_id, ActivityProof.activity_id == one.id
            )
        )
    }
    for indicator_id in (set(stands) - proven) & asked:
        db.session.delete(stands[indicator_id])
    for indicator_id in (proven - set(stands)) & asked:
        db.session.add(
            ActivityProof(
                tenant_id=one.tenant_id, unit_id=one.unit_id, activity_id=one.id, indicator_id=indicator_id
            )
        )
    db.session.flush()
