"""The data sets of a visit's papers: the letter that announces it, the minutes both sides sign."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portal.papers.data import Paper, TeamMember


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitLetter(Paper):
    """Thông báo kiểm tra thực tế: to which unit, when, where, who comes, about what."""

    unit_name: str
    starts_at: datetime
    venue: str
    lead: str
    members: tuple[TeamMember, ...]
    purpose: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAt:
    """An indicator on the minutes: what the unit said, what was seen."""

    code: str
    title: str
    value: str
    result: str
    note: str = ""
    photos: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitMinutes(Paper):
    """Biên bản kiểm tra thực tế. `not_looked`: codes of the indicators nobody looked at.

    `unit_signer`, `lead_signed`: who signed on the portal and when, as printed; `refusal`: why the unit did not.
    """

    unit_name: str
    letter_number: str
    held_from: datetime
    held_until: datetime
    venue: str
    lead: str
    members: tuple[TeamMember, ...]
    present: str
    items: tuple[LookedAt, ...]
    not_looked: tuple[str, ...]
    summary: str
    requests: str
    opinion: str
    unit_title: str
    unit_signer: str
    lead_signed: str
    unit_signed: str
    refusal: str = ""
