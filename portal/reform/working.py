"""The worker's kind of work for reforms: what was confirmed is carried out once its day has come, as the steward.

The province's own login can write no row of a district, and no request of a page gets the steward's scope: who may
carry out is the worker, or the operator with `flask tenant reform`. A refusal is left on the plan for who prepared it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from sqlalchemy import Select, select

from portal import clock
from portal.config import Settings
from portal.trail.operations import record
from tenants.database import db
from tenants.places import Tenant, TenantKind
from tenants.refusal import Refused
from tenants.scope import Scope, ScopeKind, acting_in

from .carrying import carry_out
from .models import Reform
from .returning import give_back
from .rules import State

log = logging.getLogger("portal.reform")
STEWARD = Scope(ScopeKind.STEWARD)


class Reforms:
    """The worker's kind of work for reforms."""

    name = "reforms"
    rest = 15.0

    def wanted(self, settings: Settings) -> bool:
        """Every installation may be reformed."""
        return True

    def run(self, settings: Settings, stop: Callable[[], bool]) -> int:
        """Carry out and undo what is due, one after the other; returns how many that were."""
        clock.forget_settings()
        with acting_in(STEWARD.reading_only()):
            due = [(reform.id, State(reform.state)) for reform in db.session.scalars(_due())]
        return sum(settle(number, state) for number, state in due if not stop())


def _due() -> Select[tuple[Reform]]:
    confirmed = (Reform.state == State.CONFIRMED) & (Reform.effective_on <= clock.today())
    return select(Reform).where(confirmed | (Reform.state == State.BACK_ASKED)).order_by(Reform.id)


def settle(number: int, state: State) -> bool:
    """Carry a reform out, or undo it where that was asked; a refusal goes back to who asked, with its sentence."""
    try:
        with acting_in(STEWARD):
            carry_out(number) if state is State.CONFIRMED else give_back(number)
    except Refused as reason:
        log.warning("reform %s refused: %s", number, reason.sentence)
        with acting_in(STEWARD):
            _refuse(number, state, reason.sentence)
        return False
    return True


def _refuse(number: int, state: State, sentence: str) -> None:
    reform = db.session.get_one(Reform, number, with_for_update=True)
    if reform.state == state:
        reform.state = State.DRAFT if state is State.CONFIRMED else State.DONE
        reform.fault = sentence
        province = db.session.scalars(select(Tenant.id).where(Tenant.kind == TenantKind.PROVINCE)).one()
        told = f"chưa thực hiện được phương án số {number}: {sentence}"
        record(None, "reform.refused", told, tenant_id=province, detail={"reform": number})
