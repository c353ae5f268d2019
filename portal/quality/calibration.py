"""Districts side by side: how each measure is reckoned, when it is kept back, and its middle and spread. Pure.

Nothing here can be added up or taken apart: values are whole numbers cut off, sizes are bands, there are no sums.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

FEWEST = 5
BANDS = (5, 10, 20, 50, 100)
FEW_DISTRICTS = 3
"""Fewer districts than these have no middle that says anything."""


class Measure(StrEnum):
    """What is compared."""

    INDICATORS = "indicators"
    LEVELS = "levels"
    SUPPLEMENTS = "supplements"
    LEVEL_2 = "level_2"
    VISITS = "visits"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A measure in words: its name, a short one for a column, its unit, and how it is reckoned."""

    title: str
    short: str
    unit: str
    how: str


MEASURES: Mapping[Measure, Reckoned] = {
    Measure.INDICATORS: Reckoned(
        "Chỉ tiêu bị hạ khi thẩm định",
        "Chỉ tiêu bị hạ",
        "%",
        "số chỉ tiêu đơn vị tự đánh giá đạt ở một mức mà huyện kết luận không đạt mức đó, trên số chỉ tiêu huyện đã kết"
        " luận, ở các hồ sơ đã chốt thẩm định",
    ),
    Measure.LEVELS: Reckoned(
        "Mức độ bị hạ khi thẩm định",
        "Mức độ bị hạ",
        "%",
        "số hồ sơ huyện đề xuất thấp hơn mức độ đơn vị đề nghị, trên số hồ sơ đã chốt thẩm định",
    ),
    Measure.SUPPLEMENTS: Reckoned(
        "Hồ sơ phải bổ sung",
        "Phải bổ sung",
        "%",
        "số hồ sơ có ít nhất một yêu cầu bổ sung, trên số hồ sơ đã nộp",
    ),
    Measure.LEVEL_2: Reckoned(
        "Mức độ 2",
        "Mức độ 2",
        "%",
        "số hồ sơ được công nhận mức độ 2, trên số hồ sơ đã có quyết định (cả không công nhận)",
    ),
    Measure.VISITS: Reckoned(
        "Kiểm tra thực tế trên 100 đơn vị",
        "Kiểm tra/100",
        "đơn vị",
        "số đơn vị có hồ sơ đã được kiểm tra thực tế, trên 100 đơn vị trong danh mục (31/12)",
    ),
    Measure.DAYS: Reckoned(
        "Số ngày từ nộp đến quyết định",
        "Nộp đến quyết định",
        "ngày",
        "trung vị số ngày từ lúc nộp đến lúc ban hành, của các hồ sơ đã có quyết định",
    ),
}


@dataclass(frozen=True, slots=True)
class Raw:
    """A measure of a district as counted: so many of so many, `scale` to 100; `behind`: how many units stand behind it."""

    part: int
    whole: int
    behind: int
    scale: int = 100


@dataclass(frozen=True, slots=True)
class Value:
    """A measure as shown: a whole number, or none with the reason ("<5", "–")."""

    number: int | None
    text: str


def shown(raw: Raw) -> Value:
    """Return a measure as it may be shown: nothing where fewer than five units stand behind it."""
    if raw.behind == 0 or raw.whole == 0:
        return Value(None, "–")
    if raw.behind < FEWEST:
        return Value(None, f"<{FEWEST}")
    number = raw.scale * raw.part // raw.whole
    return Value(number, str(number))


def band(count: int) -> str:
    """Return how many there are as a band, so that no number can be had by taking one from another."""
    if count == 0:
        return "0"
    if count < BANDS[0]:
        return f"<{BANDS[0]}"
    if count >= BANDS[-1]:
        return f"từ {BANDS[-1]}"
    for least, above in pairwise(BANDS):
        if least <= count < above:
            return f"{least}–{above - 1}"
    raise AssertionError(count)


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle of the districts shown, and where the middle half of them lies; none for too few of them."""

    districts: int
    low: int | None = None
    middle: int | None = None
    high: int | None = None

    @property
    def text(self) -> str:
        """The middle with its half, in words."""
        if self.middle is None:
            return f"chưa đủ {FEW_DISTRICTS} huyện"
        return f"{self.middle} (một nửa số huyện: {self.low}–{self.high})"


def spread(values: Iterable[Value]) -> Spread:
    """Return the spread of values as they are shown: nearest rank, so that each is a district's own number."""
    numbers = sorted(value.number for value in values if value.number is not None)
    if len(numbers) < FEW_DISTRICTS:
        return Spread(len(numbers))

    def rank(quarter: int) -> int:
        return numbers[max(0, -(-quarter * len(numbers) // 4) - 1)]

    return Spread(len(numbers), rank(1), rank(2), rank(3))


def axis(values: Iterable[Value], *, share: bool) -> int:
    """Return the end of the common scale: 100 for shares, else the next round number above all values."""
    if share:
        return 100
    most = max((value.number for value in values if value.number is not None), default=0)
    step = 10 if most <= 100 else 50
    return max(step, -(-most // step) * step)
