"""What a column of published data means, in the words of the dictionary that goes with every data set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from portal import words
from portal.figures.rules import FIGURES

TYPES: Mapping[type, str] = {
    str: "string",
    int: "integer",
    bool: "boolean",
    date: "date",
    datetime: "datetime",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in the files, what it means, its type, unit of measure and closed set of values."""

    name: str
    meaning: str
    type: type = str
    unit: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    empty: str = ""

    def as_json(self) -> dict[str, object]:
        """Return the entry of the dictionary; `empty` says what an empty cell means."""
        entry: dict[str, object] = {
            "name": self.name,
            "meaning": self.meaning,
            "type": TYPES[self.type],
            "unit": self.unit,
        }
        if self.values:
            entry["values"] = dict(self.values)
        if self.empty:
            entry["empty"] = self.empty
        return entry


KINDS = {code: kind.name for code, kind in words.UNIT_KINDS.items()}
LEVELS = {"1": "Mức độ 1", "2": "Mức độ 2"}
STATES = {
    "in_force": "không bị thu hồi, thay thế; còn hiệu lực đến hết valid_to",
    "revoked": "đã thu hồi",
    "replaced": "đã thay bằng kết quả khác",
}

_UNITS = "đơn vị"
_MEANINGS = {
    "units": "Tổng số đơn vị tại 31/12 của năm",
    "registered": "Số đơn vị đăng ký xây dựng Đơn vị học tập",
    "self_assessed": "Số đơn vị đã tự đánh giá",
    "self_1": "Số đơn vị tự xếp mức độ 1",
    "self_2": "Số đơn vị tự xếp mức độ 2",
    "self_none": "Số đơn vị tự xếp chưa đạt",
    "submitted": "Số đơn vị nộp hồ sơ",
    "late": "Trong đó nộp quá hạn",
    "visited": "Số đơn vị được kiểm tra thực tế",
    "level_1": "Số đơn vị được công nhận mức độ 1 trong năm",
    "level_2": "Số đơn vị được công nhận mức độ 2 trong năm",
    "refused": "Số đơn vị nộp hồ sơ mà không được công nhận",
    "pending": "Số hồ sơ rút, trả, chưa xét",
    "still_valid": "Số đơn vị được công nhận từ năm trước, còn hiệu lực, năm nay không xét lại",
    "registered_1": "Trong số đăng ký: đăng ký mức độ 1",
    "registered_2": "Trong số đăng ký: đăng ký mức độ 2",
    "registered_keep": "Trong số đăng ký: đăng ký duy trì",
    "unregistered": "Số đơn vị tự đánh giá mà không đăng ký",
    "revoked": "Số đơn vị được công nhận trong năm rồi bị thu hồi",
}
_BEFORE = "báo cáo lập khi cổng chưa ghi số này"
COUNTED = tuple(Column(name, _MEANINGS[name], int, _UNITS, empty=_BEFORE) for name in FIGURES)
"""The figures of Biểu 01, one column each."""
YEAR = Column("year", "Năm đánh giá (số liệu từ 01/01 đến 31/12)", int, "năm")
TIER = Column(
    "tier",
    "Cấp của nơi báo cáo; đơn vị cấp tỉnh do Chủ tịch Ủy ban nhân dân tỉnh công nhận, đứng riêng, không cộng vào số "
    "của các huyện",
    values={"district": "cấp huyện", "province": "đơn vị cấp tỉnh"},
)
KIND = Column("kind", "Mã loại hình đơn vị", values=KINDS)
