"""The units behind a figure, over all districts or one: searched, ordered, a page at a time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, or_

from portal import words
from portal.figures.queries import rows_behind
from portal.figures.tables import BESIDE
from portal.further.queries import REVOKED
from portal.units.models import Unit
from portal.web import Listing
from portal.words import StateWords, fold

SORTS = ("name", "code", "commune")
FIGURES = {
    "units": "Tất cả đơn vị",
    "registered": "Đã đăng ký",
    **BESIDE,
    "self_assessed": "Đã tự đánh giá",
    "submitted": "Đã nộp hồ sơ",
    "late": "Nộp quá hạn",
    "level_1": "Công nhận mức độ 1",
    "level_2": "Công nhận mức độ 2",
    "refused": "Không công nhận",
    "pending": "Đã nộp, chưa có kết quả",
    "still_valid": "Còn hiệu lực từ năm trước",
}
"""Figures whose units can be listed, by their name in the address."""

NO_DOSSIER = StateWords("Chưa có hồ sơ", "Chưa có hồ sơ", "idle")


def behind(
    year: int,
    asked: Listing,
    *,
    tenant_id: int | None = None,
    kind: str | None = None,
    former: bool = False,
) -> Select[Any]:
    """Return the statement of the units a list asks for, in a total order."""
    statement = rows_behind(
        year, asked.filters.get("so") or "units", tenant_id=tenant_id, kind=kind, former=former
    )
    if asked.q:
        like = fold(asked.q).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        statement = statement.where(
            or_(Unit.name_folded.like(f"%{like}%", escape="\\"), Unit.code.ilike(f"%{like}%", escape="\\"))
        )
    columns = {"name": Unit.name_sort, "code": Unit.code, "commune": Unit.commune}
    by = columns[asked.sort]
    first = by.desc() if asked.direction == "desc" else by.asc()
    return statement.order_by(None).order_by(first, Unit.name_sort, Unit.tenant_id, Unit.id)


def reached(row: Any) -> StateWords:
    """Say how far a unit of a list has come in its year."""
    if row.state is None:
        return NO_DOSSIER
    if row.revoked:
        return REVOKED
    if row.decided_level is not None:
        return words.RESULTS[row.decided_level]
    return words.DOSSIER_STATES[row.state]
