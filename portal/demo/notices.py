"""What the year's calendar told the units of the demonstration, and a day off of the province."""

from __future__ import annotations

from datetime import date

from portal.cycle.days import add_day
from portal.notices.reminders import remind
from tenants.identity import Identity
from tenants.scope import Scope, ScopeKind, acting_in

from .moments import at


def keep_days(admin: Identity) -> None:
    """Let the province name a day off and the Saturday that is worked for it."""
    with at(2027, 1, 4, 8, 30), acting_in(admin.here.scope(admin.account_id)):
        add_day(admin, date(2027, 5, 13), "off", "Nghỉ hoán đổi (số liệu minh họa)")
        add_day(admin, date(2027, 5, 8), "worked", "Làm bù cho ngày 13/05 (số liệu minh họa)")


def tell(tenant_id: int) -> None:
    """Remind a district's units as the daily run would have: a week before the filing deadline."""
    with at(2027, 1, 8, 7, 0), acting_in(Scope(ScopeKind.DISTRICT, tenant_id)):
        remind(tenant_id)
