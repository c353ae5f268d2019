"""The one home of the Vietnamese words of the product, so that a word is changed once.

Kinds of units, roles, states, channels, head-counts and outcomes by their code, and how numbers and
dates are written. Text forms for search and order are re-exported from portal.spelling.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from portal.place_kinds import TEMPLATES
from portal.spelling import fold, nfc, sort_key

__all__ = [
    "CERTAINTIES",
    "CHANNELS",
    "DISTRICT_KINDS",
    "DOCUMENT_KINDS",
    "DOSSIER_PARTS",
    "DOSSIER_STATES",
    "HEADCOUNTS",
    "KIND_GROUPS",
    "OUTCOMES",
    "PROVINCE_GROUPS",
    "PROVINCE_KINDS",
    "PROVINCIAL_ROLES",
    "REPORT_STATES",
    "RESULTS",
    "ROLES",
    "TENANT_KINDS",
    "UNIT_KINDS",
    "ZONE",
    "Headcount",
    "StateWords",
    "UnitKind",
    "day",
    "file_size",
    "fold",
    "groups_of",
    "in_words_of",
    "kind_inline",
    "kind_name",
    "kind_order",
    "kinds_beside",
    "kinds_of",
    "level_name",
    "long_day",
    "moment",
    "nfc",
    "number",
    "percent",
    "public_name",
    "role_name",
    "sort_key",
]

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass(frozen=True, slots=True)
class UnitKind:
    """A kind of unit: its full name, the name inside a sentence, a short one for narrow columns.

    `group` is its row of Biểu 01 ("7.1"); `sensitive` kinds never show head-counts to the public.
    """

    code: str
    group: str
    name: str
    inline: str
    short: str
    sensitive: bool = False
    educational: bool = False


def _by_code(*kinds: UnitKind) -> Mapping[str, UnitKind]:
    return {kind.code: kind for kind in kinds}


# Article 2 of Circular 24/2023; the order is the order of the rows of Biểu 01.
DISTRICT_KINDS: Mapping[str, UnitKind] = _by_code(
    UnitKind("party_office", "1", "Cơ quan tham mưu, giúp việc cấp ủy",
             "cơ quan tham mưu, giúp việc cấp ủy", "Cơ quan Đảng"),
    UnitKind("government_office", "2", "Cơ quan, đơn vị thuộc, trực thuộc Ủy ban nhân dân",
             "cơ quan, đơn vị thuộc, trực thuộc Ủy ban nhân dân", "Cơ quan UBND"),
    UnitKind("front_mass", "3", "Mặt trận Tổ quốc, đoàn thể, hội",
             "Mặt trận Tổ quốc, đoàn thể, hội", "Mặt trận, đoàn thể"),
    UnitKind("military_police", "4", "Quân sự, công an", "quân sự, công an", "Quân sự, công an",
             sensitive=True),
    UnitKind("enterprise", "5", "Doanh nghiệp, hợp tác xã, tổ chức kinh doanh",
             "doanh nghiệp, hợp tác xã, tổ chức kinh doanh", "Doanh nghiệp, HTX"),
    UnitKind("commune_committee", "6", "Ủy ban nhân dân xã, phường, thị trấn",
             "Ủy ban nhân dân xã, phường, thị trấn", "UBND xã"),
    UnitKind("preschool", "7.1", "Nhà trẻ, trường mẫu giáo, trường mầm non",
             "nhà trẻ, trường mẫu giáo, trường mầm non", "Mầm non", educational=True),
    UnitKind("primary", "7.2", "Trường tiểu học", "trường tiểu học", "Tiểu học", educational=True),
    UnitKind("lower_secondary", "7.3", "Trường trung học cơ sở", "trường trung học cơ sở", "THCS",
             educational=True),
    UnitKind("primary_lower_secondary", "7.4", "Trường tiểu học và trung học cơ sở",
             "trường tiểu học và trung học cơ sở", "TH và THCS", educational=True),
    UnitKind("vocational_centre", "7.5", "Trung tâm giáo dục nghề nghiệp - giáo dục thường xuyên",
             "trung tâm giáo dục nghề nghiệp - giáo dục thường xuyên", "TT GDNN-GDTX", educational=True),
    UnitKind("other_school", "7.6", "Cơ sở giáo dục khác", "cơ sở giáo dục khác", "Giáo dục khác",
             educational=True),
    UnitKind("association", "8", "Tổ chức xã hội, tổ chức xã hội - nghề nghiệp",
             "tổ chức xã hội, tổ chức xã hội - nghề nghiệp", "Hội, tổ chức xã hội"),
)  # fmt: skip

# Kinds that only the province recognises (Articles 12 and 13): those its criteria name, and the offices and
# enterprises of the province; the definition in Article 2 has not been read.
PROVINCE_KINDS: Mapping[str, UnitKind] = _by_code(
    UnitKind("provincial_office", "1", "Cơ quan, tổ chức, đơn vị cấp tỉnh",
             "cơ quan, tổ chức, đơn vị cấp tỉnh", "Cơ quan cấp tỉnh"),
    UnitKind("provincial_enterprise", "2", "Doanh nghiệp thuộc thẩm quyền quản lý của tỉnh",
             "doanh nghiệp thuộc thẩm quyền quản lý của tỉnh", "Doanh nghiệp tỉnh"),
    UnitKind("upper_secondary", "3.1", "Trường trung học phổ thông, trường phổ thông nhiều cấp học",
             "trường trung học phổ thông, trường phổ thông nhiều cấp học", "THPT", educational=True),
    UnitKind("continuing_centre", "3.2", "Trung tâm giáo dục thường xuyên",
             "trung tâm giáo dục thường xuyên", "TT GDTX", educational=True),
    UnitKind("higher_education", "3.3", "Cơ sở giáo dục đại học", "cơ sở giáo dục đại học", "Đại học",
             educational=True),
    UnitKind("vocational_institution", "3.4", "Cơ sở giáo dục nghề nghiệp",
             "cơ sở giáo dục nghề nghiệp", "GDNN", educational=True),
)  # fmt: skip
UNIT_KINDS: Mapping[str, UnitKind] = {**DISTRICT_KINDS, **PROVINCE_KINDS}

KIND_GROUPS: Mapping[str, str] = {"7": "Cơ sở giáo dục"}
PROVINCE_GROUPS: Mapping[str, str] = {"3": "Cơ sở giáo dục"}


@dataclass(frozen=True, slots=True)
class StateWords:
    """The words of a state: for staff, for the unit, and the tone (ok, no, wait, go, na) of its mark."""

    name: str
    unit_name: str
    tone: str


DOSSIER_STATES: Mapping[str, StateWords] = {
    "draft": StateWords("Đang tự đánh giá", "Đang soạn", "go"),
    "signed": StateWords("Đã ký, chưa nộp", "Đã ký, chưa nộp", "wait"),
    "submitted": StateWords("Chờ tiếp nhận", "Đã nộp, chờ tiếp nhận", "wait"),
    "supplement_requested": StateWords("Chờ đơn vị bổ sung", "Cần bổ sung", "wait"),
    "accepted": StateWords("Đang thẩm định", "Đã tiếp nhận, đang thẩm định", "go"),
    "appraised": StateWords("Đã thẩm định, chờ quyết định", "Chờ quyết định", "wait"),
    "decided": StateWords("Đã có quyết định", "Đã có kết quả", "ok"),
    "withdrawn": StateWords("Đơn vị đã rút", "Đã rút hồ sơ", "na"),
    "refused_late": StateWords("Không nhận do quá hạn", "Không được nhận do quá hạn", "no"),
    "closed_unreached": StateWords("Tự đánh giá chưa đạt", "Kết thúc năm: tự đánh giá chưa đạt", "no"),
}

# What a piece of evidence is; the catalogue says which kinds prove an indicator (`proved_by`).
DOCUMENT_KINDS: Mapping[str, str] = {
    "plan": "Kế hoạch",
    "regulation": "Quy chế, quy định nội bộ",
    "funding": "Kinh phí, dự toán",
    "decision": "Quyết định",
    "report": "Báo cáo",
    "minutes": "Biên bản",
    "list": "Danh sách",
    "certificate": "Giấy chứng nhận, văn bằng",
    "photo": "Ảnh",
    "other": "Tài liệu khác",
}

# Parts of a dossier beside its indicators, as a supplement request may name them.
DOSSIER_PARTS: Mapping[str, str] = {
    "headcount": "Số liệu nền",
    "team_member": "Tổ đánh giá",
    "texts": "Nhận định chung",
    "letter": "Mức độ đề nghị, Tờ trình",
}

REPORT_STATES: Mapping[str, StateWords] = {
    "draft": StateWords("Đang soạn", "Đang soạn", "go"),
    "locked": StateWords("Đã khóa số liệu", "Đã khóa số liệu", "go"),
    "sent": StateWords("Đã gửi, chờ nhận", "Đã gửi, chờ Sở nhận", "wait"),
    "accepted": StateWords("Đã nhận", "Sở đã nhận", "ok"),
    "returned": StateWords("Trả lại", "Sở trả lại", "no"),
}

OUTCOMES: Mapping[str, StateWords] = {
    "met": StateWords("Đạt", "Đạt", "ok"),
    "not_met": StateWords("Chưa đạt", "Chưa đạt", "no"),
    "missing": StateWords("Chưa nhập", "Chưa nhập", "wait"),
    "no_evidence": StateWords("Chưa đủ minh chứng", "Chưa đủ minh chứng", "wait"),
    "not_applicable": StateWords("Không áp dụng", "Không áp dụng", "na"),
    "unconfirmed": StateWords("Ngưỡng chưa xác nhận", "Ngưỡng chưa xác nhận", "wait"),
}

# The level a decision gives (0: not recognised).
RESULTS: Mapping[int, StateWords] = {
    0: StateWords("Không công nhận", "Không được công nhận", "no"),
    1: StateWords("Công nhận mức độ 1", "Đạt mức độ 1", "ok"),
    2: StateWords("Công nhận mức độ 2", "Đạt mức độ 2", "ok"),
}

ROLES: Mapping[str, str] = {
    "province_admin": "Quản trị tỉnh",
    "province_officer": "Chuyên viên Sở GDĐT",
    "province_viewer": "Lãnh đạo Sở (xem)",
    "district_admin": "Quản trị huyện",
    "district_officer": "Chuyên viên Phòng GDĐT",
    "district_council": "Thành viên hội đồng thẩm định",
    "district_leader": "Lãnh đạo UBND",
    "unit_editor": "Cán bộ đầu mối",
    "unit_head": "Thủ trưởng đơn vị",
    "unit_contributor": "Người góp minh chứng",
}

TENANT_KINDS: Mapping[str, str] = {kind.value: template.label for kind, template in TEMPLATES.items()}

# The roles of a place that is the province's own: its officers are the Department's.
PROVINCIAL_ROLES: Mapping[str, str] = {
    "district_admin": "Quản trị đơn vị cấp tỉnh",
    "district_officer": "Chuyên viên Sở GDĐT (đơn vị cấp tỉnh)",
    "district_leader": "Lãnh đạo tỉnh (ký quyết định)",
}

# How sure a number of the catalogue is before the Department has confirmed it.
CERTAINTIES: Mapping[str, StateWords] = {
    "found": StateWords("Có trong nguồn đã đọc", "Có trong nguồn đã đọc", "ok"),
    "suggested": StateWords("Suy ra từ nguồn đã đọc", "Suy ra từ nguồn đã đọc", "wait"),
    "unknown": StateWords("Chưa tìm thấy nguồn", "Chưa tìm thấy nguồn", "no"),
}

# Article 10 clause 1 point c: directly, online or by post.
CHANNELS: Mapping[str, str] = {
    "portal": "Trên cổng",
    "paper": "Nộp trực tiếp bản giấy",
    "post": "Qua bưu chính",
    "public_service": "Cổng dịch vụ công",
}


@dataclass(frozen=True, slots=True)
class Headcount:
    """A head-count of a unit: its label, the name inside a sentence and what none of it means.

    `some` and `unsaid` serve units that tell ratios only, and so say whether there are any instead of how many.
    """

    name: str
    inline: str
    none: str
    some: str
    unsaid: str


HEADCOUNTS: Mapping[str, Headcount] = {
    "members": Headcount(
        "Thành viên tại 31/12",
        "số Thành viên tại 31/12",
        "đơn vị không có Thành viên",
        "đơn vị có Thành viên",
        "Chưa cho biết đơn vị có Thành viên hay không",
    ),
    "learners": Headcount(
        "Người học",
        "số người học",
        "đơn vị không có người học",
        "đơn vị có người học",
        "Chưa cho biết đơn vị có người học hay không",
    ),
    "language_posts": Headcount(
        "Vị trí việc làm yêu cầu ngoại ngữ",
        "số vị trí việc làm yêu cầu ngoại ngữ",
        "đơn vị không có vị trí việc làm yêu cầu ngoại ngữ",
        "đơn vị có vị trí việc làm yêu cầu ngoại ngữ",
        "Chưa cho biết đơn vị có vị trí việc làm yêu cầu ngoại ngữ hay không",
    ),
}


def kinds_of(tier: str) -> Mapping[str, UnitKind]:
    """Return the kinds of unit that places of a tier recognise, in the order of their Biểu 01."""
    return PROVINCE_KINDS if tier == "province" else DISTRICT_KINDS


def kinds_beside(code: str) -> Mapping[str, UnitKind]:
    """Return the kinds that are recognised where a kind is."""
    return PROVINCE_KINDS if code in PROVINCE_KINDS else DISTRICT_KINDS


# What a district's bodies are called in our own sentences, and what stands for it where the province recognises.
_PROVINCIAL_WORDS = (
    ("Hướng dẫn cho huyện", "Hướng dẫn từng việc"),
    (" (Điều 10 Thông tư 24/2023)", ""),
    ("31 ngày thẩm định", "Những ngày thẩm định"),
    ("Phòng Giáo dục và Đào tạo", "Sở Giáo dục và Đào tạo"),
    ("Trưởng Phòng", "Giám đốc Sở"),
    ("TRƯỞNG PHÒNG", "GIÁM ĐỐC"),
    ("Trưởng phòng", "Giám đốc"),
    ("PGDĐT", "SGDĐT"),
    ("Phòng GDĐT", "Sở GDĐT"),
    ("Quản trị huyện", "Quản trị đơn vị cấp tỉnh"),
    ("quản trị huyện", "quản trị đơn vị cấp tỉnh"),
    ("Huyện", "Tỉnh"),
    ("huyện", "tỉnh"),
)


def in_words_of(tier: str, sentence: str) -> str:
    """Return our own sentence as a tier says it; never to be given what people typed."""
    if tier == "province":
        for district, province in _PROVINCIAL_WORDS:
            sentence = sentence.replace(district, province)
    return sentence


def role_name(role: str, tier: str) -> str:
    """Name a role as people of a place of a tier know it."""
    return (PROVINCIAL_ROLES.get(role) if tier == "province" else None) or ROLES.get(role, role)


def groups_of(tier: str) -> Mapping[str, str]:
    """Return the rows of Biểu 01 that hold several kinds, by their number."""
    return PROVINCE_GROUPS if tier == "province" else KIND_GROUPS


def kind_name(code: str) -> str:
    """Name a kind of unit in full; KeyError for a code that does not exist."""
    return UNIT_KINDS[code].name


def kind_inline(code: str) -> str:
    """Name a kind of unit as it stands inside a sentence."""
    return UNIT_KINDS[code].inline


def kind_order(code: str) -> int:
    """Give the place of a kind in Biểu 01, district kinds before provincial ones."""
    return list(UNIT_KINDS).index(code)


def public_name(public: bool) -> str:
    """Say whether a unit is public."""
    return "Công lập" if public else "Ngoài công lập"


def level_name(level: int) -> str:
    """Name a level ("Mức độ 1"); 0 is no level reached."""
    return f"Mức độ {level}" if level else "Chưa đạt"


def number(value: int) -> str:
    """Write a whole number with dots between thousands: 1548 as "1.548"."""
    return f"{value:,}".replace(",", ".")


def percent(part: int, whole: int, places: int = 2) -> str:
    """Write a share as "94,59 %", cut off and never rounded up; a whole percentage without decimals.

    Cutting keeps 89,96… % from showing as 90 % below a threshold of 90. No whole gives "–".
    """
    if whole <= 0:
        return "–"
    scale = 10**places
    units, rest = divmod(100 * scale * part, whole)
    before, after = divmod(units, scale)
    if places == 0 or (after == 0 and rest == 0):
        return f"{number(before)} %"
    return f"{number(before)},{after:0{places}d} %"


def file_size(size: int) -> str:
    """Write a size in bytes as people read it: "340 kB", "1,2 MB"."""
    if size < 1000:
        return f"{size} byte"
    if size < 1_000_000:
        return f"{size // 1000} kB"
    if size >= 1_000_000_000:
        return f"{number(size // 1_000_000_000)},{size % 1_000_000_000 // 100_000_000} GB"
    return f"{size // 1_000_000},{size % 1_000_000 // 100_000} MB"


def day(value: date) -> str:
    """Write a day as "15/01/2027"; a moment is first brought to Vietnamese time."""
    return f"{_local(value):%d/%m/%Y}"


def moment(value: datetime) -> str:
    """Write a moment as "12/01/2027 16:05", Vietnamese time; a moment without a zone is refused."""
    return f"{_local(value):%d/%m/%Y %H:%M}"


def long_day(value: date) -> str:
    """Write a day for an official paper: "ngày 06 tháng 02 năm 2027".

    Decree 30/2020 puts a 0 before days below 10 and before months 1 and 2 only.
    """
    local = _local(value)
    month = f"{local.month:02d}" if local.month <= 2 else str(local.month)
    return f"ngày {local.day:02d} tháng {month} năm {local.year}"


def _local(value: date) -> date:
    if not isinstance(value, datetime):
        return value
    if value.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return value.astimezone(ZONE)
