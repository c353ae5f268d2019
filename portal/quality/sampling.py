"""The random re-check: which dossiers are drawn, and what the result of so few says of all. Pure.

Anybody can draw again from the seed and the list; a rate comes with its interval, for a sample is not the whole.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

RESULTS: Mapping[str, tuple[str, str]] = {
    "agree": ("Đồng ý", "ok"),
    "unproven": ("Chưa đủ minh chứng", "wait"),
    "disagree": ("Không đồng ý", "no"),
}
HOW_DRAWN = (
    "Xếp hồ sơ đã công nhận theo huyện, loại hình, mức độ, rồi theo SHA-256 của “<hạt giống>:<huyện>:<mã đơn vị>”; chia đều"
    " danh sách thành từng đoạn bằng nhau và lấy hồ sơ ở cùng một chỗ trong mỗi đoạn, chỗ đó tính từ SHA-256 của hạt"
    " giống. Vì vậy huyện, loại hình, mức độ nào cũng được lấy theo đúng phần của mình."
)
HOW_SURE = (
    "Khoảng tin cậy 95 % theo Wilson (E. B. Wilson, 1927, Journal of the American Statistical Association 22, tr. 209–212):"
    " (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n), z = 1,96. Mẫu nhỏ thì khoảng rộng; đừng so các huyện với nhau khi"
    " khoảng còn chồng lên nhau."
)
_Z = 1.96


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """A recognised dossier as it can be drawn."""

    tenant_id: int
    kind: str
    level: int
    code: str


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def sample(seed: str, entries: Iterable[Entry], share: int) -> tuple[Entry, ...]:
    """Draw a share (whole percent, rounded up), spread evenly over district, kind and level; the same for a seed."""
    rows = sorted(
        set(entries),
        key=lambda e: (e.tenant_id, e.kind, e.level, _digest(f"{seed}:{e.tenant_id}:{e.code}"), e.code),
    )
    count = math.ceil(len(rows) * share / 100)
    start = int(_digest(seed)[:8], 16)
    return tuple(rows[((place << 32) + start) * len(rows) // (count << 32)] for place in range(count))


def interval(part: int, whole: int) -> tuple[int, int] | None:
    """Return Wilson's interval of a rate at 95 % in whole percent, rounded outwards; None without a sample."""
    if whole <= 0:
        return None
    p, z = part / whole, _Z
    middle, half = p + z * z / (2 * whole), z * math.sqrt(p * (1 - p) / whole + z * z / (4 * whole * whole))
    scale = 100 / (1 + z * z / whole)
    low = 0 if part == 0 else math.floor((middle - half) * scale)
    return low, 100 if part == whole else math.ceil((middle + half) * scale)


@dataclass(frozen=True, slots=True)
class Sampled:
    """How many re-checks were sent and how many of them do not agree in some indicator."""

    sent: int
    differing: int

    @property
    def text(self) -> str:
        """The rate with its interval, in words."""
        sure = interval(self.differing, self.sent)
        if sure is None:
            return "chưa gửi phiếu nào"
        return f"{self.differing}/{self.sent} hồ sơ có chỉ tiêu chưa đồng ý (khoảng tin cậy 95 %: {sure[0]}–{sure[1]} %)"
