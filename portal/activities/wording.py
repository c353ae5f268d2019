"""The words of the room "Trong năm": kinds of activities, and what a year's log says in a sentence."""

from __future__ import annotations

from collections.abc import Mapping

from portal import words

from .rules import Sum, duration

# By itself, and inside a sentence.
KINDS: Mapping[str, words.StateWords] = {
    "publicity": words.StateWords("Tuyên truyền", "tuyên truyền", "go"),
    "training": words.StateWords("Tập huấn, bồi dưỡng", "tập huấn, bồi dưỡng", "go"),
    "learning": words.StateWords("Học tập, sinh hoạt chuyên môn", "học tập, sinh hoạt chuyên môn", "go"),
    "sharing": words.StateWords("Chia sẻ tri thức với đơn vị khác", "chia sẻ tri thức với đơn vị khác", "go"),
    "community": words.StateWords(
        "Phục vụ học tập của người dân", "phục vụ việc học tập của người dân", "go"
    ),
    "other": words.StateWords("Hoạt động khác", "hoạt động khác", "na"),
}

DOCUMENTS: Mapping[str, str] = {
    "plan": "Kế hoạch học tập của năm",
    "regulation": "Quy chế, quy định khuyến khích học tập",
    "funding": "Kinh phí đào tạo, bồi dưỡng",
}


def amount(total: Sum) -> str:
    """Say a sum: "3 hoạt động, 120 lượt người, 7 giờ 30 phút"."""
    said = [f"{words.number(total.number)} hoạt động"]
    if total.participants:
        said.append(f"{words.number(total.participants)} lượt người")
    if total.minutes:
        said.append(duration(total.minutes))
    return ", ".join(said)


def report_sentence(year: int, by_kind: Mapping[str, Sum]) -> str:
    """Return what Mẫu 02 says of a year's activities, "" where none was logged."""
    if not by_kind:
        return ""
    whole = sum(by_kind.values(), Sum())
    listed = ", ".join(
        f"{KINDS[kind].unit_name} ({words.number(one.number)})" for kind, one in by_kind.items()
    )
    return (
        f"Từ ngày 01 tháng 01 đến ngày 31 tháng 12 năm {year}, đơn vị đã tổ chức, tham gia {amount(whole)}, "
        f"gồm: {listed}."
    )
