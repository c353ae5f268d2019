"""Which dates a district may set of its own, and until when a single unit may be given longer. Pure."""

from __future__ import annotations

from datetime import date

from portal.cycle.rules import Calendar, fault_of_dates
from portal.words import day

MOST_REASON = 1_000


def own_dates_fault(
    opened: Calendar, submit: date | None, decide: date | None, report: date | None
) -> str | None:
    """Return why a district cannot set these dates, or None: they inherit the province's and are only tighter."""
    wanted = Calendar(
        opened.year,
        opened.opens_on,
        submit or opened.submit_before,
        decide or opened.decide_before,
        report or opened.report_before,
    )
    return fault_of_dates(wanted, opened)


def extension_fault(until: date, due: date, decide_before: date, today: date) -> str | None:
    """Return why a unit cannot file until a day (the first one too late), or None.

    `due`: the term it has without; an extension never reaches the day before which decisions are due.
    """
    if until <= due:
        return f"Hạn gia hạn phải sau hạn nộp đang có (trước ngày {day(due)})."
    if until <= today:
        return "Hạn gia hạn phải sau hôm nay."
    if until >= decide_before:
        return f"Hạn gia hạn phải trước ngày {day(decide_before)}, hạn ra quyết định công nhận."
    return None
