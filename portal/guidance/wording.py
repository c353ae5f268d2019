"""The Vietnamese words of announcements, questions and what is published of them."""

from __future__ import annotations

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
SORTS = {"answer": "Hỏi đáp", "sample": "Mẫu minh họa"}
MADE_UP = "Mẫu minh họa, nơi không có thật"
"""What stands on every sample."""
