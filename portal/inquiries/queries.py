"""Reading inquiries in the district and in the unit: the list, one case with all it is about, who may handle it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Select, and_, case, exists, func, or_, select

from portal import clock, words
from portal.complaints.queries import parties
from portal.recognition.models import DecisionLine, Recognition
from portal.units.models import Unit
from tenants import signin
from tenants.database import db
from tenants.people import Account, Membership
from tenants.placing import on_day
from tenants.powers import Delegation
from tenants.rights import Right

from .models import Inquiry, InquiryQuestion
from .rules import OPEN, PARTIES


@dataclass(frozen=True)
class Case:
    """An inquiry with what it is about. `parties`: why an account may not handle it, as a sentence."""

    inquiry: Inquiry
    unit: Unit
    recognition: Recognition
    line_id: int | None
    parties: Mapping[int, str] = field(default_factory=dict)
    questions: Sequence[InquiryQuestion] = ()

    @property
    def tenant_id(self) -> int:
        """The district of the case."""
        return self.inquiry.tenant_id

    @property
    def unit_id(self) -> int:
        """The unit whose result it is about."""
        return self.inquiry.unit_id

    @property
    def waiting(self) -> InquiryQuestion | None:
        """The question the unit has not answered yet, or None."""
        return next((one for one in self.questions if not one.replied_at and not one.closed_at), None)


def case_of(tenant_id: int, inquiry_id: int, *, lock: bool = False) -> Case | None:
    """Return an inquiry of the scope with all it is about, or None. `lock` holds it until the transaction ends."""
    if lock:
        db.session.scalar(
            select(Inquiry)
            .where(Inquiry.tenant_id == tenant_id, Inquiry.id == inquiry_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    row = db.session.execute(
        select(Inquiry, Unit, Recognition, DecisionLine.id)
        .join(Unit, and_(Unit.tenant_id == Inquiry.tenant_id, Unit.id == Inquiry.unit_id))
        .join(Recognition, and_(Recognition.tenant_id == Inquiry.tenant_id, Recognition.code == Inquiry.code))
        .outerjoin(
            DecisionLine,
            and_(
                DecisionLine.tenant_id == Recognition.tenant_id,
                DecisionLine.decision_id == Recognition.decision_id,
                DecisionLine.dossier_id == Recognition.dossier_id,
            ),
        )
        .where(Inquiry.tenant_id == tenant_id, Inquiry.id == inquiry_id)
    ).one_or_none()
    if row is None:
        return None
    asked = db.session.scalars(
        select(InquiryQuestion)
        .where(InquiryQuestion.tenant_id == tenant_id, InquiryQuestion.inquiry_id == inquiry_id)
        .order_by(InquiryQuestion.id)
    ).all()
    barred = dict.fromkeys(parties(tenant_id, row[0].unit_id, row[0].dossier_id), PARTIES)
    return Case(*row, parties=barred, questions=asked)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody a case may be given to; `load`: open cases given already."""

    account_id: int
    name: str
    role: str
    load: int


def candidates(of: Case) -> list[Candidate]:
    """Return who may handle a case today: holds the right, took no part, is not bound to the unit; by name."""
    tenant_id = of.tenant_id
    load = (
        select(func.count())
        .select_from(Inquiry)
        .where(
            Inquiry.tenant_id == tenant_id,
            Inquiry.handler_id == Account.id,
            Inquiry.state.in_(OPEN),
        )
        .scalar_subquery()
    )
    runs = and_(
        Membership.tenant_id == tenant_id,
        Membership.account_id == Account.id,
        on_day(signin.today()),
    )
    rows = db.session.execute(
        select(Account.id, Account.full_name, func.min(Membership.role), load)
        .join(Membership, runs)
        .where(
            Membership.role.in_([role.value for role in Right.HANDLE_INQUIRY.value.roles]),
            Account.disabled_at.is_(None),
            # Who took part does not handle it through somebody who acts for them either.
            ~exists().where(
                Delegation.tenant_id == tenant_id,
                Delegation.id == Membership.delegation_id,
                Delegation.giver_id.in_(of.parties),
            ),
        )
        .group_by(Account.id, Account.full_name)
        .order_by(Account.full_name, Account.id)
    )
    return [Candidate(*row) for row in rows if row[0] not in of.parties]


SORTS = ("due", "name", "sent")


def listed(
    tenant_id: int,
    *,
    q: str = "",
    state: str = "",
    kind: str = "",
    handler: int | None = None,
    sort: str = "due",
    descending: bool = False,
) -> Select[tuple[Inquiry, Unit]]:
    """Return the statement of a district's inquiries, ready for `paginate`: open ones first, by their due day."""
    statement = (
        select(Inquiry, Unit)
        .join(Unit, and_(Unit.tenant_id == Inquiry.tenant_id, Unit.id == Inquiry.unit_id))
        .where(Inquiry.tenant_id == tenant_id)
    )
    if q:
        statement = statement.where(
            or_(
                Unit.name_folded.contains(words.fold(q), autoescape=True),
                Inquiry.code == q.upper(),
            )
        )
    if state == "late":
        statement = statement.where(Inquiry.state.in_(OPEN), Inquiry.due_on < clock.today())
    elif state:
        statement = statement.where(Inquiry.state == state)
    if kind:
        statement = statement.where(Inquiry.kind == kind)
    if handler is not None:
        statement = statement.where(Inquiry.handler_id == handler)
    place = case((Inquiry.state.in_(OPEN), 0), else_=1)
    keys = {
        "due": [place, Inquiry.due_on],
        "name": [Unit.name_sort],
        "sent": [Inquiry.sent_at],
    }[sort]
    ordered = [key.desc() for key in keys] if descending else keys
    return statement.order_by(*ordered, Inquiry.id)


def counts(tenant_id: int) -> dict[str, int]:
    """Return how many inquiries of a district stand in each state, and how many open ones are late."""
    late = and_(Inquiry.state.in_(OPEN), Inquiry.due_on < clock.today())
    rows = db.session.execute(
        select(Inquiry.state, func.count(), func.count().filter(late))
        .where(Inquiry.tenant_id == tenant_id)
        .group_by(Inquiry.state)
    ).all()
    found = {state: int(number) for state, number, _ in rows}
    return {**found, "late": sum(int(number) for _, _, number in rows)}


def questions_to(tenant_id: int, unit_id: int) -> Select[tuple[InquiryQuestion]]:
    """Return the statement of what a district asked a unit, the open ones first, then the latest."""
    is_open = and_(InquiryQuestion.replied_at.is_(None), InquiryQuestion.closed_at.is_(None))
    return (
        select(InquiryQuestion)
        .where(InquiryQuestion.tenant_id == tenant_id, InquiryQuestion.unit_id == unit_id)
        .order_by(case((is_open, 0), else_=1), InquiryQuestion.id.desc())
    )


def waiting_for(tenant_id: int, unit_id: int) -> int:
    """Return how many questions of the district a unit has not answered."""
    return int(
        db.session.scalar(
            select(func.count()).where(
                InquiryQuestion.tenant_id == tenant_id,
                InquiryQuestion.unit_id == unit_id,
                InquiryQuestion.replied_at.is_(None),
                InquiryQuestion.closed_at.is_(None),
            )
        )
        or 0
    )


def question_of(tenant_id: int, question_id: int) -> InquiryQuestion | None:
    """Return a question of the scope, or None."""
    return db.session.scalar(
        select(InquiryQuestion).where(
            InquiryQuestion.tenant_id == tenant_id, InquiryQuestion.id == question_id
        )
    )
