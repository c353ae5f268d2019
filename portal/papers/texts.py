"""The fixed wordings of papers that a new circular or a reform may change: where they stand, what they may name.

Plain text with named fields in braces, never markup. The wording shipped here holds until the Department puts
another in force. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from portal import words

_FIELD = re.compile(r"\{([^{}]*)\}")
LONGEST = 1_000
FIELDS: Mapping[str, str] = {
    "unit": "tên đơn vị",
    "office": "cơ quan thẩm định",
    "year": "năm đánh giá",
    "tier": "cấp công nhận (cấp huyện, cấp tỉnh)",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A place of a paper with the wording shipped for it; `fields` it may name; `lines`: one entry a line."""

    key: str
    paper: str
    where: str
    default: str
    fields: tuple[str, ...] = ("year", "tier")
    lines: bool = False

    @property
    def address(self) -> str:
        """The key as it stands in addresses."""
        return self.key.replace(".", "-")


@dataclass(frozen=True, slots=True)
class Wording:
    """A wording put in force: from which year of assessment, and when."""

    place: str
    text: str
    from_year: int
    in_force_at: datetime


PLACES: Mapping[str, Place] = {
    place.key: place
    for place in (
        Place(
            "circular",
            "Mọi văn bản",
            "Tên Thông tư được viện dẫn sau “Căn cứ”, “Thực hiện”",
            "Thông tư số 24/2023/TT-BGDĐT ngày 11 tháng 12 năm 2023 của Bộ trưởng Bộ Giáo dục và Đào tạo quy định về "
            "đánh giá, công nhận “Đơn vị học tập” cấp huyện, tỉnh",
            (),
        ),
        Place(
            "request.commitment",
            "Tờ trình của đơn vị (Mẫu 01)",
            "Câu cam kết trước chữ ký",
            "{unit} cam kết thông tin, số liệu trong hồ sơ là đầy đủ, trung thực và chịu trách nhiệm về nội dung đề "
            "nghị.",
            ("unit", "year", "tier"),
        ),
        Place(
            "receipt.closing",
            "Phiếu tiếp nhận",
            "Câu sau thời hạn thông báo kết quả",
            "Nếu hồ sơ cần bổ sung, đơn vị được thông báo một lần với đầy đủ các nội dung cần hoàn thiện.",
            ("unit", "year", "tier"),
        ),
        Place(
            "supplement.closing",
            "Phiếu yêu cầu bổ sung",
            "Câu sau thời hạn bổ sung",
            "Quá thời hạn này, hồ sơ được xem xét theo các tài liệu đã có.",
            ("unit", "year", "tier"),
        ),
        Place(
            "visit.closing",
            "Thông báo kiểm tra thực tế",
            "Đoạn cuối, trước chữ ký",
            "Đề nghị {unit} bố trí người đại diện làm việc với đoàn, chuẩn bị hồ sơ, minh chứng bản gốc và điều kiện "
            "cần thiết để đoàn kiểm tra. Kết quả kiểm tra được lập biên bản; đơn vị được ghi ý kiến trước khi ký.",
            ("unit", "year", "tier"),
        ),
        Place(
            "decision.duty",
            "Quyết định công nhận",
            "Trách nhiệm của đơn vị được công nhận, sau điều về thời hạn",
            "Các đơn vị được công nhận có trách nhiệm công bố công khai kết quả, duy trì và tiếp tục nâng cao chất "
            "lượng các hoạt động học tập của đơn vị.",
        ),
        Place(
            "decision.recipients",
            "Quyết định công nhận",
            "Nơi nhận, mỗi dòng một nơi",
            "Sở Giáo dục và Đào tạo\nCác đơn vị có tên tại Phụ lục\nLưu: VT, {office}",
            ("office", "year", "tier"),
            lines=True,
        ),
        Place(
            "certificate.note",
            "Giấy chứng nhận",
            "Dòng chữ nhỏ dưới cùng",
            "Mẫu trình bày của Cổng Đơn vị học tập, chưa được Sở Giáo dục và Đào tạo xác nhận.",
        ),
    )
}
BY_ADDRESS = {place.address: place for place in PLACES.values()}


def fault_of(place: Place, text: str) -> str:
    """Return the sentence why a wording cannot stand at a place, "" when it can."""
    if not text.strip():
        return "Xin ghi câu chữ."
    if len(text) > LONGEST:
        return f"Câu chữ dài {words.number(len(text))} ký tự; xin viết trong {words.number(LONGEST)} ký tự."
    unknown = [name for name in _FIELD.findall(text) if name not in place.fields]
    if unknown:
        known = ", ".join(f"{{{name}}} ({FIELDS[name]})" for name in place.fields) or "không có chỗ điền nào"
        return f"Không có chỗ điền {{{unknown[0]}}} ở đây. Dùng được: {known}."
    if set(_FIELD.sub("", text)) & set("{}"):
        return "Dấu { và } chỉ dùng để ghi chỗ điền, ví dụ {year}."
    if not place.lines and "\n" in text:
        return "Xin viết liền một đoạn, không xuống dòng."
    if place.lines and len(text.splitlines()) > 12:
        return "Ghi nhiều nhất 12 dòng."
    return ""


def fill(text: str, values: Mapping[str, object]) -> str:
    """Return a wording with its fields filled in; a field without a value is left out."""
    return _FIELD.sub(lambda found: str(values.get(found[1], "")), text)


def wording_at(place: str, year: int, issued: datetime | None, known: Iterable[Wording]) -> str:
    """Return the wording of a place for a paper: the latest that holds for its year and was in force when it was issued.

    `issued` None: a paper not issued yet takes what is in force. What was issued thus keeps its wording for good.
    """
    fitting = [
        one
        for one in known
        if one.place == place and one.from_year <= year and (issued is None or one.in_force_at <= issued)
    ]
    if not fitting:
        return PLACES[place].default
    return max(fitting, key=lambda one: (one.from_year, one.in_force_at)).text
