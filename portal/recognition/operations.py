"""The verbs of a decision: draft it from what was appraised, set its lines, hold some back, issue it."""

from __future__ import annotations

from .drafting import (
    discard,
    draft_decision,
    hold_back,
    reason_for,
    release,
    remove_line,
    set_legal_bases,
    set_line,
)
from .issuing import issue
from .submitting import lay_before

__all__ = [
    "discard",
    "draft_decision",
    "hold_back",
    "issue",
    "lay_before",
    "reason_for",
    "release",
    "remove_line",
    "set_legal_bases",
    "set_line",
]
