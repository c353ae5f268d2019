"""Reading further decisions: one with what it changes, those of a dossier, the district's list, the reports touched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, case, func, select

from portal import clock, words
from portal.complaints.models import Complaint
from portal.dossiers.models import Dossier
from portal.recognition.models import Decision, DecisionLine, Recognition
from portal.reports.models import DistrictReport
from portal.units.models import Unit
from portal.words import StateWords
from tenants.database import db

from .models import FurtherDecision
from .rules import touches


@dataclass(frozen=True)
class Standing:
    """What stands of a dossier's result today: the level in effect, by which decision, and the recognition it gave.

    `recognition` is the last one, in force or not. `latest`: no decision on the unit for a later year; what is in
    force can be revoked beside one all the same.
    """

    dossier: Dossier
    unit: Unit
    decision: Decision
    line: DecisionLine
    level: int
    number: str
    dated: date
    recognition: Recognition | None
    latest: bool

    @property
    def tenant_id(self) -> int:
        """The district."""
        return self.dossier.tenant_id

    @property
    def unit_id(self) -> int:
        """The unit."""
        return self.dossier.unit_id

    @property
    def refusal(self) -> str:
        """Why nothing further can be decided on this result, "" where it can."""
        row = self.recognition
        if (row is not None and row.state == "replaced") or not (
            self.latest or (row and row.state == "in_force")
        ):
            return "Đơn vị đã có quyết định của năm sau; quyết định thu hồi, điều chỉnh lập trên kết quả mới nhất của đơn vị."
        if row is not None and row.valid_to <= clock.today():
            return f"Kết quả công nhận có hiệu lực đến hết ngày {words.day(row.valid_to)}, nay không còn gì để thu hồi, điều chỉnh."
        return ""


def standing_of(tenant_id: int, decision_id: int, line_id: int) -> Standing | None:
    """Return what stands of a line of an issued decision, or None."""
    return _standing(tenant_id, [DecisionLine.decision_id == decision_id, DecisionLine.id == line_id])


def standing_of_dossier(tenant_id: int, dossier_id: int) -> Standing | None:
    """Return what stands of a decided dossier, or None."""
    return _standing(tenant_id, [DecisionLine.dossier_id == dossier_id])


def _standing(tenant_id: int, conditions: list) -> Standing | None:  # type: ignore[type-arg]
    row = db.session.execute(
        select(Dossier, Unit, Decision, DecisionLine)
        .join(
            DecisionLine,
            and_(DecisionLine.tenant_id == Dossier.tenant_id, DecisionLine.dossier_id == Dossier.id),
        )
        .join(
            Decision,
            and_(Decision.tenant_id == DecisionLine.tenant_id, Decision.id == DecisionLine.decision_id),
        )
        .join(Unit, and_(Unit.tenant_id == Dossier.tenant_id, Unit.id == Dossier.unit_id))
        .where(
            Dossier.tenant_id == tenant_id,
            Decision.state == "issued",
            DecisionLine.held_back.is_(False),
            *conditions,
        )
    ).one_or_none()
    if row is None:
        return None
    dossier, unit, decision, line = row
    last = in_effect(tenant_id, dossier.id)
    later = select(Dossier.id).where(
        Dossier.tenant_id == tenant_id,
        Dossier.unit_id == dossier.unit_id,
        Dossier.year > dossier.year,
        Dossier.state == "decided",
    )
    assert decision.dated is not None
    return Standing(
        dossier,
        unit,
        decision,
        line,
        last.outcome if last else line.outcome,
        last.number if last else decision.number,
        (last.dated if last else None) or decision.dated,
        db.session.scalar(
            select(Recognition)
            .where(Recognition.tenant_id == tenant_id, Recognition.dossier_id == dossier.id)
            .order_by(Recognition.id.desc())
            .limit(1)
        ),
        db.session.scalar(later.limit(1)) is None,
    )


def in_effect(tenant_id: int, dossier_id: int) -> FurtherDecision | None:
    """Return the further decision by which a dossier's result stands today, or None: the first one still does."""
    return db.session.scalar(
        select(FurtherDecision)
        .where(
            FurtherDecision.tenant_id == tenant_id,
            FurtherDecision.dossier_id == dossier_id,
            FurtherDecision.state == "issued",
        )
        .order_by(FurtherDecision.id.desc())
        .limit(1)
    )


REVOKED = StateWords("Đã thu hồi", "Đã thu hồi", "no")


def result_of(dossier: Dossier) -> StateWords:
    """Return the words of a decided dossier's result as it stands today."""
    last = in_effect(dossier.tenant_id, dossier.id)
    if last is not None and last.kind == "revoke":
        return REVOKED
    return words.RESULTS[last.outcome if last else dossier.decided_level or 0]


def level_in_effect() -> ColumnElement[int]:
    """Return, correlated to `Dossier`, the level decided on it as it was last corrected; null while undecided."""
    corrected = (
        select(FurtherDecision.outcome)
        .where(
            FurtherDecision.tenant_id == Dossier.tenant_id,
            FurtherDecision.dossier_id == Dossier.id,
            FurtherDecision.state == "issued",
            FurtherDecision.kind == "correct",
        )
        .order_by(FurtherDecision.id.desc())
        .limit(1)
        .correlate(Dossier)
        .scalar_subquery()
    )
    return func.coalesce(corrected, Dossier.decided_level)


@dataclass(frozen=True)
class Case:
    """A further decision with its dossier, unit and first decision, and the complaint it cites."""

    further: FurtherDecision
    dossier: Dossier
    unit: Unit
    decision: Decision
    line_id: int
    complaint: Complaint | None

    @property
    def tenant_id(self) -> int:
        """The district."""
        return self.further.tenant_id

    @property
    def unit_id(self) -> int:
        """The unit."""
        return self.further.unit_id


def case_of(tenant_id: int, further_id: int, *, lock: bool = False) -> Case | None:
    """Return a further decision of the scope with what it is about, or None; `lock` holds it for the transaction."""
    own = (FurtherDecision.tenant_id == tenant_id, FurtherDecision.id == further_id)
    if lock:
        held = select(FurtherDecision).where(*own).with_for_update()
        db.session.scalar(held.execution_options(populate_existing=True))
    row = db.session.execute(
        select(FurtherDecision, Dossier, Unit, Decision, DecisionLine.id, Complaint)
        .join(
            Dossier,
            and_(Dossier.tenant_id == FurtherDecision.tenant_id, Dossier.id == FurtherDecision.dossier_id),
        )
        .join(Unit, and_(Unit.tenant_id == FurtherDecision.tenant_id, Unit.id == FurtherDecision.unit_id))
        .join(
            Decision,
            and_(Decision.tenant_id == FurtherDecision.tenant_id, Decision.id == FurtherDecision.decision_id),
        )
        .join(
            DecisionLine,
            and_(
                DecisionLine.tenant_id == FurtherDecision.tenant_id,
                DecisionLine.decision_id == FurtherDecision.decision_id,
                DecisionLine.dossier_id == FurtherDecision.dossier_id,
            ),
        )
        .outerjoin(
            Complaint,
            and_(
                Complaint.tenant_id == FurtherDecision.tenant_id, Complaint.id == FurtherDecision.complaint_id
            ),
        )
        .where(*own)
    ).one_or_none()
    return Case(*row) if row else None


def of_dossier(tenant_id: int, dossier_id: int) -> list[FurtherDecision]:
    """Return the further decisions on a dossier that the scope sees, dropped ones left out, the latest first."""
    return list(
        db.session.scalars(
            select(FurtherDecision)
            .where(
                FurtherDecision.tenant_id == tenant_id,
                FurtherDecision.dossier_id == dossier_id,
                FurtherDecision.state != "dropped",
            )
            .order_by(FurtherDecision.id.desc())
        )
    )


def of_unit(tenant_id: int, unit_id: int) -> dict[int, list[FurtherDecision]]:
    """Return the issued further decisions on a unit by dossier, the first one first; one statement."""
    rows = db.session.scalars(
        select(FurtherDecision)
        .where(
            FurtherDecision.tenant_id == tenant_id,
            FurtherDecision.unit_id == unit_id,
            FurtherDecision.state == "issued",
        )
        .order_by(FurtherDecision.id)
    )
    found: dict[int, list[FurtherDecision]] = {}
    for row in rows:
        found.setdefault(row.dossier_id, []).append(row)
    return found


def citable(tenant_id: int, dossier_id: int) -> list[Complaint]:
    """Return the complaints about a dossier whose answer asks for a further decision, the latest first."""
    return list(
        db.session.scalars(
            select(Complaint)
            .where(
                Complaint.tenant_id == tenant_id,
                Complaint.dossier_id == dossier_id,
                Complaint.outcome == "needs_decision",
            )
            .order_by(Complaint.id.desc())
        )
    )


def reports_touched(row: FurtherDecision, decided_year: int) -> Sequence[int]:
    """Return the years whose report was sent before an issued further decision and that it touches."""
    if row.dated is None or row.issued_at is None:
        return []
    sent = db.session.scalars(
        select(DistrictReport.year)
        .where(
            DistrictReport.tenant_id == row.tenant_id,
            DistrictReport.state == "sent",
            DistrictReport.sent_at <= row.issued_at,
        )
        .distinct()
        .order_by(DistrictReport.year)
    )
    return [year for year in sent if touches(row.kind, decided_year, row.dated, year)]


def changes_since(report: DistrictReport) -> list[tuple[FurtherDecision, Unit]]:
    """Return the further decisions issued after a report was sent that change its figures, the latest first."""
    if report.sent_at is None:
        return []
    rows = db.session.execute(
        select(FurtherDecision, Unit, Dossier.year)
        .join(
            Dossier,
            and_(Dossier.tenant_id == FurtherDecision.tenant_id, Dossier.id == FurtherDecision.dossier_id),
        )
        .join(Unit, and_(Unit.tenant_id == FurtherDecision.tenant_id, Unit.id == FurtherDecision.unit_id))
        .where(
            FurtherDecision.tenant_id == report.tenant_id,
            FurtherDecision.state == "issued",
            FurtherDecision.issued_at > report.sent_at,
            Dossier.year <= report.year,
        )
        .order_by(FurtherDecision.id.desc())
        .limit(50)
    )
    return [
        (row, unit)
        for row, unit, year in rows
        if row.dated and touches(row.kind, year, row.dated, report.year)
    ]


SORTS = ("state", "name", "dated")


def listed(
    tenant_id: int,
    *,
    q: str = "",
    state: str = "",
    kind: str = "",
    sort: str = "state",
    descending: bool = False,
) -> Select[tuple[FurtherDecision, Unit, Dossier]]:
    """Return the statement of a district's further decisions, ready for `paginate`: open ones first, then the latest."""
    statement = (
        select(FurtherDecision, Unit, Dossier)
        .join(Unit, and_(Unit.tenant_id == FurtherDecision.tenant_id, Unit.id == FurtherDecision.unit_id))
        .join(
            Dossier,
            and_(Dossier.tenant_id == FurtherDecision.tenant_id, Dossier.id == FurtherDecision.dossier_id),
        )
        .where(FurtherDecision.tenant_id == tenant_id)
    )
    if q:
        statement = statement.where(Unit.name_folded.contains(words.fold(q), autoescape=True))
    for column, wanted in ((FurtherDecision.state, state), (FurtherDecision.kind, kind)):
        if wanted:
            statement = statement.where(column == wanted)
    place = case({"heard": 0, "hearing": 1, "draft": 2, "issued": 3}, value=FurtherDecision.state, else_=4)
    keys = {
        "state": [place],
        "name": [Unit.name_sort],
        "dated": [func.coalesce(FurtherDecision.dated, date.max)],
    }[sort]
    ordered = [key.desc() for key in keys] if descending else keys
    return statement.order_by(*ordered, FurtherDecision.id.desc())


def counts(tenant_id: int) -> dict[str, int]:
    """Return how many further decisions of a district stand in each state."""
    rows = db.session.execute(
        select(FurtherDecision.state, func.count())
        .where(FurtherDecision.tenant_id == tenant_id)
        .group_by(FurtherDecision.state)
    )
    return {state: int(number) for state, number in rows}
