"""The words of the evidence room: how long a document holds."""

from __future__ import annotations

from collections.abc import Mapping

# By `rules.Validity`: the word and the tone of its label.
VALIDITIES: Mapping[str, tuple[str, str]] = {
    "in_force": ("Còn hiệu lực", "ok"),
    "open": ("Không ghi thời hạn", "na"),
    "ending": ("Sắp hết hiệu lực", "wait"),
    "ended": ("Hết hiệu lực", "no"),
    "coming": ("Chưa có hiệu lực", "idle"),
}
# What the library can be narrowed to.
TERMS: Mapping[str, str] = {
    "con": "Còn hiệu lực",
    "sap-het": "Sắp hết (trong 60 ngày)",
    "het": "Đã hết hiệu lực",
    "khong-ghi": "Không ghi thời hạn",
}
USES: Mapping[str, str] = {"chua-dung": "Chưa gắn vào chỉ tiêu nào"}
