"""The dates of a year as an iCalendar file: every entry keeps its identifier, so that taking it again replaces it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from icalendar import Alarm, Calendar, Event

from portal.words import day

from .countdown import Deadline

DOMAIN = "cong-don-vi-hoc-tap"
REMIND = timedelta(days=7)


def calendar_file(
    place: str,
    mark: str,
    year: int,
    known: Iterable[Deadline],
    days: Iterable[tuple[date, str]],
    at: datetime,
) -> bytes:
    """Return the deadlines of a place and its province's own days as a file; `mark` tells places apart in identifiers."""
    calendar = Calendar()
    calendar.add("prodid", f"-//{DOMAIN}//lich//VI")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"Đơn vị học tập {year}, {place}")
    for one in known:
        event = _event(f"{mark}-{year}-{one.key}", one.last, f"Hạn {one.name}, năm đánh giá {year}", at)
        event.add(
            "description",
            f"Trước ngày {day(one.before)}, tức hết ngày {day(one.last)}"
            + (f" ({one.article})." if one.article else "."),
        )
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", f"Còn 7 ngày đến hạn {one.name}")
        alarm.add("trigger", -REMIND)
        event.add_component(alarm)
        calendar.add_component(event)
    for on, name in days:
        calendar.add_component(_event(f"ngay-{on.isoformat()}", on, name, at))
    return bytes(calendar.to_ical())


def _event(mark: str, on: date, summary: str, at: datetime) -> Event:
    event = Event()
    event.add("uid", f"{mark}@{DOMAIN}")
    event.add("dtstamp", at)
    event.add("dtstart", on)
    event.add("dtend", on + timedelta(days=1))
    event.add("summary", summary)
    event.add("transp", "TRANSPARENT")
    return event
