"""The data sets of what goes before a decision: the minutes of the council's meeting, the submission to the chairman."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from portal.papers.data import Attendant, DecisionRow, Paper


@dataclass(frozen=True, slots=True, kw_only=True)
class Voted:
    """Votes on one item, None where nobody noted them, and what came of it in words ("" while open)."""

    agree: int | None
    against: int | None
    abstain: int | None
    outcome: str
    note: str = ""

    @property
    def counts(self) -> tuple[int, int, int] | None:
        """The three counts, None where votes were not noted."""
        if self.agree is None or self.against is None or self.abstain is None:
            return None
        return self.agree, self.against, self.abstain


@dataclass(frozen=True, slots=True, kw_only=True)
class Discussed:
    """A dossier on the agenda: what it asked for and what the appraisal proposed, in words.

    `reasons`: why it was discussed singly; `abstaining`: members present who have a role in the unit.
    """

    name: str
    kind: str
    requested: str
    proposed: str
    reasons: tuple[str, ...] = ()
    abstaining: tuple[str, ...] = ()
    voted: Voted | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CouncilMinutes(Paper):
    """Biên bản họp Hội đồng thẩm định; `signed`: closed, `content_hash` then is the code of the minutes."""

    council: str
    founded: str
    founded_day: date
    held_at: datetime | None
    venue: str | None
    presiding: str | None
    presiding_as: str
    scribe: str | None
    quorum: int
    attendants: tuple[Attendant, ...]
    block: tuple[Discussed, ...]
    block_vote: Voted
    singles: tuple[Discussed, ...]
    tally: tuple[tuple[str, int], ...]
    discussion: str = ""
    conclusion: str = ""

    @property
    def present(self) -> tuple[Attendant, ...]:
        """Who took part."""
        return tuple(one for one in self.attendants if one.present)

    @property
    def absent(self) -> tuple[Attendant, ...]:
        """Who was missing."""
        return tuple(one for one in self.attendants if one.present is False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission(Paper):
    """Tờ trình: what the office lays before the chairman; every count in the text is the length of its list.

    `meetings`: council, day and how many of the units it agreed to; `uncounselled`: units no meeting looked at;
    `remarks`: what deserves a look first, with how many units.
    """

    addressee: str
    office: str
    place_name: str
    level_1: tuple[DecisionRow, ...]
    level_2: tuple[DecisionRow, ...]
    not_recognised: tuple[DecisionRow, ...]
    meetings: tuple[tuple[str, date, int], ...]
    uncounselled: int
    remarks: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        """How many units are laid before the chairman."""
        return len(self.level_1) + len(self.level_2) + len(self.not_recognised)
