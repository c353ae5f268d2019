"""What a signature covers, as plain values in a fixed order, and the hash that stands for it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from portal import clock
from tenants.identity import Identity

from .models import Dossier
from .queries import Sheet


def canonical(sheet: Sheet) -> dict[str, Any]:
    """Return what a signature covers, as plain values in a fixed order: all that the papers print."""
    d, unit = sheet.dossier, sheet.unit
    codes = {row.id: row.code for row in sheet.catalogue}
    minutes = sheet.minutes.frozen if sheet.minutes else None
    of_unit = "code name kind public address commune superior symbol head_title".split()
    of_head = "superior_second name_lines date_place authority".split()
    head = {name: getattr(unit, name) for name in of_head if getattr(unit, name)}
    own_words = {block: row.text for block, row in sorted(sheet.own_words.items()) if row.text}
    replies = [[one.requirement.wording, one.reply.reply] for one in sheet.asked if one.reply is not None]
    log = [
        [
            *(one.held_on.isoformat(), one.kind, one.topic, one.organiser, one.participants, one.minutes),
            sorted(codes[proof.indicator_id] for proof in one.proofs if proof.indicator_id in codes),
        ]
        for one in sheet.activities
    ]
    return {
        **({"activities": log} if log else {}),
        **({"requirements": replies} if replies else {}),
        **({"minutes": digest(minutes)} if minutes else {}),
        "unit": {name: getattr(unit, name) for name in of_unit},
        "year": d.year,
        "requested_level": d.requested_level,
        "letter": [d.letter_number, d.letter_date.isoformat() if d.letter_date else None],
        "thresholds": {
            i.code: [[t.level, t.value, t.confirmed, t.illustrative] for _, t in sorted(i.thresholds.items())]
            for i in sheet.indicators
        },
        "team": {
            "number": d.team_number,
            "date": d.team_date.isoformat() if d.team_date else None,
            "members": [[m.full_name, m.title, m.duty] for m in sheet.team],
        },
        "texts": [d.strengths, d.weaknesses, d.plan],
        **({"figures": "ratio"} if d.ratio_only else {}),
        **({"waived": sorted(codes[i] for i in sheet.waived)} if sheet.waived else {}),
        "headcounts": {code: row.value for code, row in sorted(sheet.headcounts.items())},
        "answers": {
            codes[i]: {
                "value": [row.yes, row.part, row.grade],
                "explanation": row.explanation,
                "outcomes": [row.met_1, row.met_2],
                "evidence": sorted(
                    [e.sha256, e.title, e.number, e.issuer, e.issued_on.isoformat() if e.issued_on else ""]
                    for e in sheet.evidence[i]
                ),
            }
            for i, row in sorted(sheet.answers.items(), key=lambda item: codes[item[0]])
        },
        **({"letterhead": head} if head else {}),
        **({"own_words": own_words} if own_words else {}),
    }


def digest(content: dict[str, Any]) -> str:
    """Return the SHA-256 (hex) of canonical content."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def freeze(sheet: Sheet, actor: Identity) -> None:
    """Put a person's signature under the content as it stands."""
    sheet.dossier.frozen = canonical(sheet)
    sheet.dossier.content_hash = digest(sheet.dossier.frozen)
    sheet.dossier.signed_at = clock.now()
    sheet.dossier.signed_by = actor.full_name


def short_hash(dossier: Dossier) -> str:
    """Return the code in the footer of the papers: the first 12 hex digits of the content hash."""
    return dossier.content_hash[:12].upper()


def mark_of(values: Mapping[str, Any]) -> str:
    """Return the mark by which a form knows that what it shows still is what is stored."""
    return hashlib.sha256(repr(sorted(values.items())).encode()).hexdigest()[:16]
