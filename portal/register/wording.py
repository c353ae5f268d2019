"""The words of the public pages: how a recognition stands, as heading, label and sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.words import day, level_name, long_day

from .models import RegisterEntry
from .rules import Standing, standing


@dataclass(frozen=True, slots=True)
class StandingWords:
    """Label with its tone, the heading of the verification page, the filter's value in addresses."""

    name: str
    tone: str
    heading: str
    slug: str


STANDINGS: dict[Standing, StandingWords] = {
    Standing.IN_FORCE: StandingWords("Còn hiệu lực", "ok", "Giấy chứng nhận còn hiệu lực", "con-hieu-luc"),
    Standing.EXPIRED: StandingWords("Hết hiệu lực", "na", "Giấy chứng nhận đã hết hiệu lực", "het-hieu-luc"),
    Standing.REVOKED: StandingWords("Đã thu hồi", "no", "Giấy chứng nhận đã bị thu hồi", "da-thu-hoi"),
    Standing.REPLACED: StandingWords("Đã thay thế", "na", "Giấy chứng nhận đã được thay thế", "da-thay-the"),
}
BY_SLUG = {known.slug: state for state, known in STANDINGS.items()}


def standing_of(entry: RegisterEntry, today: date) -> Standing:
    """Return how an entry stands on a day."""
    return standing(entry.state, entry.valid_to, today)


def sentence_of(entry: RegisterEntry, today: date) -> str:
    """Say in one sentence what an entry is worth on a day."""
    on = day(entry.state_on) if entry.state_on else ""
    return {
        Standing.IN_FORCE: f"Kết quả công nhận có hiệu lực đến hết ngày {day(entry.valid_to)}.",
        Standing.EXPIRED: f"Kết quả công nhận có hiệu lực đến hết ngày {day(entry.valid_to)}; nay đã hết.",
        Standing.REVOKED: f"Kết quả công nhận bị thu hồi từ ngày {on} nên giấy này không còn giá trị.",
        Standing.REPLACED: f"Từ ngày {on}, đơn vị có kết quả công nhận mới thay cho kết quả trên giấy này.",
    }[standing_of(entry, today)]


def publication_text(entry: RegisterEntry, address: str) -> str:
    """Return the text with which a unit announces its result on its web site or notice board."""
    return (
        f"THÔNG BÁO\nKết quả đánh giá, công nhận “Đơn vị học tập” năm {entry.year}\n\n"
        "Thực hiện Thông tư số 24/2023/TT-BGDĐT ngày 11 tháng 12 năm 2023 của Bộ trưởng Bộ Giáo dục và Đào tạo quy "
        f"định về đánh giá, công nhận “Đơn vị học tập” cấp huyện, tỉnh, {entry.unit_name} thông báo:\n\n"
        f"Tại Quyết định số {entry.decision_number} {long_day(entry.decided_on)} của {entry.issuer}, đơn vị được công "
        f"nhận đạt “Đơn vị học tập” {entry.tier}, {level_name(entry.level).lower()}, năm {entry.year}. Kết quả công "
        f"nhận có hiệu lực đến hết ngày {day(entry.valid_to)}.\n\nKiểm tra kết quả tại: {address}"
    )
