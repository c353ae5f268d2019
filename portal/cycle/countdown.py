"""The deadlines of a year as they are to a place: by the law, by the province, what is left of them. Pure."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from portal.words import ZONE, day

from .rules import Calendar, OwnDays, is_late, time_left, working_days_between

NAMES = {"submit": "nộp hồ sơ", "decide": "quyết định công nhận", "report": "báo cáo về Sở"}


@dataclass(frozen=True, slots=True)
class Deadline:
    """One deadline; each `…before` is the first day that is too late, `law` None where the version knows none.

    `confirmed`: its date was read in the text of the law, `article` says where.
    """

    key: str
    name: str
    before: date
    law: date | None
    article: str
    note: str
    confirmed: bool
    left: str
    working: int
    over: bool

    @property
    def last(self) -> date:
        """The last day in time."""
        return self.before - timedelta(days=1)

    @property
    def tighter(self) -> bool:
        """Whether the place set it earlier than the law does."""
        return self.law is not None and self.before < self.law


def deadlines(
    calendar: Calendar, rules: Sequence[Mapping[str, Any]], at: datetime, own: OwnDays
) -> list[Deadline]:
    """Return the deadlines of a year in their order; `rules` are those of its catalogue version."""
    known = {rule["key"]: rule for rule in rules}
    today = at.astimezone(ZONE).date()
    found = []
    for key, before in (
        ("submit", calendar.submit_before),
        ("decide", calendar.decide_before),
        ("report", calendar.report_before),
    ):
        rule = known.get(key)
        law = _law(rule, calendar.year) if rule else None
        found.append(
            Deadline(
                key=key,
                name=NAMES[key],
                before=before,
                law=law,
                article=rule["article"] if rule else "",
                note=rule["note"] if rule else "",
                confirmed=rule is not None and rule["certainty"] == "found",
                left=time_left(before, at),
                working=working_days_between(today, before - timedelta(days=1), own),
                over=is_late(before, at),
            )
        )
    return found


def _law(rule: Mapping[str, Any], year: int) -> date:
    on = date(year + rule["years_after"], rule["month"], rule["day"])
    return on if rule["exclusive"] else on + timedelta(days=1)


def next_of(known: Sequence[Deadline]) -> Deadline | None:
    """Return the first deadline that is not over."""
    return next((one for one in known if not one.over), None)


def countdown(calendar: Calendar, at: datetime, own: OwnDays, keys: Container[str] = NAMES) -> str:
    """Say how many working days remain to the next deadline of a year, of those named; "" when none is left."""
    one = next_of([one for one in deadlines(calendar, (), at, own) if one.key in keys])
    if one is None:
        return ""
    if not one.working:
        return f"Không còn ngày làm việc nào đến hạn {one.name}: hết ngày {day(one.last)} ({one.left})."
    return f"Còn {one.working} ngày làm việc đến hạn {one.name}: hết ngày {day(one.last)}."
