"""The words of the team's work: how an assignment stands, how minutes stand, what an indicator's result is called."""

from __future__ import annotations

from collections.abc import Mapping

from portal.dossiers.queries import Sheet
from portal.dossiers.rules import Assessment, Finding
from portal.dossiers.wording import DUTIES, answer_words
from portal.words import StateWords

__all__ = ["DUTIES", "PACES", "STANDINGS", "summaries_of", "value_of"]

PACES: Mapping[str, StateWords] = {
    "done": StateWords("Đã xong", "Đã xong", "ok"),
    "late": StateWords("Chậm", "Chậm", "no"),
    "soon": StateWords("Sắp đến hạn", "Sắp đến hạn", "wait"),
    "running": StateWords("Đang làm", "Đang làm", "go"),
}
STANDINGS: Mapping[str, StateWords] = {
    "none": StateWords("Chưa lập", "Chưa lập", "wait"),
    "open": StateWords("Đang soạn", "Đang soạn", "go"),
    "stale": StateWords("Không còn khớp hồ sơ", "Không còn khớp hồ sơ", "no"),
    "closed": StateWords("Đã chốt", "Đã chốt", "ok"),
}


def value_of(sheet: Sheet, finding: Finding) -> str:
    """Say what the unit reached on an indicator; a sensitive unit's share without the people behind it."""
    if finding.percent_text and sheet.unit.sensitive:
        return finding.percent_text
    said = answer_words(finding, sheet.answers[finding.indicator.id])
    return f"{said} ({finding.percent_text})".replace(" %", "\u00a0%") if finding.percent_text else said


def summaries_of(assessment: Assessment) -> list[list[int | str]]:
    """Return level, applying indicators, met ones and the verdict in words, for each level."""
    rows: list[list[int | str]] = []
    for level, verdict in assessment.verdicts.items():
        word = "đạt" if verdict.reached else "tạm tính" if verdict.provisional else "chưa đạt"
        rows.append([level, verdict.applicable, verdict.met, word])
    return rows
