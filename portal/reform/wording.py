"""The Vietnamese words of reforms: kinds, states, and the sentence that tells what a step does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from portal.words import StateWords

from .rules import Kind, State


@dataclass(frozen=True, slots=True)
class KindWords:
    """A kind of reform: its name and what it does."""

    name: str
    line: str


KINDS: Mapping[Kind, KindWords] = {
    Kind.MERGE: KindWords(
        "Nhập", "Mọi đơn vị của các nơi cũ về một nơi tiếp nhận; các nơi cũ kết thúc, chỉ còn để đọc."
    ),
    Kind.SPLIT: KindWords(
        "Tách, giải thể",
        "Đơn vị của nơi cũ về nhiều nơi, theo xã, phường hoặc theo tệp; nơi cũ kết thúc, chỉ còn để đọc.",
    ),
    Kind.PART: KindWords("Chuyển một phần", "Một số đơn vị sang nơi khác; nơi cũ vẫn hoạt động."),
    Kind.RENAME: KindWords(
        "Đổi tên, đổi loại", "Nơi này mang tên, loại và cách gọi cơ quan mới; văn bản đã ban hành giữ tên cũ."
    ),
}
STATES: Mapping[State, StateWords] = {
    State.DRAFT: StateWords("Đang lập", "Đang lập", "wait"),
    State.CONFIRMED: StateWords("Đã xác nhận, chờ thực hiện", "Đã xác nhận, chờ thực hiện", "go"),
    State.DONE: StateWords("Đã thực hiện", "Đã thực hiện", "ok"),
    State.BACK_ASKED: StateWords("Đang trả lại", "Đang trả lại", "wait"),
    State.UNDONE: StateWords("Đã trả lại", "Đã trả lại", "na"),
    State.DROPPED: StateWords("Đã bỏ", "Đã bỏ", "na"),
}
