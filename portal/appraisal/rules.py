"""What an appraisal concludes: the level it supports, what a change does to it, and each in a sentence.

The judging itself is `portal.dossiers.rules.assess` on the district's findings; here its results are
compared and put into words. Pure: values in, answer out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from portal import words
from portal.dossiers.rules import Answer, Assessment, Finding, Indicator, Kind, Outcome, share_words

__all__ = [
    "REASONS",
    "VERDICT_WORDS",
    "Change",
    "Proposal",
    "changes",
    "effect",
    "proposal",
    "standing",
    "standing_level",
    "value_text",
]

VERDICT_WORDS: Mapping[str, str] = {
    "agreed": "Đồng ý với đơn vị",
    "corrected": "Sửa số liệu, kết quả",
    "not_enough_evidence": "Chưa đủ minh chứng",
    "not_applicable": "Không áp dụng với đơn vị",
}

# Why the district differs: the code is stored for statistics, the officer's own words go beside it.
REASONS: Mapping[str, str] = {
    "figure_mismatch": "Số liệu không khớp minh chứng",
    "counted_wrong": "Tính trùng hoặc tính cả người không phải Thành viên",
    "outside_year": "Minh chứng ngoài năm đánh giá",
    "wrong_document": "Minh chứng không đúng nội dung chỉ tiêu",
    "no_document": "Không có minh chứng",
    "defective_document": "Minh chứng thiếu chữ ký, dấu hoặc không đọc được",
    "site_visit": "Theo kết quả kiểm tra thực tế",
    "headcount": "Số liệu nền được hiệu chỉnh",
    "not_concerned": "Đơn vị không thuộc đối tượng của chỉ tiêu",
    "other": "Lý do khác",
}


def value_text(indicator: Indicator, answer: Answer, whole: int | None, *, ratio_only: bool = False) -> str:
    """Write an answer as people read it: "36/37 = 97,29 %", "Có", the name of a grade, "chưa nhập".

    `ratio_only`: of a unit that tells no number of people, "97,29 %".
    """
    if indicator.kind is Kind.SHARE:
        return "chưa nhập" if answer.part is None else share_words(answer.part, whole, ratio_only)
    if indicator.kind is Kind.GRADED:
        known = answer.grade is not None and 1 <= answer.grade <= len(indicator.grades)
        return indicator.grades[(answer.grade or 1) - 1] if known else "chưa nhập"
    return "chưa nhập" if answer.yes is None else ("Có" if answer.yes else "Không")


def standing_level(finding: Finding) -> int | None:
    """Give the level an indicator reaches by itself: 2, 1, 0; None where nothing can be concluded."""
    first, second = finding.outcomes[1], finding.outcomes[2]
    if not finding.applies or first in (Outcome.MISSING, Outcome.UNCONFIRMED):
        return None
    if first is not Outcome.MET:
        return 0
    return 2 if second is Outcome.MET else 1


def standing(finding: Finding, requested: int | None = None) -> tuple[str, str]:
    """Say where an indicator stands, as (word, tone) of a state mark; `requested`: the level asked for."""
    level = standing_level(finding)
    if not finding.applies or not level:
        found = words.OUTCOMES[finding.outcomes[1].value]
        return found.name, found.tone
    if finding.indicator.kind is Kind.YES_NO and level == 2:
        return "Đạt", "ok"
    if level == 1 and requested == 2:
        if finding.outcomes[2] is Outcome.UNCONFIRMED:
            return "Đạt mức độ 1, mức độ 2 chưa xác nhận", "wait"
        return "Chỉ đạt mức độ 1", "no"
    return f"Đạt mức độ {level}", "ok"


@dataclass(frozen=True, slots=True)
class Change:
    """One indicator before and after: its value and where it stands, as words; `falls` when it lost a level."""

    indicator: Indicator
    value_before: str
    value_after: str
    standing_before: str
    standing_after: str
    falls: bool


def changes(before: Assessment, after: Assessment) -> tuple[Change, ...]:
    """List every indicator whose figures or outcome differ between two assessments of one dossier."""
    found = []
    for now in after.findings:
        was = before.finding(now.indicator.id)
        same_figures = (was.part, was.whole if was.applies else None) == (
            now.part,
            now.whole if now.applies else None,
        )
        if was.outcomes == now.outcomes and same_figures:
            continue
        found.append(
            Change(
                now.indicator,
                _figures(was),
                _figures(now),
                standing(was)[0],
                standing(now)[0],
                (standing_level(now) or 0) < (standing_level(was) or 0),
            )
        )
    return tuple(found)


def _figures(finding: Finding) -> str:
    if not finding.applies:
        return "không áp dụng"
    if finding.part is None:
        return ""
    return finding.share


def _level_words(level: int | None) -> str:
    return {None: "chưa kết luận được", 0: "không đạt mức độ nào"}.get(level) or f"đạt mức độ {level}"


def effect(before: Assessment, after: Assessment, requested: int | None) -> str:
    """Say in a sentence what a change does to the level the dossier reaches."""
    was, now = _capped(before, requested), _capped(after, requested)
    asked = f"đơn vị đề nghị mức độ {requested}" if requested else "đơn vị chưa ghi mức độ đề nghị"
    if was == now:
        return f"Mức độ không đổi: {_level_words(now)} ({asked})."
    return f"Thay đổi này đưa hồ sơ từ “{_level_words(was)}” sang “{_level_words(now)}” ({asked})."


def _capped(side: Assessment, requested: int | None) -> int | None:
    level = side.level
    return level if level is None or requested is None else min(level, requested)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the appraisal supports: a level (0: not recognised), or None while it cannot be said, and why."""

    level: int | None
    sentence: str


def proposal(
    side: Assessment,
    requested: int | None,
    *,
    may_raise_from: date | None = None,
    decide_before: date | None = None,
) -> Proposal:
    """Give the highest level the district's findings support, at most the level asked for.

    A level that only an unconfirmed threshold leaves open is neither given nor refused: nothing is
    proposed then. A unit that holds level 1 and cannot be raised before the last day of decisions is
    proposed at level 1 (Circular 24/2023, Article 5; defaults of product.md).
    """
    top = requested or max(side.verdicts)
    held = may_raise_from is not None and decide_before is not None and may_raise_from >= decide_before
    waits = ""
    if top == 2 and held and may_raise_from is not None:
        top = 1
        waits = f" Đơn vị chỉ được nâng lên mức độ 2 từ ngày {words.day(may_raise_from)}."
    for level in range(top, 0, -1):
        verdict = side.verdicts[level]
        if verdict.reached:
            return Proposal(level, _reached(level, requested, side, waits))
        if verdict.provisional:
            return Proposal(None, _open(level, side.findings))
    return Proposal(0, f"Không đạt mức độ 1. {_gaps(side, 1)}".strip())


def _reached(level: int, requested: int | None, side: Assessment, waits: str) -> str:
    verdict = side.verdicts[level]
    sentence = f"Đạt mức độ {level}: {verdict.met}/{verdict.applicable} chỉ tiêu áp dụng."
    if waits:
        return sentence + waits
    if requested and requested > level:
        return f"{sentence} Không đạt mức độ {requested} như đề nghị. {_gaps(side, requested)}".strip()
    return sentence


def _gaps(side: Assessment, level: int) -> str:
    gaps = side.verdicts[level].gaps
    named = " ".join(f"{gap.indicator.code}: {gap.sentence}" for gap in gaps[:3])
    return f"{named} Và {len(gaps) - 3} chỉ tiêu khác." if len(gaps) > 3 else named


def _open(level: int, findings: Iterable[Finding]) -> str:
    codes = [f.indicator.code for f in findings if f.applies and f.outcomes[level] is Outcome.UNCONFIRMED]
    if codes:
        return (
            f"Chưa kết luận được mức độ {level}: ngưỡng của chỉ tiêu {', '.join(codes)} chưa được Sở xác nhận. "
            "Chốt đề xuất được sau khi Sở xác nhận."
        )
    missing = [f.indicator.code for f in findings if f.applies and f.outcomes[level] is Outcome.MISSING]
    return f"Chưa kết luận được mức độ {level}: chưa có số liệu của chỉ tiêu {', '.join(missing)}."
