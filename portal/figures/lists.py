"""The lists officials exchange: Biểu 02 (recognised units) and Biểu 03 (not recognised, not received)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import Date, and_, cast, func, or_, select
from sqlalchemy.orm import aliased

from portal import words
from portal.dossiers.models import Dossier, State
from portal.further.models import FurtherDecision
from portal.further.queries import level_in_effect
from portal.recognition.models import Decision, DecisionLine, Recognition
from portal.recognition.rules import renewal
from portal.units.models import Unit
from tenants.database import db


@dataclass(frozen=True, slots=True)
class Recognised:
    """A row of Biểu 02: a unit recognised in the year, by which decision and until when."""

    tenant_id: int
    unit_id: int
    dossier_id: int
    unit_code: str
    name: str
    kind: str
    public: bool
    commune: str
    requested: int | None
    level: int
    renewal: str
    decision_number: str
    decided_on: date
    valid_to: date
    code: str

    def as_json(self) -> dict[str, Any]:
        """Return the row as it is kept in a snapshot."""
        return asdict(self) | {
            "decided_on": self.decided_on.isoformat(),
            "valid_to": self.valid_to.isoformat(),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Recognised:
        """Read a row from a snapshot."""
        days = {key: date.fromisoformat(data[key]) for key in ("decided_on", "valid_to")}
        return cls(**{**data, **days})


@dataclass(frozen=True, slots=True)
class NotRecognised:
    """A row of Biểu 03: a unit that filed and was not recognised, or whose late dossier was not received."""

    tenant_id: int
    unit_id: int
    dossier_id: int
    unit_code: str
    name: str
    kind: str
    public: bool
    commune: str
    requested: int | None
    result: str
    reason: str
    decision_number: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the row as it is kept in a snapshot."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> NotRecognised:
        """Read a row from a snapshot."""
        return cls(**data)


def recognised(year: int, *, tenant_id: int | None = None) -> list[Recognised]:
    """Return Biểu 02 of a year over what the scope sees: by kind, then by name; one statement."""
    earlier = aliased(Recognition)
    previous = (
        select(func.max(earlier.level))
        .where(
            earlier.tenant_id == Recognition.tenant_id,
            earlier.unit_id == Recognition.unit_id,
            earlier.year < Recognition.year,
        )
        .correlate(Recognition)
        .scalar_subquery()
    )
    after = aliased(Recognition)
    newer = select(after.id).where(
        after.tenant_id == Recognition.tenant_id,
        after.dossier_id == Recognition.dossier_id,
        after.id > Recognition.id,
    )
    statement = (
        select(
            Recognition.tenant_id,
            Recognition.unit_id,
            Recognition.dossier_id,
            Unit.code,
            Recognition.unit_name,
            Unit.kind,
            Unit.public,
            Unit.commune,
            Dossier.requested_level,
            Recognition.level,
            previous,
            Recognition.decision_number,
            Recognition.decided_on,
            func.coalesce(Recognition.revoked_on, Recognition.valid_to),
            Recognition.code,
        )
        .join(Unit, and_(Unit.tenant_id == Recognition.tenant_id, Unit.id == Recognition.unit_id))
        .join(Dossier, and_(Dossier.tenant_id == Recognition.tenant_id, Dossier.id == Recognition.dossier_id))
        .where(Recognition.year == year, Recognition.level == level_in_effect(), ~newer.exists())
        .order_by(Unit.name_sort, Recognition.tenant_id, Recognition.unit_id)
    )
    if tenant_id is not None:
        statement = statement.where(Recognition.tenant_id == tenant_id)
    rows = [
        Recognised(*row[:10], renewal(row[10], row.level), *row[11:]) for row in db.session.execute(statement)
    ]
    return sorted(rows, key=lambda row: words.kind_order(row.kind))


def not_recognised(year: int, *, tenant_id: int | None = None) -> list[NotRecognised]:
    """Return Biểu 03 of a year over what the scope sees: by kind, then by name; one statement."""
    line = aliased(DecisionLine)
    last, after = aliased(FurtherDecision), aliased(FurtherDecision)
    newer = select(after.id).where(
        after.tenant_id == last.tenant_id,
        after.dossier_id == last.dossier_id,
        after.state == "issued",
        after.kind == "correct",
        after.id > last.id,
    )
    statement = (
        select(
            Dossier.tenant_id,
            Dossier.unit_id,
            Dossier.id,
            Unit.code,
            Unit.name,
            Unit.kind,
            Unit.public,
            Unit.commune,
            Dossier.requested_level,
            Dossier.state,
            func.coalesce(last.reason, line.reason).label("reason"),
            func.coalesce(last.number, Decision.number).label("number"),
            cast(Dossier.submitted_at, Date),
        )
        .join(Unit, and_(Unit.tenant_id == Dossier.tenant_id, Unit.id == Dossier.unit_id))
        .outerjoin(
            line,
            and_(
                line.tenant_id == Dossier.tenant_id,
                line.dossier_id == Dossier.id,
                line.held_back.is_(False),
            ),
        )
        .outerjoin(
            Decision,
            and_(
                Decision.tenant_id == line.tenant_id,
                Decision.id == line.decision_id,
                Decision.state == "issued",
            ),
        )
        .outerjoin(
            last,
            and_(
                last.tenant_id == Dossier.tenant_id,
                last.dossier_id == Dossier.id,
                last.state == "issued",
                last.kind == "correct",
                ~newer.exists(),
            ),
        )
        .where(
            Dossier.year == year,
            or_(
                and_(Dossier.state == State.DECIDED, level_in_effect() == 0, Decision.id.is_not(None)),
                Dossier.state == State.REFUSED_LATE,
            ),
        )
        .order_by(Unit.name_sort, Dossier.tenant_id, Dossier.id)
    )
    if tenant_id is not None:
        statement = statement.where(Dossier.tenant_id == tenant_id)
    rows = [_refused(row) for row in db.session.execute(statement)]
    return sorted(rows, key=lambda row: words.kind_order(row.kind))


def _refused(row: Any) -> NotRecognised:
    if row.state == State.REFUSED_LATE:
        return NotRecognised(*row[:9], words.DOSSIER_STATES["refused_late"].name, "Nộp sau thời hạn.")
    return NotRecognised(*row[:9], words.RESULTS[0].name, row.reason or "", row.number or "")
