"""Reading visits: the proposal of a year, one visit with its checklist, and what was seen beside an indicator."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import InstrumentedAttribute

from portal import clock, words
from portal.appraisal.panels import conflicts
from portal.catalogue.models import CatalogueIndicator
from portal.dossiers.models import Dossier
from portal.units.models import Unit
from tenants import signin
from tenants.database import db
from tenants.people import Account, Membership, Role
from tenants.placing import on_day

from . import rules
from .gathering import Candidate, gather
from .models import Visit, VisitCheck, VisitChoice, VisitPhoto, VisitPlan
from .rules import Raised

TEAM_ROLES = (Role.DISTRICT_OFFICER, Role.DISTRICT_COUNCIL, Role.DISTRICT_LEADER)


@dataclass
class Line:
    """A unit on the proposal: why it is proposed, what was dismissed, who chose what."""

    candidate: Candidate
    raised: tuple[Raised, ...]
    dismissed: tuple[tuple[Raised, VisitChoice], ...]
    drawn: bool
    choice: VisitChoice | None

    @property
    def unit(self) -> Unit:
        """The unit."""
        return self.candidate.unit

    @property
    def proposed(self) -> bool:
        """Whether it stands on the list: put there, or flagged or drawn and not taken off."""
        if self.choice is not None:
            return self.choice.act == "add"
        return bool(self.raised) or self.drawn


def plan_of(tenant_id: int, year: int, *, lock: bool = False) -> VisitPlan | None:
    """Return a district's plan of a year, None where nothing was set or drawn; `lock` holds it."""
    statement = select(VisitPlan).where(VisitPlan.tenant_id == tenant_id, VisitPlan.year == year)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(statement)


def proposal(tenant_id: int, year: int, plan: VisitPlan | None) -> list[Line]:
    """Return every unit with a filed dossier of the year, by name, with what speaks for a visit."""
    years = plan.years if plan else rules.USUAL_YEARS
    drawn = set(plan.drawn.get("chosen", ())) if plan else set()
    chosen: dict[int, VisitChoice] = {}
    about: dict[tuple[int, str], VisitChoice] = {}
    rows = select(VisitChoice).where(VisitChoice.tenant_id == tenant_id, VisitChoice.year == year)
    for row in db.session.scalars(rows.order_by(VisitChoice.id)):
        if row.flag:
            about[row.unit_id, row.flag] = row
        else:
            chosen[row.unit_id] = row
    lines = []
    for candidate in gather(tenant_id, year):
        raised, dismissed = [], []
        for one in rules.flags(candidate.facts, years):
            said = about.get((candidate.unit.id, one.flag))
            if said is not None and said.act == "dismiss" and said.sentence == one.sentence:
                dismissed.append((one, said))
            else:
                raised.append(one)
        lines.append(
            Line(
                candidate,
                tuple(raised),
                tuple(dismissed),
                candidate.code in drawn,
                chosen.get(candidate.unit.id),
            )
        )
    return lines


def raised_against(tenant_id: int, dossier_ids: Collection[int]) -> dict[int, list[str]]:
    """Return why dossiers are not closed unseen: undismissed flags that speak of them, and what visits say of them.

    Statements by year, not by dossier.
    """
    wanted = set(dossier_ids)
    if not wanted:
        return {}
    found = speaks_against(tenant_id, wanted)
    of_years = select(Dossier.year).where(Dossier.tenant_id == tenant_id, Dossier.id.in_(wanted)).distinct()
    for year in db.session.scalars(of_years).all():
        for line in proposal(tenant_id, year, plan_of(tenant_id, year)):
            number = line.candidate.dossier_id
            said = [one.sentence for one in line.raised if one.flag in rules.OF_DOSSIER]
            if said and number in wanted:
                found[number] = [*said, *found.get(number, ())]
    return found


@dataclass
class Case:
    """A visit with its dossier and unit."""

    visit: Visit
    dossier: Dossier
    unit: Unit


def case_of(tenant_id: int, visit_id: int, *, lock: bool = False) -> Case | None:
    """Return a visit of the scope with what it is about, or None; `lock` holds it for the transaction."""
    own = (Visit.tenant_id == tenant_id, Visit.id == visit_id)
    if lock:
        held = select(Visit).where(*own).with_for_update()
        db.session.scalar(held.execution_options(populate_existing=True))
    row = db.session.execute(
        select(Visit, Dossier, Unit)
        .join(Dossier, and_(Dossier.tenant_id == Visit.tenant_id, Dossier.id == Visit.dossier_id))
        .join(Unit, and_(Unit.tenant_id == Visit.tenant_id, Unit.id == Visit.unit_id))
        .where(*own)
    ).one_or_none()
    return Case(*row) if row else None


def _of(rows: type[VisitCheck] | type[VisitPhoto], visit: Visit) -> tuple[ColumnElement[bool], ...]:
    """Return the condition of a visit's rows, whole enough for their index."""
    return rows.tenant_id == visit.tenant_id, rows.unit_id == visit.unit_id, rows.visit_id == visit.id


def checks_of(visit: Visit) -> dict[int, VisitCheck]:
    """Return what was seen on a visit, by indicator."""
    rows = select(VisitCheck).where(*_of(VisitCheck, visit))
    return {row.indicator_id: row for row in db.session.scalars(rows)}


def photos_of(visit: Visit) -> dict[int, list[VisitPhoto]]:
    """Return the photos of a visit, by indicator, in the order they came."""
    found: dict[int, list[VisitPhoto]] = defaultdict(list)
    rows = select(VisitPhoto).where(*_of(VisitPhoto, visit), VisitPhoto.removed_at.is_(None))
    for row in db.session.scalars(rows.order_by(VisitPhoto.id)):
        found[row.indicator_id].append(row)
    return found


def photo_of(visit: Visit, photo_id: int) -> VisitPhoto | None:
    """Return a photo of a visit that was not removed."""
    return db.session.scalar(
        select(VisitPhoto).where(
            *_of(VisitPhoto, visit), VisitPhoto.id == photo_id, VisitPhoto.removed_at.is_(None)
        )
    )


def speaks_against(tenant_id: int, dossier_ids: Collection[int]) -> dict[int, list[str]]:
    """Return why dossiers are not closed unseen: a visit under way, or one that did not find what was claimed."""
    missed = (
        select(
            VisitCheck.visit_id,
            func.string_agg(
                CatalogueIndicator.code, aggregate_order_by(literal(", "), CatalogueIndicator.position)
            ).label("codes"),
        )
        .join(CatalogueIndicator, CatalogueIndicator.id == VisitCheck.indicator_id)
        .where(VisitCheck.tenant_id == tenant_id, VisitCheck.result == "not_found")
        .group_by(VisitCheck.visit_id)
    ).subquery("missed")
    rows = (
        select(Visit.dossier_id, Visit.state, Visit.starts_at, missed.c.codes)
        .outerjoin(missed, missed.c.visit_id == Visit.id)
        .where(Visit.tenant_id == tenant_id, Visit.dossier_id.in_(dossier_ids), Visit.state != "cancelled")
        .order_by(Visit.id)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for dossier_id, state, starts_at, codes in db.session.execute(rows):
        if state != "closed":
            day = words.day(starts_at.astimezone(words.ZONE))
            found[dossier_id].append(f"Cuộc kiểm tra thực tế ngày {day} chưa xong.")
        elif codes:
            found[dossier_id].append(f"Kiểm tra thực tế không thấy {codes}.")
    return found


def visits_of_unit(tenant_id: int, unit_id: int) -> list[Visit]:
    """Return the visits of a unit that the scope sees, the latest first."""
    rows = select(Visit).where(Visit.tenant_id == tenant_id, Visit.unit_id == unit_id)
    return list(db.session.scalars(rows.order_by(Visit.starts_at.desc(), Visit.id.desc()).limit(20)))


def visits_of_dossier(dossier: Dossier) -> list[Visit]:
    """Return the visits about a dossier, the latest first."""
    rows = select(Visit).where(Visit.tenant_id == dossier.tenant_id, Visit.dossier_id == dossier.id)
    return list(db.session.scalars(rows.order_by(Visit.id.desc())))


@dataclass(frozen=True)
class Observation:
    """What a closed visit saw of an indicator, as its minutes say it."""

    visit_id: int
    held_from: datetime
    result: str
    note: str
    photos: tuple[str, ...] = field(default_factory=tuple)

    @property
    def words(self) -> tuple[str, str]:
        """The word and tone of the result."""
        return rules.RESULTS[self.result]


def observations_of(dossier: Dossier) -> Mapping[int, Observation]:
    """Return, by indicator, what closed visits saw for a dossier; a later visit stands for an earlier one. One query."""
    rows = db.session.execute(
        select(Visit.id, Visit.held_from, Visit.frozen)
        .where(
            Visit.tenant_id == dossier.tenant_id,
            Visit.dossier_id == dossier.id,
            Visit.state == "closed",
        )
        .order_by(Visit.id)
    )
    found: dict[int, Observation] = {}
    for visit_id, held_from, frozen in rows:
        for item in frozen["items"]:
            if item["result"] != "not_looked" or item["note"]:
                found[item["indicator"]] = Observation(
                    visit_id, held_from, item["result"], item["note"], tuple(item["photos"])
                )
    return found


def held_visit(tenant_id: InstrumentedAttribute[int] | Any, dossier_id: Any) -> ColumnElement[bool]:
    """Return the condition that a dossier's unit was visited on site: the visit took place and is on record."""
    return (
        select(Visit.id)
        .where(
            Visit.tenant_id == tenant_id,
            Visit.dossier_id == dossier_id,
            Visit.held_from.is_not(None),
            Visit.state != "cancelled",
        )
        .exists()
    )


def staff(tenant_id: int) -> list[tuple[int, str, str]]:
    """Return who of the district may be in a team: account, name, title."""
    rows = db.session.execute(
        select(Account.id, Account.full_name, Account.title)
        .join(Membership, Membership.account_id == Account.id)
        .where(
            Membership.tenant_id == tenant_id,
            Membership.role.in_(TEAM_ROLES),
            Account.disabled_at.is_(None),
            on_day(signin.today()),
        )
        .distinct()
        .order_by(Account.full_name, Account.id)
        .limit(200)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def of_the_unit(tenant_id: int, unit_id: int) -> set[int]:
    """Return the accounts that are bound to a unit (`panels.conflicts`): they do not visit it."""
    return {account_id for account_id, _ in conflicts(tenant_id, None, [unit_id])}


def coming(tenant_id: int) -> int:
    """Return how many visits of a district are still open."""
    statement = select(func.count()).where(Visit.tenant_id == tenant_id, Visit.state.in_(rules.OPEN))
    return int(db.session.scalar(statement) or 0)


def is_past(visit: Visit) -> bool:
    """Return whether the hour of a visit has come."""
    return visit.starts_at <= clock.now()
