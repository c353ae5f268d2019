"""What the district may ask for next time, and the first draft of a unit's plan: pure, from the rules' outcomes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from portal.dossiers.rules import Assessment, Gap, Outcome

LACKING = frozenset({Outcome.NOT_MET, Outcome.NO_EVIDENCE})


@dataclass(frozen=True, slots=True)
class Proposed:
    """A sentence proposed for one indicator."""

    indicator_id: int
    code: str
    sentence: str


def lacking(side: Assessment) -> list[Proposed]:
    """Return a sentence for each indicator that a level lacks on one side's findings.

    The lower level's sentence stands where both lack it; indicators that do not apply or that nobody
    has answered are left out.
    """
    found: dict[int, Proposed] = {}
    for gap in _in_order(side):
        finding = side.finding(gap.indicator.id)
        if finding.outcomes.get(gap.level) in LACKING and gap.indicator.id not in found:
            said = f"{gap.indicator.title}: {gap.sentence}"
            found[gap.indicator.id] = Proposed(gap.indicator.id, gap.indicator.code, said)
    return sorted(found.values(), key=lambda one: one.code)


def _in_order(side: Assessment) -> Iterable[Gap]:
    for level in sorted(side.verdicts):
        yield from side.verdicts[level].gaps
