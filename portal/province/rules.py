"""What the province decides by itself, pure: where a report stands, which year is shown first, the demo's moments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from portal.cycle.rules import Calendar, days_left, is_late
from portal.words import ZONE

EARLIEST, LATEST = date(2024, 1, 1), date(2035, 12, 31)


class Ground(StrEnum):
    """By which places figures are told: those of today, or those before any reform; the value stands in addresses."""

    PRESENT = "moi"
    FORMER = "cu"


def taken_over_by(place: int, followers: Mapping[int, Sequence[int]]) -> int:
    """Return the place that took over the whole of a closed one; itself where it runs on or was divided.

    `followers`: of the closed places, those that took over.
    """
    seen: set[int] = set()
    while place not in seen and len(followers.get(place, ())) == 1:
        seen.add(place)
        place = followers[place][0]
    return place


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment worth playing: its key, what happens then, and when (Vietnamese time)."""

    key: str
    label: str
    at: datetime


def moments(calendar: Calendar) -> tuple[Moment, ...]:
    """Return the moments around the deadlines of a year, in their order (Circular 24/2023, Article 10)."""
    submit, decide, report = calendar.submit_before, calendar.decide_before, calendar.report_before
    nine = time(9)
    return (
        Moment("filing", "Các đơn vị đang nộp hồ sơ", _at(submit - timedelta(days=5), nine)),
        Moment("last-minute", "Phút cuối của hạn nộp", _at(submit - timedelta(days=1), time(23, 59))),
        Moment("late", "Vừa hết hạn nộp", _at(submit, time())),
        Moment("appraising", "Huyện đang thẩm định", _at(submit + timedelta(days=5), nine)),
        Moment("deciding", "Ngày cuối ra quyết định", _at(decide - timedelta(days=1), nine)),
        Moment("decided", "Quá hạn quyết định", _at(decide + timedelta(days=5), nine)),
        Moment("reporting", "Ngày cuối gửi báo cáo về Sở", _at(report - timedelta(days=1), nine)),
        Moment("reported", "Quá hạn báo cáo", _at(report + timedelta(days=1), nine)),
    )


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, ZONE)


def fault_of_moment(at: datetime) -> str | None:
    """Return why the demo clock cannot be set to a moment, or None."""
    if not EARLIEST <= at.astimezone(ZONE).date() <= LATEST:
        return f"Đồng hồ minh họa đặt được từ {EARLIEST:%d/%m/%Y} đến {LATEST:%d/%m/%Y}."
    return None


def year_shown(years: Sequence[int], today: date) -> int | None:
    """Return the year the province looks at first: the latest one that is over, else the latest opened."""
    over = [year for year in years if year < today.year]
    return max(over or years, default=None)


@dataclass(frozen=True, slots=True)
class Sending:
    """One report of a district as the province sees it: its edition, when it was sent, what was answered.

    `verdict`: accepted, returned, or "" while nobody has answered; `points` counts what was asked for.
    """

    tenant_id: int
    report_id: int
    edition: int
    sent_at: datetime | None
    late: bool
    verdict: str = ""
    points: int = 0
    answered_at: datetime | None = None
    answered_by: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the report of a district stands: the word and tone of its mark, and whether it is overdue.

    `latest` is the latest report sent (None: none yet), `accepted` the one whose figures are official,
    `sendings` how often the district has sent, `days_late` how many days after the term it first did (or has not yet).
    """

    word: str
    tone: str
    code: str
    overdue: bool = False
    latest: Sending | None = None
    accepted: Sending | None = None
    sendings: int = 0
    days_late: int = 0

    @property
    def term(self) -> str:
        """How the report came by its term: a key of `TERMS`."""
        if self.latest is None:
            return "unsent"
        return "late" if self.latest.late else "in_time"


STANDINGS = {
    "waiting": "Đã gửi, chờ nhận",
    "returned": "Trả lại",
    "accepted": "Đã nhận",
    "overdue": "Quá hạn, chưa gửi",
    "open": "Chưa gửi",
}
"""The states of a district's report at the province, in the order officers look at them."""
TERMS = {"in_time": "Đúng hạn", "late": "Gửi quá hạn", "unsent": "Chưa gửi"}
"""How a district's report came by its term."""


def late_words(days: int) -> str:
    """Say by how many days a report is late; reports marked late without a number of days say so alone."""
    return f"Quá hạn {days} ngày" if days > 0 else "Quá hạn"


def standing(sendings: Sequence[Sending], calendar: Calendar, at: datetime) -> Standing:
    """Say where a district's report stands at a moment, from all it has sent."""
    sent = sorted((s for s in sendings if s.sent_at is not None), key=lambda s: s.edition)
    accepted = next((s for s in reversed(sent) if s.verdict == "accepted"), None)
    if not sent:
        days = _days_late(calendar, at)
        if not days:
            return Standing(STANDINGS["open"], "idle", "open")
        return Standing(late_words(days), "no", "overdue", overdue=True, days_late=days)
    latest, many, first = sent[-1], len(sent), sent[0]
    days = _days_late(calendar, first.sent_at) if latest.late and first.sent_at else 0
    if latest.verdict == "accepted":
        return Standing(STANDINGS["accepted"], "ok", "accepted", False, latest, accepted, many, days)
    if latest.verdict == "returned":
        word, late = f"{STANDINGS['returned']}, {latest.points} điểm", _days_late(calendar, at) > 0
        return Standing(word, "no", "returned", late, latest, accepted, many, days)
    return Standing(STANDINGS["waiting"], "wait", "waiting", False, latest, accepted, many, days)


def _days_late(calendar: Calendar, at: datetime) -> int:
    """Return how many days past the term of the report a moment is, 0 before it."""
    return 1 - days_left(calendar.report_before, at) if is_late(calendar.report_before, at) else 0
