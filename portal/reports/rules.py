"""Do the tables of a report agree with each other? The cross-footing rules R1 to R14, one check each.

Pure. What is compared stands in `compared.py`, the checks in `rules_form_01.py` and `rules_across.py`. A rule that
fails stops the report, unless it may be explained and is. R11 belongs to the provincial table, which sums accepted
reports only and says of how many. Two editions are compared in `editions.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .compared import Fault, Spot, Tables
from .rules_across import (
    figures_are_fields,
    in_force_as_listed,
    last_year_reconciles,
    level_2_fails_nothing,
    people_as_signed,
    targets_count_in_force,
)
from .rules_form_01 import (
    counted_once,
    decided_in_time,
    filed_by_those_who_reached,
    kinds_add_up,
    listed_as_counted,
    own_levels_add_up,
    registry_agrees,
    results_add_up,
    within_the_registry,
)

Check = Callable[[Tables], Fault | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its number, what it says, its check, and whether a failure may be explained."""

    code: str
    title: str
    check: Check
    explainable: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """How a rule came out: `sentence` says what disagrees ("" for nothing), `spots` where to look."""

    code: str
    title: str
    sentence: str
    explainable: bool
    explanation: str = ""
    spots: tuple[Spot, ...] = ()

    @property
    def number(self) -> str:
        """The rule's number as people know it: R7b is the second half of R7."""
        return self.code.rstrip("b")

    @property
    def holds(self) -> bool:
        """Whether the tables agree."""
        return not self.sentence

    @property
    def stops(self) -> bool:
        """Whether the report cannot be locked because of it."""
        return not self.holds and not (self.explainable and self.explanation.strip())


RULES: tuple[Rule, ...] = (
    Rule("R1", "Số đăng ký, tự đánh giá, nộp hồ sơ không vượt tổng số đơn vị", within_the_registry, True),
    Rule("R2", "Tự xếp mức 1, mức 2, chưa đạt cộng bằng số đã tự đánh giá", own_levels_add_up),
    Rule("R3", "Số nộp hồ sơ không vượt số tự xếp đạt", filed_by_those_who_reached, True),
    Rule("R4", "Công nhận, không công nhận, chưa xét cộng bằng số nộp", results_add_up),
    Rule("R5", "Mỗi đơn vị được công nhận chỉ tính một lần", counted_once, True),
    Rule("R5b", "Biểu 05 có đúng các đơn vị đang được công nhận", in_force_as_listed),
    Rule("R6", "Các loại hình cộng bằng tổng ở mọi cột", kinds_add_up),
    Rule("R7", "Biểu 02 khớp Biểu 01, đơn vị nào cũng có số quyết định", listed_as_counted),
    Rule("R7b", "Quyết định ban hành trong thời hạn", decided_in_time, True),
    Rule("R8", "Tổng số đơn vị bằng danh mục tại 31/12", registry_agrees),
    Rule("R9", "Đơn vị mức độ 2 không có chỉ tiêu chưa đạt mức độ 1", level_2_fails_nothing, True),
    Rule("R10", "Số người của Biểu 07 bằng số trong hồ sơ đã ký", people_as_signed, True),
    Rule("R12", "Số còn hiệu lực khớp với năm trước", last_year_reconciles, True),
    Rule("R13", "Mục tiêu về công nhận tính số đang được công nhận", targets_count_in_force, True),
    Rule("R14", "Số liệu trong phần lời lấy từ biểu", figures_are_fields, True),
)
ACROSS = ("R5b", "R9", "R10", "R12", "R13", "R14")
"""Rules asked of reports that hold Biểu 04 to 08."""
RULE_OF: Mapping[str, Rule] = {rule.code: rule for rule in RULES}


def cross_foot(tables: Tables, explanations: Mapping[str, str]) -> tuple[Result, ...]:
    """Run every rule; an explanation is kept beside its rule. A report without annexes is asked the first ones only."""
    found = []
    for rule in RULES:
        if tables.crossing is None and rule.code in ACROSS:
            continue
        fault = rule.check(tables) or Fault("")
        said = explanations.get(rule.code, "") if rule.explainable else ""
        found.append(Result(rule.code, rule.title, fault.sentence, rule.explainable, said, fault.spots))
    return tuple(found)
