"""Believable answers for a unit of the demonstration, judged by the same rules as everybody's."""

from __future__ import annotations

import random
from collections.abc import Sequence

from portal.dossiers import rules

EXPLANATIONS = (
    "Đã thực hiện đầy đủ trong năm; hồ sơ lưu tại văn phòng.",
    "Thực hiện theo quy định hiện hành; có văn bản kèm theo.",
    "Kết quả rà soát tại ngày 31/12, được tập thể thống nhất.",
    "Đã tự kiểm tra, đối chiếu với hồ sơ lưu của đơn vị.",
)


def headcounts(members: int, learners: int, chance: random.Random) -> dict[str, int]:
    """Return the base figures of a unit: members, learners and posts that need a language."""
    return {
        "members": members,
        "learners": learners,
        "language_posts": chance.choice((0, 0, 0, max(1, members // 12))),
    }


def answers(
    indicators: Sequence[rules.Indicator],
    profile: rules.Profile,
    aim: int,
    chance: random.Random,
    *,
    filled: float = 1.0,
) -> dict[int, rules.Answer]:
    """Return answers that reach level `aim` (0: a plausible failure), a share of them filled in.

    Shares lie a little above the least that the level asks for, so that corrections matter.
    """
    given: dict[int, rules.Answer] = {}
    applying = [i for i in indicators if i.applies.applies(profile)[0]]
    failing = chance.sample(applying, k=min(len(applying), chance.randint(1, 3))) if aim == 0 else []
    for indicator in applying:
        if chance.random() > filled:
            continue
        given[indicator.id] = _answer(indicator, profile, aim, indicator in failing, chance)
    return given


def _answer(
    indicator: rules.Indicator, profile: rules.Profile, aim: int, fails: bool, chance: random.Random
) -> rules.Answer:
    text = chance.choice(EXPLANATIONS)
    if indicator.kind is rules.Kind.SHARE:
        whole = profile.headcount(indicator.base or "") or 0
        percentage = indicator.threshold(max(aim, 1)).value or 90
        least = rules.least_part(percentage, whole)
        # Of a unit that tells ratios only a point of a percentage is what a person is of the others.
        step = 100 if profile.ratio_only else 1
        part = (
            max(0, least - step * chance.randint(1, 3))
            if fails
            else min(whole, least + chance.randint(0, whole - least))
        )
        return rules.Answer(part=part, explanation=text)
    if indicator.kind is rules.Kind.GRADED:
        top = len(indicator.grades)
        grade = 1 if fails else min(top, (indicator.threshold(max(aim, 1)).value or top))
        return rules.Answer(grade=grade, explanation=text)
    return rules.Answer(yes=not fails, explanation=text)


def aim_of(chance: random.Random, year: int) -> int:
    """Draw what a unit reaches: the province gets better from year to year."""
    better = 0.05 * (year - 2024)
    drawn = chance.random()
    if drawn < 0.34 + better:
        return 2
    return 1 if drawn < 0.90 + better / 2 else 0
