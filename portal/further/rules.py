"""What a further decision may be, when the unit must be heard, which days it may bear, which reports it touches. Pure.

No provision on revoking or correcting a recognition was found in Circular 24/2023 (law.md), so nothing here
names one: the officer types the legal basis, and the grounds are the portal's own headings.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from portal.words import RESULTS, day

KINDS = {"revoke": "Thu hồi", "correct": "Điều chỉnh"}
SLUGS = {"thu-hoi": "revoke", "dieu-chinh": "correct"}
STATES = {
    "draft": ("Đang soạn", "wait"),
    "hearing": ("Chờ đơn vị trả lời", "go"),
    "heard": ("Đã hỏi đơn vị, chờ ban hành", "wait"),
    "issued": ("Đã ban hành", "ok"),
    "dropped": ("Đã bỏ", "na"),
}
OPEN = ("draft", "hearing", "heard")
GROUNDS = {
    "revoke": {
        "untrue": "Hồ sơ, minh chứng không đúng sự thật",
        "not_kept": "Đơn vị không còn đạt các chỉ tiêu đã được công nhận",
        "asked": "Đơn vị đề nghị",
        "inspection": "Theo kết luận thanh tra, kiểm tra",
        "other": "Lý do khác",
    },
    "correct": {
        "complaint": "Theo kết quả giải quyết khiếu nại",
        "mistake": "Sai sót khi thẩm định hoặc ra quyết định",
        "inspection": "Theo kết luận thanh tra, kiểm tra",
        "other": "Lý do khác",
    },
}
SOURCE_NOTE = (
    "Chưa tìm thấy quy định về thu hồi, điều chỉnh kết quả trong Thông tư 24/2023/TT-BGDĐT: cơ quan ghi căn cứ mình áp "
    "dụng, cổng không gợi ý căn cứ."
)
LEAST_DAYS = 3
"""The unit has at least so many days to answer; a rule of the portal, no law."""
MOST_DAYS = 60


def must_hear(before: int, outcome: int) -> bool:
    """Say whether the unit is to be heard: something is taken from it."""
    return outcome < before


def result_words(level: int) -> str:
    """Name a result inside a sentence."""
    return RESULTS[level].name[:1].lower() + RESULTS[level].name[1:]


def change_sentence(kind: str, before: int, outcome: int, year: int) -> str:
    """Say what a further decision does, as the beginning of a sentence."""
    if kind == "revoke":
        return f"Thu hồi kết quả công nhận mức độ {before} năm {year}"
    return f"Điều chỉnh kết quả năm {year} từ “{result_words(before)}” thành “{result_words(outcome)}”"


def answer_day_fault(last: date | None, today: date) -> str | None:
    """Return the sentence why a day cannot be the last one for the unit's answer, or None."""
    if last is None:
        return "Xin nhập ngày cuối để đơn vị trả lời."
    first, latest = today + timedelta(days=LEAST_DAYS), today + timedelta(days=MOST_DAYS)
    if not first <= last <= latest:
        return f"Ngày cuối để đơn vị trả lời phải từ {day(first)} đến {day(latest)}."
    return None


def silence_fault(last: date, today: date) -> str | None:
    """Return the sentence why silence cannot be recorded yet, or None: the last day belongs to the unit."""
    if today > last:
        return None
    return f"Đơn vị được trả lời đến hết ngày {day(last)}; chỉ ghi nhận không trả lời sau ngày đó."


def date_fault(dated: date, today: date, target: date) -> str | None:
    """Return the sentence why a further decision cannot bear a day: after today, before what it changes."""
    if dated > today:
        return f"Ngày quyết định ({day(dated)}) ở sau hôm nay ({day(today)})."
    if dated < target:
        return f"Ngày quyết định ({day(dated)}) trước ngày của quyết định được thay đổi ({day(target)})."
    return None


def heard_fault(dated: date, heard_on: date | None) -> str | None:
    """Return the sentence why a decision cannot bear a day before the unit was heard, or None."""
    if heard_on is None or dated >= heard_on:
        return None
    return f"Ngày quyết định ({day(dated)}) trước ngày ghi nhận ý kiến của đơn vị ({day(heard_on)})."


def touches(kind: str, decided_year: int, dated: date, report_year: int) -> bool:
    """Say whether the figures of a report's year change: a correction from its year on, a revocation from its day on.

    A year is reported in the calendar year after it, so a revocation leaves the reports of earlier calendar years.
    """
    if report_year < decided_year:
        return False
    return kind == "correct" or report_year + 1 >= dated.year


def reports_sentence(years: Iterable[int]) -> str:
    """Say that reports already sent keep their figures and are to be amended, "" for none."""
    named = ", ".join(str(year) for year in sorted(years))
    if not named:
        return ""
    return (
        f"Báo cáo năm {named} đã gửi Sở giữ nguyên số liệu lúc gửi. Số liệu trên cổng đã tính theo quyết định này, nên "
        "cần gửi Sở báo cáo điều chỉnh."
    )
