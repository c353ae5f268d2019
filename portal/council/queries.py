"""Reading the council: the running one, its meetings, an agenda with its units, what waits to be discussed, conflicts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from portal import words
from portal.appraisal import panels
from portal.appraisal.models import Finding, HeadcountFinding, SupplementRequest
from portal.dossiers.models import Dossier, State
from portal.units.models import Unit
from portal.visits.queries import raised_against
from tenants import signin
from tenants.database import db
from tenants.people import DISTRICT_ROLES, Account, Membership
from tenants.placing import on_day

from .models import Council, Item, Meeting
from .rules import Appraised, Member

SORTS = ("name", "kind", "outcome")
_ON_UNIT = and_(Unit.tenant_id == Item.tenant_id, Unit.id == Item.unit_id)
_ON_MEETING = and_(Meeting.tenant_id == Item.tenant_id, Meeting.id == Item.meeting_id)


def council_of(tenant_id: int, *, lock: bool = False) -> Council | None:
    """Return the district's running council, or None. `lock` holds it until the transaction ends."""
    statement = select(Council).where(Council.tenant_id == tenant_id, Council.ended_on.is_(None))
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(statement)


def meeting_of(tenant_id: int, meeting_id: int, *, lock: bool = False) -> tuple[Meeting, Council] | None:
    """Return a meeting of the scope with its council, or None. `lock` holds the meeting."""
    statement = (
        select(Meeting, Council)
        .join(Council, and_(Council.tenant_id == Meeting.tenant_id, Council.id == Meeting.council_id))
        .where(Meeting.tenant_id == tenant_id, Meeting.id == meeting_id)
    )
    if lock:
        statement = statement.with_for_update(of=Meeting).execution_options(populate_existing=True)
    row = db.session.execute(statement).one_or_none()
    return None if row is None else (row[0], row[1])


def open_meeting(tenant_id: int, year: int) -> Meeting | None:
    """Return the meeting of a year that is not closed, or None."""
    return db.session.scalar(
        select(Meeting).where(Meeting.tenant_id == tenant_id, Meeting.year == year, Meeting.state == "draft")
    )


def meetings(tenant_id: int) -> Select[tuple[Meeting, int, int]]:
    """Return the statement of a district's meetings, the latest first: meeting, dossiers, discussed singly."""
    counted = (
        select(
            Item.meeting_id, func.count().label("dossiers"), func.count().filter(Item.singly).label("singles")
        )
        .where(Item.tenant_id == tenant_id)
        .group_by(Item.meeting_id)
        .subquery()
    )
    return (
        select(Meeting, func.coalesce(counted.c.dossiers, 0), func.coalesce(counted.c.singles, 0))
        .outerjoin(counted, counted.c.meeting_id == Meeting.id)
        .where(Meeting.tenant_id == tenant_id)
        .order_by(Meeting.id.desc())
    )


def agenda(
    meeting: Meeting,
    *,
    q: str = "",
    sort: str = "name",
    descending: bool = False,
    singly: bool | None = None,
    undecided: bool = False,
) -> Select[tuple[Item, Unit, int]]:
    """Return the statement of a meeting's items with unit and level asked for, in a total order."""
    kind_order = {kind: place for place, kind in enumerate(words.UNIT_KINDS)}
    statement = (
        select(Item, Unit, Dossier.requested_level)
        .join(Unit, _ON_UNIT)
        .join(Dossier, and_(Dossier.tenant_id == Item.tenant_id, Dossier.id == Item.dossier_id))
        .where(Item.tenant_id == meeting.tenant_id, Item.meeting_id == meeting.id)
    )
    if q:
        statement = statement.where(Unit.name_folded.contains(words.fold(q), autoescape=True))
    if singly is not None:
        statement = statement.where(Item.singly.is_(singly))
    if undecided:
        statement = statement.where(Item.singly, Item.outcome == "")
    key: ColumnElement[object] = {
        "name": Unit.name_sort,
        "kind": _case(kind_order, Unit.kind),
        "outcome": Item.outcome,
    }[sort]
    return statement.order_by(key.desc() if descending else key, Unit.name_sort, Item.id)


def _case(order: dict[str, int], column: ColumnElement[str]) -> ColumnElement[int]:
    return case(order, value=column, else_=len(order))


def item_of(meeting: Meeting, item_id: int) -> Item | None:
    """Return an item of a meeting, or None."""
    return db.session.scalar(
        select(Item).where(
            Item.tenant_id == meeting.tenant_id, Item.meeting_id == meeting.id, Item.id == item_id
        )
    )


def next_open(meeting: Meeting, after: Item | None = None) -> int | None:
    """Return the next item to be discussed singly that has no outcome, from the first again after the last."""
    rows = db.session.scalars(
        select(Item.id)
        .join(Unit, _ON_UNIT)
        .where(
            Item.tenant_id == meeting.tenant_id,
            Item.meeting_id == meeting.id,
            Item.singly,
            Item.outcome == "",
        )
        .order_by(Unit.name_sort, Item.id)
    ).all()
    return next((one for one in rows if after is None or one != after.id), None)


@dataclass(frozen=True, slots=True)
class Counts:
    """How far a meeting is: items in the block, singles, singles without an outcome, and each outcome."""

    block: int = 0
    singles: int = 0
    undecided: int = 0
    agreed: int = 0
    changed: int = 0
    deferred: int = 0

    @property
    def total(self) -> int:
        """All items."""
        return self.block + self.singles


def counts_of(meeting: Meeting) -> Counts:
    """Count a meeting's items in one statement."""
    row = db.session.execute(
        select(
            func.count().filter(~Item.singly),
            func.count().filter(Item.singly),
            func.count().filter(Item.singly, Item.outcome == ""),
            *(func.count().filter(Item.outcome == one) for one in ("agreed", "changed", "deferred")),
        ).where(Item.tenant_id == meeting.tenant_id, Item.meeting_id == meeting.id)
    ).one()
    return Counts(*row)


def agreed_items(tenant_id: int) -> Subquery:
    """Items a closed meeting agreed to, with when it met: of dossiers whose appraisal has not changed since."""
    return (
        select(
            Item.tenant_id,
            Item.dossier_id,
            Item.meeting_id,
            Meeting.held_at,
            Meeting.frozen["council"]["name"].astext.label("council"),
            Item.singly,
            func.coalesce(Item.against, 0).label("against"),
        )
        .ext(distinct_on(Item.tenant_id, Item.dossier_id))
        .join(Meeting, _ON_MEETING)
        .join(Dossier, and_(Dossier.tenant_id == Item.tenant_id, Dossier.id == Item.dossier_id))
        .where(
            Item.tenant_id == tenant_id,
            Meeting.state == "closed",
            Item.outcome == "agreed",
            Item.appraised_at == Dossier.appraised_at,
        )
        .order_by(Item.tenant_id, Item.dossier_id, Item.id.desc())
        .subquery("agreed")
    )


def last_said(dossier: Dossier) -> tuple[Item, Meeting] | None:
    """Return the last item of a closed meeting on a dossier as it stands, with its meeting, or None."""
    row = db.session.execute(
        select(Item, Meeting)
        .join(Meeting, _ON_MEETING)
        .where(
            Item.tenant_id == dossier.tenant_id,
            Item.dossier_id == dossier.id,
            Item.appraised_at == dossier.appraised_at,
            Meeting.state == "closed",
        )
        .order_by(Item.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def waiting(tenant_id: int, year: int) -> Select[tuple[Dossier]]:
    """Return the statement of a year's appraised dossiers on which no meeting has agreed as they stand now."""
    agreed = agreed_items(tenant_id)
    return (
        select(Dossier)
        .outerjoin(agreed, and_(agreed.c.tenant_id == Dossier.tenant_id, agreed.c.dossier_id == Dossier.id))
        .where(
            Dossier.tenant_id == tenant_id,
            Dossier.year == year,
            Dossier.state == State.APPRAISED,
            agreed.c.dossier_id.is_(None),
        )
        .order_by(Dossier.id)
    )


def count_waiting(tenant_id: int, year: int) -> int:
    """Return how many appraised dossiers of a year wait for a meeting."""
    return int(
        db.session.scalar(
            select(func.count()).select_from(waiting(tenant_id, year).order_by(None).subquery())
        )
        or 0
    )


def agreed_dossiers(meeting: Meeting) -> list[int]:
    """Return the dossiers a meeting agreed to that are still appraised as they were then."""
    agreed = agreed_items(meeting.tenant_id)
    return list(
        db.session.scalars(
            select(Dossier.id)
            .join(agreed, and_(agreed.c.tenant_id == Dossier.tenant_id, agreed.c.dossier_id == Dossier.id))
            .where(
                agreed.c.meeting_id == meeting.id,
                Dossier.state == State.APPRAISED,
            )
            .order_by(Dossier.id)
        )
    )


def conflicts(
    tenant_id: int, members: Iterable[Member], unit_ids: Sequence[int]
) -> dict[int, tuple[str, ...]]:
    """Return, by unit, the names of members bound to it: as told when the council was founded, or by `panels.conflicts`."""
    known = {one.account_id: one.name for one in members if one.account_id}
    wanted, found = set(unit_ids), defaultdict(list)
    for one in members:
        for unit_id in wanted & set(one.unit_ids):
            found[unit_id].append(one.name)
    for account_id, unit_id in panels.conflicts(tenant_id, known, unit_ids):
        if known[account_id] not in found[unit_id]:
            found[unit_id].append(known[account_id])
    return {unit_id: tuple(sorted(names)) for unit_id, names in found.items() if names}


def appraised(dossiers: Sequence[Dossier], conflicted: dict[int, tuple[str, ...]]) -> dict[int, Appraised]:
    """Return, by dossier, what decides whether it is discussed singly; as many statements for one as for all."""
    if not dossiers:
        return {}
    tenant_id, numbers = dossiers[0].tenant_id, [one.id for one in dossiers]
    verdicts: dict[int, dict[str, int]] = defaultdict(dict)
    for number, verdict, count in db.session.execute(
        select(Finding.dossier_id, Finding.verdict, func.count())
        .where(Finding.tenant_id == tenant_id, Finding.dossier_id.in_(numbers))
        .group_by(Finding.dossier_id, Finding.verdict)
    ):
        verdicts[number][verdict] = count
    raised = raised_against(tenant_id, numbers)
    bases, asked = (_count_of(model, tenant_id, numbers) for model in (HeadcountFinding, SupplementRequest))
    left = {
        number: note or "chưa ghi lý do"
        for number, note in db.session.execute(
            select(Item.dossier_id, Item.note)
            .join(Meeting, _ON_MEETING)
            .where(
                Item.tenant_id == tenant_id,
                Item.dossier_id.in_(numbers),
                Item.outcome == "deferred",
                Item.singly,
                Meeting.state == "closed",
            )
            .order_by(Item.id)
        )
    }
    return {
        one.id: Appraised(
            requested=one.requested_level,
            self_level=one.self_level,
            proposed=one.proposed_level or 0,
            corrected=verdicts[one.id].get("corrected", 0),
            unproven=verdicts[one.id].get("not_enough_evidence", 0),
            excluded=verdicts[one.id].get("not_applicable", 0),
            bases=bases.get(one.id, 0),
            late=one.late,
            supplements=asked.get(one.id, 0),
            conflicted=conflicted.get(one.unit_id, ()),
            raised=tuple(raised.get(one.id, ())),
            before=left.get(one.id, ""),
        )
        for one in dossiers
    }


def _count_of(
    model: type[HeadcountFinding] | type[SupplementRequest], tenant_id: int, numbers: Sequence[int]
) -> dict[int, int]:
    rows = db.session.execute(
        select(model.dossier_id, func.count())
        .where(model.tenant_id == tenant_id, model.dossier_id.in_(numbers))
        .group_by(model.dossier_id)
    )
    return dict(rows.all())


def staff(tenant_id: int) -> list[tuple[int, str]]:
    """Return the persons who hold a role of the district today: (account, name with title)."""
    rows = db.session.execute(
        select(Account.id, Account.full_name, Account.title)
        .join(Membership, Membership.account_id == Account.id)
        .where(
            Membership.tenant_id == tenant_id,
            Membership.role.in_(DISTRICT_ROLES),
            on_day(signin.today()),
        )
        .distinct()
        .order_by(Account.full_name, Account.id)
    )
    return [(number, f"{name} ({title})" if title else name) for number, name, title in rows]


def units_by_code(tenant_id: int, codes: Iterable[str]) -> dict[str, int]:
    """Return the district's units of these codes, by the code in capitals."""
    rows = db.session.execute(
        select(func.upper(Unit.code), Unit.id).where(
            Unit.tenant_id == tenant_id, func.upper(Unit.code).in_([one.upper() for one in codes])
        )
    )
    return dict(rows.all())


def codes_of(tenant_id: int, unit_ids: Iterable[int]) -> dict[int, str]:
    """Return the codes of units."""
    rows = db.session.execute(
        select(Unit.id, Unit.code).where(Unit.tenant_id == tenant_id, Unit.id.in_(list(unit_ids)))
    )
    return dict(rows.all())
