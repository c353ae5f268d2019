"""A past result on its own scale: what may be entered, and how it is said. Nothing is converted into a level."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

FIRST_YEAR = 2014
_BAND_WORD = re.compile(r"^(xếp loại|loại)[ :]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Band:
    """A named range of points, from `least` (inclusive) up to the next band."""

    name: str
    least: Decimal


def bands_of(settings: Mapping[str, Any]) -> list[Band]:
    """Return the bands a catalogue version declares, the highest first; a name nobody has found is ""."""
    rows = [
        Band("" if band["certainty"] == "unknown" else str(band["name"]), Decimal(band["least"]))
        for band in settings.get("bands", [])
    ]
    return sorted(rows, key=lambda band: band.least, reverse=True)


def band_for(points: Decimal, bands: Sequence[Band]) -> str:
    """Return the name of the band that points fall into, "" where no band is declared for them."""
    return next((band.name for band in bands if points >= band.least), "")


def said(points: Decimal | None, band: str, level: int | None) -> str:
    """Return a past result in words, on the scale it was given on."""
    if points is not None:
        number = f"{points.normalize():f}".replace(".", ",")
        return f"{number} điểm" + (f", xếp loại {band}" if band else "")
    return "Chưa đạt" if level == 0 else f"Đạt mức độ {level}"


def band_said(text: str) -> str:
    """Return the band that a cell names, without the words before it: "Loại tốt" says "tốt"."""
    return _BAND_WORD.sub("", text).strip()
