"""The reminders of the year as one table: what, counted from which day, when it is told, to whom it applies.

Read by `flask remind` (a notice once for each row that becomes due) and by the desk (what is due now, as tasks).
Deadlines of Circular 24/2023 stay the dates they are; only the day of a reminder moves to a working day. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Generic, TypeVar

from portal.cycle.rules import (
    Calendar,
    OwnDays,
    add_working_days,
    workday_at_or_after,
    workday_at_or_before,
    working_days_between,
)
from portal.dossiers.states import State
from portal.recognition.rules import add_months
from portal.words import day

NOT_FILED = frozenset({None, State.DRAFT, State.SIGNED})
_STANDING = {None: "chưa lập hồ sơ", State.DRAFT: "hồ sơ chưa ký", State.SIGNED: "hồ sơ đã ký, chưa nộp"}


@dataclass(frozen=True, slots=True)
class UnitYear:
    """A unit in a year that runs. `covered`: a recognition holds past this year's decisions, so it need not file."""

    unit: str
    calendar: Calendar
    state: State | None = None
    dossier_id: int = 0
    registered: bool = False
    registration_closes: date | None = None
    has_plan: bool = False
    answer_by: date | None = None
    covered: bool = False

    @property
    def year(self) -> int:
        """The year of the figures."""
        return self.calendar.year

    @property
    def expected(self) -> bool:
        """Whether the unit is expected to file: it said so, began, or holds nothing."""
        return self.registered or self.state is not None or not self.covered


@dataclass(frozen=True, slots=True)
class Held:
    """A recognition in force; `valid_to` is its last day."""

    id: int
    level: int
    valid_to: date
    may_raise_from: date | None


@dataclass(frozen=True, slots=True)
class DistrictYear:
    """A district in a year that runs: dossiers that wait for a decision, and whether its report was sent."""

    calendar: Calendar
    waiting: int
    report_sent: bool

    @property
    def year(self) -> int:
        """The year of the figures."""
        return self.calendar.year


@dataclass(frozen=True, slots=True)
class Assigned:
    """Indicators one member of a unit's team has until the same day, not done yet; `due_on` is the last day."""

    year: int
    codes: str
    due_on: date


F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class Rule(Generic[F]):
    """One row. `counted_from`: the day it turns on; for `before`, `months_before`, `working_before` the first day too late.

    `before`, `months_before`, `working_before`: days, months, working days ahead of it; `after`: days past it. The
    greatest reached one is told. `until`: the first day on which it no longer matters (default: `counted_from`).
    `says` and `leads` may name {year}, {day}, {last}, {left}, {level}, {standing}, {unit}, {dossier},
    {waiting}, {codes}.
    """

    key: str
    counted_from: Callable[[F], date | None]
    applies: Callable[[F], bool]
    says: str
    leads: str
    before: tuple[int, ...] = ()
    months_before: tuple[int, ...] = ()
    working_before: tuple[int, ...] = ()
    after: tuple[int, ...] = ()
    until: Callable[[F], date | None] | None = None
    tone: str = "wait"


OF_UNIT: tuple[Rule[UnitYear], ...] = (
    Rule(
        "register",
        counted_from=lambda f: f.calendar.opens_on,
        after=(0,),
        until=lambda f: f.registration_closes or date(f.year + 1, 1, 1),
        applies=lambda f: not f.registered and f.state in (None, State.DRAFT),
        says="Năm đánh giá {year} đã mở: đơn vị chưa đăng ký xây dựng Đơn vị học tập.",
        leads="/trong-nam/dang-ky?nam={year}",
        tone="go",
    ),
    Rule(
        "register_closes",
        counted_from=lambda f: f.registration_closes,
        before=(7, 1),
        applies=lambda f: not f.registered and f.state in (None, State.DRAFT),
        says="Đăng ký năm {year} được nhận trước ngày {day}: {left}.",
        leads="/trong-nam/dang-ky?nam={year}",
    ),
    Rule(
        "plan",
        counted_from=lambda f: date(f.year, 2, 1),
        after=(0,),
        until=lambda f: date(f.year + 1, 1, 1),
        applies=lambda f: f.expected and not f.has_plan,
        says="Chưa có kế hoạch học tập của năm {year} trong kho minh chứng.",
        leads="/trong-nam?nam={year}",
        tone="go",
    ),
    Rule(
        "mid_year",
        counted_from=lambda f: date(f.year, 7, 1),
        after=(0,),
        until=lambda f: date(f.year, 8, 1),
        applies=lambda f: f.expected and f.state in NOT_FILED,
        says="Đã qua nửa năm {year}: cập nhật hoạt động, số liệu, minh chứng và xem còn thiếu gì.",
        leads="/",
        tone="go",
    ),
    Rule(
        "figures",
        counted_from=lambda f: date(f.year + 1, 1, 1),
        before=(14, 3),
        applies=lambda f: f.expected and f.state in (None, State.DRAFT),
        says="Số liệu năm {year} tính đến hết ngày 31/12/{year}: {left}.",
        leads="/ho-so",
    ),
    Rule(
        "file",
        counted_from=lambda f: f.calendar.submit_before,
        before=(30, 14, 7, 3, 1),
        applies=lambda f: f.expected and f.state in NOT_FILED,
        says="Nộp hồ sơ năm {year} trước ngày {day}: {left}; {standing}.",
        leads="/ho-so",
        tone="no",
    ),
    Rule(
        "supplement",
        counted_from=lambda f: f.answer_by,
        working_before=(3, 1),
        applies=lambda f: f.state == State.SUPPLEMENT_REQUESTED,
        says="Trả lời yêu cầu bổ sung hồ sơ năm {year} trước ngày {day}: {left}.",
        leads="/ho-so/{dossier}",
        tone="no",
    ),
    Rule(
        "supplement_late",
        counted_from=lambda f: f.answer_by,
        after=(0,),
        until=lambda f: f.calendar.decide_before,
        applies=lambda f: f.state == State.SUPPLEMENT_REQUESTED,
        says="Đã quá hạn trả lời yêu cầu bổ sung hồ sơ năm {year} (trước ngày {day}). Xin gửi ngay.",
        leads="/ho-so/{dossier}",
        tone="no",
    ),
)

OF_RECOGNITION: tuple[Rule[Held], ...] = (
    Rule(
        "expiry",
        counted_from=lambda f: f.valid_to + timedelta(days=1),
        months_before=(12, 6, 3, 1),
        applies=lambda f: True,
        says="Công nhận mức độ {level} có giá trị đến hết ngày {last}. Chuẩn bị hồ sơ đề nghị công nhận lại.",
        leads="/ket-qua",
    ),
    Rule(
        "raise",
        counted_from=lambda f: f.may_raise_from,
        after=(0,),
        until=lambda f: f.valid_to + timedelta(days=1),
        applies=lambda f: f.level == 1,
        says="Từ ngày {day}, đơn vị đủ thời gian giữ mức độ 1 để được công nhận mức độ 2, nếu đạt các chỉ tiêu.",
        leads="/ket-qua",
        tone="go",
    ),
)

# To the member who has them; the unit's own terms.
OF_ASSIGNMENT: tuple[Rule[Assigned], ...] = (
    Rule(
        "assigned",
        counted_from=lambda f: f.due_on + timedelta(days=1),
        working_before=(3, 1),
        applies=lambda f: True,
        says="Chỉ tiêu {codes} của hồ sơ năm {year} đến hạn nội bộ hết ngày {last}: {left}.",
        leads="/viec-cua-toi",
    ),
    Rule(
        "assigned_late",
        counted_from=lambda f: f.due_on + timedelta(days=1),
        after=(0,),
        until=lambda f: f.due_on + timedelta(days=32),
        applies=lambda f: True,
        says="Chỉ tiêu {codes} của hồ sơ năm {year} đã quá hạn nội bộ ngày {last} mà chưa xong.",
        leads="/viec-cua-toi",
        tone="no",
    ),
)

# To the district, about one of its units.
OF_DISTRICT_ON_UNIT: tuple[Rule[UnitYear], ...] = (
    Rule(
        "unit_silent",
        counted_from=lambda f: f.answer_by,
        after=(0,),
        until=lambda f: f.calendar.decide_before,
        applies=lambda f: f.state == State.SUPPLEMENT_REQUESTED,
        says="{unit} chưa trả lời yêu cầu bổ sung hồ sơ năm {year}; hạn (trước ngày {day}) đã qua.",
        leads="/huyen/ho-so/{dossier}",
    ),
)

OF_DISTRICT: tuple[Rule[DistrictYear], ...] = (
    Rule(
        "decide",
        counted_from=lambda f: f.calendar.decide_before,
        before=(14, 7, 3, 1),
        applies=lambda f: f.waiting > 0,
        says="Còn {waiting} hồ sơ năm {year} chưa có quyết định. Quyết định trước ngày {day}: {left}.",
        leads="/huyen/ho-so",
    ),
    Rule(
        "report",
        counted_from=lambda f: f.calendar.report_before,
        before=(14, 7, 3, 1),
        applies=lambda f: not f.report_sent,
        says="Gửi báo cáo năm {year} về Sở trước ngày {day}: {left}.",
        leads="/huyen/bao-cao",
    ),
)


@dataclass(frozen=True, slots=True)
class Due:
    """What is due now: of which rule and subject, since which day it is told, in which words, where it leads."""

    rule: str
    subject: str
    told_on: date
    sentence: str
    path: str
    tone: str


def due_of(rules: Sequence[Rule[F]], facts: F, today: date, own: OwnDays, *, subject: str = "") -> list[Due]:
    """Return what of a table is due today for the facts, in the table's order."""
    return [due for rule in rules if (due := _due(rule, facts, today, own, subject))]


def _due(rule: Rule[F], facts: F, today: date, own: OwnDays, subject: str) -> Due | None:
    anchor = rule.counted_from(facts)
    if anchor is None or not rule.applies(facts):
        return None
    end = rule.until(facts) if rule.until else anchor
    reached = [told for told in _days(rule, anchor, own) if told <= today]
    if not reached or (end is not None and today >= end):
        return None
    said = _words(facts, anchor, today, own)
    return Due(
        rule.key, subject, max(reached), rule.says.format(**said), rule.leads.format(**said), rule.tone
    )


def _days(rule: Rule[F], anchor: date, own: OwnDays) -> Iterable[date]:
    for days in rule.before:
        yield workday_at_or_before(anchor - timedelta(days=days), own)
    for months in rule.months_before:
        yield workday_at_or_before(add_months(anchor, -months), own)
    for days in rule.working_before:
        yield add_working_days(anchor, -days, own)
    for days in rule.after:
        yield workday_at_or_after(anchor + timedelta(days=days), own)


def _words(facts: object, anchor: date, today: date, own: OwnDays) -> dict[str, object]:
    said: dict[str, object] = {
        "day": day(anchor),
        "last": day(anchor - timedelta(days=1)),
        "left": left(anchor, today, own),
    }
    for name in ("year", "level", "unit", "waiting", "codes"):
        said[name] = getattr(facts, name, "")
    if isinstance(facts, UnitYear):
        said |= {"standing": _STANDING.get(facts.state, ""), "dossier": facts.dossier_id}
    return said


def left(before: date, today: date, own: OwnDays) -> str:
    """Say how long remains before a first day too late, today included, and how much of it is worked."""
    days = (before - today).days
    worked = working_days_between(today, before - timedelta(days=1), own)
    if days <= 1:
        return "hôm nay là ngày cuối" if days == 1 else "đã hết hạn"
    return f"còn {days} ngày, trong đó {worked} ngày làm việc"
