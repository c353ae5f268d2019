"""The states of a dossier, known to the tables and to the table of steps alike."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """The states of a dossier; `steps.py` says how one leads to another."""

    DRAFT = "draft"
    SIGNED = "signed"
    SUBMITTED = "submitted"
    SUPPLEMENT_REQUESTED = "supplement_requested"
    ACCEPTED = "accepted"
    APPRAISED = "appraised"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"
    REFUSED_LATE = "refused_late"
    CLOSED_UNREACHED = "closed_unreached"


UNFILED = (State.DRAFT, State.SIGNED, State.WITHDRAWN, State.CLOSED_UNREACHED)
"""The states in which a dossier is in the unit's hands alone; what it holds is not yet the district's to read."""
