"""Which year the room "Trong năm" shows: the one asked for, else the one a unit is at work on today."""

from __future__ import annotations

from flask import request

from portal import clock
from portal.cycle.models import Cycle
from portal.cycle.queries import begun
from portal.cycle.rules import is_late
from tenants.access import found


def running_cycles() -> list[Cycle]:
    """Return the years a unit may work on today, the latest first."""
    return [cycle for cycle in begun() if cycle.year <= clock.today().year]


def at_work(cycles: list[Cycle]) -> Cycle | None:
    """Return the year at work: the earliest whose dossiers are not yet due, else the latest; None of none."""
    now = clock.now()
    ahead = [cycle for cycle in cycles if not is_late(cycle.submit_before, now)]
    return min(ahead, key=lambda cycle: cycle.year) if ahead else (cycles[0] if cycles else None)


def chosen(cycles: list[Cycle]) -> Cycle | None:
    """Return the year the address asks for (`nam`; 404 for one not open), the year at work without."""
    asked = request.values.get("nam", "")
    if not asked:
        return at_work(cycles)
    return found(next((cycle for cycle in cycles if str(cycle.year) == asked), None))  # type: ignore[no-any-return]


def year_links(cycles: list[Cycle], current: Cycle) -> list[tuple[str, int, bool]]:
    """Return the years as (label, year, whether it is the one shown), the latest first; none where there is one."""
    if len(cycles) < 2:
        return []
    return [(f"Năm {cycle.year}", cycle.year, cycle.year == current.year) for cycle in cycles]
