"""What the team agreed on: the part of a dossier that closed minutes hold on to, and how they stand to it now."""

from __future__ import annotations

from typing import Any

from portal.dossiers.queries import Sheet
from portal.dossiers.signature import canonical

from .rules import Standing, differences

NAMES = {
    "headcounts": "số liệu nền",
    "requested_level": "mức độ đề nghị",
    "team": "Tổ đánh giá",
}
_BESIDE = ("outcomes", "evidence")


def judged(sheet: Sheet) -> dict[str, Any]:
    """Return what the team judges, one entry an indicator and one each for figures, level and the team itself.

    What the rules make of an answer follows from it, and a further document changes no result.
    """
    said = canonical(sheet)
    answers = {
        f"answer {code}": {key: value for key, value in answer.items() if key not in _BESIDE}
        for code, answer in said["answers"].items()
    }
    return {**{name: said[name] for name in NAMES}, **answers}


def standing_of(sheet: Sheet) -> tuple[Standing, tuple[str, ...]]:
    """Return how the minutes of a dossier stand, and for stale ones what changed since they were closed."""
    minutes = sheet.minutes
    if minutes is None:
        return Standing.NONE, ()
    if minutes.frozen is None:
        return Standing.OPEN, ()
    changed = differences(minutes.frozen["judged"], judged(sheet))
    if not changed:
        return Standing.CLOSED, ()
    codes = [key.removeprefix("answer ") for key in changed if key.startswith("answer ")]
    named = [NAMES[key] for key in changed if key in NAMES]
    indicators = [f"chỉ tiêu {', '.join(codes)}"] if codes else []
    return Standing.STALE, tuple(indicators + named)
