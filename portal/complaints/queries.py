"""Reading complaints: one as a whole case, those of a dossier, the district's list; who took part before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Select, and_, case, func, select, true

from portal import words
from portal.appraisal.panels import conflicts
from portal.dossiers.models import Dossier
from portal.further.models import FurtherDecision
from portal.further.queries import in_effect
from portal.recognition.models import Decision, DecisionLine
from portal.trail.models import TrailEntry
from portal.trail.queries import here_or_before
from portal.units.models import Unit
from portal.words import ZONE
from tenants.database import db
from tenants.scope import ScopeKind, current_scope

from .models import Complaint, ComplaintFile
from .rules import BOUND, OPEN, Part, not_impartial

# Acts of the trail by which somebody took part in what a complaint is about.
_APPRAISING = ("appraisal", "dossier.propose")
_DECIDING = ("dossier.decide", "further.issue")
_PREPARING = ("further.draft", "further.tell", "further.silence", "complaint.answer")


@dataclass(frozen=True, slots=True)
class Against:
    """The decision a complaint is against: number, day, result, reason, and the day its unit learned of it."""

    number: str
    dated: date
    outcome: int
    reason: str
    told: date
    further_id: int | None = None

    @staticmethod
    def of(decision: Decision, line: DecisionLine, further: FurtherDecision | None) -> Against:
        """Return the further decision where there is one, else the first one."""
        if further is not None:
            assert further.dated is not None
            assert further.issued_at is not None
            told = further.issued_at.astimezone(ZONE).date()
            return Against(further.number, further.dated, further.outcome, further.reason, told, further.id)
        assert decision.dated is not None
        return Against(decision.number, decision.dated, line.outcome, line.reason, told_on(decision))


@dataclass(frozen=True)
class Case:
    """A complaint with what it is about. `parties`: why an account may not handle it, as a sentence.

    `further`: the further decision it is against, None where it is against the first one.
    """

    complaint: Complaint
    dossier: Dossier
    unit: Unit
    decision: Decision
    line: DecisionLine
    parties: Mapping[int, str] = field(default_factory=dict)
    further: FurtherDecision | None = None

    @property
    def against(self) -> Against:
        """The decision complained of."""
        return Against.of(self.decision, self.line, self.further)

    @property
    def tenant_id(self) -> int:
        """The district of the complaint."""
        return self.complaint.tenant_id

    @property
    def unit_id(self) -> int:
        """The unit that complains."""
        return self.complaint.unit_id


def standing(dossier: Dossier, decision: Decision, line: DecisionLine) -> Against:
    """Return what a unit can complain of today: the decision by which its result stands."""
    return Against.of(decision, line, in_effect(dossier.tenant_id, dossier.id))


def parties(
    tenant_id: int, unit_id: int, dossier_id: int, further: FurtherDecision | None = None
) -> dict[int, str]:
    """Return, by account, why somebody may not handle a complaint: appraised or decided the dossier, or is bound to its unit.

    Who is bound to a unit is said by the one rule of appraisal: a place there now or once, or a declaration. Against a
    further decision, who prepared it or answered the complaint it rests on may not either. A unit handles nothing, and
    may not read who has declared what of it.
    """
    rows = db.session.execute(
        select(TrailEntry.account_id, TrailEntry.act)
        .where(
            here_or_before(tenant_id),
            TrailEntry.dossier_id == dossier_id,
            TrailEntry.act.in_((*_APPRAISING, *_DECIDING, *(_PREPARING if further is not None else ()))),
            TrailEntry.at <= further.issued_at
            if further is not None and further.issued_at is not None
            else true(),
            TrailEntry.account_id.is_not(None),
        )
        .distinct()
    ).all()
    scope = current_scope()
    bound = {} if scope is None or scope.kind is ScopeKind.UNIT else conflicts(tenant_id, None, [unit_id])
    found = {account_id: BOUND.format(why=why) for (account_id, _), why in bound.items()}
    for account_id in {row.account_id for row in rows}:
        acts = {row.act for row in rows if row.account_id == account_id}
        part = Part(bool(acts & set(_APPRAISING)), bool(acts & set(_DECIDING)), bool(acts & set(_PREPARING)))
        if sentence := not_impartial(part):
            found[account_id] = sentence
    return found


def case_of(tenant_id: int, complaint_id: int, *, lock: bool = False) -> Case | None:
    """Return a complaint of the scope with all it is about, or None. `lock` holds it until the transaction ends."""
    if lock:
        db.session.scalar(
            select(Complaint)
            .where(Complaint.tenant_id == tenant_id, Complaint.id == complaint_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    row = db.session.execute(
        select(Complaint, Dossier, Unit, Decision, DecisionLine)
        .join(Dossier, and_(Dossier.tenant_id == Complaint.tenant_id, Dossier.id == Complaint.dossier_id))
        .join(Unit, and_(Unit.tenant_id == Complaint.tenant_id, Unit.id == Complaint.unit_id))
        .join(Decision, and_(Decision.tenant_id == Complaint.tenant_id, Decision.id == Complaint.decision_id))
        .join(
            DecisionLine,
            and_(
                DecisionLine.tenant_id == Complaint.tenant_id,
                DecisionLine.decision_id == Complaint.decision_id,
                DecisionLine.dossier_id == Complaint.dossier_id,
            ),
        )
        .where(Complaint.tenant_id == tenant_id, Complaint.id == complaint_id)
    ).one_or_none()
    if row is None:
        return None
    number = row[0].further_id
    further = db.session.get(FurtherDecision, (tenant_id, number)) if number is not None else None
    return Case(*row, parties=parties(tenant_id, row[0].unit_id, row[1].id, further), further=further)


def of_dossier(tenant_id: int, dossier_id: int) -> list[Complaint]:
    """Return the complaints about a dossier, the latest first."""
    return list(
        db.session.scalars(
            select(Complaint)
            .where(Complaint.tenant_id == tenant_id, Complaint.dossier_id == dossier_id)
            .order_by(Complaint.id.desc())
        )
    )


def told_on(decision: Decision) -> date:
    """Return the day on which the units learned of a decision: the portal told them when it was issued."""
    assert decision.issued_at is not None
    return decision.issued_at.astimezone(ZONE).date()


def file_of(tenant_id: int, complaint_id: int, file_id: int) -> ComplaintFile | None:
    """Return a file of a complaint of the scope, or None."""
    return db.session.scalar(
        select(ComplaintFile).where(
            ComplaintFile.tenant_id == tenant_id,
            ComplaintFile.complaint_id == complaint_id,
            ComplaintFile.id == file_id,
        )
    )


def files_of(complaints: Sequence[Complaint]) -> dict[int, list[ComplaintFile]]:
    """Return the files of complaints by complaint, in one statement."""
    found: dict[int, list[ComplaintFile]] = {one.id: [] for one in complaints}
    if complaints:
        rows = db.session.scalars(
            select(ComplaintFile)
            .where(
                ComplaintFile.tenant_id == complaints[0].tenant_id,
                ComplaintFile.complaint_id.in_(list(found)),
            )
            .order_by(ComplaintFile.id)
        )
        for row in rows:
            found[row.complaint_id].append(row)
    return found


SORTS = ("due", "name", "sent")


def listed(
    tenant_id: int, *, q: str = "", state: str = "", sort: str = "due", descending: bool = False
) -> Select[tuple[Complaint, Unit, Dossier]]:
    """Return the statement of a district's complaints, ready for `paginate`: open ones first, by their due date."""
    statement = (
        select(Complaint, Unit, Dossier)
        .join(Unit, and_(Unit.tenant_id == Complaint.tenant_id, Unit.id == Complaint.unit_id))
        .join(Dossier, and_(Dossier.tenant_id == Complaint.tenant_id, Dossier.id == Complaint.dossier_id))
        .where(Complaint.tenant_id == tenant_id)
    )
    if q:
        statement = statement.where(Unit.name_folded.contains(words.fold(q), autoescape=True))
    if state == "open":
        statement = statement.where(Complaint.state.in_(OPEN))
    elif state:
        statement = statement.where(Complaint.state == state)
    place = case({"sent": 0, "accepted": 1}, value=Complaint.state, else_=2)
    keys = {
        "due": [place, Complaint.due_on.nulls_first()],
        "name": [Unit.name_sort],
        "sent": [Complaint.sent_at],
    }[sort]
    ordered = [key.desc() for key in keys] if descending else keys
    return statement.order_by(*ordered, Complaint.id)


def counts(tenant_id: int) -> dict[str, int]:
    """Return how many complaints of a district stand in each state."""
    rows = db.session.execute(
        select(Complaint.state, func.count())
        .where(Complaint.tenant_id == tenant_id)
        .group_by(Complaint.state)
    )
    return {state: int(number) for state, number in rows}
