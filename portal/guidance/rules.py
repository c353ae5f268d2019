"""Where an announcement stands on a day, what a question may become, and whether a published text names who asked. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from portal.spelling import fold

LONGEST_TITLE = 200
LONGEST_TEXT = 5000
LONGEST_QUESTION = 2000
NEWS_DAYS = 14
"""How long an announcement nobody has to acknowledge is shown on the desk."""


class Phase(StrEnum):
    """Where an announcement stands."""

    COMING = "coming"
    SHOWN = "shown"
    OVER = "over"


def phase(shows_from: date, shows_until: date | None, *, ended: bool, today: date) -> Phase:
    """Return where an announcement stands; it is shown on its first and its last day too."""
    if ended or (shows_until is not None and today > shows_until):
        return Phase.OVER
    return Phase.COMING if today < shows_from else Phase.SHOWN


def answers_now(state: str, *, province: bool) -> bool:
    """Return whether it is for the Department (else: for the district) to answer a question in a state."""
    return state == ("passed" if province else "asked")


def named_in(text: str, names: Iterable[str]) -> str:
    """Return the first name that a text gives, however its marks are written; "" where it gives none."""
    folded = " ".join(fold(text).split())
    return next((name for name in names if name and " ".join(fold(name).split()) in folded), "")
