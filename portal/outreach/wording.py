"""The Vietnamese words of the district's own activities."""

from __future__ import annotations

from collections.abc import Mapping

KINDS: Mapping[str, str] = {
    "guidance": "Văn bản chỉ đạo, triển khai",
    "briefing": "Phổ biến, quán triệt",
    "publicity": "Tuyên truyền",
    "training": "Tập huấn",
    "inspection": "Kiểm tra, hướng dẫn",
}
