"""What a unit of the registry may look like, and when two entries may be the same unit. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date, timedelta
from itertools import count

from portal.spelling import fold

from .kinds import DISTRICT_KINDS, SENSITIVE_KINDS

LONGEST = {
    "code": 30,
    "name": 300,
    "commune": 100,
    "superior": 200,
    "symbol": 30,
    "address": 300,
    "phone": 30,
    "email": 200,
    "head_name": 200,
    "head_title": 100,
}
LABELS = {
    "code": "Mã đơn vị",
    "name": "Tên đơn vị",
    "kind": "Loại hình",
    "public": "Công lập",
    "sensitive": "Không công khai số người",
    "commune": "Xã, phường, thị trấn",
    "superior": "Cơ quan chủ quản",
    "symbol": "Ký hiệu văn bản",
    "address": "Địa chỉ",
    "phone": "Điện thoại",
    "email": "Thư điện tử",
    "head_name": "Thủ trưởng",
    "head_title": "Chức vụ thủ trưởng",
    "opened_on": "Ngày thành lập",
}
CONTACT = ("superior", "symbol", "address", "phone", "email", "head_name", "head_title")
_CODE = re.compile(r"[A-Z0-9](?:[A-Z0-9._-]*[A-Z0-9])?")
_EMAIL = re.compile(r"[^\s@<>\"',;]+@[^\s@<>\"',;]+\.[^\s@<>\"',;.]+")
_PHONE = re.compile(r"\+?[0-9][0-9 .()/-]*")
_NUMBERED = re.compile(r"(.*?)([0-9]{1,9})")
_COMMUNE_WORD = re.compile(r"^(xa|phuong|thi tran|tt\.?|x\.|p\.)\s+")
LATEST_AHEAD = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Details:
    """What the registry says about a unit."""

    name: str
    kind: str
    public: bool
    opened_on: date | None
    code: str = ""
    sensitive: bool = False
    commune: str = ""
    superior: str = ""
    symbol: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    head_name: str = ""
    head_title: str = ""

    def differences(self, other: Details) -> list[str]:
        """Return the names of the fields in which two entries differ."""
        return [f.name for f in fields(self) if getattr(self, f.name) != getattr(other, f.name)]


def always_sensitive(kind: str) -> bool:
    """Return whether units of a kind never show head-counts to the public."""
    return kind in SENSITIVE_KINDS


def faults(details: Details, today: date, kinds: Collection[str] = DISTRICT_KINDS) -> dict[str, str]:
    """Return the sentence of everything wrong with an entry, by field; `kinds` are those recognised there."""
    found: dict[str, str] = {}
    for name, most in LONGEST.items():
        if len(getattr(details, name)) > most:
            found[name] = f"{LABELS[name]} dài nhất {most} ký tự."
    if not details.name:
        found["name"] = "Xin nhập tên đơn vị."
    elif not any(character.isalpha() for character in details.name) or not details.name[0].isalnum():
        found["name"] = "Tên đơn vị phải bắt đầu bằng chữ hoặc số và có chữ."
    if details.kind not in kinds:
        found["kind"] = "Xin chọn loại hình đơn vị."
    if details.code and not _CODE.fullmatch(details.code):
        found["code"] = (
            "Mã chỉ gồm chữ không dấu, số, dấu chấm, gạch nối; bắt đầu và kết thúc bằng chữ hoặc số."
        )
    if details.email and not _EMAIL.fullmatch(details.email):
        found["email"] = "Thư điện tử chưa đúng, ví dụ: truong@haiphong.edu.vn."
    digits = sum(character.isdigit() for character in details.phone)
    if details.phone and not (_PHONE.fullmatch(details.phone) and 8 <= digits <= 24):
        found["phone"] = "Điện thoại chưa đúng, ví dụ: 0225 3872 123."
    if details.opened_on is None:
        found["opened_on"] = "Xin nhập ngày thành lập theo mẫu 15/01/2027."
    elif details.opened_on > today + LATEST_AHEAD:
        found["opened_on"] = "Ngày thành lập không thể muộn hơn một năm kể từ hôm nay."
    return found


def closing_fault(opened_on: date, last_day: date | None, today: date) -> str | None:
    """Return why a unit cannot be closed after a day, or None."""
    if last_day is None:
        return "Xin nhập ngày hoạt động cuối cùng theo mẫu 15/01/2027."
    if last_day < opened_on:
        return "Ngày đóng không thể trước ngày thành lập."
    if last_day > today + LATEST_AHEAD:
        return "Ngày đóng không thể muộn hơn một năm kể từ hôm nay."
    return None


def spells(lines: str, name: str) -> bool:
    """Return whether lines are a name parted at its spaces, and no other name."""
    return " ".join(lines.split()).casefold() == " ".join(name.split()).casefold()


def head_fault(name: str, name_lines: str, authority: str) -> str | None:
    """Return why a unit's papers cannot be headed and signed so, or None."""
    if name_lines and not spells(name_lines, name):
        return (
            f"Tên in trên văn bản phải đúng là “{name}”; ở đây chỉ chọn chỗ xuống dòng. "
            "Tên sai thì báo nơi tiếp nhận hồ sơ sửa trong danh mục."
        )
    if len(name_lines.split("\n")) > 3:
        return "Tên đơn vị in nhiều nhất ba dòng."
    if len(authority.split("\n")) > 2:
        return "Quyền hạn người ký in nhiều nhất hai dòng, ví dụ: TM. ỦY BAN NHÂN DÂN và KT. CHỦ TỊCH."
    return None


def same_place(one: str, other: str) -> bool:
    """Return whether two communes may be the same: "Xã Mỹ Đức" and "mỹ đức"; an empty one may be any."""
    first, second = (_COMMUNE_WORD.sub("", fold(text)) for text in (one, other))
    return not first or not second or first == second


_SHORT = {
    "th": "tieu hoc",
    "mn": "mam non",
    "mg": "mau giao",
    "ubnd": "uy ban nhan dan",
    "hdnd": "hoi dong nhan dan",
    "cty": "cong ty",
    "tnhh": "trach nhiem huu han",
    "cp": "co phan",
    "htx": "hop tac xa",
    "thcs": "trung hoc co so",
    "p": "phuong",
    "x": "xa",
    "tt": "thi tran",
}
_EMPTY = {"truong"}


def bare_name(name: str) -> str:
    """Return what is left of a name without tones, signs and abbreviations: "Trường TH. Mỹ Đức" is "tieu hoc my duc"."""
    words = re.findall(r"[a-z0-9]+", fold(name))
    return " ".join(_SHORT.get(word, word) for word in words if word not in _EMPTY)


def code_series(codes: Iterable[str]) -> Iterator[str]:
    """Yield codes that continue the largest numbered series among `codes`: AL-003 after AL-002."""
    taken = set(codes)
    series: dict[str, list[str]] = {}
    for code in taken:
        match = _NUMBERED.fullmatch(code)
        if match:
            series.setdefault(match[1], []).append(match[2])
    prefix = max(sorted(series), key=lambda each: len(series[each]), default="DV")
    numbers = series.get(prefix, ["0000"])
    width, last = max(map(len, numbers)), max(map(int, numbers))
    for number in count(last + 1):
        code = f"{prefix}{number:0{width}d}"
        if code not in taken:
            yield code
