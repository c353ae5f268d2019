"""The words of requests that an indicator does not apply, and of the rulings on them."""

from __future__ import annotations

from collections.abc import Mapping

from portal.words import StateWords

STATES: Mapping[str, StateWords] = {
    "asked": StateWords("Chờ trả lời", "Đã đề nghị, chờ trả lời", "wait"),
    "granted": StateWords("Đã chấp thuận", "Được chấp thuận", "ok"),
    "refused": StateWords("Không chấp thuận", "Không được chấp thuận", "no"),
    "revoked": StateWords("Đã rút chấp thuận", "Chấp thuận đã bị rút", "no"),
    "withdrawn": StateWords("Đơn vị đã rút", "Đã rút đề nghị", "na"),
}
