"""Which former commune went to which place on 1/7/2025, as far as a source says (`data/`, its first line names it).

It suggests, and somebody confirms: a commune that was divided among several places is left open, and of a province
without a file nothing is said.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from portal.spelling import fold, nfc

_FILES = sorted((Path(__file__).parent / "data").glob("*-2025.csv"))
SOURCE = "vietnamadminunits 1.0.4 (MIT), lấy ngày 22/11/2026"
SINCE = date(2025, 7, 1)


@dataclass(frozen=True, slots=True)
class Known:
    """A place of 7/2025 as the source has it."""

    code: str
    name: str


@cache
def _rows() -> tuple[dict[str, str], ...]:
    found: list[dict[str, str]] = []
    for path in _FILES:
        with path.open(encoding="utf-8") as lines:
            found += csv.DictReader(nfc(line) for line in lines if not line.startswith("#"))
    return tuple(found)


def successors_of(district: str) -> Mapping[str, tuple[Known, ...]]:
    """Return, by former commune of a district, where it went: one place, or several where it was divided."""
    found: dict[str, list[Known]] = {}
    for row in _rows():
        if fold(row["district"]) == fold(district):
            found.setdefault(row["commune"], []).append(Known(row["successor_code"], row["successor"]))
    return {commune: tuple(places) for commune, places in found.items()}
