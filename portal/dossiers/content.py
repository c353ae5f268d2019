"""What the unit wrote of its indicators, with all it takes to judge it: what saving one answer reads."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from portal.appraisal.models import SupplementPoint, SupplementRequest
from portal.catalogue.copies import KeptIndicator
from portal.cycle.models import Cycle
from portal.evidence.models import Evidence
from portal.units.models import Unit
from portal.waivers.models import Waiver, WaiverState

from . import rules
from .models import Answer, Dossier, Headcount


@dataclass
class Content:
    """A dossier's answers and head-counts, what proves them, and what the district asked to be changed.

    `cycle` is the year as it is to this unit: filed before its district's own day, or a longer term of its own.
    """

    dossier: Dossier
    unit: Unit
    cycle: Cycle
    catalogue: tuple[KeptIndicator, ...]
    indicators: tuple[rules.Indicator, ...]
    answers: dict[int, Answer] = field(default_factory=dict)
    headcounts: dict[str, Headcount] = field(default_factory=dict)
    evidence: dict[int, list[Evidence]] = field(default_factory=lambda: defaultdict(list))
    waivers: list[Waiver] = field(default_factory=list)
    requests: list[SupplementRequest] = field(default_factory=list)
    points: list[SupplementPoint] = field(default_factory=list)

    def profile(self) -> rules.Profile:
        """Return the unit as the rules see it, on the unit's own head-counts."""
        counts = {code: row.value for code, row in self.headcounts.items()}
        return rules.Profile(self.unit.kind, self.unit.public, counts, self.waived, self.dossier.ratio_only)

    @property
    def waived(self) -> frozenset[int]:
        """Return the indicators that the district ruled not applicable on the unit's request."""
        return frozenset(w.indicator_id for w in self.waivers if w.state == WaiverState.GRANTED)

    def given(self) -> dict[int, rules.Answer]:
        """Return the unit's answers as the rules take them."""
        return {
            indicator_id: rules.Answer(
                row.yes, row.part, row.grade, row.explanation, len(self.evidence[indicator_id])
            )
            for indicator_id, row in self.answers.items()
        }

    def unit_side(self) -> rules.Assessment:
        """Judge the unit's own answers."""
        return rules.assess(self.indicators, self.profile(), self.given())

    @property
    def open_request(self) -> SupplementRequest | None:
        """Return the supplement request the unit has not answered yet, and that has not lapsed."""
        return next((r for r in self.requests if r.answered_at is None and r.lapsed_at is None), None)

    def open_points(self) -> list[SupplementPoint]:
        """Return the points of the open request."""
        request = self.open_request
        return [point for point in self.points if request and point.request_id == request.id]

    def unlocked(self, indicator_id: int | None = None, part: str = "") -> bool:
        """Return whether the unit may change an indicator or a part (`words.DOSSIER_PARTS`) now."""
        if self.dossier.state == "draft":
            return True
        if self.dossier.state != "supplement_requested":
            return False
        return any(
            (indicator_id is not None and point.indicator_id == indicator_id) or (part and point.part == part)
            for point in self.open_points()
        )
