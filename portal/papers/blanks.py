"""Where what a page marks as "[chưa có: …]" is filled in: the same marks as sentences with their place."""

from __future__ import annotations

from portal.dossiers.checks import Fault
from portal.papers.documents import Page

_UNIT, _FORM, _MEETING = "dossiers.unit", "dossiers.show", "dossiers.minutes"
_HEAD = (_UNIT, "dau-van-ban")
_LETTER = (_FORM, "muc-do")
_TEAM = (_FORM, "to-danh-gia")
_FIGURES = (_FORM, "so-lieu")
_WORDS = (_FORM, "nhan-dinh")

# What stands in the mark → the page and place where it is filled in.
PLACES: dict[str, tuple[str, str]] = {
    "cơ quan chủ quản": _HEAD,
    "tên cơ quan, đơn vị": _HEAD,
    "địa danh": _HEAD,
    "địa chỉ đơn vị": (_UNIT, "don-vi"),
    "chức vụ người ký": (_UNIT, "don-vi"),
    "họ và tên người ký": (_UNIT, "don-vi"),
    "số văn bản": _LETTER,
    "ngày, tháng, năm": _LETTER,
    "mức độ đề nghị": _LETTER,
    "nơi nhận văn bản": _LETTER,
    "danh mục hồ sơ gửi kèm": _LETTER,
    "kết quả tự đánh giá": _FIGURES,
    "số thành viên": _FIGURES,
    "số người học": _FIGURES,
    "số quyết định thành lập Tổ": _TEAM,
    "ngày quyết định thành lập Tổ": _TEAM,
    "danh sách thành viên Tổ đánh giá": _TEAM,
    "đánh giá ưu điểm": _WORDS,
    "kế hoạch cải tiến": _WORDS,
    "ngày, giờ họp": (_MEETING, ""),
    "địa điểm họp": (_MEETING, ""),
    "người chủ trì": (_MEETING, ""),
    "thư ký cuộc họp": (_MEETING, ""),
    "thành viên vắng mặt": (_MEETING, ""),
    "kết luận cuộc họp": (_MEETING, ""),
}
# Marks that belong to one indicator: the card of that indicator, or the team's word on it.
OF_INDICATOR = {
    "kết quả": _FORM,
    "số liệu": _FORM,
    "tỷ lệ": _FORM,
    "minh chứng": _FORM,
    "ý kiến": _MEETING,
}


def blanks(page: Page) -> list[Fault]:
    """Return what a page still marks as missing, each kind once, in the order of the page."""
    codes: dict[str, list[str]] = {}
    for code, what in page.lacks():
        codes.setdefault(what, []).append(code)
    return [_fault(what, [code for code in of if code]) for what, of in codes.items()]


def _fault(what: str, codes: list[str]) -> Fault:
    if codes:
        page = OF_INDICATOR.get(what, _FORM)
        anchor = f"chi-tieu-{codes[0]}" if page == _FORM else ""
        return Fault(f"Chỉ tiêu {', '.join(codes)}: chưa có {what}.", anchor, stops=False, page=page)
    page, anchor = PLACES[what]
    return Fault(f"Chưa có {what}.", anchor, stops=False, page=page)
