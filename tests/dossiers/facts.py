"""Facts of a dossier that lacks nothing, for tests that take one thing away at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from portal.cycle.rules import Calendar
from portal.dossiers import rules
from portal.dossiers.facts import Facts
from portal.team.rules import Standing

CALENDAR = Calendar(2026, date(2026, 1, 1), date(2027, 1, 15), date(2027, 2, 15), date(2027, 3, 15))
NOON = datetime(2027, 1, 10, 5, 0, tzinfo=UTC)


def indicator(*, confirmed: bool = True) -> rules.Indicator:
    """Return a yes-or-no indicator that concerns every unit."""
    asked = {level: rules.Threshold(level, 1, confirmed) for level in (1, 2)}
    return rules.Indicator(1, "1.1", "Kế hoạch", rules.Kind.YES_NO, None, rules.Applicability(), asked)


def judged(yes: bool | None, *, confirmed: bool = True) -> rules.Assessment:
    """Return the assessment of one answer."""
    profile = rules.Profile("primary", True, {})
    answer = rules.Answer(yes, explanation="Có kế hoạch.")
    return rules.assess([indicator(confirmed=confirmed)], profile, {1: answer})


def complete(**changes: Any) -> Facts:
    """Return facts with which every step of the table can be taken, but for the changes."""
    facts = Facts(
        at=NOON,
        calendar=CALENDAR,
        requested_level=1,
        unit_side=judged(True),
        district_side=judged(True),
        team_number="12/QĐ",
        team_date=date(2026, 12, 15),
        team_size=2,
        minutes=Standing.CLOSED,
        head_name="Thủ trưởng đơn vị",
        late=True,
        late_reason="Mất điện ngày cuối.",
        to_judge=1,
        judged=1,
        proposed_level=1,
        supplement_before=date(2027, 1, 9),
    )
    return replace(facts, **changes)
