"""The words of registration: targets, changes, and where a unit stands with it."""

from __future__ import annotations

from collections.abc import Mapping

from portal.words import StateWords

# Inside a sentence ("đăng ký …"), and by itself.
TARGETS: Mapping[str, StateWords] = {
    "level_1": StateWords("Mức độ 1", "mức độ 1", "ok"),
    "level_2": StateWords("Mức độ 2", "mức độ 2", "ok"),
    "keep": StateWords("Duy trì", "duy trì kết quả đã được công nhận", "ok"),
}

HINTS: Mapping[str, str] = {
    "level_1": "Đề nghị công nhận mức độ 1 của năm.",
    "level_2": "Đề nghị công nhận mức độ 2 của năm.",
    "keep": "Giữ kết quả đã được công nhận và còn hiệu lực, không đề nghị mức mới.",
}

CHANGES: Mapping[str, str] = {
    "proposed": "Đề xuất",
    "confirmed": "Thủ trưởng xác nhận",
    "dropped": "Bỏ đề xuất",
    "cancelled": "Hủy đăng ký",
}

STANDINGS: Mapping[str, StateWords] = {
    "level_1": StateWords("Mức độ 1", "Đã đăng ký mức độ 1", "ok"),
    "level_2": StateWords("Mức độ 2", "Đã đăng ký mức độ 2", "ok"),
    "keep": StateWords("Duy trì", "Đã đăng ký duy trì", "ok"),
    "waiting": StateWords("Chờ thủ trưởng xác nhận", "Chờ thủ trưởng xác nhận", "wait"),
    "none": StateWords("Chưa đăng ký", "Chưa đăng ký", "idle"),
    "unregistered": StateWords("Không đăng ký", "Không đăng ký", "na"),
}


def target_name(target: str | None) -> str:
    """Name a target by itself; None: not registered."""
    return TARGETS[target].name if target else "Không đăng ký"
