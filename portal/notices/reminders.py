"""What is due for units and districts by the calendar, read in a fixed number of queries; reminding of it once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from portal import clock
from portal.appraisal.models import SupplementRequest
from portal.cycle.models import Cycle
from portal.cycle.queries import calendar_of, cycles, own_days
from portal.cycle.rules import OwnDays
from portal.dossiers.models import ENDED, Dossier, State
from portal.evidence.models import Evidence
from portal.evidence.rules import Term, holds_in
from portal.opening.queries import terms_of_district, with_term
from portal.recognition.models import Recognition
from portal.registration.models import Registration, RegistrationTerm
from portal.reports.models import DistrictReport
from portal.units.models import Unit
from tenants.database import db

from .calendar import (
    OF_DISTRICT,
    OF_DISTRICT_ON_UNIT,
    OF_RECOGNITION,
    OF_UNIT,
    DistrictYear,
    Due,
    Held,
    UnitYear,
    due_of,
)
from .models import Reminder
from .operations import tell_each
from .rules import Kind

DECIDING = (State.SUBMITTED, State.SUPPLEMENT_REQUESTED, State.ACCEPTED, State.APPRAISED)


@dataclass(frozen=True, slots=True)
class _Place:
    """What the tables are asked about: the district's units (or one of them), its running years, today."""

    tenant_id: int
    unit_id: int | None
    today: date
    own: OwnDays
    cycles: Sequence[Cycle]

    def of(self, model: Any) -> tuple[Any, ...]:
        """Return the conditions that keep a statement on a table to this place."""
        mine = (model.tenant_id == self.tenant_id,)
        return mine if self.unit_id is None else (*mine, model.unit_id == self.unit_id)

    @property
    def years(self) -> list[int]:
        """The running years."""
        return [cycle.year for cycle in self.cycles]


def _place(tenant_id: int, unit_id: int | None = None) -> _Place:
    today = clock.today()
    opened = reversed(cycles(tenant_id))
    running = [cycle for cycle in opened if cycle.opens_on <= today < cycle.report_before]
    return _Place(tenant_id, unit_id, today, own_days(), running)


def tasks_of_unit(tenant_id: int, unit_id: int) -> list[Due]:
    """Return what the calendar says is due now for a unit; what is late or ends soonest first."""
    found = _due_for_units(_place(tenant_id, unit_id)).get(unit_id, [])
    return sorted(found, key=lambda due: ("no", "wait", "go").index(due.tone))


def _due_for_units(place: _Place) -> dict[int, list[Due]]:
    due: dict[int, list[Due]] = defaultdict(list)
    held = _held(place)
    for unit_id, facts in _unit_years(place, held):
        due[unit_id] += due_of(OF_UNIT, facts, place.today, place.own, subject=str(facts.year))
    for unit_id, recognitions in held.items():
        for one in recognitions:
            due[unit_id] += due_of(OF_RECOGNITION, one, place.today, place.own, subject=str(one.id))
    return due


def _unit_years(place: _Place, held: dict[int, list[Held]]) -> Iterable[tuple[int, UnitYear]]:
    """Yield every unit with each running year in which it is there on 31/12."""
    units = select(Unit.id, Unit.name, Unit.opened_on, Unit.closed_on).where(
        Unit.tenant_id == place.tenant_id
    )
    if place.unit_id is not None:
        units = units.where(Unit.id == place.unit_id)
    dossiers = _dossiers(place)
    answer_by = _answers_due(place)
    registered = _registered(place)
    closes = _registration_closes(place)
    plans = _plans(place)
    own, longer = terms_of_district(place.tenant_id, place.years)
    for unit_id, name, opened_on, closed_on in db.session.execute(units).all():
        for cycle in place.cycles:
            last = date(cycle.year, 12, 31)
            if opened_on > last or (closed_on is not None and closed_on < max(last, place.today)):
                continue
            state, dossier_id = dossiers.get((unit_id, cycle.year), (None, 0))
            yield (
                unit_id,
                UnitYear(
                    name,
                    calendar_of(with_term(cycle, longer.get((unit_id, cycle.year)) or own.get(cycle.year))),
                    state,
                    dossier_id,
                    (unit_id, cycle.year) in registered,
                    closes.get(cycle.year),
                    any(holds_in(term, cycle.year) for term in plans.get(unit_id, ())),
                    answer_by.get(dossier_id),
                    any(one.valid_to >= cycle.decide_before for one in held.get(unit_id, ())),
                ),
            )


def _dossiers(place: _Place) -> dict[tuple[int, int], tuple[State, int]]:
    rows = select(Dossier.unit_id, Dossier.year, Dossier.state, Dossier.id).where(
        *place.of(Dossier), Dossier.year.in_(place.years), Dossier.state.not_in(ENDED)
    )
    return {
        (unit_id, year): (State(state), number) for unit_id, year, state, number in db.session.execute(rows)
    }


def _answers_due(place: _Place) -> dict[int, date]:
    rows = select(SupplementRequest.dossier_id, SupplementRequest.answer_by).where(
        *place.of(SupplementRequest),
        SupplementRequest.answered_at.is_(None),
        SupplementRequest.lapsed_at.is_(None),
    )
    return dict(db.session.execute(rows).all())  # type: ignore[arg-type]


def _registered(place: _Place) -> set[tuple[int, int]]:
    rows = select(Registration.unit_id, Registration.year).where(
        *place.of(Registration), Registration.year.in_(place.years), Registration.target.is_not(None)
    )
    return {(unit_id, year) for unit_id, year in db.session.execute(rows)}


def _registration_closes(place: _Place) -> dict[int, date]:
    rows = select(RegistrationTerm.year, RegistrationTerm.closes_before).where(
        RegistrationTerm.tenant_id == place.tenant_id, RegistrationTerm.closes_before.is_not(None)
    )
    return dict(db.session.execute(rows).all())  # type: ignore[arg-type]


def _plans(place: _Place) -> dict[int, list[Term]]:
    plans: dict[int, list[Term]] = defaultdict(list)
    rows = select(
        Evidence.unit_id, Evidence.kind, Evidence.issued_on, Evidence.valid_from, Evidence.valid_until
    ).where(*place.of(Evidence), Evidence.kind == "plan", Evidence.removed_at.is_(None))
    for unit_id, kind, issued_on, valid_from, valid_until in db.session.execute(rows):
        plans[unit_id].append(Term(kind, issued_on, valid_from, valid_until))
    return plans


def _held(place: _Place) -> dict[int, list[Held]]:
    held: dict[int, list[Held]] = defaultdict(list)
    rows = select(
        Recognition.unit_id,
        Recognition.id,
        Recognition.level,
        Recognition.valid_to,
        Recognition.may_raise_from,
    ).where(*place.of(Recognition), Recognition.state == "in_force", Recognition.valid_to >= place.today)
    for unit_id, number, level, valid_to, may_raise_from in db.session.execute(rows):
        held[unit_id].append(Held(number, level, valid_to, may_raise_from))
    # A unit that holds level 2 is told of nothing that concerns an older level 1.
    return {
        unit_id: [one for one in rows if one.level == max(other.level for other in rows)]
        for unit_id, rows in held.items()
    }


def _due_for_district(place: _Place) -> tuple[list[Due], list[tuple[int, Due]]]:
    """Return what is due for the district itself, and what it is to know of its units."""
    waiting = dict(
        db.session.execute(
            select(Dossier.year, func.count())
            .where(Dossier.tenant_id == place.tenant_id, Dossier.state.in_(DECIDING))
            .group_by(Dossier.year)
        ).all()  # type: ignore[arg-type]
    )
    sent = set(
        db.session.scalars(
            select(DistrictReport.year).where(
                DistrictReport.tenant_id == place.tenant_id, DistrictReport.state == "sent"
            )
        )
    )
    own = [
        due
        for cycle in place.cycles
        for due in due_of(
            OF_DISTRICT,
            DistrictYear(calendar_of(cycle), waiting.get(cycle.year, 0), cycle.year in sent),
            place.today,
            place.own,
            subject=str(cycle.year),
        )
    ]
    of_units = [
        (unit_id, due)
        for unit_id, facts in _unit_years(place, {})
        for due in due_of(OF_DISTRICT_ON_UNIT, facts, place.today, place.own, subject=str(facts.year))
    ]
    return own, of_units


def remind(tenant_id: int) -> int:
    """Leave a notice for everything that is due in a district and was not told yet; returns how many.

    Runs in the district's own scope. Repeating it, or two at once, tells nothing twice.
    """
    place = _place(tenant_id)
    units = [(unit_id, due) for unit_id, found in _due_for_units(place).items() for due in found]
    own, of_units = _due_for_district(place)
    told = _tell(place, "unit", units)
    return told + _tell(place, "district", [*((None, due) for due in own), *of_units])


def _tell(place: _Place, audience: str, due: Sequence[tuple[int | None, Due]]) -> int:
    new = untold(place.tenant_id, due)
    tell_each(
        place.tenant_id, audience, [(unit_id, one.sentence, one.path) for unit_id, one in new], Kind.REMINDER
    )
    return len(new)


def untold(tenant_id: int, due: Sequence[tuple[int | None, Due]]) -> list[tuple[int | None, Due]]:
    """Remember reminders by the unit they are for, and return those nobody remembered before."""
    if not due:
        return []
    rows = [
        {
            "tenant_id": tenant_id,
            "rule": one.rule,
            "unit_id": unit_id,
            "subject": one.subject,
            "due_on": one.told_on,
            "made_at": clock.now(),
        }
        for unit_id, one in due
    ]
    columns = (Reminder.rule, Reminder.unit_id, Reminder.subject, Reminder.due_on)
    fresh = {
        tuple(row)
        for row in db.session.execute(insert(Reminder).on_conflict_do_nothing().returning(*columns), rows)
    }
    return [(u, one) for u, one in due if (one.rule, u, one.subject, one.told_on) in fresh]
