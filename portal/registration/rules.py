"""What a unit may aim at, until when it may say so, and what speaks against a target: sentences, never a block.

A warning tells the unit what Circular 24/2023, Article 5 means for its target; it may register all the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from portal.cycle.rules import Calendar, cut_off, is_late, not_yet_open
from portal.recognition.rules import Term
from portal.words import day, in_words_of


class Target(StrEnum):
    """What a unit aims at in a year."""

    LEVEL_1 = "level_1"
    LEVEL_2 = "level_2"
    KEEP = "keep"


TARGETS: tuple[str, ...] = tuple(target.value for target in Target)


class Change(StrEnum):
    """What can happen to a registration."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DROPPED = "dropped"
    CANCELLED = "cancelled"


CHANGES: tuple[str, ...] = tuple(change.value for change in Change)


@dataclass(frozen=True, slots=True)
class Held:
    """The recognition a unit holds: level, the days it is in force (inclusive), from when it may be raised."""

    level: int
    decided_on: date
    valid_to: date
    may_raise_from: date | None = None


def closed(calendar: Calendar, closes_before: date | None, at: datetime) -> str | None:
    """Return the sentence why a registration of the year cannot be changed now, or None.

    It is open from the year's first day until the district's own date, at the latest until dossiers are due.
    """
    early = not_yet_open(calendar, at)
    if early:
        return early
    rest = (
        "Đơn vị chưa đăng ký vẫn tự đánh giá và nộp hồ sơ được, khi đó được thống kê là “không đăng ký”. "
        f"Cần thay đổi, xin liên hệ {calendar.office}."
    )
    if is_late(calendar.submit_before, at):
        return (
            f"Đã hết hạn nộp hồ sơ năm {calendar.year} (trước ngày {day(calendar.submit_before)}) nên đăng ký "
            "xây dựng của năm này không thay đổi được nữa."
        )
    if closes_before is not None and is_late(closes_before, at):
        who = in_words_of(calendar.tier, "Huyện")
        return f"{who} đã chốt đăng ký xây dựng năm {calendar.year} (nhận trước ngày {day(closes_before)}). {rest}"
    return None


def term_fault(calendar: Calendar, closes_before: date | None) -> str | None:
    """Return the sentence why a district cannot close registration on a date, or None; None keeps it open."""
    if closes_before is None or calendar.opens_on < closes_before <= calendar.submit_before:
        return None
    return (
        f"Hạn đăng ký phải sau ngày mở năm {day(calendar.opens_on)} và không muộn hơn hạn nộp hồ sơ "
        f"({day(calendar.submit_before)})."
    )


def warnings(target: Target, calendar: Calendar, held: Held | None, term: Term) -> tuple[str, ...]:
    """Return what a unit should know before it aims at a target (Circular 24/2023, Article 5); never a block.

    `held` is the recognition in force now, if any. The wait for level 2 is measured at the last day for
    deciding the year, as for a proposal (`dossiers.checks.raise_in_reach`).
    """
    if target is Target.KEEP:
        return _keeping(calendar, held)
    if held is None:
        return ()
    until = f"đến hết ngày {day(held.valid_to)}"
    if target is Target.LEVEL_1 and held.level == 2:
        lower = f"Đơn vị đang được công nhận mức độ 2 {until}; mức độ 1 thấp hơn mức đang giữ."
        return (f"{lower} Nếu chỉ giữ kết quả đã có, xin chọn “Duy trì”.",)
    waits = held.may_raise_from
    if target is Target.LEVEL_2 and held.level == 1 and waits and waits >= calendar.decide_before:
        early = (
            f"Đơn vị được công nhận mức độ 1 ngày {day(held.decided_on)}; sau {term.raise_wait_months} tháng, tức từ "
            f"ngày {day(waits)}, mới được nâng lên mức độ 2. Quyết định năm {calendar.year} phải ra trước ngày "
            f"{day(calendar.decide_before)}, nên hồ sơ năm này chưa nâng được lên mức độ 2."
        )
        return (early,)
    return ()


def _keeping(calendar: Calendar, held: Held | None) -> tuple[str, ...]:
    if held is None:
        none = (
            "“Duy trì” dành cho đơn vị đang có kết quả công nhận còn hiệu lực; cổng chưa ghi nhận kết quả nào còn "
            "hiệu lực của đơn vị. Xin chọn mức độ 1 hoặc mức độ 2."
        )
        return (none,)
    if cut_off(held.valid_to) < cut_off(calendar.decide_before):
        ends = (
            f"Kết quả công nhận mức độ {held.level} của đơn vị chỉ còn hiệu lực đến hết ngày {day(held.valid_to)}, "
            f"trước kỳ quyết định năm {calendar.year} (trước ngày {day(calendar.decide_before)}). Muốn tiếp tục được "
            "công nhận, đơn vị cần nộp hồ sơ năm này."
        )
        return (ends,)
    return ()
