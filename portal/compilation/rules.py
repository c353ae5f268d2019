"""Do the provincial tables agree with each other and with every accepted report? One check per rule. Pure.

R6 and R11 are those of the tables' own list; the rest carries them into every cell of every table. A rule that
fails stops the report, unless it may be explained and is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from portal.figures.annex import Annex
from portal.figures.rules import FIGURES, total
from portal.figures.tables import COLUMN_OF, Row
from portal.reports.compared import Fault, Spot
from portal.reports.rules import Result
from portal.words import number

from .tables import SUMS_02, SUMS_04, Source, goals_by_key, number_of

MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Compiled:
    """What is compared: the tables, the reports they were taken from, and how the districts stand now.

    `missing`: districts without an accepted report; `newer`: those of which another edition was accepted, or one at
    all, since the tables were added up. `typed`: figures typed into the words, as (heading, words).
    """

    rows: tuple[Row, ...]
    annexes: Mapping[str, Annex]
    sources: tuple[Source, ...]
    districts: int
    missing: tuple[str, ...] = ()
    newer: tuple[str, ...] = ()
    typed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its number, what it says, its check, and whether a failure may be explained."""

    code: str
    title: str
    check: Callable[[Compiled], Fault | None]
    explainable: bool = False


def _named(names: tuple[str, ...] | list[str]) -> str:
    more = f" và {number(len(names) - MOST_NAMED)} huyện khác" if len(names) > MOST_NAMED else ""
    return f"{', '.join(names[:MOST_NAMED])}{more}"


def columns_add_up(compiled: Compiled) -> Fault | None:
    """R6: in every table the districts add up to the row "Cộng", in every column."""
    found = []
    sums = total(row.counts for row in compiled.rows[:-1])
    for figure in FIGURES:
        if getattr(sums, figure) != getattr(compiled.rows[-1].counts, figure):
            columns = [c.number for c in COLUMN_OF.values() if c.figure == figure and not c.is_share]
            found.append(("01-T", f"cột {columns[0]}" if columns else figure, figure))
    for code in ("02-T", "05-T"):
        annex = compiled.annexes[code]
        last = annex.total
        rows = [line for line in annex.lines if line is not last]
        for one in annex.fields:
            whole = number_of(last, one.key) if last else 0
            if sum(number_of(line, one.key) for line in rows) != whole:
                found.append((code, f"cột {annex.column(one.key)}", one.key))
    if not found:
        return None
    named = "; ".join(f"Biểu {code} {column}" for code, column, _ in found[:4])
    return Fault(
        f"Các huyện cộng lại khác dòng “Cộng”: {named}.",
        tuple(Spot(code, figure) for code, _, figure in found[:4]),
    )


def of_all_districts(compiled: Compiled) -> Fault | None:
    """R11: the province is the sum of the accepted reports; a district without one is named and explained."""
    if not compiled.missing:
        return None
    have = f"{number(len(compiled.sources))}/{number(compiled.districts)}"
    return Fault(
        f"Tổng hợp từ {have} huyện; chưa có báo cáo được nhận: {_named(compiled.missing)}.",
        (Spot("tiep-nhan", ""),),
    )


def of_the_latest(compiled: Compiled) -> Fault | None:
    """R11: what was accepted since is taken over before the figures are locked."""
    if not compiled.newer:
        return None
    return Fault(
        f"Sở đã nhận thêm báo cáo của {_named(compiled.newer)} sau khi lập; xin lấy lại số liệu.",
        (Spot("tiep-nhan", ""),),
    )


def rows_as_accepted(compiled: Compiled) -> Fault | None:
    """Biểu 01-T: each district's row is the row "Cộng" of its accepted Biểu 01, figure by figure."""
    rows = {row.tenant_id: row for row in compiled.rows[:-1]}
    wrong = []
    for one in compiled.sources:
        row = rows.get(one.tenant_id)
        if row is None or row.counts != one.printed.counts:
            wrong.append((one.name, str(one.tenant_id)))
    if not wrong and len(rows) == len(compiled.sources):
        return None
    named = _named([name for name, _ in wrong])
    return Fault(
        f"Biểu 01-T khác Biểu 01 đã nhận của {named or 'huyện không có báo cáo đã nhận'}.",
        tuple(Spot("01-T", "units", key) for _, key in wrong[:4]),
    )


def kinds_add_up(compiled: Compiled) -> Fault | None:
    """Biểu 02-T: the kinds of each district add up to column 19 of Biểu 01-T, as do the levels."""
    counted = {str(row.tenant_id): row.counts.recognised for row in compiled.rows[:-1]}
    counted["total"] = compiled.rows[-1].counts.recognised
    wrong = []
    for line in compiled.annexes["02-T"].lines:
        kinds = sum(number_of(line, key) for key in SUMS_02[3:])
        levels = number_of(line, "level_1") + number_of(line, "level_2")
        if not kinds == levels == number_of(line, "recognised") == counted.get(line.key):
            wrong.append(line)
    if not wrong:
        return None
    return Fault(
        f"Biểu 02-T khác cột 19 của Biểu 01-T ở dòng {_named([line.label for line in wrong])}.",
        tuple(Spot("02-T", "recognised", line.key) for line in wrong[:4]),
    )


def in_force_as_accepted(compiled: Compiled) -> Fault | None:
    """Biểu 05-T: each row is the row "Cộng" of the accepted Biểu 05 and holds as many units as column 22."""
    counted = {str(row.tenant_id): row.counts.in_force for row in compiled.rows[:-1]}
    lines = {line.key: line for line in compiled.annexes["05-T"].lines}
    wrong = [
        one
        for one in compiled.sources
        if one.validity is not None
        and (
            dict(lines[str(one.tenant_id)].values) != dict(one.validity.values)
            or number_of(one.validity, "in_force") != counted.get(str(one.tenant_id))
        )
    ]
    if not wrong:
        return None
    return Fault(
        f"Biểu 05-T khác Biểu 05 đã nhận hoặc cột 22 của Biểu 01-T ở {_named([one.name for one in wrong])}.",
        tuple(Spot("05-T", "in_force", str(one.tenant_id)) for one in wrong[:4]),
    )


def goals_as_accepted(compiled: Compiled) -> Fault | None:
    """Biểu 04-T: each row is the sum of the goals in the accepted Biểu 04."""
    given = list(goals_by_key(compiled.sources).values())
    lines = compiled.annexes["04-T"].lines
    wrong = [
        line.label
        for line, goals in zip(lines, given, strict=False)
        if any(number_of(line, key) != sum(number_of(goal, key) for _, goal in goals) for key in SUMS_04)
    ]
    if not wrong and len(lines) == len(given):
        return None
    return Fault(f"Biểu 04-T khác tổng các Biểu 04 đã nhận: {'; '.join(wrong[:3])}.", (Spot("04-T", "part"),))


def annexed_by_all(compiled: Compiled) -> Fault | None:
    """Biểu 04-T and 05-T hold every district; reports locked before there were these tables are explained."""
    without = [one.name for one in compiled.sources if one.validity is None]
    if not without:
        return None
    return Fault(
        f"Báo cáo đã nhận của {_named(without)} không kèm Biểu 04, Biểu 05, nên Biểu 04-T, 05-T không có số của các huyện đó.",
        (Spot("05-T", "in_force"),),
    )


def figures_are_fields(compiled: Compiled) -> Fault | None:
    """R14: figures in the words are fields; one that is typed is to be explained."""
    if not compiled.typed:
        return None
    named = "; ".join(f"mục “{heading}”: “{said}”" for heading, said in compiled.typed[:3])
    more = f"; và {len(compiled.typed) - 3} chỗ khác" if len(compiled.typed) > 3 else ""
    return Fault(f"Phần lời có số gõ tay, không lấy từ biểu: {named}{more}.", (Spot("loi", ""),))


RULES: tuple[Rule, ...] = (
    Rule("R6", "Các huyện cộng bằng dòng “Cộng” ở mọi cột, mọi biểu", columns_add_up),
    Rule("R11", "Toàn tỉnh là tổng các báo cáo đã nhận, ghi rõ bao nhiêu huyện", of_all_districts, True),
    Rule("R11b", "Số liệu lấy từ báo cáo được nhận mới nhất", of_the_latest),
    Rule("T1", "Mỗi dòng Biểu 01-T bằng dòng “Cộng” của Biểu 01 đã nhận", rows_as_accepted),
    Rule("T2", "Biểu 02-T khớp cột 19 của Biểu 01-T", kinds_add_up),
    Rule("T3", "Biểu 05-T bằng Biểu 05 đã nhận và khớp cột 22", in_force_as_accepted),
    Rule("T4", "Biểu 04-T bằng tổng các Biểu 04 đã nhận", goals_as_accepted),
    Rule("T5", "Mọi báo cáo đã nhận có Biểu 04, Biểu 05", annexed_by_all, True),
    Rule("R14", "Số liệu trong phần lời lấy từ biểu", figures_are_fields, True),
)
RULE_OF: Mapping[str, Rule] = {rule.code: rule for rule in RULES}


def cross_foot(compiled: Compiled, explanations: Mapping[str, str]) -> tuple[Result, ...]:
    """Run every rule; an explanation is kept beside its rule."""
    found = []
    for rule in RULES:
        fault = rule.check(compiled) or Fault("")
        said = explanations.get(rule.code, "") if rule.explainable else ""
        found.append(Result(rule.code, rule.title, fault.sentence, rule.explainable, said, fault.spots))
    return tuple(found)
