"""The Vietnamese words of announcements, questions and what is published of them."""

from __future__ import annotations

from portal.web import office_here

from .rules import Phase

PHASES: dict[str, tuple[str, str]] = {
    Phase.COMING: ("Chưa đến ngày", "idle"),
    Phase.SHOWN: ("Đang hiệu lực", "go"),
    Phase.OVER: ("Đã hết hiệu lực", "na"),
}
STATES: dict[str, tuple[str, str]] = {
    "asked": ("Chờ huyện trả lời", "wait"),
    "passed": ("Chờ Sở trả lời", "go"),
    "answered": ("Đã trả lời", "ok"),
}


def state_words(state: str) -> tuple[str, str]:
    """Return name and tone of a question's state, as the place acted in says it."""
    name, tone = STATES[state]
    return office_here(name), tone


SORTS = {"answer": "Hỏi đáp", "sample": "Mẫu minh họa"}
MADE_UP = "Mẫu minh họa, nơi không có thật"
"""What stands on every sample."""
