"""What a published recognition is worth on a day, and under which name a unit stands in the register. Pure."""

from __future__ import annotations

from datetime import date
from enum import StrEnum


class Standing(StrEnum):
    """How a published recognition stands today; EXPIRED is reckoned, the others are written."""

    IN_FORCE = "in_force"
    EXPIRED = "expired"
    REVOKED = "revoked"
    REPLACED = "replaced"


def standing(state: str, valid_to: date, today: date) -> Standing:
    """Return how a recognition stands: what was revoked or replaced stays so, the rest ends after `valid_to`."""
    if state != "in_force":
        return Standing(state)
    return Standing.EXPIRED if valid_to < today else Standing.IN_FORCE


MASKED = "Đơn vị không nêu tên công khai"
MASKED_FORCES = "Đơn vị thuộc lực lượng vũ trang"


def masked_name(of_forces: bool) -> str:
    """Return what stands in place of the name of a unit that must not be named."""
    return MASKED_FORCES if of_forces else MASKED
