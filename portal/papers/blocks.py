"""The marked places of a unit's papers where it may add words of its own.

The name of a block stands in addresses, in the table and in what is signed: it never changes.
"""

from __future__ import annotations

from dataclasses import dataclass

LONGEST = 5_000


@dataclass(frozen=True, slots=True)
class Block:
    """One place: the paper it belongs to, what it is called, and what may stand there."""

    name: str
    paper: str
    title: str
    hint: str


BLOCKS: dict[str, Block] = {
    block.name: block
    for block in (
        Block("mau-01-mo-dau", "mau-01", "Đoạn mở đầu", "In trước phần kính trình, sau các căn cứ."),
        Block("mau-01-ket", "mau-01", "Đoạn kết", "In trước lời cam kết."),
        Block("mau-02-tinh-hinh", "mau-02", "Đặc điểm tình hình", "In ở cuối phần I."),
        Block("mau-02-qua-trinh", "mau-02", "Quá trình tự đánh giá", "In ở phần II, trước danh sách Tổ."),
        Block("mau-02-y-kien", "mau-02", "Ý kiến khác", "In thành mục 5 của phần IV."),
        Block("mau-03-ghi-chu", "mau-03", "Ghi chú", "In dưới kết quả chung, trên chữ ký."),
    )
}


def blocks_of(paper: str) -> list[Block]:
    """Return the blocks of a paper in the order in which they are printed."""
    return [block for block in BLOCKS.values() if block.paper == paper]
