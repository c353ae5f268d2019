"""What came out of a dossier: the decision, the recognition, and both sides of every indicator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from portal.appraisal.models import Finding
from portal.catalogue.models import CatalogueIndicator
from portal.recognition.models import Decision, DecisionLine, Recognition
from tenants.database import db

from .models import Dossier
from .queries import Sheet
from .rules import Finding as Judged
from .wording import answer_words, outcome_words, value_words


@dataclass(frozen=True, slots=True)
class Compared:
    """One indicator: the unit's value and outcome, the district's, and the reason where they differ."""

    row: CatalogueIndicator
    own_value: str
    own_word: tuple[str, str]
    value: str
    word: tuple[str, str]
    reason: str
    differs: bool
    explanation: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was decided on a dossier: decision, its line, the recognition (None: not recognised)."""

    decision: Decision
    line: DecisionLine
    recognition: Recognition | None
    dossier: Dossier


def comparison(sheet: Sheet) -> list[Compared]:
    """Return both sides of every indicator of a decided dossier."""
    own = {f.indicator.id: f for f in sheet.unit_side().findings}
    district = {f.indicator.id: f for f in sheet.district_side().findings}
    return [
        _compare(sheet, row, own[row.id], district[row.id], sheet.findings.get(row.id))
        for row in sheet.catalogue
        if row.id in sheet.answers
    ]


def _compare(
    sheet: Sheet, row: CatalogueIndicator, own: Judged, district: Judged, found: Finding | None
) -> Compared:
    answer = sheet.answers[row.id]
    own_value = answer_words(own, answer)
    value = own_value if own.whole == district.whole else answer_words(district, answer)
    if found is not None and found.verdict == "corrected":
        value = value_words(
            district.indicator,
            found.yes,
            found.part,
            found.grade,
            district.whole,
            ratio_only=district.ratio_only,
        )
    reason = found.reason if found is not None else ""
    differs = (own.outcomes, own_value) != (district.outcomes, value)
    if differs and not reason and own.whole != district.whole:
        reason = "Số liệu nền được điều chỉnh khi thẩm định."
    return Compared(
        row,
        own_value if own.applies else "–",
        outcome_words(own),
        value if district.applies else "–",
        outcome_words(district),
        reason,
        differs or bool(found is not None and found.verdict != "agreed"),
        answer.explanation,
    )


def outcome_of(dossier: Dossier) -> Outcome | None:
    """Return the issued decision on a dossier, or None where there is none yet."""
    rows = _outcomes([DecisionLine.tenant_id == dossier.tenant_id, DecisionLine.dossier_id == dossier.id])
    return rows[0] if rows else None


def recognitions_of_unit(tenant_id: int, unit_id: int) -> Sequence[Outcome]:
    """Return every decision about a unit, the latest first."""
    return _outcomes([DecisionLine.tenant_id == tenant_id, DecisionLine.unit_id == unit_id])


def _outcomes(conditions: list) -> list[Outcome]:  # type: ignore[type-arg]
    rows = db.session.execute(
        select(Decision, DecisionLine, Recognition, Dossier)
        .join(
            DecisionLine,
            (DecisionLine.tenant_id == Decision.tenant_id) & (DecisionLine.decision_id == Decision.id),
        )
        .join(
            Dossier, (Dossier.tenant_id == DecisionLine.tenant_id) & (Dossier.id == DecisionLine.dossier_id)
        )
        .outerjoin(
            Recognition,
            (Recognition.tenant_id == DecisionLine.tenant_id)
            & (Recognition.dossier_id == DecisionLine.dossier_id)
            & Recognition.further_id.is_(None),
        )
        .where(Decision.state == "issued", DecisionLine.held_back.is_(False), *conditions)
        .order_by(Decision.dated.desc(), Decision.id.desc())
    )
    return [Outcome(*row) for row in rows]
