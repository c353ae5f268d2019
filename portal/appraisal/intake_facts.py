"""What the checklist of intake looks at, read from a loaded dossier."""

from __future__ import annotations

from typing import Any

from portal import words
from portal.dossiers.operations import canonical
from portal.dossiers.queries import Sheet
from portal.dossiers.rules import Assessment, Outcome

from .completeness import Coded, IntakeFacts


def facts_of(sheet: Sheet, side: Assessment | None = None) -> IntakeFacts:
    """Return the facts of a filed dossier for the checklist; `side`: the unit's own answers judged, if known."""
    d, side = sheet.dossier, side or sheet.unit_side()
    assert d.submitted_at is not None
    applying = [f for f in side.findings if f.applies]
    files = {f.indicator.id: sheet.evidence[f.indicator.id] for f in applying}
    outside = []
    for finding in applying:
        wrong = [e for e in files[finding.indicator.id] if e.issued_on and e.issued_on.year != d.year]
        if wrong:
            said = ", ".join(
                f"{e.number or e.title} ({words.day(e.issued_on)})" for e in wrong if e.issued_on
            )
            outside.append(Coded(finding.indicator.id, finding.indicator.code, said))
    missing = [f for f in applying if Outcome.MISSING in f.outcomes.values()]
    bare = [f for f in applying if f not in missing and not f.needs_document and not files[f.indicator.id]]
    return IntakeFacts(
        year=d.year,
        channel=d.channel,
        requested_level=d.requested_level,
        self_level=d.self_level,
        signed_by=d.signed_by,
        signed_at=d.signed_at,
        code=d.content_hash[:12].upper(),
        unchanged=d.frozen is not None and _own_content(d.frozen) == _own_content(canonical(sheet)),
        submitted_at=d.submitted_at,
        submit_before=sheet.cycle.submit_before,
        late=d.late,
        letter_number=d.letter_number,
        letter_date=d.letter_date,
        missing_headcounts=tuple(
            sheet.asked_for(code) for code in sheet.asked_counts if sheet.headcounts[code].value is None
        ),
        applying=len(applying),
        missing=tuple(Coded(f.indicator.id, f.indicator.code) for f in missing),
        team_number=d.team_number.strip(),
        team_date=d.team_date,
        team_size=len(sheet.team),
        without_proof=tuple(Coded(f.indicator.id, f.indicator.code) for f in applying if f.needs_document),
        only_explained=tuple(Coded(f.indicator.id, f.indicator.code) for f in bare),
        outside_year=tuple(outside),
        undated=len({e.id for found in files.values() for e in found if e.issued_on is None}),
        may_raise_from=sheet.may_raise_from,
        decide_before=sheet.cycle.decide_before,
        open_thresholds=tuple(
            f.indicator.code for f in applying if Outcome.UNCONFIRMED in f.outcomes.values()
        ),
    )


def _own_content(content: dict[str, Any]) -> dict[str, Any]:
    """Return what the unit itself wrote: without the registry, thresholds and outcomes, which may move on."""
    kept = {name: content.get(name) for name in ("requested_level", "texts", "headcounts")}
    team = content.get("team") or {}
    kept["team"] = team | {"members": sorted(team.get("members") or [])}
    answers = content.get("answers") or {}
    bare = {code: {k: v for k, v in row.items() if k != "outcomes"} for code, row in answers.items()}
    return kept | {"answers": bare}
