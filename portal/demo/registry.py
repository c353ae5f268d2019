"""The places and units of the demonstration: Hải Phòng's 15 former districts and what they would register.

Districts and communes are real (`data/hai-phong.csv`, its first line names the source). Which school stands
where, and every figure, is made up; persons appear by their post, never by a name.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from tenants.places import TenantKind

DATA = Path(__file__).parent / "data" / "hai-phong.csv"
PROVINCE = "Thành phố Hải Phòng"
SINCE = date(2023, 9, 1)

_KINDS = {
    "Huyện": TenantKind.RURAL_DISTRICT,
    "Quận": TenantKind.URBAN_DISTRICT,
    "Thành phố": TenantKind.CITY,
}


@dataclass(frozen=True)
class PlaceData:
    """A former district with its communes (full names)."""

    code: str
    kind: TenantKind
    name: str
    short: str
    communes: tuple[str, ...]

    @property
    def inline(self) -> str:
        """The name inside a sentence: "huyện An Lão"."""
        return self.name[:1].lower() + self.name[1:]

    @property
    def slug(self) -> str:
        """Plain letters for user names: "anlao"."""
        from portal.words import fold

        return fold(self.short).replace(" ", "")


@dataclass(frozen=True)
class UnitData:
    """A unit as the demonstration registers it; `members` and `learners` are what it would count at 31/12."""

    name: str
    kind: str
    public: bool
    commune: str
    members: int
    learners: int
    head_title: str
    superior: str
    symbol: str

    @property
    def sensitive(self) -> bool:
        """Units of the army and the police never show head-counts."""
        return self.kind == "military_police"


@cache
def places() -> tuple[PlaceData, ...]:
    """Return the 15 former districts in the order of their codes."""
    with DATA.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    names = {row["district_code"]: row["district"] for row in rows}
    found = []
    for code, name in names.items():
        prefix = next(p for p in _KINDS if name.startswith(p))
        communes = tuple(r["commune"] for r in rows if r["district_code"] == code and r["commune"])
        found.append(PlaceData(code, _KINDS[prefix], name, name.removeprefix(prefix).strip(), communes))
    return tuple(found)


_OFFICES = (
    "Văn phòng HĐND và UBND",
    "Phòng Nội vụ",
    "Phòng Tư pháp",
    "Phòng Tài chính - Kế hoạch",
    "Phòng Tài nguyên và Môi trường",
    "Phòng Lao động - Thương binh và Xã hội",
    "Phòng Văn hóa và Thông tin",
    "Phòng Giáo dục và Đào tạo",
    "Phòng Y tế",
    "Thanh tra",
    "Phòng Kinh tế và Hạ tầng",
    "Phòng Nông nghiệp và Phát triển nông thôn",
    "Trung tâm Văn hóa - Thông tin và Thể thao",
    "Ban Quản lý dự án đầu tư xây dựng",
    "Trung tâm Phát triển quỹ đất",
    "Trung tâm Dịch vụ nông nghiệp",
    "Hạt Kiểm lâm",
    "Đội Quản lý trật tự đô thị",
)
_PARTY = ("Văn phòng", "Ban Tổ chức", "Ban Tuyên giáo", "Ban Dân vận", "Ủy ban Kiểm tra")
_FRONT = (
    "Ủy ban Mặt trận Tổ quốc Việt Nam",
    "Liên đoàn Lao động",
    "Đoàn TNCS Hồ Chí Minh",
    "Hội Nông dân",
    "Hội Liên hiệp Phụ nữ",
    "Hội Cựu chiến binh",
    "Hội Khuyến học",
)
_ASSOCIATIONS = (
    "Hội Chữ thập đỏ",
    "Hội Người cao tuổi",
    "Hội Luật gia",
    "Hội Sinh vật cảnh",
    "Hội Cựu giáo chức",
    "Hội Đông y",
    "Hội Người mù",
    "Hội Nạn nhân chất độc da cam/dioxin",
)
_ENTERPRISES = (
    "Hợp tác xã Dịch vụ nông nghiệp",
    "Hợp tác xã Thủy sản",
    "Công ty TNHH Cơ khí",
    "Công ty Cổ phần May",
    "Công ty TNHH Môi trường đô thị",
    "Quỹ tín dụng nhân dân",
    "Hợp tác xã Vận tải",
    "Công ty TNHH Xây dựng",
    "Công ty Cổ phần Giày da",
    "Công ty TNHH Chế biến nông sản",
    "Công ty Cổ phần Nước sạch",
    "Công ty TNHH Thương mại tổng hợp",
)


def units_of(place: PlaceData, chance: random.Random) -> Iterator[UnitData]:
    """Yield the units a former district would register, in a fixed order for a fixed `chance`."""
    committee = f"ỦY BAN NHÂN DÂN {place.name.upper()}"
    party = "Huyện ủy" if place.kind is TenantKind.RURAL_DISTRICT else place.name.split()[0] + " ủy"
    if place.kind is TenantKind.CITY:
        party = "Thành ủy"
    for name in _PARTY:
        yield _office(
            f"{name} {party} {place.short}", "party_office", f"{party} {place.short}", "Trưởng ban", chance
        )
    for name in _OFFICES:
        yield _office(f"{name} {place.inline}", "government_office", committee, "Trưởng phòng", chance)
    for name in _FRONT:
        yield _office(f"{name} {place.inline}", "front_mass", "", "Chủ tịch", chance)
    for name, title in (("Ban Chỉ huy Quân sự", "Chỉ huy trưởng"), ("Công an", "Trưởng công an")):
        yield UnitData(
            f"{name} {place.inline}", "military_police", True, "", chance.randint(25, 160), 0, title, "", ""
        )
    for name in _ENTERPRISES:
        yield UnitData(
            f"{name} {place.short}", "enterprise", False, chance.choice(place.communes or ("",)),
            chance.randint(12, 240), 0, "Giám đốc", "", "",
        )  # fmt: skip
    if place.communes:
        yield UnitData(
            f"Trung tâm Giáo dục nghề nghiệp - Giáo dục thường xuyên {place.inline}", "vocational_centre", True,
            place.communes[0], chance.randint(22, 48), chance.randint(300, 900), "Giám đốc", committee, "TTGDNN",
        )  # fmt: skip
    for name in _ASSOCIATIONS:
        yield _office(f"{name} {place.inline}", "association", "", "Chủ tịch", chance, public=False)
    for number, commune in enumerate(place.communes):
        yield from _of_commune(place, commune, number, committee, chance)


def _office(
    name: str, kind: str, superior: str, title: str, chance: random.Random, *, public: bool = True
) -> UnitData:
    return UnitData(name, kind, public, "", chance.randint(4, 26), 0, title, superior, "")


def _of_commune(
    place: PlaceData, commune: str, number: int, committee: str, chance: random.Random
) -> Iterator[UnitData]:
    short = commune.split(" ", 1)[1].removeprefix("trấn ").strip()
    low = commune[:1].lower() + commune[1:]
    yield UnitData(
        f"Ủy ban nhân dân {low}", "commune_committee", True, commune, chance.randint(18, 32), 0,
        "Chủ tịch UBND", committee, "UBND",
    )  # fmt: skip
    yield _school(
        f"Trường Mầm non {short}", "preschool", commune, committee, "MN", chance, (18, 52), (160, 560)
    )
    if number % 6 == 5:
        yield _school(
            f"Trường Tiểu học và Trung học cơ sở {short}", "primary_lower_secondary", commune, committee,
            "TH&THCS", chance, (34, 72), (420, 1100),
        )  # fmt: skip
    else:
        yield _school(
            f"Trường Tiểu học {short}", "primary", commune, committee, "TH", chance, (24, 58), (320, 1200)
        )
        yield _school(
            f"Trường Trung học cơ sở {short}", "lower_secondary", commune, committee, "THCS", chance, (20, 50), (260, 900)
        )  # fmt: skip
    if number % 5 == 2:
        yield UnitData(
            f"Trường Mầm non tư thục Hoa Sen {short}", "preschool", False, commune, chance.randint(9, 22),
            chance.randint(60, 180), "Hiệu trưởng", "", "MNTT",
        )  # fmt: skip
    if number % 9 == 4:
        yield _school(
            f"Trung tâm Học tập cộng đồng {low}",
            "other_school",
            commune,
            committee,
            "TTHTCĐ",
            chance,
            (4, 9),
            (0, 0),
        )


def _school(
    name: str,
    kind: str,
    commune: str,
    superior: str,
    symbol: str,
    chance: random.Random,
    members: tuple[int, int],
    learners: tuple[int, int],
) -> UnitData:
    title = "Giám đốc" if kind == "other_school" else "Hiệu trưởng"
    return UnitData(
        name,
        kind,
        True,
        commune,
        chance.randint(*members),
        chance.randint(*learners),
        title,
        superior,
        symbol,
    )
