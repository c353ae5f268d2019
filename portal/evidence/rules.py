"""How long a document holds: by the dates its paper states, and where it states none by its kind.

Pure. A paper that states nothing at all is a question to a person, never an answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

# Kinds that go on holding after the year they were issued in, until another takes their place.
LASTING = frozenset({"regulation", "certificate"})
ENDS_SOON = timedelta(days=60)


# How file names of official papers begin, without accents, and the kind that says.
_BEGINNINGS = (
    ("plan", ("ke hoach", "kh ")),
    ("regulation", ("quy che", "quy dinh", "noi quy")),
    ("funding", ("du toan", "kinh phi", "quyet toan")),
    ("report", ("bao cao", "bc ")),
    ("minutes", ("bien ban", "bb ")),
    ("list", ("danh sach", "ds ")),
    ("certificate", ("giay chung nhan", "chung chi", "bang khen", "giay khen", "gcn ")),
    ("decision", ("quyet dinh", "qd ")),
)


def kind_said(title: str) -> str:
    """Return the kind of document that a title without accents begins with, "other" where it says none."""
    return next((kind for kind, begins in _BEGINNINGS if title.startswith(begins)), "other")


class Validity(StrEnum):
    """Where a day stands in the time a document holds."""

    OPEN = "open"
    IN_FORCE = "in_force"
    ENDING = "ending"
    ENDED = "ended"
    COMING = "coming"


@dataclass(frozen=True, slots=True)
class Term:
    """What a paper says of its time: first and last day (inclusive), and the day it was issued."""

    kind: str
    issued_on: date | None = None
    valid_from: date | None = None
    valid_until: date | None = None


def validity(term: Term, on: date) -> Validity:
    """Return how a document stands on a day; OPEN where it states no last day."""
    if term.valid_from is not None and on < term.valid_from:
        return Validity.COMING
    if term.valid_until is None:
        return Validity.OPEN
    if on > term.valid_until:
        return Validity.ENDED
    return Validity.ENDING if term.valid_until - on <= ENDS_SOON else Validity.IN_FORCE


def holds_in(term: Term, year: int) -> bool | None:
    """Return whether a document holds on some day of a year; None where its paper does not say.

    With an issue date alone a lasting kind holds from then on, every other kind in its own year.
    """
    begins = term.valid_from or term.issued_on
    if term.valid_until is not None and term.valid_until.year < year:
        return False
    if begins is not None and begins.year > year:
        return False
    if term.valid_from is not None or term.valid_until is not None:
        return True
    if begins is None:
        return None
    return term.kind in LASTING or begins.year == year


def fits(fault_from: date | None, fault_until: date | None) -> bool:
    """Return whether two days can be the first and the last of one time."""
    return fault_from is None or fault_until is None or fault_from <= fault_until
