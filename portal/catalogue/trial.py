"""What a change of the criteria would do to dossiers that were appraised: before and after by the same rules.

Two sets of indicators are compared, made to share their ids by stable key; only what really differs is asked
first, and a dossier is judged as a whole only where that changes an outcome. Pure: nothing is read or written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from portal.appraisal.rules import proposal, value_text
from portal.dossiers.measures import possible_values
from portal.dossiers.rules import Answer, ImpossibleFigureError, Indicator, Kind, Profile, Threshold, assess

HIDDEN = "không hiển thị"
Cell = tuple[int, int]
"""An indicator's id and a level."""


@dataclass(frozen=True, slots=True)
class Change:
    """The indicators as they stand (`before`) and as they would be (`after`), under the same ids.

    `touched`: the ids of those that differ in what concludes: measure, base, applicability, thresholds, or being
    there at all.
    """

    before: tuple[Indicator, ...]
    after: tuple[Indicator, ...]
    touched: frozenset[int]

    def only_touched(self, rules: Sequence[Indicator]) -> list[Indicator]:
        """Return those of `rules` that differ."""
        return [rule for rule in rules if rule.id in self.touched]


@dataclass(frozen=True, slots=True)
class Case:
    """An appraised dossier as the rules take it: the unit, what the district found, the level asked for."""

    profile: Profile
    answers: Mapping[int, Answer]
    requested: int | None
    may_raise_from: date | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """The level before and after, None where it cannot be concluded, and the indicators whose outcome changed."""

    before: int | None
    after: int | None
    because: tuple[Indicator, ...]


def changed(before: Sequence[tuple[str, Indicator]], after: Sequence[tuple[str, Indicator]]) -> Change:
    """Return the difference of two versions, each given as (stable key, indicator)."""
    ids = {key: rule.id for key, rule in before}
    shared = [(key, replace(rule, id=ids.get(key, rule.id))) for key, rule in after]
    old, new = {r.id: _concludes(r) for _, r in before}, {r.id: _concludes(r) for _, r in shared}
    touched = {number for number in old.keys() | new.keys() if old.get(number) != new.get(number)}
    return Change(tuple(r for _, r in before), tuple(r for _, r in shared), frozenset(touched))


def _concludes(rule: Indicator) -> tuple[object, ...]:
    asked = tuple((level, rule.threshold(level).in_force) for level in (1, 2))
    return rule.kind, rule.base, rule.applies, rule.grades, asked


def with_thresholds(rules: Iterable[Indicator], values: Mapping[Cell, int]) -> list[Indicator]:
    """Return the indicators with some thresholds as if these values were in force."""
    return [
        replace(
            rule,
            thresholds={
                **rule.thresholds,
                **{
                    level: Threshold(level, value, confirmed=True)
                    for (number, level), value in values.items()
                    if number == rule.id
                },
            },
        )
        for rule in rules
    ]


def read_values(
    rules: Iterable[Indicator], typed: Mapping[Cell, str]
) -> tuple[dict[Cell, int], dict[Cell, str]]:
    """Read the thresholds typed for a trial: those that differ from what is in force, and a sentence for each fault.

    Nothing typed leaves a threshold as it is.
    """
    values: dict[Cell, int] = {}
    faults: dict[Cell, str] = {}
    for rule in rules:
        for level in sorted(rule.thresholds):
            text = typed.get((rule.id, level), "").strip().removesuffix("%").strip()
            if not text:
                continue
            possible = possible_values(rule.kind, len(rule.grades))
            number = int(text) if text.isascii() and text.isdigit() and len(text) <= 3 else -1
            if number not in possible:
                faults[rule.id, level] = f"Nhập số nguyên từ {possible[0]} đến {possible[-1]}."
            elif number != rule.threshold(level).in_force:
                values[rule.id, level] = number
        low, high = (values.get((rule.id, n), rule.threshold(n).in_force) for n in (1, 2))
        if low is not None and high is not None and high < low and (rule.id, 2) not in faults:
            faults[rule.id, 2] = "Ngưỡng mức độ 2 không được thấp hơn mức độ 1."
    return values, faults


def may_move(change: Change, case: Case) -> tuple[Indicator, ...]:
    """Return the differing indicators whose outcome changes for a dossier: none means that its level stays.

    `case` needs the answers to the differing indicators only.
    """
    was = {
        f.indicator.id: f
        for f in assess(change.only_touched(change.before), case.profile, case.answers).findings
    }
    now = {
        f.indicator.id: f
        for f in assess(change.only_touched(change.after), case.profile, case.answers).findings
    }
    found = []
    for number in sorted(change.touched):
        old, new = was.get(number), now.get(number)
        outcomes = [None if f is None or not f.applies else f.outcomes for f in (old, new)]
        if outcomes[0] != outcomes[1]:
            either = new or old
            assert either is not None
            found.append(either.indicator)
    return tuple(found)


def moved(change: Change, case: Case, because: tuple[Indicator, ...], decide_before: date) -> Moved | None:
    """Return what a change does to a dossier, None where its level stays; `because`: what `may_move` gave.

    Raises ImpossibleFigureError for figures that cannot be judged under one of the two.
    """
    levels = [
        proposal(
            assess(rules, case.profile, case.answers),
            case.requested,
            may_raise_from=case.may_raise_from,
            decide_before=decide_before,
        ).level
        for rules in (change.before, change.after)
    ]
    return None if levels[0] == levels[1] else Moved(levels[0], levels[1], because)


def reason(rule: Indicator, case: Case, *, discreet: bool) -> str:
    """Say in a few words what an indicator's figures are: "2.1: 34/37 = 91,89 %"; shares of discreet units are hidden."""
    answer = case.answers.get(rule.id, Answer())
    if rule.kind is Kind.SHARE and (discreet or case.profile.ratio_only):
        return f"{rule.code}: {HIDDEN}"
    whole = case.profile.headcount(rule.base) if rule.base else None
    return f"{rule.code}: {value_text(rule, answer, whole)}"


__all__ = [
    "Case", "Cell", "Change", "ImpossibleFigureError", "Moved", "changed", "may_move", "moved", "read_values",
    "reason", "with_thresholds",
]  # fmt: skip
