"""Everything the checks of a step may look at: plain values of one dossier, loaded once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from portal.cycle.rules import Calendar
from portal.team.rules import Standing

from .rules import Assessment


@dataclass(frozen=True, slots=True)
class Point:
    """A point of the open supplement request: its label and whether the unit has answered it."""

    label: str
    answered: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a dossier at a moment.

    `unit_side`: the rules on the unit's answers; `district_side`: the same on the district's findings.
    `changed_since_minutes` names what changed after the minutes of the team were closed.
    `judged` and `to_judge` count indicators with a finding and all that apply. `holds_level_1_until_raise`:
    the first day a unit that holds level 1 may be raised (None: no such wait). `past_requests` counts
    supplement requests already sent. `open_waivers`: indicators asked to be not applicable, not ruled on yet.
    `supplement_before`: the first day too late to answer the open request.
    `figures_misfit`: the dossier tells people where the unit is to tell ratios only.
    """

    at: datetime
    calendar: Calendar
    requested_level: int | None
    unit_side: Assessment
    district_side: Assessment | None = None
    missing_headcounts: tuple[str, ...] = ()
    without_proof: tuple[str, ...] = ()
    team_number: str = ""
    team_date: date | None = None
    team_size: int = 0
    minutes: Standing = Standing.NONE
    changed_since_minutes: tuple[str, ...] = ()
    head_name: str = ""
    late: bool = False
    late_reason: str = ""
    open_points: tuple[Point, ...] = ()
    past_requests: int = 0
    to_judge: int = 0
    judged: int = 0
    proposed_level: int | None = None
    unconfirmed: tuple[str, ...] = field(default=())
    may_raise_from: date | None = None
    unanswered_requirements: int = 0
    open_waivers: tuple[str, ...] = ()
    figures_misfit: bool = False
    supplement_before: date | None = None
    no_members: bool = False
