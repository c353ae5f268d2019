"""The decided years of the demonstration: dossiers, findings, decisions and recognitions, loaded in bulk.

The same rules judge them and the same constraints hold them; only the steps between are left out. The
reports of these years are made by the real verbs afterwards (`season.py`).
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, text, update

from portal.appraisal.models import Finding
from portal.dossiers import rules
from portal.dossiers.models import State
from portal.recognition.models import Decision, DecisionLine, Recognition
from portal.recognition.rules import CIRCULAR, CODE_BITS, code_of, term_of, validity
from portal.words import ZONE
from tenants.database import db

from . import bulk
from .bulk import Catalogue, Draft, Registered
from .registry import PlaceData
from .year import load_registrations

NUMBERS = {2024: 304, 2025: 318}


def load_year(
    place: PlaceData,
    units: Sequence[Registered],
    year: int,
    catalogue: Catalogue,
    settings: dict[str, Any],
    chance: random.Random,
    held: dict[int, int],
) -> None:
    """Load one decided year of a district; `held` maps unit ids to the level they hold and is updated."""
    drafts, states = [], []
    filed = datetime(year + 1, 1, 2, 8, tzinfo=ZONE)
    for unit in units:
        if held.get(unit.unit_id) == 2 and chance.random() < 0.8:
            continue
        if chance.random() < 0.07:
            continue
        draft = bulk.draft(
            unit, year, catalogue, chance, aim=figures_aim(chance, year, held.get(unit.unit_id))
        )
        at = filed + timedelta(minutes=chance.randint(0, 12 * 24 * 60))
        drafts.append(draft)
        states.append(_state(draft, at, chance, catalogue))
    bulk.load_drafts(drafts, catalogue, states)
    load_registrations(year, units, drafts, random.Random(f"{place.code}-{year}-registrations"))
    findings = [row for d, s in zip(drafts, states, strict=True) for row in _findings(d, s, catalogue)]
    bulk.insert_all(Finding, findings)
    decided = [(d, s) for d, s in zip(drafts, states, strict=True) if s["state"] == State.DECIDED]
    _decide(place, year, decided, settings, chance, held)


def figures_aim(chance: random.Random, year: int, holds: int | None) -> int:
    """Draw what a unit reaches; one that holds level 1 tries for level 2."""
    from .figures import aim_of

    aim = aim_of(chance, year)
    return 2 if holds == 1 and chance.random() < 0.5 else aim


def _state(draft: Draft, filed: datetime, chance: random.Random, catalogue: Catalogue) -> dict[str, Any]:
    level = draft.assessment.level or 0
    base = bulk.team_decision(draft.year, chance)
    draft.registered = bulk.registration(draft, chance)
    base |= {
        "created_at": filed - timedelta(days=20),
        "letter_number": f"{chance.randint(3, 60):02d}/TTr",
        "letter_date": filed.date(),
    }
    if level == 0:
        return base | {
            "state": State.CLOSED_UNREACHED,
            "closed_reason": "Tự đánh giá chưa đạt mức độ 1; đơn vị lập kế hoạch cải tiến cho năm sau.",
        }
    content = json.dumps(
        _content(draft, catalogue), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    drawn = chance.random()
    decided = level if drawn < 0.90 else (level - 1 if drawn < 0.97 else 0)
    return base | {
        "state": State.DECIDED,
        "requested_level": level,
        "signed_at": filed - timedelta(hours=2),
        "signed_by": f"{draft.unit.data.head_title} – {draft.unit.data.name}"[:200],
        "content_hash": hashlib.sha256(content.encode()).hexdigest(),
        "frozen": json.loads(content),
        "submitted_at": filed,
        "submitted_by": f"{draft.unit.data.head_title} – {draft.unit.data.name}"[:200],
        "accepted_at": filed + timedelta(days=3),
        "accepted_by": "Chuyên viên Phòng GDĐT",
        "appraised_at": filed + timedelta(days=14),
        "appraised_by": "Chuyên viên Phòng GDĐT",
        "appraised_level": decided,
        "proposed_level": decided,
        "decided_level": decided,
        "decided_at": datetime(draft.year + 1, 2, 6, 9, tzinfo=ZONE),
    }


def _content(draft: Draft, catalogue: Catalogue) -> dict[str, Any]:
    """Return what the signature of a bulk-loaded dossier covers, in the shape of `dossiers.signature.canonical`."""
    codes = {indicator.id: indicator.code for indicator in catalogue.indicators}
    return {
        "unit": {"code": draft.unit.code, "name": draft.unit.data.name},
        "year": draft.year,
        **({"figures": "ratio"} if draft.unit.data.sensitive else {}),
        "headcounts": draft.counts,
        "answers": {
            codes[i]: {"value": [a.yes, a.part, a.grade], "explanation": a.explanation, "evidence": []}
            for i, a in sorted(draft.answers.items())
        },
    }


def _findings(draft: Draft, state: dict[str, Any], catalogue: Catalogue) -> list[dict[str, Any]]:
    """Return the district's findings: agreed, but for the corrections that explain a lower level."""
    if state["state"] != State.DECIDED:
        return []
    corrected: dict[int, rules.Answer] = {}
    for level in range(state["decided_level"] + 1, (state["requested_level"] or 0) + 1):
        corrected |= _correction(draft, level, catalogue)
    assessment = draft.assessment
    if corrected:
        assessment = rules.assess(
            catalogue.indicators, draft.unit.profile(draft.counts), {**draft.answers, **corrected}
        )
    rows = []
    for finding in assessment.findings:
        if not finding.applies:
            continue
        number = finding.indicator.id
        change = corrected.get(number)
        rows.append(
            {
                **bulk.key_of(draft),
                "indicator_id": number,
                "verdict": "corrected" if change else "agreed",
                "yes": change.yes if change else None,
                "part": change.part if change else None,
                "grade": change.grade if change else None,
                "reason_code": "figure_mismatch" if change else "",
                "reason": "Số liệu không khớp với danh sách kèm theo." if change else "",
                "met_1": finding.outcomes[1].value,
                "met_2": finding.outcomes[2].value,
                "shown_to_unit": True,
                "changed_at": state["appraised_at"],
                "changed_by": "Chuyên viên Phòng GDĐT",
            }
        )
    return rows


def _correction(draft: Draft, level: int, catalogue: Catalogue) -> dict[int, rules.Answer]:
    """Return one corrected share that keeps a dossier below a level."""
    profile = draft.unit.profile(draft.counts)
    for indicator in catalogue.indicators:
        threshold = indicator.threshold(level).value
        if indicator.kind is not rules.Kind.SHARE or not threshold or indicator.id not in draft.answers:
            continue
        whole = profile.headcount(indicator.base or "") or 0
        least = rules.least_part(threshold, whole)
        below = rules.least_part(indicator.threshold(1).value or 0, whole) if level == 2 else 0
        if least > 0 and below <= least - 1 < (draft.answers[indicator.id].part or 0):
            return {indicator.id: replace(draft.answers[indicator.id], part=least - 1)}
    return {}


def _decide(
    place: PlaceData,
    year: int,
    decided: Sequence[tuple[Draft, dict[str, Any]]],
    settings: dict[str, Any],
    chance: random.Random,
    held: dict[int, int],
) -> None:
    if not decided:
        return
    tenant_id = decided[0][0].unit.tenant_id
    signed = datetime(year + 1, 2, 6, 9, tzinfo=ZONE)
    issuer = f"Ủy ban nhân dân {place.inline}"
    number = f"{NUMBERS[year] + int(place.code) % 40}/QĐ-UBND"
    decision_id = bulk.insert_with_ids(
        Decision,
        [
            {
                "tenant_id": tenant_id,
                "year": year,
                "state": "issued",
                "number": number,
                "dated": signed.date(),
                "issuer": issuer,
                "signer": "(Chủ tịch Ủy ban nhân dân)",
                "signer_title": "CHỦ TỊCH",
                "legal_bases": legal_bases(f"{12 + int(place.code) % 30}/TTr-PGDĐT"),
                "created_at": signed - timedelta(days=2),
                "created_by": "Chuyên viên Phòng GDĐT",
                "issued_at": signed,
                "issued_by": f"Lãnh đạo UBND – {place.name}",
            }
        ],
    )[0]
    lines, given = [], []
    for draft, state in decided:
        outcome = state["decided_level"]
        lines.append(
            {
                **bulk.key_of(draft),
                "decision_id": decision_id,
                "outcome": outcome,
                "reason": "" if outcome else "Kết quả thẩm định chưa đạt mức độ 1.",
            }
        )
        if outcome:
            given.append(_recognition(draft, outcome, decision_id, number, issuer, signed, settings, chance))
    bulk.insert_all(DecisionLine, lines)
    replaced = [row["unit_id"] for row in given if row["unit_id"] in held]
    if replaced:
        db.session.execute(
            update(Recognition)
            .where(Recognition.tenant_id == tenant_id, Recognition.unit_id.in_(replaced))
            .values(state="replaced")
        )
    db.session.execute(insert(Recognition), given)
    held.update({row["unit_id"]: row["level"] for row in given})


def _recognition(
    draft: Draft,
    level: int,
    decision_id: int,
    number: str,
    issuer: str,
    signed: datetime,
    settings: dict[str, Any],
    chance: random.Random,
) -> dict[str, Any]:
    term = validity(term_of(settings), signed.date(), level)
    return {
        **bulk.key_of(draft),
        "decision_id": decision_id,
        "year": draft.year,
        "level": level,
        "state": "in_force",
        "code": code_of(chance.getrandbits(CODE_BITS)),
        "unit_name": draft.unit.data.name,
        "issuer": issuer,
        "decision_number": number,
        "decided_on": signed.date(),
        "valid_from": term.valid_from,
        "valid_to": term.valid_to,
        "may_raise_from": term.may_raise_from,
    }


PROPOSER = "Trưởng Phòng Giáo dục và Đào tạo"


def legal_bases(letter: str, proposer: str = PROPOSER) -> list[str]:
    """Return the legal bases of a made-up decision, its letter of proposal numbered."""
    return [
        "Căn cứ Luật Tổ chức chính quyền địa phương",
        f"Căn cứ {CIRCULAR}",
        f"Theo đề nghị của {proposer} tại Tờ trình số {letter}",
    ]


def number_receipts(tenant_id: int) -> None:
    """Give every filed dossier of a place its receipt number, as the verbs would have."""
    db.session.execute(
        text(
            "update dossier set receipt_number = 'HS-' || year || '-' || lpad(id::text, 6, '0')"
            " where tenant_id = :tenant and submitted_at is not null and receipt_number = ''"
        ),
        {"tenant": tenant_id},
    )
