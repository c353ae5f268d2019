"""Whether a scan is the paper that was signed: pure, from the codes read on each of its pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MOST_PAGES = 60
LARGEST_CERTIFICATE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Compared:
    """What a scan turned out to be: the sentence that refuses it ("" none), the pages whose code was unreadable."""

    refusal: str
    unread: tuple[int, ...] = ()


def compare(
    found: Sequence[frozenset[tuple[str, str]]], code: str, paper: str, title: str, pages: int
) -> Compared:
    """Compare a scan page by page with the paper that was signed.

    `found`: for each page the (short hash, paper) codes read on it; `code`, `paper`, `pages`: those of the
    signed paper. A page with another code refuses the scan; an unreadable page is told, but at least one
    page must be read.
    """
    if len(found) < pages:
        return Compared(
            f"Bản quét có {len(found)} trang, còn {title} có {pages} trang. Xin quét đủ mọi trang."
        )
    other = [n for n, codes in enumerate(found, 1) if codes and not any(c == code for c, _ in codes)]
    if other:
        seen = sorted({c for n in other for c, _ in found[n - 1]})
        return Compared(
            f"Trang {_list(other)} mang mã {', '.join(seen)}, không phải mã {code} của hồ sơ đã ký: "
            "có thể được in từ một bản trước. Xin in lại văn bản hiện tại, ký, đóng dấu rồi quét."
        )
    mixed = [n for n, codes in enumerate(found, 1) if codes and (code, paper) not in codes]
    if mixed:
        return Compared(f"Trang {_list(mixed)} là trang của văn bản khác trong hồ sơ, không phải {title}.")
    unread = tuple(n for n, codes in enumerate(found, 1) if not codes)
    if len(unread) == len(found):
        return Compared(
            f"Không đọc được mã ở chân trang nào. Xin quét rõ hơn (từ 200 dpi), đủ cả chân trang, và kiểm tra "
            f"đây là {title} in từ cổng sau khi ký."
        )
    return Compared("", unread)


def _list(pages: Sequence[int]) -> str:
    return ", ".join(str(page) for page in pages)
