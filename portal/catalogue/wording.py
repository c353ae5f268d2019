"""What the catalogue's numbers and applicability mean, in words, for its pages.

Nothing is judged here: whom an indicator is for is asked of the rules, with sample units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portal import words
from portal.dossiers.rules import Indicator, Kind, Profile

from .copies import KeptIndicator, KeptThreshold
from .models import CatalogueIndicator, Threshold

ILLUSTRATIVE = "số liệu minh họa, Sở chưa xác nhận"
UNCONFIRMED = "ngưỡng chưa được Sở xác nhận"

MEASURES = {
    "yes_no": "Có hoặc không",
    "share": "Tỷ lệ",
    "graded": "Theo mức",
    "points": "Điểm",
}


@dataclass(frozen=True, slots=True)
class ThresholdLine:
    """One threshold for a page: what is asked, whether it is in force, by what document.

    `mark` is the dashed label ("" for a number in force), `typed` what the form of confirmation begins with.
    """

    row: Threshold
    asks: str
    word: str
    tone: str
    mark: str
    by: str
    typed: str

    @property
    def confirmed(self) -> bool:
        """Whether a value is in force."""
        return self.row.value is not None


def asks(indicator: CatalogueIndicator | KeptIndicator, value: int | None) -> str:
    """Say what a value of a threshold asks for ("Từ 90 % Thành viên tại 31/12")."""
    if value is None:
        return "Chưa có giá trị"
    if indicator.kind == Kind.SHARE:
        whole = words.HEADCOUNTS[indicator.base or ""].inline
        return f"Từ {value} % {whole}"
    if indicator.kind == Kind.GRADED:
        grade = indicator.grades[value - 1]
        return f"Đạt “{grade}”" if value == len(indicator.grades) else f"Từ “{grade}” trở lên"
    return "Phải có"


def asked_words(rule: Indicator, level: int) -> str:
    """Say in a word what a level of an indicator asks for ("95 %", a grade), as the rules have it."""
    value = rule.threshold(level).in_force
    if value is None:
        return "chưa xác nhận"
    if rule.kind is Kind.SHARE:
        return f"{value} %"
    return f"“{rule.grades[value - 1]}”" if rule.kind is Kind.GRADED else "phải có"


def threshold_line(
    indicator: CatalogueIndicator | KeptIndicator, row: Threshold | KeptThreshold
) -> ThresholdLine:
    """Return a threshold as its page shows it."""
    begin = row.value if row.value is not None else row.suggestion
    typed = "" if begin is None else str(begin)
    if row.value is not None:
        by = f"{row.confirmed_by}: {row.confirmed_document}" if row.confirmed_by else row.confirmed_document
        mark = ILLUSTRATIVE if row.illustrative else ""
        word, tone = ("Dùng để minh họa", "wait") if row.illustrative else ("Đang có hiệu lực", "ok")
        return ThresholdLine(row, asks(indicator, row.value), word, tone, mark, by, typed)
    certainty = words.CERTAINTIES[row.certainty]
    text = asks(indicator, row.suggestion)
    if row.suggestion is not None:
        text = f"Gợi ý: {text[:1].lower()}{text[1:]}"
    return ThresholdLine(row, text, certainty.name, certainty.tone, UNCONFIRMED, row.source, typed)


def for_whom(indicator: Indicator, kinds: Sequence[str]) -> str:
    """Say in one sentence which units an indicator is for, of all the kinds its version knows."""
    applies = indicator.applies
    parts = []
    if applies.kinds is None:
        parts.append("Mọi loại hình đơn vị")
    elif 2 * len(applies.kinds) > len(kinds):
        left = [kind for kind in kinds if kind not in applies.kinds]
        parts.append("Mọi loại hình, trừ " + "; ".join(words.kind_inline(kind) for kind in left))
    else:
        chosen = sorted(applies.kinds, key=words.kind_order)
        parts.append("Chỉ " + "; ".join(words.kind_inline(kind) for kind in chosen))
    if applies.public is not None:
        parts.append("chỉ đơn vị công lập" if applies.public else "chỉ đơn vị ngoài công lập")
    if applies.has is not None:
        parts.append(f"khi {words.HEADCOUNTS[applies.has].inline} lớn hơn 0")
    return ", ".join(parts) + "."


@dataclass(frozen=True, slots=True)
class Cell:
    """Whether an indicator is for a kind of unit: the short sign, and the same in words."""

    sign: str
    text: str
    applies: bool


ALWAYS = Cell("●", "áp dụng", True)
NEVER = Cell("–", "không áp dụng", False)


def matrix(indicators: Sequence[Indicator], kinds: Sequence[str]) -> list[tuple[str, list[Cell]]]:
    """Return for each kind of unit whether each indicator is for it, by asking the rules with sample units."""
    return [(kind, [_cell(indicator, kind) for indicator in indicators]) for kind in kinds]


def _cell(indicator: Indicator, kind: str) -> Cell:
    def asked(public: bool, count: int) -> bool:
        counts = dict.fromkeys(words.HEADCOUNTS, count)
        return indicator.applies.applies(Profile(kind, public, counts))[0]

    public, private, none = asked(True, 1), asked(False, 1), asked(True, 0) or asked(False, 0)
    if not (public or private):
        return NEVER
    notes, signs = [], []
    if public is not private:
        notes.append("công lập" if public else "ngoài công lập")
        signs.append("CL" if public else "NCL")
    if not none and indicator.applies.has is not None:
        notes.append(f"có {words.HEADCOUNTS[indicator.applies.has].inline.removeprefix('số ')}")
        signs.append("khi có")
    if not notes:
        return ALWAYS
    return Cell(", ".join(signs), "áp dụng khi " + ", ".join(notes), True)
