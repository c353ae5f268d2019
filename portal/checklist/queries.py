"""What the checklist reads of a district's year: how far the dossiers are, and the days its units have to answer by."""

from __future__ import annotations

from datetime import date

from sqlalchemy import and_, distinct, func, select

from portal.appraisal.models import SupplementRequest
from portal.appraisal.queries import counts
from portal.cycle.models import Cycle
from portal.cycle.queries import own_days
from portal.cycle.rules import is_working_day, public_holidays
from portal.dossiers.models import Dossier, State
from tenants.database import db

from .rules import Day, Standing, plan


def standing(tenant_id: int, year: int) -> Standing:
    """Return how far the dossiers of a year are; one statement."""
    by_state: dict[str, int] = {}
    for (state, _kind), units in counts(tenant_id, year).items():
        by_state[state] = by_state.get(state, 0) + units

    def of(*states: State) -> int:
        return sum(by_state.get(state.value, 0) for state in states)

    done = of(State.APPRAISED, State.DECIDED)
    asked = of(State.SUPPLEMENT_REQUESTED)
    received = of(State.ACCEPTED) + done
    return Standing(of(State.SUBMITTED) + asked + received, received, asked, done, of(State.DECIDED))


def days(tenant_id: int, cycle: Cycle) -> tuple[Day, ...]:
    """Return the days of a year's list with what is to be done on each."""
    own = own_days()
    holidays = {
        **public_holidays(cycle.submit_before.year),
        **public_holidays(cycle.decide_before.year),
    }
    return plan(
        cycle.submit_before,
        cycle.decide_before,
        cycle.report_before,
        lambda one: is_working_day(one, own),
        holidays,
        _answers(tenant_id, cycle.year),
    )


def _answers(tenant_id: int, year: int) -> dict[date, int]:
    """Return how many units have not answered yet what the district asked for, by the day it gave them."""
    rows = db.session.execute(
        select(SupplementRequest.answer_by, func.count(distinct(SupplementRequest.dossier_id)))
        .join(
            Dossier,
            and_(
                Dossier.tenant_id == SupplementRequest.tenant_id, Dossier.id == SupplementRequest.dossier_id
            ),
        )
        .where(
            SupplementRequest.tenant_id == tenant_id,
            Dossier.year == year,
            SupplementRequest.answered_at.is_(None),
            SupplementRequest.lapsed_at.is_(None),
            Dossier.state == State.SUPPLEMENT_REQUESTED,
        )
        .group_by(SupplementRequest.answer_by)
    )
    return {on: int(units) for on, units in rows}
