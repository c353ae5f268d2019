"""The time limits of a complaint, its grounds, states and outcomes. Pure.

Circular 24/2023 is not known to say anything of complaints (law.md §4); the general Law on Complaints of 2011
gives 90 days to complain and 30 days from acceptance to resolve a first complaint, 45 where it is complex.
That these apply here is not yet confirmed by the Department, and every page says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from portal.words import day

FILE_DAYS = 90
RESOLVE_DAYS = 30
COMPLEX_DAYS = 45
SOURCE = "Luật Khiếu nại năm 2011"

GROUNDS = {
    "figures": "Số liệu của đơn vị bị hiểu hoặc tính chưa đúng",
    "evidence": "Minh chứng đã có nhưng chưa được xem xét",
    "applicability": "Chỉ tiêu không áp dụng cho đơn vị mà vẫn tính, hoặc ngược lại",
    "threshold": "Áp dụng ngưỡng hoặc tiêu chí chưa đúng",
    "procedure": "Trình tự, thời hạn thẩm định, quyết định chưa đúng",
    "other": "Lý do khác",
}

STATES: dict[str, tuple[str, str]] = {
    "sent": ("Đã gửi, chờ thụ lý", "wait"),
    "accepted": ("Đang giải quyết", "go"),
    "answered": ("Đã trả lời", "ok"),
    "declined": ("Không thụ lý", "no"),
    "withdrawn": ("Đơn vị đã rút", "na"),
}
OPEN = ("sent", "accepted")

OUTCOMES = {
    "kept": "Giữ nguyên kết quả",
    "changed": "Chấp nhận, điều chỉnh nội dung",
    "needs_decision": "Chấp nhận, cần quyết định điều chỉnh",
}
OUTCOME_HINTS = {
    "kept": "kết quả đã quyết định không đổi; nêu rõ vì sao.",
    "changed": "sửa nội dung không làm thay đổi mức độ đã quyết định.",
    "needs_decision": "mức độ công nhận phải thay đổi; kết quả cũ giữ nguyên cho đến khi có quyết định mới.",
}


def last_day_to_complain(told_on: date) -> date:
    """Return the last day on which a unit may complain of what it was told on a day."""
    return told_on + timedelta(days=FILE_DAYS)


def too_late(told_on: date, today: date) -> str | None:
    """Return the sentence why a unit can no longer complain, or None while it can."""
    last = last_day_to_complain(told_on)
    if today <= last:
        return None
    return (
        f"Đã hết thời hiệu khiếu nại: {FILE_DAYS} ngày kể từ ngày nhận quyết định ({day(told_on)}), "
        f"đến hết ngày {day(last)}."
    )


def due_on(accepted_on: date, complex_case: bool) -> date:
    """Return the last day for the answer to a first complaint accepted on a day."""
    return accepted_on + timedelta(days=COMPLEX_DAYS if complex_case else RESOLVE_DAYS)


def limits_sentence(told_on: date) -> str:
    """Say until when a unit may complain and how long the answer takes."""
    return (
        f"Gửi khiếu nại trong {FILE_DAYS} ngày kể từ ngày nhận quyết định ({day(told_on)}), đến hết ngày "
        f"{day(last_day_to_complain(told_on))}. Khiếu nại lần đầu được giải quyết trong {RESOLVE_DAYS} ngày kể từ "
        f"ngày thụ lý; việc phức tạp đến {COMPLEX_DAYS} ngày."
    )


BOUND = "Anh/chị không xử lý việc này: {why}. Xin giao cho người khác."


@dataclass(frozen=True, slots=True)
class Part:
    """What somebody did on the dossier before; who has one may not handle the complaint."""

    appraised: bool = False
    decided: bool = False
    further: bool = False


def not_impartial(part: Part) -> str | None:
    """Return the sentence why a person may not handle a complaint, or None."""
    if part.appraised:
        return "Anh/chị đã thẩm định hồ sơ này nên không được thụ lý, trả lời khiếu nại; việc này giao cho người khác."
    if part.decided:
        return "Anh/chị đã ban hành quyết định bị khiếu nại nên không được thụ lý, trả lời; việc này giao cho người khác."
    if part.further:
        return (
            "Anh/chị đã soạn quyết định bị khiếu nại, hoặc trả lời khiếu nại dẫn đến quyết định đó, nên không được thụ lý, "
            "trả lời; việc này giao cho người khác."
        )
    return None
