"""The appraisers of a dossier: who sits on it, who may judge it now, who may not go near which unit.

Everything here is a fixed number of queries however many dossiers or persons are asked about.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Select, and_, func, literal, or_, select

from portal.dossiers.models import Dossier, State
from portal.dossiers.queries import Sheet, open_sheet
from tenants import signin
from tenants.database import db
from tenants.identity import Identity
from tenants.people import Account, Membership, Role
from tenants.placing import not_over, on_day
from tenants.rights import Right

from .seats import Appraiser, AppraiserVerdict, Interest

MOST = 3
"""People on one dossier at most."""
NOW, BEFORE = "đang giữ vai trò tại đơn vị này", "từng giữ vai trò tại đơn vị này"


@dataclass(frozen=True, slots=True)
class Panel:
    """Who appraises a dossier now, in the order of assignment; empty: whoever has the right."""

    seats: tuple[Appraiser, ...] = ()

    @property
    def blind(self) -> bool:
        """Whether the appraisers note their verdicts apart from each other first."""
        return any(seat.blind for seat in self.seats)

    @property
    def all_in(self) -> bool:
        """Whether everybody has handed in."""
        return bool(self.seats) and all(seat.handed_in_at for seat in self.seats)

    @property
    def apart(self) -> bool:
        """Whether verdicts are still noted apart, nobody seeing another's."""
        return self.blind and not self.all_in

    @property
    def concluding(self) -> bool:
        """Whether all are in and the responsible one concludes."""
        return self.blind and self.all_in

    @property
    def responsible(self) -> Appraiser | None:
        """Who concludes."""
        return next((seat for seat in self.seats if seat.responsible), None)

    @property
    def names(self) -> str:
        """The appraisers' names in one line."""
        return ", ".join(seat.full_name for seat in self.seats)

    def mine(self, actor: Identity) -> Appraiser | None:
        """The person's own place on the dossier."""
        return next((seat for seat in self.seats if seat.account_id == actor.account_id), None)

    def refusal(self, actor: Identity) -> str:
        """Say why a person with the right does not judge this dossier now ("": the person does)."""
        if not self.seats:
            return ""
        seat = self.mine(actor)
        if seat is None:
            return f"Hồ sơ đã giao cho {self.names} thẩm định. Người phân công đổi người được, có ghi lý do."
        if self.apart and seat.handed_in_at:
            waits = ", ".join(one.full_name for one in self.seats if not one.handed_in_at)
            return f"Anh/chị đã nộp kết quả của mình; chờ {waits}."
        if self.concluding and not seat.responsible:
            name = self.responsible.full_name if self.responsible else "người chịu trách nhiệm"
            return f"Mọi người đã nộp kết quả; {name} kết luận chung."
        return ""


def _active(tenant_id: int) -> Select[tuple[Appraiser]]:
    statement = select(Appraiser).where(Appraiser.tenant_id == tenant_id, Appraiser.removed_at.is_(None))
    return statement.order_by(Appraiser.id).execution_options(populate_existing=True)


def panels_of(tenant_id: int, dossier_ids: Collection[int]) -> dict[int, Panel]:
    """Return the panel of each dossier that has one."""
    seats: dict[int, list[Appraiser]] = defaultdict(list)
    if dossier_ids:
        for seat in db.session.scalars(_active(tenant_id).where(Appraiser.dossier_id.in_(dossier_ids))):
            seats[seat.dossier_id].append(seat)
    return {dossier_id: Panel(tuple(found)) for dossier_id, found in seats.items()}


def panel_of(dossier: Dossier) -> Panel:
    """Return the panel of a dossier."""
    return panels_of(dossier.tenant_id, [dossier.id]).get(dossier.id, Panel())


def laid_open(seats: Sequence[Appraiser]) -> bool:
    """Return whether the verdicts of those who sat on a dossier (`seats`: all there ever were) once lay open to all.

    They do as soon as nobody on the panel is left who has not handed in: by the last handing in, or because who had
    not was taken off.
    """
    moments = {at for seat in seats for at in (seat.handed_in_at, seat.removed_at) if at}
    for moment in moments:
        sat = [
            s for s in seats if s.assigned_at <= moment and (s.removed_at is None or s.removed_at > moment)
        ]
        if sat and all(s.handed_in_at is not None and s.handed_in_at <= moment for s in sat):
            return True
    return False


def all_seats(dossier: Dossier) -> list[Appraiser]:
    """Return everybody who ever sat on a dossier."""
    statement = select(Appraiser).where(
        Appraiser.tenant_id == dossier.tenant_id, Appraiser.dossier_id == dossier.id
    )
    return list(db.session.scalars(statement.execution_options(populate_existing=True)))


def past_seats(dossier: Dossier) -> list[Appraiser]:
    """Return who was taken off a dossier, the latest first."""
    statement = select(Appraiser).where(
        Appraiser.tenant_id == dossier.tenant_id,
        Appraiser.dossier_id == dossier.id,
        Appraiser.removed_at.is_not(None),
    )
    return list(db.session.scalars(statement.order_by(Appraiser.removed_at.desc(), Appraiser.id)))


def conflicts(
    tenant_id: int, accounts: Collection[int] | None, unit_ids: Collection[int] | None = None
) -> dict[tuple[int, int], str]:
    """Return why persons may not judge units, by (account, unit): a place there now or once, or a declaration.

    The one rule for whoever appraises, visits, votes or answers about a unit. `accounts`, `unit_ids`: None for all.
    """
    held = select(
        Membership.account_id,
        Membership.unit_id,
        func.bool_or(not_over(signin.today())),
        literal(""),
        literal(""),
    ).where(
        Membership.tenant_id == tenant_id,
        Membership.unit_id.is_not(None),
    )
    said = select(Interest.account_id, Interest.unit_id, literal(True), Interest.kind, Interest.reason).where(
        Interest.tenant_id == tenant_id,
        Interest.ended_at.is_(None),
    )
    if accounts is not None:
        held = held.where(Membership.account_id.in_(accounts))
        said = said.where(Interest.account_id.in_(accounts))
    if unit_ids is not None:
        held = held.where(Membership.unit_id.in_(unit_ids))
        said = said.where(Interest.unit_id.in_(unit_ids))
    found: dict[tuple[int, int], str] = {}
    rows = held.group_by(Membership.account_id, Membership.unit_id).union_all(said)
    for account_id, unit_id, now, kind, reason in (
        db.session.execute(rows) if accounts is None or accounts else ()
    ):
        if kind == "employer":
            sentence = "đơn vị này là nơi công tác"
        elif kind:
            sentence = f"đã khai xung đột lợi ích: {reason}"
        else:
            sentence = NOW if now else BEFORE
        found.setdefault((account_id, unit_id), sentence)
    return found


def conflict_of(actor: Identity, dossier: Dossier) -> str:
    """Say in a sentence why a person may not appraise a dossier's unit ("" when nothing speaks against it)."""
    found = conflicts(dossier.tenant_id, [actor.account_id], [dossier.unit_id])
    why = found.get((actor.account_id, dossier.unit_id))
    return f"Anh/chị không thẩm định hồ sơ này: {why}." if why else ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be given dossiers; `load`: open ones given already."""

    account_id: int
    name: str
    role: str
    load: int


def candidates(tenant_id: int) -> list[Candidate]:
    """Return everybody who holds the right to appraise in a district today, by name, with the open load."""
    load = (
        select(func.count())
        .select_from(Appraiser)
        .join(Dossier, and_(Dossier.tenant_id == Appraiser.tenant_id, Dossier.id == Appraiser.dossier_id))
        .where(
            Appraiser.tenant_id == tenant_id,
            Appraiser.account_id == Account.id,
            Appraiser.removed_at.is_(None),
            Dossier.state == State.ACCEPTED,
        )
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Account.id, Account.full_name, func.min(Membership.role), load)
        .join(Membership, Membership.account_id == Account.id)
        .where(
            Membership.tenant_id == tenant_id,
            Membership.role.in_([role.value for role in Right.APPRAISE.value.roles]),
            on_day(signin.today()),
            Account.disabled_at.is_(None),
        )
        .group_by(Account.id, Account.full_name)
        .order_by(Account.full_name, Account.id)
    )
    return [Candidate(number, name, Role(role).value, int(load)) for number, name, role, load in rows]


Verdicts = dict[int, dict[int, AppraiserVerdict]]


def verdicts_of(dossier: Dossier, seats: Sequence[Appraiser]) -> Verdicts:
    """Return what the scope lets one read of these appraisers' verdicts: by seat, then by indicator."""
    found: Verdicts = {seat.id: {} for seat in seats}
    rows = select(AppraiserVerdict).where(
        AppraiserVerdict.tenant_id == dossier.tenant_id,
        AppraiserVerdict.dossier_id == dossier.id,
        AppraiserVerdict.appraiser_id.in_(found),
    )
    for row in db.session.scalars(rows.execution_options(populate_existing=True)) if found else ():
        found[row.appraiser_id][row.indicator_id] = row
    return found


def as_noted(sheet: Sheet, seat: Appraiser | None) -> Sheet:
    """Return the sheet as one of several appraisers sees it: the person's own verdicts in place of findings."""
    own: Any = verdicts_of(sheet.dossier, [seat])[seat.id] if seat else {}
    return replace(sheet, findings=own)


def sheet_for(actor: Identity, dossier: Dossier) -> Sheet:
    """Return a dossier as a person at the desk sees it."""
    sheet, panel = open_sheet(dossier), panel_of(dossier)
    return as_noted(sheet, panel.mine(actor)) if panel.apart else sheet


def free_for(actor: Identity) -> Any:
    """Return the condition that a dossier may be appraised by a person now, and whether it was given to the person.

    The second is an expression that orders the person's own before those that were given to nobody.
    """
    seat = select(Appraiser.id).where(
        Appraiser.tenant_id == Dossier.tenant_id,
        Appraiser.dossier_id == Dossier.id,
        Appraiser.removed_at.is_(None),
    )
    waits = seat.where(Appraiser.handed_in_at.is_(None)).exists()
    own = seat.where(Appraiser.account_id == actor.account_id)
    mine = or_(
        own.where(Appraiser.handed_in_at.is_(None)).exists(),
        and_(own.where(Appraiser.responsible).exists(), ~waits),
    )
    held = select(Membership.id).where(
        Membership.tenant_id == Dossier.tenant_id,
        Membership.unit_id == Dossier.unit_id,
        Membership.account_id == actor.account_id,
    )
    declared = select(Interest.id).where(
        Interest.tenant_id == Dossier.tenant_id,
        Interest.unit_id == Dossier.unit_id,
        Interest.account_id == actor.account_id,
        Interest.ended_at.is_(None),
    )
    return and_(~held.exists(), ~declared.exists(), or_(mine, ~seat.exists())), mine
