"""The units behind a figure or behind a figure of an indicator: searched, ordered, a page at a time or as a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, or_, select

from portal import words
from portal.catalogue.models import CatalogueIndicator, Criterion
from portal.cycle.models import Cycle
from portal.figures import outcomes
from portal.figures.behind import SORTS as ORDERS
from portal.figures.behind import Wanted, page_behind, rows_behind
from portal.figures.queries import JUDGED
from portal.figures.tables import BESIDE
from portal.further.queries import REVOKED
from portal.papers.sheets import Column, Kind
from portal.reports.row_views import JUDGED as OUTCOME_CELLS
from portal.reports.row_views import Cells
from portal.units.models import Unit
from portal.web import Listing, Page, paginate
from portal.words import StateWords, fold
from tenants.database import db

from .sources import Part

SORTS = tuple(ORDERS)
FIGURES: Mapping[str, str] = {
    "units": "Tất cả đơn vị",
    "registered": "Đã đăng ký",
    **BESIDE,
    "self_assessed": "Đã tự đánh giá",
    "submitted": "Đã nộp hồ sơ",
    "late": "Nộp quá hạn",
    "appraised": "Đã thẩm định",
    "level_1": "Công nhận mức độ 1",
    "level_2": "Công nhận mức độ 2",
    "recognised": "Công nhận trong năm",
    "refused": "Không công nhận",
    "pending": "Đã nộp, chưa có kết quả",
    "still_valid": "Còn hiệu lực từ năm trước",
    "in_force": "Đang được công nhận",
}
"""Figures whose units can be listed, by their name in the address."""
OF_INDICATOR: Mapping[str, str] = {
    "missed": "Thẩm định chưa đạt mức độ 1",
    "applies": "Áp dụng chỉ tiêu",
    "self_1": "Tự đánh giá đạt mức độ 1",
    "self_2": "Tự đánh giá đạt mức độ 2",
    "judged": "Đã thẩm định",
    "found_1": "Thẩm định đạt mức độ 1",
    "found_2": "Thẩm định đạt mức độ 2",
    "differs": "Thẩm định khác tự đánh giá",
}
"""Figures of an indicator whose units can be listed; the first one where the address names none."""
ALL_FIGURES = (*FIGURES, *OF_INDICATOR)
COLUMNS = (
    Column("Mã đơn vị", width=12),
    Column("Đơn vị", width=42),
    Column("Huyện", width=24),
    Column("Loại hình", width=30),
    Column("Công lập", width=14),
    Column("Xã, phường", width=18),
)
"""The columns every file of units begins with."""

NO_DOSSIER = StateWords("Chưa có hồ sơ", "Chưa có hồ sơ", "idle")


@dataclass(frozen=True, slots=True)
class Behind:
    """A figure whose units are listed: what it is called, further columns; `indicator`: its code or ""."""

    title: str
    slug: str
    figure: str
    figures: tuple[tuple[str, str], ...]
    cells: Cells
    indicator: str = ""


def indicators(cycle: Cycle) -> list[tuple[str, str]]:
    """Return the code and title of every indicator a year is judged by, in their order."""
    statement = (
        select(CatalogueIndicator.code, CatalogueIndicator.title)
        .join(Criterion, Criterion.id == CatalogueIndicator.criterion_id)
        .where(CatalogueIndicator.version_id == cycle.version_id)
        .order_by(Criterion.number, CatalogueIndicator.position)
    )
    return [(code, title) for code, title in db.session.execute(statement)]


def behind(asked: Listing) -> Behind:
    """Return the figure whose units a list asks for."""
    code, figure = asked.filters["chi_tieu"], asked.filters["so"]
    if code:
        figure = figure if figure in OF_INDICATOR else next(iter(OF_INDICATOR))
        title = f"Chỉ tiêu {code}: {OF_INDICATOR[figure].lower()}"
        return Behind(title, f"{code}-{figure}", figure, tuple(OF_INDICATOR.items()), OUTCOME_CELLS, code)
    figure = figure if figure in FIGURES else "units"
    return Behind(FIGURES[figure], figure, figure, tuple(FIGURES.items()), _STANDING)


def page(
    one: Behind, cycle: Cycle, asked: Listing, part: Part, tenant_id: int | None, *, former: bool = False
) -> Page:
    """Return a page of the units; `former`: of a place before any reform (not for indicators)."""
    if one.indicator:
        return paginate(statement(one, cycle, asked, part, tenant_id), asked.number)
    wanted = Wanted(
        "submitted" if one.figure == "appraised" else one.figure,
        tenant_id,
        tuple(part.kinds),
        part.public,
        former,
        judged=one.figure == "appraised",
        q=asked.q,
        sort=asked.sort,
        down=asked.direction == "desc",
    )
    return page_behind(cycle, wanted, asked.number)


def statement(
    one: Behind, cycle: Cycle, asked: Listing, part: Part, tenant_id: int | None, *, former: bool = False
) -> Select[Any]:
    """Return all of the units, in a total order."""
    if one.indicator:
        found = _narrowed(
            outcomes.units_behind(cycle.year, one.figure, one.indicator, tenant_id=tenant_id), part
        )
    else:
        found = _rows(cycle.year, one.figure, part, tenant_id, former=former)
    return _searched(found, asked)


def _rows(year: int, figure: str, part: Part, tenant_id: int | None, *, former: bool) -> Select[Any]:
    known = "submitted" if figure == "appraised" else figure
    statement = rows_behind(
        year, known, tenant_id=tenant_id, kinds=part.kinds, public=part.public, former=former
    )
    if figure == "appraised":
        statement = statement.where(statement.selected_columns.state.in_(JUDGED))
    return statement


def _narrowed(statement: Select[Any], part: Part) -> Select[Any]:
    if part.kind:
        statement = statement.where(Unit.kind.in_(part.kinds))
    return statement if part.public is None else statement.where(Unit.public.is_(part.public))


def _searched(statement: Select[Any], asked: Listing) -> Select[Any]:
    if asked.q:
        statement = statement.where(
            or_(
                Unit.name_folded.contains(fold(asked.q), autoescape=True),
                Unit.code.icontains(asked.q, autoescape=True),
            )
        )
    by = ORDERS[asked.sort]
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


_STANDING: Cells = (
    (Column("Mức độ đề nghị", Kind.INTEGER, 10), lambda row: row.requested_level),
    (Column("Nộp lúc", width=18), lambda row: words.moment(row.submitted_at) if row.submitted_at else ""),
    (Column("Quá hạn", width=10), lambda row: "quá hạn" if row.late else ""),
    (Column("Kết quả, tình trạng", width=26), lambda row: reached(row).name),
    (
        Column("Còn hiệu lực từ năm trước đến", Kind.DATE, 14),
        lambda row: row.valid_to if row.earlier_level else None,
    ),
)
