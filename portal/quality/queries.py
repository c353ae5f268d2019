"""Reading what asks for a look: what the rules find, what was concluded on it, and how often each rule was right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on

from portal import clock
from portal.cycle.models import Cycle
from tenants.database import db

from .gathering import look
from .models import AnomalyVerdict
from .rules import LIMITS, Found, Rate, Rule

KEY = "quality."


@dataclass(frozen=True, slots=True)
class Line:
    """What a rule found, and the last conclusion on it; `seen`: that conclusion's id, 0 for none."""

    found: Found
    verdict: AnomalyVerdict | None

    @property
    def open(self) -> bool:
        """Whether it waits for a conclusion."""
        return self.verdict is None or self.verdict.act == "reopen"

    @property
    def seen(self) -> int:
        """What a conclusion is drawn against."""
        return self.verdict.id if self.verdict else 0

    @property
    def name(self) -> str:
        """Its name on a page."""
        return f"{self.found.rule}-{self.found.subject}"


def limits() -> dict[Rule, int]:
    """Return the limit of every rule: as the Department set it, else the portal's own."""
    kept = clock.settings()
    return {rule: int(kept.get(f"{KEY}{rule}", known.default)) for rule, known in LIMITS.items()}


def _latest(year: int, only: Rule | None) -> dict[tuple[str, str, str], AnomalyVerdict]:
    v = AnomalyVerdict
    statement = (
        select(v)
        .where(v.year == year)
        .ext(distinct_on(v.rule, v.subject, v.sentence))
        .order_by(v.rule, v.subject, v.sentence, v.id.desc())
    )
    if only is not None:
        statement = statement.where(v.rule == only)
    return {(one.rule, one.subject, one.sentence): one for one in db.session.scalars(statement)}


def lines(cycle: Cycle, only: Rule | None = None) -> list[Line]:
    """Return what the rules find in a year with what was concluded; the number of statements does not grow."""
    concluded = _latest(cycle.year, only)
    return [
        Line(found, concluded.get((found.rule, found.subject, found.sentence)))
        for found in look(cycle, limits(), only)
    ]


def rates() -> Mapping[Rule, Rate]:
    """Return how often each rule was right, over all years; what was judged stays counted when it has gone."""
    v = AnomalyVerdict
    last = (
        select(v.rule, v.act)
        .ext(distinct_on(v.year, v.rule, v.subject, v.sentence))
        .order_by(v.year, v.rule, v.subject, v.sentence, v.id.desc())
        .subquery("last")
    )
    counted = select(last.c.rule, last.c.act, func.count()).group_by(last.c.rule, last.c.act)
    numbers = {(rule, act): count for rule, act, count in db.session.execute(counted)}
    return {rule: Rate(numbers.get((rule, "hit"), 0), numbers.get((rule, "dismiss"), 0)) for rule in Rule}
