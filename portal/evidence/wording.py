"""The words of the evidence room: how long a document holds."""

from __future__ import annotations

from collections.abc import Mapping

# By `rules.Validity`: the word, the tone of its label, and how the filter of the library says it.
VALIDITIES: Mapping[str, tuple[str, str, str]] = {
    "in_force": ("Còn hiệu lực", "ok", "Còn hiệu lực"),
    "open": ("Không ghi thời hạn", "na", "Không ghi thời hạn"),
    "ending": ("Sắp hết hiệu lực", "wait", "Sắp hết (trong 60 ngày)"),
    "ended": ("Hết hiệu lực", "no", "Đã hết hiệu lực"),
    "coming": ("Chưa có hiệu lực", "idle", "Chưa có hiệu lực"),
}
