"""What officers type, read into values: nothing is guessed, every fault is a sentence, the text is kept.

The forms follow the catalogue (one field per indicator, per part), so they are read by name here
instead of by fixed form classes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal import words
from portal.dossiers.forms import ratio
from portal.dossiers.rules import RATIO_WHOLE, Indicator, Kind
from portal.typed import line, lines, read_day

from . import rules
from .completeness import Ask
from .operations import MOST_PEOPLE, PointAsked

LONGEST_TEXT = 4_000

Form = Mapping[str, str]


def text_of(form: Form, name: str, longest: int = LONGEST_TEXT) -> str:
    """Return a typed text without controls and outer blanks, cut to a length."""
    return lines(form.get(name, ""))[:longest]


def number_of(form: Form, name: str, label: str, faults: list[str]) -> int | None:
    """Return a typed whole number (dots and blanks between thousands allowed), None where none is typed."""
    typed = form.get(name, "").strip()
    bare = typed.replace(".", "").replace(" ", "").replace("\u00a0", "")
    if not typed:
        return None
    if not (bare.isascii() and bare.isdigit()) or len(bare) > 7 or int(bare) > MOST_PEOPLE:
        faults.append(f"{label}: xin nhập một số nguyên từ 0 đến {words.number(MOST_PEOPLE)}.")
        return None
    return int(bare)


def ratio_of(form: Form, name: str, label: str, faults: list[str]) -> int | None:
    """Return a typed percentage in hundredths of a percent ("94,59" is 9459), None where none is typed."""
    try:
        return ratio(form.get(name, ""))
    except ValueError as reason:
        faults.append(f"{label}: {str(reason)[:1].lower()}{str(reason)[1:]}")
        return None


def presence_of(form: Form, name: str, label: str, faults: list[str]) -> int | None:
    """Return whether there are any (`RATIO_WHOLE` or 0) as a unit that tells ratios only says it, None for neither."""
    typed = form.get(name, "")
    if typed not in ("", "co", "khong"):
        faults.append(f"{label}: xin chọn “Có” hoặc “Không có”.")
    return {"co": RATIO_WHOLE, "khong": 0}.get(typed)


def day_of(form: Form, name: str, label: str, faults: list[str]) -> date | None:
    """Return a typed day (20/01/2027), None where none is typed."""
    typed = form.get(name, "").strip()
    day = read_day(typed)
    if typed and day is None:
        faults.append(f"{label}: xin viết ngày theo mẫu 20/01/2027.")
    return day


def version_of(form: Form, name: str = "version") -> int:
    """Return the version a page showed; anything else counts as a version nobody has."""
    typed = form.get(name, "0")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1


@dataclass(frozen=True, slots=True)
class VerdictGiven:
    """A verdict as typed; `part_text` is the count as it stood in the field."""

    verdict: str
    yes: bool | None
    part: int | None
    grade: int | None
    reason_code: str
    reason: str
    version: int
    part_text: str = ""
    common_reason: str = ""
    faults: tuple[str, ...] = ()

    def values(self) -> dict[str, Any]:
        """Return the keyword arguments of `operations.judge`."""
        names = ("yes", "part", "grade", "reason_code", "reason", "common_reason", "version")
        return {name: getattr(self, name) for name in names}


def read_verdict(
    form: Form,
    indicator: Indicator,
    own: tuple[bool | None, int | None, int | None],
    *,
    ratio_only: bool = False,
) -> VerdictGiven:
    """Read a verdict; a value that differs from the unit's is a correction, whatever mark was left standing."""
    faults: list[str] = []
    part = None
    if indicator.kind is Kind.SHARE and ratio_only:
        part = ratio_of(form, "part", "Tỷ lệ đạt", faults)
    elif indicator.kind is Kind.SHARE:
        part = number_of(form, "part", "Số đạt", faults)
    grade_text = form.get("grade", "")
    known_grade = grade_text.isascii() and grade_text.isdigit() and len(grade_text) < 3
    grade = int(grade_text) if indicator.kind is Kind.GRADED and known_grade else None
    yes = {"yes": True, "no": False}.get(form.get("yes", "")) if indicator.kind is Kind.YES_NO else None
    verdict = form.get("verdict", "")
    if verdict == "agreed" and (yes, part, grade) != (None, None, None) and (yes, part, grade) != own:
        verdict = "corrected"
    return VerdictGiven(
        verdict=verdict,
        yes=yes,
        part=part,
        grade=grade,
        reason_code=form.get("reason_code", "") if form.get("reason_code", "") in rules.REASONS else "",
        reason=text_of(form, "reason"),
        version=version_of(form),
        part_text=line(form.get("part", ""))[:20],
        common_reason=text_of(form, "common_reason", 1_000),
        faults=tuple(faults),
    )


@dataclass(frozen=True, slots=True)
class PointRow:
    """One line of the supplement form: what can be asked for, whether it is ticked, and the reason."""

    name: str
    label: str
    indicator_id: int | None
    part: str
    ticked: bool
    reason: str


@dataclass(frozen=True, slots=True)
class SupplementGiven:
    """A supplement request as typed."""

    rows: tuple[PointRow, ...]
    answer_by: date | None
    answer_by_text: str
    note: str
    faults: list[str] = field(default_factory=list)
    why: str = ""

    @property
    def points(self) -> list[PointAsked]:
        """The ticked lines as points of the request."""
        return [PointAsked(row.reason, row.indicator_id, row.part) for row in self.rows if row.ticked]


def point_rows(indicators: Sequence[tuple[int, str, str]], asks: Sequence[Ask]) -> tuple[PointRow, ...]:
    """Return the lines of an untouched form: parts, then applying indicators (id, code, title), with suggestions."""
    wanted: dict[tuple[int | None, str], list[str]] = {}
    for ask in asks:
        wanted.setdefault((ask.indicator_id, ask.part), []).append(ask.reason)
    rows = []
    for part, label in words.DOSSIER_PARTS.items():
        reasons = wanted.get((None, part), [])
        rows.append(PointRow(f"part-{part}", label, None, part, bool(reasons), " ".join(reasons)))
    for indicator_id, code, title in indicators:
        reasons = wanted.get((indicator_id, ""), [])
        name, label = f"indicator-{indicator_id}", f"{code} {title}"
        rows.append(PointRow(name, label, indicator_id, "", bool(reasons), " ".join(reasons)))
    return tuple(rows)


def read_supplement(form: Form, blank: Sequence[PointRow], *, again: bool = False) -> SupplementGiven:
    """Read a supplement request over the lines of its form; a reason typed without a tick counts as ticked.

    `again`: one was sent before, so why another is needed has to be said to the leader.
    """
    faults: list[str] = []
    rows = []
    for row in blank:
        reason = text_of(form, f"reason-{row.name}", 1_000)
        ticked = form.get(f"ask-{row.name}") == "yes"
        if reason and not ticked and reason != row.reason:
            ticked = True
        if ticked and not reason:
            faults.append(f"Xin ghi lý do cần bổ sung: {row.label}.")
        rows.append(PointRow(row.name, row.label, row.indicator_id, row.part, ticked, reason))
    answer_by = day_of(form, "answer_by", "Hạn trả lời", faults)
    if answer_by is None and not any(fault.startswith("Hạn trả lời") for fault in faults):
        faults.append("Xin nhập hạn trả lời.")
    if not any(row.ticked for row in rows):
        faults.append("Chưa chọn điểm nào cần bổ sung.")
    why = text_of(form, "why", 1_000)
    if again and not why:
        faults.append("Xin ghi lý do cần yêu cầu bổ sung lần nữa để lãnh đạo xem.")
    return SupplementGiven(
        tuple(rows), answer_by, line(form.get("answer_by", ""))[:20], text_of(form, "note"), faults, why
    )


@dataclass(frozen=True, slots=True)
class ExtensionGiven:
    """A longer term for a supplement request as typed; `seen` is the term the page showed."""

    answer_by: date | None
    answer_by_text: str
    reason: str
    seen: date | None
    faults: tuple[str, ...] = ()


def read_extension(form: Form) -> ExtensionGiven:
    """Read a longer term; a missing or unreadable day is a sentence, and what was typed is kept."""
    faults: list[str] = []
    answer_by = day_of(form, "extend_to", "Hạn mới", faults)
    if answer_by is None and not faults:
        faults.append("Xin nhập hạn mới.")
    return ExtensionGiven(
        answer_by,
        line(form.get("extend_to", ""))[:20],
        text_of(form, "extend_reason", 1_000),
        read_day(form.get("seen", "")),
        tuple(faults),
    )
