"""The figures of the province's tables: their names, what opens their rows, and the shares among them. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """A column of a table: a count, or the share of one (`figure`) in another (`whole`).

    `figure` opens the rows behind either; `short` heads a narrow column, `title` says it in full.
    """

    key: str
    short: str
    title: str
    figure: str
    whole: str = ""

    @property
    def is_share(self) -> bool:
        """Whether the column is a share."""
        return bool(self.whole)


def _count(key: str, short: str, title: str) -> Measure:
    return Measure(key, short, title, key)


MEASURES: tuple[Measure, ...] = (
    _count("units", "Đơn vị", "Đơn vị (31/12)"),
    _count("registered", "Đăng ký", "Đăng ký"),
    _count("submitted", "Nộp", "Nộp hồ sơ"),
    _count("late", "Quá hạn", "Nộp quá hạn"),
    _count("appraised", "Thẩm định", "Đã thẩm định"),
    _count("level_1", "Mức 1", "Công nhận mức độ 1"),
    _count("level_2", "Mức 2", "Công nhận mức độ 2"),
    _count("refused", "Không", "Không công nhận"),
    _count("in_force", "Hiệu lực", "Đang được công nhận"),
    Measure("in_force_share", "Tỷ lệ", "Tỷ lệ đang được công nhận trên số đơn vị", "in_force", "units"),
)
SHARES: tuple[Measure, ...] = (
    Measure(
        "in_force_share", "Đang được công nhận", "Đang được công nhận trên số đơn vị", "in_force", "units"
    ),
    Measure("submitted_share", "Nộp hồ sơ", "Nộp hồ sơ trên số đơn vị", "submitted", "units"),
    Measure(
        "recognised_share",
        "Công nhận trong năm",
        "Công nhận trong năm trên số hồ sơ",
        "recognised",
        "submitted",
    ),
    Measure("level_2_share", "Mức độ 2", "Công nhận mức độ 2 trên số hồ sơ", "level_2", "submitted"),
    Measure("late_share", "Nộp quá hạn", "Nộp quá hạn trên số hồ sơ", "late", "submitted"),
)
"""Shares a map can be shaded by."""
FURTHER: tuple[Measure, ...] = (_count("pending", "Chưa xét", "Đã nộp, chưa có kết quả"),)
"""Columns that only files have room for."""
OFFICIAL_SAYS_NOT = frozenset({"appraised"})
"""Figures that a report does not tell."""


def measures(*, official: bool) -> tuple[Measure, ...]:
    """Return the columns of a table of live or of official figures."""
    return tuple(one for one in MEASURES if not (official and one.figure in OFFICIAL_SAYS_NOT))
