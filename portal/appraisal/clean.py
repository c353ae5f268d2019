"""Which dossiers are clean: nothing in them asks for a look at a single indicator before the proposal.

Pure: facts in, reasons out; a dossier without a reason is clean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portal import words
from portal.dossiers.queries import Sheet

from . import rules
from .completeness import Tick, checklist
from .desk import Desk, rows_to_agree
from .intake_facts import facts_of
from .panels import Panel


@dataclass(frozen=True, slots=True)
class CleanFacts:
    """What the rule looks at; codes are those of indicators."""

    lacking: tuple[str, ...]
    open_request: bool
    open_waivers: int
    differing: tuple[str, ...]
    corrected: tuple[str, ...]
    doubtful: tuple[str, ...]
    panel: int
    requested: int | None
    supported: int | None
    sentence: str
    flags: tuple[str, ...] = ()


def reasons_against(facts: CleanFacts) -> tuple[str, ...]:
    """Say everything for which a dossier is not clean; nothing: it can be agreed with and proposed as a whole."""
    said = [f"Thành phần hồ sơ: {one}" for one in facts.lacking]
    if facts.open_request:
        said.append("Đơn vị chưa trả lời xong yêu cầu bổ sung.")
    if facts.open_waivers:
        said.append("Còn đề nghị không áp dụng chỉ tiêu chưa trả lời.")
    if facts.panel:
        said.append(f"{facts.panel} người chấm riêng hồ sơ này.")
    if facts.corrected:
        said.append(f"Đã hiệu chỉnh {', '.join(facts.corrected)}.")
    if facts.differing:
        said.append(f"Thẩm định khác đơn vị ở {', '.join(facts.differing)}.")
    if facts.doubtful:
        said.append(f"Chưa có minh chứng, giải trình hoặc chưa đạt mức đề nghị: {', '.join(facts.doubtful)}.")
    said += [f"Dấu hiệu cần xem: {one}" for one in facts.flags]
    if facts.supported is None or facts.supported != facts.requested:
        said.append(facts.sentence)
    return tuple(said)


def clean_facts(sheet: Sheet, panel: Panel, flags: Sequence[str] = ()) -> CleanFacts:
    """Return the facts of a loaded dossier under appraisal."""
    at = Desk(sheet)
    requested = sheet.dossier.requested_level
    supported = rules.proposal(
        at.side,
        requested,
        may_raise_from=sheet.may_raise_from,
        decide_before=sheet.cycle.decide_before,
    )
    codes = {i.id: i.code for i in sheet.indicators}
    return CleanFacts(
        lacking=tuple(
            line.reason for line in checklist(facts_of(sheet, at.unit_side)) if line.tick is not Tick.COMPLETE
        ),
        open_request=sheet.open_request is not None,
        open_waivers=sum(w.state == "asked" for w in sheet.waivers),
        differing=tuple(
            codes[i] for i, row in sorted(sheet.findings.items()) if row.verdict != "agreed" and i in codes
        ),
        corrected=tuple(words.HEADCOUNTS[code].inline for code in sheet.headcount_findings),
        doubtful=tuple(row.indicator.code for row in rows_to_agree(at) if not row.clean),
        panel=len(panel.seats) if panel.blind else 0,
        requested=requested,
        supported=supported.level,
        sentence=supported.sentence,
        flags=tuple(flags),
    )
