"""Sharing dossiers out among appraisers: nobody to a unit of his own, equal loads, kinds of unit going round.

Pure: values in, a plan out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

NOBODY = "Mọi người đang chọn đều có xung đột lợi ích với đơn vị này."


@dataclass(frozen=True, slots=True)
class ToGive:
    """A dossier to give to somebody: its unit and the unit's kind."""

    dossier_id: int
    unit_id: int
    kind: str


@dataclass(frozen=True, slots=True)
class Hand:
    """A person who takes dossiers, and how many open ones the person has already."""

    account_id: int
    load: int


@dataclass(frozen=True, slots=True)
class Given:
    """One line of the plan: who gets the dossier; None where nobody can, with the sentence why."""

    dossier_id: int
    account_id: int | None
    why_not: str = ""


def share_out(
    dossiers: Sequence[ToGive], hands: Sequence[Hand], barred: Mapping[tuple[int, int], str]
) -> tuple[Given, ...]:
    """Give every dossier to somebody who may have it; `barred`: (account, unit) to the reason.

    The dossiers that fewest people may have go first, so that the rest can still make loads equal. Each goes to the
    least loaded of those left; among equals to who has fewest of its kind, then in the order of `hands`. The plan
    keeps the order of `dossiers`.
    """
    loads = {hand.account_id: hand.load for hand in hands}
    of_kind: Counter[tuple[int, str]] = Counter()
    place = {account_id: number for number, account_id in enumerate(loads)}
    free = {d.dossier_id: [a for a in loads if (a, d.unit_id) not in barred] for d in dossiers}
    kinds = list(dict.fromkeys(d.kind for d in dossiers))
    given: dict[int, Given] = {}
    for one in sorted(dossiers, key=lambda d: (len(free[d.dossier_id]), kinds.index(d.kind))):
        able = free[one.dossier_id]
        if not able:
            given[one.dossier_id] = Given(one.dossier_id, None, NOBODY)
            continue
        best = min(able, key=lambda a: (loads[a], of_kind[a, one.kind], place[a]))
        loads[best] += 1
        of_kind[best, one.kind] += 1
        given[one.dossier_id] = Given(one.dossier_id, best)
    return tuple(given[d.dossier_id] for d in dossiers)
